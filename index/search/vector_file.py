"""The file of a build's vectors: what changed is written behind what is there.

The file only spares reading all vectors from the database. Each change is a block: its generation,
the ids that are gone, those that are new, their vectors, and a checksum of all that. What was cut
off by a crash, or has changed since, ends the file; what is missing then is in the database. Where
more vectors are gone than there, the file is written anew.

Where there are many, the file begins with one block of cells (`index/search/cells.py`): how many
vectors each has, ids, centres, vectors, and a checksum. That block is mapped into memory and never
changes; putting the vectors in cells again makes another file, which takes the place of this one.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.errors import CorpusError
from index.files import discard, replacing
from index.search.cells import CellIndex, Cells, Plan, planned, unchanged
from index.search.vectors import DenseIndex, VectorIndex
from index.types import FloatArray

_NAME = "dense.vectors"
_IN_THE_MAKING = "cells"
_HEAD = struct.Struct("<8sqqqq")  # mark, generation, dimensions, how many are gone, how many new
_CHECKSUM_BYTES = 4
_MARK = b"vectors1"
_CELLS_MARK = b"cells__1"  # followed by: enough, dimensions, how many cells, how many vectors
_CELLS_HEAD_BYTES = 48  # the head, the checksum, and what makes numbers stand at multiples of 8
_UNFINISHED = -1
_ROWS_AT_ONCE = 8192
_BYTES_AT_ONCE = 2**24
_FEW = 1024
_FEW_GONE = 64


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

    def load(self) -> VectorIndex:
        """Return the vectors of the file, as far as it is whole."""
        index: VectorIndex = DenseIndex.empty(self._dim)
        self._known, self._rows = None, 0
        with suppress(OSError), self._path.open("rb") as file:  # not there, or a folder
            state = os.fstat(file.fileno())
            cells, end = _mapped(file, state.st_size, self._dim) or (None, 0)
            room = (state.st_size - end) // (4 * self._dim + 8)
            index = DenseIndex.empty(self._dim, room=room)
            if cells is not None:
                index = CellIndex(cells, np.ones(len(cells.ids), bool), index)
                self._rows = len(cells.ids)
            file.seek(end)
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
        if self.is_others:
            self.load()
        if self._known is not None and self._generation == index.generation and not anew:
            return
        with self._told():
            if anew or self._known is None or self._rows > 2 * len(self._ids) + _FEW:
                self._write_anew(index)
            else:
                self._append(index)
        self._known, self._generation, self._ids = self._state(), index.generation, index.ids()

    @property
    def is_others(self) -> bool:
        """Whether another process has written the file, or nobody."""
        return self._known is None or self._known != self._state()

    def put_in_cells(self, index: VectorIndex, take_turn: Callable[[], object]) -> bool:
        """Make another file, with all vectors of this index in cells, take the place of this one.

        It takes minutes where there are many vectors, and the file can be read and written to
        meanwhile: only from the call of `take_turn` on, which comes last, nobody else may write to
        it. What was written to it since is not in the new one: `save` makes up for that. Returns
        False where another process is making a file, and nothing has happened. Raises CorpusError
        as `save` does.
        """
        folder = self._path.with_name(_IN_THE_MAKING)
        lock = FileLock(self._path.with_name(f"{_IN_THE_MAKING}.lock"))
        with self._told(), suppress(Timeout), lock.acquire(blocking=False):
            discard(folder)  # what a killed process has left
            folder.mkdir()
            with replacing(self._path, by_way_of=folder) as new:
                with new.open("wb") as file:
                    _write_cells(file, index, planned(index))
                take_turn()
            self._known = None
            folder.rmdir()
            return True
        return False

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._known = None
            raise CorpusError(
                f"Cannot write the vectors into {self._path.parent}: {error.strerror or error}. "
                "Is there room, and may this user write there?",
                code="unwritable",
            ) from error

    def _append(self, index: VectorIndex) -> None:
        ids = index.ids()
        gone, new = changes(self._ids, ids)
        with self._path.open("ab") as file:
            _write(file, index, gone, new)
        self._rows += len(new)

    def _write_anew(self, index: VectorIndex) -> None:
        if self._path.is_dir():
            discard(self._path)
        self._rows = len(index.ids())
        in_cells = self._rows - index.loose
        with replacing(self._path) as new, new.open("wb") as file:
            if isinstance(index, CellIndex) and in_cells:
                _write_cells(file, index, unchanged(index))
            _write(file, index, np.zeros(0, np.int64), np.arange(in_cells, self._rows))

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


def _write_cells(file: BinaryIO, index: VectorIndex, plan: Plan) -> None:
    """Write vectors of an index cell by cell, at the beginning of a file."""
    dim, count = plan.centres.shape[1], len(plan.order)
    head = _HEAD.pack(_CELLS_MARK, plan.enough, dim, len(plan.centres), count)
    file.write(bytes(_CELLS_HEAD_BYTES))
    checksum = zlib.crc32(head)

    def put(part: NDArray[Any]) -> None:
        nonlocal checksum
        data = part.tobytes()
        checksum = zlib.crc32(data, checksum)
        file.write(data)

    put(np.diff(plan.starts))
    put(index.ids()[plan.order])
    put(plan.centres)
    for start in range(0, count, _ROWS_AT_ONCE):
        put(index.vectors(plan.order[start : start + _ROWS_AT_ONCE]))
    file.seek(0)
    file.write(head + checksum.to_bytes(_CHECKSUM_BYTES, "big"))
    file.seek(0, os.SEEK_END)


def _mapped(file: BinaryIO, length: int, dim: int) -> tuple[Cells, int] | None:
    """Return the cells at the beginning of a file, and where they end; None where none are whole.

    Reading all of it once for the checksum takes a second or two for a million vectors.
    """
    head, checksum = file.read(_HEAD.size), file.read(_CHECKSUM_BYTES)
    if len(head) < _HEAD.size or head[: len(_CELLS_MARK)] != _CELLS_MARK:
        return None
    _, enough, own_dim, cells, count = _HEAD.unpack(head)
    end = _CELLS_HEAD_BYTES + 8 * (cells + count) + 4 * dim * (cells + count)
    if own_dim != dim or min(enough, cells, count) < 0 or end > length:
        return None
    data = np.memmap(file, np.uint8, "r", shape=end)
    found = zlib.crc32(head)
    for start in range(_CELLS_HEAD_BYTES, end, _BYTES_AT_ONCE):
        found = zlib.crc32(data[start : start + _BYTES_AT_ONCE].data, found)
    if checksum != found.to_bytes(_CHECKSUM_BYTES, "big"):
        return None
    sizes = np.frombuffer(data, np.int64, cells, _CELLS_HEAD_BYTES)
    ids = np.frombuffer(data, np.int64, count, _CELLS_HEAD_BYTES + sizes.nbytes)
    floats = np.frombuffer(data, np.float32, offset=_CELLS_HEAD_BYTES + sizes.nbytes + ids.nbytes)
    rows = floats.reshape(cells + count, dim)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    # The centres are read in every search: a copy of these few stays in memory.
    return Cells(rows[:cells].copy(), starts, enough, ids, rows[cells:]), end


def changes(
    before: NDArray[np.int64], now: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids that are gone, and the places of those that are new.

    Where few are gone and the others in the order of before, as nearly always, nothing is sorted:
    that takes a hundred times longer.
    """
    gone = list[int]()  # where they were
    while len(gone) < _FEW_GONE:
        at = gone[-1] + 1 if gone else 0
        rest, same = before[at:], now[at - len(gone) :]
        differing = np.flatnonzero(rest[: len(same)] != same[: len(rest)])
        if not len(differing) and len(rest) <= len(same):
            left, new = before[gone], np.arange(len(before) - len(gone), len(now))
            if np.isin(left, now[new]).any():  # it is in another place
                break
            return left, new
        gone.append(at + int(differing[0]) if len(differing) else at + len(same))
    return (
        np.setdiff1d(before, now, assume_unique=True),
        np.flatnonzero(np.isin(now, before, assume_unique=True, invert=True)),
    )


def _looks(state: os.stat_result) -> tuple[int, ...]:
    return state.st_ino, state.st_size, state.st_mtime_ns


def _checksum(head: bytes, data: bytes) -> bytes:
    return zlib.crc32(data, zlib.crc32(head)).to_bytes(_CHECKSUM_BYTES, "big")
