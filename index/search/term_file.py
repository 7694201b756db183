"""The file of common terms: which chunks hold each and how often, mapped into memory.

The full-text table gives the chunks of a common term one by one: of a word that half a million hold
that takes .15 s, and a question has ten words. The file only spares that. What a row holds never
changes and no row is given twice, so what the file says of a row is right for as long as the row is
there; what came since is read from the database. It is made anew, beside the old one, where much
has come since, and deleted where a removed document must leave no byte.
"""

import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.errors import CorpusError
from index.files import discard, replacing
from index.search.chunks import ChunkRows
from index.search.database import Store

COMMON: Final = 1000
"""A term that fewer chunks hold is read from the database in less than a millisecond."""

_NAME = "common.terms"
_IN_THE_MAKING = "terms"
_HEAD = struct.Struct("<8sqqqq")  # mark, generation, terms, chunks, where the directory begins
_MARK = b"terms__1"
_BODY_FROM = 48
_CHECKSUM = struct.Struct("<I")
_MOST_OFTEN = 255  # a term that a chunk holds more often is left out: each count is one byte


class Postings(NamedTuple):
    """The rows of the chunks that hold a term, in order, and how often each does."""

    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]


class SavedTerms:
    """What a file says. `last` is the last row that it knows, `rows` are all that it knows."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        """Read the directory. Raises ValueError where that is not whole."""
        mark, self.generation, terms, chunks, at = _HEAD.unpack(data[: _HEAD.size].tobytes())
        (expected,) = _CHECKSUM.unpack(data[_HEAD.size :][: _CHECKSUM.size].tobytes())
        directory = data[at:].tobytes()
        if mark != _MARK or expected != zlib.crc32(directory, zlib.crc32(data[: _HEAD.size].data)):
            raise ValueError("not whole")
        self._data = data
        self._starts = np.frombuffer(directory, np.int64, terms)
        self._sizes = np.frombuffer(directory, np.int64, terms, 8 * terms)
        self._checksums = np.frombuffer(directory, np.uint32, terms, 16 * terms)
        self.rows = np.frombuffer(directory, np.int32, chunks, 20 * terms)
        self._marks = np.frombuffer(directory, np.uint32, chunks, 20 * terms + 4 * chunks)
        names = directory[20 * terms + 8 * chunks :].decode().split("\n") if terms else []
        self._places = {name: place for place, name in enumerate(names)}
        self.last = int(self.rows.max(initial=0))

    def fits(self, chunks: ChunkRows) -> bool:
        """Tell whether the file knows all these chunks up to its last row, and the same ones.

        An older copy of the database gives the numbers of rows once more, to other chunks.
        """
        known = chunks.rows <= self.last
        rows = chunks.rows[known]
        places = np.searchsorted(self.rows, rows)
        return bool(
            np.array_equal(self.rows[places], rows)
            and np.array_equal(self._marks[places], _marks(chunks.vector_ids[known]))
        )

    def names(self) -> list[str]:
        """Return its terms."""
        return list(self._places)

    def postings(self, name: str) -> Postings | None:
        """Return what is known of a term; None where it is not here, or has changed on the disk."""
        place = self._places.get(name)
        if place is None:
            return None
        start, size = int(self._starts[place]), int(self._sizes[place])
        data = self._data[start : start + 5 * size]
        if zlib.crc32(data.data) != self._checksums[place]:
            return None
        rows = np.frombuffer(data, np.int32, size)
        return Postings(rows, np.frombuffer(data, np.uint8, size, 4 * size))


class TermFile:
    """The file in a folder. For one thread at a time; only who may write to the build makes it."""

    def __init__(self, folder: Path) -> None:
        """Name the file; nothing is read yet."""
        self._path = folder / _NAME

    def load(self, store: Store, chunks: ChunkRows) -> SavedTerms | None:
        """Return what the file says of these chunks, which are all; None where there is none."""
        with suppress(OSError, ValueError, struct.error):
            saved = SavedTerms(np.memmap(self._path, np.uint8, "r"))
            if store.terms_since <= saved.generation <= store.generation and saved.fits(chunks):
                return saved
        return None

    def make(self, store: Store, take_turn: Callable[[], object]) -> bool:
        """Make it anew; return False where another process does, and nothing has happened.

        It takes minutes where there are very many chunks. From the call of `take_turn` on, which
        comes last, nobody else may write to the database. Raises CorpusError when the folder cannot
        be written or the disk is full.
        """
        folder = self._path.with_name(_IN_THE_MAKING)
        lock = FileLock(self._path.with_name(f"{_IN_THE_MAKING}.lock"))
        try:
            with suppress(Timeout), lock.acquire(blocking=False):
                discard(folder)  # what a killed process has left
                folder.mkdir()
                with store.snapshot():
                    chunks, generation = store.chunk_rows(), store.generation
                with suppress(_Outdated), replacing(self._path, by_way_of=folder) as new:
                    with new.open("wb") as file:
                        _write(file, store, chunks, generation)
                    take_turn()
                    # Terms of another rule, or of what may have been removed for good meanwhile.
                    if store.words_since > generation:
                        raise _Outdated
                folder.rmdir()
                return True
        except OSError as error:
            raise CorpusError(
                f"Cannot write common terms into {self._path.parent}: {error.strerror or error}. "
                "Is there room, and may this user write there?",
                code="unwritable",
            ) from error
        return False

    def faults(self, store: Store) -> list[str]:
        """Return how it differs from the database, where it is used."""
        with store.snapshot():
            chunks = store.chunk_rows()
            if (saved := self.load(store, chunks)) is None:
                return []
            for name in saved.names():
                if (found := saved.postings(name)) is None:
                    return ["the file of common terms is damaged"]
                rows, counts = store.rows_with(name)
                held, known = np.isin(found.rows, chunks.rows), np.isin(rows, found.rows)
                if not (
                    np.array_equal(found.rows[held], rows[known])
                    and np.array_equal(found.counts[held], counts[known])
                    and rows[~known].min(initial=saved.last + 1) > saved.last
                ):
                    return ["the file of common terms holds others than the database"]
        return []

    def delete(self) -> None:
        """Delete it."""
        discard(self._path)


class _Outdated(Exception):
    """What was made is not to be kept."""


def _write(file: BinaryIO, store: Store, chunks: ChunkRows, generation: int) -> None:
    last = int(chunks.rows.max(initial=0))
    names, starts, sizes, checksums = list[str](), list[int](), list[int](), list[int]()
    at = _BODY_FROM
    file.write(bytes(_BODY_FROM))
    for name in store.terms_held(COMMON):
        rows, counts = store.rows_with(name)
        known = rows <= last  # what came since is read from the database
        rows, counts = rows[known], counts[known]
        if len(rows) and counts.max() > _MOST_OFTEN:
            continue
        data = rows.astype(np.int32).tobytes() + counts.astype(np.uint8).tobytes()
        names.append(name)
        starts.append(at)
        sizes.append(len(rows))
        checksums.append(zlib.crc32(data))
        padded = data + bytes(-len(data) % 4)
        file.write(padded)
        at += len(padded)
    directory = b"".join(
        (
            *(np.array(starts, np.int64).tobytes(), np.array(sizes, np.int64).tobytes()),
            np.array(checksums, np.uint32).tobytes(),
            *(chunks.rows.astype(np.int32).tobytes(), _marks(chunks.vector_ids).tobytes()),
            "\n".join(names).encode(),
        )
    )
    file.write(directory)
    head = _HEAD.pack(_MARK, generation, len(names), len(chunks.rows), at)
    file.seek(0)
    file.write(head + _CHECKSUM.pack(zlib.crc32(directory, zlib.crc32(head))))


def _marks(vector_ids: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return a few bits of each id, which are hashes of what a chunk is."""
    return vector_ids.astype(np.uint32)
