"""Bytes of a file -> its text and title. The text is what offsets count from ever after."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import regex

from index.errors import CorpusError

EXTRACTOR_VERSION = "1"
"""Raise it when the same bytes give another text or title: every document is then read again."""

SUFFIXES = frozenset({".txt", ".md"})

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What no text holds: NUL and the other C0 controls except tab, newline, form feed, return.
_CONTROLS = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a document and the title it gives itself."""

    text: str
    title: str


def extract(name: str, raw: bytes) -> Extracted:
    r"""Return text and title of a file. Raises CorpusError when the bytes are no such text.

    Line ends become \n; nothing else is changed, so that a quotation is what the file says.
    """
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise CorpusError(
            f"{name}: this type cannot be read. Types: {', '.join(sorted(SUFFIXES))}.",
            code="type",
        )
    text = _decode(name, raw).replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROLS.search(text):
        raise CorpusError(
            f"{name} holds control characters: it is no text file. Convert it first.",
            code="binary",
        )
    if not regex.search(r"[\p{L}\p{N}]", text):
        raise CorpusError(f"{name} holds no text.", code="empty")
    return Extracted(text=text, title=_title(text) or PurePosixPath(name).stem)


def _decode(name: str, raw: bytes) -> str:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{name} is not {encoding.upper()} (byte {error.start}). Convert it first, "
            f"for example: iconv -f GB18030 -t UTF-8 {name!r}",
            code="encoding",
        ) from error


def _title(text: str) -> str:
    """Return the first heading of a Markdown text, or the first line with a letter in it."""
    lines = [line.strip() for line in text.split("\n", 200)[:200]]
    headings = (line.lstrip("#") for line in lines if regex.match(r"#{1,3}\s", line))
    plain = (line for line in lines if regex.search(r"\p{L}", line))
    return next((t for line in (*headings, *plain) if (t := line.strip(" #*_"))), "")[:_TITLE_CHARS]
