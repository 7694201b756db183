"""Pieces of lines and their places on a page -> text in the order of its columns, and tables.

A gutter is a strip that several rows, one below the other, leave free, with text on both sides.
Columns of running text are read one after the other; what crosses the gutter stands between them,
as do headings. Columns of short cells are a table. Nothing is read across a gutter otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

import regex

from index.cutting.paragraphs import CJK
from index.places import Box
from index.reading.pdf.gutters import FAR, Effort, best, column_of, columns_in, side_by_side
from index.reading.pdf.layout import Line, is_right_to_left
from index.reading.pdf.visual_rows import (
    NUMBER,
    Row,
    distance,
    joined,
    rows_of,
    table_rows,
    texts_of,
)

Rows = list[list[str]]

_FULL = 0.75
"""Of its column's width: a line of running text that goes on."""
_RAGGED = 0.8
_NARROW = 8.0
"""In heights of a line: narrower is no column of running text."""
_MAX_ROWS = 3000
_MAX_DEPTH = 3
_SPACE_OR_SOLID = regex.compile(rf"[\s{CJK}]")
_MIN_SPACES = 2.5
"""A line, on the mean: running text has several words a line."""
_STARTS_SMALL = regex.compile(r"\p{Ll}")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of running text one below the other, or, where there are `rows`, a table.

    `boxes` are those of the rows.
    """

    lines: list[Line]
    rows: Rows = field(default_factory=list)
    boxes: Sequence[Box | None] = ()
    heads: int | None = None
    unsure: bool = False
    """Whether it might have to be read in another order."""


def blocks(pieces: Sequence[Line], depth: int = 0, effort: Effort | None = None) -> list[Block]:
    """Return the text and tables of a page, or of one of its columns, in the order of reading.

    >>> left, right = [Line(f"left {i}", 0, 100, 90 - 12 * i, 80 - 12 * i) for i in range(3)], []
    >>> right = [Line(f"right {i}", 120, 220, 90 - 12 * i, 80 - 12 * i) for i in range(3)]
    >>> [line.text for block in blocks(left + right) for line in block.lines]
    ['left 0', 'left 1', 'left 2', 'right 0', 'right 1', 'right 2']
    """
    rows = rows_of(pieces)
    effort = effort or Effort()
    if len(rows) > _MAX_ROWS or depth > _MAX_DEPTH:
        return [Block([joined(row) for row in rows], unsure=True)]
    height = median([piece.top - piece.bottom for piece in pieces]) if pieces else 1.0
    found: list[Block] = []
    flow: list[Line] = []
    at = 0
    while at < len(rows):
        side_by_side = best(rows, at, height, effort)
        if side_by_side is None:
            flow += _flowing(rows[at], height)
            at += 1
            continue
        start, end, gutters = side_by_side
        for row in rows[at:start]:
            flow += _flowing(row, height)
        found += _flow_blocks(flow)
        flow = []
        found += _read(rows[start:end], gutters, height, depth, effort)
        at = end
    found += _flow_blocks(flow)
    return found if effort.left > 0 else [replace(block, unsure=True) for block in found]


def _flow_blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Yield running text, and the ruled tables that stand in it."""
    text: list[Line] = []
    for line in lines:
        if line.rows:
            if text:
                yield Block(text)
            yield Block([line], [list(row) for row in line.rows], line.boxes)
            text = []
        else:
            text.append(line)
    if text:
        yield Block(text)


def _flowing(row: Row, height: float) -> Iterator[Line]:
    """Yield a row that stands in no columns: one line, or several where that is no sentence."""
    part: Row = []
    for piece in row:
        far = part and piece.left - part[-1].right > FAR * height
        if far and min(_width(part[-1]), _width(piece)) > _NARROW * height:
            yield joined(part)
            part = []
        part.append(piece)
    yield joined(part)


def _width(line: Line) -> float:
    return line.right - line.left


def _read(
    rows: Sequence[Row], gutters: list[float], height: float, depth: int, effort: Effort
) -> list[Block]:
    """Return what stands side by side: columns one after the other, or a table."""
    bands = _bands(rows, gutters, height, effort)
    if len(bands) > 1:
        return [
            b for band in bands for b in blocks([p for row in band for p in row], depth + 1, effort)
        ]
    columns: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for row in rows:
        for piece in row:
            columns[column_of(piece, gutters)].append(piece)
    kinds = [_kind(column, height) for column in columns]
    both = sum(columns_in(row, gutters) > 1 for row in rows)
    holds_table = any(piece.rows for column in columns for piece in column)
    if holds_table or both < 0.5 * len(rows) or "cells" not in kinds:
        if is_right_to_left("".join(piece.text for column in columns for piece in column)):
            columns.reverse()
        found = [block for column in columns for block in blocks(column, depth + 1, effort)]
        unsure = "unsure" in kinds and both >= 0.5 * len(rows)
        return [replace(b, unsure=b.unsure or unsure) for b in found]
    lines = [joined(row) for row in rows]
    table, boxes = texts_of(table_rows(rows, [_cells(row, gutters) for row in rows]))
    # Beside running text, cells of one row each would cut its sentences.
    if len(table) > 0.8 * len(rows) and any(map(_flows, columns)):
        found = [block for column in columns for block in blocks(column, depth + 1, effort)]
        return [replace(b, unsure=True) for b in found]
    return [Block(lines, table, boxes, _heads(table, rows))]


def _heads(table: Rows, rows: Sequence[Row]) -> int | None:
    """Return how many rows are heads, None where the cells have to tell.

    Two columns of words are as often names and what they mean, which have no head.
    """
    figures = any(NUMBER.fullmatch(cell) for row in table[1:] for cell in row if cell)
    if figures or len(table[0]) > 2:
        return None
    below = [distance(rows, i) for i in range(1, len(rows) - 1)]
    return 1 if below and distance(rows, 0) > 1.3 * median(below) else 0


def _bands(
    rows: Sequence[Row], gutters: Sequence[float], height: float, effort: Effort
) -> list[Sequence[Row]]:
    """Return the rows apart where a table of more columns stands above or below columns of text."""
    distances = [distance(rows, i) for i in range(len(rows) - 1)]
    usual = median(distances) if distances else 0.0
    cuts = [i + 1 for i, distance in enumerate(distances) if distance > 1.5 * usual]
    bands: list[Sequence[Row]] = []
    was_table = False
    for start, end in pairwise([0, *cuts, len(rows)]):
        found = side_by_side(rows[start:end], 0, height, effort)
        is_table = found is not None and len(found[2]) > len(gutters)
        if bands and not is_table and not was_table:
            bands[-1] = [*bands[-1], *rows[start:end]]
        else:
            bands.append(rows[start:end])
        was_table = is_table
    return bands


def _kind(column: Sequence[Line], height: float) -> str:
    """Return what a column holds: running text, cells, or what is unsure."""
    if any(piece.rows for piece in column):
        return "text"
    width = max(piece.right for piece in column) - min(piece.left for piece in column)
    if width < _NARROW * height:
        return "cells"
    full = sum(_width(piece) >= _FULL * width for piece in column)
    mean = sum(map(_width, column)) / len(column)
    spaces = sum(len(_SPACE_OR_SOLID.findall(piece.text)) for piece in column)
    if mean < _NARROW * height or spaces < _MIN_SPACES * len(column):
        return "cells"
    if len(column) >= 3 and (2 * full >= len(column) or _flows(column)):
        return "text"
    return "unsure"


def _flows(column: Sequence[Line]) -> bool:
    """Whether many lines of a column, from the top, begin within a sentence of the line before."""
    width = max(piece.right for piece in column) - min(piece.left for piece in column)
    within = sum(
        _width(one) >= _RAGGED * width and _STARTS_SMALL.match(other.text) is not None
        for one, other in pairwise(column)
    )
    return 3 * within >= len(column) >= 3


def _cells(row: Row, gutters: Sequence[float]) -> list[list[Line]]:
    cells: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for piece in row:
        cells[column_of(piece, gutters)].append(piece)
    return cells
