"""What answers in one generation of the database: vectors and terms, as values that never change.

Who asks takes the snapshot of the moment, and whoever writes makes the next one of it: that reads
only what is new, so it takes as long as the change is large.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import ChunkRows
from index.search.database import Store
from index.search.lexical import LexicalIndex
from index.search.term_file import SavedTerms, TermFile
from index.search.vectors import VectorIndex
from index.types import Chunk, FloatArray

_VECTORS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The searches of one generation. `rows` are the chunks that they know, by row."""

    generation: int
    rows: ChunkRows
    vectors: VectorIndex
    lexical: LexicalIndex

    @classmethod
    def of(cls, store: Store, saved: VectorIndex, terms: TermFile | None = None) -> "Snapshot":
        """Return the snapshot of a store; only vectors that are not saved are read."""
        with store.snapshot():
            rows, generation = store.chunk_rows(), store.generation
            gone, places = _differing(saved.ids(), rows.vector_ids)
            # In the order of the chunks, which is that on the disk: ids are hashes.
            vectors = _changed(saved, generation, gone, rows.vector_ids[places], store)
            saved_terms = terms.load(store, rows) if terms else None
            return cls(generation, rows, vectors, LexicalIndex(generation, rows, saved_terms))

    def nearest(
        self, store: Store, query: FloatArray, top_k: int, inside: NDArray[np.bool_] | None
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, shape (dim,), best first, with cosines.

        `inside` tells of each chunk whether to look at it.
        """
        ids = None if inside is None else np.sort(self.rows.vector_ids[inside])
        scores = dict(self.vectors.search(query, top_k, among=ids))
        return list(zip(store.chunks_of_vectors(list(scores)), scores.values(), strict=True))

    def with_vectors(self, saved: VectorIndex) -> "Snapshot":
        """Return the same with the vectors that are saved, and of its own those that are not."""
        own = self.vectors.ids()
        gone, places = _differing(saved.ids(), own)
        new, rows = own[places], self.vectors.vectors(places)
        return replace(
            self, vectors=saved.changed(self.generation, gone=gone, new=new, vectors=rows)
        )

    def with_terms(self, saved: SavedTerms | None) -> "Snapshot":
        """Return the same with what is saved of terms now."""
        return replace(self, lexical=self.lexical.with_saved(self.rows, saved))

    def of_now(self, store: Store) -> "Snapshot":
        """Return the snapshot of a store's present generation."""
        with store.snapshot():
            generation = store.generation
            if generation == self.generation:
                return self
            if generation < self.generation or store.terms_since > self.generation:
                return Snapshot.of(store, self.vectors)
            old, new = self.rows, store.chunk_rows(after=int(self.rows.rows.max(initial=0)))
            is_here = np.ones(len(old.rows), bool)
            if store.count_chunks() != len(old.rows) + len(new.rows):
                is_here = np.isin(old.rows, store.rows_there(), assume_unique=True)
            gone_ids = np.setdiff1d(old.vector_ids[~is_here], new.vector_ids)
            new_ids = np.setdiff1d(new.vector_ids, old.vector_ids[~is_here])
            rows = ChunkRows(*(np.append(a[is_here], b) for a, b in zip(old, new, strict=True)))
            vectors = _changed(self.vectors, generation, gone_ids, new_ids, store)
            return Snapshot(generation, rows, vectors, self.lexical.changed(generation, rows))


def _differing(
    before: NDArray[np.int64], now: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids that are gone, and the places of those that are new.

    Ids are hashes: where as many have the same sum and the same parity of every bit, they are the
    same, which is told a hundred times faster for a million of them.
    """
    if len(before) == len(now) and _parities(before) == _parities(now):
        return before[:0], np.zeros(0, np.int64)
    return np.setdiff1d(before, now), np.flatnonzero(np.isin(now, before, invert=True))


def _parities(ids: NDArray[np.int64]) -> tuple[int, int]:
    return int(np.bitwise_xor.reduce(ids, initial=0)), int(ids.sum())


def _changed(
    vectors: VectorIndex,
    generation: int,
    gone: NDArray[np.int64],
    new: NDArray[np.int64],
    store: Store,
) -> VectorIndex:
    """Return the vectors of a generation; many are read in parts, and never held twice."""
    for start in range(0, len(new), _VECTORS_AT_ONCE):
        part = new[start : start + _VECTORS_AT_ONCE]
        vectors = vectors.changed(generation, gone=gone, new=part, vectors=store.vectors(part))
        gone = gone[:0]
    none = np.zeros((0, store.dim), np.float32)
    return vectors.changed(generation, gone=gone, new=new[:0], vectors=none)
