"""What answers in one generation of the database: vectors and terms, as values that never change.

Who asks takes the snapshot of the moment, and whoever writes makes the next one of it: that reads
only what is new, so it takes as long as the change is large.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import ChunkRows
from index.search.database import Store
from index.search.lexical import LexicalIndex
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
    def of(cls, store: Store, saved: VectorIndex) -> "Snapshot":
        """Return the snapshot of a store; only vectors that are not saved are read."""
        with store.snapshot():
            rows, generation = store.chunk_rows(), store.generation
            gone = np.setdiff1d(saved.ids(), rows.vector_ids)
            # In the order of the chunks, which is that on the disk: ids are hashes.
            new = rows.vector_ids[np.isin(rows.vector_ids, saved.ids(), invert=True)]
            vectors = _changed(saved, generation, gone, new, store)
            return cls(generation, rows, vectors, LexicalIndex(generation, rows))

    def nearest(
        self, store: Store, query: FloatArray, top_k: int, among: Sequence[str] | None
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, shape (dim,), best first, with cosines.

        `among` names the only documents to look at.
        """
        ids = None if among is None else store.vector_ids(among)
        scores = dict(self.vectors.search(query, top_k, among=ids))
        return list(zip(store.chunks_of_vectors(list(scores)), scores.values(), strict=True))

    def with_vectors(self, saved: VectorIndex) -> "Snapshot":
        """Return the same with the vectors that are saved, and of its own those that are not."""
        own, ids = self.vectors.ids(), saved.ids()
        places = np.flatnonzero(np.isin(own, ids, invert=True))
        vectors = saved.changed(
            self.generation,
            gone=np.setdiff1d(ids, own),
            new=own[places],
            vectors=self.vectors.vectors(places),
        )
        return replace(self, vectors=vectors)

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
