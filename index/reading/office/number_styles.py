"""How Office writes the numbers of lists (ST_NumberFormat, ECMA-376 part 1, 17.18.59)."""

from collections.abc import Callable, Sequence
from functools import partial

_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    )
)
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_HAN = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_LEGAL_UNITS = ("", "拾", "佰", "仟")
_MOST_REPEATS = 30


def _roman(number: int) -> str | None:
    if number >= 4000:
        return None
    letters = ""
    for value, letter in _ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters


def _letter(alphabet: str, number: int) -> str | None:
    """Return a, b, … z, aa, bb, …: Word repeats the letter."""
    repeats, at = divmod(number - 1, len(alphabet))
    return alphabet[at] * (repeats + 1) if repeats < _MOST_REPEATS else None


def _one_of(signs: Sequence[str], number: int) -> str:
    """Return the sign of that place; Word goes on in digits after the last one."""
    return signs[number - 1] if number <= len(signs) else str(number)


def _digits(digits: str, number: int) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _counted(
    digits: str, units: Sequence[str], zero: str, without_one: str, number: int
) -> str | None:
    """Return a number as it is said; `without_one` is which units stand without a one."""
    if number > 9999:
        return None
    words, gap, rest = "", False, number
    for power in (3, 2, 1, 0):
        digit, rest = divmod(rest, 10**power)
        if not digit:
            gap = bool(words)
            continue
        words += zero if gap else ""
        bare = digit == 1 and (
            power and (without_one == "all" or (without_one == "first ten" and number < 20))
        )
        words += ("" if bare else digits[digit]) + units[power]
        gap = False
    return words


_chinese = partial(_counted, _HAN, _UNITS, "零", "first ten")
_STYLES: dict[str, Callable[[int], str | None]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": partial(_digits, "０１２３４５６７８９"),
    "decimalFullWidth2": partial(_digits, "０１２３４５６７８９"),
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": partial(_one_of, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": partial(_one_of, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedParen": partial(_one_of, "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": partial(_one_of, "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "ideographEnclosedCircle": partial(_one_of, "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "lowerRoman": _roman,
    "upperRoman": lambda number: (roman := _roman(number)) and roman.upper(),
    "lowerLetter": partial(_letter, _LATIN),
    "upperLetter": partial(_letter, _LATIN.upper()),
    "russianLower": partial(_letter, _RUSSIAN),
    "russianUpper": partial(_letter, _RUSSIAN.upper()),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": partial(_digits, _HAN),
    "taiwaneseDigital": partial(_digits, _HAN),
    "japaneseDigitalTenThousand": partial(_digits, _HAN),
    "japaneseCounting": partial(_counted, _HAN, _UNITS, "", "all"),
    "chineseLegalSimplified": partial(_counted, "零壹贰叁肆伍陆柒捌玖", _LEGAL_UNITS, "零", ""),
    "ideographLegalTraditional": partial(_counted, "零壹貳參肆伍陸柒捌玖", _LEGAL_UNITS, "零", ""),
    "japaneseLegal": partial(_counted, "零壱弐参四五六七八九", ("", "拾", "百", "阡"), "", ""),
    "koreanDigital": partial(_digits, "영일이삼사오육칠팔구"),
    "ideographTraditional": partial(_one_of, "甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": partial(_one_of, "子丑寅卯辰巳午未申酉戌亥"),
    "ganada": partial(_letter, "가나다라마바사아자차카타파하"),
    "aiueoFullWidth": partial(
        _letter, "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
    ),
}


def written(number: int, style: str) -> str | None:
    """Return a number in one of Office's styles, None in one that is not known here.

    >>> written(3, "chineseCounting"), written(14, "lowerRoman"), written(28, "upperLetter")
    ('三', 'xiv', 'BB')
    >>> written(110, "chineseCountingThousand"), written(4, "ordinalText")
    ('一百一十', None)
    """
    if style == "none":
        return ""
    if number == 0 or style not in _STYLES:
        return str(number) if style in _STYLES else None
    return _STYLES[style](number) or str(number)
