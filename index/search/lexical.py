"""The lexical index: which chunks share the terms of a question, and how telling these are.

BM25 (Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009), exact: what is found is
what scoring every chunk would find. Chunks that hold none but the commonest terms are passed over
where these cannot lift them to the best (MaxScore: Turtle & Flood 1995). How often a chunk holds a
term is in the database, and of many chunks in a file of common terms, too. In memory are the length
of each chunk and, of the common terms asked for last, which chunks hold them: they take long to
read, and are those that come again in every question. A chunk has its place among those that are
there, so that what was removed takes no memory.
"""

import itertools
import math
import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import ChunkRows
from index.search.database import Store
from index.search.term_file import COMMON, SavedTerms
from index.types import FloatArray, LexicalHit

K1: Final = 1.2
B: Final = 0.75
_ROUNDED = 1 - 1e-5  # Sums of the same scores in another order differ by less.
_WATCHED = 2**14
_KEPT = 2**24  # So many chunks of common terms are in memory at most, sixteen bytes each.


_Numbers = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.uint8]


class _Term(NamedTuple):
    """A term: the rows of the chunks that hold it, in order, and what it adds to their scores.

    `last` is the last row that was looked at, `counts` how often each chunk holds the term, and
    `places` where each is among all chunks. No score is above `top`, nor would be any above `most`.
    """

    last: int
    rows: NDArray[np.int32]
    places: NDArray[np.int32]
    counts: NDArray[np.int32]
    scores: FloatArray
    top: float
    most: float


class LexicalIndex:
    """The terms of one generation of the store. It never changes: what differs is another."""

    def __init__(
        self,
        generation: int,
        chunks: ChunkRows,
        saved: SavedTerms | None = None,
        common: dict[str, "_Term"] | None = None,
    ) -> None:
        """Take all chunks of the generation, and what is saved of the terms of some of them."""
        self.generation = generation
        self._saved = saved
        self._rows, lengths = chunks.rows, chunks.terms
        self._last = int(chunks.rows.max(initial=0))
        self._first = int(chunks.rows[0]) if len(chunks.rows) else 1
        self._has_holes = self._last - self._first + 1 != len(chunks.rows)
        self._chunks = int(np.count_nonzero(lengths))
        mean = lengths.sum(dtype=np.float64) / max(self._chunks, 1)
        self._norms = (K1 * (1 - B + B * lengths / max(mean, 1.0))).astype(np.float32)
        self._before = common or {}  # as they were in the generation before
        self._common: dict[str, _Term] = {}  # those asked for last at the end
        self._kept = 0
        self._lock = threading.Lock()

    def changed(self, generation: int, chunks: ChunkRows) -> "LexicalIndex":
        """Return the index of a generation in which there are these chunks."""
        return self._carried_on(generation, chunks, self._saved)

    def with_saved(self, chunks: ChunkRows, saved: SavedTerms | None) -> "LexicalIndex":
        """Return the same, of the same chunks, with what is saved now."""
        return self._carried_on(self.generation, chunks, saved)

    def _carried_on(
        self, generation: int, chunks: ChunkRows, saved: SavedTerms | None
    ) -> "LexicalIndex":
        with self._lock:
            common = _last(self._before | self._common)
        return LexicalIndex(generation, chunks, saved, common)

    @property
    def loose(self) -> int:
        """How many chunks are in no file: all that they hold is read from the database."""
        behind = 0 if self._saved is None else self._saved.last
        return len(self._rows) - int(np.searchsorted(self._rows, behind, side="right"))

    def search(
        self,
        store: Store,
        asked_terms: Sequence[str],
        top_k: int,
        inside: NDArray[np.bool_] | None = None,
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first.

        `inside` tells of each chunk of the generation whether to look at it. Of chunks with the
        same score, the one that was stored first comes first. Chunks that `store` holds since a
        later generation are not found.
        """
        asked = self._terms(store, list(dict.fromkeys(asked_terms)))
        likely = _likely(list(asked.values()), top_k, len(self._norms), inside)
        # Added up in the order of the question: of equal chunks none gets another last digit.
        scores, held = np.zeros(len(likely), np.float32), np.zeros((len(asked), len(likely)), bool)
        for number, term in enumerate(asked.values()):
            at = np.searchsorted(term.places, likely)
            is_held = at < len(term.places)
            is_held[is_held] = term.places[at[is_held]] == likely[is_held]
            scores[is_held] += term.scores[at[is_held]]
            held[number] = is_held
        most = sum(term.most for term in asked.values())
        best = _largest(scores, top_k)
        chunks = store.chunks_in_rows(self._rows[likely[best]].tolist())
        return [
            LexicalHit(chunk, score, score / most, tuple(itertools.compress(asked, holds)))
            for chunk, score, holds in zip(
                chunks, scores[best].tolist(), held[:, best].T.tolist(), strict=True
            )
        ]

    def _terms(self, store: Store, names: Sequence[str]) -> dict[str, _Term]:
        """Return these terms, from memory where they are there; common ones are kept for later."""
        with self._lock:
            known = {name: self._common[name] for name in names if name in self._common}
            before = {name: self._before[name] for name in names if name in self._before}
        missing = [name for name in names if name not in known]
        held = store.chunks_with(missing) if missing else {}
        for name in missing:
            known[name] = self._read(store, name, before.get(name), held.get(name, 0))
        with self._lock:
            for name in names:
                self._keep(name, known[name])
        return {name: known[name] for name in names}

    def _keep(self, name: str, term: _Term) -> None:
        """Keep a term, the last that was asked for, where it is common."""
        if len(term.rows) < COMMON:
            return
        self._before.pop(name, None)
        if self._common.pop(name, None) is None:
            self._kept += len(term.rows)
        self._common[name] = term
        if self._kept > _KEPT:
            self._common = _last(self._common)
            self._kept = sum(len(term.rows) for term in self._common.values())

    def _read(self, store: Store, name: str, before: _Term | None, held: int) -> _Term:
        """Return a term as it is now; what was read or saved before is not read again.

        So many chunks hold it now.
        """
        saved = None if before or self._saved is None else self._saved.postings(name)
        rows: _Numbers
        counts: _Numbers
        if before:
            rows, counts = self._added(store, name, before.last, before.rows, before.counts)
        elif self._saved and saved:
            rows, counts = self._added(store, name, self._saved.last, saved.rows, saved.counts)
        else:
            rows, counts = store.rows_with(name, at_most=held)
        rows, counts, places = self._here(rows.astype(np.int32), counts.astype(np.int32))
        # The inverse document frequency, times the most that counts can make of it.
        most = (K1 + 1) * math.log(1 + (self._chunks - len(rows) + 0.5) / (len(rows) + 0.5))
        often = counts.astype(np.float64)
        shares = often + self._norms[places]
        np.divide(np.multiply(most, often, out=often), shares, out=shares)
        scores = shares.astype(np.float32)
        top = float(scores.max(initial=0.0))
        return _Term(self._last, rows, places, counts, scores, top, most)

    def _added(
        self,
        store: Store,
        name: str,
        last: int,
        rows: _Numbers,
        counts: _Numbers,
    ) -> tuple[_Numbers, _Numbers]:
        """Return rows and counts of a term with those behind the last row."""
        if last >= self._last:
            return rows, counts
        more, of_more = store.rows_with(name, after=last)
        return np.concatenate([rows.astype(np.int64), more]), np.concatenate([counts, of_more])

    def _here(
        self, rows: NDArray[np.int32], counts: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return those of these rows that are there, their counts, and where they are among all."""
        first, end = np.searchsorted(rows, [self._first, self._last + 1])
        rows, counts = rows[first:end], counts[first:end]
        if not self._has_holes:
            return rows, counts, rows - np.int32(self._first)
        places = np.searchsorted(self._rows, rows)
        is_there = self._rows[places] == rows
        return rows[is_there], counts[is_there], places[is_there].astype(np.int32)


def _last(common: dict[str, _Term]) -> dict[str, _Term]:
    """Return the terms at the end that may be kept."""
    kept, terms_left = 0, dict[str, _Term]()
    for name, term in reversed(common.items()):
        kept += len(term.rows)
        if kept > _KEPT:
            break
        terms_left[name] = term
    return dict(reversed(terms_left.items()))


def _likely(
    terms: list[_Term], top_k: int, chunks: int, inside: NDArray[np.bool_] | None
) -> NDArray[np.int32]:
    """Return the places, in order, of all chunks that may be among the `top_k` best, and of others.

    Terms are added from the rarest on. Once `top_k` chunks have more than all terms that are left
    can add up to, a chunk that holds only these is none of the best; nor is one whose score with
    all of them would stay below.
    """
    scores, least = np.zeros(chunks, np.float32), 0.0
    watched: NDArray[np.int32] | None = None  # the best of all are no worse than the best of these
    left = sum(term.top for term in terms)
    for term in sorted(terms, key=lambda term: len(term.places)):
        if left < least:
            break
        places, own = term.places, term.scores
        if inside is not None:
            places, own = places[inside[places]], own[inside[places]]
        scores[places] += own
        left -= term.top
        if len(places) >= top_k > 0 and (watched is None or len(places) <= _WATCHED):
            watched = places
        if watched is not None:
            worse = len(watched) - top_k
            least = max(least, float(np.partition(scores[watched], worse)[worse]) * _ROUNDED)
    left = max(left, 0.0)
    least -= left
    where = np.flatnonzero(scores >= least if least > 0 else scores > 0)
    if len(where) > top_k > 0:  # no more is needed of what the best have already
        worse, sums = len(where) - top_k, scores[where]
        where = where[sums >= float(np.partition(sums, worse)[worse]) * _ROUNDED - left]
    return where.astype(np.int32)


def _largest(scores: FloatArray, top_k: int) -> NDArray[np.int64]:
    """Return where the largest scores above zero are, the largest first."""
    where = np.flatnonzero(scores)
    if len(where) > top_k:
        least = np.partition(scores[where], len(where) - top_k)[len(where) - top_k]
        where = where[scores[where] >= least]
    return where[np.argsort(-scores[where], kind="stable")][:top_k]
