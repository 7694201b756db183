"""Workbooks (xlsx): what Excel shows of them, as tables of statements under the sheets' names."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from index.notes import Note
from index.reading.content import Content, labelled, one_line, printable, ranges
from index.reading.office import properties
from index.reading.office.archive import opened_mended, whole_document
from index.reading.office.parts import core_properties, descendants, part, targets, words_in
from index.reading.sections import Sections
from index.reading.sheets import number_formats
from index.reading.sheets.sheet_grid import grid
from index.reading.tables import tables

_NAMED = 10
"""How many cells or columns are named in a note."""
_EMPTY_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/>'
    b"</worksheet>"
)


def read_workbook(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the visible sheets of an xlsx as text, and its properties.

    Raises CorpusError when it is none or has a password. `encoding` does not matter.
    """
    book, stated = opened_mended(
        whole_document(name, raw, sections), sections, _opened, blank=_blank
    )
    left_out = _LeftOut()
    lines: list[_Line] = []
    with closing(book):
        language = _language(book, stated)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                reading = partial(_sheet, sheet, language, left_out)
                found = sections.read(one_line(sheet.title) or "?", reading)
                lines += [("", "")] if lines and found else []
                lines += found or []
            else:
                left_out.hidden.append(one_line(sheet.title) or "?")
    text, places = labelled(lines)
    return Content(
        text,
        places=places,
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        file_date=properties.created(stated),
        notes=(*left_out.notes(), *sections.notes),
    )


def _opened(file: io.BytesIO) -> tuple[Any, dict[str, str]]:
    """Return a workbook, and its properties."""
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        stated = core_properties(archive)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    return book, stated


def _blank(path: str) -> bytes | None:
    """Return an empty sheet for a sheet, None for what says nothing of the cells.

    Without its strings or styles a workbook would be read wrongly: what is returned is no XML.
    """
    if path.startswith("xl/worksheets/"):
        return _EMPTY_SHEET
    return b"" if path.startswith("xl/") else None


def _language(book: Any, stated: dict[str, str]) -> str | None:  # noqa: ANN401 (openpyxl is untyped)
    """Return the one language that a workbook names, in its properties or its numbers' codes.

    Whoever wrote "1.250,00 €" had it shown so, and the file holds 1250 and a code without a word on
    the points.
    """
    from babel import Locale, UnknownLocaleError

    named = {
        language for code in book._number_formats for language in number_formats.languages(code)
    }
    if stated.get("language"):
        named = {stated["language"].replace("-", "_")}
    if len(named) != 1:
        return None
    try:
        return str(Locale.parse(named.pop()))
    except (UnknownLocaleError, ValueError):
        return None


@dataclass(slots=True)
class _LeftOut:
    """What a workbook holds and its text does not."""

    hidden: list[str] = field(default_factory=list)
    unvalued: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def notes(self) -> Iterator[Note]:
        """Yield what the user should know."""
        for code, places in (
            ("table_cut", self.cut),
            ("chapter_skipped", self.damaged),
            ("hidden", self.hidden),
            ("no_value", self.unvalued),
            ("comments", self.comments),
        ):
            if places:
                more = f" … ({len(places)})" if len(places) > _NAMED else ""
                yield Note(code, printable(", ".join(places[:_NAMED])) + more)


_Line = tuple[str, str]
"""A line of text, and the cells that it was made of."""


def _sheet(sheet: Any, language: str | None, left_out: _LeftOut) -> list[_Line]:  # noqa: ANN401
    """Return the lines of a sheet's tables under its name, none for an empty one."""
    from openpyxl.utils import get_column_letter

    from index.reading.sheets.sheet_cells import MAX_CELLS, SheetCells

    cells = SheetCells(sheet, language)
    lines = cells.lines()
    title = one_line(sheet.title) or "?"
    if cells.cut:
        left_out.cut.append(f"{title}, {cells.cut}")
    if cells.hidden_rows:
        left_out.hidden.append(f"{title}!{ranges(cells.hidden_rows)}")
    letters = map(get_column_letter, sorted(cells.hidden_columns))
    left_out.hidden += [f"{title}!{letter}" for letter in letters]
    left_out.hidden += [f"{title}!{place}" for place in cells.hidden_cells]
    left_out.damaged += [f"{title}!{place}" for place in cells.damaged]
    left_out.unvalued += [f"{title}!{place}" for place in cells.unvalued]
    shown = grid(lines, cells.spans(), most=MAX_CELLS)
    comments, boxes = _beside(sheet)
    left_out.comments += [f"{title}!{place}" for place in comments]
    said: list[_Line] = []
    for text, place in tables.lines(shown.rows):
        at = place and cells.named(
            shown.lines[place.row], shown.columns[place.first], shown.columns[place.last]
        )
        said.append((text, f"{title}!{at}" if at else ""))
    for box in filter(None, boxes):
        said += [("", ""), (box, "")] if said else [(box, "")]
    return [(f"## {title}", ""), ("", ""), *said] if said else []


def _beside(sheet: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 (openpyxl is untyped)
    """Return the cells of a sheet that have comments, and the texts of the boxes on it."""
    archive, path = sheet.parent._archive, sheet._worksheet_path
    comments: list[str] = []
    boxes: list[str] = []
    try:
        for kind, target in targets(archive, path).values():
            root = part(archive, target) if kind in {"comments", "drawing"} else None
            comments += [e.get("ref", "?") for e in descendants(root, "comment")]
            boxes += [
                "\n".join(filter(str.strip, map(words_in, e))) for e in descendants(root, "txBody")
            ]
    except (ValueError, SyntaxError):  # the tables are read all the same
        return comments, boxes
    return comments, boxes
