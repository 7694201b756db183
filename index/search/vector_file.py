"""The file of a build's vectors: what changed is written behind what is there.

The file only spares reading all vectors from the database. Each change is a block: its generation,
the ids that are gone, those that are new, their vectors, and a checksum of all that. What was cut
off by a crash, or has changed since, ends the file; what is missing then is in the database. Where
more vectors are gone than there, the file is written anew.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import CorpusError
from index.files import discard, replacing
from index.search.vectors import DenseIndex, VectorIndex
from index.types import FloatArray

_NAME = "dense.vectors"
_HEAD = struct.Struct("<8sqqqq")  # mark, generation, dimensions, how many are gone, how many new
_CHECKSUM_BYTES = 4
_MARK = b"vectors1"
_UNFINISHED = -1
_ROWS_AT_ONCE = 8192
_FEW = 1024


class _Block(NamedTuple):
    """A change: the generation that it leads to, ids that are gone, ids that are new.

    `end` is where it ends in the file.
    """

    generation: int
    gone: NDArray[np.int64]
    new: NDArray[np.int64]
    vectors: FloatArray
    end: int


class VectorFile:
    """The file in a folder. For one thread at a time; only who may write to the build saves."""

    def __init__(self, folder: Path, dim: int) -> None:
        """Name the file; nothing is read yet."""
        self._path = folder / _NAME
        self._dim = dim
        self._known: tuple[int, ...] | None = None  # the file as it was looked at, if whole
        self._generation = _UNFINISHED
        self._ids = np.zeros(0, np.int64)
        self._rows = 0

    def load(self) -> DenseIndex:
        """Return the vectors of the file, as far as it is whole."""
        index, self._known, self._rows = DenseIndex.empty(self._dim), None, 0
        with suppress(OSError), self._path.open("rb") as file:  # not there, or a folder
            state = os.fstat(file.fileno())
            end, room = 0, state.st_size // (4 * self._dim + 8)
            index = DenseIndex.empty(self._dim, room=room)
            for block in self._blocks(file, state.st_size):
                index = index.changed(
                    block.generation, gone=block.gone, new=block.new, vectors=block.vectors
                )
                self._rows += len(block.new)
                end = block.end
            if end == state.st_size:
                self._known = _looks(state)
        self._generation, self._ids = index.generation, index.ids()
        return index

    def save(self, index: VectorIndex, *, anew: bool = False) -> None:
        """Write what the file lacks of this index; all, and nothing else, when it is made anew.

        Raises CorpusError when the folder cannot be written or the disk is full.
        """
        if self._known is None or self._known != self._state():
            self.load()  # another process has written
        if self._known is not None and self._generation == index.generation and not anew:
            return
        try:
            if anew or self._known is None or self._rows > 2 * len(self._ids) + _FEW:
                self._write_anew(index)
            else:
                self._append(index)
        except OSError as error:
            self._known = None
            raise CorpusError(
                f"Cannot write the vectors into {self._path.parent}: {error.strerror or error}. "
                "Is there room, and may this user write there?",
                code="unwritable",
            ) from error
        self._known, self._generation, self._ids = self._state(), index.generation, index.ids()

    def _append(self, index: VectorIndex) -> None:
        ids, known = index.ids(), self._ids
        if np.array_equal(ids[: len(known)], known):  # nothing is gone: no need to sort them
            gone, new = known[:0], np.arange(len(known), len(ids))
        else:
            gone = np.setdiff1d(known, ids, assume_unique=True)
            new = np.flatnonzero(np.isin(ids, known, assume_unique=True, invert=True))
        with self._path.open("ab") as file:
            _write(file, index, gone, new)
        self._rows += len(new)

    def _write_anew(self, index: VectorIndex) -> None:
        if self._path.is_dir():
            discard(self._path)
        self._rows = len(index.ids())
        with replacing(self._path) as new, new.open("wb") as file:
            _write(file, index, np.zeros(0, np.int64), np.arange(self._rows))

    def _state(self) -> tuple[int, ...] | None:
        try:
            return _looks(self._path.stat())
        except OSError:
            return None

    def _blocks(self, file: BinaryIO, length: int) -> Iterator[_Block]:
        """Yield the blocks up to the first that is not whole."""
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            mark, generation, dim, gone, new = _HEAD.unpack(head)
            size = 8 * (gone + new) + 4 * dim * new
            if mark != _MARK or dim != self._dim or min(gone, new) < 0 or size > length:
                return
            checksum, data = file.read(_CHECKSUM_BYTES), file.read(size)
            if checksum != _checksum(head, data):
                return
            ids = np.frombuffer(data, np.int64, gone + new)
            vectors = np.frombuffer(data, np.float32, offset=ids.nbytes).reshape(new, dim)
            yield _Block(generation, ids[:gone], ids[gone:], vectors, file.tell())


def _write(
    file: BinaryIO, index: VectorIndex, gone: NDArray[np.int64], places: NDArray[np.int64]
) -> None:
    """Write blocks of ids that are gone and of those in these places; the last is the change."""
    ids = index.ids()
    for start in range(0, max(len(places), 1), _ROWS_AT_ONCE):
        new = places[start : start + _ROWS_AT_ONCE]
        is_last = start + _ROWS_AT_ONCE >= len(places)
        generation = index.generation if is_last else _UNFINISHED
        vectors = index.vectors(new)
        head = _HEAD.pack(_MARK, generation, vectors.shape[1], len(gone), len(new))
        data = gone.tobytes() + ids[new].tobytes() + vectors.tobytes()
        file.write(head + _checksum(head, data) + data)
        gone = gone[:0]


def _looks(state: os.stat_result) -> tuple[int, ...]:
    return state.st_ino, state.st_size, state.st_mtime_ns


def _checksum(head: bytes, data: bytes) -> bytes:
    return zlib.crc32(data, zlib.crc32(head)).to_bytes(_CHECKSUM_BYTES, "big")
