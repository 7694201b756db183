"""The lines of a PDF's pages -> its text, where it stands on them, and where order is unsure."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from index.places import Place, Places
from index.reading.content import printable
from index.reading.pdf.columns import Block, blocks
from index.reading.pdf.layout import Line, Paragraph, ending, goes_over, paragraphs
from index.reading.pdf.pdf_lines import turned
from index.reading.tables.tables import begins_anew, heads_of, lines
from index.types import Page

_SMALLER = 0.93
"""Of the height of the text: so small are the notes below it."""
_MOST_NOTES = 12
_NEAR = 3.0
"""Points."""
_BETWEEN = "\n\n"


class Side(NamedTuple):
    """What stands on a page in one direction, so many quarter turns away from level."""

    quarters: int
    lines: Sequence[Line]


class PagesText(NamedTuple):
    """The text of pages, where each page and each line is; pages whose order is unsure."""

    text: str
    pages: tuple[Page, ...]
    places: Places
    unsure: list[int]


class _Part(NamedTuple):
    """A paragraph, its page and its quarter turns; whether it goes on that of the part before.

    Its boxes are where they are on the page.
    """

    page: int
    quarters: int
    paragraph: Paragraph
    goes_on: bool = False


def text_of(pages: Iterable[tuple[int, Sequence[Side]]]) -> PagesText:
    """Return the text of pages.

    A paragraph that goes on in the next column or page is one paragraph; a page's span ends in it.
    """
    parts: list[_Part] = []
    unsure = []
    last: dict[int, Block] = {}
    for number, sides in pages:
        before, last = last, {}
        for quarters, lines_on_side in sides:
            found = blocks(lines_on_side)
            if any(block.unsure for block in found) and number not in unsure:
                unsure.append(number)
            if found and quarters in before:
                found[0] = _with_heads(before[quarters], found[0])
            for block in found:
                _add(parts, number, quarters, _paragraphs(block))
                last[quarters] = block
    return PagesText(*_joined(parts), unsure)


def _placed(paragraph: Paragraph, quarters: int) -> Paragraph:
    """Return a paragraph of text in one direction with its boxes as they are on the page."""
    boxes = (box and turned(box, -quarters) for box in paragraph.boxes)
    return paragraph._replace(boxes=tuple(boxes))


def _add(parts: list[_Part], number: int, quarters: int, new: Sequence[Paragraph]) -> None:
    """Add the paragraphs of a block, the first joined to the one that it goes on, if it does."""
    goes_on = False
    for at in _ends(parts, quarters) if new else ():
        if goes_over(parts[at].paragraph, new[0]):
            # Notes at the foot of a column come before the paragraph that they interrupt.
            parts.append(parts.pop(at))
            goes_on = True
            break
    parts += [
        _Part(number, quarters, _placed(paragraph, quarters), goes_on and not i)
        for i, paragraph in enumerate(new)
    ]


def _ends(parts: Sequence[_Part], quarters: int) -> Iterator[int]:
    """Yield which parts may be the last of running text that is turned by so many quarters.

    Below it there may be smaller notes, and beside it text that is turned otherwise.
    """
    if not parts:
        return
    page = parts[-1].page
    nearest = range(len(parts) - 1, max(len(parts) - _MOST_NOTES, 0) - 1, -1)
    alike = [at for at in nearest if (parts[at].page, parts[at].quarters) == (page, quarters)]
    yield from alike[:1]
    for below, at in pairwise(alike):
        if parts[below].goes_on:
            return
        if parts[below].paragraph.height < _SMALLER * parts[at].paragraph.height:
            yield at
            return


def _paragraphs(block: Block) -> list[Paragraph]:
    if not block.rows:
        return paragraphs(block.lines)
    said = list(lines(block.rows, heads=block.heads))
    text = "\n".join(line for line, _ in said)
    boxes = tuple(cells and block.boxes[cells.row] for _, cells in said)
    return [Paragraph(text, block.lines[-1], is_table=True, boxes=boxes)] if text else []


def _with_heads(before: Block, block: Block) -> Block:
    """Return a table that goes on from the page before with the heads it has there."""
    if not before.rows or not block.rows or len(before.rows[-1]) != len(block.rows[0]):
        return block
    heads = heads_of(before.rows, heads=before.heads)
    if block.rows[: len(heads)] == heads:  # said again
        return replace(block, heads=len(heads)) if heads else block
    if block.heads or begins_anew(block.rows, beside=_is_set_alike(before, block)):
        return block
    boxes = [None] * len(heads) + [*block.boxes]
    return replace(block, rows=[*map(list, heads), *block.rows], boxes=boxes, heads=len(heads))


def _is_set_alike(one: Block, other: Block) -> bool:
    """Whether two tables begin at the same place of the line, or are as wide."""
    (left, right), (other_left, other_right) = map(_edges, (one, other))
    apart = abs(left - other_left), abs(right - left - other_right + other_left)
    return min(apart) < _NEAR


def _edges(block: Block) -> tuple[float, float]:
    return min(line.left for line in block.lines), max(line.right for line in block.lines)


def _joined(parts: Iterable[_Part]) -> tuple[str, tuple[Page, ...], Places]:
    texts: list[str] = []
    pages: list[Page] = []
    places: list[Place] = []
    length = 0
    last: Line | None = None
    for number, _, paragraph, goes_on in parts:
        text = printable(paragraph.text).strip("\n ")
        if not text:
            continue
        joint = _BETWEEN if texts else ""
        if goes_on and last is not None:
            kept, joint = ending(texts[-1], last, text)
            cut = len(texts[-1]) - len(kept)
            texts[-1], length = kept, length - cut
            pages[-1] = pages[-1]._replace(end=length)
            places[-1:] = [at._replace(end=min(at.end, length)) for at in places[-1:]]
        start = length + len(joint)
        length = start + len(text)
        texts += (joint, text)
        places += _places(start, number, paragraph._replace(text=text))
        if pages and pages[-1].number == number:
            pages[-1] = pages[-1]._replace(end=length)
        else:
            pages.append(Page(number, start, length))
        last = paragraph.last
    return "".join(texts), tuple(pages), Places.of(places)


def _places(start: int, page: int, paragraph: Paragraph) -> Iterator[Place]:
    """Yield where the lines of a paragraph that starts at a place of the text are on its page."""
    texts = paragraph.text.split("\n") if paragraph.is_table else [paragraph.text]
    for text, box in zip(texts, paragraph.boxes, strict=False):
        if box and all(map(math.isfinite, box)):
            yield Place(start, start + len(text), page, box=box)
        start += len(text) + 1
