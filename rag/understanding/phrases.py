"""Phrases of a table, looked for in a folded text (`index.text.folding.fold_words`).

Between two words of a phrase stands a space, or nothing where one of the two letters that meet is
of a script that is written without spaces. Words overlap ("哈", "哈哈"), so a text can be read in a
great many ways. Each step of a phrase is tried once at each place, so that the time is linear.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex

from index.types import Span

_SPACED = r"[\p{Latin}\p{Cyrillic}\p{Arabic}]"
_WORDS_MEET = regex.compile(rf"(?<!{_SPACED})|(?!{_SPACED})")


class Words:
    """Words of which any may stand at a place; an empty one says that there may be none."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take folded words."""
        every = sorted(set(words), key=lambda word: (word[:1], -len(word)))
        self.optional = "" in every
        by_first = groupby(filter(None, every), key=lambda word: word[0])
        self._words = every
        self._by_first = {first: tuple(group) for first, group in by_first}
        self.firsts = frozenset(self._by_first)

    def are_in(self, text: str) -> bool:
        """Return whether any of the words stands somewhere in a text, an empty one anywhere."""
        return any(word in text for word in self._words)

    def ends(self, text: str, start: int) -> Iterator[int]:
        """Yield where the words that stand at a place end, the longest first."""
        for word in self._by_first.get(text[start : start + 1], ()):
            if text.startswith(word, start):
                yield start + len(word)

    def run_end(self, text: str, start: int = 0) -> int:
        """Return where the words end that stand one behind the other from a place on."""
        while True:
            behind = (gap for end in self.ends(text, start) for gap in _gaps(text, end))
            following = next(behind, start)
            if following == start:
                return start
            start = following

    def run_start(self, text: str, start: int = 0) -> int:
        """Return where, from a place on, the words begin that go on to the end of the text."""
        reaching = {len(text)}
        for place in range(len(text) - 1, start - 1, -1):
            ends = (end for gap in _gaps(text, place) for end in self.ends(text, gap))
            if not reaching.isdisjoint(ends):
                reaching.add(place)
        return min(reaching)


class Phrases:
    """The lines of a table, each the words of a phrase in order; None stands for what is named."""

    def __init__(self, lines: Sequence[Sequence[Words | None]], *, around: Words) -> None:
        """Take the lines, and the words that may stand in front of a phrase and behind it."""
        self._around = around
        self._end = _Step(around, None, around.firsts | {" ", ""})
        self._lines = [(_steps(line, self._end), [*filter(None, line)]) for line in lines]

    def read(self, text: str) -> str | None:
        """Return what a text names that is one of the phrases, None for any other text.

        Of several ways to read it, the one of the first line counts; in it, that of the longest
        words and of the shortest name.
        """
        # Most texts lack a word of nearly every line, and that is seen fastest.
        lines = [step for step, words in self._lines if all(each.are_in(text) for each in words)]
        seen: set[tuple[_Step | None, int]] = set()
        named: set[tuple[_Step, int]] = set()
        waiting: list[_Reading] = [(None, 0, Span(0, 0))]
        while waiting:
            step, place, name = waiting.pop()
            if (step, place) in seen:  # from here on, the text is no phrase
                continue
            seen.add((step, place))
            if step is self._end and place == len(text):
                return text[name.start : name.end]
            if step is None:
                waiting += reversed(self._front(text, place, lines))
            elif step.words is None:
                waiting += reversed(_names(text, step, place, named))
            else:
                waiting += reversed(_words(text, step, step.words, place, name))
        return None

    def _front(self, text: str, place: int, lines: "Sequence[_Step]") -> "list[_Reading]":
        """Return the ways to read on in front of the phrase, the first to be tried first."""
        ends = self._around.ends(text, place)
        gaps = [gap for end in ends for gap in _gaps(text, end)]
        begun = [step for step in lines if step.may_begin(text, place)]
        return [
            *((None, gap, Span(0, 0)) for gap in gaps),
            *((step, place, Span(0, 0)) for step in begun),
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """Words of a phrase, or its name (None), and what follows; the end follows itself.

    `begins` are the characters with which the rest of the phrase may begin, None for any.
    """

    words: Words | None
    following: "_Step | None"
    begins: frozenset[str] | None
    is_first: bool = False

    def may_begin(self, text: str, place: int) -> bool:
        return self.begins is None or text[place : place + 1] in self.begins


_Reading = tuple[_Step | None, int, Span]
"""What comes next, None for words in front of any phrase; the place; what was named so far."""


def _steps(line: Sequence[Words | None], end: _Step) -> _Step:
    """Return the first step of a line."""
    following = end
    for number, words in reversed([*enumerate(line)]):
        begins = None if words is None else words.firsts | {" "}
        if words is not None and words.optional:
            rest = following.begins
            begins = None if begins is None or rest is None else begins | rest
        following = _Step(words, following, begins, is_first=number == 0)
    return following


def _words(text: str, step: _Step, words: Words, place: int, name: Span) -> list[_Reading]:
    """Return the ways to read the words of a step and go on, the first to be tried first."""
    following = step.following or step
    ends = [end for start in _starts(text, step, place) for end in words.ends(text, start)]
    if words.optional:
        ends.append(place)
    return [(following, end, name) for end in ends if following.may_begin(text, end)]


def _names(text: str, step: _Step, place: int, named: set[tuple[_Step, int]]) -> list[_Reading]:
    """Return the same for a name; where it has been let end before, it need not end again."""
    following = step.following or step
    readings: list[_Reading] = []
    for start in _starts(text, step, place):
        for end in range(start, len(text) + 1):
            if (step, end) in named:
                break
            named.add((step, end))
            if following.may_begin(text, end):
                readings.append((following, end, Span(start, end)))
    return readings


def _starts(text: str, step: _Step, place: int) -> Iterable[int]:
    return (place,) if step.is_first else _gaps(text, place)


def _gaps(text: str, end: int) -> Iterator[int]:
    """Yield where a word may begin behind one that ends at a place."""
    if text.startswith(" ", end):
        yield end + 1
    if _WORDS_MEET.match(text, end):
        yield end
