"""PDF, read by PDFium page by page; what it says is put in order by its place on the page."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import regex

from index.errors import CorpusError
from index.notes import Note
from index.reading.content import MAX_TEXT_CHARS, Content, noted, ranges
from index.reading.dates import iso_date
from index.reading.mojibake import mojibake
from index.reading.office import properties
from index.reading.pdf import ocr
from index.reading.pdf.layout import Line
from index.reading.pdf.pdf_lines import frames, pieces, turned
from index.reading.pdf.pdf_tables import cell_at, grids, rules_on
from index.reading.pdf.pdf_text import Side, text_of
from index.reading.pdf.running_heads import without_running_heads
from index.reading.sections import Sections

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
_NAMED_HEADS = 5


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
    level = {number: sides[0].lines for number, sides in pages.items()}
    kept, heads = without_running_heads(level)
    found = text_of(
        (number, [sides[0]._replace(lines=kept[number]), *sides[1:]])
        for number, sides in pages.items()
    )
    notes = noted(
        ("running_heads", "; ".join(heads[:_NAMED_HEADS])), ("order_unsure", ranges(found.unsure))
    )
    return Content(
        found.text,
        title=properties.title(stated["Title"]),
        author=properties.author(stated["Author"]),
        date=iso_date(stated["CreationDate"]),
        pages=found.pages,
        places=found.places,
        notes=(*reading.all_notes(), *notes),
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

    def pages(self) -> Iterator[tuple[int, list[Side]]]:
        """Yield the number of each page that has a text, and what stands on it."""
        chars = 0
        for number in range(1, len(self._document) + 1):
            hopeless = len(self._sections.lost) > _MAX_DAMAGED_PAGES
            if number > _MAX_PAGES or chars > MAX_TEXT_CHARS or hopeless:
                self.notes.append(Note("pages_cut", str(number - 1)))
                return
            if found := self._sections.read(str(number), partial(self._page, number)):
                chars += sum(len(line.text) for side in found for line in side.lines)
                yield number, found

    def _page(self, number: int) -> list[Side]:
        with closing(self._document[number - 1]) as page:
            found = list(_sides(page))
            text = "\n".join(line.text for side in found for line in side.lines)
            # Fonts without a table of their characters give a text that means nothing.
            if _LETTER.search(text) and not mojibake(text):
                return found
            if next(page.get_objects(max_depth=2), None) is None:  # blank
                return []
            if not ocr.is_available():
                self.images.append(number)
                return []
            self.recognised.append(number)
            self._sections.granted()
            side = _recognised(page)
            return [side] if side.lines else []

    def all_notes(self) -> list[Note]:
        """Return what was lost on the pages, page by page."""
        found = noted(
            ("scanned", ranges(self.images)),
            ("ocr", ranges(self.recognised)),
            ("unreadable_page", ranges(self.damaged)),
        )
        return [*found, *self.notes]


# pypdfium2 is untyped.


def _sides(page: Any) -> Iterator[Side]:  # noqa: ANN401
    """Yield what stands on a page, pieces of lines and ruled tables, by direction."""
    rules = rules_on(page)
    for frame in frames(page):
        ruled = grids(rules.turned(frame.quarters))
        lines: list[Line] = []
        inside: list[dict[int, list[Line]]] = [defaultdict(list) for _ in ruled]
        for place, piece in pieces(frame, partial(cell_at, ruled) if ruled else None):
            (inside[place[0]][place[1]] if place else lines).append(piece)
        for grid, cells in zip(ruled, inside, strict=True):
            lines += grid.table(cells) or [line for found in cells.values() for line in found]
        if lines:
            yield Side(frame.quarters, lines)


def _recognised(page: Any) -> Side:  # noqa: ANN401
    """Return what is read from the image of a page, which is turned as the page is shown."""
    scale = min(_OCR_DPI / 72, _MAX_OCR_SIDE / max(*page.get_size(), 1))
    quarters = page.get_rotation() // 90
    left, bottom, _, _ = turned(page.get_bbox(), quarters)
    lines = [
        line._replace(
            left=left + line.left / scale,
            right=left + line.right / scale,
            top=bottom + line.top / scale,
            bottom=bottom + line.bottom / scale,
        )
        for line in ocr.lines_on(_image(page, scale))
    ]
    return Side(quarters, lines)


def _image(page: Any, scale: float) -> "NDArray[np.uint8]":  # noqa: ANN401
    """Return a page as an image of shape (height, width, 3), blue first."""
    from pypdfium2 import raw

    with closing(page.render(scale=scale, force_bitmap_format=raw.FPDFBitmap_BGR)) as bitmap:
        image: NDArray[np.uint8] = bitmap.to_numpy().copy()
    return image
