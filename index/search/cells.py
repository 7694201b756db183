"""Many vectors, in cells of near ones, of which a search looks at the nearest cells.

An inverted file (Jégou, Douze & Schmid, Product Quantization for Nearest Neighbor Search, 2011)
that keeps the vectors as they are: each lies in the cell of its nearest centre, and those of a cell
stand one behind the other in a file that is mapped into memory. So a search reads what is in the
nearest cells, and its scores are those of an exact one. Centres are those of spherical k-means
(Dhillon & Modha 2001), and how many vectors a search looks at is measured on the vectors
themselves: so many that it misses few of what looking at all would find.

Quantised vectors (SQ8) and graphs (HNSW) answer in less than one millisecond instead of a few. They
would be copies beside the vectors, with scores to be made exact afterwards.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.search.vectors import DenseIndex, VectorIndex, best, nearest
from index.types import FloatArray

EXACT_AT_MOST: Final = 50_000
"""So many vectors are searched one by one: among that many, nothing is left to chance."""

_ROWS_AT_ONCE = 8192
# Cells: twice the square root of the vectors, so that to find the nearest cells takes about as long
# as to look at one of them. Each centre is a mean of 32 vectors or so (FAISS's guideline: 39).
_CELLS = 2
_EACH = 32
_ROUNDS = 8
_GROWN = 2  # centres are made anew when there should be so many times more
_SEED = 20201014
_WORTH_IT = 2
# Of the nearest of so many vectors, a thousandth of all, so large a share is found. The ten nearest
# of a question are about as far from it as those of a vector are from that: docs/scale.md.
_SAMPLE, _NEIGHBOURS, _FOUND = 256, 1000, 0.98
_LEAST = 50


@dataclass(frozen=True)
class Cells:
    """Vectors by cell.

    `centres` has shape (cells, dim); the vectors of cell i are `vectors[starts[i] : starts[i + 1]]`
    and have `ids` in the same places. A search looks at `enough` of them, or a few more.
    """

    centres: FloatArray
    starts: NDArray[np.int64]
    enough: int
    ids: NDArray[np.int64]
    vectors: FloatArray

    @cached_property
    def _by_id(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        places = np.argsort(self.ids)
        return places, self.ids[places]

    def places(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where those of these ids are that are here. In order they are found faster."""
        places, in_order = self._by_id
        at = np.searchsorted(in_order, ids)
        is_below = at < len(in_order)
        at, ids = at[is_below], ids[is_below]
        return np.asarray(places[at[in_order[at] == ids]])

    def sizes(self, is_asked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many vectors that are asked for each cell has."""
        return np.diff(np.concatenate([[0], np.cumsum(is_asked)])[self.starts])

    def near(self, query: FloatArray, sizes: NDArray[np.int64]) -> list[slice]:
        """Return where the vectors of the cells nearest to a query are.

        `sizes` tells how many that are asked for each cell has.
        """
        order = np.argsort(-(self.centres @ query), kind="stable")
        seen = np.cumsum(sizes[order])
        cells = order[: np.searchsorted(seen, self.enough) + 1]
        return [slice(self.starts[cell], self.starts[cell + 1]) for cell in cells if sizes[cell]]


class CellIndex:
    """The vectors of one generation: in cells, and behind them those that came since.

    Those are searched one by one, and those that are gone passed over, until all are put in cells
    again. Where no more than `EXACT_AT_MOST` vectors are asked for, all of these are looked at.
    """

    def __init__(self, cells: Cells, is_here: NDArray[np.bool_], rest: DenseIndex) -> None:
        """Look at those in the cells that `is_here` tells of, and at the rest."""
        self.cells = cells
        self._is_here = is_here
        self._rest = rest

    @property
    def generation(self) -> int:
        """The generation."""
        return self._rest.generation

    @property
    def loose(self) -> int:
        """How many vectors are in no cell."""
        return self._rest.loose

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        return self.cells.sizes(self._is_here)

    @cached_property
    def here(self) -> NDArray[np.int64]:
        """Where in the cells those are that are here."""
        return np.flatnonzero(self._is_here)

    def ids(self) -> NDArray[np.int64]:
        """Return the ids, in the order of the vectors."""
        return np.concatenate([self.cells.ids[self.here], self._rest.ids()])

    def vectors(self, places: NDArray[np.int64] | None = None) -> FloatArray:
        """Return the vectors, or those in these places among them, row by row: shape (n, dim)."""
        if places is None:
            places = np.arange(len(self.here) + self.loose)
        is_in_cell = places < len(self.here)
        rows = np.empty((len(places), self.cells.vectors.shape[1]), np.float32)
        rows[is_in_cell] = self.cells.vectors[self.here[places[is_in_cell]]]
        rows[~is_in_cell] = self._rest.vectors(places[~is_in_cell] - len(self.here))
        return rows

    def changed(
        self,
        generation: int,
        *,
        gone: NDArray[np.int64],
        new: NDArray[np.int64],
        vectors: FloatArray,
    ) -> "CellIndex":
        """Return the index of a generation in which these ids are gone and these are new."""
        rest = self._rest.changed(generation, gone=gone, new=new, vectors=vectors)
        places = self.cells.places(np.sort(gone))
        if not len(places):
            return CellIndex(self.cells, self._is_here, rest)
        is_here = self._is_here.copy()
        is_here[places] = False
        return CellIndex(self.cells, is_here, rest)

    def search(
        self, query: FloatArray, top_k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, cosine) pairs for `query`, shape (dim,), best first."""
        is_asked = self._is_here
        if among is not None:
            is_asked = np.zeros_like(is_asked)
            is_asked[self.cells.places(among)] = True
            is_asked &= self._is_here
        parts = [slice(0, len(is_asked))]
        # Vectors without any order, as random ones are, lie in no cells: then all are looked at.
        if np.count_nonzero(is_asked) > max(EXACT_AT_MOST, _WORTH_IT * self.cells.enough):
            sizes = self._sizes if among is None else self.cells.sizes(is_asked)
            parts = self.cells.near(query, sizes)
        rest = self._rest.search(query, top_k, among=among)
        ids = [np.array([number for number, _ in rest], np.int64)]
        scores = [np.array([score for _, score in rest], np.float32)]
        for part in parts:
            places, found = best(self.cells.vectors[part], is_asked[part], query, top_k)
            ids.append(self.cells.ids[part][places])
            scores.append(found)
        every, all_scores = np.concatenate(ids), np.concatenate(scores)
        first = np.lexsort((every, -all_scores))[:top_k]
        return list(zip(every[first].tolist(), all_scores[first].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Plan:
    """How the vectors of an index are put in cells.

    `order` holds their places in it, cell by cell; the rest is as in `Cells`.
    """

    centres: FloatArray
    starts: NDArray[np.int64]
    enough: int
    order: NDArray[np.int64]


def unchanged(index: CellIndex) -> Plan:
    """Return the plan that leaves each vector in its cell, without those that are gone."""
    starts = np.searchsorted(index.here, index.cells.starts)
    return Plan(index.cells.centres, starts, index.cells.enough, np.arange(len(index.here)))


def planned(index: VectorIndex) -> Plan:
    """Return how to put all vectors of an index in cells: of a million, that takes a minute or two.

    Centres that there are serve again as long as there are about enough of them.
    """
    count = len(index.ids())
    cells = _CELLS * math.isqrt(count)
    random = np.random.default_rng(_SEED)
    if isinstance(index, CellIndex) and _GROWN * len(index.cells.centres) >= cells:
        centres = index.cells.centres
    else:
        sample = random.choice(count, min(count, _EACH * cells), replace=False)
        centres = _centres(index.vectors(np.sort(sample)), cells, random)
    cell_of = np.concatenate([nearest(rows, centres, 1)[0][:, 0] for rows in _parts(index)])
    sizes = np.bincount(cell_of, minlength=len(centres))
    sample = np.sort(random.choice(count, min(count, _SAMPLE), replace=False))
    enough = _enough(index, sample, centres, sizes, cell_of)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return Plan(centres, starts, enough, np.argsort(cell_of, kind="stable"))


def _parts(index: VectorIndex) -> Iterator[FloatArray]:
    count = len(index.ids())
    for start in range(0, count, _ROWS_AT_ONCE):
        yield index.vectors(np.arange(start, min(start + _ROWS_AT_ONCE, count)))


def _centres(rows: FloatArray, cells: int, random: np.random.Generator) -> FloatArray:
    """Return the centres of so many cells of unit rows, by spherical k-means."""
    centres = rows[random.choice(len(rows), cells, replace=False)]
    for _ in range(_ROUNDS):
        cell_of = nearest(rows, centres, 1)[0][:, 0]
        order = np.argsort(cell_of, kind="stable")
        filled, starts = np.unique(cell_of[order], return_index=True)
        sums = np.add.reduceat(rows[order], starts, axis=0)
        centres[filled] = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-12)
    return centres


def _enough(
    index: VectorIndex,
    sample: NDArray[np.int64],
    centres: FloatArray,
    sizes: NDArray[np.int64],
    cell_of: NDArray[np.int64],
) -> int:
    """Return how many vectors to look at so that nearly all of a question's nearest are among them.

    Of each vector of the sample the nearest others are found by looking at all. How many vectors a
    search has seen when it comes to a cell follows from the order of the cells.
    """
    queries = index.vectors(sample)
    neighbours = max(len(cell_of) // _NEIGHBOURS, _LEAST)
    near, cosines = np.empty((len(sample), 0), np.int64), np.empty((len(sample), 0), np.float32)
    for number, rows in enumerate(_parts(index)):
        places, scores = nearest(queries, rows, neighbours + 1)
        near = np.concatenate([near, places + number * _ROWS_AT_ONCE], axis=1)
        cosines = np.concatenate([cosines, scores], axis=1)
        best_first = np.argsort(-cosines, axis=1, kind="stable")[:, : neighbours + 1]
        near = np.take_along_axis(near, best_first, axis=1)
        cosines = np.take_along_axis(cosines, best_first, axis=1)
    order = np.argsort(-(queries @ centres.T), axis=1, kind="stable")
    seen = np.empty_like(order)
    np.put_along_axis(seen, order, np.cumsum(sizes[order], axis=1), axis=1)
    needed = [
        seen[row, cell_of[others[others != own][:neighbours]]]
        for row, (own, others) in enumerate(zip(sample, near, strict=True))
    ]
    return int(np.quantile(np.concatenate(needed), _FOUND, method="higher"))
