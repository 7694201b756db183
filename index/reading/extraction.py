"""Bytes of a file -> its text, its pages, and what the file says of itself.

The text is what offsets count from ever after: words stand in it as in the file. Wrapped lines of
plain text are joined; other formats become text whose headings, lists and tables bear Markdown
marks.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Final, cast

import regex

from index.errors import ChatbotError, CorpusError
from index.file_types import SUFFIXES
from index.notes import Note
from index.places import Places
from index.reading.content import MAX_TEXT_CHARS, Content, one_line
from index.reading.pdf import ocr
from index.reading.sections import Sections
from index.types import Page

EXTRACTOR_VERSION: Final = "5+ocr" if ocr.is_available() else "5"
"""Raise it when the same bytes give another text or title: every document is then read again.

That is so, too, once scanned pages can be read.
"""

_Reader = Callable[[str, bytes, str | None, Sections], Content]

# Suffix -> module of index.reading and function in it. Imported only when a file needs it.
_READERS: Final = {
    ".txt": ("text.plain", "read"),
    ".md": ("text.plain", "read"),
    ".markdown": ("text.plain", "read"),
    ".html": ("text.web", "read"),
    ".htm": ("text.web", "read"),
    ".xhtml": ("text.web", "read"),
    ".pdf": ("pdf.pdf", "read"),
    ".docx": ("office.word", "read"),
    ".pptx": ("office.slides", "read"),
    ".xlsx": ("sheets.workbook", "read_workbook"),
    ".csv": ("sheets.delimited", "read_csv"),
    ".tsv": ("sheets.delimited", "read_csv"),
    ".epub": ("text.book", "read"),
}

_TABLES = frozenset({".xlsx", ".csv", ".tsv"})
"""Their first lines are neither title nor byline."""
_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as it will be stored. Every place counts characters of `text`.

    `pages` are pages or slides in order, for formats that have them; `places` say where lines of
    the text stand in the file. `date` is ISO 8601: what the text says, or else its title or the
    file's name; `file_date` is when a program made the file. `encoding` is what a file of text was
    read as, None for other formats. `notes` say what the user should know of the reading.
    """

    text: str
    title: str
    author: str | None = None
    date: str | None = None
    file_date: str | None = None
    source: str | None = None
    pages: tuple[Page, ...] = ()
    places: Places = Places()  # noqa: RUF009 (frozen)
    encoding: str | None = None
    notes: tuple[Note, ...] = ()


def extract(
    name: str, raw: bytes, encoding: str | None = None, sections: Sections | None = None
) -> Extracted:
    """Return text and metadata of a file; its suffix says what it is.

    This is without limits of time and memory: `index.reading.processes` reads in a process that has
    them. `encoding` is the user's word for files of text. Raises CorpusError with a code when the
    file cannot be read: of no known type, damaged, protected, too large, or without text. Of a
    document of several sections the bad ones are left out, with a note.
    """
    from index.reading.bylines import find_byline
    from index.reading.dates import date_in_name
    from index.reading.titles import title_in

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
    stem = PurePosixPath(name).stem
    in_text = None if suffix in _TABLES else title_in(content.text)
    title = (content.title or in_text or stem)[:_TITLE_CHARS]
    stated, filled_in = (content.date, None) if content.edited else (None, content.date)
    return Extracted(
        text=content.text,
        title=title,
        author=first.author or second.author,
        date=stated or byline.date or date_in_name(title) or date_in_name(stem),
        file_date=content.file_date or filled_in,
        source=content.source or byline.source,
        pages=content.pages,
        places=content.places,
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
    read = cast("_Reader", getattr(import_module(f"index.reading.{module}"), function))
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
