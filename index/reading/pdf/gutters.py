"""Where on a page text stands side by side: the gutters, strips that several rows leave free."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.reading.pdf.layout import Line
from index.reading.pdf.visual_rows import Row, distance

_GUTTER = 0.75
_SURE_GUTTER = 1.5
"""In heights of a line: so wide no two spaces between words are."""
_MIN_ROWS = 3
_LOOK_AHEAD = 8
"""Rows that may come before there is text on both sides."""
FAR = 2.5
"""In heights of a line: text so far apart in one row is not one sentence."""
_MOST_HEADS = 3
_MAX_PIECES_A_ROW = 60


@dataclass(slots=True)
class Effort:
    """How many more places may be looked at on a page: most pages need a hundredth of it."""

    left: int = 300_000


@dataclass(slots=True)
class _Strip:
    """A strip that is free of text, and in how many rows there is text on its sides."""

    left: float
    right: float
    before: int = 0
    after: int = 0

    @property
    def support(self) -> int:
        return min(self.before, self.after)

    @property
    def is_inside(self) -> bool:
        return self.support >= 2


Place = tuple[int, int, list[float]]
"""From and to which row text stands side by side, and where the gutters are."""


def best(rows: Sequence[Row], at: int, height: float, effort: Effort) -> Place | None:
    """Return where text stands side by side from a row on, with as many columns as there are."""
    best = side_by_side(rows, at, height, effort)
    if best is None:
        return None
    # A line of text, or a head over several columns, may hide the gutters of the rows below it.
    for later in range(at + 1, min(at + _MOST_HEADS + 1, best[1] - 1)):
        other = side_by_side(rows, later, height, effort)
        if other and other[1] >= best[1] and len(other[2]) > len(best[2]):
            best = other
    start, end, gutters = best
    while start > at and columns_in(rows[start - 1], gutters) > 1:
        if distance(rows, start - 1) > FAR * height:
            break
        start -= 1
    return start, end, gutters


def side_by_side(rows: Sequence[Row], at: int, height: float, effort: Effort) -> Place | None:
    """Return where text stands side by side from a row on, None if it does not."""
    strips = [_Strip(-math.inf, math.inf)]
    end = at
    for row in rows[at:]:
        effort.left -= len(row) * len(strips)
        if len(row) > _MAX_PIECES_A_ROW or effort.left < 0:
            break
        left = _left_free(strips, row, height)
        lost = [
            strip
            for strip in strips
            if strip.is_inside
            and not any(strip.left <= s.left and s.right <= strip.right for s in left)
        ]
        if lost:
            spans = len(row) > 1 and any(strip.is_inside for strip in left)
            if not spans:
                break
            left = sorted([*left, *lost], key=lambda strip: strip.left)
        if not left:
            break
        strips = left
        end += 1
        if end - at >= _LOOK_AHEAD and not any(strip.is_inside for strip in strips):
            return None
    gutters = [strip for strip in strips if _is_gutter(strip, height)]
    # Two rows of two columns may be lines with wide spaces.
    if not gutters or (len(gutters) == 1 and gutters[0].support < _MIN_ROWS):
        return None
    places = [(strip.left + strip.right) / 2 for strip in gutters]
    start, end = _trimmed(rows, at, end, places, height)
    return (start, end, places) if end - start > 1 else None


def _left_free(strips: Sequence[_Strip], row: Row, height: float) -> list[_Strip]:
    free = []
    for strip in strips:
        start = strip.left
        for piece in row:
            if piece.right <= start or piece.left >= strip.right:
                continue
            free.append(_Strip(start, piece.left, strip.before, strip.after))
            start = piece.right
        free.append(_Strip(start, strip.right, strip.before, strip.after))
    wide = [strip for strip in free if strip.right - strip.left >= _GUTTER * height]
    for strip in wide:
        strip.before += row[0].right <= strip.left
        strip.after += row[-1].left >= strip.right
    return wide


def _is_gutter(strip: _Strip, height: float) -> bool:
    sure = strip.right - strip.left >= _SURE_GUTTER * height
    return strip.support >= (2 if sure else _MIN_ROWS)


def _trimmed(
    rows: Sequence[Row], start: int, end: int, gutters: Sequence[float], height: float
) -> tuple[int, int]:
    """Return the rows less those above and below that only one column has, and that stand apart."""
    while start < end and columns_in(rows[start], gutters) == 1:
        to_next = distance(rows, start)
        near_before = start > 0 and distance(rows, start - 1) <= 1.1 * to_next
        beside = start + 1 < end and to_next < 0.8 * height
        if beside or (to_next <= 1.5 * height and not near_before and _same_size(rows, start)):
            break
        start += 1
    while end > start and columns_in(rows[end - 1], gutters) == 1:
        usual = [distance(rows, i) for i in range(start, end - 2)]
        if not usual or distance(rows, end - 2) <= 1.2 * median(usual):
            break
        end -= 1
    return start, end


def _same_size(rows: Sequence[Row], at: int) -> bool:
    here, next_ = rows[at][0], rows[at + 1][0] if at + 1 < len(rows) else rows[at][0]
    one, other = here.top - here.bottom, next_.top - next_.bottom
    return abs(one - other) <= 0.15 * max(one, other)


def columns_in(row: Row, gutters: Sequence[float]) -> int:
    """Return how many columns a row has text in."""
    return len({column_of(piece, gutters) for piece in row})


def column_of(piece: Line, gutters: Sequence[float]) -> int:
    """Return which column a piece is in: the first, where it spans several."""
    return sum(piece.left > gutter for gutter in gutters)
