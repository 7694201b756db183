"""Author, date and source that a text states in its first lines, and a date in its last ones.

Only what newspapers write in a fixed form is taken: wrong metadata is worse than none.
"""

from typing import NamedTuple

import regex

from index.reading.dates import days

_LINES = 12
_LINE_CHARS = 120
"""Longer lines are sentences, and their dates are what the text is about."""

# A word that often follows where a name would stand.
_NO_NAME = (
    r"(?:通讯员|通訊員|实习|摄影|攝影|编辑|責任|责任|现场|報道|报道|采访|获悉|了解|近日|日前|今日|昨日"
    r"|从|在)"
)
_NAME = rf"(?!{_NO_NAME})\p{{Han}}{{2,4}}(?:·\p{{Han}}{{1,6}})?"
_NAMES = rf"{_NAME}(?:[ 、,，]\s?{_NAME}){{0,3}}"
_REPORTER = regex.compile(
    rf"(?:^|[\s|｜（(【])(?:\p{{Han}}{{0,8}}?记者(?:[:：/／丨|]\s*|\s+)|\p{{Han}}{{0,8}}?記者(?:[:：/／]\s*|\s+)"
    rf"|(?:作者|撰文|文|编辑部)\s?[:：/／丨|]\s*)(?P<names>{_NAMES})(?=\s|$|[)）】|｜/／,，])"
)
_LATIN_NAME = (
    r"\p{Lu}[\p{L}.’'-]*(?:\s(?:(?:van|von|de|der|den|la|bin|al)\s)?\p{Lu}[\p{L}.’'-]*){1,3}"
)
_BY = regex.compile(
    rf"^\s*(?:By|Von|Par|Por)\s(?P<names>{_LATIN_NAME}(?:(?:,\s|\s(?:and|und|et|y)\s){_LATIN_NAME}){{0,3}})"
    r"\s*(?:$|[|,·–—-])"
)
_SOURCE = regex.compile(
    r"(?:^|[\s|｜（(])(?:来源|來源|稿源|信息来源|出典|출처|Source|Quelle)\s?[:：]\s*"
    r"(?P<name>[^\s|｜()（）][^|｜()（）\n]{0,40}?)(?=\s{2,}|\s(?:作者|记者|时间|发布|编辑|责编|20\d\d)|$|[|｜)）])"
)
_DATE_LABEL = regex.compile(
    r"(?:发布时间|發布時間|发布日期|发表时间|更新时间|日期|时间|公開日|入力|Published|Date|Datum|Updated)"
    r"(?:\son)?\s?[:：]?\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So)\.?,\s)?$",
    regex.IGNORECASE,
)
# What may stand beside the date on a byline: time of day, day of the week, marks.
_PLACE = regex.compile(r"^\p{Lu}[\p{L}.-]{1,30}(?: \p{Lu}[\p{L}.-]{1,30})?,\s(?:den\s|le\s|am\s)?$")
"""Of a letter: Grünau, den 3. März 2021."""
_LAST_LINES = 3
_BESIDE_DATE = regex.compile(
    r"[\s|｜·,，:：;；()（）\[\]【】–—-]|\d{1,2}[:：]\d\d(?:[:：]\d\d)?|(?:星期|周)[一二三四五六日天]"
    r"|上午|下午|讯|电|(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?",
    regex.IGNORECASE,
)


class Byline(NamedTuple):
    """What the first lines say; None for what they do not."""

    author: str | None = None
    date: str | None = None
    source: str | None = None


def find_byline(text: str) -> Byline:
    r"""Return author, date (ISO 8601) and source stated in the first lines of a text.

    >>> find_byline("福田推进数字政务\n读特记者 张三 2020-10-14\n正文从这里开始。")
    Byline(author='张三', date='2020-10-14', source=None)
    >>> find_byline("A title\nBy Jane Doe | October 14, 2020\nThe text.")
    Byline(author='Jane Doe', date='2020-10-14', source=None)
    >>> find_byline("来源：新华社  发布时间：2020年10月14日 09:30")
    Byline(author=None, date='2020-10-14', source='新华社')
    >>> find_byline("2019年3月5日，记者在现场看到，人很多。")
    Byline(author=None, date=None, source=None)
    """
    author = date = source = None
    lines = [line.strip(" \t#*_>") for line in text[: _LINES * 400].split("\n")]
    for line in [line for line in lines if line][:_LINES]:
        if len(line) > _LINE_CHARS or line.endswith(("。", "！", "？", "；")):
            continue
        reporter = _REPORTER.search(line) or _BY.search(line)
        origin = _SOURCE.search(line)
        author = author or (reporter["names"].strip() if reporter else None)
        source = source or (origin["name"].strip() if origin else None)
        date = date or _date(line, reporter, origin)
    return Byline(author, date or _closing_date(text), source)


def _closing_date(text: str) -> str | None:
    """Return the date that stands alone in one of the last lines, below a signature."""
    lines = [line.strip() for line in text[-_LAST_LINES * _LINE_CHARS :].split("\n")]
    last = [line for line in lines if line][-_LAST_LINES:]
    return next((date for line in reversed(last) if (date := _date(line))), None)


def _date(line: str, *others: "regex.Match[str] | None") -> str | None:
    """Return the line's date if it is labelled, or if the line holds little but a byline."""
    found = next(days(line), None)
    if found is None:
        return None
    if _DATE_LABEL.search(line[: found.span.start]) or any(others):
        return found.iso
    before = _PLACE.sub("", line[: found.span.start])
    rest = _BESIDE_DATE.sub("", before + line[found.span.end :])
    return None if rest else found.iso
