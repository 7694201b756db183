"""Text with Markdown marks, drawn as headings, lists and tables; every character of it stays.

The marks are there and not shown, so that the text of what is drawn is the text that is stored:
places in it count the same, and nothing of a document is left out. Pages are parted.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

import regex
from markupsafe import Markup

from index.types import Page, Span
from webui.drawing.markup import EMPTY, join
from webui.drawing.tables import Paint, shown
from webui.texts import Texts

_LINE = regex.compile(r".*+\n?")
_HEADING = regex.compile(r"(#{1,6})[ \t]++(?=\S)")
_BULLET = regex.compile(r"[ \t\u3000]{0,20}+[-*+•‣◦·●○▪■◆][ \t]++(?=\S)")
_NUMBERED = regex.compile(
    r"[ \t\u3000]{0,20}+(?=\d{1,3}[.)．][ \t]|\d{1,3}、|[(（][\d一二三四五六七八九十]{1,3}[)）]"
    r"|[①-⑳]|第[一二三四五六七八九十\d]{1,3}步)"
)
_DEEP = regex.compile(r"(?:[ ]{2}|\t|\u3000)")

_Kind = Literal["heading", "bullet", "numbered", "gap", "line"]


class _Line(NamedTuple):
    """A line with its line break: what it is, where its mark ends, how deep it stands."""

    kind: _Kind
    span: Span
    mark: int
    level: int = 0


def structured(
    text: str, start: int, end: int, paint: Paint, *, pages: Sequence[Page] = (), texts: Texts
) -> Markup:
    """Return characters `start` to `end` of the text as HTML, as `tables.shown` does.

    `paint` is given all that is shown, in order. Of each of the `pages` the beginning is marked.
    """
    ahead = deque(page for page in pages if start <= page.start < end)

    def between(first: int, last: int) -> Markup:
        return join(_lines(text, first, last, paint, ahead, texts))

    return shown(text, start, end, paint, between)


def is_item(line: str) -> bool:
    """Return whether a line is one of a list, with a mark before it that is not shown."""
    return _BULLET.match(line) is not None


def _lines(
    text: str, start: int, end: int, paint: Paint, ahead: deque[Page], texts: Texts
) -> Iterator[Markup]:
    lines = (_line(text, Span(*found.span())) for found in _LINE.finditer(text, start, end))
    for kind, group in groupby(
        (line for line in lines if line.span.start < line.span.end), _listed
    ):
        drawn = [(_page(line, ahead, texts), _drawn(line, text, paint)) for line in group]
        if not kind:
            yield join(part for pair in drawn for part in pair)
            continue
        # No page begins between an item and the next: the list would end there.
        yield join([*(page for page, _ in drawn), Markup('<ul class="items {}">').format(kind)])
        yield join([*(item for _, item in drawn), Markup("</ul>")])


def _listed(line: _Line) -> str:
    return line.kind if line.kind in ("bullet", "numbered") else ""


def _line(text: str, span: Span) -> _Line:
    if found := _HEADING.match(text, *span):
        return _Line("heading", span, found.end(), min(6, len(found[1]) + 2))
    for kind, pattern in (("bullet", _BULLET), ("numbered", _NUMBERED)):
        if found := pattern.match(text, *span):
            deep = len(_DEEP.findall(found[0]))
            return _Line("bullet" if kind == "bullet" else "numbered", span, found.end(), deep)
    is_gap = not text[slice(*span)].strip()
    return _Line("gap" if is_gap else "line", span, span.start)


def _drawn(line: _Line, text: str, paint: Paint) -> Markup:
    mark = Markup('<span class="sign">{}</span>').format(text[line.span.start : line.mark])
    said = join([mark if line.mark > line.span.start else EMPTY, paint(line.mark, line.span.end)])
    if line.kind == "heading":
        return Markup('<h{0} class="line">{1}</h{0}>').format(line.level, said)
    if line.kind in ("bullet", "numbered"):
        deep = Markup(' class="deep"') if line.level else EMPTY
        return Markup("<li{}>{}</li>").format(deep, said)
    return Markup('<div class="{}">{}</div>').format(line.kind, said)


def _page(line: _Line, ahead: deque[Page], texts: Texts) -> Markup:
    """Return what parts the pages that begin with this line from those before."""
    parts = []
    while ahead and ahead[0].start < line.span.end:
        said = texts.page.format(page=ahead.popleft().number)
        parts.append(
            Markup('<div class="leaf" role="separator" aria-label="{0}" data-page="{0}"></div>')
            .format(said)
        )  # fmt: skip
    return join(parts)
