"""Dates as texts of many languages write them, whole or in part."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from index.text.folding import fold_in_place, normalize
from index.text.numerals import whole
from index.types import Span

MONTH_NAMES = {
    "en": "january february march april may june july august september october november december"
    " jan feb mar apr - jun jul aug sep oct nov dec - - - - - - - - sept",
    "de": "januar februar märz april mai juni juli august september oktober november dezember"
    " jan feb mär apr - jun jul aug sep okt nov dez - - - - - - - - sept",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    " janv févr - avr - - juil - sept oct nov déc",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    " ene feb mar abr - jun jul ago sept oct nov dic - - - - - - - - setiembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    " январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
"""By language: twelve names, then other names of the same twelve, "-" where there is none."""
_MONTHS = {
    name: place % 12 + 1
    for names in MONTH_NAMES.values()
    for place, name in enumerate(names.split())
    if name != "-"
}
_FULL = {name for names in MONTH_NAMES.values() for name in names.split()[:12]}
_ALSO_WORDS = {"may", "march", "mars", "mai", "мая", "مارس"}
"""Names of months that stand alone mostly mean something else."""


def _any_of(names: set[str]) -> str:
    both = {form for name in names for form in (name, normalize("NFD", name))}
    return "|".join(sorted(both, key=len, reverse=True))


_ONES = "一二三四五六七八九"
_NUMBERED = rf"(?P<month>\d{{1,2}}|十[一二]?|[{_ONES}])\s?[月월]"
_DAY_OF = rf"(?:\s?(?P<day>\d{{1,2}}|[二三]?十[{_ONES}]?|[{_ONES}])\s?[日号號일])?"
_YEAR = r"(?P<year>1\d{3}|2[01]\d{2})(?!\d)"
_DAY = r"(?P<day>\d{1,2})"
ANY_MONTH = _any_of(set(_MONTHS))
_NAME = rf"\b(?P<name>{ANY_MONTH})\b\.?"
_PATTERN = regex.compile(
    rf"""
    (?<!\d){_YEAR}\s?[年년](?:\s?{_NUMBERED}{_DAY_OF})?
  | (?P<year>[一二][〇○零{_ONES}]{{3}})年(?:{_NUMBERED}{_DAY_OF})?
  | (?<![\d{_ONES}十百千万]){_NUMBERED}份?{_DAY_OF}
  | (?<![\d.]){_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark){_DAY}(?![.-]?\d)
  | (?<![\d.,]){_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?!\.\d)
  | (?<![\d.,]){_DAY}(?:st|nd|rd|th|\.|er|º)?\s(?:of\s|de\s)?{_NAME}(?:,?\s(?:of\s|de\s)?{_YEAR})?
  | {_NAME}\s{_DAY}(?:st|nd|rd|th)?(?![\d.]\d|\d)(?:,?\s{_YEAR})?
  | {_NAME},?\s(?:of\s|de\s)?{_YEAR}
  | \b(?:ngày\s{_DAY}\s)?tháng\s(?P<month>\d{{1,2}})(?!\d)(?:\snăm\s{_YEAR})?
  | \b(?P<name>{_any_of(_FULL - _ALSO_WORDS)})\b
    """,
    regex.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date, with None for what is not said. Two are equal however they are written."""

    text: str = field(compare=False)
    span: Span = field(compare=False)
    year: int | None
    month: int | None
    day: int | None

    @property
    def iso(self) -> str | None:
        """The day as YYYY-MM-DD, None where a part is not said or the calendar has no such day."""
        if not (self.year and self.month and self.day):
            return None
        try:
            return datetime.date(self.year, self.month, self.day).isoformat()
        except ValueError:
            return None


def dates(text: str) -> Iterator[Date]:
    """Yield the dates of a text in order.

    >>> [(date.text, date.iso) for date in dates("Am 3. Oktober 1987, in May 2021")]
    [('3. Oktober 1987', '1987-10-03'), ('May 2021', None)]
    """
    for match in _PATTERN.finditer(fold_in_place(text)):
        found = match.groupdict()
        named = _MONTHS[normalize("NFC", found["name"])] if found["name"] else None
        yield Date(
            text[match.start() : match.end()].strip(),
            Span(*match.span()),
            whole(found["year"]) if found["year"] else None,
            named or (whole(found["month"]) if found["month"] else None),
            whole(found["day"]) if found["day"] else None,
        )
