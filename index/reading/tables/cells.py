"""Cells of tables: what is in them, and what a row of them says."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

Row = Sequence[str]
"""The cells of a row; "" is an empty cell. A merged cell is given wherever it lies."""


class Cells(NamedTuple):
    """Cells of a grid, counted from 0: their row, their first and their last column."""

    row: int
    first: int
    last: int


class GridRow(list[str]):
    """The cells of a row, or a part of them, with the places of these in the grid."""

    __slots__ = ("first", "number")

    def __init__(self, cells: Row, number: int, first: int = 0) -> None:
        """Take the cells, the number of their row, and the column of the first cell."""
        super().__init__(cells)
        self.number = number
        self.first = first

    def part(self, start: int, end: int | None = None) -> "GridRow":
        """Return the cells from one on up to another."""
        return GridRow(self[start:end], self.number, self.first + start)

    @property
    def filled(self) -> Cells:
        """Where the first and the last cell are that hold something.

        >>> GridRow(["", "", "Li", "", "34", ""], number=7).part(1).filled
        Cells(row=7, first=2, last=4)
        """
        places = [column for column, cell in enumerate(self, self.first) if cell]
        return Cells(self.number, places[0], places[-1])


class Merged(str):
    """The text of a merged cell once more, at its second and later places in a row."""

    __slots__ = ()


_NUMBER = regex.compile(
    r"""
      [(+\-−–±~<>≤≥≈]?\s?(?:\p{Sc}|[A-Z]{3}\s)?\s?                  # sign, currency
      [+\-−]?\d[\d.,'’\u00a0\u202f ]*+\)?\s?[%‰\p{Sc}]?
    | \+?[\d(][\d\s()./-]{5,}+                                      # a telephone number
    | [-–—.…/]{1,3} | [nN]\.?/?[aA]\.? | k\.\s?A\. | nil | tbd      # none
    | 暂无 | 无 | 無 | 待定 | 不详 | なし
    """,
    regex.VERBOSE,
)
_QUANTITY = regex.compile(r"[+\-−]?\d[\d.,'’\u00a0\u202f ]*+\s?[\p{L}%°][\p{L}²³/°.]{0,8}")
_PERIOD = regex.compile(
    r"(?:1\d|20)\d\d[-./年](?:0?[1-9]|1[0-2])(?:[-./月](?:\d{1,2}日?)?)?|\d{4}[年년]|\d{1,2}[月월日일]"
    r"|\d{1,2}([-./])\d{1,2}\1(?:\d\d){1,2}"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\s?[-–—~～]\s?\d{1,2}:\d\d)?|(?:19|20)\d\d[-–—/]\d{2,4}"
)


@lru_cache(4096)
def kind(cell: str) -> str:
    """Return of which kind a cell is: text, number, quantity (with a unit) or period (of time).

    >>> [kind(cell) for cell in ("人口", "1 250,00 €", "2023年", "3.10.90", "3.10", "n/a")]
    ['text', 'number', 'period', 'period', 'number', 'number']
    """
    if _PERIOD.fullmatch(cell):
        return "period"
    if _NUMBER.fullmatch(cell):
        return "number"
    return "quantity" if _QUANTITY.fullmatch(cell) else "text"


def is_number(cell: str) -> bool:
    """Return whether a cell is a number, a quantity or a time, or says that there is none."""
    return kind(cell) != "text"


def numeric_columns(rows: Sequence[Row]) -> set[int]:
    """Return the columns most of whose cells are numbers."""
    filled: Counter[int] = Counter()
    numbers: Counter[int] = Counter()
    for row in rows:
        for column, cell in enumerate(row):
            filled[column] += bool(cell)
            numbers[column] += bool(cell) and is_number(cell)
    return {column for column, count in numbers.items() if count * 2 > filled[column]}


def only(row: Row) -> str:
    """Return the first text in a row."""
    return next(filter(None, row))


def is_lone(row: Row) -> bool:
    """Whether a row is a single text: in one cell, or in one merged over the row."""
    if len(row) > 1 and row[0] and row[1] and row[0] != row[1]:
        return False  # nearly all rows: told at once
    filled = [cell for cell in row if cell]
    if len(filled) == 1:
        return True
    if len(set(filled)) > 1 or not filled:
        return False
    return all(isinstance(cell, Merged) for cell in filled[1:]) or (
        len(filled) > 2 and kind(filled[0]) == "text"
    )
