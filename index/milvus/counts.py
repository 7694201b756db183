"""How many chunks and titles hold each term: kept as what each change makes of them.

A change writes how the counts of its terms differ under its own generation, so that it may be
written twice. Who reads adds the changes up and follows them; whoever writes puts them into one
when they are many.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from index.milvus import schema
from index.milvus.moments import Moments
from index.milvus.rows import packed, pieces, unpacked
from index.milvus.server import Row
from index.search.terms import terms

Changes = Mapping[str, tuple[int, int]]
"""By term: in how many chunks more, and in how many titles more."""

_TERMS_PER_ROW: Final = 4000
_CHANGES_AT_MOST: Final = 64
_TERMS_PER_CHANGE: Final = 500  # so many terms are worth reading one change more


class TermCounts:
    """The counts of one moment, in the memory of who reads."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self.generation = self.whole_from = -1
        self._chunks: dict[str, int] = {}
        self._titles: dict[str, int] = {}
        self._changed: dict[str, int] = {}  # by term, the generation that changed it last
        self._reading = threading.Lock()

    def chunks(self, term: str) -> int:
        """Return how many chunks hold a term."""
        return self._chunks.get(term, 0)

    def titles(self, term: str) -> int:
        """Return how many titles hold a term."""
        return self._titles.get(term, 0)

    def since(self, generation: int) -> dict[str, int]:
        """Return the chunks by term of the terms that changed after this generation."""
        with self._reading:
            return {t: self._chunks[t] for t, at in self._changed.items() if at > generation}

    def follow(self, build: Moments) -> "TermCounts":
        """Bring the counts to the moment of a build, and return them."""
        facts = build.facts
        with self._reading:
            if self.generation < facts.words_from:
                self._chunks, self._titles, self._changed, self.generation = {}, {}, {}, -1
            if self.generation < facts.generation:
                for generation, changes in _read(build, self.generation):
                    self._add(changes, generation)
                self.generation = facts.generation
            self.whole_from = max(self.whole_from, facts.words_from)
        return self

    def in_one(self) -> Changes | None:
        """Return all counts where many changes have made them, so that they are read as one."""
        changes = self.generation - self.whole_from
        if changes <= max(_CHANGES_AT_MOST, len(self._chunks) // _TERMS_PER_CHANGE):
            return None
        held = self._chunks.keys() | self._titles
        every = {term: (self.chunks(term), self.titles(term)) for term in held}
        return {term: counts for term, counts in every.items() if any(counts)}

    def _add(self, changes: Changes, generation: int) -> None:
        for term, (chunks, titles) in changes.items():
            self._chunks[term] = self._chunks.get(term, 0) + chunks
            if titles:
                self._titles[term] = self._titles.get(term, 0) + titles
            self._changed[term] = generation


def difference(documents: Iterable[tuple[str, Iterable[list[str]], int]]) -> Changes:
    """Return what documents change: of each its title, its chunks' terms, and 1 or -1.

    >>> difference([("a b", [["a", "b", "c", "c"]], 1), ("a", [["a"]], -1)])
    {'a': (0, 0), 'b': (1, 1), 'c': (1, 0)}
    """
    chunks: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    for title, terms_of_chunks, by in documents:
        for found in terms_of_chunks:
            for term in dict.fromkeys(found):
                chunks[term] += by
        for term in dict.fromkeys(terms(title)):
            titles[term] += by
    return {term: (chunks[term], titles[term]) for term in sorted(chunks.keys() | titles.keys())}


def count_rows(kind: str, changes: Changes, since: int, number: int = 0) -> Iterator[Row]:
    """Yield the rows of the counts that a generation changes ("words") or knows ("base").

    Where a number is given, of the counts that this document alone brings.
    """
    items = list(changes.items())
    for part, start in enumerate(range(0, len(items) or 1, _TERMS_PER_ROW)):
        (row,) = pieces(kind, number, since, packed(dict(items[start : start + _TERMS_PER_ROW])))
        yield {**row, "place": f"{kind}/{number or since}/{part}", "part": part}


def _read(build: Moments, behind: int) -> Iterator[tuple[int, Changes]]:
    """Yield what has changed behind a generation, the first first."""
    facts = build.facts
    first = max(behind, facts.words_from)
    wanted = f'(kind == "words" and since > {first} and since <= {facts.generation})'
    if behind < facts.words_from or behind < 0:
        wanted += f' or (kind == "base" and since == {facts.words_from})'
    rows = build.server.rows(
        schema.table(build.build, "parts"), wanted, ["since", "data"], since=facts.moment
    )
    for row in sorted(rows, key=lambda row: int(row["since"])):
        yield row["since"], unpacked(row["data"])
