"""Bytes of a file -> its text, its pages, and what the file says of itself.

The text is what offsets count from ever after. Plain text is kept as it is but for its line ends;
other formats become text whose headings, lists and tables bear Markdown marks.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Final, cast

import regex

from index.errors import ChatbotError, CorpusError
from index.formats import ocr
from index.formats.content import MAX_TEXT_CHARS, Content, Note, one_line
from index.formats.sections import Sections
from index.types import Page

EXTRACTOR_VERSION: Final = "2+ocr" if ocr.is_available() else "2"
"""Raise it when the same bytes give another text or title: every document is then read again.

That is so, too, once scanned pages can be read.
"""

_Reader = Callable[[str, bytes, str | None, Sections], Content]

# Suffix -> module of index.formats and function in it. Imported only when a file needs it.
_READERS: Final = {
    ".txt": ("plain", "read"),
    ".md": ("plain", "read"),
    ".markdown": ("plain", "read"),
    ".html": ("web", "read"),
    ".htm": ("web", "read"),
    ".xhtml": ("web", "read"),
    ".pdf": ("pdf", "read"),
    ".docx": ("word", "read"),
    ".pptx": ("slides", "read"),
    ".xlsx": ("sheets", "read_workbook"),
    ".csv": ("sheets", "read_csv"),
    ".tsv": ("sheets", "read_csv"),
    ".epub": ("book", "read"),
}
SUFFIXES: Final = frozenset(_READERS)

_TABLES = frozenset({".xlsx", ".csv", ".tsv"})
"""Their first lines are neither title nor byline."""
_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as it will be stored. Every place counts characters of `text`.

    `pages` are pages or slides in order, for formats that have them. `date` is ISO 8601.
    `encoding` is what a file of text was read as, None for other formats. `notes` say what the
    user should know of the reading.
    """

    text: str
    title: str
    author: str | None = None
    date: str | None = None
    source: str | None = None
    pages: tuple[Page, ...] = ()
    encoding: str | None = None
    notes: tuple[Note, ...] = ()


def extract(
    name: str, raw: bytes, encoding: str | None = None, sections: Sections | None = None
) -> Extracted:
    """Return text and metadata of a file; its suffix says what it is.

    This is without limits of time and memory: `index.reading` reads in a process that has them.
    `encoding` is the user's word for files of text. Raises CorpusError with a code when the file
    cannot be read: of no known type, damaged, protected, too large, or without text. Of a document
    of several sections the bad ones are left out, with a note.
    """
    from index.formats.bylines import find_byline

    suffix = check_type(name)
    content = _read(name, raw, encoding, sections or Sections()) if raw else Content("")
    if not regex.search(r"[\p{L}\p{N}]", content.text):
        raise CorpusError(f"{name} holds no text.", code="empty")
    if len(content.text) > MAX_TEXT_CHARS:
        raise CorpusError(
            f"{name} holds more than {MAX_TEXT_CHARS // 2**20} million characters, the most for "
            "one document. Split it, then add the parts.",
            code="too_large",
        )
    byline = find_byline("" if suffix in _TABLES else content.text)
    # What people wrote for readers counts more than what a program filled in.
    first, second = (content, byline) if content.edited else (byline, content)
    return Extracted(
        text=content.text,
        title=_title(name, content, suffix),
        author=first.author or second.author,
        date=first.date or second.date,
        source=content.source or byline.source,
        pages=content.pages,
        encoding=content.encoding,
        notes=content.notes,
    )


def check_type(name: str) -> str:
    """Return the suffix that says what a file is. Raises CorpusError when it cannot be read."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in _READERS:
        raise CorpusError(
            f"{name}: this type cannot be read. Types: {', '.join(sorted(SUFFIXES))}.",
            code="type",
        )
    return suffix


def _read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return what the format's reader makes of a file. The one place where it may go wrong."""
    module, function = _READERS[check_type(name)]
    read = cast("_Reader", getattr(import_module(f"index.formats.{module}"), function))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = read(name, raw, encoding, sections)
    except (ChatbotError, MemoryError):
        raise
    except Exception as error:  # the libraries' own, of every kind
        raise _broken(name, error) from error
    if sections.lost and not content.text:
        raise _broken(name, sections.error) from sections.error
    return content


def _broken(name: str, error: Exception | None) -> CorpusError:
    reason = one_line(str(error), max_chars=120)
    why = f" ({type(error).__name__}: {reason})" if error else ""
    return CorpusError(
        f"{name} is damaged, or not what its name says: it cannot be read as "
        f"{check_type(name)[1:]}. Open it in its program and save it again.{why}",
        code="broken",
    )


def _title(name: str, content: Content, suffix: str) -> str:
    first = content.title or ("" if suffix in _TABLES else _first_heading(content.text))
    return (first or PurePosixPath(name).stem)[:_TITLE_CHARS]


def _first_heading(text: str) -> str:
    """Return the first heading of a Markdown text, or the first line with a letter in it."""
    lines = [line.strip() for line in text.split("\n", 200)[:200]]
    headings = (line.lstrip("#") for line in lines if regex.match(r"#{1,3}\s", line))
    plain = (line for line in lines if regex.search(r"\p{L}", line))
    return next((t for line in (*headings, *plain) if (t := line.strip(" #*_"))), "")
