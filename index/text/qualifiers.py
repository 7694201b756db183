# ruff: noqa: E501 (a row of a table stays on its line)
"""What makes a figure about right, a bound, a plan or a deadline, and how each language says it."""

import tomllib
from functools import cache
from pathlib import Path

import regex

from index.text.folding import fold_in_place
from index.types import Span

Ways = dict[str, dict[str, str]]
"""By sense and language: how the language says it, "/" between ways and {} for the figure."""

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SENSES: Ways = _TABLES["figures"]
DATE_SENSES: Ways = _TABLES["dates"]
PLANS: Ways = _TABLES["plans"]
WITH_ARTICLE = {"before", "from"}
"""Of these senses, the last way is written where the date has a day."""
_NEVER_SHOWN = {"in", "aimed at"}
"""Senses whose words are part of the sentence rather than of the figure."""
_OTHERWISE = {
    # These are parts of other words, too.
    "多": "多(?![种样元彩])",
    "余": "余(?![额下地])",
    "超": "超(?!市|级)",
    "前": "(?<=[年月日号號天周期时時间間底末初])前(?![往来途列门沿])",
    "后": "(?<=[年月日号號天周期时時间間底末初])后(?![来勤续])",
    "後": "(?<=[年月日号號天周期时時间間底末初])後",
    "起": "(?<=[年月日号號天周期时時间間底末初])起(?![步点到重])",
    "内": "(?<=[年月日号號天周期时時间間底末初])内(?![部容科])",
    "底": "(?<=[年月])底",
    "末": "(?<=[年月])末(?!期)",
    "初": "(?<=[年月])初(?![中级期])",
    "から": r"から(?![\p{Hiragana}]*ら)",
    "まで": r"まで(?![\p{Hiragana}]*ら)",
}
_BETWEEN = r"(?:\s\p{L}+){0,3}?"
_PLANNED_BEFORE = rf"""
    (?:计划|預計|预计|预期|力争|争取|拟|(?<![即主部名上中少大])将|有望|目标)(?!军|来|士|领|近)[\p{{Han}}]{{0,8}}?
  | (?<!\p{{L}})(?:planned|expected|scheduled|estimated|projected|forecast|due|intended|supposed|aims?|will|shall|plans|hopes
      |soll(?:en)?|(?:geplant|erwartet|geschätzt|vorgesehen)(?:e[nrsm]?)?|prévue?s?|previst[oa]s?|se\s(?:prevé|espera|estima)|планируется|ожидается|dự\skiến){_BETWEEN}\s"""
_PLANNED_BEHIND = r"[\p{Han}\p{Hiragana}\p{Katakana}]{0,10}?(?:予定|見込み|見通し|計画)"
_REACH = 48
_MOST = 6


@cache
def halves(ways: str) -> list[tuple[str, str]]:
    """Return what stands before a figure and behind it, for each way of saying something."""
    parted = (fold_in_place(way).partition("{}") for way in ways.split("/"))
    return [(before, behind) for before, _, behind in parted]


def _words(*, behind: bool) -> dict[str, str]:
    """Return the words that stand alone before a figure, or behind it, with their senses."""
    forms = [*SENSES.items(), *DATE_SENSES.items(), *PLANS.items(), ("", _TABLES["only_shown"])]
    return {
        way[behind]: sense
        for sense, ways in reversed(forms)
        if sense not in _NEVER_SHOWN
        for by_language in ways.values()
        for way in halves(by_language)
        if way[behind] and not way[not behind]
    }


@cache  # made when it is first needed: the page starts earlier by what it takes
def _stands(*, behind: bool) -> "regex.Pattern[str]":
    """Return what matches a qualifier that stands behind a figure, or ends right before it."""
    if behind:
        return regex.compile(_pattern(_BEHIND, _PLANNED_BEHIND, behind=True), regex.VERBOSE)
    return regex.compile(f"(?r){_pattern(_BEFORE, _PLANNED_BEFORE, behind=False)}", regex.VERBOSE)


def _pattern(words: dict[str, str], planned: str, *, behind: bool) -> str:
    alone = []
    for word in sorted(words, key=len, reverse=True):
        form = _OTHERWISE.get(word) or regex.escape(word, literal_spaces=True).replace(" ", r"\s")
        edge = regex.search(r"[\p{Latin}\p{Cyrillic}\p{Arabic}]", word)
        alone.append(form if not edge else rf"{form}\b" if behind else rf"\b{form}")
    return rf"(?:{'|'.join(alone)}|{planned})"


_BEFORE, _BEHIND = _words(behind=False), _words(behind=True)


def qualified(folded: str, within: Span, figure: Span) -> tuple[Span, list[str]]:
    """Return a figure's place with all that qualifies it, and what these qualifiers say.

    `folded` is a text after `fold_in_place`; at most `_REACH` characters around the figure are
    looked at, and nothing outside `within`.

    >>> qualified("在2022年约5260个以上", Span(0, 14), Span(7, 12))
    (Span(start=6, end=14), ['about', 'at least'])
    """
    start, end = figure
    senses = []
    for _ in range(_MOST):
        found = _stands(behind=False).match(folded, max(within.start, start - _REACH), start)
        if not found or not found[0]:
            break
        start = found.start()
        senses.append(_BEFORE.get(regex.sub(r"\s", " ", found[0]), "planned"))
    for _ in range(_MOST):
        found = _stands(behind=True).match(folded, end, min(within.end, end + _REACH))
        if not found or not found[0]:
            break
        end = found.end()
        senses.append(_BEHIND.get(regex.sub(r"\s", " ", found[0]), "planned"))
    return Span(start, end), [sense for sense in senses if sense]
