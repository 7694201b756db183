"""The characters of a PDF's page -> pieces of lines, each from one place, read in its direction.

PDFium says what each character is and where. It also puts them in an order, by how they were drawn,
which is kept only between characters that stand side by side: what is drawn across a gutter, over
each other, upwards, or from right to left, is put in order by place.
"""

import ctypes
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, starmap
from typing import Any, NamedTuple

import regex

from index.places import Box
from index.reading.content import printable
from index.reading.pdf.layout import LEFT_TO_RIGHT, RIGHT_TO_LEFT, SOLID, Line

_LINE_ENDS = frozenset({10, 13})
_BLANK = frozenset("\0\t \u00a0\u3000\n\r")
# What PDFium gives for a hyphen that only the end of a line calls for, and hyphens themselves.
_HYPHENS = ("\ufffe", "\x02", "\u00ad")
_BROKEN_WORD = regex.compile(r"\p{L}[-‐]$")

_PIECE_GAP = 0.75
"""In heights of a line: words are nearer, columns and cells seldom."""
_WORD_GAP = 0.3
_JOINED_WORD_GAP = 0.6
"""In heights of a line, too; the second where letters join, whose boxes are those of their ink."""
_SAME_LINE = 0.25
"""Of the height of two characters in one line, the least that they share."""
_VERTICAL = 0.6
"""Of the steps from character to character, those downwards, where text is written so."""
_MAX_CHARS = 200_000
"""On one page; the rest is not read."""

# Seen from right to left: what is read from left to right after all.
_TURNED = regex.compile(
    r"\p{Bidi_Class=L}(?:[^\p{Bidi_Class=R}\p{Bidi_Class=AL}]*+(?<=[\p{Bidi_Class=L}\p{Nd}]))?"
    r"|\p{Nd}(?:[.,:/٫٬%-]?\p{Nd})*+"
)
_ALEFS = frozenset("اأإآٱ")


class Glyph(NamedTuple):
    """A character and its box, as seen when its line is held level; `top` is above `bottom`."""

    char: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """How tall its box is."""
        return self.top - self.bottom


Edges = tuple[float, float, float, float]
"""Left, right, top, bottom."""
Cell = tuple[int, int]
"""The number of a ruled table, and of a cell of it."""
Region = Callable[[float, float], Cell | None] | None
"""Which cell of a ruled table a place is in, None outside; None where there are no tables."""


class Frame(NamedTuple):
    """The characters of a page that are read in one direction: lines in the order of drawing.

    `quarters` is how many quarter turns, counterclockwise, the text is away from level.
    """

    quarters: int
    lines: list[list[Glyph]]


def frames(page: Any) -> list[Frame]:  # noqa: ANN401 (pypdfium2 is untyped)
    """Return the characters of a page by direction, the direction of most of them first."""
    drawn = list(_drawn(page))
    found: dict[int, list[list[Glyph]]] = defaultdict(list)
    vertical = _is_vertical([glyph for _, line in drawn for glyph in line])
    for quarters, line in drawn:
        # Columns of characters one below the other are lines turned by a quarter, clockwise.
        direction = 3 if vertical and not quarters else quarters
        level = [_turned(glyph, direction) for glyph in line] if direction else line
        found[direction].append(level)
    return sorted(starmap(Frame, found.items()), key=lambda frame: -sum(map(len, frame.lines)))


def _drawn(page: Any) -> Iterator[tuple[int, list[Glyph]]]:  # noqa: ANN401
    """Yield the lines that PDFium makes out, each with its quarter turns."""
    from pypdfium2 import raw

    textpage = raw.FPDFText_LoadPage(page.raw)
    try:
        line: list[Glyph] = []
        quarters = 0
        for i, char, box in _characters(textpage):
            if char == "\n" and line:
                yield quarters, line
                line = []
            if not line and char in _BLANK:
                continue
            if not line:
                angle = raw.FPDFText_GetCharAngle(textpage, i)
                quarters = -round(angle / (math.pi / 2)) % 4
            line.append(Glyph(char, *box))
        if line:
            yield quarters, line
    finally:
        raw.FPDFText_ClosePage(textpage)


def _characters(textpage: Any) -> Iterator[tuple[int, str, Edges]]:  # noqa: ANN401
    r"""Yield place, character and box of what PDFium gives, \n for each end of a line."""
    from pypdfium2 import raw

    rect = raw.FS_RECTF()
    there = ctypes.byref(rect)
    high = 0
    for i in range(min(raw.FPDFText_CountChars(textpage), _MAX_CHARS)):
        code = raw.FPDFText_GetUnicode(textpage, i)
        if code in _LINE_ENDS:
            yield i, "\n", (0.0, 0.0, 0.0, 0.0)
        elif 0xD800 <= code < 0xDC00:
            high = code
        elif code and raw.FPDFText_GetLooseCharBox(textpage, i, there):
            if 0xDC00 <= code < 0xE000 and high:  # two halves of one character
                code += 0x10000 - 0xDC00 + ((high - 0xD800) << 10)
            high = 0
            yield i, chr(code), (rect.left, rect.right, rect.top, rect.bottom)


def turned(box: Box, quarters: int) -> Box:
    """Return a box as seen when its page is turned back by so many quarters.

    >>> turned((10, 20, 15, 30), 3), turned(turned((10, 20, 15, 30), 3), -3)
    ((-30, 10, -20, 15), (10, 20, 15, 30))
    """
    left, bottom, right, top = box
    match quarters % 4:
        case 1:
            return bottom, -right, top, -left
        case 2:
            return -right, -top, -left, -bottom
        case 3:
            return -top, left, -bottom, right
        case _:
            return box


def _turned(glyph: Glyph, quarters: int) -> Glyph:
    char, left, right, top, bottom = glyph
    left, bottom, right, top = turned((left, bottom, right, top), quarters)
    return Glyph(char, left, right, top, bottom)


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    shown = [glyph for glyph in glyphs if glyph.char not in _BLANK]
    steps: Counter[bool] = Counter()
    for one, other in pairwise(shown):
        if SOLID.match(one.char) and SOLID.match(other.char):
            across, down = abs(one.left - other.left), one.bottom - other.bottom
            steps[across < 0.5 * one.height and down > 0] += 1
    return steps[True] > 2 and steps[True] > _VERTICAL * steps.total()


def pieces(frame: Frame, region: Region = None) -> Iterator[tuple[Cell | None, Line]]:
    """Yield the pieces of lines of a frame, each with the cell of a ruled table that it is in."""
    for line in frame.lines:
        for level in _level(line):
            for cell, group in _by_region(level, region):
                for piece in _apart(group):
                    if (found := _piece(piece)).text:
                        yield cell, found


def _level(line: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """Yield the parts of a drawn line that stand level."""
    shown = [glyph for glyph in line if glyph.char not in _BLANK]
    if not shown:
        return
    top, bottom = min(g.top for g in shown), max(g.bottom for g in shown)
    if top - bottom >= _SAME_LINE * max(g.height for g in shown):
        yield line
        return
    start = 0
    first = shown[0]
    for i, glyph in enumerate(line):
        if glyph.char in _BLANK:
            continue
        shared = min(first.top, glyph.top) - max(first.bottom, glyph.bottom)
        if shared < _SAME_LINE * min(first.height, glyph.height):
            yield line[start:i]
            start, first = i, glyph
    yield line[start:]


def _by_region(
    line: Sequence[Glyph], region: Region
) -> Iterator[tuple[Cell | None, Sequence[Glyph]]]:
    if region is None:
        yield None, line
        return
    groups: dict[Cell | None, list[Glyph]] = {}
    cell: Cell | None = None
    for glyph in line:
        if glyph.char not in _BLANK:
            cell = region((glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2)
        groups.setdefault(cell, []).append(glyph)
    yield from groups.items()


def _apart(line: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """Yield the parts of a line between which there is more room than between words."""
    shown = sorted((glyph for glyph in line if glyph.char not in _BLANK), key=lambda g: g.left)
    if not shown:
        return
    gap = _PIECE_GAP * _height(shown)
    starts = [-math.inf]
    reached = shown[0].right
    for glyph in shown[1:]:
        if glyph.left - reached > gap:
            starts.append(glyph.left)
        reached = max(reached, glyph.right)
    if len(starts) == 1:
        yield line
        return
    parts: list[list[Glyph]] = [[] for _ in starts]
    at = 0
    for glyph in line:
        if glyph.char not in _BLANK:
            at = sum(glyph.left >= start for start in starts) - 1 if len(starts) < 64 else at
        parts[at].append(glyph)
    yield from filter(None, parts)


def _height(glyphs: Sequence[Glyph]) -> float:
    heights = sorted(glyph.height for glyph in glyphs)
    return max(heights[len(heights) // 2], 1.0)


def _piece(glyphs: Sequence[Glyph]) -> Line:
    shown = [glyph for glyph in glyphs if glyph.char not in _BLANK]
    if not shown:
        return Line("", 0, 0, 0, 0)
    height = _height(shown)
    text = "".join(glyph.char for glyph in glyphs).strip()
    jumps = any(other.left < one.left - 0.5 * height for one, other in pairwise(shown))
    if jumps or RIGHT_TO_LEFT.search(text):
        text = _by_place(glyphs, height)
    hyphen = text.endswith(_HYPHENS) or _BROKEN_WORD.search(text) is not None
    if text.endswith(_HYPHENS):
        text = text[:-1] + "-"
    for mark in _HYPHENS:
        text = text.replace(mark, "")
    left, right = min(glyph.left for glyph in shown), max(glyph.right for glyph in shown)
    top, bottom = max(glyph.top for glyph in shown), min(glyph.bottom for glyph in shown)
    return Line(printable(text), left, right, top, bottom, hyphen)


def _by_place(glyphs: Sequence[Glyph], height: float) -> str:
    """Return the text of characters by their place, in the order in which it is read.

    Where words end is as drawn: boxes of letters that join are no measure of it.
    """
    words: list[list[Glyph]] = [[]]
    for glyph in glyphs:
        if glyph.char not in _BLANK:
            words[-1].append(glyph)
        elif words[-1]:
            words.append([])
    leftwards = sorted(filter(None, words), key=lambda word: -max(g.right for g in word))
    text = ""
    for word in leftwards:
        # A ligature of lam and alef is two characters at one place.
        letters = sorted(word, key=lambda g: (-g.right, -g.left, g.char in _ALEFS))
        text += " " if text else ""
        text += letters[0].char
        for one, other in pairwise(letters):
            solid = SOLID.match(one.char) and SOLID.match(other.char)
            least = _JOINED_WORD_GAP if RIGHT_TO_LEFT.match(other.char) else _WORD_GAP
            wide = one.left - other.right > least * height
            text += f" {other.char}" if wide and not solid else other.char
    if len(RIGHT_TO_LEFT.findall(text)) >= len(LEFT_TO_RIGHT.findall(text)):
        return _TURNED.sub(lambda run: run[0][::-1], text)
    return _RUN.sub(lambda run: run[0][::-1], text[::-1])


_RUN = regex.compile(
    r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}\p{Mn}]++(?:\s[\p{Bidi_Class=R}\p{Bidi_Class=AL}\p{Mn}]++)*+"
)
"""From left to right: words that are read from right to left."""
