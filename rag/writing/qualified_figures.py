# ruff: noqa: E501 (a row of a table stays on its line)
"""A figure of a sentence with all that it cannot be read without: unit, measure word, qualifiers.

"5260个" is not "约5260个" and "2022年" is not "争取在2022年年底以前": what makes a figure about right,
a bound, a plan or a deadline is shown with it.
"""

from collections.abc import Iterator
from functools import cache

import regex

from index.text.figures import figures
from index.text.folding import fold_in_place
from index.text.numerals import HAN
from index.text.qualifiers import qualified
from index.text.units import COUNTED, MULTIPLIERS, UNITS, any_of
from index.types import Span

_UNIT = rf"""(?:
    (?:[-\s]?(?:{any_of(UNITS)}|per\scent|uhr|o'clock))
  | \s?(?:[µμ]?[a-z]{{1,2}}[23]|[°º][cf]?|℃|[kmgtc]?(?:hz|w|v|wh|b|bit|bps|pa|bar|j)|[kmg]?bit/s|db|mph|ml|mg|nm|[µμ]m
       |[ap]\.?m\.?)(?![\p{{Latin}}\d])
  | \s?(?:か所|カ所|ヶ所|箇所|[かカヵヶ]月|歳|階|軒|頭|匹|羽|杯|着|社|号線)
  | \s?(?:개월|개소|가구|개|명|년|월|일|시간|시|분|초|원|회|번|대|곳|층|살|세|권|건|마리|평|종|동)
  | 个?百分点|[{COUNTED}月日号號时時点點分秒岁歲元角斤周晚餐折人公]
)"""
_RATE = r"""(?:\s?/\s?[\p{L}\d²³]{1,12}+
  |\s(?:per|pro|par|por|в)\s\p{L}{1,12}+|\san?\s(?:year|month|week|day|hour|minute|second)\b)?+"""
_PART_OF_YEAR = r"""(?:年?[底末初中](?!期|国|學|学|央)|上半年|下半年|第?[一二三四1-4]季度|[上中下]旬|凌晨|清晨|早上|上午|中午|下午
  |傍晚|晚上|前半|後半|春|夏|秋|冬)"""
_GROUPED = r"\d{1,3}(?:[\u00a0\u202f\u2009\ ]\d{3}(?!\d))++(?:[.,]\d++)?"
_JOINED = r"\d++(?:[.,:'٫٬/·×x–—−~〜-]\d++)*+"
_FIGURE = rf"""
    (?:公元前?|令和|平成|昭和)?(?:\d++\s?[年月日号號时時点點분초년월일시]份?(?:\s(?=\d))?+)++{_PART_OF_YEAR}{{0,2}}(?:\d++\s?[时時点點]半?)*+
  | [二一][〇零一二三四五六七八九]{{3}}年{_PART_OF_YEAR}?
  | \bnăm\s\d{{4}}
  | 第?[数几]?(?<![统唯单同专{HAN}])[{HAN}]++[多余几]?(?:成[半五]?(?!功|立|果|本|为|员|就|长)|{_UNIT})
  | (?:[a-z]{{0,2}}[$€£¥]\s?|[-−+±](?<![\p{{L}}\p{{N}}].))?(?:{_GROUPED}|{_JOINED})
    (?: (?:\s?[余多餘여])?+[十百千万萬亿億兆만억]*+[余多餘來여]?+
        (?:\s?{any_of(MULTIPLIERS)}(?:\s(?:de\b|d'))?+)?{_UNIT}?
      | \s?%)
    {_RATE}"""
"""What the eye takes for one figure: also hours, codes of units, rates."""
_TO = regex.compile(
    r"\s?[-–—~〜至到和]\s?|\s(?:to|and|bis|und|à|et|a|y|до|и|đến|إلى|حتى|até)\s|から|부터\s?|\s?에서\s?"
)


@cache  # made when it is first needed: the page starts earlier by what it takes
def _written() -> "regex.Pattern[str]":
    return regex.compile(_FIGURE, regex.VERBOSE)


def with_figures(text: str, within: Span, span: Span) -> Span:
    """Return the span with the figures that it touches whole: unit, measure word, qualifiers.

    Nothing outside `within` is looked at.

    >>> text = "力争在2022年年底以前建成约5260个基站。"
    >>> whole = with_figures(text, Span(0, len(text)), Span(15, 19))
    >>> text[whole.start : whole.end]
    '约5260个'
    """
    folded = fold_in_place(text[within.start : within.end])
    inside = Span(0, len(folded))
    start, end = span
    for figure in _figures(folded):
        first, last = within.start + figure.start, within.start + figure.end
        if first < span.end and span.start < last:
            whole, _ = qualified(folded, inside, figure)
            start, end = min(start, within.start + whole.start), max(end, within.start + whole.end)
    return Span(start, end)


def _figures(folded: str) -> Iterator[Span]:
    """Yield where the figures of a text are; two that overlap, or make a range, are one."""
    read = figures(folded)
    found = [*(number.span for number in read.numbers), *(date.span for date in read.dates)]
    found += [Span(*match.span()) for match in _written().finditer(folded)]
    before: Span | None = None
    for each in sorted(found):
        if before and (each.start < before.end or _TO.fullmatch(folded, before.end, each.start)):
            before = Span(before.start, max(before.end, each.end))
            continue
        if before:
            yield before
        before = each
    if before:
        yield before
