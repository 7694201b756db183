"""Figures and dates of a text, so that two texts can be compared however they write them.

"37万平方米", "370,000 m²" and "0.37 square kilometres" are the same quantity; "八成" and "80 per
cent" are; so are "2020年10月14日" and "October 14, 2020". Numbers in words are read in Chinese,
English and German, multipliers and units in most languages that answers are framed in.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import regex

from index.normal_forms import normalize

_ANY = "*"
_EXACT = 1e-6
_ROUNDED = 0.015
"""So much may a share differ: a third is 33 %."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text.

    `values` has two numbers where the writing leaves it open: "12.500" is 12.5 or 12,500.
    `dimension` is what the unit measures, None without one; `factor` the unit's size. `about`: the
    text says that it is about right; `rounded`: it was a fraction in words, such as a third.
    """

    text: str
    values: tuple[float, ...]
    dimension: str | None = None
    factor: float = 1.0
    about: bool = False
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Date:
    """A date, with None for what is not said."""

    text: str
    year: int | None
    month: int | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a text."""

    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]


def figures(text: str, *, every: bool = False) -> Figures:
    """Return the figures of a text; with `every`, also number words that may be part of others.

    >>> [(q.values, q.dimension) for q in figures("占地37万平方米，八成以上").quantities]
    [((80.0,), 'share'), ((370000.0,), 'area')]
    >>> figures("on October 14, 2020").dates[0].day
    14
    """
    text = _plain(text)
    dates: list[Date] = []
    for pattern in _DATES:
        text, found = _taken(pattern, text)
        dates += filter(None, map(_date, found))
    text, shares = _taken(_SHARES, text)
    quantities = [*map(_share, shares), *_numbers(text, every=every)]
    return Figures(tuple(quantities), tuple(dates))


def missing(said: Figures, known: Figures) -> list[str]:
    """Return what is said and not known, as it was written."""
    there = _Known(known)
    lost = [quantity.text for quantity in said.quantities if not there.holds(quantity)]
    return lost + [date.text for date in said.dates if not there.holds_date(date)]


class _Known:
    """Figures in order: what is said is looked up among them, not compared with each.

    A quantity without a unit may be of any; `_sizes` has them by what they measure ("": nothing,
    `_ANY`: whatever it is) and whether they are rounded.
    """

    def __init__(self, known: Figures) -> None:
        self._years = {date.year for date in known.dates}
        self._values = {value for quantity in known.quantities for value in quantity.values}
        self._days = {
            (year, date.month, day)
            for date in known.dates
            for year, day in product((date.year, _ANY), (date.day, _ANY))
        }
        self._sizes: dict[tuple[str, bool], list[float]] = {}
        years = [Quantity("", (float(year),)) for year in self._years if year]
        for quantity in (*known.quantities, *years):
            own = [value * quantity.factor for value in quantity.values]
            self._list(quantity.dimension or "", quantity.rounded).extend(own)
            self._list(_ANY, quantity.rounded).extend(quantity.values)
        for sizes in self._sizes.values():
            sizes.sort()

    def _list(self, dimension: str, rounded: bool) -> list[float]:
        return self._sizes.setdefault((dimension, rounded), [])

    def holds(self, said: Quantity) -> bool:
        """Return whether it is among the quantities, or a year of the dates."""
        places = [(said.dimension, said.factor), ("", 1.0)] if said.dimension else [(_ANY, 1.0)]
        return any(
            self._between(dimension, rounded, (value - within) * scale, (value + within) * scale)
            for dimension, scale in places
            for rounded in (False, True)
            for value in said.values
            for within in [_tolerance(said, value, rounded=rounded)]
        )

    def _between(self, dimension: str, rounded: bool, least: float, most: float) -> bool:
        sizes = self._list(dimension, rounded)
        place = bisect_left(sizes, least)
        return place < len(sizes) and sizes[place] <= most

    def holds_date(self, said: Date) -> bool:
        """Return whether it is among the dates, or a year among the quantities."""
        if said.month is None:
            return said.year in self._years or said.year in self._values
        years = (_ANY,) if said.year is None else (said.year, None)
        day = _ANY if said.day is None else said.day
        return any((year, said.month, day) in self._days for year in years)


def _tolerance(said: Quantity, value: float, *, rounded: bool) -> float:
    """Return how far the true figure may be off: "about 1.2 million" stands for 1,203,400.

    `rounded`: the true figure is one itself.
    """
    if said.about and math.isfinite(value):
        last_digit = Decimal(repr(value)).normalize().as_tuple().exponent
        return 0.999 * 10.0 ** int(last_digit)
    return value * (_ROUNDED if said.rounded or rounded else _EXACT)


# -- reading ----------------------------------------------------------------------------------


_ONE_FORM = {ord("٫"): ".", ord("٬"): ",", ord("’"): "'"} | dict.fromkeys(
    map(ord, "‐‑‒–—−〜~"), "-"
)


def _plain(text: str) -> str:
    # Narrow and unbroken spaces group digits.
    text = regex.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", ",", text)
    text = normalize("NFKC", text).casefold()
    return text.translate(_ONE_FORM)


def _taken(pattern: "regex.Pattern[str]", text: str) -> tuple[str, list["regex.Match[str]"]]:
    """Return the text without what the pattern finds, and what it found."""
    found = list(pattern.finditer(text))
    return (pattern.sub(" ", text), found) if found else (text, found)


_MONTH_NAMES = (
    "january januar janvier enero январь января jan",
    "february februar février febrero февраль февраля feb",
    "march märz mars marzo март марта",
    "april avril abril апрель апреля apr",
    "may mai mayo май мая",
    "june juni juin junio июнь июня",
    "july juli juillet julio июль июля",
    "august août agosto август августа aug",
    "september septembre septiembre сентябрь сентября sep sept",
    "october oktober octobre octubre октябрь октября oct okt",
    "november novembre noviembre ноябрь ноября nov",
    "december dezember décembre diciembre декабрь декабря dec dez",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ALSO_WORDS = {"may", "march", "mars", "mai", "jan", "мая"}
"""Names of months that stand alone mostly mean something else."""
_ANY_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH_ALONE = "|".join(sorted(set(_MONTHS) - _ALSO_WORDS, key=len, reverse=True))
_YEAR = r"(?P<year>1\d{3}|2[01]\d{2})(?!\d)"
_DAY = r"(?P<day>\d{1,2})"
_DATES = [
    regex.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[年년](?:\s?(?P<month>\d{{1,2}})\s?[月월](?:\s?{_DAY}\s?[日号號일])?)?",
        r"(?P<han_year>[一二][〇零一二三四五六七八九]{3})年",
        r"(?<!\d)(?P<month>\d{1,2})\s?[月월]份?(?:\s?(?P<day>\d{1,2})\s?[日号號일])?",
        rf"(?<![\d.-]){_YEAR}(?P<mark>[-/])(?P<month>\d{{1,2}})(?P=mark){_DAY}(?![\d.-])",
        rf"(?<![\d.,]){_DAY}(?:st|nd|rd|th|\.|er|º)?\s(?:of\s|de\s)?(?P<name>{_ANY_MONTH})\b\.?"
        rf"(?:,?\s(?:of\s|de\s)?{_YEAR})?",
        rf"\b(?P<name>{_ANY_MONTH})\b\.?\s{_DAY}(?:st|nd|rd|th)?(?![\d.]\d|\d)(?:,?\s{_YEAR})?",
        rf"\b(?P<name>{_ANY_MONTH})\b\.?,?\s(?:of\s|de\s)?{_YEAR}",
        rf"\b(?P<name>{_MONTH_ALONE})\b",
    )
]


def _date(match: "regex.Match[str]") -> Date | None:
    found = match.groupdict()
    year, day = found.get("year"), found.get("day")
    if han := found.get("han_year"):
        year = "".join(str(_HAN_DIGITS[char]) for char in han)
    month = _MONTHS[found["name"]] if found.get("name") else found.get("month")
    return Date(
        match.group().strip(),
        int(year) if year else None,
        int(month) if month else None,
        int(day) if day else None,
    )


_HAN_DIGITS = dict(
    zip("零〇一二两双三四五六七八九", (0, 0, 1, 2, 2, 2, *range(3, 10)), strict=True)
)
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_LARGE = {"万": 10**4, "亿": 10**8}
_HAN = "".join([*_HAN_DIGITS, *_HAN_TENS, *_HAN_LARGE])

_FRACTIONS = {
    **dict.fromkeys(("half", "half of", "一半", "半数", "die hälfte"), 50.0),
    **dict.fromkeys(("a third", "one third", "one-third", "ein drittel"), 100 / 3),
    **dict.fromkeys(("two thirds", "two-thirds", "zwei drittel"), 200 / 3),
    **dict.fromkeys(("a quarter", "one quarter", "ein viertel"), 25.0),
    **dict.fromkeys(("three quarters", "three-quarters", "drei viertel"), 75.0),
}
_SHARES = regex.compile(
    rf"(?<tenths>[二两三四五六七八九])成(?<half>[半五])?"
    rf"|百分之(?<hundredths>[{_HAN}]{{1,16}}|\d+(?:\.\d+)?)"
    rf"|(?<below>[{_HAN}]{{1,16}}|(?<!\d)\d++)分之(?<above>[{_HAN}]{{1,16}}|\d+)"
    rf"|\b(?<fraction>{'|'.join(sorted(map(regex.escape, _FRACTIONS), key=len, reverse=True))})\b"
    rf"|(?<fraction>一半|半数)"
)


def _share(match: "regex.Match[str]") -> Quantity:
    if match["tenths"]:
        value = 10.0 * _HAN_DIGITS[match["tenths"]] + (5 if match["half"] else 0)
    elif match["hundredths"]:
        value = _either(match["hundredths"])
    elif match["below"]:
        value = 100 * _either(match["above"]) / max(_either(match["below"]), 1)
    else:
        value = _FRACTIONS[match["fraction"]]
    rounded = bool(match["below"] or match["fraction"])
    return Quantity(match.group(), (value,), "share", rounded=rounded)


def _either(number: str) -> float:
    return float(_han(number)) if number[0] in _HAN else float(number)


def _han(text: str) -> int:
    """Return the value of a Chinese numeral; of digits in a row, the number they make."""
    if all(char in _HAN_DIGITS for char in text):
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char in _HAN_TENS:
            section += (digit or 1) * _HAN_TENS[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * _HAN_LARGE[char]
            section = digit = 0
    return total + section + digit


_UNITS: dict[str, tuple[str, float]] = {}
for _dimension, _factor, _names in (
    ("share", 1.0, "% percent per_cent prozent pour_cent por_ciento процент процента процентов"),
    ("share", 1.0, "个百分点 percentage_points prozentpunkte パーセント 퍼센트 phần_trăm بالمئة"),
    ("share", 0.1, "‰"),
    ("length", 1.0, "m 米 metre metres meter meters mètre mètres metros метр метра метров"),
    ("length", 1.0, "メートル 미터 mét متر مترًا"),
    ("length", 1000.0, "km 公里 千米 kilometre kilometres kilometer kilometers км キロ 킬로미터"),
    ("length", 0.01, "cm 厘米 centimetres centimeters zentimeter"),
    ("length", 0.001, "mm 毫米 millimetres millimeters millimeter"),
    ("area", 1.0, "m2 平方米 平米 square_metre square_metres square_meter square_meters м2"),
    ("area", 1.0, "quadratmeter mètres_carrés metros_cuadrados 平方メートル 제곱미터 mét_vuông"),
    ("area", 1e6, "km2 平方公里 平方千米 square_kilometre square_kilometres square_kilometer"),
    ("area", 1e6, "square_kilometers quadratkilometer км2 平方キロ"),
    ("area", 1e4, "公顷 ha hectare hectares hektar"),
    ("area", 10_000 / 15, "亩"),
    ("volume", 1.0, "m3 立方米 cubic_metre cubic_metres cubic_meter cubic_meters kubikmeter"),
    ("mass", 1.0, "kg 公斤 千克 kilograms kilogramm kilo kilos кг"),
    ("mass", 1000.0, "t 吨 tonnes tons tonnen тонн тонны"),
    ("mass", 1e12, "gigatons gigatonnes gigatonnen"),
    ("money-cny", 1.0, "元 人民币 yuan rmb"),
    ("money-usd", 1.0, "$ 美元 dollar dollars usd долларов"),
    ("money-eur", 1.0, "€ 欧元 euro euros eur евро"),
    ("money-gbp", 1.0, "£ 英镑 pound pounds"),
    ("money-chf", 1.0, "法郎 franc francs franken"),
    ("money-jpy", 1.0, "日元 円 yen"),
    ("energy", 1.0, "kwh 千瓦时 度电 kilowattstunden"),
    ("power", 1.0, "mw 兆瓦 megawatt megawatts"),
    ("power", 0.001, "kw 千瓦 kilowatt kilowatts"),
    ("data", 1.0, "tb"),
    ("data", 0.001, "gb"),
    ("time", 1.0, "秒 秒钟 second seconds sekunden secondes segundos секунд"),
    ("time", 0.001, "毫秒 ms millisecond milliseconds millisekunden"),
    ("time", 60.0, "分钟 minute minutes min minuten minutos минут минуты 分間"),
    ("time", 3600.0, "小时 个小时 hour hours h stunde stunden heures horas часов часа 時間"),
    ("days", 1.0, "天 day days tage tagen jours días дней дня 日間"),
    ("days", 7.0, "周 星期 week weeks wochen semaines semanas недель недели 週間"),
    ("months", 1.0, "个月 month months monate monaten mois meses месяцев месяца か月"),
    ("months", 12.0, "年 year years jahre jahren ans années años лет года 年間"),
):
    _UNITS |= {_name.replace("_", " "): (_dimension, _factor) for _name in _names.split()}

_MULTIPLIERS = {
    name: value
    for value, names in {
        1e2: "hundred hundert 百",
        1e3: "thousand tausend tsd mille mil тыс тысяч тысячи nghìn ngàn ألف آلاف 千 천",
        1e4: "万 萬 만",
        1e6: "million millions millionen mio mn millón millones млн миллион миллиона миллионов "
        "triệu مليون ملايين 百万 백만",
        1e7: "千万",
        1e8: "亿 億 억",
        1e9: "billion billions milliard milliards milliarden mrd bn млрд миллиард миллиарда "
        "миллиардов tỷ مليار 十亿",
        1e12: "trillion trillions billionen 万亿 兆",
    }.items()
    for name in names.split()
}
_ENGLISH = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_GERMAN = (
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
)
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
)
_WORDS = {
    **{word: value for words in (_ENGLISH, _GERMAN) for value, word in enumerate(words.split(), 2)},
    **{w.casefold(): 10 * v for words in _TENS for v, w in enumerate(words.split(), 2)},
}
_TWO = "both twice double couple pair twin second beide beiden zweimal"
_THREE = "thrice triple third dritte dritten dreimal"
_ORDINALS = (
    "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_PARTLY = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_THREE.split(), 3),
    **{word: value for value, word in enumerate(_ORDINALS.split(), 4)},
    **{"first": 1, "once": 1, "one": 1, "dozen": 12},
}
"""Words that hold a number and mostly mean more than it: never asked for, but good as evidence."""

_SPACED = r"\p{Latin}\p{Cyrillic}\p{Arabic}"


def _any_of(names: Iterable[str]) -> str:
    """Return a pattern of names, longest first; scripts with spaces end them where a word ends."""
    every = sorted(map(regex.escape, names), key=len, reverse=True)
    words = [name for name in every if regex.search(rf"[{_SPACED}]$", name)]
    others = [name for name in every if name not in words]
    return rf"(?:(?:{'|'.join(words)})(?![{_SPACED}\d])|{'|'.join(others)})"


_COUNTERS = (
    "个個项項条條篇名人家座栋处次天年岁元米吨辆份宗支批类类部所件本回台只头株户块张位层届卷种艘棵场期代季间套册门站点"
    "倍级枚戸つ"
)
_NUMBER = regex.compile(
    rf"""
    (?P<money>[$€£])?\s?
    (?: (?<![\p{{Latin}}_][.,-]?)(?<!\d[.,]?)(?P<digits>
            \d{{1,3}}(?:[.,']\d{{3}})+(?!\d)(?:[.,]\d+)? | \d+(?:[.,]\d+)?
        ) (?!\p{{Latin}}*\d)
      | \b(?P<words>
            {"|".join(sorted({**_PARTLY, **_WORDS}, key=len, reverse=True))}
        )
        (?:-(?P<ones>{"|".join(["one", *_ENGLISH.split()[:8]])}))?\b
      | (?P<han>[{_HAN}]{{1,16}})
    )
    (?:\s?(?P<multiplier>{_any_of(_MULTIPLIERS)})(?![米克瓦卡]))?
    (?P<more>[余多餘来])?
    (?:[-\s]?(?P<unit>{_any_of(_UNITS)}))?
    """,
    regex.VERBOSE,
)
_SAYS_ABOUT = regex.compile(
    r"(?:约|大约|近|将近|接近|逾|超|左右|about|around|nearly|almost|some|roughly|approximately|over"
    r"|more than|rund|etwa|fast|über|environ|près de|unos|около|почти)\s?$"
)
_REACH = 14
_LATIN = regex.compile(r"(?!(?:st|nd|rd|th|s|er|e)(?!\p{Latin}))\p{Latin}")
"""Letters that are no ending of a number: 5G, but not 19th or 1990s."""
_RANGES = {"-", "to", "and", "bis", "und", "到", "至", "和", "à", "et", "a", "y", "до", "и", "から"}
_ONES = {"": 0, "one": 1} | {word: _WORDS[word] for word in _ENGLISH.split()[:8]}
_NO_NUMBERS = {"万一", "十分", "千万", "一一", "万万", "百千"}


def _numbers(text: str, *, every: bool) -> Iterator[Quantity]:
    """Yield the numbers of a text without dates and shares."""
    matches = list(_NUMBER.finditer(text))
    read = [_quantity(match, text, every=every) for match in matches]
    skip = False
    for number, (match, quantity) in enumerate(zip(matches, read, strict=True)):
        if quantity is None or skip:
            skip = False
            continue
        following = read[number + 1] if number + 1 < len(read) else None
        if following:
            between = text[match.end() : matches[number + 1].start()].strip()
            bare = not match["multiplier"] and not match["unit"]
            if bare and between in _RANGES:
                quantity = _of_range(quantity, following, matches[number + 1])
            elif not between and match["multiplier"] in _HAN_LARGE and not match["unit"]:
                quantity, skip = _sum(quantity, following), True  # 1亿2000万
        before = matches[number - 1] if number else None
        if before and match["digits"] and text[before.end() : match.start()] == "-":
            quantity = _shortened(quantity, before["digits"] or "")
        yield quantity


def _of_range(start: Quantity, end: Quantity, match: "regex.Match[str]") -> Quantity:
    """Return the first number of "30 to 50 thousand metres" with what the second one shares."""
    multiplier = _MULTIPLIERS[match["multiplier"]] if match["multiplier"] else 1
    values = tuple(dict.fromkeys(v * m for m in (1, multiplier) for v in start.values))
    return replace(start, values=values, dimension=end.dimension, factor=end.factor)


def _sum(first: Quantity, second: Quantity) -> Quantity:
    return replace(
        second, text=first.text + second.text, values=(first.values[0] + second.values[0],)
    )


def _shortened(quantity: Quantity, before: str) -> Quantity:
    """Return the second number of 1620-21, which is 1621 too."""
    if len(before) == 4 and before.isdecimal() and quantity.text.isdecimal():
        full = float(before[: -len(quantity.text)] + quantity.text)
        return replace(quantity, values=(*quantity.values, full))
    return quantity


def _quantity(match: "regex.Match[str]", text: str, *, every: bool) -> Quantity | None:
    values = tuple(_values(match, text, every=every))
    multiplier, unit = match["multiplier"], match["unit"] or match["money"]
    if match["money"] and match["unit"] == "m":  # £30m
        multiplier, unit = "million", match["money"]
    if not values or (match["digits"] and not unit and _LATIN.match(text, match.end())):
        return None  # 5G is a name
    dimension, factor = _UNITS[unit] if unit else (None, 1.0)
    ahead = max(0, match.start() - _REACH)
    about = bool(match["more"] or _SAYS_ABOUT.search(text, ahead, match.start()))
    scale = _MULTIPLIERS[multiplier] if multiplier else 1
    scaled = tuple(value * scale for value in values)
    return Quantity(match.group().strip(), scaled, dimension, factor, about)


def _values(match: "regex.Match[str]", text: str, *, every: bool) -> Iterator[float]:
    """Yield what the numeral may stand for, nothing where it may be no number."""
    if match["han"]:
        if every or _counts(match, text):
            yield float(_han(match["han"]))
    elif match["digits"]:
        yield from _readings(match["digits"])
    elif match["words"] in _WORDS:
        yield float(_WORDS[match["words"]] + _ONES[match["ones"] or ""])
    elif every or match["multiplier"]:
        yield float(_PARTLY[match["words"]])


def _counts(match: "regex.Match[str]", text: str) -> bool:
    """Return whether a Chinese numeral is surely a number: 三个, 二十, 第三, not 统一 or 十分."""
    numeral = match["han"]
    if numeral in _NO_NUMBERS or _han(numeral) < 2:
        return False
    if match["unit"] or text[match.start("han") - 1 : match.start("han")] == "第":
        return True
    following = text[match.end("han") : match.end("han") + 1]
    return len(numeral) > 1 or (bool(following) and following in _COUNTERS)


def _readings(digits: str) -> Iterator[float]:
    """Yield what the digits may mean."""
    marks = [char for char in digits if char in ".,'"]
    if not marks:
        yield float(digits)
        return
    last = marks[-1]
    whole, _, fraction = digits.rpartition(last)
    if last != "'" and marks.count(last) == 1:
        bare = "".join(char for char in whole if char not in ".,'")
        yield float(f"{bare}.{fraction}")
    if len(fraction) == 3 and not digits.startswith("0"):
        yield float("".join(char for char in digits if char not in ".,'"))
