"""The words of the documents, for telling a typing error from a word that they do not hold.

They are read when they are first asked for; after that only what has changed is.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

import regex

from index.search.storing import DocumentStore
from index.text.pinyin import Names

_LATIN = regex.compile(r"\p{Latin}+")
_HAN_PAIR = regex.compile(r"\p{Han}{2}")
_FREQUENT: Final = 3
"""A pair of Han characters that fewer chunks hold is no frequent term."""
_NOTHING_READ = -1


class Words:
    """What the documents hold: terms with the number of chunks that hold each.

    `latin` are the words in Latin letters alone, folded as all terms, and `near` these by first
    letter and length; `han` the frequent pairs of Han characters. `headings` are the titles and
    headings that have Han characters, `languages` those of the documents (ISO 639-1). They change
    where they stand: a thread that reads them meanwhile sees words of either moment.
    """

    def __init__(
        self,
        latin: Mapping[str, int] | None = None,
        han: Mapping[str, int] | None = None,
        headings: Iterable[str] = (),
        languages: frozenset[str] = frozenset(),
    ) -> None:
        """Begin with these."""
        self.latin: dict[str, int] = {}
        self.han: dict[str, int] = {}
        self.near: dict[tuple[str, int], list[str]] = {}
        self.languages = languages
        self._headings: dict[int, str] = {}
        self._names = Names(self.han)
        self._names_lock = threading.Lock()
        self._new: list[str] = []  # headings that the names lack, and those that they hold still
        self._gone: list[str] = []
        self._named_of: int | None = None  # the generation whose names these are
        self.generation = _NOTHING_READ
        self._count({**(latin or {}), **(han or {})})
        self._change_headings(dict(enumerate(headings)), ())

    @property
    def headings(self) -> Collection[str]:
        """The titles and headings that have Han characters."""
        return self._headings.values()

    @property
    def names(self) -> Names:
        """The names and frequent terms in Han characters, by their pinyin."""
        with self._names_lock:
            new, self._new = self._new, []
            gone, self._gone = self._gone, []
            if new or gone or self._named_of != self.generation:
                self._named_of = self.generation
                self._names.change(new, gone)
        return self._names

    def follow(self, store: DocumentStore) -> bool:
        """Bring them to what a store holds at this moment; return False where it is another.

        For one thread at a time.
        """
        with store.snapshot():
            before, generation = self.generation, store.generation
            if before == generation:
                return True
            if before != _NOTHING_READ and (generation < before or store.words_since > before):
                return False
            self._count(store.word_counts(since=before))
            new = store.headings(after=max(self._headings, default=0))
            gone: Iterable[int] = ()
            if store.count_headings() != len(self._headings) + len(new):
                gone = self._headings.keys() - store.heading_numbers()
            self._change_headings(new, gone)
            self.languages = frozenset(store.languages())
            self.generation = generation
        return True

    def _count(self, counts: Mapping[str, int]) -> None:
        """Take in how many chunks hold each of these terms now."""
        for term, chunks in counts.items():
            if _LATIN.fullmatch(term):
                self._count_latin(term, chunks)
            elif _HAN_PAIR.fullmatch(term):
                if chunks >= _FREQUENT:
                    self.han[term] = chunks
                else:
                    self.han.pop(term, None)

    def _count_latin(self, term: str, chunks: int) -> None:
        place = term[0], len(term)
        if not chunks and self.latin.pop(term, 0):
            self.near[place] = [other for other in self.near[place] if other != term]
        elif chunks:
            if term not in self.latin:
                self.near.setdefault(place, []).append(term)
            self.latin[term] = chunks

    def _change_headings(self, new: Mapping[int, str], gone: Iterable[int]) -> None:
        with self._names_lock:
            self._gone += [self._headings.pop(number) for number in gone]
            self._new += new.values()
            self._headings |= new


class Vocabulary:
    """The words of a library at one moment, and what its embedder knows of any word."""

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

    @property
    def near(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """The Latin words by first letter and length."""
        return self.words.near

    @cached_property
    def names(self) -> Names:
        """The names and frequent terms in Han characters, by their pinyin."""
        return self.words.names
