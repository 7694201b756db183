"""Names in Han characters by how they are typed in Latin letters: xihu -> 西湖.

Pinyin without tones, and without spaces, so that "xihu" and "xi hu" are the same. A name is any
two to six characters in a row of a title or heading: which of them are words need not be known,
since what is looked up was typed. Where two have the same pinyin, the one that is in many more
chunks is meant, or neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

import regex

_HAN_RUN = regex.compile(r"\p{Han}{2,}+")
_LONGEST_NAME = 6
_MOST_FREQUENT = 20_000
"""So many pairs of characters are looked up at most: each takes memory."""
_CLEARLY = 2
"""So many times as often as the next of the same pinyin must a name be there."""

Named = tuple[str, str, int]
"""Pinyin, the characters, and how many chunks hold them."""


class Names:
    """The names and frequent terms of a corpus by their pinyin.

    `titled` and `frequent` are pinyin -> characters; `chunks` says how many chunks hold a name of a
    title or heading, by its pinyin, and `near` are these by first letter and length.
    """

    def __init__(self, headings: Iterable[str], frequent: Mapping[str, int]) -> None:
        """Read titles and headings; `frequent` are pairs of characters with their chunks."""
        runs = {run for line in headings for run in _HAN_RUN.findall(line)}
        often = sorted(frequent, key=lambda pair: -frequent[pair])[:_MOST_FREQUENT]
        titled = _clearest(named for run in runs for named in _parts(run, frequent))
        pairs = _clearest((typed, pair, frequent[pair]) for pair in often for typed in _pair(pair))
        self.titled = {typed: name for typed, (name, _) in titled.items()}
        self.chunks = {typed: chunks for typed, (_, chunks) in titled.items()}
        self.frequent = {typed: name for typed, (name, _) in pairs.items()}
        self.near: dict[tuple[str, int], list[str]] = {}
        for typed in titled:
            self.near.setdefault((typed[0], len(typed)), []).append(typed)
        self._longest = max(map(len, (*self.titled, *self.frequent)), default=0)

    def spelled(self, typed: str, *, titled_only: bool = False) -> str | None:
        """Return the characters of one name, or of several in a row, that spell this in pinyin.

        >>> Names(["杭州市西湖区"], {"车站": 9}).spelled("xihuchezhan")
        '西湖车站'
        """
        best: list[str | None] = [""] + [None] * len(typed)
        for end in range(1, len(typed) + 1):
            # The longest last name first.
            for start in range(max(0, end - self._longest), end):
                before, piece = best[start], typed[start:end]
                name = self.titled.get(piece)
                if name is None and not titled_only:
                    name = self.frequent.get(piece)
                if before is not None and name is not None:
                    best[end] = before + name
                    break
        return best[-1] or None


def _parts(run: str, frequent: Mapping[str, int]) -> Iterator[Named]:
    """Yield the names in a run of characters of a title."""
    readings = _in_context(run)
    counts = [frequent.get(a + b, 1) for a, b in pairwise(run)]
    for start in range(len(run) - 1):
        for end in range(start + 2, min(start + _LONGEST_NAME, len(run)) + 1):
            chunks = min(counts[start : end - 1])
            for typed in _typed(readings[start:end]):
                yield typed, run[start:end], chunks


def _typed(readings: Sequence[str]) -> set[str]:
    """Return what is typed for syllables: lü is typed as lv or lu."""
    typed = "".join(readings)
    return {typed, typed.replace("v", "u")} - {""}


def _pair(pair: str) -> set[str]:
    return _typed([_reading(character) for character in pair])


def _clearest(found: Iterable[Named]) -> dict[str, tuple[str, int]]:
    """Return pinyin -> characters and chunks, without those that might mean either of two."""
    by_pinyin: dict[str, dict[str, int]] = {}
    for typed, name, chunks in found:
        by_pinyin.setdefault(typed, {})[name] = chunks
    clear = {}
    for typed, names in by_pinyin.items():
        first, *rest = sorted(names, key=lambda name: -names[name])
        if not rest or names[first] >= _CLEARLY * names[rest[0]]:
            clear[typed] = first, names[first]
    return clear


def _in_context(run: str) -> list[str]:
    """Return the reading of each character, empty for one without: 重 in 重庆 is chong."""
    readings = _readings(run)
    return readings if len(readings) == len(run) else [_reading(character) for character in run]


@cache
def _reading(character: str) -> str:
    return "".join(_readings(character))


def _readings(run: str) -> list[str]:
    """Return the readings of those characters that have one."""
    from pypinyin import lazy_pinyin  # takes a third of a second, and few questions need it

    return lazy_pinyin(run, errors="ignore")
