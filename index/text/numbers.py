"""Numbers as texts write them, in digits of any script, in words and in Chinese numerals.

"1,299", "１２９９", "1 299" and "一千二百九十九" are one number, as are "125" and "one hundred and
twenty-five"; "八成", "80 %" and "百分之八十" are one share. Words are read in Chinese, English and
German, multipliers and units in the languages of `index/text/units.py`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

import regex

from index.text.folding import fold_in_place, plain
from index.text.numerals import (
    HAN,
    HAN_DIGITS,
    NUMBER_WORDS,
    PARTLY,
    WITH_MULTIPLIER,
    WORDS,
    readings,
    whole,
)
from index.text.qualifiers import qualified
from index.text.units import COUNTED, MULTIPLIERS, UNITS, Unit, any_of
from index.types import Span

_INEXACT = {"about", "nearly", "more than"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text. Two that say the same are equal however they are written.

    `values` has two where the writing leaves it open ("12.500" is 12.5 or 12,500), with the
    `multiplier` in them. `qualifiers` are senses of `index/text/qualifiers.py`; what is said to be
    `about` right may differ in what is not written. `rounded`: it was a fraction in words, such as
    a third.
    """

    text: str = field(compare=False)
    span: Span = field(compare=False)
    values: tuple[float, ...]
    multiplier: int = field(default=1, compare=False)
    unit: Unit | None = None
    qualifiers: tuple[str, ...] = ()
    rounded: bool = False

    @property
    def about(self) -> bool:
        """Whether the text says that the number is not exact."""
        return not _INEXACT.isdisjoint(self.qualifiers)


def numbers(text: str, *, every: bool = False) -> Iterator[Number]:
    """Yield the numbers of a text; with `every`, also words that may be part of others.

    >>> [(n.text, n.values, n.unit) for n in numbers("占地37万平方米，八成以上")]
    [('八成', (80.0,), ('share', 1.0)), ('37万平方米', (370000.0,), ('area', 1.0))]
    >>> [n.values for n in numbers("one hundred and twenty-five, 1.2 million, 1 250,00 €")]
    [(125.0,), (1200000.0,), (1250.0,)]
    """
    folded = fold_in_place(text)
    for found in _SHARES.finditer(folded):
        yield _share(found, text)
    # What is read is taken out, and the rest stays where it is.
    rest = _SHARES.sub(lambda found: " " * len(found[0]), folded)
    yield from _in_context(rest, list(_joined(rest, text, every=every)))


# -- shares ----------------------------------------------------------------------------------

_FRACTIONS = {
    **dict.fromkeys(("half", "half of", "一半", "半数", "die hälfte"), 50.0),
    **dict.fromkeys(("a third", "one third", "one-third", "ein drittel"), 100 / 3),
    **dict.fromkeys(("two thirds", "two-thirds", "zwei drittel"), 200 / 3),
    **dict.fromkeys(("a quarter", "one quarter", "ein viertel"), 25.0),
    **dict.fromkeys(("three quarters", "three-quarters", "drei viertel"), 75.0),
}
_SHARES = regex.compile(
    rf"(?<tenths>[二两三四五六七八九])成(?<half>[半五])?"
    rf"|百分之(?<hundredths>[{HAN}]{{1,16}}|\d+(?:\.\d+)?)"
    rf"|(?<below>[{HAN}]{{1,16}}|(?<!\d)\d++)分之(?<above>[{HAN}]{{1,16}}|\d+)"
    rf"|(?<!\p{{Latin}})(?<fraction>{any_of(_FRACTIONS)})(?!\sa\s)"
)


def _share(found: "regex.Match[str]", text: str) -> Number:
    if found["tenths"]:
        value = 10.0 * HAN_DIGITS[found["tenths"]] + (5 if found["half"] else 0)
    elif found["hundredths"]:
        value = _either(found["hundredths"])
    elif found["below"]:
        value = 100 * _either(found["above"]) / max(_either(found["below"]), 1)
    else:
        value = _FRACTIONS[plain(found["fraction"])]
    rounded = bool(found["below"] or found["fraction"])
    place = Span(*found.span())
    return Number(
        text[place.start : place.end],
        place,
        (value,),
        unit=("share", 1.0),
        qualifiers=_senses(found.string, place),
        rounded=rounded,
    )


def _either(numeral: str) -> float:
    return float(whole(numeral)) if numeral[0] in HAN else float(numeral)


# -- numbers ----------------------------------------------------------------------------------

_THIN = r"[\ \u00a0\u202f\u2009]"
_A_NUMBER = rf"""
    (?:(?P<money>(?<!\p{{L}})(?:us)?\$|[€£])\s?)?
    (?: (?<![\p{{Latin}}_][.,-]?)(?<!\d[.,]?)(?P<digits>
            \d{{1,3}}(?:[.,']\d{{3}})+(?!\d)(?:[.,]\d+)?
          | (?<!\d{_THIN})[1-9]\d{{0,2}}(?:{_THIN}\d{{3}}(?!\d))+(?:[.,]\d+)?
          | \d+(?:[.,]\d+)?
        )(?!\p{{Latin}}*\d)
      | \b(?P<words>{any_of({**PARTLY, **NUMBER_WORDS})}
          | {any_of(WITH_MULTIPLIER)}(?=\s{any_of(MULTIPLIERS)}))
      | (?P<han>[{HAN}]{{1,16}})
    )
    (?:\s?(?P<multiplier>{any_of(MULTIPLIERS)})(?![米克瓦卡])(?:\sde\b|\sd')?){{0,2}}
    (?P<more>[余多餘来])?
    (?:[-\s]?(?P<unit>{any_of(UNITS)}))?
    """
_LATIN = regex.compile(r"(?!(?:st|nd|rd|th|s|er|e)(?!\p{Latin}))\p{Latin}")
"""Letters that are no ending of a number: 5G, but not 19th or 1990s."""
_RANGES = {"-", "to", "and", "bis", "und", "到", "至", "和", "à", "et", "a", "y", "до", "и", "から"}
_RANGES |= set("‐‑‒–—−〜~")
_NO_NUMBERS = {"万一", "十分", "千万", "一一", "万万", "百千"}
_COUNTED = frozenset(COUNTED)
_Match = regex.Match[str]


@cache  # made when it is first needed: the page starts earlier by what it takes
def _numeral() -> "regex.Pattern[str]":
    return regex.compile(_A_NUMBER, regex.VERBOSE)


def _joined(rest: str, text: str, *, every: bool) -> Iterator[tuple[Number, _Match]]:
    """Yield the numbers, each with where it ends: 1亿2000万 and "two hundred and five" are one."""
    parts: list[_Match] = []
    for match in _numeral().finditer(rest):
        if not _values(match, every=every):
            continue
        if parts and not _goes_on(parts[-1], match):
            yield _number(parts, text, every=every), parts[-1]
            parts = []
        parts.append(match)
    if parts:
        yield _number(parts, text, every=every), parts[-1]


def _goes_on(first: _Match, second: _Match) -> bool:
    """Return whether the second is the rest of the number that the first begins."""
    if first["unit"] or first["more"] or not first["multiplier"]:
        return False
    between = first.string[first.end() : second.start()]
    in_words = first["words"] and second["words"] and between in (" ", " and ", "-", "und")
    if not in_words and (between or first["multiplier"][-1] not in HAN):
        return False
    (base, *_), by = _values(second, every=True), _by(second)
    last = MULTIPLIERS[plain(first.captures("multiplier")[-1])]
    return base * by < last or (last == 100 and base < 100 < by)


def _number(parts: list[_Match], text: str, *, every: bool) -> Number:
    """Return the number that its parts make together."""
    values = _values(parts[0], every=every)
    by = _by(parts[0])
    scaled = tuple(value * by for value in values)
    if len(parts) > 1:
        total = section = Decimal(0)
        for part in parts:
            section += _values(part, every=True)[0]
            for name in part.captures("multiplier"):
                if MULTIPLIERS[plain(name)] == 100:
                    section *= 100
                else:
                    total, section = total + section * MULTIPLIERS[plain(name)], Decimal(0)
        scaled = (total + section,)
    first, last = parts[0], parts[-1]
    money = (first["money"] or "").removeprefix("us")
    unit = last["unit"] or money
    if money and unit == "m":  # £30m
        unit, scaled = money, tuple(value * 10**6 for value in scaled)
    place = Span(first.start(), last.end())
    senses = _senses(last.string, place)
    return Number(
        text[place.start : place.end],
        place,
        tuple(map(float, scaled)),
        _by(last),
        UNITS[plain(unit)] if unit else None,
        (*senses, "more than") if last["more"] else senses,
    )


def _senses(folded: str, place: Span) -> tuple[str, ...]:
    """Return what the qualifiers around a number say, also behind its measure word: 280个以上."""
    counted = folded[place.end : place.end + 1] in _COUNTED
    _, senses = qualified(folded, Span(0, len(folded)), Span(place.start, place.end + counted))
    return tuple(senses)


def _by(match: _Match) -> int:
    return math.prod(MULTIPLIERS[plain(name)] for name in match.captures("multiplier"))


def _values(match: _Match, *, every: bool) -> tuple[Decimal, ...]:
    """Return what the numeral may stand for, nothing where it may be no number."""
    if match["han"]:
        return (Decimal(whole(match["han"])),) if every or _counts(match) else ()
    if match["digits"]:
        is_name = (
            not match["unit"] and not match["money"] and _LATIN.match(match.string, match.end())
        )
        return () if is_name else readings(match["digits"])  # 5G
    word = plain(match["words"])
    sure = match["multiplier"] or (every if word in PARTLY else word not in WITH_MULTIPLIER)
    return (Decimal(WORDS[word]),) if sure else ()


def _counts(match: _Match) -> bool:
    """Return whether a Chinese numeral is surely a number: 三个, 二十, 第三, not 统一 or 十分."""
    numeral, text = match["han"], match.string
    if numeral in _NO_NUMBERS or whole(numeral) < 2:
        return False
    if match["unit"] or text[match.start("han") - 1 : match.start("han")] == "第":
        return True
    following = text[match.end("han") : match.end("han") + 1]
    return len(numeral) > 1 or (bool(following) and following in COUNTED)


def _in_context(rest: str, read: list[tuple[Number, _Match]]) -> Iterator[Number]:
    """Yield numbers with what they share with the next one or the one before."""
    for place, (number, match) in enumerate(read):
        bare = number.unit is None and number.multiplier == 1
        if bare and place + 1 < len(read):
            following, _ = read[place + 1]
            if rest[number.span.end : following.span.start].strip() in _RANGES:
                number = _of_range(number, following)
        if place and match["digits"]:
            before, ending = read[place - 1]
            if rest[before.span.end : number.span.start] in ("-", "–") and ending["digits"]:
                number = _shortened(number, ending["digits"])
        yield number


def _of_range(start: Number, end: Number) -> Number:
    """Return the first number of "30 to 50 thousand metres" with what the second one shares."""
    values = tuple(dict.fromkeys(v * m for m in (1, end.multiplier) for v in start.values))
    return replace(start, values=values, unit=end.unit)


def _shortened(number: Number, before: str) -> Number:
    """Return the second number of 1620-21, which is 1621 too."""
    if len(before) == 4 and before.isdecimal() and number.text.isdecimal():
        full = float(before[: -len(number.text)] + number.text)
        return replace(number, values=(*number.values, full))
    return number
