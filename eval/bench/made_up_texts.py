"""Texts of words that do not exist, the same for the same seed: in Latin, Cyrillic, Han characters.

Each word is as often as a word of its rank is in any language (Zipf 1949). Some are so long that
the embedder cuts them in pieces: whether they are typing errors is then looked up in the documents.
"""

from functools import cache
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.keeping.library import Source

SENTENCE_WORDS: Final = 14
_PARAGRAPH_SENTENCES = 6
_HAN_FROM, _HAN_WORDS = 0x4E00, 2000
_CONSONANTS, _VOWELS, _SYLLABLES = "bdfgklmnprstvz", "aeiou", 3


class Script(NamedTuple):
    """How a language is written: its words, most frequent first, what is between, what ends it."""

    language: str
    words: tuple[str, ...]
    space: str
    stop: str


def _spelled(consonants: str, vowels: str, endings: str, more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("".join(parts) for parts in product(consonants, vowels, endings, more))


LATIN: Final = Script(
    "en", _spelled(_CONSONANTS, _VOWELS, "lmnrst", ("a", "en", "", "okivander")), " ", "."
)
CYRILLIC: Final = Script(
    "ru", _spelled("бвгдзклмнпрст", "аеиоу", "лмнрст", ("а", "ов", "", "ки")), " ", "."
)
HAN: Final = Script(
    "zh",
    tuple(
        chr(_HAN_FROM + 7 * number) + chr(_HAN_FROM + 11 * number % 20_000)
        for number in range(_HAN_WORDS)
    ),
    "",
    "。",
)
SCRIPTS: Final = (LATIN, HAN, LATIN, CYRILLIC)
"""Of four documents, so are they written."""


@cache
def _shares(count: int) -> NDArray[np.float64]:
    """Return the shares of words of all ranks up to each."""
    shares = 1 / np.arange(1, count + 1)
    return np.cumsum(shares / shares.sum())


class Texts:
    """Texts and questions of words that do not exist."""

    def __init__(self, seed: int) -> None:
        """Begin anew; the same seed gives the same texts."""
        self.random = np.random.default_rng(seed)
        self.made = 0

    def words(self, number: int, script: Script = LATIN) -> list[str]:
        """Return so many words."""
        shares = _shares(len(script.words))
        ranks = np.searchsorted(shares, self.random.random(number))
        return [script.words[rank] for rank in np.minimum(ranks, len(script.words) - 1).tolist()]

    def sentence(self, script: Script) -> str:
        """Return a sentence."""
        text = script.space.join(self.words(SENTENCE_WORDS, script))
        return text.capitalize() + script.stop

    def name(self, script: Script = LATIN) -> str:
        """Return a name for a document, which others may have."""
        return "-".join(self.words(3, script))

    def rare_word(self) -> str:
        """Return one of 343,000 words that are in no sentence: most words of a library are rare."""
        syllables = self.random.integers(len(_CONSONANTS) * len(_VOWELS), size=_SYLLABLES).tolist()
        spelled = (divmod(number, len(_VOWELS)) for number in syllables)
        return "".join(_CONSONANTS[c] + _VOWELS[v] for c, v in spelled).capitalize()

    def question(self) -> str:
        """Return a question of four of the words."""
        return f"What is said of {' '.join(self.words(4))}?"

    def document(self, characters: int, script: Script = LATIN) -> Source:
        """Return a text of about so many characters, and a name that no other has."""
        self.made += 1
        name = self.name(script)
        parts, length = [f"# {name}"], 0
        while length < characters:
            paragraph = script.space.join(
                self.sentence(script) for _ in range(_PARAGRAPH_SENTENCES)
            )
            parts.append(paragraph)
            length += len(paragraph) + 2
        text = "\n\n".join(parts)[:characters]
        return Source(f"{name}-{self.made}.md", text.encode())
