"""PDF, read by PDFium page by page; lines become paragraphs by their place on the page."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import regex

from index.encodings import mojibake
from index.errors import CorpusError
from index.formats import ocr, properties
from index.formats.content import MAX_TEXT_CHARS, Content, Note, joined, printable, ranges
from index.formats.dates import iso_date
from index.formats.layout import Line, paragraphs, without_running_heads
from index.formats.sections import Sections

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_PAGES = 20_000
_MAX_DAMAGED_PAGES = 200
"""A page tree may claim any number of pages; so many damaged ones mean that it does."""
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD

_OCR_DPI = 150
_MAX_OCR_SIDE = 4000
"""Pixels, so that a page of any size takes bounded memory."""

_LETTER = regex.compile(r"[\p{L}\p{N}]")
_LINE_ENDS = frozenset({10, 13})
_BLANK = frozenset({0, 9, 32, 0xA0, 0x3000, *_LINE_ENDS})
# What PDFium gives for a hyphen that only the end of a line calls for.
_HYPHENS = ("\ufffe", "\x02", "\u00ad")


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text, pages and properties of a PDF; pages that are images are read if OCR is there.

    Raises CorpusError when it has a password, is damaged, or no page of it has a text.
    `encoding` does not matter: the format has its own.
    """
    with closing(_opened(name, raw)) as document:
        reading = _Reading(document, sections)
        pages = dict(reading.pages())
        stated = document.get_metadata_dict()
    if not pages:
        raise _nothing(name, reading)
    kept = without_running_heads(pages)
    dropped = _chars(pages) - _chars(kept)
    text, places = joined((n, "\n\n".join(paragraphs(lines))) for n, lines in kept.items())
    return Content(
        text,
        title=properties.title(stated["Title"]),
        author=properties.author(stated["Author"]),
        date=iso_date(stated["CreationDate"]),
        pages=tuple(places),
        notes=(*reading.all_notes(), *([Note("boilerplate", str(dropped))] if dropped else [])),
    )


def _opened(name: str, raw: bytes) -> Any:  # noqa: ANN401 (pypdfium2 is untyped)
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise CorpusError(
                f"{name} has a password. Save a copy without one, then add that.", code="encrypted"
            ) from error
        raise CorpusError(
            f"{name} is damaged, or not what its name says: it is no PDF. Print it to a new PDF, "
            "or get it again.",
            code="broken",
        ) from error


def _chars(pages: dict[int, list[Line]]) -> int:
    return sum(len(line.text) for lines in pages.values() for line in lines)


def _nothing(name: str, reading: "_Reading") -> CorpusError:
    if reading.images and not ocr.is_available():
        return CorpusError(
            f"{name} holds images of pages, no text: it was scanned. To read such pages: "
            "pip install -r requirements-ocr.txt",
            code="scanned",
        )
    if reading.damaged:
        return CorpusError(
            f"{name} is damaged: none of its pages can be read. Print it to a new PDF, or get it "
            "again.",
            code="broken",
        )
    return CorpusError(f"{name} holds no text.", code="empty")


class _Reading:
    """The pages of one document, and which of them were images or damaged."""

    def __init__(self, document: Any, sections: Sections) -> None:  # noqa: ANN401 (untyped)
        self._document, self._sections = document, sections
        self.images: list[int] = []
        self.recognised: list[int] = []
        self.notes: list[Note] = []

    @property
    def damaged(self) -> list[int]:
        return [int(number) for number in self._sections.lost]

    def pages(self) -> Iterator[tuple[int, list[Line]]]:
        """Yield number and lines of each page that has any."""
        chars = 0
        for number in range(1, len(self._document) + 1):
            hopeless = len(self._sections.lost) > _MAX_DAMAGED_PAGES
            if number > _MAX_PAGES or chars > MAX_TEXT_CHARS or hopeless:
                self.notes.append(Note("pages_cut", str(number - 1)))
                return
            if lines := self._sections.read(str(number), partial(self._page, number)):
                chars += sum(len(line.text) for line in lines)
                yield number, lines

    def _page(self, number: int) -> list[Line]:
        with closing(self._document[number - 1]) as page:
            lines = _lines(page)
            text = "\n".join(line.text for line in lines)
            # Fonts without a table of their characters give a text that means nothing.
            if _LETTER.search(text) and not mojibake(text):
                return lines
            if next(page.get_objects(max_depth=2), None) is None:  # blank
                return []
            if not ocr.is_available():
                self.images.append(number)
                return []
            self.recognised.append(number)
            self._sections.granted()
            return ocr.lines_on(_image(page))

    def all_notes(self) -> list[Note]:
        """Return what was lost on the pages, page by page."""
        kinds = (
            ("scanned", self.images),
            ("ocr", self.recognised),
            ("unreadable_page", self.damaged),
        )
        return [Note(code, ranges(pages)) for code, pages in kinds if pages] + self.notes


# pypdfium2 is untyped.


def _lines(page: Any) -> list[Line]:  # noqa: ANN401
    """Return the visual lines of a page."""
    from pypdfium2 import raw

    lines = []
    with closing(page.get_textpage()) as textpage:
        codes = [raw.FPDFText_GetUnicode(textpage, i) for i in range(textpage.count_chars())]
        for ends, group in groupby(enumerate(codes), lambda pair: pair[1] in _LINE_ENDS):
            places = [] if ends else [(i, code) for i, code in group if code]
            shown = [i for i, code in places if code not in _BLANK]
            if shown:
                text = "".join(chr(code) for _, code in places).strip()
                first, last = (textpage.get_charbox(i, loose=True) for i in (shown[0], shown[-1]))
                top, bottom = max(first[3], last[3]), min(first[1], last[1])
                lines.append(_line(text, first[0], last[2], top, bottom))
    return lines


def _line(text: str, left: float, right: float, top: float, bottom: float) -> Line:
    hyphen = text.endswith(_HYPHENS)
    for mark in _HYPHENS:
        text = text.replace(mark, "")
    return Line(printable(text), left, right, top, bottom, hyphen)


def _image(page: Any) -> "NDArray[np.uint8]":  # noqa: ANN401
    """Return a page as an image of shape (height, width, 3), blue first."""
    import numpy as np
    from pypdfium2 import raw

    scale = min(_OCR_DPI / 72, _MAX_OCR_SIDE / max(*page.get_size(), 1))
    with closing(page.render(scale=scale, force_bitmap_format=raw.FPDFBitmap_BGR)) as bitmap:
        rows = np.frombuffer(bitmap.buffer, np.uint8).reshape(bitmap.height, bitmap.stride)
        shape = bitmap.height, bitmap.width, 3
        return rows[:, : 3 * bitmap.width].reshape(shape).copy()
