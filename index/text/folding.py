"""The one way in which texts are compared however they are written; never shown.

Unicode's normal forms are made in n log n time: `unicodedata.normalize` puts the marks behind a
letter in order by insertion, so that four thousand of them in a row take it as long as a book.
"""

import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import Literal

import regex
from opencc import OpenCC

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_MANY_MARKS = regex.compile(r"[\p{M}\uff9e\uff9f]{32,}")
"""The two voicing marks of half-width kana are no marks, but become some in NFKC and NFKD."""
_HAN = regex.compile(r"\p{Han}")
# Inherited are the marks that any script may use. The two voicing marks of kana are part of it.
_DROPPED = regex.compile(
    r"[[\p{Mn}&&[\p{Inherited}\p{Arabic}\p{Hebrew}\p{Syriac}\p{Cyrillic}]]--[\u3099\u309A]]"
    r"|\p{Cf}|\N{ARABIC TATWEEL}",
    regex.VERSION1,
)
_ASCII_FOR = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
    "\N{HYPHEN}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": ",",
}
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]++")


def fold(text: str) -> str:
    """Return a text as it is compared.

    Without full-width forms and ligatures (NFKC), case, accents, vowel signs of Arabic and Hebrew,
    digits of other scripts, and traditional characters, which become simplified ones one by one.

    >>> fold("Où est l’École？ 檔案 ５G ٤٣")
    "ou est l'ecole? 档案 5g 43"
    """
    return normalize("NFC", normalize("NFKD", text).casefold().translate(_FOLDED))


def fold_words(text: str) -> str:
    """Return the folded words of a text, one space between them, without punctuation.

    >>> fold_words("Où est l’École？ 檔案")
    'ou est l ecole 档案'
    """
    return " ".join(_WORD.findall(fold(text)))


def plain(name: str) -> str:
    """Return a name as tables of words hold it: without full-width forms and case.

    >>> plain("Mio．"), plain("km²")
    ('mio.', 'km2')
    """
    return normalize("NFKC", name).casefold()


def fold_in_place(text: str) -> str:
    """Return a text with each character that folds to one character folded: offsets stay.

    Accents and the digits of other scripts stay, too.

    >>> fold_in_place("Ｋｍ²: 檔案 ¥５")
    'km2: 檔案 ¥5'
    """
    return text.translate(_IN_PLACE)


def simplified(text: str) -> str:
    """Return a text with each traditional character as a simplified one: offsets stay.

    >>> simplified("檔案和文件")
    '档案和文件'
    """
    return text.translate(_SIMPLIFIED)


def normalize(form: Form, text: str) -> str:
    """Return what `unicodedata.normalize` returns.

    >>> normalize("NFKD", "ﬁ") == "fi"
    True
    """
    apart: Form = "NFKD" if "K" in form else "NFD"
    in_order = _MANY_MARKS.sub(lambda run: _in_order(apart, run[0]), text)
    return unicodedata.normalize(form, in_order)


def _in_order(form: Form, marks: str) -> str:
    """Return the marks decomposed, and sorted between those that nothing may pass."""
    apart = "".join(unicodedata.normalize(form, mark) for mark in marks)
    parts = groupby(apart, key=lambda mark: unicodedata.combining(mark) > 0)
    return "".join(mark for _, part in parts for mark in sorted(part, key=unicodedata.combining))


class _Table(dict[int, str | None]):
    """A table for `str.translate` that is filled by need: all of Unicode would delay the start."""

    def __init__(self, becomes: Callable[[str], str | None]) -> None:
        self._becomes = becomes

    def __missing__(self, code: int) -> str | None:
        self[code] = became = self._becomes(chr(code))
        return became


def _folded(character: str) -> str | None:
    """Return what stands for a character, None where it is dropped."""
    if _DROPPED.match(character):
        return None
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    return _ASCII_FOR.get(character) or _simple(character)


def _in_place(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).casefold()
    return _ASCII_FOR.get(plain, plain) if len(plain) == 1 else character


def _simple(character: str) -> str:
    return str(_to_simplified().convert(character)) if _HAN.match(character) else character


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


_FOLDED = _Table(_folded)
_IN_PLACE = _Table(_in_place)
_SIMPLIFIED = _Table(_simple)
