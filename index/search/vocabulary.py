"""The words of the documents, for telling a typing error from a word that they do not hold.

Everything is made from the terms and titles of one generation of the store, when it is first asked
for: most questions need none of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from index.search.database import Store
from index.text.pinyin import Names

_LATIN = regex.compile(r"\p{Latin}+")
_BEHIND_LATIN = "\N{GREEK CAPITAL LETTER HETA}"
_HAN_FROM, _HAN_TO = "\N{CJK RADICAL REPEAT}", "\U00040000"
_HAN_PAIR = regex.compile(r"\p{Han}{2}")
_FREQUENT = 3
"""A pair of Han characters that fewer chunks hold is no frequent term."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the documents hold: terms with the number of chunks that hold each.

    `latin` are the words in Latin letters alone, folded as all terms; `han` the frequent pairs of
    Han characters. `headings` are the titles and headings that have Han characters, `languages`
    those of the documents (ISO 639-1).
    """

    latin: Mapping[str, int]
    han: Mapping[str, int]
    headings: Sequence[str]
    languages: frozenset[str]


class Vocabulary:
    """The words of one generation of a library, and what its embedder knows of any word."""

    def __init__(
        self,
        generation: int,
        read: Callable[[], Words],
        pieces: Callable[[str], int],
        written: Callable[[str], str | None],
    ) -> None:
        """Read nothing yet.

        `pieces` says in how many pieces the embedder's tokenizer cuts a word: a common word of any
        language is one. `written` returns how a document that is there at this moment writes a
        term, None where none holds it.
        """
        self.generation = generation
        self.pieces = pieces
        self.written = written
        self._read = read

    @cached_property
    def words(self) -> Words:
        """The terms of the documents."""
        return self._read()

    @cached_property
    def near(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """The Latin words by first letter and length."""
        found: dict[tuple[str, int], list[str]] = {}
        for word in self.words.latin:
            found.setdefault((word[0], len(word)), []).append(word)
        return found

    @cached_property
    def names(self) -> Names:
        """The names and frequent terms in Han characters, by their pinyin."""
        return Names(self.words.headings, self.words.han)


def read_words(store: Store) -> Words:
    """Return the words of a store as it is at this moment."""
    with store.snapshot():
        latin = store.chunk_counts("a", _BEHIND_LATIN, at_least=1)
        han = store.chunk_counts(_HAN_FROM, _HAN_TO, at_least=_FREQUENT)
        return Words(
            latin={term: count for term, count in latin.items() if _LATIN.fullmatch(term)},
            han={term: count for term, count in han.items() if _HAN_PAIR.fullmatch(term)},
            headings=[line for line in store.headings() if _HAN_PAIR.search(line)],
            languages=frozenset(store.languages()),
        )
