"""Where the lines of a text stand in its file, so that a quotation can be shown in the original.

A text may have a million lines, of whose places few are ever asked for: they are kept packed, in
blocks, and only the blocks that hold what is asked for are unpacked. Imports nothing of this
project.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

Box = tuple[float, float, float, float]
"""Left, bottom, right and top edge in points, counted as on a PDF's page: from its lower left."""

_BLOCK = 1000
_HEAD = struct.Struct("<QQI")
"""Where a block's first place starts and its last one ends, and how many bytes follow."""


class Place(NamedTuple):
    """Where characters `start` to `end` of a text stand in its file.

    `page` is counted from 1, `box` is on it; `label` names the cells of a sheet ("Umsatz!A5:C5") or
    the row of a table in a text file ("row 12").
    """

    start: int
    end: int
    page: int | None = None
    label: str = ""
    box: Box | None = None


class PageBox(NamedTuple):
    """A box on a page, which is counted from 1."""

    page: int
    box: Box


def label_of(places: Iterable[Place]) -> str | None:
    """Return the label of places one after the other, None where they have none.

    >>> label_of([Place(0, 4, label="row 7"), Place(5, 9, label="row 8"), Place(10, 12)])
    'row 7 – row 8'
    """
    labels = list(dict.fromkeys(place.label for place in places if place.label))
    return " – ".join([*labels[:1], *labels[1:][-1:]]) or None


def boxes_of(places: Iterable[Place]) -> tuple[PageBox, ...]:
    """Return the boxes of places that have one."""
    return tuple(PageBox(at.page, at.box) for at in places if at.page is not None and at.box)


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a text's lines in order, none of which overlap; empty where none are known.

    >>> places = Places.of([Place(0, 4, label="row 1"), Place(5, 9, label="row 2")])
    >>> [place.label for place in places], places.within(4, 6)[0].label, bool(Places())
    (['row 1', 'row 2'], 'row 2', False)
    """

    packed: bytes = b""

    @classmethod
    def of(cls, places: Iterable[Place]) -> "Places":
        """Pack places, which are taken one by one."""
        rest = iter(places)
        return cls(b"".join(map(_block, iter(lambda: list(islice(rest, _BLOCK)), []))))

    def __iter__(self) -> Iterator[Place]:
        """Yield all places."""
        for start, _, block in self._blocks():
            yield from _places(start, block)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.packed)

    def within(self, start: int, end: int) -> list[Place]:
        """Return the places of all lines that share a character with these of the text."""
        return [
            place
            for first, last, block in self._blocks()
            if first < end and start < last
            for place in _places(first, block)
            if place.start < end and start < place.end
        ]

    def _blocks(self) -> Iterator[tuple[int, int, bytes]]:
        at = 0
        while at < len(self.packed):
            first, last, size = _HEAD.unpack_from(self.packed, at)
            at += _HEAD.size + size
            yield first, last, self.packed[at - size : at]


def _block(places: Sequence[Place]) -> bytes:
    """Return places packed: each by how far it is from the one before, and how long."""
    rows = []
    at = first = places[0].start
    for start, end, page, label, box in places:
        edges = box and [round(edge, 1) for edge in box]
        rows.append((start - at, end - start, page, label, edges))
        at = end
    packed = zlib.compress(json.dumps(rows, separators=(",", ":")).encode())
    return _HEAD.pack(first, at, len(packed)) + packed


def _places(start: int, block: bytes) -> Iterator[Place]:
    for gap, length, page, label, box in json.loads(zlib.decompress(block)):
        end = start + gap + length
        yield Place(start + gap, end, page, label, box and tuple(box))
        start = end
