"""Names in Han characters by how they are typed in Latin letters: xihu -> 西湖.

Pinyin without tones, and without spaces, so that "xihu" and "xi hu" are the same. A name is any
two to six characters in a row of a title or heading: which of them are words need not be known,
since what is looked up was typed. Where two have the same pinyin, the one that is in many more
chunks is meant, or neither.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from heapq import nlargest
from itertools import pairwise

import regex

_HAN_RUN = regex.compile(r"\p{Han}{2,}+")
_LONGEST_NAME = 6
_MOST_FREQUENT = 20_000
"""So many pairs of characters are looked up at most: each takes memory."""
_MORE = 1.05
"""They are picked anew where there are so many times as many pairs: that takes a while."""
_CLEARLY = 2
"""So many times as often as the next of the same pinyin must a name be there."""


class Names:
    """The names and frequent terms of a corpus by their pinyin, which follow its changes.

    `near` are the names of titles and headings, by first letter and length of their pinyin.
    """

    def __init__(self, frequent: Mapping[str, int]) -> None:
        """Take pairs of characters with their chunks, as they are whenever one is looked up."""
        self._frequent = frequent
        self._runs: Counter[str] = Counter()
        self._titled = _Spellings(self._chunks_of)
        self._pairs = _Spellings(lambda pair: frequent.get(pair, 0))
        self._picked: set[str] = set()
        self._picked_of = 0
        self.near: dict[tuple[str, int], list[str]] = {}

    def change(self, new: Iterable[str], gone: Iterable[str]) -> None:
        """Take in titles and headings that are new, leave out those that are gone.

        For one thread at a time.
        """
        for line in new:
            for run in _HAN_RUN.findall(line):
                self._runs[run] += 1
                if self._runs[run] == 1:
                    self._take_in(run)
        for line in gone:
            for run in _HAN_RUN.findall(line):
                self._runs[run] -= 1
                if not self._runs[run]:
                    del self._runs[run]
                    self._leave_out(run)
        self._pick_pairs()

    def titled(self, typed: str) -> str | None:
        """Return the name of a title or heading that is typed so, None where none clearly is."""
        clear = self._titled.clear(typed)
        return clear and clear[0]

    def chunks(self, typed: str) -> int | None:
        """Return how many chunks hold that name, None where none clearly is meant."""
        clear = self._titled.clear(typed)
        return clear and clear[1]

    def spelled(self, typed: str, *, titled_only: bool = False) -> str | None:
        """Return the characters of one name, or of several in a row, that spell this in pinyin.

        >>> names = Names({"车站": 9})
        >>> names.change(["杭州市西湖区"], [])
        >>> names.spelled("xihuchezhan")
        '西湖车站'
        """
        best: list[str | None] = [""] + [None] * len(typed)
        longest = max(self._titled.longest, self._pairs.longest)
        for end in range(1, len(typed) + 1):
            # The longest last name first.
            for start in range(max(0, end - longest), end):
                before, piece = best[start], typed[start:end]
                name = None if before is None else self._name(piece, titled_only=titled_only)
                if before is not None and name is not None:
                    best[end] = before + name
                    break
        return best[-1] or None

    def _name(self, typed: str, *, titled_only: bool) -> str | None:
        name = self.titled(typed)
        pair = None if name or titled_only else self._pairs.clear(typed)
        return pair[0] if pair else name

    def _chunks_of(self, name: str) -> int:
        return min(self._frequent.get(a + b, 1) for a, b in pairwise(name))

    def _take_in(self, run: str) -> None:
        for typed, name in _parts(run):
            if self._titled.add(typed, name):
                self.near.setdefault((typed[0], len(typed)), []).append(typed)

    def _leave_out(self, run: str) -> None:
        for typed, name in _parts(run):
            if self._titled.discard(typed, name):
                place = typed[0], len(typed)
                self.near[place] = [other for other in self.near[place] if other != typed]

    def _pick_pairs(self) -> None:
        there, picked = self._frequent.keys(), self._picked
        if len(there) <= _MOST_FREQUENT:
            wanted = set(there)
        elif self._picked_of <= len(there) <= _MORE * self._picked_of:
            wanted = picked & there
        else:
            counts = dict(self._frequent)  # another thread may change them
            wanted = set(nlargest(_MOST_FREQUENT, counts, key=counts.__getitem__))
            self._picked_of = len(there)
        for pair in wanted - picked:
            for typed in _pair(pair):
                self._pairs.add(typed, pair)
        for pair in picked - wanted:
            for typed in _pair(pair):
                self._pairs.discard(typed, pair)
        self._picked = wanted


def _parts(run: str) -> Iterator[tuple[str, str]]:
    """Yield the names in a run of characters of a title, each with its pinyin."""
    readings = _in_context(run)
    for start in range(len(run) - 1):
        for end in range(start + 2, min(start + _LONGEST_NAME, len(run)) + 1):
            for typed in _typed(readings[start:end]):
                yield typed, run[start:end]


def _typed(readings: Sequence[str]) -> set[str]:
    """Return what is typed for syllables: lü is typed as lv or lu."""
    typed = "".join(readings)
    return {typed, typed.replace("v", "u")} - {""}


def _pair(pair: str) -> set[str]:
    return _typed([_reading(character) for character in pair])


class _Spellings:
    """Names by their pinyin: of those that have the same, which is clearly meant."""

    def __init__(self, chunks_of: Callable[[str], int]) -> None:
        """`chunks_of` says how many chunks hold a name when that is asked."""
        self._chunks_of = chunks_of
        self._names: dict[str, dict[str, int]] = {}  # of each, how many times it was added
        self.longest = 0

    def add(self, typed: str, name: str) -> bool:
        """Add a name; return whether it is the first of this pinyin."""
        names = self._names.setdefault(typed, {})
        names[name] = names.get(name, 0) + 1
        self.longest = max(self.longest, len(typed))
        return len(names) == 1 and names[name] == 1

    def discard(self, typed: str, name: str) -> bool:
        """Undo one `add`; return whether no name of this pinyin is left."""
        names = self._names[typed]
        names[name] -= 1
        if not names[name]:
            del names[name]
        if not names:
            del self._names[typed]
        return not names

    def clear(self, typed: str) -> tuple[str, int] | None:
        """Return the name that is meant and its chunks, None where either of two might be."""
        names = [*self._names.get(typed, ())]  # another thread may change what is there
        if not names:
            return None
        (chunks, first), *rest = sorted(((self._chunks_of(n), n) for n in names), reverse=True)
        return None if rest and chunks < _CLEARLY * rest[0][0] else (first, chunks)


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
