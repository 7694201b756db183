"""A table's row as a line: `- 街道：粤海；基站数：2100`, and taken apart again.

`index/reading/tables/tables.py` writes it; what it looks like is said here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from index.types import Span

BULLET = "- "
_SEPARATORS = (("：", "；"), (": ", "; "))
"""Between a head and its cell, and between cells: with Han or kana, and without."""
_HEAD = r"[^:：；;\n]{1,60}(?:：|: )"
_ROW = regex.compile(
    rf"{BULLET}(?:{_HEAD}[^；;\n]{{0,400}}(?:；|; ){_HEAD}"
    r"|[^:：\n\p{STerm}]{1,40}(?:：|: ).{0,400}$)"  # of a single cell
)
_SOLID = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"))
_MAX_HEAD_CHARS = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: its head, empty for what stands before the first head, and its place."""

    head: str
    place: Span


def separators(names: str) -> tuple[str, str]:
    """Return what stands behind a head and between cells, for a row with these heads.

    >>> separators("街道基站数"), separators("Name Price")
    (('：', '；'), (': ', '; '))
    """
    return _SEPARATORS[0] if _SOLID.search(names) else _SEPARATORS[1]


def is_row(text: str, line: Span) -> bool:
    """Whether a line begins as a row of two cells, or is a short one of one, whatever they hold.

    >>> [is_row(line, Span(0, len(line))) for line in ("- Note: Late. Or not.", "- So he said.")]
    [True, False]
    """
    return _ROW.match(text, *line) is not None


def cells_of(text: str, line: Span) -> tuple[Cell, ...]:
    """Return the cells of a row; none where it is no row or could be taken apart otherwise.

    >>> [(c.head, c.place) for c in cells_of("- Name: A5; Price: 12 €", Span(0, 23))]
    [('Name', Span(start=8, end=10)), ('Price', Span(start=19, end=23))]
    >>> cells_of("- Name: A5; B6; Price: 12 €", Span(0, 27)), cells_of("In short: no.", Span(0, 13))
    ((), ())
    """
    if not text.startswith(BULLET, line.start):
        return ()
    for colon, between in _SEPARATORS:
        cells = tuple(_cells(text, line, colon, between))
        heads = [cell.head for cell in cells if cell.head]
        sure = (
            heads
            and len(set(heads)) == len(heads)
            and all(cell.head for cell in cells[1:])
            and all(map(_is_head, heads))
            and separators("".join(heads)) == (colon, between)
        )
        if sure:
            return cells
    return ()


def _cells(text: str, line: Span, colon: str, between: str) -> Iterator[Cell]:
    """Yield the cells of a line. What stands before the first head is one cell."""
    begin = start = line.start + len(BULLET)
    named = False
    for part in text[start : line.end].split(between):
        head, found, _ = part.partition(colon)
        end = start + len(part)
        if found and not named and begin < start:
            yield Cell("", Span(begin, start - len(between)))
        named = named or bool(found)
        if found:
            yield Cell(head, Span(start + len(head) + len(colon), end))
        elif named:
            yield Cell("", Span(start, end))
        start = end + len(between)


def _is_head(head: str) -> bool:
    return len(head) <= _MAX_HEAD_CHARS and all(
        head.count(opening) == head.count(closing) for opening, closing in _BRACKETS
    )
