"""PDF, read by PDFium page by page; lines become paragraphs by their place on the page."""

from collections.abc import Iterator
from typing import Any

import regex

from index.encodings import mojibake
from index.errors import CorpusError
from index.formats import ocr, properties
from index.formats.content import MAX_TEXT_CHARS, Content, Note, joined, printable, ranges
from index.formats.dates import iso_date
from index.formats.layout import Line, paragraphs, without_running_heads
from index.formats.pdfium import PDFIUM, PdfiumEnded, PdfiumError

_MAX_PAGES = 20_000
_MAX_DAMAGED_PAGES = 200
"""A page tree may claim any number of pages; so many damaged ones mean that it does."""
_MAX_ENDS = 3
"""Pages over which PDFium may run out of memory or time before the rest is left."""
_SECONDS = 60.0
"""For opening a document, and for each page: ordinary ones take hundredths."""
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD

_OCR_DPI = 150
_MAX_OCR_SIDE = 4000
"""Pixels, so that a page of any size takes bounded memory."""

_LETTER = regex.compile(r"[\p{L}\p{N}]")
# What PDFium gives for a hyphen that only the end of a line calls for.
_HYPHENS = ("\ufffe", "\x02", "\u00ad")


def read(name: str, raw: bytes, encoding: str | None) -> Content:
    """Return text, pages and properties of a PDF; pages that are images are read if OCR is there.

    Raises CorpusError when it has a password, is damaged, or no page of it has a text.
    `encoding` does not matter: the format has its own.
    """
    # One document at a time: the process holds the one that was opened last.
    with PDFIUM.lock:
        reading = _Reading(name, raw)
        pages = dict(reading.pages())
    if not pages:
        raise _nothing(name, reading)
    stated = reading.properties
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

    def __init__(self, name: str, raw: bytes) -> None:
        self._raw = raw
        self._ends = 0
        self.images: list[int] = []
        self.damaged: list[int] = []
        self.recognised: list[int] = []
        self.notes: list[Note] = []
        try:
            opened = self._open()
        except PdfiumError as error:
            raise _unopened(name, error) from error
        except PdfiumEnded as error:
            raise CorpusError(
                f"{name} takes more memory or time than a PDF should, and was not read. Print it "
                "to a new PDF.",
                code="bomb",
            ) from error
        self.properties = opened["properties"]
        self._count = opened["pages"]

    def _open(self) -> dict[str, Any]:
        answer, _ = PDFIUM.ask(do="open", size=len(self._raw), body=self._raw, seconds=_SECONDS)
        return answer

    def pages(self) -> Iterator[tuple[int, list[Line]]]:
        """Yield number and lines of each page that has any."""
        chars = 0
        for number in range(1, self._count + 1):
            if number > _MAX_PAGES or chars > MAX_TEXT_CHARS or self._is_hopeless():
                self.notes.append(Note("pages_cut", str(number - 1)))
                return
            try:
                lines = self._page(number)
            except PdfiumError:
                self.damaged.append(number)
                continue
            except PdfiumEnded:
                self.damaged.append(number)
                self._ends += 1
                self._open()
                continue
            if lines:
                chars += sum(len(line.text) for line in lines)
                yield number, lines

    def _is_hopeless(self) -> bool:
        return self._ends >= _MAX_ENDS or len(self.damaged) > _MAX_DAMAGED_PAGES

    def _page(self, number: int) -> list[Line]:
        answer, _ = PDFIUM.ask(do="lines", page=number, seconds=_SECONDS)
        lines = [_line(*line) for line in answer["lines"]]
        text = "\n".join(line.text for line in lines)
        # Fonts without a table of their characters give a text that means nothing.
        if _LETTER.search(text) and not mojibake(text):
            return lines
        if answer["blank"]:
            return []
        if not ocr.is_available():
            self.images.append(number)
            return []
        self.recognised.append(number)
        return self._recognised(number)

    def _recognised(self, number: int) -> list[Line]:
        import numpy as np

        answer, pixels = PDFIUM.ask(
            do="image", page=number, dpi=_OCR_DPI, side=_MAX_OCR_SIDE, seconds=_SECONDS
        )
        height, stride, width = answer["shape"]
        rows = np.frombuffer(pixels, np.uint8).reshape(height, stride)
        return ocr.lines_on(np.ascontiguousarray(rows[:, : 3 * width].reshape(height, width, 3)))

    def all_notes(self) -> list[Note]:
        """Return what was lost on the pages, page by page."""
        kinds = (
            ("scanned", self.images),
            ("ocr", self.recognised),
            ("unreadable_page", self.damaged),
        )
        return [Note(code, ranges(pages)) for code, pages in kinds if pages] + self.notes


def _unopened(name: str, error: PdfiumError) -> CorpusError:
    if error.code == _PASSWORD_ERROR:
        return CorpusError(
            f"{name} has a password. Save a copy without one, then add that.", code="encrypted"
        )
    return CorpusError(
        f"{name} is damaged, or not what its name says: it is no PDF. Print it to a new PDF, or "
        "get it again.",
        code="broken",
    )


def _line(text: str, left: float, right: float, top: float, bottom: float) -> Line:
    hyphen = text.endswith(_HYPHENS)
    for mark in _HYPHENS:
        text = text.replace(mark, "")
    return Line(printable(text), left, right, top, bottom, hyphen)
