"""The cells of a sheet -> the rows of a grid, as tables are made of: merged cells filled."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.reading.tables.cells import Merged


class Cell(NamedTuple):
    """A cell that holds something: its column from 1, and its text on one line."""

    column: int
    text: str


class Line(NamedTuple):
    """A row of a sheet, by its number from 1, with its cells from left to right."""

    number: int
    cells: Sequence[Cell]


class Span(NamedTuple):
    """Cells that are merged, whose text stands in the first of them; bounds are inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """Rows of texts, with the line of the sheet that each row is and the column of each cell."""

    rows: list[list[str]]
    lines: list[int]
    columns: list[int]


def grid(lines: Sequence[Line], spans: Iterable[Span] = (), *, most: int) -> Grid:
    """Return rows of texts, with one empty row or column where several stand between others.

    Merged cells have their text in all their places, as long as those are no more than `most`.

    >>> lines = [Line(3, [Cell(2, "2023")]), Line(4, [Cell(2, "Q1"), Cell(3, "Q2")])]
    >>> rows, *places = grid([*lines, Line(9, [Cell(7, "*")])], [Span(3, 2, 3, 3)], most=10)
    >>> rows, places
    ([['2023', '2023'], ['Q1', 'Q2'], [], ['', '', '', '*']], [[3, 4, 5, 9], [2, 3, 6, 7]])
    """
    lines = _filled(lines, spans, most)
    place = _places(sorted({cell.column for line in lines for cell in line.cells}))
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in lines:
        if numbers and number - numbers[-1] > 1:
            rows.append([])
            numbers.append(numbers[-1] + 1)
        numbers.append(number)
        row = [""] * (place[cells[-1].column] + 1)
        for column, text in cells:
            row[place[column]] = text
        rows.append(row)
    return Grid(rows, numbers, _columns(place))


def _places(columns: Sequence[int]) -> Mapping[int, int]:
    """Return where the columns that hold something are in a row of the grid."""
    places = dict.fromkeys(columns[:1], 0)
    for left, right in pairwise(columns):
        places[right] = places[left] + min(right - left, 2)
    return places


def _columns(place: Mapping[int, int]) -> list[int]:
    """Return which column of the sheet each column of the grid is."""
    columns: list[int] = []
    for column, at in place.items():
        if at > len(columns):
            columns.append(column - 1)  # an empty one
        columns.append(column)
    return columns


def _filled(lines: Sequence[Line], spans: Iterable[Span], most: int) -> Sequence[Line]:
    own = {line.number: {cell.column: cell.text for cell in line.cells} for line in lines}
    last_row = max(own, default=0)
    last_column = max((max(cells) for cells in own.values()), default=0)
    added: dict[int, list[Cell]] = {}
    for span in spans:
        text = own.get(span.top, {}).get(span.left)
        if text is None:
            continue
        bottom = min(span.bottom, last_row)
        # What alone stands over all columns may reach beyond them.
        right = min(span.right, max(last_column, span.left + 1))
        most -= (right - span.left + 1) * (bottom - span.top + 1)
        if most < 0:
            break
        for row in range(span.top, bottom + 1):
            added.setdefault(row, []).extend(
                Cell(column, Merged(text))
                for column in range(span.left, right + 1)
                if row in own and column not in own[row]
            )
    if not added:
        return lines
    return [Line(line.number, sorted([*line.cells, *added.get(line.number, ())])) for line in lines]
