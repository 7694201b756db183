"""Figures of two texts compared, however they write them.

"37万平方米", "370,000 m²" and "0.37 square kilometres" are the same; so are "2020年10月14日" and
"October 14, 2020".
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from index.text.dates import Date, dates
from index.text.numbers import Number, numbers

_ANY = "*"
_EXACT = 1e-6
_ROUNDED = 0.015
"""So much may a share differ: a third is 33 %."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers and dates of a text, in its order."""

    numbers: tuple[Number, ...] = ()
    dates: tuple[Date, ...] = ()


def figures(text: str, *, every: bool = False) -> Figures:
    """Return the figures of a text; with `every`, also number words that may be part of others.

    >>> figures("on October 14, 2020: 5,260 guests").numbers[0].values
    (5.26, 5260.0)
    """
    found = tuple(dates(text))
    rest = list(text)
    for date in found:
        rest[date.span.start : date.span.end] = " " * (date.span.end - date.span.start)
    return Figures(tuple(numbers("".join(rest), every=every)), found)


def missing(said: Figures, known: Figures) -> list[str]:
    """Return what is said and not known, as it was written."""
    there = _Known(known)
    lost = [number.text for number in said.numbers if not there.holds(number)]
    return lost + [date.text for date in said.dates if not there.holds_date(date)]


class _Known:
    """Figures in order: what is said is looked up among them, not compared with each.

    A number without a unit may be of any; `_sizes` has them by what they measure ("": nothing,
    `_ANY`: whatever it is) and whether they are rounded.
    """

    def __init__(self, known: Figures) -> None:
        self._years = {date.year for date in known.dates}
        self._values = {value for number in known.numbers for value in number.values}
        self._days = {
            (year, date.month, day)
            for date in known.dates
            for year, day in product((date.year, _ANY), (date.day, _ANY))
        }
        self._sizes: dict[tuple[str, bool], list[float]] = {}
        for number in known.numbers:
            measure, size = number.unit or ("", 1.0)
            self._list(measure, number.rounded).extend(value * size for value in number.values)
            self._list(_ANY, number.rounded).extend(number.values)
        years = [float(year) for year in self._years if year]
        self._list("", False).extend(years)
        self._list(_ANY, False).extend(years)
        for sizes in self._sizes.values():
            sizes.sort()

    def _list(self, measure: str, rounded: bool) -> list[float]:
        return self._sizes.setdefault((measure, rounded), [])

    def holds(self, said: Number) -> bool:
        """Return whether it is among the numbers, or a year of the dates."""
        places = [said.unit, ("", 1.0)] if said.unit else [(_ANY, 1.0)]
        return any(
            self._between(measure, rounded, (value - within) * size, (value + within) * size)
            for measure, size in places
            for rounded in (False, True)
            for value in said.values
            for within in [_tolerance(said, value, rounded=rounded)]
        )

    def _between(self, measure: str, rounded: bool, least: float, most: float) -> bool:
        sizes = self._list(measure, rounded)
        place = bisect_left(sizes, least)
        return place < len(sizes) and sizes[place] <= most

    def holds_date(self, said: Date) -> bool:
        """Return whether it is among the dates, or a year among the numbers."""
        if said.month is None:
            return said.year in self._years or said.year in self._values
        years = (_ANY,) if said.year is None else (said.year, None)
        day = _ANY if said.day is None else said.day
        return any((year, said.month, day) in self._days for year in years)


def _tolerance(said: Number, value: float, *, rounded: bool) -> float:
    """Return how far the true figure may be off: "about 1.2 million" stands for 1,203,400.

    `rounded`: the true figure is one itself.
    """
    if said.about and math.isfinite(value):
        last_digit = Decimal(repr(value)).normalize().as_tuple().exponent
        return 0.999 * 10.0 ** int(last_digit)
    return value * (_ROUNDED if said.rounded or rounded else _EXACT)
