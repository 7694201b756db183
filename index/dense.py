"""The FAISS index: chunk id -> vector, searched by inner product (cosine, for unit rows).

Exact search. On two cores a query over 300,000 vectors of 384 dimensions takes about 50 ms; past
that size a quantised or graph index is the thing to change, here and nowhere else.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import CorpusError
from index.types import FloatArray


class DenseIndex:
    """The vectors of one generation of the store."""

    def __init__(self, index: faiss.Index, generation: int) -> None:
        """Wrap a FAISS index that maps its rows to chunk ids."""
        self._index = index
        self.generation = generation

    @classmethod
    def build(cls, generation: int, ids: NDArray[np.int64], vectors: FloatArray) -> "DenseIndex":
        """Return an index of `vectors`, shape (n, dim), whose row i belongs to `ids[i]`."""
        index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index, generation)

    @classmethod
    def load(cls, folder: Path, generation: int) -> "DenseIndex | None":
        """Return the saved index of this generation, None when none can be read."""
        path = _path(folder, generation)
        if not path.is_file():
            return None
        try:
            return cls(faiss.read_index(str(path)), generation)
        except RuntimeError:  # truncated or foreign: it is made again from the store
            return None

    def save(self, folder: Path) -> None:
        """Write the index under its generation, atomically, unless it is there; drop older ones.

        Raises CorpusError when the folder cannot be written or the disk is full.
        """
        path = _path(folder, self.generation)
        if path.exists():
            return
        temporary = folder / f".dense-{os.getpid()}-{threading.get_ident()}.tmp"
        try:
            faiss.write_index(self._index, str(temporary))
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
            for old in folder.glob("dense-*.faiss"):
                if old != path:
                    old.unlink(missing_ok=True)
        except (OSError, RuntimeError) as error:
            temporary.unlink(missing_ok=True)
            raise CorpusError(f"Cannot write {path}: {error}.", code="unwritable") from error

    def remove(self, ids: Sequence[int], generation: int) -> None:
        """Forget these chunks: what is left is the index of `generation`."""
        self._index.remove_ids(faiss.IDSelectorBatch(np.array(ids, dtype=np.int64)))
        self.generation = generation

    def __len__(self) -> int:
        """Return the number of vectors."""
        return int(self._index.ntotal)

    def search(
        self, query: FloatArray, top_k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (chunk id, cosine) pairs for `query`, shape (dim,), best first.

        `among` names the only chunk ids to look at; the others are passed over in the search.
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
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]


def _path(folder: Path, generation: int) -> Path:
    return folder / f"dense-{generation}.faiss"
