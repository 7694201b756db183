"""Abbreviations in a question, written as documents do: the GDP of a county is 地区生产总值.

A small reader has seen few of them, and says only that the passage lacks what is asked for. What
they stand for is in `short_forms.txt`, of all languages together: who asks for the BIP of a county
may be answered from a document that has GDP.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import regex

from index.text.folding import fold

_FILE = Path(__file__).with_name("short_forms.txt")


class _Names(NamedTuple):
    """The names of one thing: abbreviations, and what they stand for."""

    short: tuple[str, ...]
    long: tuple[str, ...]


def written_out(question: str, source: str) -> str:
    """Return the question with each abbreviation that the source lacks as the source has it.

    >>> written_out("云岭县的GDP是多少？", "全县实现地区生产总值312.6亿元")
    '云岭县的地区生产总值是多少？'
    >>> written_out("云岭县的GDP是多少？", "地区生产总值（GDP）312.6亿元")
    '云岭县的GDP是多少？'
    """
    if not _any_short().search(question):
        return question
    known = fold(source)
    for names in _table():
        for short in names.short:
            if (place := _word(short)).search(question) and not place.search(source):
                other = _held(names, source, known)
                question = place.sub(other, question) if other else question
    return question


def _held(names: _Names, source: str, known: str) -> str | None:
    """Return the name that the source has, one that is written out before others."""
    long = (name for name in names.long if fold(name) in known)
    return next(long, None) or next((s for s in names.short if _word(s).search(source)), None)


@cache
def _table() -> tuple[_Names, ...]:
    lines = _FILE.read_text("utf-8").splitlines()
    sides = (line.split("=") for line in lines if line and not line.startswith("#"))
    return tuple(
        _Names(*(tuple(map(str.strip, side.split(","))) for side in both)) for both in sides
    )


@cache
def _word(short: str) -> "regex.Pattern[str]":
    """Return a pattern for an abbreviation, in capital letters as it is: who is no WHO."""
    letter = r"[\p{Latin}\p{Cyrillic}\p{N}]"
    return regex.compile(rf"(?<!{letter}){regex.escape(short)}(?!{letter})")


@cache
def _any_short() -> "regex.Pattern[str]":
    return regex.compile("|".join(regex.escape(s) for names in _table() for s in names.short))
