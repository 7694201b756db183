"""Pieces of lines that stand side by side -> visual rows, and the rows of a table made of them."""

import math
from collections.abc import Sequence
from itertools import pairwise

import regex

from index.places import Box
from index.reading.pdf.layout import Line, between, box_of, gone_on, is_list_mark, is_right_to_left

Row = list[Line]
"""Pieces that stand level, from left to right."""

_SAME_ROW = 0.5
"""Of the height of the lower of two pieces in one row, the least that they share."""
NUMBER = regex.compile(r"\W*\d[\d\s.,:/%€$¥£+-]*\W*")
_NONE = frozenset("-–—")
_LEADER = regex.compile(r"(?<![ .])(?: ?\.){4,}+ *+$")


def rows_of(pieces: Sequence[Line]) -> list[Row]:
    """Return pieces by the row they stand in; list marks are one piece with what they mark."""
    return [_with_marks(row) for row in levels_of(pieces)]


def levels_of(pieces: Sequence[Line]) -> list[Row]:
    """Return pieces by the row they stand in, from the top, each from left to right."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        first = rows[-1][0] if rows else None
        if first is not None and not (first.rows or piece.rows) and _share_row(first, piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _share_row(one: Line, other: Line) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > _SAME_ROW * min(one.top - one.bottom, other.top - other.bottom)


def _with_marks(row: Row) -> Row:
    """Return a row whose bullets and item numbers stand with what they mark.

    A dash between other pieces, with a figure or a dash behind it, is a cell: there is none.
    """
    kept: Row = []
    for piece in row:
        dash = len(kept) > 1 and kept[-1].text in _NONE
        none = dash and (piece.text in _NONE or NUMBER.fullmatch(piece.text))
        if kept and is_list_mark(kept[-1].text) and not none:
            kept[-1] = joined([kept[-1], piece])
        else:
            kept.append(piece)
    return kept


def joined(row: Sequence[Line]) -> Line:
    """Return pieces of one row as one line."""
    if len(row) == 1:
        return row[0]
    ordered = list(row)
    if is_right_to_left("".join(piece.text for piece in row)):
        ordered.reverse()
    text = ordered[0].text
    for one, other in pairwise(ordered):
        text += between(one.text, other.text) + other.text
    return Line(
        text,
        min(piece.left for piece in row),
        max(piece.right for piece in row),
        max(piece.top for piece in row),
        min(piece.bottom for piece in row),
        ordered[-1].hyphen,
    )


def distance(rows: Sequence[Row], at: int) -> float:
    """Return how far the middles of a row and the one below are apart."""
    if at + 1 >= len(rows):
        return math.inf
    return middle(rows[at]) - middle(rows[at + 1])


def middle(row: Row) -> float:
    """Return how high the middle of a row is."""
    return (row[0].top + row[0].bottom) / 2


def table_rows(rows: Sequence[Row], cells: Sequence[list[list[Line]]]) -> list[list[list[Line]]]:
    """Return the rows of a table of visual rows, of which several may be one row of the table.

    A visual row goes on in the one above where its first cell is empty, or where rows of the table
    stand further apart than it does from the one above, and it has fewer cells and no figure.
    """
    distances = [middle(one) - middle(other) for one, other in pairwise(rows)]
    least = min(distances, default=0.0)
    parted = max(distances, default=0.0) > 1.35 * least
    found: list[list[list[Line]]] = []
    filled = 0
    for i, row in enumerate(cells):
        count = sum(map(bool, row))
        near = i > 0 and distances[i - 1] <= 1.2 * least
        figures = any(NUMBER.fullmatch(piece.text) for cell in row for piece in cell)
        goes_on = near and count < filled and not figures and (not row[0] or parted)
        if found and goes_on:
            for cell, more in zip(found[-1], row, strict=True):
                cell += more
        else:
            found.append([list(cell) for cell in row])
            filled = count
    return found


def texts_of(rows: Sequence[Sequence[Sequence[Line]]]) -> tuple[list[list[str]], list[Box | None]]:
    """Return the texts of the cells of rows, and the box of each row."""
    texts = [[cell_text(cell) for cell in row] for row in rows]
    return texts, [box_of(piece for cell in row for piece in cell) for row in rows]


def cell_text(pieces: Sequence[Line]) -> str:
    """Return the text of a cell of one or several lines, on one line, without a row of dots.

    >>> cell_text([Line("Glashütte am", 0, 50, 30, 20), Line("Kanal", 0, 20, 18, 8)])
    'Glashütte am Kanal'
    """
    lines = [joined(row) for row in rows_of(pieces)]
    text = lines[0].text if lines else ""
    for one, other in pairwise(lines):
        text = gone_on(text, one, other)
    return _LEADER.sub("", text)
