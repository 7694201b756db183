"""Numerals and what they stand for: digits of any script, Chinese numerals, words."""

from decimal import Decimal

from index.text.folding import plain

HAN_DIGITS: dict[str, int] = dict(
    zip("零〇○一二两兩双三四五六七八九", (0, 0, 0, 1, *[2] * 4, *range(3, 10)), strict=True)
)
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
HAN = "".join([*HAN_DIGITS, *_HAN_TENS, *_HAN_LARGE]).replace("○", "")
"""The characters of Chinese numerals."""

_GERMAN_ONES = "ein zwei drei vier fünf sechs sieben acht neun"
_UP_TO_19 = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
NUMBER_WORDS = {
    **{word: value for words in _UP_TO_19 for value, word in enumerate(words.split(), 2)},
    **{
        word: 10 * tens
        for words in (_ENGLISH_TENS, _GERMAN_TENS)
        for tens, word in enumerate(words.split(), 2)
    },
    **{
        f"{ten}-{one}": 10 * tens + ones
        for tens, ten in enumerate(_ENGLISH_TENS.split(), 2)
        for ones, one in enumerate(["one", *_UP_TO_19[0].split()[:8]], 1)
    },
    **{
        f"{one}und{ten}": 10 * tens + ones
        for tens, ten in enumerate(_GERMAN_TENS.split(), 2)
        for ones, one in enumerate(_GERMAN_ONES.split(), 1)
    },
}
_TWO = "both twice double couple pair twin second beide beiden zweimal"
_THREE = "thrice triple third dritte dritten dreimal"
_ORDINALS = (
    "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
PARTLY = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_THREE.split(), 3),
    **{word: value for value, word in enumerate(_ORDINALS.split(), 4)},
    **{"first": 1, "once": 1, "one": 1, "dozen": 12},
}
"""Words that hold a number and mostly mean more than it: never asked for, but good as evidence."""
WITH_MULTIPLIER = {"a": 1, "eine": 1, "half a": 0.5, "eine halbe": 0.5}
"""Numbers only in front of a multiplier."""
WORDS = {
    plain(word): value for word, value in {**WITH_MULTIPLIER, **PARTLY, **NUMBER_WORDS}.items()
}
"""What every word stands for, in its plain form."""


def whole(numeral: str) -> int:
    """Return the value of digits or of a Chinese numeral; of digits in a row, what they make.

    >>> whole("07"), whole("二〇二〇"), whole("十"), whole("二十一"), whole("三万五千")
    (7, 2020, 10, 21, 35000)
    """
    if numeral.isdecimal():
        return int(numeral)
    if all(char in HAN_DIGITS for char in numeral):
        return int("".join(str(HAN_DIGITS[char]) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        if char in HAN_DIGITS:
            digit = HAN_DIGITS[char]
        elif char in _HAN_TENS:
            section += (digit or 1) * _HAN_TENS[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * _HAN_LARGE[char]
            section = digit = 0
    return total + section + digit


def readings(digits: str) -> tuple[Decimal, ...]:
    """Return what digits with or without marks between them may mean.

    >>> [[str(value) for value in readings(digits)] for digits in ("1,299", "1 250,00", "0.500")]
    [['1.299', '1299'], ['1250.00'], ['0.500']]
    """
    marks = [char for char in digits if not char.isdecimal()]
    bare = "".join(char for char in digits if char.isdecimal())
    if not marks:
        return (Decimal(bare),)
    last = marks[-1]
    behind = len(digits) - digits.rindex(last) - 1
    found = []
    if last in ".," and marks.count(last) == 1:
        found.append(Decimal(f"{bare[:-behind]}.{bare[-behind:]}"))
    if behind == 3 and not digits.startswith("0"):
        found.append(Decimal(bare))
    return tuple(found)
