"""The order in which people read boxes on a page: by rows or by columns, as they lie."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_BOXES = 300


@dataclass(frozen=True, slots=True)
class Box:
    """Where something lies; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return the places of boxes in the order in which they are read.

    They are read by rows, unless the order that they are given in is clearly nearer to one by
    columns: programs list boxes as they were drawn, and one drawn late may lie above the others.

    >>> low, high = Box(0, 50, 90, 90), Box(0, 0, 90, 40)
    >>> reading_order([low, high])
    [1, 0]
    """
    if len(boxes) > _MOST_BOXES:
        return list(range(len(boxes)))
    everything = list(range(len(boxes)))
    by_rows = _cut(boxes, everything, rows_first=True)
    by_columns = _cut(boxes, everything, rows_first=False)
    clearly = _inversions(by_columns) * 3 < _inversions(by_rows) * 2
    return by_columns if clearly else by_rows


def _cut(boxes: Sequence[Box], places: list[int], *, rows_first: bool) -> list[int]:
    """Return boxes cut apart along the gaps that run through all of them, again and again."""
    if len(places) < 2:
        return places
    for rows in (rows_first, not rows_first):
        parts = _parted(boxes, places, rows=rows)
        if len(parts) > 1:
            return [place for part in parts for place in _cut(boxes, part, rows_first=rows_first)]
    return sorted(places, key=lambda place: (boxes[place].top, boxes[place].left))


def _parted(boxes: Sequence[Box], places: list[int], *, rows: bool) -> list[list[int]]:
    """Return the boxes in parts between which there is a gap, from the first part to the last."""
    spans = sorted(
        ((boxes[p].top, boxes[p].bottom) if rows else (boxes[p].left, boxes[p].right), p)
        for p in places
    )
    parts: list[list[int]] = []
    begin = end = float("-inf")
    for (start, stop), place in spans:
        # Boxes of text reach a little over their lines.
        if not parts or start >= end - min(stop - start, end - begin) / 4:
            parts.append([])
            begin, end = start, stop
        parts[-1].append(place)
        end = max(end, stop)
    return parts


def _inversions(order: Sequence[int]) -> int:
    """Return how many pairs stand otherwise than they were given."""
    seen: list[int] = []
    count = 0
    for place in order:
        count += len(seen) - bisect_left(seen, place)
        insort(seen, place)
    return count
