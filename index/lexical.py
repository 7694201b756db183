"""The lexical index: which chunks share the terms of a question, and how telling these are.

BM25 (Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009), exact: every chunk that
holds a term is scored. How often a chunk holds a term is in the database. In memory are the length
of each chunk, four bytes, and, of the common terms asked for last, what they add to each chunk's
score: they take long to read, and are those that come again in every question.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.store import Store
from index.terms import terms
from index.types import FloatArray, LexicalHit

_K1 = 1.2
_B = 0.75
_NAMES_AT_MOST = 0.5
_COMMON = 1000  # A term that fewer chunks hold is read in less than a millisecond.
_KEPT = 2**24  # So many scores of common terms are in memory at most, eight bytes each.


class _Term(NamedTuple):
    """A term: the rows of the chunks that hold it, in order, and what it adds to their scores."""

    rows: NDArray[np.int32]
    scores: FloatArray
    most: float


class LexicalIndex:
    """The terms of one generation of the store. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        """Read the lengths of the chunks."""
        with store.snapshot():
            self.generation = store.generation
            lengths = store.term_counts()
            titles = store.titles()
        self._chunks = int(np.count_nonzero(lengths))
        mean = lengths.sum(dtype=np.float64) / max(self._chunks, 1)
        self.names = _names(titles)
        self._norms = (_K1 * (1 - _B + _B * lengths / max(mean, 1.0))).astype(np.float32)
        self._common: dict[str, _Term] = {}  # those asked for last at the end
        self._kept = 0

    def search(
        self,
        store: Store,
        asked_terms: Sequence[str],
        top_k: int,
        among: Sequence[str] | None = None,
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first.

        `among` names the only documents to look at. Of chunks with the same score, the one that
        was stored first comes first. `store` must be of this generation.
        """
        asked = {term: self._term(store, term) for term in dict.fromkeys(asked_terms)}
        scores = np.zeros(len(self._norms), np.float32)
        for term in asked.values():
            scores[term.rows] += term.scores
        if among is not None:
            inside = np.zeros(len(scores), bool)
            inside[store.rows_of(among)] = True
            scores[~inside] = 0.0
        most = sum(term.most for term in asked.values())
        best = _largest(scores, top_k)
        chunks = store.chunks_in_rows(best.tolist())
        return [
            LexicalHit(chunk, score, score / most, held)
            for chunk, score, held in zip(
                chunks, scores[best].tolist(), _held(best, asked), strict=True
            )
        ]

    def _term(self, store: Store, name: str) -> _Term:
        """Return a term, from memory where it is there; a common one is kept for later."""
        term = self._common.pop(name, None)
        if term is None:
            term = self._read(store, name)
            if len(term.rows) < _COMMON:
                return term
            self._kept += len(term.rows)
        self._common[name] = term
        while self._kept > _KEPT:
            self._kept -= len(self._common.pop(next(iter(self._common))).rows)
        return term

    def _read(self, store: Store, name: str) -> _Term:
        rows, counts = store.rows_with(name)
        # The inverse document frequency, times the most that counts can make of it.
        most = (_K1 + 1) * math.log(1 + (self._chunks - len(rows) + 0.5) / (len(rows) + 0.5))
        scores = most * counts / (counts + self._norms[rows])
        return _Term(rows.astype(np.int32), scores.astype(np.float32), most)


def _names(titles: Sequence[str]) -> frozenset[str]:
    """Return the terms that tell some documents from the others: those of few of the titles."""
    frequencies = Counter(term for title in titles for term in set(terms(title)))
    return frozenset(t for t, f in frequencies.items() if f <= _NAMES_AT_MOST * len(titles))


def _largest(scores: FloatArray, top_k: int) -> NDArray[np.int64]:
    """Return where the largest scores above zero are, the largest first."""
    where = np.flatnonzero(scores)
    if len(where) > top_k:
        least = np.partition(scores[where], len(where) - top_k)[len(where) - top_k]
        where = where[scores[where] >= least]
    return where[np.argsort(-scores[where], kind="stable")][:top_k]


def _held(best: NDArray[np.int64], asked: dict[str, _Term]) -> list[tuple[str, ...]]:
    """Return, for each of these rows, the terms that its chunk holds."""
    held: list[list[str]] = [[] for _ in best]
    for name, term in asked.items():
        places = np.searchsorted(term.rows, best)
        inside = np.flatnonzero(places < len(term.rows))
        for place in inside[term.rows[places[inside]] == best[inside]].tolist():
            held[place].append(name)
    return [tuple(names) for names in held]
