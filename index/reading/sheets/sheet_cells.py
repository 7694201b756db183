"""The cells of a workbook's sheet, as shown: hidden ones, and formulas without a value, apart.

openpyxl's own way of reading a sheet bit by bit does not tell what is hidden or merged, and which
cell has a formula that was never computed. Its parser of cells does, and is used here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._reader import (
    COL_TAG,
    FORMULA_TAG,
    MERGE_TAG,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.functions import iterparse

from index.reading.sheets.number_formats import plain_number, shown_number, shown_text
from index.reading.sheets.sheet_grid import Cell, Line, Span

MAX_CELLS = 1_000_000
"""As many as are read within the time that a sheet may take (`index.reading.processes`)."""
_MAX_ROW = 1_048_576
_MAX_COLUMN = 16_384
"""As many as Excel has."""
_MAX_MERGED = 100_000
_GENERAL = "General"
_ONE_TAG = MERGE_TAG.removesuffix("s")
_TRUTHS = {"0", "false"}


class SheetCells:
    """The rows of a sheet that are shown, and what is not.

    Rows and columns are numbered without the hidden ones. `cut` says that there was more than is
    read, or where the file is damaged; the rest holds rows, columns and cells ("B7") by their own
    names. All of it is known once `lines` have been taken.
    """

    def __init__(self, sheet: Any, language: str | None) -> None:  # noqa: ANN401 (openpyxl is untyped)
        """Read nothing yet; `language` is what numbers are written in."""
        self.cut = ""
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.hidden_cells: list[str] = []
        self.unvalued: list[str] = []
        self.damaged: list[str] = []
        self._sheet = sheet
        self._language = language
        self._codes: dict[int, str] = {}
        self._all_hidden_rows: list[int] = []
        self._all_hidden_columns: list[int] = []
        self._spans: list[Span] = []

    def lines(self) -> list[Line]:
        """Return the rows that hold something. Raises ParseError when not one can be read."""
        lines: list[Line] = []
        count = 0
        with self._sheet._get_source() as source:
            parser = _Parser(source, self._sheet._shared_strings, data_only=True)
            try:
                for number, is_hidden, cells in parser.rows():
                    count += len(cells)
                    if count > MAX_CELLS or number > _MAX_ROW:
                        self.cut = f"{len(lines)} rows"
                        break
                    line = self._line(number, is_hidden, cells, parser.hidden_columns)
                    if line.cells:
                        lines.append(line)
            except ParseError:
                if not lines:
                    raise
                self.cut = f"{len(lines)} rows"
        self._all_hidden_columns = parser.hidden_columns
        self._all_hidden_rows.sort()
        self._spans = parser.spans
        return sorted(lines, key=lambda line: line.number)

    def spans(self) -> list[Span]:
        """Return what is merged, as far as it is shown."""
        rows, columns = self._all_hidden_rows, self._all_hidden_columns
        return [
            Span(
                _place(span.top, rows),
                _place(span.left, columns),
                _place(span.bottom + 1, rows) - 1,
                _place(span.right + 1, columns) - 1,
            )
            for span in self._spans
        ]

    def named(self, row: int, first: int, last: int) -> str:
        """Return the cells of a row by their own names, given the numbers among those shown."""
        number = _own(row, self._all_hidden_rows)
        names = [
            f"{get_column_letter(_own(column, self._all_hidden_columns))}{number}"
            for column in sorted({first, last})
        ]
        return ":".join(names)

    def _line(
        self, number: int, is_hidden: bool, cells: list[dict[str, Any]], hidden_columns: list[int]
    ) -> Line:
        """Return a row by its number among those that are shown; no cells for a hidden one."""
        if is_hidden:
            self._all_hidden_rows.append(number)
            if any(cell["value"] is not None for cell in cells):
                self.hidden_rows.append(number)
            return Line(number, [])
        found = [
            cell
            for at in cells
            if (cell := self._cell(at["column"], number, at, hidden_columns)) is not None
        ]
        if any(left.column >= right.column for left, right in pairwise(found)):
            found = sorted({cell.column: cell for cell in found}.values())
        return Line(number - len(self._all_hidden_rows), found)

    def _cell(
        self, column: int, row: int, cell: dict[str, Any], hidden_columns: list[int]
    ) -> Cell | None:
        """Return a cell by its column among those that are shown, None for one that is not."""
        value = cell["value"]
        if "bad" in cell:
            self.damaged.append(f"{get_column_letter(column or 1)}{row}")
            return None
        if value is None and not cell["unvalued"]:
            return None
        place = _place(column, hidden_columns) if hidden_columns else column
        if hidden_columns and place == _place(column + 1, hidden_columns):
            self.hidden_columns.add(column)
        elif value is None:
            self.unvalued.append(f"{get_column_letter(column)}{row}")
        elif text := self._shown(value, cell["data_type"], cell["style_id"]):
            return Cell(place, text)
        elif str(value).strip():
            self.hidden_cells.append(f"{get_column_letter(column)}{row}")
        return None

    def _shown(self, value: Any, data_type: str, style: int) -> str:  # noqa: ANN401
        """Return a cell's value as it is shown, "" for one that its format hides."""
        code = self._code(style)
        if data_type == "b":
            return str(value).upper()
        if data_type == "e":
            return str(value)
        if data_type == "d":
            value = to_excel(value, self._sheet.parent.epoch)
            code = "yyyy-mm-dd h:mm" if code == _GENERAL else code
        if isinstance(value, str):
            return " ".join(shown_text(value, code).split())
        if code == _GENERAL and (isinstance(value, int) or not self._language):
            return plain_number(value)
        epoch = self._sheet.parent.epoch
        return shown_number(value, code, epoch=epoch, language=self._language)

    def _code(self, style: int) -> str:
        """Return the number format of a style."""
        code = self._codes.get(style)
        if code is None:
            try:
                code = str(ReadOnlyCell(self._sheet, 1, 1, None, style_id=style).number_format)
            except IndexError:  # a style that the workbook does not have
                code = _GENERAL
            self._codes[style] = code
        return code


def _place(number: int, hidden: list[int]) -> int:
    """Return the place of a row or column among those that are shown."""
    return number - bisect_left(hidden, number)


def _own(place: int, hidden: list[int]) -> int:
    """Return the row or column that is at a place among those that are shown.

    >>> [_own(place, [2, 3]) for place in (1, 2, 3)], _place(4, [2, 3])
    ([1, 4, 5], 2)
    """
    return place + bisect_right(range(len(hidden)), place, key=lambda i: hidden[i] - i)


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl is untyped
    """openpyxl's parser of a sheet, for cells, merged cells and hidden rows and columns alone.

    What else it would read, of conditional formats, filters and the like, may be wrong in itself.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.hidden_columns: list[int] = []
        self.spans: list[Span] = []

    def rows(self) -> Iterator[tuple[int, bool, list[dict[str, Any]]]]:
        """Yield the number of each row, whether it is hidden, and its cells."""
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                number, cells = self.parse_row(element)
                self.row_dimensions.clear()
                yield number, _is_true(element.get("hidden")), cells
                element.clear()
            elif element.tag == COL_TAG:
                if _is_true(element.get("hidden")):
                    first, last = int(element.get("min", 1)), int(element.get("max", 0))
                    columns = range(first, min(last, _MAX_COLUMN) + 1)
                    self.hidden_columns = sorted({*self.hidden_columns, *columns})
            elif element.tag == _ONE_TAG and len(self.spans) < _MAX_MERGED:
                self.spans += _span(element.get("ref", ""))
            elif element.tag == MERGE_TAG:
                element.clear()

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """Return a cell, and whether it has a formula whose value is not stored, or is damaged."""
        try:
            cell: dict[str, Any] = super().parse_cell(element)
        except (ValueError, IndexError, OverflowError):
            # "abc" for a number, a text that the workbook does not have; it may have no place.
            return {"row": self.row_counter, "column": self.col_counter, "value": None, "bad": True}
        cell["unvalued"] = (
            cell["value"] is None
            and cell["data_type"] != "str"  # the value is "", then
            and element.find(FORMULA_TAG) is not None
        )
        return cell


def _span(reference: str) -> list[Span]:
    """Return the cells that "A1:B2" means, nothing for what is no such place."""
    try:
        left, top, right, bottom = range_boundaries(reference)
    except ValueError:
        return []
    return [Span(top, left, bottom, right)] if left and top and right and bottom else []


def _is_true(stated: str | None) -> bool:
    return stated is not None and stated.lower() not in _TRUTHS
