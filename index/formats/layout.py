"""Visual lines of a page -> its paragraphs; page numbers and running heads of pages left out.

A line goes on in the next one where the first word of the next would hardly have fitted any more,
and where neither a gap, an indent, another size of type nor a list mark begins something new.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from index.paragraphs import CJK

_EDGE_LINES = 2
_MIN_REPEATS = 3
_MAX_EDGE_CHARS = 100
_DIGITS = regex.compile(r"[\d〇一二三四五六七八九十]+")
_PAGE_NUMBER = regex.compile(
    r"[-–—\s·|/]*(?:第\s*)?\d{1,4}(?:\s*[页頁])?(?:\s*(?:[/／,，]|共|of)\s*共?\s*\d{1,4}\s*[页頁]?)?[-–—\s·|/]*"
    r"|(?:Page|Seite)\s\d{1,4}(?:\s(?:of|von)\s\d{1,4})?",
    regex.IGNORECASE,
)
_MARK = regex.compile(
    r"\s*(?:[-*•‣◦·●○▪■◆–—]\s|\d{1,3}(?:[.)]\s|[、．）)])|[(（][\d一二三四五六七八九十]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]|第[一二三四五六七八九十百\d]+[章节節条條])"
)
_FIRST_WORD = regex.compile(rf"[{CJK}]|[^\s{CJK}]+")
_SOLID = regex.compile(rf"[{CJK}]")

_GAP = 0.5
_INDENT = 0.8
_SIZE = 0.2
"""In heights of a line."""
_FULL = 0.97
"""How much of the width is taken by a line with the next one's first word: type is seldom flush."""


_NARROWEST_COLUMN = 0.28
"""Of the widest line: four columns are the most that pages have."""


class Line(NamedTuple):
    """A visual line and its box; `top` is greater than `bottom`, as on a PDF's page.

    `hyphen` says that its last word goes on in the next line.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    hyphen: bool = False


def without_running_heads(pages: Mapping[int, Sequence[Line]]) -> dict[int, list[Line]]:
    """Return the pages without page numbers and what repeats at the edges of half of them."""
    edges = Counter(
        shape
        for lines in pages.values()
        for shape in {_shape(line) for i, line in enumerate(lines) if _is_edge(i, lines)}
    )
    often = max(_MIN_REPEATS, len(pages) / 2)
    repeated = {shape for shape, count in edges.items() if count >= often}
    return {
        number: [
            line
            for i, line in enumerate(lines)
            if not (_is_edge(i, lines) and (_shape(line) in repeated or _is_page_number(line)))
        ]
        for number, lines in pages.items()
    }


def _is_edge(i: int, lines: Sequence[Line]) -> bool:
    inside = _EDGE_LINES <= i < len(lines) - _EDGE_LINES
    # On a page of few lines every one is at an edge, and may be all that the page says.
    return not inside and len(lines) > 2 * _EDGE_LINES and len(lines[i].text) <= _MAX_EDGE_CHARS


def _is_page_number(line: Line) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text) is not None


def _shape(line: Line) -> tuple[str, int]:
    """Return what running heads of several pages share: the words, and the height on the page."""
    return _DIGITS.sub("0", "".join(line.text.split())), round(line.top)


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs of a page, each on one line.

    >>> above, below = Line("福田区位于", 0, 50, 30, 20), Line("深圳。", 0, 30, 18, 8)
    >>> paragraphs([above, below])
    ['福田区位于深圳。']
    """
    whole: list[str] = []
    # Lines much narrower than the page, such as a table's rows, are not full however alike.
    least = _NARROWEST_COLUMN * max((line.right - line.left for line in lines), default=0.0)
    for run in _runs(lines):
        left = min(line.left for line in run)
        width = max(least, max(line.right for line in run) - left)
        pieces = [run[0].text]
        for above, below in pairwise(run):
            if _goes_on(above, below, left, width):
                pieces += (_between(above, below), below.text)
            else:
                whole.append("".join(pieces))
                pieces = [below.text]
        whole.append("".join(pieces))
    return whole


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
    same_size = abs(height - _height(below)) <= _SIZE * height
    near = above.bottom - below.top <= usual + _GAP * height
    return same_size and near and _is_below(above, below)


def _goes_on(above: Line, below: Line, left: float, width: float) -> bool:
    if above.hyphen:
        return True
    if _MARK.match(below.text) or below.left - min(above.left, left) > _INDENT * _height(below):
        return False
    word = _FIRST_WORD.search(below.text)
    share = (len(word[0]) + 1) / max(len(below.text), 1) if word else 0.0
    taken = above.right - left + share * (below.right - below.left)
    return taken >= _FULL * width


def _between(above: Line, below: Line) -> str:
    """Return what stands between two lines of a paragraph: a space, where words have spaces."""
    solid = _SOLID.match(above.text[-1:]) and _SOLID.match(below.text[:1])
    return "" if above.hyphen or solid else " "
