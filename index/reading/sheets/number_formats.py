"""Numbers and dates as a spreadsheet shows them: 0.475 under `0.0 %` is "47.5 %".

The codes are those of ECMA-376, part 1, 18.8.31. What Excel shows depends on its user's language,
too, which a code does not say: without a language, numbers are written as in English and the
system's short date as ISO 8601. A code that is not understood gives the plain value.
"""

import datetime
import locale as system_locales
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

import regex

_MAX_CODE_CHARS = 255
"""Excel's own limit."""
_SYSTEM_DATES = {"mm-dd-yy": "yyyy-mm-dd", "m/d/yy h:mm": "yyyy-mm-dd h:mm"}
"""Codes 14 and 22, which Excel shows in the order that its user's system has."""
_SYSTEM_LCIDS = {"F800": "yyyy-mm-dd", "F400": "h:mm:ss"}
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)

_TOKEN = regex.compile(
    r"""
      "(?P<quoted>[^"]*+)"? | \\(?P<escaped>.) | (?P<skipped>[_*].)
    | \[(?P<bracket>[^\]]*+)\]
    | (?P<general>General)
    | (?P<halves>AM/PM|A/P|上午/下午|午前/午後)
    | (?P<exponent>E[+-])
    | (?P<time>y++|m++|d++|h++|s++|a{3,4}|e++)
    | (?P<era>[gb]++)
    | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>@)
    | (?P<next>;) | (?P<literal>.)
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.DOTALL,
)
_ELAPSED = regex.compile(r"h+|m+|s+", regex.IGNORECASE)
_CONDITION = regex.compile(r"(<=|>=|<>|<|>|=)\s*+(-?\d++(?:\.\d++)?)")
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
    "<>": lambda value, bound: value != bound,
}

_Token = tuple[str, str]
"""The kind of a part of a code, and the part; "literal" is shown as it is."""


@dataclass(frozen=True, slots=True)
class _Section:
    """What a code says of numbers of one kind: positive ones, negative ones, zero, or texts."""

    tokens: tuple[_Token, ...]
    kinds: frozenset[str]
    condition: tuple[str, float] | None = None
    language: str | None = None

    @property
    def is_date(self) -> bool:
        return not self.kinds.isdisjoint({"time", "elapsed", "era"})


@lru_cache(maxsize=16_384)
def shown_number(
    value: float, code: str, *, epoch: datetime.datetime, language: str | None = None
) -> str:
    """Return a number, or a date since `epoch`, as its code has it shown; "" when it shows none.

    `language` is a locale of CLDR such as "de_DE". Of spaces one is kept.

    >>> from openpyxl.utils.datetime import WINDOWS_EPOCH as epoch
    >>> codes = ("General", "0.0 %", '#,##0.00 "€"', "[$-407]#,##0.00", "d mmmm yyyy", "[h]:mm")
    >>> [shown_number(1250.5, code, epoch=epoch) for code in codes]
    ['1250.5', '125050.0 %', '1,250.50 €', '1.250,50', '3 June 1903', '30012:00']
    """
    sections = _sections(_SYSTEM_DATES.get(code, code))
    chosen, negated = _chosen(sections, value)
    if chosen is None or not chosen.kinds.isdisjoint({"era", "unknown"}):
        return _iso(value, epoch) if chosen and chosen.is_date else plain_number(value)
    spoken = chosen.language or language or "en"
    if chosen.is_date:
        text = _date(value, chosen, epoch, spoken)
    elif not chosen.kinds.isdisjoint({"general", "text"}):
        number = _localised(plain_number(abs(value) if negated else value), spoken)
        text = "".join(
            number if kind in {"general", "text"} else part for kind, part in chosen.tokens
        )
    elif "digit" not in chosen.kinds:
        text = "".join(part for _, part in chosen.tokens)
    else:
        text = _number(abs(value), chosen, spoken)
        text = text if negated or value >= 0 else f"-{text}"
    return " ".join(text.split())


def shown_text(value: str, code: str) -> str:
    """Return a text as its code has it shown.

    >>> shown_text("12", '"Nr. "@'), shown_text("12", "0.00"), shown_text("12", ";;;")
    ('Nr. 12', '12', '')
    """
    if "@" not in code and code != ";;;":
        return value
    sections = _sections(code)
    last = sections[-1] if sections else None
    if code == ";;;" or last is None or "text" not in last.kinds:
        return "" if code == ";;;" else value
    return "".join(value if kind == "text" else part for kind, part in last.tokens)


def plain_number(value: float) -> str:
    """Return a number as `General` shows it, but with all digits before the point.

    >>> plain_number(2020.0), plain_number(0.1 + 0.2), plain_number(1e-7), plain_number(10**12)
    ('2020', '0.3', '1E-07', '1000000000000')
    """
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.10g}".upper()


def languages(code: str) -> Iterator[str]:
    """Yield the languages that a code names."""
    return (section.language for section in _sections(code) if section.language)


# Codes


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    """Return the up to four sections of a code; none when it is none."""
    if len(code) > _MAX_CODE_CHARS:
        return ()
    found: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "literal"
        part = match[kind]
        if kind == "next":
            found.append([])
        elif kind == "bracket":
            found[-1] += _bracketed(part)
        elif kind in {"quoted", "escaped"}:
            found[-1].append(("literal", part))
        elif kind == "skipped":
            found[-1].append(("literal", " " if part[0] == "_" else ""))
        else:
            found[-1].append((kind, part))
    instead = next((part for tokens in found for kind, part in tokens if kind == "system"), None)
    return _sections(instead) if instead else tuple(map(_section, found))


def _bracketed(part: str) -> list[_Token]:
    """Return what stands in brackets: a condition, time that has passed, a currency; no colour."""
    if _CONDITION.fullmatch(part):
        return [("condition", part)]
    if _ELAPSED.fullmatch(part):
        return [("elapsed", part.lower())]
    if part.upper().startswith("DBNUM"):
        return [("unknown", "")]
    if not part.startswith("$"):
        return []
    symbol, _, lcid = part[1:].partition("-")
    if lcid.upper() in _SYSTEM_LCIDS:
        return [("system", _SYSTEM_LCIDS[lcid.upper()])]
    return [("literal", symbol), ("language", _language(lcid) or "")]


def _section(tokens: Sequence[_Token]) -> _Section:
    conditions = [_CONDITION.fullmatch(part) for kind, part in tokens if kind == "condition"]
    languages = [part for kind, part in tokens if kind == "language" and part]
    shown = _settled([t for t in tokens if t[0] not in {"condition", "language"}])
    return _Section(
        shown,
        frozenset(kind for kind, _ in shown),
        (conditions[0][1], float(conditions[0][2])) if conditions and conditions[0] else None,
        languages[0] if languages else None,
    )


def _language(lcid: str) -> str | None:
    """Return the locale of a Windows language number ("407"), None for one that is unknown."""
    try:
        return system_locales.windows_locale.get(int(lcid, 16) & 0xFFFF)
    except ValueError:
        return None


def _settled(tokens: Sequence[_Token]) -> tuple[_Token, ...]:
    """Tell minutes from months, and in dates points and digits from those of numbers."""
    if not any(kind in {"time", "elapsed", "era"} for kind, _ in tokens):
        return tuple(tokens)
    settled: list[_Token] = []
    clock = [i for i, (kind, _) in enumerate(tokens) if kind in {"time", "elapsed"}]
    for i, (kind, part) in enumerate(tokens):
        if kind == "time":
            at = clock.index(i)
            before = tokens[clock[at - 1]][1].lower() if at else ""
            after = tokens[clock[at + 1]][1].lower() if at + 1 < len(clock) else ""
            beside = before.startswith("h") or after.startswith("s")
            is_minute = part.lower() in {"m", "mm"} and beside
            settled.append(("minute" if is_minute else "time", part.lower()))
        elif kind in {"point", "comma", "percent", "exponent"}:
            settled.append(("literal", part))
        elif kind == "digit" and settled and settled[-1] == ("literal", "."):
            settled[-1] = ("fraction", ".0")
        elif kind == "digit" and settled and settled[-1][0] == "fraction":
            settled[-1] = ("fraction", settled[-1][1] + "0")
        else:
            settled.append((kind, part))
    return tuple(settled)


def _chosen(sections: Sequence[_Section], value: float) -> tuple[_Section | None, bool]:
    """Return the section for a number, and whether the section itself says that it is negative."""
    numeric = [section for section in sections[:3] if "text" not in section.kinds] or sections[:1]
    if not numeric:
        return None, False
    if any(section.condition for section in numeric):
        for i, section in enumerate(numeric):
            sign, bound = section.condition or ("", 0.0)
            if not sign or _COMPARED[sign](value, bound):
                return section, bool(sign) and sign[0] == "<" and bound <= 0 and i > 0
        return None, False
    if value < 0 and len(numeric) > 1:
        return numeric[1], True
    if value == 0 and len(numeric) > 2:
        return numeric[2], True
    return numeric[0], False


# Numbers


def _number(value: float, section: _Section, language: str) -> str:
    tokens = section.tokens
    if any(part == "/" for _, part in tokens):
        return plain_number(value)  # a fraction
    kinds = [kind for kind, _ in tokens]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    if "exponent" in kinds:
        return _scientific(value, tokens, point, kinds.index("exponent"), language)
    digits = [i for i, kind in enumerate(kinds) if kind == "digit"]
    commas = [i for i, kind in enumerate(kinds) if kind == "comma"]
    whole = [i for i in digits if i < point]
    fraction = "".join(tokens[i][1] for i in digits if i > point)
    end = whole[-1] if whole else point
    power = 2 * kinds.count("percent") - 3 * sum(i > end for i in commas)
    exact = Decimal(repr(value)).scaleb(power, _EXACT)
    rounded = exact.quantize(Decimal(1).scaleb(-len(fraction), _EXACT), context=_EXACT)
    number, _, below = format(rounded, "f").partition(".")
    needed = fraction.rfind("0") + 1
    below = below[:needed] + below[needed:].rstrip("0")
    decimal, separator = _symbols(language)
    is_grouped = bool(whole) and any(whole[0] < i < end for i in commas)
    before = _whole(number, tokens[:point], separator if is_grouped else "")
    after = (part for kind, part in tokens[point:] if kind not in {"digit", "point", "comma"})
    return "".join([before, decimal if below else "", below, *after])


def _whole(number: str, tokens: Sequence[_Token], separator: str) -> str:
    """Return the digits before the point, put where a code has them."""
    left = "" if number == "0" else number
    first = next((i for i, (kind, _) in enumerate(tokens) if kind == "digit"), None)
    if first is None:
        # ".00" shows no zero, but all of a larger number.
        return "".join(part for kind, part in tokens if kind != "comma") + left
    out: list[str] = []
    count = 0
    for i in range(len(tokens) - 1, -1, -1):
        kind, part = tokens[i]
        if kind == "digit":
            take = left[::-1] if i == first else left[-1:]
            left = left[: len(left) - len(take)]
            for digit in take or ("0" if part == "0" else ""):
                if count and count % 3 == 0:
                    out.append(separator)
                out.append(digit)
                count += 1
        elif kind != "comma":
            out.append(part)
    return "".join(reversed(out))


def _scientific(value: float, tokens: Sequence[_Token], point: int, at: int, language: str) -> str:
    places = sum(kind == "digit" for kind, _ in tokens[min(point, at) : at])
    mantissa, _, power = f"{value:.{places}e}".partition("e")
    width = sum(kind == "digit" for kind, _ in tokens[at:])
    sign = "-" if int(power) < 0 else tokens[at][1][1].replace("-", "")
    before = "".join(part for kind, part in tokens[:at] if kind == "literal")
    after = "".join(part for kind, part in tokens[at:] if kind == "literal")
    return f"{before}{_localised(mantissa, language)}E{sign}{abs(int(power)):0{width}d}{after}"


@lru_cache(maxsize=64)
def _symbols(language: str) -> tuple[str, str]:
    """Return a language's decimal point and what it puts between thousands."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(language), get_group_symbol(language)


def _localised(number: str, language: str) -> str:
    return number.replace(".", _symbols(language)[0])


# Dates


def _date(value: float, section: _Section, epoch: datetime.datetime, language: str) -> str:
    fraction = next((part for kind, part in section.tokens if kind == "fraction"), "")
    # Excel rounds to what it shows, for 9:30 may be stored as 9:29:59.9999997.
    unit = 10 ** max(len(fraction) - 1, 0)
    ticks = round(abs(value) * 86_400 * unit)
    elapsed = next((part for kind, part in section.tokens if kind == "elapsed"), "")
    try:
        moment = _moment(ticks / unit / 86_400, epoch)
    except (OverflowError, ValueError):
        return plain_number(value)
    halves = any(kind == "halves" for kind, _ in section.tokens)
    seconds = ticks // unit
    out = []
    for kind, part in section.tokens:
        if kind == "time":
            out.append(_date_part(part, moment, language, halves=halves))
        elif kind == "minute":
            out.append(f"{moment.minute:0{len(part)}d}")
        elif kind == "elapsed":
            total = seconds // {"h": 3600, "m": 60, "s": 1}[part[0]]
            out.append(f"{total:0{len(part)}d}")
        elif kind == "halves":
            out.append(part.split("/")[moment.hour >= 12])
        elif kind == "fraction":
            out.append(f"{_symbols(language)[0]}{ticks % unit:0{len(part) - 1}d}")
        else:
            out.append(part)
    return ("-" if value < 0 and elapsed else "") + "".join(out)


def _moment(days: float, epoch: datetime.datetime) -> datetime.datetime:
    """Return the moment of a day's number; Excel's 1900 had a 29th of February."""
    from openpyxl.utils.datetime import WINDOWS_EPOCH

    if epoch == WINDOWS_EPOCH and days < 60:
        days += 1
    return epoch + datetime.timedelta(seconds=round(days * 86_400, 3))


def _date_part(part: str, moment: datetime.datetime, language: str, *, halves: bool) -> str:
    from babel.dates import format_datetime

    letter, length = part[0], len(part)
    if letter in "ye":
        field = "yy" if letter == "y" and length <= 2 else "yyyy"
    elif letter in "da" and length > 2:
        field = "EEEE" if length > 3 else "EEE"
        language = "zh" if letter == "a" and language == "en" else language
    elif letter == "m":
        field = "M" * min(length, 5)
    else:
        field = ("H" if letter == "h" and not halves else letter) * min(length, 2)
    return str(format_datetime(moment, field, locale=language))


def _iso(value: float, epoch: datetime.datetime) -> str:
    try:
        moment = _moment(value, epoch)
    except (OverflowError, ValueError):
        return plain_number(value)
    midnight = moment.time() == datetime.time()
    return moment.date().isoformat() if midnight else moment.isoformat(" ", "minutes")
