"""Phrases of a table, looked for in a folded text (`index.text.folding.fold_words`).

Between two words of a phrase stands a space, or nothing where one of the two letters that meet is
of a script that is written without spaces.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import regex

_SPACED = r"[\p{Latin}\p{Cyrillic}\p{Arabic}]"
_GAP = rf"(?: |(?<!{_SPACED})|(?!{_SPACED}))"
_LONGEST = 600
"""No longer text is a phrase, whatever it holds."""
_MOST_AROUND = 3
"""So many polite words may stand on either side: of any number, too many ways are possible."""


class Words:
    """Words of which any may stand at a place; an empty one says that there may be none."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take folded words."""
        self._words = sorted(set(words), key=len, reverse=True)

    @property
    def optional(self) -> bool:
        """Whether there may be none."""
        return "" in self._words

    @cached_property
    def pattern(self) -> str:
        """What matches any of the words, the longest first."""
        return f"(?:{'|'.join(map(regex.escape, filter(None, self._words)))})"

    @cached_property
    def any_of(self) -> frozenset[str]:
        """The words, an empty one among them."""
        return frozenset(self._words)

    def run_end(self, text: str, start: int = 0) -> int:
        """Return where the words end that stand one behind the other from a place on."""
        run = regex.match(rf"(?:{self.pattern}{_GAP})*+", text, pos=start)
        return run.end() if run else start

    def run_start(self, text: str, start: int = 0) -> int:
        """Return where, from a place on, the words begin that go on to the end of the text."""
        run = regex.match(rf"(?r)(?:{_GAP}{self.pattern})*+", text, pos=start)  # from the end
        return run.start() if run else len(text)


class Phrases:
    """The lines of a table, each the words of a phrase in order; None stands for what is named."""

    def __init__(self, lines: Sequence[Sequence[Words | None]], *, around: Words) -> None:
        """Take the lines, and the words that may stand in front of a phrase and behind it."""
        self._lines = [_Line(line, around) for line in lines]
        self._needed = frozenset[str]().union(*(n for line in self._lines for n in line.needed))

    def read(self, text: str) -> str | None:
        """Return what a text names that is one of the phrases, None for any other text.

        Of several ways to read it, the one of the first line counts; in it, that of the longest
        words and of the shortest name.
        """
        if len(text) > _LONGEST:
            return None
        there = {word for word in self._needed if word in text}
        for line in self._lines:
            # Most texts lack a word of nearly every line: no pattern is made of those.
            if not any(map(there.isdisjoint, line.needed)) and (
                found := line.pattern.fullmatch(text)
            ):
                return found.groupdict().get("name") or ""
        return None


class _Line:
    def __init__(self, line: Sequence[Words | None], around: Words) -> None:
        self._line = line
        self._around = around
        self.needed = [words.any_of for words in line if words and not words.optional]

    @cached_property
    def pattern(self) -> "regex.Pattern[str]":
        parts: list[str] = []
        for words in self._line:
            part = (_GAP if parts else "") + (words.pattern if words else "(?P<name>.*?)")
            parts.append(f"(?:{part})?" if words and words.optional else part)
        front = f"(?:{self._around.pattern}{_GAP}){{0,{_MOST_AROUND}}}"
        behind = f"(?:{_GAP}{self._around.pattern}){{0,{_MOST_AROUND}}}"
        return regex.compile(front + "".join(parts) + behind)
