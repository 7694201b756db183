"""Where the file of a document is served: `webui/door/originals.py` answers there."""

import hashlib
from pathlib import PurePosixPath

PATH = "original"
READ_AS_TEXT = frozenset((".txt", ".md", ".markdown", ".csv", ".tsv"))
"""What a browser may show by itself, as plain text; all else is only downloaded."""


def key_of(doc_id: str) -> str:
    """Return the name that a document has in an address: one that can lead nowhere else."""
    return hashlib.sha256(doc_id.encode()).hexdigest()[:32]


def suffix_of(doc_id: str) -> str:
    """Return what a document's name ends with, in lower case: ".pdf"."""
    return PurePosixPath(doc_id).suffix.lower()


def address(doc_id: str) -> str:
    """Return where the file is downloaded from, seen from the page."""
    return f"./{PATH}/{key_of(doc_id)}"


def page_address(doc_id: str, page: int, start: int, end: int) -> str:
    """Return where the image of a page of a PDF is, counted from 1, these characters framed."""
    return f"{address(doc_id)}/{page}?quote={start}-{end}"
