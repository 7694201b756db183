"""The lexical index: which chunks share the terms of a question, and how telling these are.

BM25 (Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009), exact: every chunk that
holds a term is scored. How often a chunk holds a term is in the database. In memory are the length
of each chunk, four bytes, and, of the common terms asked for last, which chunks hold them: they
take long to read, and are those that come again in every question.
"""

import math
import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import ChunkRows
from index.search.database import Store
from index.types import FloatArray, LexicalHit

_K1 = 1.2
_B = 0.75
_COMMON = 1000  # A term that fewer chunks hold is read in less than a millisecond.
_KEPT = 2**24  # So many chunks of common terms are in memory at most, twelve bytes each.


class _Term(NamedTuple):
    """A term: the rows of the chunks that hold it, in order, and what it adds to their scores.

    `last` is the last row that was looked at, `counts` how often each chunk holds the term.
    """

    last: int
    rows: NDArray[np.int32]
    counts: NDArray[np.int32]
    scores: FloatArray
    most: float


class LexicalIndex:
    """The terms of one generation of the store. It never changes: what differs is another."""

    def __init__(
        self,
        generation: int,
        lengths: NDArray[np.int32],
        common: dict[str, "_Term"] | None = None,
    ) -> None:
        """Take the length of the chunk in each row, 0 where there is none."""
        self.generation = generation
        self._lengths = lengths
        self._chunks = int(np.count_nonzero(lengths))
        mean = lengths.sum(dtype=np.float64) / max(self._chunks, 1)
        self._norms = (_K1 * (1 - _B + _B * lengths / max(mean, 1.0))).astype(np.float32)
        self._before = common or {}  # as they were in the generation before
        self._common: dict[str, _Term] = {}  # those asked for last at the end
        self._kept = 0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, generation: int, rows: ChunkRows) -> "LexicalIndex":
        """Return the index of these chunks."""
        nothing = cls(generation, np.zeros(0, np.int32))
        return nothing.changed(generation, np.zeros(0, np.int64), rows)

    def changed(self, generation: int, gone: NDArray[np.int64], new: ChunkRows) -> "LexicalIndex":
        """Return the index of a generation in which these rows are gone and these are new."""
        size = max(int(new.rows.max(initial=-1)) + 1, len(self._lengths))
        lengths = np.zeros(size, np.int32)
        lengths[: len(self._lengths)] = self._lengths
        lengths[gone] = 0
        lengths[new.rows] = new.terms
        with self._lock:
            common = _last(self._before | self._common)
        return LexicalIndex(generation, lengths, common)

    def search(
        self,
        store: Store,
        asked_terms: Sequence[str],
        top_k: int,
        among: Sequence[str] | None = None,
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first.

        `among` names the only documents to look at. Of chunks with the same score, the one that
        was stored first comes first. Chunks that `store` holds since a later generation are not
        found.
        """
        asked = {term: self._term(store, term) for term in dict.fromkeys(asked_terms)}
        scores = np.zeros(len(self._norms), np.float32)
        for term in asked.values():
            scores[term.rows] += term.scores
        if among is not None:
            inside = np.zeros(len(scores), bool)
            rows = store.rows_of(among)
            inside[rows[rows < len(scores)]] = True
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
        with self._lock:
            term = self._common.get(name)
            before = self._before.get(name)
        if term is None:
            term = self._read(store, name, before)
            if len(term.rows) < _COMMON:
                return term
        with self._lock:
            self._before.pop(name, None)
            if self._common.pop(name, None) is None:
                self._kept += len(term.rows)
            self._common[name] = term
            if self._kept > _KEPT:
                self._common = _last(self._common)
                self._kept = sum(len(term.rows) for term in self._common.values())
        return term

    def _read(self, store: Store, name: str, before: _Term | None) -> _Term:
        """Return a term as it is now; what was read of it before is not read again."""
        last = before.last if before else 0
        rows, counts = store.rows_with(name, after=last)
        if before:
            rows, counts = np.append(before.rows, rows), np.append(before.counts, counts)
        here = rows < len(self._lengths)
        here[here] = self._lengths[rows[here]] > 0
        rows, counts = rows[here], counts[here]
        # The inverse document frequency, times the most that counts can make of it.
        most = (_K1 + 1) * math.log(1 + (self._chunks - len(rows) + 0.5) / (len(rows) + 0.5))
        scores = (most * counts / (counts + self._norms[rows])).astype(np.float32)
        last = len(self._lengths) - 1
        return _Term(last, rows.astype(np.int32), counts.astype(np.int32), scores, most)


def _last(common: dict[str, _Term]) -> dict[str, _Term]:
    """Return the terms at the end that may be kept."""
    kept, terms_left = 0, dict[str, _Term]()
    for name, term in reversed(common.items()):
        kept += len(term.rows)
        if kept > _KEPT:
            break
        terms_left[name] = term
    return dict(reversed(terms_left.items()))


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
