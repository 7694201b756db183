"""Visual lines of a page or column, one below the other -> paragraphs.

A line goes on in the next one where the first word of the next would hardly have fitted any more,
and where neither a gap, an indent, another size of type nor a list mark begins something new.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from index.cutting.paragraphs import CJK
from index.places import Box

_MARK = regex.compile(
    r"\s*(?:[-*•‣◦·●○▪■◆–—]\s|\d{1,3}(?:[.)]\s|[、．）)])|[(（][\d一二三四五六七八九十]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]|第[一二三四五六七八九十百\d]+[章节節条條])"
)
_DAY = regex.compile(
    r"\d{1,2}\.\s(?:Jan|Jän|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)", regex.IGNORECASE
)
"""A day, no item of a list."""
_LEADERS = regex.compile(r"(?:[.·…]\s?){4}\s*+[\divxlc]{1,5}$", regex.IGNORECASE)
"""Dots that lead to a page number, in a table of contents or an index."""
_FIRST_WORD = regex.compile(rf"[{CJK}]|[^\s{CJK}]+")
SOLID = regex.compile(rf"[{CJK}]")
RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
LEFT_TO_RIGHT = regex.compile(r"\p{Bidi_Class=L}")
_STARTS_SMALL = regex.compile(r"\p{Ll}")
_AND = regex.compile(r"(?:und|oder|bzw\.|and|or|et|ou|y|o)\s")
"""Before it a hyphen stands for a part of a word that comes only later: Nord- und Südufer."""

_ENDED = regex.compile(r"[.!?:;。！？：；…؟۔।][\p{Pe}\p{Pf}\"'”’»]*$")

_GAP = 0.5
_INDENT = 0.8
_HANGING = 4.0
_SIZE = 0.2
_SIZE_WITHIN = 0.5
"""In heights of a line."""
_FULL = 0.97
"""How much of the width is taken by a line with the next one's first word: type is seldom flush."""


_NARROWEST = 0.5
"""Of the widest line of the column: a narrower paragraph has no full lines."""


class Line(NamedTuple):
    """A visual line and its box; `top` is greater than `bottom`, as on a PDF's page.

    `hyphen` says that its last word goes on in the next line. A ruled table stands in for a line
    among others, with its `rows` and the box of each.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    hyphen: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    boxes: tuple[Box | None, ...] = ()


class Paragraph(NamedTuple):
    """The text of a paragraph on one line, its height of type, and how it ends.

    `boxes` are those of the lines of its text: of one, or of a table's. `is_full` says that its
    last line reaches the end of the column, so that it may go on in the next column or page.
    """

    text: str
    last: Line
    is_full: bool = False
    is_table: bool = False
    boxes: tuple[Box | None, ...] = ()

    @property
    def height(self) -> float:
        """How tall its last line is."""
        return _height(self.last)


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """Return the paragraphs of lines one below the other.

    >>> above, below = Line("福田区位于", 0, 50, 30, 20), Line("深圳。", 0, 30, 18, 8)
    >>> [paragraph.text for paragraph in paragraphs([above, below])]
    ['福田区位于深圳。']
    """
    whole: list[Paragraph] = []
    mirrored = is_right_to_left("".join(line.text for line in lines))
    if mirrored:
        lines = [line._replace(left=-line.right, right=-line.left) for line in lines]
    # Lines much narrower than the column, such as a table's rows, are not full however alike.
    least = _NARROWEST * max((line.right - line.left for line in lines), default=0.0)
    for run in _runs(lines):
        left = min(line.left for line in run)
        width = max(least, max(line.right for line in run) - left)
        pieces = [run[0]]
        for above, below in pairwise(run):
            if not _goes_on(pieces[0], above, below, left, width):
                whole.append(Paragraph(_text(pieces), above, boxes=(box_of(pieces),)))
                pieces = []
            pieces.append(below)
        last = run[-1]
        is_full = len(run) > 1 and last.right - left >= _FULL * width
        whole.append(Paragraph(_text(pieces), last, is_full, boxes=(box_of(pieces),)))
    return [_mirrored(paragraph) for paragraph in whole] if mirrored else whole


def box_of(lines: Iterable[Line]) -> Box | None:
    """Return the box around lines, None where there are none.

    >>> box_of([Line("福田区位于", 0, 50, 30, 20), Line("深圳。", 0, 30, 18, 8)])
    (0, 8, 50, 30)
    """
    edges = [(line.left, line.bottom, line.right, line.top) for line in lines]
    if not edges:
        return None
    lefts, bottoms, rights, tops = zip(*edges, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _mirrored(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph with its boxes where they are on the page."""
    boxes = (box and (-box[2], box[1], -box[0], box[3]) for box in paragraph.boxes)
    return paragraph._replace(boxes=tuple(boxes))


def _text(lines: Sequence[Line]) -> str:
    parts = [lines[0].text]
    for above, below in pairwise(lines):
        parts[-1], joint = ending(parts[-1], above, below.text)
        parts += (joint, below.text)
    return "".join(parts)


def gone_on(text: str, above: Line, below: Line) -> str:
    """Return a text whose last line is `above`, gone on with the line `below`.

    >>> gone_on("Nord-", Line("Nord-", 0, 9, 9, 0, hyphen=True), Line("und Südufer", 0, 9, 9, 0))
    'Nord- und Südufer'
    """
    text, joint = ending(text, above, below.text)
    return f"{text}{joint}{below.text}"


def ending(text: str, above: Line, below: str) -> tuple[str, str]:
    """Return what of a text stays before the text below, and what stands between them.

    `above` is the text's last line.
    """
    if not above.hyphen:
        return text, between(above.text, below)
    if _AND.match(below):
        return text, " "
    return (text[:-1], "") if _STARTS_SMALL.match(below) else (text, "")


def between(one: str, other: str) -> str:
    """Return what stands between two parts of a text: a space, where words have spaces."""
    return "" if SOLID.match(one[-1:]) and SOLID.match(other[:1]) else " "


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text are of a script that is read from right to left.

    >>> is_right_to_left("السلامة 2018"), is_right_to_left("Hafen")
    (True, False)
    """
    return len(RIGHT_TO_LEFT.findall(text)) > len(LEFT_TO_RIGHT.findall(text))


def is_list_mark(text: str) -> bool:
    """Whether a text is but a bullet or the number of an item.

    >>> [is_list_mark(text) for text in ("•", "3.", "(二)", "2.80", "17")]
    [True, True, True, False, False]
    """
    mark = _MARK.match(f"{text} ")
    return mark is not None and mark.end() >= len(text)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield lines set one below the other in one column, in one size, at the usual distance."""
    distances = sorted(a.bottom - b.top for a, b in pairwise(lines) if _is_below(a, b))
    # Not the median: where paragraphs are short, every second distance is one between them.
    usual = distances[len(distances) // 4] if distances else 0.0
    run: list[Line] = []
    for line in lines:
        if run and not _continues(run[-1], line, usual):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _height(line: Line) -> float:
    return max(line.top - line.bottom, 1.0)


def _is_below(above: Line, below: Line) -> bool:
    return below.top < above.top and above.left < below.right and below.left < above.right


def _continues(above: Line, below: Line, usual: float) -> bool:
    height = _height(above)
    # A formula, or letters set lower, make a line higher than its type is.
    flows = _STARTS_SMALL.match(below.text) and not _ENDED.search(above.text)
    same_size = abs(height - _height(below)) <= (_SIZE_WITHIN if flows else _SIZE) * height
    near = above.bottom - below.top <= usual + _GAP * height
    return same_size and near and _is_below(above, below)


def _is_indented(above: Line, below: Line, left: float) -> bool:
    """Whether a line begins a paragraph by its indent. Lines that all have one are of one."""
    least = _INDENT * _height(below)
    return below.left - above.left > least or (
        below.left - left > least and _ENDED.search(above.text) is not None
    )


def _is_centred(above: Line, below: Line) -> bool:
    apart = abs(above.left + above.right - below.left - below.right) / 2
    return apart < _INDENT * _height(below) < abs(above.left - below.left)


def _goes_on(first: Line, above: Line, below: Line, left: float, width: float) -> bool:
    if above.hyphen:
        return True
    if _is_centred(above, below) and _STARTS_SMALL.match(below.text):
        return True
    is_item = _MARK.match(below.text) and not _DAY.match(below.text)
    if is_item or _LEADERS.search(above.text):
        return False
    if _MARK.match(first.text):
        # The lines of an item stand below each other, all but the first, which has the mark.
        indent = below.left - (first.left if above is first else above.left)
        if not -_INDENT < indent / _height(below) < (_HANGING if above is first else _INDENT):
            return False
    elif _is_indented(above, below, left):
        return False
    word = _FIRST_WORD.search(below.text)
    share = (len(word[0]) + 1) / max(len(below.text), 1) if word else 0.0
    taken = above.right - left + share * (below.right - below.left)
    return taken >= _FULL * width


def goes_over(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph at the end of a column or page goes on in the first of the next.

    >>> end = Paragraph("The pressure is", Line("The pressure is", 0, 60, 10, 0))
    >>> goes_over(end, Paragraph("between 1 and 2.", Line("between 1 and 2.", 0, 60, 90, 80)))
    True
    """
    if before.is_table or after.is_table or _MARK.match(after.text):
        return False
    if abs(before.height - after.height) > _SIZE * before.height:
        return False
    if before.last.hyphen:
        return True
    if _ENDED.search(before.text):
        return False
    return before.is_full or _STARTS_SMALL.match(after.text) is not None
