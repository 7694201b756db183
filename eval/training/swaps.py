"""What question and passage share, and others of its kind: a year, a name, a number.

A question whose "2019" became "2021" is not answered by the passage any more, however close the two
still look. Where both are changed alike, it still is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

import regex

_NUMBER = regex.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*(?![\d])")
_YEAR = regex.compile(r"(?<!\d)(?:1[0-9]|20)\d\d(?!\d)")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'’][\p{L}\p{M}\p{N}]+)*")
_DIGIT = regex.compile(r"\d")
_HAN_RUN = regex.compile(r"[\p{Han}]{2,}")
_KATAKANA = regex.compile(r"[\p{Katakana}ー・]{3,}")
_LONGEST_HAN = 6
_COMMON = 4
"""A name stands in few questions; what stands in more than one of so many hundred is none."""


class Swaps:
    """Finds what can be swapped, and what for.

    `texts` are passages and `questions` questions of one language: the first give others of a
    kind, the second tell what is too common to be a name.
    """

    def __init__(self, texts: Iterable[str], questions: Iterable[str]) -> None:
        self._asked: Counter[str] = Counter()
        asked = 0
        for question in questions:
            asked += 1
            self._asked.update(set(_parts(question)))
        self._limit = max(2, asked * _COMMON // 1000)
        pools: dict[tuple[str, str], set[str]] = {}
        for text in texts:
            for kind, found in _named(text):
                pools.setdefault((kind, _ending(kind, found)), set()).add(found)
        self._pools = {key: sorted(found) for key, found in pools.items()}

    def shared(self, question: str, passage: str) -> list[str]:
        """Return what names something in the question and stands in the passage, longest first."""
        found = {part for part in _parts(question) if part in passage}
        rare = {part for part in found if self._asked[part] <= self._limit}
        numbers = {m.group() for m in _NUMBER.finditer(question) if _stands(m.group(), passage)}
        parts = {part for part in rare if not part.isascii() or len(part) > 1} | numbers
        return sorted(
            (p for p in parts if not any(p != q and p in q for q in parts)),
            key=lambda part: (-len(part), part),
        )

    def other(self, part: str, avoid: str, random: Random) -> str | None:
        """Return another of the kind of `part` that does not stand in `avoid`, or None."""
        for _ in range(8):
            other = _other_number(part, random) if part[:1].isdigit() else self._drawn(part, random)
            if other and other != part and other not in avoid and part not in other:
                return other
        return None

    def names(self, kind: str) -> list[str]:
        """Return all that is known of a kind: "han", "katakana", "capital" or "word"."""
        return sorted({name for (k, _), pool in self._pools.items() if k == kind for name in pool})

    def _drawn(self, part: str, random: Random) -> str | None:
        kind = _kind(part)
        pool = self._pools.get((kind, _ending(kind, part))) or self._pools.get((kind, ""))
        if not pool:
            return None
        return random.choice(pool)


def replaced(text: str, part: str, other: str) -> str:
    """Return the text with every `part` replaced, numbers and Latin words only where they end."""
    if part[:1].isdigit() or regex.fullmatch(r"\p{Latin}.*", part):
        bounded = rf"(?<![\p{{Latin}}\d]){regex.escape(part)}(?![\p{{Latin}}\d])"
        return regex.sub(bounded, lambda _: other, text)
    return text.replace(part, other)


def _stands(number: str, passage: str) -> bool:
    return regex.search(rf"(?<!\d){regex.escape(number)}(?!\d)", passage) is not None


def _parts(text: str) -> Iterator[str]:
    """Yield what may name something: words with a capital or digit, rare words, Han, katakana."""
    for run in _HAN_RUN.findall(text):
        for length in range(2, min(len(run), _LONGEST_HAN) + 1):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]
    yield from _KATAKANA.findall(text)
    for match in _WORD.finditer(text):
        word = match.group()
        if regex.search(r"\p{Han}|\p{Hiragana}|\p{Katakana}", word):
            yield from regex.findall(r"[\p{Latin}\d]*\p{Latin}[\p{Latin}\d-]+", word)
        elif len(word) >= 5 or (match.start() and (word[0].isupper() or _DIGIT.search(word))):
            yield word


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what can take another's place."""
    for run in _HAN_RUN.findall(text):
        if len(run) <= _LONGEST_HAN:
            yield "han", run
    for found in _KATAKANA.findall(text):
        yield "katakana", found
    for match in _WORD.finditer(text):
        word = match.group()
        if not regex.search(r"\p{Han}|\p{Hiragana}|\p{Katakana}", word) and not word.isdigit():
            if match.start() and word[:1].isupper():
                yield "capital", word
            elif len(word) >= 5:
                yield "word", word


def _kind(part: str) -> str:
    if regex.search(r"\p{Han}", part):
        return "han"
    if _KATAKANA.fullmatch(part):
        return "katakana"
    return "capital" if part[:1].isupper() else "word"


def _ending(kind: str, part: str) -> str:
    """Return what tells kinds of names apart: 区, 公司, 大学 end them."""
    if kind == "han":
        return f"{part[-1]}{min(len(part), 4)}"
    return part[-2:] if kind == "word" else ""


def _other_number(part: str, random: Random) -> str:
    if _YEAR.fullmatch(part):
        return str(int(part) + random.choice((-1, 1)) * random.choice((1, 1, 2, 3, 5, 10, 12)))
    digits = [place for place, character in enumerate(part) if character.isdigit()]
    place = random.choice(digits)
    least = "1" if place == digits[0] else "0"
    changed = random.choice([d for d in "0123456789" if d != part[place] and d >= least])
    return part[:place] + changed + part[place + 1 :]
