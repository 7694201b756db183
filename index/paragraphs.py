"""Paragraphs of a text, and the blocks and headings that its layout shows, as spans of characters.

A paragraph ends at every line end, because in Chinese texts a line is a paragraph, unless the lines
are hard-wrapped. A line is wrapped where the first word of the next one would not have fitted any
more, or nearly so, within the longest line of its run (lines without a blank line between them; 40
to 120 columns, East Asian characters take two). Headings, list items, table rows and code fences
are always paragraphs of their own.

A block is a paragraph, or a whole list, table or fenced code, under its headings. A heading is a
markdown heading, a short numbered line (第一章, 一、, 1.2) that is not one of a list, or one of a
few short lines without a sentence end before a paragraph (title, author, date).

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
_LIST_ITEM = regex.compile(
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
_MARKDOWN_HEADING = regex.compile(r"\s{0,3}#{1,6}\s")
_FENCE = regex.compile(r"\s*+(?:```|~~~)")
_TABLE_ROW = regex.compile(r"\s*+\||.*(?:\s\|\s|\S\t)")

_WRAP_COLUMNS = range(40, 121)
_WRAP_TOLERANCE = 0.8
"""How full a wrapped line is at least: with proportional type, lines differ in characters."""
_WIDE = regex.compile(rf"[{CJK}\p{{Hangul}}]")
_FIRST_WORD = regex.compile(rf"\s*+([{CJK}]|[^\s{CJK}]*)")

_HEADING_COLUMNS = 60
_HEADING_LINES = 5
"""More short lines than this in a row are a list or a poem, not the headings of what follows."""
_NUMBERED = regex.compile(
    rf"第{_NUMBER}+[章节節回篇部编編条條款]|{_NUMBER}{{1,3}}、|[（(]{_NUMBER}{{1,3}}[）)]"
    r"|\d{1,2}(?:\.\d{1,2})*[.)]?\s|[IVX]+\.\s"
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
    for run in _line_runs(text):
        wrap = max(columns for _, columns in run)
        for i, (line, _) in enumerate(run):
            if i and _is_wrapped(text, run[i - 1], line, wrap):
                paragraphs[-1] = Span(paragraphs[-1].start, line.end)
            else:
                paragraphs.append(line)
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
    numbers = [None, *(_numbering(text, line) for line in lines), None]
    for i, kind in enumerate(kinds):
        if kind == "numbered":
            listed = numbers[i + 1] in (numbers[i], numbers[i + 2])
            kinds[i] = "item" if listed else "heading"
    decided: list[str] = []
    for kind, group in groupby(kinds):
        count = len(list(group))
        if kind == "short":
            has_body = len(decided) + count < len(kinds)
            kind = "heading" if has_body and count <= _HEADING_LINES else "text"
        decided += [kind] * count
    return decided


def _kinds_alone(text: str, lines: Sequence[Span]) -> Iterator[str]:
    """Yield what each line looks like by itself: also `numbered` and `short`, still undecided."""
    in_code = False
    for line in lines:
        if _FENCE.match(text, *line):
            in_code = not in_code
            yield "code"
        elif in_code:
            yield "code"
        elif _TABLE_ROW.match(text, *line):
            yield "row"
        elif _MARKDOWN_HEADING.match(text, *line):
            yield "heading"
        else:
            yield _kind_of_words(text, line)


def _kind_of_words(text: str, line: Span) -> str:
    words = text[line.start : min(line.end, line.start + _HEADING_COLUMNS + 1)]
    short = _columns(words) <= _HEADING_COLUMNS and not _ENDS_LIKE_TEXT.search(words)
    if short and _NUMBERED.match(text, *line):
        return "numbered"
    if _LIST_ITEM.match(text, *line):
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


def _columns(line: str) -> int:
    """Return the width of a line on a terminal: East Asian characters take two columns."""
    return 2 * len(line) - len(_WIDE.sub("", line))


def _line_runs(text: str) -> Iterator[list[tuple[Span, int]]]:
    """Yield the runs of lines that no blank line parts, each line trimmed, with its columns."""
    run: list[tuple[Span, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        span = trimmed(text, Span(start, start + len(line)))
        start += len(line)
        if span.start < span.end:
            run.append((span, _columns(line.strip())))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_wrapped(text: str, previous: tuple[Span, int], line: Span, wrap: int) -> bool:
    """Return whether a line continues the previous one, in a run of lines `wrap` columns wide."""
    (start, end), columns = previous
    if wrap not in _WRAP_COLUMNS:
        return False
    if _MARKDOWN_HEADING.match(text, start, end) or _TABLE_ROW.match(text, start, end):
        return False
    if any(mark.match(text, *line) for mark in (_LIST_ITEM, _MARKDOWN_HEADING, _TABLE_ROW, _FENCE)):
        return False
    first_word = _FIRST_WORD.match(text, *line)
    return columns + 1 + _columns(first_word[1] if first_word else "") > wrap * _WRAP_TOLERANCE
