"""Text -> terms, the units that the lexical index counts; one rule for passages and questions.

Scripts that are written without spaces, and Hangul with its attached particles, give overlapping
pairs of characters; a character that stands alone is a term itself. On Chinese, pairs find more
than a word segmenter and need no dictionary. All other scripts give words. A figure is one term
however its digits are grouped ("1,400", "1400"), so is a name with digits ("5G", "IPv6"), and
"GPT-4" gives "gpt4", "gpt" and "4", so that it is found by "GPT4" and by "GPT" too.

What differs only in writing is folded first (`index/text/folding.py`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from functools import lru_cache
from itertools import accumulate
from operator import add

import regex

from index.cutting.paragraphs import EXTENDING
from index.text.folding import fold
from index.types import Span

TERMS_VERSION = "1"
"""Raised when the same text gives other terms than before: the lexical index is made anew then."""

_SPACELESS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Tai_Viet}\p{Javanese}\p{Balinese}"
)
_LETTER = rf"[\p{{L}}--[{_SPACELESS}]]"
_IN_WORD = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]"
_TOKEN = regex.compile(
    rf"""
      (?P<run> [[\p{{L}}\p{{M}}\p{{N}}]&&[{_SPACELESS}]]++ )
    | (?P<figure> (?<!\d[.,']) (?:
          # Grouped by thousands. Bounded, so that a long list of numbers costs linear time.
          (?P<grouped> [1-9]\d{{0,2}} (?P<mark>[.,']) \d{{3}} (?: (?P=mark) \d{{3}} ){{0,6}}+ )
          (?: (?!(?P=mark)) [.,] (?P<fraction>\d++) )?+
        | (?P<whole>\d++) [.,] (?P<fraction>\d++)
      ) (?! {_IN_WORD} | [.,']\d ) )
    | (?P<name> {_LETTER} (?: \+\+ | \# ) (?!{_IN_WORD}) )  # C++, C#
    | (?P<compound> {_LETTER} [\p{{L}}\p{{M}}--[{_SPACELESS}]]*+  # GPT-4
          - \d {_IN_WORD}*+ (?: (?<=\d) \. \d++ )*+ )
    | (?P<word> {_LETTER} {_IN_WORD}*+ (?: (?<=\d) \. (?=\d) {_IN_WORD}++ )*+
              | \d++ (?: \. \d++ )?+ {_LETTER} {_IN_WORD}*+
              | \d++ )
    """,
    regex.VERBOSE | regex.VERSION1,
)
# `\X` counts the flags in front of a flag each time.
CLUSTER = regex.compile(rf"[\U0001F1E6-\U0001F1FF]{{1,2}}+[{EXTENDING}]*+|\X")
_HAS_MARKS = regex.compile(r"\p{M}")
_CHARACTER = regex.compile(r"\P{M}\p{M}*+|\p{M}++")
_NO_MARKS = dict.fromkeys(map(ord, ".,'"))
_SHORT, _REMEMBERED = 24, 2**15


def terms(text: str) -> list[str]:
    """Return the terms of a text in order, repeated as often as they occur.

    No term holds white space, a quotation mark or a character that UTF-8 cannot encode.

    >>> terms("福田區的5G基站")
    ['福田', '田区', '区的', '5g', '基站']
    >>> terms("Straßen in Zürich: 1,400 oder 1400?")
    ['strassen', 'in', 'zurich', '1400', 'oder', '1400']
    """
    # No token holds white space or looks beyond it, and most words come again.
    return [
        term
        for piece in fold(text).split()
        for term in (_of_word(piece) if len(piece) <= _SHORT else _of_piece(piece))
    ]


def term_spans(text: str, wanted: Collection[str]) -> list[Span]:
    """Return where any of the wanted terms stands in the text, in order, merged where they touch.

    Offsets are those of the text as it is: a ligature or an accented letter is marked whole.

    >>> term_spans("在福田區设站", {"福田", "田区"})
    [Span(start=1, end=4)]
    """
    pieces: list[str] = []
    starts: list[int] = []  # where each piece begins in the folded text
    places: list[tuple[int, int]] = []  # where it comes from
    length = 0
    for cluster in CLUSTER.finditer(text):
        pieces.append(fold(cluster.group()))
        starts.append(length)
        places.append(cluster.span())
        length += len(pieces[-1])
    spans: list[Span] = []
    for match in _TOKEN.finditer("".join(pieces)):
        for term, (start, end) in zip(_terms(match), _places(match), strict=True):
            if term in wanted:
                first = places[bisect_right(starts, start) - 1][0]
                last = places[bisect_left(starts, end) - 1][1]
                if spans and first <= spans[-1].end:
                    before = spans.pop()
                    first, last = before.start, max(before.end, last)
                spans.append(Span(first, last))
    return spans


def _of_piece(folded: str) -> tuple[str, ...]:
    """Return the terms of a folded text."""
    return tuple(term for match in _TOKEN.finditer(folded) for term in _terms(match))


_of_word = lru_cache(_REMEMBERED)(_of_piece)


def _terms(match: "regex.Match[str]") -> list[str]:
    """Return the terms of one token."""
    token = match.group()
    match match.lastgroup:
        case "run":
            characters = _characters(token)
            return list(map(add, characters, characters[1:])) if len(characters) > 1 else [token]
        case "figure":
            return [_figure(match)]
        case "compound":
            return [token.replace("-", ""), *token.split("-")]
        case _:
            return [token]


def _places(match: "regex.Match[str]") -> list[tuple[int, int]]:
    """Return the place of each of the terms of one token, in the same order."""
    start, end = match.span()
    match match.lastgroup:
        case "run":
            bounds = [*accumulate(map(len, _characters(match.group())), initial=start)]
            return list(zip(bounds, bounds[2:], strict=False)) or [(start, end)]
        case "compound":
            hyphen = start + match.group().index("-")
            return [(start, end), (start, hyphen), (hyphen + 1, end)]
        case _:
            return [(start, end)]


def _characters(run: str) -> str | list[str]:
    """Return the characters of a run, each with the marks that belong to it."""
    return _CHARACTER.findall(run) if _HAS_MARKS.search(run) else run


def _figure(match: "regex.Match[str]") -> str:
    whole = match["grouped"] or match["whole"]
    digits = whole.translate(_NO_MARKS)
    return f"{digits}.{match['fraction']}" if match["fraction"] else digits
