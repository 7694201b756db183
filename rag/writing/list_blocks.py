"""The lines of a document's list that answer a question for several things or for steps.

A list is a run of lines with bullets, or with numbers of one form (1. 2. 3., 一、二、, 第一步,
Step 1, ①, a)), one indented like the other. Lines indented below an item belong to it, and so do
those between numbered items; any other line ends the list.
"""

from collections.abc import Sequence

import regex

from index.search.terms import terms
from index.types import Span
from rag.finding.table_rows import FULLY, TableRow
from rag.understanding.question_kinds import is_list_question, is_procedure_question

_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z](?!\p{L}))"
_BULLETS = "-*+•‣◦·●○▪■◆–—"
_MARKER = regex.compile(
    rf"""(?P<form>[{_BULLETS}])\s
      | (?P<form>[①-⑳])
      | (?P<form>第){_NUMBER}[步条條项項点點]
      | (?P<form>步骤|步驟|手順|ステップ|단계|step|schritt|étape|paso|шаг|bước|الخطوة)
        \s?{_NUMBER}(?!\d)
      | (?P<form>[(（]?){_NUMBER}[)）.．、](?!\d)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_LINE = regex.compile(r"(?P<indent>[ \t\u3000]*+)(?P<text>\S[^\n]*+)")
_CIRCLED = regex.compile(r"[①-⑳]")
_HEADING = regex.compile(r"#{1,6}\s")
_INTRODUCES = regex.compile(r"[:：﹕][\p{P}\s]*$")
_MOST_BETWEEN = 12
"""So many lines may stand between two numbered items and belong to the first."""


class _Line:
    """A line that is not empty: how far it is indented, and the form of its marker, if any."""

    def __init__(self, text: str, found: "regex.Match[str]") -> None:
        self.span = Span(found.start("text"), found.start("text") + len(found["text"].rstrip()))
        self.indent = len(found["indent"])
        self.is_heading = _HEADING.match(found["text"]) is not None
        self.introduces = self.is_heading or _INTRODUCES.search(found["text"]) is not None
        marker = _MARKER.match(text, *self.span)
        self.form = None if marker is None else _CIRCLED.sub("①", marker["form"].casefold())
        self.is_numbered = self.form is not None and self.form not in set(_BULLETS)

    def is_beside(self, other: "_Line") -> bool:
        """Return whether both may be items of one list."""
        return self.form is not None and (self.form, self.indent) == (other.form, other.indent)


def list_block(question: str, text: str, sentence: Span) -> list[Span]:
    r"""Return the items, in order, of the list that a sentence is in or introduces.

    An item goes with its marker, and with the lines that belong to it. The result is empty where
    the question asks for no list and no steps, and where there is no list of two items.

    >>> text = "办理步骤：\n1. 填表\n2. 交费\n\n以上免费。"
    >>> items = list_block("怎么办理？", text, Span(0, 5))
    >>> [text[start:end] for start, end in items]
    ['1. 填表', '2. 交费']
    """
    if not (is_list_question(question) or is_procedure_question(question)):
        return []
    if TableRow(text, sentence, set(terms(question))).fit >= FULLY:
        return []  # the one row that is named, not all rows
    lines = [_Line(text, found) for found in _LINE.finditer(text)]
    at = next((i for i, line in enumerate(lines) if sentence.start < line.span.end), None)
    if at is None:
        return []
    if lines[at].form is None:
        at = at + 1 if lines[at].introduces and at + 1 < len(lines) else _owner(lines, at)
    items = _run(lines, at) if lines[at].form is not None else []
    return items if len(items) > 1 else []


def _owner(lines: Sequence[_Line], at: int) -> int:
    """Return the item that a line belongs to; the line itself where there is none."""
    for before in range(at - 1, max(-1, at - _MOST_BETWEEN - 1), -1):
        if lines[before].form is not None:
            below = lines[at].indent > lines[before].indent
            return before if below or _goes_on(lines, at, lines[before]) else at
    return at


def _goes_on(lines: Sequence[_Line], at: int, item: _Line) -> bool:
    """Return whether a line stands within a numbered list: its next item is below."""
    for line in lines[at : at + _MOST_BETWEEN] if item.is_numbered else ():
        if line.is_heading or line.indent < item.indent:
            return False
        if line.form is not None:
            return line.is_beside(item)
    return False


def _run(lines: Sequence[_Line], at: int) -> list[Span]:
    """Return the items of the list that an item is in."""
    item = lines[at]

    def belongs(place: int) -> bool:
        line = lines[place]
        return line.indent > item.indent or line.is_beside(item) or _goes_on(lines, place, item)

    first, behind = at, at + 1
    while first > 0 and belongs(first - 1):
        first -= 1
    while behind < len(lines) and belongs(behind):
        behind += 1
    starts = [place for place in range(first, behind) if lines[place].is_beside(item)]
    ends = [*(place - 1 for place in starts[1:]), behind - 1]
    return [
        Span(lines[one].span.start, lines[last].span.end)
        for one, last in zip(starts, ends, strict=True)
    ]
