"""The FAISS index: id -> vector, searched by inner product (cosine, for unit rows).

The id of a vector tells what was embedded and of which chunk, so a vector once here is right for as
long as its id exists: an index of any generation, in memory or in a file, becomes one of today's by
forgetting and adding. The name of a file holds its generation and the checksum of its content:
FAISS would believe whatever it reads.

Exact search. On two cores a query over 300,000 vectors of 384 dimensions takes about 50 ms; past
that size a quantised or graph index is the thing to change, here and nowhere else.
"""

import os
import re
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import CorpusError
from index.folders import discard
from index.types import FloatArray

VectorsOf = Callable[[NDArray[np.int64]], FloatArray]
"""Returns the vectors with these ids, row by row: shape (n, dim)."""

_NO_GENERATION = -1
_VECTORS_AT_ONCE = 8192
_BYTES_AT_ONCE = 2**20
_NAME = re.compile(r"dense-(\d+)-([0-9a-f]{8})\.faiss")


class DenseIndex:
    """The vectors of one generation of the store."""

    def __init__(self, index: faiss.IndexIDMap, generation: int) -> None:
        """Wrap a FAISS index that maps its rows to ids."""
        self._index = index
        self.generation = generation
        self._is_saved = False

    @classmethod
    def empty(cls, dim: int) -> "DenseIndex":
        """Return an index of no vectors."""
        return cls(faiss.IndexIDMap(faiss.IndexFlatIP(dim)), _NO_GENERATION)

    @classmethod
    def load(cls, folder: Path, dim: int) -> "DenseIndex":
        """Return the newest saved index of this many dimensions, an empty one if none is whole."""
        for path in sorted(folder.glob("dense-*"), key=_generation_of, reverse=True):
            try:
                if path.name != _name(_generation_of(path), path):
                    continue
                index = faiss.read_index(str(path))
            except (OSError, RuntimeError):  # damaged, deleted meanwhile: what it lacks is added
                continue
            if isinstance(index, faiss.IndexIDMap) and index.d == dim:
                found = cls(index, _generation_of(path))
                found._is_saved = True
                return found
        return cls.empty(dim)

    def become(self, generation: int, ids: NDArray[np.int64], vectors_of: VectorsOf) -> None:
        """Hold the vectors with these ids, which are those of `generation`, and no others.

        `vectors_of` is asked for those that are not here yet.
        """
        here = self.ids()
        gone, new = np.setdiff1d(here, ids), np.setdiff1d(ids, here)
        if len(gone):
            self._index.remove_ids(faiss.IDSelectorBatch(gone))
        for start in range(0, len(new), _VECTORS_AT_ONCE):
            batch = new[start : start + _VECTORS_AT_ONCE]
            self._index.add_with_ids(np.ascontiguousarray(vectors_of(batch)), batch)
        self._is_saved = self._is_saved and generation == self.generation
        self.generation = generation

    def ids(self) -> NDArray[np.int64]:
        """Return the ids, row by row."""
        ids: NDArray[np.int64] = faiss.vector_to_array(self._index.id_map)
        return ids

    def vectors(self) -> FloatArray:
        """Return the vectors, row by row: shape (n, dim)."""
        vectors: FloatArray = self._index.index.reconstruct_n(0, len(self))
        return vectors

    def save(self, folder: Path) -> None:
        """Write the index under its generation, atomically, unless that is done; drop older ones.

        Only for the holder of the writers' lock. Raises CorpusError when the folder cannot be
        written or the disk is full.
        """
        if self._is_saved:
            return
        temporary = folder / f".dense-{os.getpid()}-{threading.get_ident()}.tmp"
        try:
            faiss.write_index(self._index, str(temporary))
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            path = folder / _name(self.generation, temporary)
            if path.is_dir():
                discard(path)
            temporary.replace(path)
            for old in folder.glob("dense-*"):
                if old != path:
                    discard(old)
            self._is_saved = True
        except (OSError, RuntimeError) as error:
            temporary.unlink(missing_ok=True)
            raise CorpusError(
                f"Cannot write the vectors into {folder}: {error}. "
                "Is there room, and may this user write there?",
                code="unwritable",
            ) from error

    def __len__(self) -> int:
        """Return the number of vectors."""
        return int(self._index.ntotal)

    def search(
        self, query: FloatArray, top_k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, cosine) pairs for `query`, shape (dim,), best first.

        `among` holds the only ids to look at; the others are passed over in the search.
        """
        if not len(self):
            return []
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(among)
        scores, ids = self._index.search(
            np.ascontiguousarray(query[None]),
            min(top_k, len(self)),
            params=parameters,
        )
        found = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))  # whatever order they came in


def _name(generation: int, path: Path) -> str:
    """Return the name for a file of this generation with the content of `path`."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BYTES_AT_ONCE):
            checksum = zlib.crc32(block, checksum)
    return f"dense-{generation}-{checksum:08x}.faiss"


def _generation_of(path: Path) -> int:
    named = _NAME.fullmatch(path.name)
    return int(named[1]) if named else _NO_GENERATION
