"""Paragraphs of a text, and the blocks and headings that its layout shows, as spans of characters.

A paragraph ends at every line end: lines that a program has wrapped are joined where a document is
read (`index/reading/text/unwrapping.py`).

A block is a paragraph, or a whole list, table or fenced code, under its headings. A heading is a
markdown heading, a short numbered line (第一章, 一、, 1.2) that is not one of a list, one of a few
short lines without a sentence end before a paragraph (title, author, date), or a question above its
answer (`Q:`, `问：`). What is indented to where an item's words begin belongs to the item.

Spans hold no white space at their ends; everything between them is white space. Time is linear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex

from index.types import Span

CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u3000-\u303f\uff00-\uffef“‘—"
"""Inside a character class: what is written without spaces between words."""

EXTENDING = r"\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}"
"""Inside a character class: what belongs to the grapheme of the character before it."""

_NUMBER = r"[一二三四五六七八九十百零〇\d]"
LIST_ITEM = regex.compile(
    r"""\s*+(?:
        [-*+•‣◦·●○▪■◆–—]\s                                # bullets
      | \d{1,3}(?:[.)]\s|[、．）)])                        # 1.  1)  1、
      | [(（](?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）]
      | [a-zA-Z][.)]\s
      | [一二三四五六七八九十]{1,3}、
      | [①-⑳]
    )""",
    regex.VERBOSE,
)
HEADING = regex.compile(r"\s{0,3}#{1,6}\s")
FENCE = regex.compile(r"\s*+(?:```|~~~)")
_TABLE_ROW = regex.compile(r"\s*+\||.*(?:\s\|\s|\S\t)")

_WIDE = regex.compile(rf"[{CJK}\p{{Hangul}}]")

_MARKER = regex.compile(r"(?:[-*+•‣◦·●○▪■◆–—]|\d{1,3}[.)]|[(（]\d{1,3}[)）]|\d{1,3}、|[①-⑳]) {0,3}")
"""Of an item whose words go on below, where they begin: 一、 and the like head paragraphs."""
_MOST_INDENT = 24

_HEADING_COLUMNS = 60
_HEADING_LINES = 5
"""More short lines than this in a row are a list or a poem, not the headings of what follows."""
_NUMBERED = regex.compile(
    rf"第{_NUMBER}+[章节節回篇部编編条條款]|{_NUMBER}{{1,3}}、|[（(]{_NUMBER}{{1,3}}[）)]"
    r"|\d{1,2}(?:\.\d{1,2})*[.)]?\s|[IVX]+\.\s"
)
_LABEL = r"\s?\d{0,3}\s?[*_]{0,3}[.:：、]"
_QUESTION = regex.compile(
    r"[*_]{0,3}(?:Q|F|P|Question|Frage|Pregunta|问|問|问题|問題|提问|質問|질문|문|В|Вопрос|Hỏi"
    rf"|Câu hỏi|س|سؤال){_LABEL}[*_]{{0,3}}\s?\S",
    regex.IGNORECASE,
)
_ANSWER = regex.compile(
    r"[*_]{0,3}(?:A|R|Answer|Antwort|Réponse|Respuesta|答|答案|回答|解答|答え|답|답변|О|Ответ|Đáp"
    rf"|Trả lời|ج|جواب){_LABEL}",
    regex.IGNORECASE,
)
_NUMERALS = regex.compile(rf"{_NUMBER}+|[IVX]+")
_ENDS_LIKE_TEXT = regex.compile(
    r"(?V1)[[\p{STerm}\p{Terminal_Punctuation}…]--[:：]][\p{Pe}\p{Pf}\"']*$"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, or a whole list, table or code, under its headings.

    The first line begins with the headings; `body` is where they end. A block with headings begins
    a section. Headings with nothing below them (the text ends there) are blocks without headings.
    """

    lines: tuple[Span, ...]
    body: int
    section: int


def split_paragraphs(text: str) -> list[Span]:
    r"""Return the spans of the paragraphs in order, without white space at their ends.

    >>> text = "第一段。\n第二段，没有句号\n\n- one\n- two"
    >>> [text[start:end] for start, end in split_paragraphs(text)]
    ['第一段。', '第二段，没有句号', '- one', '- two']
    """
    paragraphs: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        span = trimmed(text, Span(start, start + len(line)))
        start += len(line)
        if span.start < span.end:
            paragraphs.append(span)
    return paragraphs


def split_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text in order; one that has headings begins a section."""
    lines = split_paragraphs(text)
    section = 0
    heads: list[Span] = []
    for kind, group in groupby(zip(_kinds(text, lines), lines, strict=True), lambda pair: pair[0]):
        members = [line for _, line in group]
        if kind == "heading":
            section += 1
            for line in members[:-_HEADING_LINES]:
                yield Block((line,), line.start, section)
            heads = members[-_HEADING_LINES:]
            continue
        for block in [members] if kind in ("item", "row", "code") else [[line] for line in members]:
            body = block[0].start
            first = Span(heads[0].start if heads else body, block[0].end)
            yield Block((first, *block[1:]), body, section)
            heads = []
    for line in heads:
        yield Block((line,), line.start, section)


def _kinds(text: str, lines: Sequence[Span]) -> list[str]:
    """Return what each line is: code, row, item, heading or text."""
    kinds = list(_kinds_alone(text, lines))
    listed = [i for i, kind in enumerate(kinds) if kind != "more"]
    numbers = [None, *(_numbering(text, lines[i]) for i in listed), None]
    for place, i in enumerate(listed, 1):
        if kinds[i] == "numbered":
            is_item = numbers[place] in (numbers[place - 1], numbers[place + 1])
            kinds[i] = "item" if is_item else "heading"
    for i, kind in enumerate(kinds):
        if kind == "more":
            kinds[i] = "item" if kinds[i - 1] == "item" else "text"
        elif i and _ANSWER.match(text, *lines[i]) and _QUESTION.match(text, *lines[i - 1]):
            kinds[i - 1 : i + 1] = ["heading", "text"]
    decided: list[str] = []
    for kind, group in groupby(kinds):
        count = len(list(group))
        if kind == "short":
            has_body = len(decided) + count < len(kinds)
            kind = "heading" if has_body and count <= _HEADING_LINES else "text"
        decided += [kind] * count
    return decided


def _kinds_alone(text: str, lines: Sequence[Span]) -> Iterator[str]:
    """Yield what each line looks like by itself: `numbered`, `short` and `more` are undecided yet.

    `more` may belong to the item above it.
    """
    in_code = False
    inside: int | None = None  # the indent of what belongs to the item above
    for line in lines:
        if in_code or FENCE.match(text, *line):
            in_code ^= FENCE.match(text, *line) is not None
            yield "code"
            continue
        marker = _MARKER.match(text, *line)
        belongs = not marker and inside is not None and _indent(text, line) == inside
        if marker:
            inside = _indent(text, line) + len(marker[0])
        elif not belongs:
            inside = None
        yield _kind_alone(text, line, belongs=belongs)


def _kind_alone(text: str, line: Span, *, belongs: bool) -> str:
    if _TABLE_ROW.match(text, *line):
        return "row"
    if HEADING.match(text, *line):
        return "heading"
    return "more" if belongs else _kind_of_words(text, line)


def _indent(text: str, line: Span) -> int:
    before = text[max(0, line.start - _MOST_INDENT) : line.start]
    return len(before) - len(before.rstrip(" \t\u3000"))


def _kind_of_words(text: str, line: Span) -> str:
    words = text[line.start : min(line.end, line.start + _HEADING_COLUMNS + 1)]
    short = columns(words) <= _HEADING_COLUMNS and not _ENDS_LIKE_TEXT.search(words)
    if short and _NUMBERED.match(text, *line):
        return "numbered"
    if LIST_ITEM.match(text, *line):
        return "item"
    return "short" if short else "text"


def _numbering(text: str, line: Span) -> str | None:
    """Return the form of a line's number, such as `一、` or `0.0`, alike for all of a list."""
    number = _NUMBERED.match(text, *line)
    return _NUMERALS.sub("0", number[0]) if number else None


def trimmed(text: str, span: Span) -> Span:
    """Return the span without the white space at its ends."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.start + len(piece.rstrip())))


def columns(line: str) -> int:
    """Return the width of a line on a terminal: East Asian characters take two columns."""
    return 2 * len(line) - len(_WIDE.sub("", line))
