"""The embedder's vocabulary table, read from its file as it is needed: no second copy in memory."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.types import FloatArray

_NAME = "embeddings.word_embeddings.weight"
_LENGTH_BYTES = 8


class WordTable:
    """The vectors of tokens, by number, from a `model.safetensors`."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            entry = json.loads(file.read(size))[_NAME]
        self._table = np.memmap(
            path,
            np.float32,
            mode="r",
            offset=_LENGTH_BYTES + size + entry["data_offsets"][0],
            shape=tuple(entry["shape"]),
        )

    def __getitem__(self, ids: NDArray[np.int64]) -> FloatArray:
        """Return the vectors of token numbers of any shape: that shape and (dim,)."""
        return np.asarray(self._table[ids])
