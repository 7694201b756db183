"""The rules drawn on a PDF's page -> the grids of tables, and what stands in their cells."""

import ctypes
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from index.reading.pdf.layout import Line
from index.reading.pdf.pdf_lines import Cell, turned
from index.reading.pdf.visual_rows import levels_of, table_rows, texts_of
from index.reading.tables.cells import is_number

_THIN = 3.0
_NEAR = 3.0
"""Points: a rule has a width, and rules that meet may do so nearly."""
_SHORTEST = 6.0
_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 4_000
_MAX_RULES = 300
"""In one direction on one page; a drawing has more."""
_MAX_CELLS = 20_000
_NEARLY_FULL = 0.8


class Rule(NamedTuple):
    """A rule: at `at` on one axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Rules:
    """The level and the upright rules of a page."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)

    def add(self, left: float, bottom: float, right: float, top: float) -> None:
        """Add a rule that fills a box, if the box is thin."""
        if top - bottom <= _THIN and right - left >= _SHORTEST:
            self.level.append(Rule((top + bottom) / 2, left, right))
        elif right - left <= _THIN and top - bottom >= _SHORTEST:
            self.upright.append(Rule((left + right) / 2, bottom, top))

    def turned(self, quarters: int) -> "Rules":
        """Return the rules as seen when the page is turned back by so many quarters."""
        rules = Rules()
        for at, start, end in self.level:
            rules.add(*turned((start, at, end, at), quarters))
        for at, start, end in self.upright:
            rules.add(*turned((at, start, at, end), quarters))
        return rules


def rules_on(page: Any) -> Rules:  # noqa: ANN401 (pypdfium2 is untyped)
    """Return the rules drawn on a page: lines, sides of boxes, thin boxes."""
    from pypdfium2 import raw

    rules = Rules()
    left = _MAX_SEGMENTS
    for at in range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
        drawn = raw.FPDFPage_GetObject(page.raw, at)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        count = raw.FPDFPath_CountSegments(drawn)
        left -= max(count, 0)
        if left < 0:
            break
        _add(rules, drawn, count)
    return rules


def _add(rules: Rules, drawn: Any, count: int) -> None:  # noqa: ANN401
    from pypdfium2 import raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(drawn, ctypes.byref(fill), ctypes.byref(stroke))
    for outline in _outlines(drawn, count):
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        if fill.value and not stroke.value:
            rules.add(min(xs), min(ys), max(xs), max(ys))
        elif stroke.value:
            for (x0, y0), (x1, y1) in pairwise(outline):
                if abs(x0 - x1) <= 1 or abs(y0 - y1) <= 1:
                    rules.add(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _outlines(drawn: Any, count: int) -> Iterator[list[tuple[float, float]]]:  # noqa: ANN401
    """Yield the corners of each outline of a path, as they are on the page."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    outline: list[tuple[float, float]] = []
    for i in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn, i)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and outline:
            yield outline
            outline = []
        outline.append(
            (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
        )
        if raw.FPDFPathSegment_GetClose(segment):
            outline.append(outline[0])
    if outline:
        yield outline


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a ruled table. `xs` are its upright rules from the left, `ys` from the bottom.

    `cell` says for each square between rules to which cell it belongs: merged cells have several.
    """

    xs: list[float]
    ys: list[float]
    cell: dict[tuple[int, int], int]

    def at(self, x: float, y: float) -> int | None:
        """Return the cell at a place, None outside."""
        square = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        return self.cell.get(square)

    def table(self, texts: dict[int, list[Line]]) -> list[Line]:
        """Return the lines above the table's heads, and a line that stands for the table.

        `texts` are the lines in its cells. Merged cells are filled. Empty when it is no table: a
        frame around text, or rules beside it.
        """
        rows: list[Sequence[Sequence[Line]]] = []
        titles: list[Line] = []
        for j in reversed(range(len(self.ys) - 1)):
            cells = [self.cell[i, j] for i in range(len(self.xs) - 1)]
            lines = [texts.get(cell, []) for cell in cells]
            if not any(lines):
                continue
            if len(set(cells)) == 1:
                if not rows:
                    titles += lines[0]
                    continue
                lines[1:] = [[] for _ in lines[1:]]
            rows += _split(lines)
        shown, boxes = texts_of(rows)
        if sum(len(set(filter(None, row))) > 1 for row in shown) < 2:
            return []
        text = " ".join(cell for row in shown for cell in row)
        box = self.xs[0], self.xs[-1], self.ys[-1], self.ys[0]
        if titles:
            box = *box[:2], min(line.bottom for line in titles), box[3]
        table = Line(text, *box, rows=tuple(map(tuple, shown)), boxes=tuple(boxes))
        return [*titles, table]


def cell_at(grids: Sequence[Grid], x: float, y: float) -> Cell | None:
    """Return which cell of which grid is at a place, None outside of all."""
    cells = ((i, grid.at(x, y)) for i, grid in enumerate(grids))
    return next(((i, cell) for i, cell in cells if cell is not None), None)


def _split(cells: Sequence[Sequence[Line]]) -> Sequence[Sequence[Sequence[Line]]]:
    """Return the rows of the table that stand between two rules: often it is one."""
    lines = [levels_of(cell) for cell in cells]
    most = max(map(len, lines))
    full = sum(
        len(rows) == most or (len(rows) > _NEARLY_FULL * most and all(map(_has_figure, rows)))
        for rows in lines
    )
    # Rules between columns alone: what then makes a row is that it stands level.
    if most > 2 and full > 1 and 2 * full >= sum(map(bool, lines)):
        rows = levels_of([line for cell in cells for line in cell])
        at = {id(line): i for i, cell in enumerate(cells) for line in cell}
        if len(rows) == most:
            by_cell = [
                [[p for p in row if at.get(id(p)) == i] for i in range(len(cells))] for row in rows
            ]
            return table_rows(rows, by_cell)
    return [cells]


def _has_figure(row: Sequence[Line]) -> bool:
    return any(is_number(piece.text) for piece in row)


def grids(rules: Rules) -> list[Grid]:
    """Return the grids that rules make: of two columns and two rows at least."""
    level, upright = _merged(rules.level), _merged(rules.upright)
    if not level or not upright or max(len(level), len(upright)) > _MAX_RULES:
        return []
    found = (_grid(*part) for part in _meeting(level, upright))
    return [grid for grid in found if grid]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules with those made one that lie on one line and touch."""
    merged: list[Rule] = []
    at = 0.0
    groups: list[list[Rule]] = []
    for rule in sorted(rules):
        if groups and rule.at - at <= _NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
            at = rule.at
    for group in groups:
        first = len(merged)
        for rule in sorted(group, key=lambda rule: rule.start):
            if len(merged) > first and rule.start - merged[-1].end <= _NEAR:
                last = merged[-1]
                merged[-1] = Rule(last.at, last.start, max(last.end, rule.end))
            else:
                merged.append(Rule(group[0].at, rule.start, rule.end))
    return merged


def _meeting(level: list[Rule], upright: list[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Yield the rules that hang together."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, across in enumerate(level):
        for j, up in enumerate(upright, len(level)):
            if (
                across.start - _NEAR <= up.at <= across.end + _NEAR
                and up.start - _NEAR <= across.at <= up.end + _NEAR
            ):
                parent[root(i)] = root(j)
    parts: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate(level + upright):
        parts[root(i)][i >= len(level)].append(rule)
    yield from parts.values()


def _grid(level: list[Rule], upright: list[Rule]) -> Grid | None:
    if not level or not upright:
        return None
    # The sides of a table may have no rules.
    xs = _places([*(r.at for r in upright), *(e for r in level for e in (r.start, r.end))])
    ys = _places([*(r.at for r in level), *(e for r in upright for e in (r.start, r.end))])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1 or columns * rows > _MAX_CELLS:
        return None
    walls = _covered(upright, xs, ys)
    floors = _covered(level, ys, xs)
    cell: dict[tuple[int, int], int] = {}
    for j in range(rows):
        for i in range(columns):
            number = j * columns + i
            if i and (i, j) not in walls:
                number = cell[i - 1, j]
            elif j and (j, i) not in floors:
                number = cell[i, j - 1]
            cell[i, j] = number
    return Grid(xs, ys, cell)


def _covered(
    rules: Sequence[Rule], across: Sequence[float], along: Sequence[float]
) -> set[tuple[int, int]]:
    """Return between which squares there is a rule: its place, and where along it."""
    covered = set()
    for rule in rules:
        place = min(range(len(across)), key=lambda i: abs(across[i] - rule.at))
        for i in range(len(along) - 1):
            if rule.start <= (along[i] + along[i + 1]) / 2 <= rule.end:
                covered.add((place, i))
    return covered


def _places(values: Iterable[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > 2 * _NEAR:
            places.append(value)
    return places
