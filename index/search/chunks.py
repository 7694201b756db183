"""The chunks of a build, which are places in its documents, and their vectors.

A chunk is never a copy of its document's text, so it cannot disagree with it. Vectors are keyed by
what was embedded, so nothing is embedded twice. The number of a row is never given again: what is
known of a row stays true for as long as the row is there.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedders.token_codes import PassageVectors, TitledText, TokenCodes
from index.search.checksums import sealed, unsealed
from index.search.connections import Connection, damaged
from index.search.documents import PART_CHARACTERS, Documents
from index.search.numbers import joined
from index.types import Chunk, FloatArray

_T = TypeVar("_T")

_LOOSE = "INSERT OR IGNORE INTO loose VALUES (?)"  # vectors that no chunk may use
_IDS_PER_QUERY = 500  # SQLite takes at most 999 variables in old builds


class ChunkRows(NamedTuple):
    """Chunks by row, in order: the id of each one's vector, and how many terms it has."""

    rows: NDArray[np.int64]
    vector_ids: NDArray[np.int64]
    terms: NDArray[np.int64]


class DocumentRow(NamedTuple):
    """A document and its chunks, which are in the rows from `first` to the one before `end`."""

    doc_id: str
    date: str | None
    first: int
    end: int


def vector_key(passage: TitledText) -> bytes:
    """Return the key of a passage's vector. A build has one embedder: what it reads is enough."""
    return hashlib.sha256(passage.read.encode()).digest()


def vector_id(chunk: Chunk, key: bytes) -> int:
    """Return the number by which the vector of a chunk is searched, positive, of 63 bits.

    It tells what was embedded: where a document gets another title, its chunks keep their ids, and
    their vectors do not.
    """
    both = chunk.chunk_id.to_bytes(8, "big") + key
    return int.from_bytes(hashlib.sha256(both).digest()[:8], "big") >> 1


class Chunks(Documents):
    """The rows of chunks and of vectors."""

    def chunk_rows(self, *, after: int = 0) -> ChunkRows:
        """Return the chunks in the rows behind this one."""
        # One query: two need not walk the chunks in the same order.
        ((rows, ids, counts),) = self._rows(
            "SELECT group_concat(row), group_concat(vector_id), group_concat(terms) FROM"
            " (SELECT row, vector_id, terms FROM chunks WHERE row > ? ORDER BY row)",
            after,
        )
        return ChunkRows(joined(rows), joined(ids), joined(counts))

    def rows_there(self) -> NDArray[np.int64]:
        """Return the rows of all chunks."""
        return self._numbers("SELECT group_concat(row) FROM chunks")

    def count_chunks(self) -> int:
        """Return how many chunks there are."""
        ((count,),) = self._rows("SELECT count(*) FROM chunks")
        return int(count)

    def document_rows(self, *, since: int = -1) -> list[DocumentRow]:
        """Return where the chunks are of the documents that were stored after this generation."""
        new = "SELECT doc_id FROM documents WHERE since > ?"
        # All of them from one index, which takes half as long as joining the two tables.
        where, values = (f"WHERE doc_id IN ({new})", (since,)) if since >= 0 else ("", ())
        with self.snapshot():
            bounds = {
                doc_id: (first, last + 1, count)
                for doc_id, first, last, count in self._rows(
                    f"SELECT doc_id, min(row), max(row), count(*) FROM chunks {where}"
                    " GROUP BY doc_id",
                    *values,
                )
            }
            dates = self._rows(f"SELECT doc_id, date FROM documents {where}", *values)
        for doc_id, (first, end, count) in bounds.items():
            if count != end - first:
                raise damaged(f"the chunks of {doc_id} do not stand one behind the other")
        none = 0, 0, 0
        return [DocumentRow(doc_id, date, *bounds.get(doc_id, none)[:2]) for doc_id, date in dates]

    def vector_ids(self) -> NDArray[np.int64]:
        """Return the ids of the vectors of all chunks."""
        return self._numbers("SELECT group_concat(vector_id) FROM chunks")

    def document_chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document in order."""
        with self.snapshot():
            # Cut out here: SQLite would walk from the start of a part to each of them.
            text = self.text(doc_id)
            places = self._rows(
                "SELECT start, end, chunk_id FROM chunks WHERE doc_id = ? ORDER BY start", doc_id
            )
        return [
            _sound(Chunk(doc_id, start, end, text[start:end]), chunk_id)
            for start, end, chunk_id in places
        ]

    def chunks_in_rows(self, rows: Sequence[int]) -> list[Chunk]:
        """Return the chunks in these rows, which must be there, in this order."""
        return self._chunks_with("row", rows)

    def chunks_of_vectors(self, vector_ids: Sequence[int]) -> list[Chunk]:
        """Return the chunks of these vectors, which must be there, in this order."""
        return self._chunks_with("vector_id", vector_ids)

    def token_codes(self, chunk_ids: Sequence[int]) -> dict[int, TokenCodes]:
        """Return the codes of these chunks by id, without those that are gone or have none."""
        rows = self._rows(
            "SELECT chunk_id, tokens FROM chunks JOIN vectors ON key = vector_key"
            " WHERE chunk_id IN (SELECT value FROM json_each(?)) AND tokens IS NOT NULL",
            json.dumps(chunk_ids),
        )
        return {chunk_id: TokenCodes.from_bytes(unsealed(codes)) for chunk_id, codes in rows}

    def known_keys(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that have a vector already."""
        known: set[bytes] = set()
        for batch in _batches(keys):
            marks = ",".join("?" * len(batch))
            rows = self._rows(f"SELECT key FROM vectors WHERE key IN ({marks})", *batch)
            known.update(row[0] for row in rows)
        return known

    def vectors(self, vector_ids: NDArray[np.int64]) -> FloatArray:
        """Return the vectors with these ids, which must be there, row by row: shape (n, dim)."""
        rows = self._rows(
            "SELECT vector FROM json_each(?) AS asked"
            " JOIN chunks ON vector_id = asked.value JOIN vectors ON vectors.key = vector_key"
            " ORDER BY asked.key",
            json.dumps(vector_ids.tolist()),
        )
        if len(rows) != len(vector_ids):
            raise damaged("a vector is missing")
        whole = b"".join(unsealed(vector) for (vector,) in rows)
        return np.frombuffer(whole, dtype=np.float32).reshape(len(rows), self.dim)

    def put_vectors(self, new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store vectors before the documents that they are for; `prune` forgets those of none."""
        with self._writing() as connection:
            self._put_vectors(connection, new_vectors)
            connection.executemany(_LOOSE, [(key,) for key in new_vectors])

    def prune(self) -> None:
        """Forget the vectors that no chunk uses."""
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM vectors WHERE key IN (SELECT key FROM loose)"
                " AND NOT EXISTS (SELECT 1 FROM chunks WHERE vector_key = key)"
            )
            connection.execute("DELETE FROM loose")
        self._empty_log(wait_seconds=0)

    def _put_vectors(
        self, connection: Connection, new_vectors: Mapping[bytes, PassageVectors]
    ) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
            (
                (
                    key,
                    sealed(vectors.pooled.tobytes()),
                    vectors.tokens and sealed(vectors.tokens.to_bytes()),
                )
                for key, vectors in new_vectors.items()
            ),
        )

    def _numbers(self, query: str, *values: object) -> NDArray[np.int64]:
        """Return the numbers that a query gives as one text, with commas between."""
        ((text,),) = self._rows(query, *values)
        return joined(text)

    def _chunks_with(self, column: str, numbers: Sequence[int]) -> list[Chunk]:
        """Return the chunks with these numbers in a column, in this order.

        Of a text, which may be a whole book, only the parts that they are in are read, and only the
        chunks of these leave the database. All come as one row: a thread waits for its turn at
        each, where others are at work.
        """
        ((found,),) = self._rows(
            f"SELECT json_group_array(json_array({column}, chunk_id, doc_id, start, end, substr(("
            " SELECT group_concat(text, '') FROM (SELECT text FROM texts WHERE"
            " texts.doc_id = chunks.doc_id"
            f" AND part BETWEEN start / {PART_CHARACTERS} AND (end - 1) / {PART_CHARACTERS}"
            f" ORDER BY part)), start % {PART_CHARACTERS} + 1, end - start)))"
            f" FROM chunks WHERE {column} IN (SELECT value FROM json_each(?))",
            json.dumps(numbers),
        )
        chunks = {
            number: _sound(Chunk(doc_id, start, end, text or ""), chunk_id)
            for number, chunk_id, doc_id, start, end, text in json.loads(found)
        }
        if len(chunks) != len(set(numbers)):
            raise damaged("a chunk is missing")
        return [chunks[number] for number in numbers]


def _sound(chunk: Chunk, chunk_id: int) -> Chunk:
    """Return a chunk. Raises IndexMismatchError when it is not what its id was made of."""
    if chunk.chunk_id != chunk_id:
        raise damaged(f"a chunk of {chunk.doc_id} has changed")
    return chunk


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _IDS_PER_QUERY):
        yield values[start : start + _IDS_PER_QUERY]
