"""The lines of a document's list that answer a question for several things or for steps.

A list is a run of lines with bullets, or with numbers of one form that go on (1. 2. 3., 一、二、,
第一步, Step 1, ①, a)). Lines indented below an item belong to it, and so do lines between two items
whose numbers follow each other. A heading ends the list, and so does any other line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from index.cutting.paragraphs import Block, trimmed
from index.search.terms import terms
from index.text.numerals import whole
from index.types import Span
from rag.finding.table_rows import FULLY, TableRow
from rag.understanding.question_kinds import is_list_question, is_procedure_question

_HAN = "一二三四五六七八九十"
_NUMBER = rf"(?P<number>\d{{1,3}}|[{_HAN}]{{1,3}}|[a-zA-Z](?![\p{{L}}]))"
_MARKER = regex.compile(
    rf"""(?P<bullet>[-*+•‣◦·●○▪■◆–—])\s
      | (?P<circled>[①-⑳])
      | [(（]{_NUMBER}[)）]
      | (?P<step>第{_NUMBER}[步条项點点] | (?:步骤|步驟|手順|ステップ|단계)\s?{_NUMBER}(?!\d)
          | {_NUMBER}단계
          | (?:step|schritt|étape|paso|шаг|bước|الخطوة)\s{_NUMBER}\b)
      | (?P<number>\d{{1,3}})(?:[.)．]\s|[、．）])
      | (?P<number>[{_HAN}]{{1,3}})、
      | (?P<number>[a-zA-Z])[.)]\s
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_MARKDOWN_HEADING = regex.compile(r"#{1,6}\s")
_INTRODUCES = regex.compile(r"[:：﹕][\p{P}\s]*$")
_INTRODUCING_REACH, _MOST_INDENT = 8, 40
_MOST_LINES_BETWEEN = 12
"""So many lines may stand between two numbered items and belong to the first."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a document: `form` is what its marker looks like, "" without one."""

    span: Span
    indent: int
    is_heading: bool
    form: str = ""
    number: int | None = None

    def precedes(self, other: "_Line") -> bool:
        """Return whether another line is the next item of this line's list."""
        if not self.form or (self.form, self.indent) != (other.form, other.indent):
            return False
        if self.number is None or other.number is None:
            return True
        # Markdown lets all items be "1.".
        return other.number == self.number + 1 or other.number == self.number == 1


def list_block(
    question: str, document_text: str, sentence: Span, blocks: Iterable[Block]
) -> list[Span]:
    r"""Return the items, in order, of the list that a sentence is in or introduces.

    `blocks` are those of the document's text. An item goes with its marker, and with the lines that
    belong to it. The result is empty where the question asks for no list and no steps, and where
    there is no list of two items.

    >>> from index.cutting.paragraphs import split_blocks
    >>> text = "办理步骤：\n1. 填表\n2. 交费\n\n以上免费。"
    >>> items = list_block("怎么办理？", text, Span(0, 5), split_blocks(text))
    >>> [text[start:end] for start, end in items]
    ['1. 填表', '2. 交费']
    """
    if not (is_list_question(question) or is_procedure_question(question)):
        return []
    if TableRow(document_text, sentence, set(terms(question))).fit >= FULLY:
        return []  # the one row that is named, not all rows
    lines = list(_lines(document_text, blocks))
    at = next((i for i, line in enumerate(lines) if sentence.start < line.span.end), None)
    if at is None:
        return []
    anchor = _anchor(document_text, lines, at, sentence)
    places = _run(lines, anchor) if anchor is not None else []
    if len(places) < 2:
        return []
    following: list[int | None] = [*places[1:], None]
    return [_item(lines, *each) for each in zip(places, following, strict=True)]


def _lines(text: str, blocks: Iterable[Block]) -> Iterator[_Line]:
    """Yield the lines of the blocks, those of the headings in front of each block as well."""
    for block in blocks:
        first, *others = block.lines
        place = first.start
        for line in text[first.start : block.body].splitlines(keepends=True):
            yield _line(text, trimmed(text, Span(place, place + len(line))), is_heading=True)
            place += len(line)
        for span in (Span(block.body, first.end), *others):
            yield _line(text, span, is_heading=bool(_MARKDOWN_HEADING.match(text, *span)))


def _line(text: str, span: Span, *, is_heading: bool) -> _Line:
    ahead = text[max(0, span.start - _MOST_INDENT) : span.start]
    indent = len(ahead) - len(ahead.rstrip(" \t\u3000"))
    marker = _MARKER.match(text, *span)
    if not marker or _MARKDOWN_HEADING.match(text, *span):
        return _Line(span, indent, is_heading)
    # A short line "Step 1" looks like a heading of what is below it.
    is_heading = is_heading and not marker["step"]
    if marker["bullet"]:
        return _Line(span, indent, is_heading, marker["bullet"])
    if marker["circled"]:
        return _Line(span, indent, is_heading, "①", ord(marker["circled"]) - ord("①") + 1)
    kind = "1" if marker["number"].isdecimal() else "a" if marker["number"].isascii() else "一"
    start, end = marker.span("number")
    form = text[span.start : start] + kind + text[end : marker.end()]
    return _Line(span, indent, is_heading, form.casefold(), _value(marker["number"]))


def _value(number: str) -> int:
    """Return the place of an item: 3 for "3", "c" and "三"."""
    is_letter = number.isascii() and number.isalpha()
    return ord(number.casefold()) - ord("a") + 1 if is_letter else whole(number)


def _anchor(text: str, lines: Sequence[_Line], at: int, sentence: Span) -> int | None:
    """Return which line begins or continues the list that a sentence is in or introduces."""
    here = lines[at]
    following = lines[at + 1] if at + 1 < len(lines) else None
    if following and following.form and (here.is_heading or _introduces(text, sentence, here)):
        return at + 1
    if here.form or here.is_heading:
        return at if here.form and not here.is_heading else None
    for before in range(at - 1, max(-1, at - _MOST_LINES_BETWEEN - 1), -1):
        if lines[before].is_heading:
            return None
        if lines[before].form:
            behind = _next(lines, before)
            inside = here.indent > lines[before].indent or (behind is not None and behind > at)
            return before if inside else None
    return None


def _introduces(text: str, sentence: Span, line: _Line) -> bool:
    """Return whether a sentence is the end of its line and ends with a colon."""
    reach = max(sentence.start, sentence.end - _INTRODUCING_REACH)
    return sentence.end >= line.span.end and bool(_INTRODUCES.search(text, reach, sentence.end))


def _run(lines: Sequence[_Line], at: int) -> list[int]:
    """Return the places of the items of the list that an item is in."""
    before, behind = [at], [at]
    while (place := _previous(lines, before[-1])) is not None:
        before.append(place)
    while (place := _next(lines, behind[-1])) is not None:
        behind.append(place)
    return [*before[:0:-1], *behind]


def _previous(lines: Sequence[_Line], at: int) -> int | None:
    reach = range(at - 1, max(-1, at - _MOST_LINES_BETWEEN - 2), -1)
    return next((place for place in reach if _next(lines, place) == at), None)


def _next(lines: Sequence[_Line], at: int) -> int | None:
    """Return the place of the next item of a list, None where the list ends."""
    here = lines[at]
    for place in range(at + 1, min(len(lines), at + _MOST_LINES_BETWEEN + 2)):
        line = lines[place]
        if line.is_heading or line.indent < here.indent:
            return None
        if here.precedes(line):
            return place
        if line.indent == here.indent and (here.number is None or line.form == here.form):
            return None
    return None


def _item(lines: Sequence[_Line], at: int, behind: int | None) -> Span:
    """Return an item with the lines that belong to it, given the place of the next item."""
    if behind is None:
        behind = at + 1
        while behind < len(lines) and lines[behind].indent > lines[at].indent:
            behind += 1
    return Span(lines[at].span.start, lines[behind - 1].span.end)
