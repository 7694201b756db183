"""A figure or a date of a document, said again as the reader of another language writes it.

It stands beside the original and never in its place, and only what is wholly understood is said
again: every word of it is a number, a unit, a measure word or a qualifier of a table, in one
language, and `index/text/figures.py` reads the same figure from both. Anything else gives None.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

import regex
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal

from index.text.dates import MONTH_NAMES, Date
from index.text.figures import figures, missing
from index.text.folding import plain
from index.text.numerals import HAN
from index.text.qualifiers import DATE_SENSES, PLANS, SENSES, WITH_ARTICLE, halves
from index.text.units import (
    COUNTERS,
    MULTIPLIER_NAMES,
    MULTIPLIERS,
    SYMBOLS,
    UNIT_NAMES,
    UNITS,
    Unit,
)
from index.types import Span

_LOCALES = {"zh": "zh", "en": "en_GB", "de": "de", "ja": "ja", "fr": "fr", "es": "es"}
_WITHOUT_SPACES = {"zh", "ja"}
_POINT_IS_DECIMAL = {"zh", "en", "ja"}
_MOST_CHARS = 80
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class _Said:
    """What a figure says. `plan` and `sense` name qualifiers, None for none."""

    value: Decimal | Date
    unit: Unit | None = None
    sense: str | None = None
    plan: str | None = None


def restated(words: str, language: str) -> str | None:
    """Return a figure or date as it is written in a language (ISO 639-1), or None.

    None where it is not wholly understood, where the language has it like that already, and where
    the language is none of zh, en, de, ja, fr and es.

    >>> restated("280多个", "en"), restated("2022年年底以前", "en"), restated("37万平方米", "de")
    ('more than 280', 'before the end of 2022', '370.000 m²')
    >>> restated("October 14, 2020", "zh"), restated("几百个", "en")
    ('2020年10月14日', None)
    """
    if language not in _LOCALES or len(words) > _MOST_CHARS:
        return None
    read = {source: said for source in _LOCALES if (said := _read(words, source))}
    if language in read or len(set(read.values())) != 1:
        return None
    written = _written(next(iter(read.values())), language)
    if written is None or _bare(written) == _bare(words):
        return None
    return written if _same(words, written) else None


# -- reading ----------------------------------------------------------------------------------

_HAN_NUMBER = f"[{HAN}]"
_SHARE_IN_WORDS = (
    rf"[二两三四五六七八九]成[半五]?|百分之(?:{_HAN_NUMBER}{{1,16}}|\d{{1,9}}(?:\.\d{{1,9}})?)"
)
_LARGE = {True: (10**12, 10**8, 10**4), False: (10**12, 10**9, 10**6)}
_CURRENCY = {symbol: UNITS[symbol] for symbol in "$€£"}
_ENDINGS_OF_DAYS = {"st", "nd", "rd", "th", "of", "de", "er"}
_PERIODS = {"days", "months"}
_YEAR = regex.compile(r"(?:1\d|2[01])\d\d")
_YEAR_OF_DATE = regex.compile(rf"{_YEAR.pattern}\s?年")
_HAN_DATE = regex.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号號])?)?|\d{1,2}月\d{1,2}[日号號]|[一二][〇零一二三四五六七八九]{3}年"
)


def _plain(text: str) -> str:
    return plain(text).replace("’", "'").strip()


def _read(words: str, source: str) -> _Said | None:
    """Return what words say that are wholly of one language."""
    for plan, inner in _within(PLANS, source, _plain(words)):
        for sense, core in _within(DATE_SENSES, source, inner):
            is_year = (core != inner or plan) and _YEAR.fullmatch(core)
            found = _year(core) if is_year else _read_date(core, source)
            if found:
                return _Said(found, sense=None if sense == "in" else sense, plan=plan)
        for sense, core in _within(SENSES, source, inner):
            if said := _read_quantity(core, source):
                if said.sense and sense not in (None, said.sense):
                    return None
                if said.unit and said.unit[0] in _PERIODS and inner.startswith("近"):
                    return None  # 近3年: nearly three years, or the last three
                return replace(said, sense=sense or said.sense, plan=plan)
    return None


def _within(
    table: dict[str, dict[str, str]], source: str, text: str
) -> Iterator[tuple[str | None, str]]:
    """Yield what the ways of a table leave of a text, those that take most first."""
    found: list[tuple[str | None, str]] = [(None, text)]
    for sense, ways in table.items():
        for before, behind in halves(ways[source]):
            core = text.removeprefix(before).removesuffix(behind)
            if len(core) == len(text) - len(before) - len(behind) and core:
                found.append((sense, core.strip()))
    yield from sorted(found, key=lambda each: len(each[1]))


def _year(digits: str) -> Date:
    return Date(digits, Span(0, len(digits)), int(digits), None, None)


def _read_date(core: str, source: str) -> Date | None:
    if source in _WITHOUT_SPACES:
        if not _HAN_DATE.fullmatch(core.replace(" ", "")):
            return None
    else:
        letters = regex.findall(r"\p{L}+", core)
        if not letters or set(letters) - _ENDINGS_OF_DAYS - {*MONTH_NAMES[source].split()}:
            return None
    found = figures(core)
    if found.numbers or len(found.dates) != 1 or found.dates[0].text != core:
        return None
    return found.dates[0]


def _read_quantity(core: str, source: str) -> _Said | None:
    match = _quantity_of(source).fullmatch(core)
    if match is None or (match["currency"] and match["unit"]) or _YEAR_OF_DATE.fullmatch(core):
        return None
    unit = _units_of(source).get(match["unit"] or "", _CURRENCY.get(match["currency"] or ""))
    if match["in_words"]:
        unit = ("share", 1.0) if "成" in core or "分" in core else unit
        value = _value_in_words(match["in_words"])
    else:
        value = _value(match["digits"], source) * Decimal(_multiplier(match["multiplier"]))
    if value is None or not value < _LARGEST:
        return None
    return _Said(value, unit, sense="more than" if match["more"] else None)


def _value_in_words(number: str) -> Decimal | None:
    """Return the value of a Chinese numeral or of a share in words."""
    read = figures(number, every=True).numbers
    if len(read) != 1 or len(read[0].values) != 1:
        return None
    return Decimal(f"{read[0].values[0]:.12g}")


def _value(digits: str, source: str) -> Decimal:
    if source in _POINT_IS_DECIMAL:
        return Decimal(digits.replace(",", ""))
    return Decimal(regex.sub(r"[. ]", "", digits).replace(",", "."))


def _multiplier(name: str | None) -> int:
    return MULTIPLIERS[name] if name else 1


@cache
def _quantity_of(source: str) -> "regex.Pattern[str]":
    """Return the pattern of a whole quantity in a language."""
    group, point = {"de": (r"[. ]", ","), "es": (r"[. ]", ","), "fr": (" ", ",")}.get(
        source, (",", r"\.")
    )
    units = _either(_units_of(source))
    multipliers = _either(MULTIPLIER_NAMES[source])
    counters = _either(COUNTERS.get(source, ["(?!)"]))
    in_words = rf"{_SHARE_IN_WORDS}|{_HAN_NUMBER}{{1,16}}(?=\D)" if source == "zh" else "(?!)"
    return regex.compile(
        rf"(?P<currency>[$€£])?\ ?"
        rf"(?:(?P<digits>\d{{1,3}}(?:{group}\d{{3}}){{1,5}}(?:{point}\d{{1,9}})?"
        rf"|\d{{1,18}}(?:{point}\d{{1,9}})?)(?:\ ?(?P<multiplier>{multipliers}))?"
        rf"|(?P<in_words>{in_words}))(?P<more>{'[多余]' if source == 'zh' else '(?!)'})?"
        rf"(?:\ ?(?:de\ |d')?(?P<unit>{units})|{counters})?"
    )


def _either(names: Iterable[str]) -> str:
    return "|".join(sorted(map(regex.escape, names), key=len, reverse=True))


@cache
def _units_of(source: str) -> dict[str, Unit]:
    """Return the names and symbols of units in a language, as they stand in a plain text."""
    symbols = {plain(symbol): unit for unit, symbol in SYMBOLS.items()}
    if source in _WITHOUT_SPACES:
        symbols = {"%": symbols["%"]}
    names = {name: unit for unit, names in UNIT_NAMES[source].items() for name in names}
    return symbols | _CURRENCY | names


# -- writing ----------------------------------------------------------------------------------


def _written(said: _Said, language: str) -> str | None:
    if isinstance(said.value, Date):
        text = _written_date(said.value, language)
        senses = DATE_SENSES
    else:
        text = _written_quantity(said.value, said.unit, language)
        senses = SENSES
    if text is None:
        return None
    if said.sense:
        ways = senses[said.sense][language].split("/")
        with_day = isinstance(said.value, Date) and said.value.day is not None
        way = ways[-1 if with_day and said.sense in WITH_ARTICLE else 0]
        if language == "zh" and said.sense == "more than" and text.isdecimal():
            way = "{} 多"
        text = way.format(text)
    if said.plan:
        text = PLANS[said.plan][language].split("/")[0].format(text)
    return regex.sub(r"\bde (?=[aeéiouh])", "d’", text) if language == "fr" else text


def _written_date(found: Date, language: str) -> str | None:
    try:
        day = date(found.year or 2000, found.month or 1, found.day or 1)
    except ValueError:
        return None
    locale = _LOCALES[language]
    if found.month is None:
        return f"{found.year}年" if language in _WITHOUT_SPACES else str(found.year)
    if found.day is None:
        return str(format_skeleton("yMMMM", day, locale=locale)) if found.year else None
    if found.year is None:
        return str(format_skeleton("MMMMd", day, locale=locale))
    return str(format_date(day, "long", locale=locale))


def _written_quantity(value: Decimal, unit: Unit | None, language: str) -> str | None:
    number = _written_number(value, language)
    if unit is None:
        return number
    spaced = language not in _WITHOUT_SPACES
    if unit == ("share", 1.0):
        return f"{number} %" if language in ("de", "fr", "es") else f"{number}%"
    one, *many = UNIT_NAMES[language].get(unit, []) or [""]
    is_one = not spaced or value == 1 or (language == "fr" and value < 2)
    name = one if is_one or not many else many[0]
    if spaced or not name:
        name = SYMBOLS.get(unit, name.capitalize() if language == "de" else name)
    if not name:
        return None
    if language in ("fr", "es") and number[-1:].isalpha() and not number.endswith(" mil"):
        return f"{number} de {name}"
    return f"{number} {name}" if spaced else f"{number}{name}"


def _written_number(value: Decimal, language: str) -> str:
    """Return a number with the large words of a language where they leave nothing out."""
    locale = _LOCALES[language]
    if language in _WITHOUT_SPACES and value < 10_000:
        return str(format_decimal(value, "0.#########", locale=locale))
    for size in _LARGE[language in _WITHOUT_SPACES]:
        # French would say "1 millions": babel takes the plural of the number for that of the word.
        if value >= size and not (language == "fr" and value == size):
            digits = 2 if language in _WITHOUT_SPACES else 3
            if value % (size // 10**digits):
                break
            style: Literal["short", "long"] = "short" if language in _WITHOUT_SPACES else "long"
            return str(
                format_compact_decimal(
                    value, format_type=style, locale=locale, fraction_digits=digits
                )
            )
    return str(format_decimal(value, "#,##0.#########", locale=locale))


def _bare(text: str) -> str:
    return regex.sub(r"\s", "", _plain(text))


def _same(words: str, written: str) -> bool:
    """Return whether `index/text/figures.py` reads the same figures from both."""
    one, other = figures(words, every=True), figures(written, every=True)
    return bool(one.numbers or one.dates) and not missing(one, other) and not missing(other, one)
