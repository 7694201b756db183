"""The words that answer, widened or trimmed until they can be shown by themselves.

A reading model points at a span; where exactly it begins and ends is chance. Here it takes with it
what it cannot be read without (the rest of a word, a figure's unit and qualifiers, the other half
of a bracket or a quotation) and loses the punctuation at its ends. Where words are not parted by
spaces, what the question says as well shows where one ends. All of it stays within the sentence,
verbatim. Time is linear.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

import regex

from index.cutting.paragraphs import columns
from index.cutting.rows import cells_of
from index.search.terms import CLUSTER
from index.text.folding import simplified
from index.text.numerals import HAN
from index.types import Span
from rag.writing.qualified_figures import with_figures

_MOST_COLUMNS = 120

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_IN_WORD = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_UNSPACED}\p{{Hangul}}]]"
_WORD = regex.compile(
    rf"(?V1)(?:\p{{L}}\.){{2,}}+|{_IN_WORD}++(?:(?:['’‐‑@_/-]|\.(?=[\p{{Ll}}\p{{N}}])|&(?=\p{{Lu}}))"
    rf"{_IN_WORD}++)*+"
)
_CLOSED_BY = {
    **dict(zip("([{（［｛【〔《〈「『«‹“", ")]}）］｝】〕》〉」』»›”", strict=True)),
    "„": "“”",
    "»": "«",
    "›": "‹",
}
_OPENERS = {
    closer: "".join(opener for opener, closers in _CLOSED_BY.items() if closer in closers)
    for closer in "".join(_CLOSED_BY.values())
}
_BRACKET = regex.compile(rf"[{regex.escape(''.join({*_CLOSED_BY, *_OPENERS}))}\"]")
_ROUND = {"(": ")", "（": "）", "[": "]", "［": "］", "【": "】"}
_LOOSE = regex.compile(r"(?V1)[\s[\p{P}--[%‰‱#@&*§′″٪]]]")
_SAYS = regex.compile(r"[\p{L}\p{N}]")
_SIGN = regex.compile(r"[-−–]\p{Nd}")
_UNSPACED_RUN = regex.compile(rf"[{_UNSPACED}]++")
_NUMERAL = regex.compile(rf"[\p{{N}}{HAN}]")
_BARE_FIGURE = regex.compile(r"[-−+]?\p{Nd}[\p{Nd}.,\s'’]*")
_UNIT_OF_HEAD = regex.compile(r"[(（]([^()（）\p{Nd}]{1,12})[)）]\s*$")
_MOST_SHARED = 16
"""So far on either side of where an answer begins the question's words are looked for."""


def short_answer(question: str, document_text: str, sentence: Span, found: Span) -> Span | None:
    """Return the words that answer a question, given what a reader found in a sentence.

    Spans are in characters of the document's text; the result is within the sentence. None where
    nothing remains but punctuation, and where the answer is too long to be short.

    >>> text = "目前全区共建成约5260个5G基站。"
    >>> answer = short_answer("有多少个？", text, Span(0, len(text)), Span(8, 11))
    >>> text[answer.start : answer.end]
    '约5260个'
    """
    sentence = _cell(document_text, sentence, found)
    start, end = max(found.start, sentence.start), min(found.end, sentence.end)
    if start >= end:
        return None
    pairs = list(_pairs(document_text, sentence))
    span = _at_asked_word(question, document_text, sentence, Span(start, end))
    span = _whole_words(document_text, sentence, span)
    span = with_figures(document_text, sentence, _without_marks(document_text, span, pairs))
    span = _whole_pairs(_whole_words(document_text, sentence, span), pairs)
    span = _whole_words(document_text, sentence, _without_marks(document_text, span, pairs))
    span = _whole_clusters(document_text, sentence, span)
    words = document_text[span.start : span.end]
    return span if _SAYS.search(words) and columns(words) <= _MOST_COLUMNS else None


def unit_in_head(row: str, answer: Span) -> str:
    """Return the unit that the head of a column gives to a bare figure in a row, "" for none.

    >>> row = "- 乡镇：柳塘乡；接待游客（万人次）：18"
    >>> unit_in_head(row, Span(len(row) - 2, len(row)))
    '万人次'
    """
    if not _BARE_FIGURE.fullmatch(row[answer.start : answer.end]):
        return ""
    heads = (
        cell.head
        for cell in cells_of(row, Span(0, len(row)))
        if cell.place.start <= answer.start and answer.end <= cell.place.end
    )
    unit = _UNIT_OF_HEAD.search(next(heads, ""))
    return unit[1].strip() if unit else ""


def _cell(text: str, sentence: Span, found: Span) -> Span:
    """Return the cell that the span begins in where the sentence is a table's row."""
    places = (cell.place for cell in cells_of(text, sentence))
    return next((p for p in places if p.start <= found.start < p.end), sentence)


def _at_asked_word(question: str, text: str, sentence: Span, span: Span) -> Span:
    """Return the span with the word whole that it begins in, as far as the question has it too.

    Only of scripts that part no words by spaces. Where a figure is behind that word, it is left
    out: it was said.

    >>> text = "塔身高三十九米。"
    >>> whole = _at_asked_word("灯塔的塔身多高？", text, Span(0, len(text)), Span(1, 7))
    >>> text[whole.start : whole.end]
    '塔身高三十九米'
    """
    asked = simplified(question)
    first = max(sentence.start, span.start - _MOST_SHARED)
    around = simplified(text[first : min(sentence.end, span.start + _MOST_SHARED)])
    at = span.start - first
    start, end = at - 1, at + 1
    if start < 0 or not _shared(around[start:end], asked):
        return span
    while end < len(around) and _shared(around[start : end + 1], asked):
        end += 1
    if first + end < span.end and _NUMERAL.match(around, end):
        return Span(first + end, span.end)
    while start > 0 and _shared(around[start - 1 : at + 1], asked):
        start -= 1
    return Span(first + start, span.end)


def _shared(run: str, asked: str) -> bool:
    return run in asked and _UNSPACED_RUN.fullmatch(run) is not None


def _whole_words(text: str, sentence: Span, span: Span) -> Span:
    """Return the span with the words, of scripts that have them, whole at both ends."""
    start, end = span
    for word in _WORD.finditer(text, *sentence):
        if word.start() < span.start < word.end():
            start = word.start()
        if word.start() < span.end < word.end():
            end = word.end()
    return Span(start, end)


def _whole_clusters(text: str, sentence: Span, span: Span) -> Span:
    """Return the span with the graphemes whole at both ends."""
    ends = [sentence.start, *(cluster.end() for cluster in CLUSTER.finditer(text, *sentence))]
    return Span(ends[bisect_right(ends, span.start) - 1], ends[bisect_left(ends, span.end)])


def _pairs(text: str, sentence: Span) -> Iterator[Span]:
    """Yield the places of each bracket or quotation mark and of the one that closes it.

    What has no other half is left out; the pairs never cross.
    """
    open_at: list[int] = []
    waiting: Counter[str] = Counter()
    for bracket in _BRACKET.finditer(text, *sentence):
        mark = bracket[0]
        openers = '"' if mark == '"' else _OPENERS.get(mark, "")
        if not any(waiting[opener] for opener in openers):
            if mark in _CLOSED_BY or mark == '"':
                open_at.append(bracket.start())
                waiting[mark] += 1
            continue
        while True:
            place = open_at.pop()
            waiting[text[place]] -= 1
            if text[place] in openers:
                yield Span(place, bracket.start())
                break


def _whole_pairs(span: Span, pairs: list[Span]) -> Span:
    """Return the span with both halves of each pair of which it has one."""
    start, end = span
    for opening, closing in pairs:
        if span.start <= opening < span.end <= closing:
            end = max(end, closing + 1)
        elif opening < span.start <= closing < span.end:
            start = min(start, opening)
    return Span(start, end)


def _without_marks(text: str, span: Span, pairs: list[Span]) -> Span:
    """Return the span without punctuation at its ends, but for that of a pair there."""
    closing, opening = dict(pairs), {close: place for place, close in pairs}
    start, end = span
    while start < end:
        if closing.get(start) == end - 1 and text[start] in _ROUND:
            start, end = start + 1, end - 1
        elif start in closing or _SIGN.match(text, start) or not _LOOSE.match(text, start):
            break
        else:
            start += 1
    while start < end and end - 1 not in opening and _LOOSE.match(text, end - 1):
        end -= 1
    return Span(start, end)
