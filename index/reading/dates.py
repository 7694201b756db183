"""Dates as files and bylines write them -> ISO 8601. What is not surely a date is none."""

from collections.abc import Iterator

import regex

from index.text.dates import Date, dates
from index.types import Span

_OLDEST, _LATEST = 1500, 2099
_READ_CHARS = 1000
_DAY_IN_NAME = regex.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_. ]?)(?P<m>[01]\d)(?P=s)(?P<d>[0-3]\d)(?!\d)"
)
_MONTH_IN_NAME = regex.compile(
    r"(?<![\d.-])(?P<y>(?:19|20)\d\d)(?:\s?年\s?(?P<m>\d{1,2})\s?月|[-_](?P<m>[01]\d)(?![\d-]))"
)

# PDF 32000-1, 7.9.4, and the basic format of ISO 8601.
_COMPACT = regex.compile(r"\s*(?:D:)?((?:1[5-9]|20)\d\d)(\d\d)(\d\d)(?:$|T?\d\d)")


def days(text: str) -> Iterator[Date]:
    """Yield the dates of a text that say year, month and day."""
    for date in dates(text):
        if date.month and date.day and date.year and _OLDEST <= date.year <= _LATEST:
            yield date


def iso_date(text: str | None) -> str | None:
    """Return the first date in a text as YYYY-MM-DD, None when there is none.

    >>> iso_date("2020年10月14日 09:30"), iso_date("D:20201014093000+08'00'")
    ('2020-10-14', '2020-10-14')
    >>> iso_date("Wed, 14 October 2020"), iso_date("2020-13-40"), iso_date("2020")
    ('2020-10-14', None, None)
    """
    if not text:
        return None
    if compact := _COMPACT.match(text):
        return _iso(*map(int, compact.groups()))
    found = next(days(text[:_READ_CHARS]), None)
    return found.iso if found else None


def date_in_name(name: str) -> str | None:
    """Return the date in a title or in the name of a file: a day, or a month.

    >>> date_in_name("2020-10-14_report"), date_in_name("IMG 20201014"), date_in_name("2020年10月")
    ('2020-10-14', '2020-10-14', '2020-10')
    >>> date_in_name("protocol_2020-10"), date_in_name("员工手册2021"), date_in_name("No 20201399")
    ('2020-10', None, None)
    """
    if found := next(days(name), None):
        return found.iso
    for day in _DAY_IN_NAME.finditer(name):
        if date := _iso(int(day["y"]), int(day["m"]), int(day["d"])):
            return date
    month = _MONTH_IN_NAME.search(name)
    first = _iso(int(month["y"]), int(month["m"]), 1) if month else None
    return first and first[: len("2020-10")]


def _iso(year: int, month: int, day: int) -> str | None:
    return Date("", Span(0, 0), year, month, day).iso
