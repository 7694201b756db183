"""The lexical index: which chunks share the terms of a question, and how telling these are.

BM25 (Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009), exact: every chunk that
holds a term is scored. Where the terms occur is in the database; in memory is the length of each
chunk, four bytes.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.store import Store
from index.terms import terms
from index.types import EVERYTHING, FloatArray, LexicalHit, Scope

_K1 = 1.2
_B = 0.75
_NAMES_AT_MOST = 0.5


class LexicalIndex:
    """The terms of one generation of the store."""

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

    def search(
        self, store: Store, asked_terms: Sequence[str], top_k: int, scope: Scope = EVERYTHING
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks in the scope that share most with the terms, best first.

        Of chunks with the same score, the one that was stored first comes first. `store` must be
        of this generation.
        """
        asked = list(dict.fromkeys(asked_terms))
        found = [np.unique(store.rows_with(term), return_counts=True) for term in asked]
        weights = [self._weight(len(rows)) for rows, _ in found]
        scores = np.zeros(len(self._norms), np.float32)
        for (rows, counts), weight in zip(found, weights, strict=True):
            scores[rows] += weight * counts * (_K1 + 1) / (counts + self._norms[rows])
        if scope != EVERYTHING:
            inside = np.zeros(len(scores), bool)
            inside[store.rows_in(scope)] = True
            scores[~inside] = 0.0
        most = sum(weights) * (_K1 + 1)
        best = _largest(scores, top_k).tolist()
        chunks = store.chunks_in_rows(best)
        holders = dict(zip(asked, (rows for rows, _ in found), strict=True))
        return [
            LexicalHit(chunks[row], score, score / most, _held(row, holders))
            for row in best
            for score in [float(scores[row])]
        ]

    def _weight(self, holders: int) -> float:
        """Return the inverse document frequency of a term that so many chunks hold."""
        return math.log(1 + (self._chunks - holders + 0.5) / (holders + 0.5))


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


def _held(row: int, holders: dict[str, NDArray[np.int64]]) -> tuple[str, ...]:
    """Return the terms that the chunk in this row holds; the rows of each term are in order."""
    return tuple(
        term
        for term, rows in holders.items()
        if (place := int(np.searchsorted(rows, row))) < len(rows) and rows[place] == row
    )
