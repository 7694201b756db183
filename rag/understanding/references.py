"""The words by which a question refers back to the conversation, of each language.

A question is read with the words of its own language; where no file knows them, by its form alone.

`asks`: question words; among them `how` ask for no thing (when, where), and `who` for anything;
`degrees` may follow one ("how many"). `little`: words that name nothing; `links`: those that may
stand between a question word and a verb; `joins`: and, but. `refers`, `owns`: pronouns, possessive
ones; `persons`: those that may be the object of a short verb in front. `others`: "the other ones".
`attributes`: nouns that are always of something. `clauses` open a clause in front. `ordinals`:
first to fifth, and last.

Patterns, case aside: `adds` of an addition ("What about X?"), with what is `added`; `opens` of what
a question begins with that goes on; `goes_on` of whole questions that do; `dummy` of what looks
like a reference and is none. Where words are not parted by spaces, every word may be a pattern.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache

import regex

from rag.understanding.tables import pattern, tables

Pattern = regex.Pattern[str]
_UNSPACED = ("zh", "ja", "ko")
_PLACES = (0, 1, 2, 3, 4, -1)

PLACE_SUFFIXES = "区區市省县縣镇鎮村州国國岛島港구시군"
"""The last character of a name that says what kind of place it is."""


@dataclass(frozen=True, slots=True)
class Spaced:
    """The words of a language that parts them by spaces, in small letters.

    `known` are all that name nothing.
    """

    asks: frozenset[str]
    how: frozenset[str]
    who: frozenset[str]
    degrees: frozenset[str]
    links: frozenset[str]
    joins: frozenset[str]
    refers: frozenset[str]
    owns: frozenset[str]
    others: frozenset[str]
    attributes: frozenset[str]
    clauses: frozenset[str]
    known: frozenset[str]
    dummy: Pattern


@dataclass(frozen=True, slots=True)
class Unspaced:
    """The words of a language that does not, as patterns; `filler` are all that name nothing."""

    asks: Pattern
    how: Pattern
    refers: Pattern
    others: Pattern
    filler: Pattern
    attributes: Pattern
    opens: Pattern
    dummy: Pattern
    persons: str


@cache
def spaced() -> Mapping[str, Spaced]:
    """Return the languages that part words by spaces."""
    return {code: _spaced(table) for code, table in tables().items() if code not in _UNSPACED}


@cache
def unspaced() -> Mapping[str, Unspaced]:
    """Return the languages that do not."""
    return {code: _unspaced(tables()[code]) for code in _UNSPACED}


@cache
def attributes(code: str) -> frozenset[str]:
    """Return the nouns of a language that are always of something."""
    return frozenset(tables()[code]["attributes"].split())


@cache
def ordinals() -> Mapping[int, str]:
    """Return the pattern of each ordinal by its place in a list, -1 for the last."""
    rows = [table["ordinals"].split() for table in tables().values() if "ordinals" in table]
    columns = zip(*rows, strict=True)
    return {place: "|".join(words) for place, words in zip(_PLACES, columns, strict=True)}


def _spaced(table: Mapping[str, str]) -> Spaced:
    keys = [field.name for field in fields(Spaced) if field.name not in ("known", "dummy")]
    words = {key: frozenset(table.get(key, "").split()) for key in keys}
    nothing = [words[key] for key in keys if key != "attributes"]
    return Spaced(
        **words,
        known=frozenset(table["little"].split()).union(*nothing),
        dummy=pattern(table.get("dummy", "(?!)")),
    )


def _unspaced(table: Mapping[str, str]) -> Unspaced:
    nothing = ("asks", "little", "attributes")
    return Unspaced(
        asks=_any(table["asks"].split()),
        how=regex.compile(f"(?:{_any(table['how'].split()).pattern})(?!是)"),  # "who is X"
        refers=_any(table["refers"].split()),
        others=_any(table["others"].split()),
        filler=_any([r"[\p{P}\s]", *(word for key in nothing for word in table[key].split())]),
        attributes=_any(table["attributes"].split()),
        opens=pattern(table["opens"]),
        dummy=pattern(table["dummy"]),
        persons=table.get("persons", ""),
    )


def _any(words: Iterable[str]) -> Pattern:
    return regex.compile("|".join(sorted(words, key=len, reverse=True)))
