"""The units, multipliers and measure words that stand behind numbers, by language."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import regex

from index.text.folding import normalize, plain

Unit = tuple[str, float]
"""What is measured, and the size of the unit: ("length", 1000.0) for a kilometre."""

LANGUAGES = ("zh", "ja", "en", "de", "fr", "es")
"""The languages of the first columns; a last column holds names of others."""

_ALSO_WORDS = {"an", "mes", "livre", "livres", "libra", "libras", "pfund", "gt"}
"""These mostly mean something else."""
COUNTERS = {
    "zh": [*"个個项項条條篇名家座栋处份支批部所件本台只头株户块张位种艘棵间套辆门人枚把幅"],
    "ja": [*"個件本枚台冊名軒頭匹つ人隻棟基", "か所", "カ所", "ヶ所", "箇所"],
}
"""Measure words that other languages have no word for; none that may be an ordinal."""
COUNTED = "".join(COUNTERS["zh"]) + "次天年岁元米吨宗类回层届卷场期代季册站点倍级戸つ"
"""Behind one of these a single Chinese numeral is a number."""
_SPACED = r"\p{Latin}\p{Cyrillic}\p{Arabic}"


def _rows(table: str) -> list[tuple[list[str], list[list[str]]]]:
    """Return the rows: what stands in front, and the names by column."""
    parted = (line.split("|") for line in table.splitlines() if line[:1] not in ("", "#"))
    return [(head.split(), [_names(cell) for cell in cells]) for head, *cells in parted]


def _names(cell: str) -> list[str]:
    return [name.replace("_", " ") for name in cell.split()]


_TABLES = Path(__file__).with_suffix(".txt").read_text("utf-8").split("\n\n")
UNITS: dict[str, Unit] = {}
"""What each name and symbol of a unit stands for."""
SYMBOLS: dict[Unit, str] = {}
"""What each unit is written as where its symbol is better known than its name."""
UNIT_NAMES: dict[str, dict[Unit, list[str]]] = {language: {} for language in LANGUAGES}
MULTIPLIERS: dict[str, int] = {}
MULTIPLIER_NAMES: dict[str, list[str]] = {language: [] for language in LANGUAGES}
for (_dimension, _size, *_symbol), _cells in _rows(_TABLES[0]):
    _unit = (_dimension, float(_size))
    for _name in (*_symbol, *(name for cell in _cells for name in cell)):
        if plain(_name) not in _ALSO_WORDS:
            UNITS.setdefault(plain(_name), _unit)
    if _symbol:
        SYMBOLS[_unit] = _symbol[0]
    for _language, _cell in zip(LANGUAGES, _cells, strict=False):
        UNIT_NAMES[_language][_unit] = _cell
UNITS |= {square: UNITS[plain(square)] for square in "㎡㎢㎥㎞㎝㎜㎏"}
for (_value,), _cells in _rows(_TABLES[1]):
    MULTIPLIERS |= dict.fromkeys((name for cell in _cells for name in cell), int(float(_value)))
    for _language, _cell in zip(LANGUAGES, _cells, strict=False):
        MULTIPLIER_NAMES[_language] += _cell


def any_of(names: Iterable[str]) -> str:
    """Return a pattern of names, longest first; scripts with spaces end them where a word ends.

    A name with accents is found in either of Unicode's canonical forms.
    """
    forms = {form for name in names for form in (name, normalize("NFD", name))}
    every = [_pattern(form) for form in sorted(sorted(forms), key=len, reverse=True)]
    words = [name for name in every if regex.search(rf"[{_SPACED}\p{{M}}]$", name)]
    others = [name for name in every if name not in words]
    return rf"(?:{_either(others)}|(?:{_either(words)})(?![{_SPACED}\p{{M}}\d]))"


def _pattern(name: str) -> str:
    return r"\s".join(map(regex.escape, name.split(" ")))


def _either(patterns: Sequence[str]) -> str:
    return "|".join(patterns) or "(?!)"
