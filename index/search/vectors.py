"""Vectors by id, searched by inner product (cosine, for unit rows).

The id of a vector tells what was embedded and of which chunk, so a vector once here is right for as
long as its id exists: an index of any generation becomes one of another by forgetting and adding.

Exact search, by FAISS over rows that several indices share: on one core a query over 100,000
vectors of 384 dimensions takes 6 to 10 ms, and a vector's score does not depend on its place. Many
more vectors are put in cells: `index/search/cells.py`.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.types import FloatArray

_NO_GENERATION = -1
_GROWTH = 1.5
_ROOM = 1024


class VectorIndex(Protocol):
    """The vectors of one generation of the store. It never changes: what differs is another."""

    @property
    def generation(self) -> int:
        """The generation."""

    @property
    def loose(self) -> int:
        """How many vectors are looked at one by one by every search."""

    def ids(self) -> NDArray[np.int64]:
        """Return the ids, in the order of the vectors."""

    def vectors(self, places: NDArray[np.int64] | None = None) -> FloatArray:
        """Return the vectors, or those in these places among them, row by row: shape (n, dim)."""

    def changed(
        self,
        generation: int,
        *,
        gone: NDArray[np.int64],
        new: NDArray[np.int64],
        vectors: FloatArray,
    ) -> "VectorIndex":
        """Return the index of a generation in which these ids are gone and these are new.

        `vectors` are those of the new ones, row by row: shape (n, dim). For one thread at a time.
        """

    def search(
        self, query: FloatArray, top_k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, cosine) pairs for `query`, shape (dim,), best first.

        `among` holds the only ids to look at, in order.
        """


class DenseIndex:
    """All vectors in memory, in the order in which they came.

    Indices that were made of each other share their rows: a new vector is written behind those of
    all of them, and one that is gone is passed over until half of them are.
    """

    def __init__(self, rows: "_Rows", is_here: NDArray[np.bool_], generation: int) -> None:
        """Look at the first of the rows: those that `is_here` tells of."""
        self._rows = rows
        self._is_here = is_here
        self.generation = generation

    @classmethod
    def empty(cls, dim: int, *, room: int = _ROOM) -> "DenseIndex":
        """Return an index of no vectors, with room for some."""
        return cls(_Rows(dim, int(_GROWTH * room)), np.zeros(0, bool), _NO_GENERATION)

    def changed(
        self,
        generation: int,
        *,
        gone: NDArray[np.int64],
        new: NDArray[np.int64],
        vectors: FloatArray,
    ) -> "DenseIndex":
        """Return the index of a generation in which these ids are gone and these are new."""
        is_here = self._is_here
        if len(gone):
            is_here = is_here & ~np.isin(self._rows.ids[: len(is_here)], gone)
        rows, is_here = self._rows.with_room(is_here, len(new))
        rows.append(new, vectors)
        is_here = np.concatenate([is_here, np.ones(len(new), bool)])
        return DenseIndex(rows, is_here, generation)

    @property
    def loose(self) -> int:
        """How many vectors there are: every search looks at all of them."""
        return int(np.count_nonzero(self._is_here))

    def ids(self) -> NDArray[np.int64]:
        """Return the ids, in the order of the vectors."""
        return self._rows.ids[: len(self._is_here)][self._is_here]

    def vectors(self, places: NDArray[np.int64] | None = None) -> FloatArray:
        """Return the vectors, or those in these places among them, row by row: shape (n, dim)."""
        here = np.flatnonzero(self._is_here)
        return self._rows.vectors[here if places is None else here[places]]

    def search(
        self, query: FloatArray, top_k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, cosine) pairs for `query`, shape (dim,), best first."""
        count, is_asked = len(self._is_here), self._is_here
        ids = self._rows.ids[:count]
        if among is not None:
            is_asked = is_asked & is_among(ids, among)
        places, scores = best(self._rows.vectors[:count], is_asked, query, top_k)
        found = zip(ids[places].tolist(), scores.tolist(), strict=True)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))


def is_among(ids: NDArray[np.int64], in_order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the ids are among others, which are in order.

    `np.isin` would sort them once more, which takes longer than the search.
    """
    at = np.searchsorted(in_order, ids)
    found = at < len(in_order)
    found[found] = in_order[at[found]] == ids[found]
    return found


def best(
    vectors: FloatArray, is_asked: NDArray[np.bool_], query: FloatArray, top_k: int
) -> tuple[NDArray[np.int64], FloatArray]:
    """Return places and scores of the best rows among those asked, without a copy of any."""
    import faiss

    pointer = faiss.swig_ptr
    count = min(top_k, int(np.count_nonzero(is_asked)))
    places, scores = np.empty(count, np.int64), np.empty(count, np.float32)
    if count:
        question = np.ascontiguousarray(query, np.float32)
        if question.shape != vectors.shape[1:]:  # FAISS gets pointers and would read beyond it
            raise ValueError(
                f"a question of shape {question.shape} to {vectors.shape[1]} dimensions"
            )
        bits = np.packbits(is_asked, bitorder="little")
        faiss.knn_inner_product(
            *(pointer(question), pointer(vectors), vectors.shape[1], 1, len(vectors), count),
            *(pointer(scores), pointer(places)),
            None if is_asked.all() else faiss.IDSelectorBitmap(len(bits), pointer(bits)),
        )
    return places, scores


def nearest(
    rows: FloatArray, centres: FloatArray, top_k: int
) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the places of the `top_k` centres nearest to each row, nearest first, and the scores.

    Both have shape (rows, top_k), or fewer columns where there are fewer centres. On one core, so
    that others can go on answering.
    """
    import faiss

    faiss.omp_set_num_threads(1)  # of this thread alone
    top_k = min(top_k, len(centres))
    scores, places = faiss.knn(rows, centres, top_k, metric=faiss.METRIC_INNER_PRODUCT)
    return places, scores


class _Rows:
    """Rows of vectors with their ids. They only grow: what stands once is never written again."""

    def __init__(self, dim: int, room: int) -> None:
        self.dim = dim
        self.ids = np.empty(room, np.int64)
        self.vectors = np.empty((room, dim), np.float32)
        self._filled = 0

    def append(self, ids: NDArray[np.int64], vectors: FloatArray) -> None:
        """Write rows behind the last."""
        place = slice(self._filled, self._filled + len(ids))
        self.ids[place], self.vectors[place] = ids, vectors
        self._filled = place.stop

    def with_room(
        self, is_here: NDArray[np.bool_], count: int
    ) -> tuple["_Rows", NDArray[np.bool_]]:
        """Return rows with room for so many behind the first ones, and which of these are here.

        They are others, without those that are gone, where there is no room, where another index
        has written behind these, or where more are gone than here.
        """
        first, here = len(is_here), int(np.count_nonzero(is_here))
        has_room = self._filled == first and first + count <= len(self.ids)
        if has_room and first <= 2 * here + _ROOM:
            return self, is_here
        rows = _Rows(self.dim, int(_GROWTH * (here + count)) + _ROOM)
        rows.append(self.ids[:first][is_here], self.vectors[:first][is_here])
        return rows, np.ones(here, bool)
