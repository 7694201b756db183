"""Sentences of a text in any language, as spans of characters.

The language of a document is not known and a mixed document is normal, so no rule asks for it:

- A sentence ends at the marks with the Unicode property Sentence_Terminal, together with the
  quotes, brackets and footnote numbers that close behind them, and at the end of its paragraph
  (`index/cutting/paragraphs.py` says what that is).
- The marks of scripts with a full stop of their own (。！？ । ؟ ። …) always count; `.`, `!`, `?`
  and ellipses only before white space (or between East Asian characters), and never before a small
  letter. A period is no end after an abbreviation, an initial, an ordinal or the number of an item,
  unless the next word is one that opens sentences ("The", "Der").
- Where a period cannot be decided, the text stays together: a sentence too long is a smaller evil
  for a quotation than half a sentence.

Decision: lists of abbreviations are our own. Those of `sentencex` 1.0 lie inside its binary, by
language: it has to be told which, takes "Am 3. Oktober" apart when told English, and 4 times as
long for twice as much Chinese. Ours hold what is an abbreviation somewhere and a word nowhere.

Spans hold no white space at their ends; everything between them is white space. Time is linear.
"""

from collections.abc import Iterator
from itertools import pairwise

import regex

from index.cutting.paragraphs import CJK, EXTENDING, split_paragraphs, trimmed
from index.cutting.rows import is_row
from index.types import Span

_PERIODS = ".．﹒․"
_ELLIPSES = "…⋯‥"
_MARKS = regex.compile(rf"[\p{{STerm}}{_ELLIPSES}]+")
_HARD = regex.compile(rf"(?V1)[\p{{STerm}}--[!?{_PERIODS}]]")
_CLOSING = regex.compile(
    rf"""(?:
        [\p{{STerm}}{_ELLIPSES}\p{{Pe}}\p{{Pf}}＂{EXTENDING}]
      | ["'“‘«‹](?=[\s"'”’.,;:!?)\]]|$)    # these open as well: here nothing follows to be opened
      | [ \u00a0\u202f]»(?=[\s.,;:!?)]|$)      # « as in French »
      | (?<=\S)\[[^\s\[\]][^\[\]]{{0,19}}\]   # a footnote
    )*+""",
    regex.VERBOSE,
)
_BRACKETS = {")": "(", "）": "（", "]": "[", "】": "【", "}": "{", "〕": "〔", "］": "［"}
_BRACKET_REACH, _TOKEN_REACH, _SPACE_REACH = 1000, 24, 80
"""How far is looked for an opening bracket, a word, the next word: bounds keep time linear."""

_CONTINUES_DIRECTLY = regex.compile(
    r"(?V1)[\p{Terminal_Punctuation}--\p{STerm}]|——|と|って|\s\.(?!\w)"
)
_CONTINUES = regex.compile(r"[\s\p{Pd}\p{Ps}\p{Pi}\"']*+\p{Ll}")
_CJK_HERE = regex.compile(rf"[{CJK}]")
_CJK_BEFORE = regex.compile(rf"(?<=[{CJK}])")

_LETTER = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Hebrew}\p{Arabic}\p{Devanagari}"
_TOKEN = regex.compile(rf"(?<![/@_=#{_LETTER}\p{{M}}\d.])[{_LETTER}\p{{M}}\d.]+$")
"""What stands before a period, unless it is the end of an address."""
_NUMBERING = regex.compile(rf"\d+(?:\.\d+)*|[IVXLC]+|[{_LETTER}]")
_SHORT_FORM = regex.compile(rf"(?:[{_LETTER}]\.)*[{_LETTER}]|\d{{1,2}}|[IVX]{{2,6}}")
"""An initial, letters with periods (U.S., z.B., d.h.), an ordinal (3. Oktober, Ludwig XIV.)."""
_NAMED_NUMBER = regex.compile(r"\S\s\p{Lu}\p{L}*\s\d{1,2}$|[-–]\d{1,2}$")
"""A number that is no ordinal: behind a name inside the sentence (Apollo 8), or a hyphen."""
_NEXT_WORD = regex.compile(r"[\s\p{Ps}\p{Pi}\"']*+([\p{L}\p{M}]+|\d)?")

_ABBREVIATIONS = """
    mr mrs ms dr prof st mt ft rev hon gen col maj capt lt sgt cmdr adm gov sen rep pres messrs jr
    sr vs etc inc ltd co corp bros dept univ assn est approx ave blvd rd hwy ph.d cf ibid viz
    jan feb mar apr jun jul aug sept sep oct nov dec
    nr bzw usw usf ca vgl evtl ggf inkl exkl zzgl sog gest geb verh str bd hrsg aufl abb tab kap anm
    ing dipl hl fr hr frl okt dez mio mrd tsd jh jhd chr ziff allg bes einschl
    mme mlle mgr av bd env sra srta dra ud uds ee uu pág núm sig dott avv ecc bijv dhr mevr
    им ул гг тыс млн млрд руб стр рис др проф акад см ср напр yy ör örn bkz tzw np tzv
    डॉ श्री प्रो
"""
"""English, German, then French, Spanish, Italian and Dutch, Russian, Turkish, Polish, Hindi."""
_BEFORE_NUMBERS = "no nos pp sec ch vol fig eq art para abs op ver seit max min стр"
_OPENERS = """
    the a an he she it they we you i this these that those there his her its their in on at by for
    from with but and or as after before when while although however since during if one some many
    most both each all no not who what why how where then now later today
    der die das er sie es wir ihr ein eine einer im am bei nach mit für als wenn auch doch danach
    dann dort dies diese dieser dieses seit während von vom zu zum aber und so heute hier man
    le la les il elle ils elles un une ce cette el los las en ella
"""
"""Words that open a sentence far more often than they follow an abbreviation."""
_ABBREVIATION_SET = frozenset(_ABBREVIATIONS.split())
_BEFORE_NUMBER_SET = frozenset(_BEFORE_NUMBERS.split())
_OPENER_SET = frozenset(_OPENERS.split())


def split_sentences(text: str) -> list[Span]:
    """Return the spans of the sentences in order, without white space at their ends.

    >>> text = "他说：“好。”增长3.5%。 Dr. Li left. Am 3. Oktober? Ja!"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['他说：“好。”', '增长3.5%。', 'Dr. Li left.', 'Am 3. Oktober?', 'Ja!']
    """
    return [
        sentence
        for paragraph in split_paragraphs(text)
        for sentence in sentences_within(text, paragraph)
    ]


def sentences_within(text: str, paragraph: Span) -> list[Span]:
    """Return the spans of the sentences of one paragraph, in characters of the whole text.

    A table's row is one, whatever its cells say: its parts would lose their heads.

    >>> text = "- 职责：抽检。不低于百分之五；频率：每月"
    >>> sentences_within(text, Span(0, len(text)))
    [Span(start=0, end=21)]
    """
    if is_row(text, paragraph):
        return [trimmed(text, paragraph)]
    cuts = [paragraph.start, *_sentence_ends(text, paragraph), paragraph.end]
    spans = (trimmed(text, Span(start, end)) for start, end in pairwise(cuts))
    return [span for span in spans if span.start < span.end]


def _sentence_ends(text: str, paragraph: Span) -> Iterator[int]:
    """Yield the places behind the sentences of a paragraph; the last one may be missing."""
    sentence = after = counted = paragraph.start
    in_quotes = False  # straight quotes open and close alike: their number so far tells which
    for marks in _MARKS.finditer(text, *paragraph):
        if marks.start() < after:
            continue
        after = _closed(text, marks.end(), paragraph.end)
        in_quotes ^= text.count('"', counted, after) % 2 == 1
        counted = after
        if in_quotes and text.startswith('"', after, paragraph.end):
            after = counted = _closed(text, after + 1, paragraph.end)
            in_quotes = False
        if _ends(text, Span(sentence, paragraph.end), Span(*marks.span()), after):
            yield after
            ahead = text[after : after + _SPACE_REACH]
            sentence = after + len(ahead) - len(ahead.lstrip())


def _closed(text: str, place: int, end: int) -> int:
    """Return the place behind the marks, quotes and brackets that close at a place."""
    closing = _CLOSING.match(text, place, end)
    return closing.end() if closing else place


def _ends(text: str, sentence: Span, marks: Span, after: int) -> bool:
    """Return whether a sentence ends at `after`: behind its marks and what closes with them.

    `sentence` starts where the sentence does and ends with the paragraph.
    """
    if after == sentence.end:
        return True
    if _CONTINUES_DIRECTLY.match(text, after) or _is_inserted(text, sentence.start, marks, after):
        return False
    if _HARD.search(text, marks.start, after):
        return True
    if _CONTINUES.match(text, after, sentence.end):
        return False
    spaced = text[after].isspace()
    mark = text[marks.start : marks.end]
    if mark in _PERIODS:
        decide = _period_ends if spaced else _between_cjk
        return decide(text, sentence, marks, after)
    if mark.strip(_PERIODS + _ELLIPSES) == "":
        return spaced
    return spaced or _CJK_HERE.match(text, after) is not None


def _is_inserted(text: str, sentence_start: int, marks: Span, after: int) -> bool:
    """Return whether the marks belong to a title or to a bracket inside the sentence."""
    closing = text[after - 1] if after > marks.end else ""
    if closing in ("》", "〉"):
        return True
    if closing not in _BRACKETS:
        return False
    reach = max(sentence_start, marks.start - _BRACKET_REACH)
    return sentence_start < text.rfind(_BRACKETS[closing], reach, after) < marks.start


def _between_cjk(text: str, _sentence: Span, marks: Span, after: int) -> bool:
    """Return whether a period without white space stands between East Asian characters."""
    if text[marks.start - 1 : marks.start].isdecimal() and text[after].isdecimal():
        return False
    before = after > marks.end or _CJK_BEFORE.match(text, marks.start)
    return bool(before and _CJK_HERE.match(text, after))


def _period_ends(text: str, sentence: Span, marks: Span, after: int) -> bool:
    """Return whether a single period before white space ends the sentence."""
    if after > marks.end:
        return True
    reach = max(sentence.start, marks.start - _TOKEN_REACH)
    token = _TOKEN.search(text, reach, marks.start)
    if token is None:
        return True
    if token.start() == sentence.start and _NUMBERING.fullmatch(token[0]):
        return False
    word = token[0].casefold()
    next_word = _NEXT_WORD.match(text, after, sentence.end)
    following = ((next_word and next_word[1]) or "").casefold()
    if word in _BEFORE_NUMBER_SET and following.isdecimal():
        return False
    if _NAMED_NUMBER.search(text, reach, marks.start):
        return True
    if word in _ABBREVIATION_SET or _SHORT_FORM.fullmatch(token[0]):
        return following in _OPENER_SET
    return True
