"""How questions compare things: the rules of `comparisons.toml`, by language.

A rule is a pattern with a group `list`, the things that are compared, and the question about one of
them. A word in capitals and braces stands for a part of a pattern: one of the language's `parts`,
or `JOINS`, `LIST` (things joined by them), `OR` (things joined by the words of that part),
`ADJECTIVE` (one of those that `how` lists). `between` says what stands between any two things of a
list. A rule of "named" holds only for things that are called by a name or a number (A5, 青石区).

In the question, a word in braces stands for a group of the pattern, or for the `item`; `how` for
what `how` says of the adjective, of one that it does not list behind `*`, with its `positive` form;
`one` for the head with its verb in the singular; `is` for the verb that the attribute takes. What
stands in brackets is left out where its word is empty.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import regex

Pattern = regex.Pattern[str]
_FILE = Path(__file__).with_name("comparisons.toml")
_PART = regex.compile(r"\{([A-Z]{2,})\}")
_OPTIONAL = regex.compile(r"\[([^\]{]*)\{(\w+)\}\]")
_VALUE = regex.compile(r"\{(\w+)\}")
_DOUBLED = regex.compile(r"([bdgmnpt])\1$")
_PLURAL = regex.compile(r"(?<!s)s$")
_SPACES = regex.compile(r" +(?=[ ?])")
_SINGULAR = {
    **{"do": "does", "are": "is", "were": "was", "haben": "hat", "hatten": "hatte", "sind": "ist"},
    **{"liegen": "liegt", "wurden": "wurde", "waren": "war"},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A form of question that compares; `how` says what is asked by an adjective."""

    pattern: Pattern
    question: str
    named: bool
    how: Mapping[str, str]

    def about(self, found: "regex.Match[str]", item: str) -> str:
        """Return the question about one thing, from what matched and the thing."""
        values = {name: value or "" for name, value in found.groupdict().items()} | {"item": item}
        values["attribute"] = values.get("attribute", "").strip("的，, ")
        values["tail"] = values.get("tail", "").strip().rstrip("的呢")
        *words, verb = values.get("head", "").split() or [""]
        values["one"] = " ".join([*words, _SINGULAR.get(verb, verb)])
        values["is"] = "are" if _PLURAL.search(values["attribute"]) else "is"
        adjective = values.get("adjective", "").casefold()
        values["positive"] = _positive(adjective)
        values["how"] = _filled(self.how.get(adjective, self.how.get("*", "")), values)
        return _SPACES.sub("", _filled(self.question, values))


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The forms of one language.

    `joins` stands between two things; `relation` in what is asked says that there is one
    thing to find, not one for each.
    """

    joins: Pattern
    rules: tuple[Rule, ...]
    relation: Pattern


@cache
def comparisons() -> Mapping[str, Comparisons]:
    """Return the forms of each language."""
    tables = tomllib.loads(_FILE.read_text("utf-8"))
    return {language: _read(table) for language, table in tables.items()}


def _read(table: Mapping[str, Any]) -> Comparisons:
    how = {
        adjective: question
        for adjectives, question in table.get("how", {}).items()
        for adjective in adjectives.split("/")
    }
    joins, parts = table["joins"], table.get("parts", {})
    parts = {
        "JOINS": joins,
        "LIST": _list_of(joins),
        "ADJECTIVE": f"(?P<adjective>{'|'.join(sorted(how, key=len, reverse=True))})",
        **parts,
        "OR": _list_of(parts.get("OR", joins)),
    }
    return Comparisons(
        joins=_pattern(table.get("between", ",? (?:{JOINS}) |, "), parts),
        rules=tuple(
            Rule(_pattern(pattern, parts), question, bool(flags), how)
            for pattern, question, *flags in table["rules"]
        ),
        relation=_pattern(table["relation"], parts),
    )


def _list_of(joins: str) -> str:
    # A word of a thing is no join, so that a list can be read in one way only.
    word = rf"(?!(?:{joins}|than|als)\b)[\p{{L}}\p{{N}}“„\"«][^\s,;:?!()]*+"
    item = rf"{word}(?: {word}){{0,4}}?(?<!\b(?:the|der|die|das|den|dem))"
    return rf"(?P<list>{item}(?:, {item}){{0,2}},? (?:{joins}) {item})"


def _pattern(text: str, parts: Mapping[str, str]) -> Pattern:
    while _PART.search(text):
        text = _PART.sub(lambda found: parts[found[1]], text)
    return regex.compile(text, regex.IGNORECASE)


def _filled(question: str, values: Mapping[str, str]) -> str:
    def kept(found: "regex.Match[str]") -> str:
        return values[found[2]] and found[1] + values[found[2]]

    return _VALUE.sub(lambda found: values.get(found[1], ""), _OPTIONAL.sub(kept, question))


def _positive(adjective: str) -> str:
    """Return "long" of "longer", "heavy" of "heavier", "expensive" of "more expensive"."""
    if adjective.startswith(("more ", "less ")):
        return adjective.partition(" ")[2]
    stem = adjective.removesuffix("ier") + "y" if adjective.endswith("ier") else adjective[:-2]
    return _DOUBLED.sub(r"\1", stem)
