"""The SQLite database of one build: documents, chunks, vectors.

Chunks are places in a document, never copies of its text, so a chunk cannot disagree with its
document. Vectors are keyed by what was embedded, so nothing is embedded twice. Every change is one
transaction that raises the generation; files derived from the database carry that number.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder
from index.errors import ChatbotError, CorpusError, IndexMismatchError
from index.types import Chunk, Document, FloatArray, Metadata

SCHEMA_VERSION = "2"

_T = TypeVar("_T")

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id         TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    author         TEXT,
    date           TEXT,
    source         TEXT,
    imported       TEXT,
    text           TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    file_sha256    TEXT NOT NULL,
    sidecar_sha256 TEXT NOT NULL,
    signature      TEXT NOT NULL,
    recipe         TEXT NOT NULL
);
CREATE INDEX documents_by_file ON documents (file_sha256);
CREATE TABLE chunks (
    chunk_id   INTEGER PRIMARY KEY,
    doc_id     TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start      INTEGER NOT NULL,
    end        INTEGER NOT NULL,
    vector_key BLOB NOT NULL REFERENCES vectors
);
CREATE INDEX chunks_by_document ON chunks (doc_id, start);
CREATE INDEX chunks_by_vector ON chunks (vector_key);
CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL);
"""
_IDS_PER_QUERY = 500  # SQLite takes at most 999 variables in old builds


@dataclass(frozen=True, slots=True)
class FileState:
    """What the index knows of a document's file: enough to tell whether it changed.

    `signature` holds sizes and times, `recipe` the versions and settings that made chunks of it.
    """

    sha256: str
    sidecar_sha256: str
    signature: str
    recipe: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored: its chunks and the key of each chunk's vector."""

    document: Document
    imported: str | None
    file: FileState
    chunks: Sequence[Chunk]
    keys: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents. `imported` is an ISO 8601 time, None when unknown."""

    doc_id: str
    metadata: Metadata
    imported: str | None
    characters: int
    chunks: int


class Store:
    """One database, one connection, shared by the threads of a process."""

    def __init__(self, path: Path, *, create_for: Embedder | None = None) -> None:
        """Open the database; make it when the embedder of its vectors is given.

        Raises IndexMismatchError when it is damaged or was made by another version.
        """
        self._lock = threading.RLock()
        try:
            self._connection = _connect(path, create=create_for is not None)
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        try:
            if create_for is not None:
                self._create(create_for)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA secure_delete = ON")  # zeros over what is deleted
            self._check_version()
        except sqlite3.Error as error:
            self._connection.close()
            raise _unusable(path, error) from error
        except ChatbotError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder that made the vectors."""
        return self._fact("embedder")

    @property
    def generation(self) -> int:
        """The number of changes so far."""
        return int(self._fact("generation"))

    def files(self) -> dict[str, FileState]:
        """Return doc_id -> state of its file when it was indexed."""
        rows = self._rows(
            "SELECT doc_id, file_sha256, sidecar_sha256, signature, recipe FROM documents"
        )
        return {row[0]: FileState(*row[1:]) for row in rows}

    def summaries(self) -> list[DocumentSummary]:
        """Return a line per document, by doc_id."""
        rows = self._rows(
            "SELECT d.doc_id, title, author, date, source, imported, length(text),"
            " (SELECT count(*) FROM chunks c WHERE c.doc_id = d.doc_id)"
            " FROM documents d ORDER BY d.doc_id"
        )
        return [DocumentSummary(row[0], Metadata(*row[1:5]), *row[5:]) for row in rows]

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none."""
        rows = self._rows(
            "SELECT text, title, author, date, source FROM documents WHERE doc_id = ?", doc_id
        )
        if not rows:
            raise CorpusError(
                f"There is no document {doc_id}. See: python -m index list", code="no_document"
            )
        return Document(doc_id=doc_id, text=rows[0][0], metadata=Metadata(*rows[0][1:]))

    def document_with_file(self, file_sha256: str) -> str | None:
        """Return the doc_id whose file has this hash, or None."""
        rows = self._rows("SELECT doc_id FROM documents WHERE file_sha256 = ?", file_sha256)
        return rows[0][0] if rows else None

    def document_chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document in order."""
        return self._chunks("doc_id = ? ORDER BY start", doc_id)

    def chunks(self, chunk_ids: Sequence[int]) -> list[Chunk]:
        """Return the chunks with these ids, in this order, without those that are gone."""
        found: dict[int, Chunk] = {}
        for batch in _batches(chunk_ids):
            marks = ",".join("?" * len(batch))
            for chunk in self._chunks(f"chunk_id IN ({marks})", *batch):
                found[chunk.chunk_id] = chunk
        return [found[chunk_id] for chunk_id in chunk_ids if chunk_id in found]

    def known_keys(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that have a vector already."""
        known: set[bytes] = set()
        for batch in _batches(keys):
            marks = ",".join("?" * len(batch))
            rows = self._rows(f"SELECT key FROM vectors WHERE key IN ({marks})", *batch)
            known.update(row[0] for row in rows)
        return known

    def vectors(self) -> tuple[int, NDArray[np.int64], FloatArray]:
        """Return the generation, the chunk ids and their vectors, row by row, of one moment."""
        with self._lock, self._transaction("DEFERRED"):
            generation = self.generation
            rows = self._rows(
                "SELECT chunk_id, vector FROM chunks JOIN vectors ON key = vector_key"
                " ORDER BY chunk_id"
            )
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return generation, ids, vectors.reshape(len(rows), int(self._fact("dim")))

    def put(self, entries: Iterable[Entry], new_vectors: dict[bytes, FloatArray]) -> None:
        """Store documents with their chunks and the vectors that were missing, replacing by id."""
        with self._change() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                ((key, vector.tobytes()) for key, vector in new_vectors.items()),
            )
            for entry in entries:
                self._put(connection, entry)

    def set_signature(self, doc_id: str, signature: str) -> None:
        """Note that the file has these sizes and times now; nothing that is searched changes."""
        with self._lock, self._transaction("IMMEDIATE"):
            self._connection.execute(
                "UPDATE documents SET signature = ? WHERE doc_id = ?", (signature, doc_id)
            )

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Forget documents and their chunks. Their vectors stay until `prune`."""
        with self._change() as connection:
            connection.executemany(
                "DELETE FROM documents WHERE doc_id = ?", ((doc_id,) for doc_id in doc_ids)
            )

    def prune(self) -> None:
        """Forget the vectors that no chunk uses."""
        with self._lock, self._transaction("IMMEDIATE"):
            self._connection.execute(
                "DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM chunks)"
            )
        with self._lock:  # so that what was deleted is not in the log either
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _create(self, embedder: Embedder) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction("IMMEDIATE"):
            for statement in _SCHEMA.split(";\n"):
                self._connection.execute(statement)
            facts = {
                "schema": SCHEMA_VERSION,
                "embedder": embedder.fingerprint,
                "dim": str(embedder.dim),
                "generation": "0",
            }
            self._connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())

    def _check_version(self) -> None:
        found = self._fact("schema")
        if found != SCHEMA_VERSION:
            raise IndexMismatchError(
                f"The index has format {found}, this program reads {SCHEMA_VERSION}. "
                "Make it anew: python -m index build",
                code="rebuild",
            )

    def _fact(self, name: str) -> str:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def _put(self, connection: sqlite3.Connection, entry: Entry) -> None:
        document, metadata, file = entry.document, entry.document.metadata, entry.file
        connection.execute("DELETE FROM documents WHERE doc_id = ?", (document.doc_id,))
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.doc_id,
                *(metadata.title, metadata.author, metadata.date, metadata.source),
                entry.imported,
                document.text,
                document.sha256,
                *(file.sha256, file.sidecar_sha256, file.signature, file.recipe),
            ),
        )
        connection.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
            (
                (chunk.chunk_id, chunk.doc_id, chunk.start, chunk.end, key)
                for chunk, key in zip(entry.chunks, entry.keys, strict=True)
            ),
        )

    def _chunks(self, where: str, *values: object) -> list[Chunk]:
        with self._lock, self._transaction("DEFERRED"):
            rows = self._rows(f"SELECT doc_id, start, end FROM chunks WHERE {where}", *values)
            texts = {doc_id: "" for doc_id, _, _ in rows}
            for doc_id in texts:
                text = self._rows("SELECT text FROM documents WHERE doc_id = ?", doc_id)
                texts[doc_id] = text[0][0]
        return [Chunk(doc_id, start, end, texts[doc_id][start:end]) for doc_id, start, end in rows]

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._transaction("IMMEDIATE"):
            yield self._connection
            self._connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[None]:
        """Commit what happens inside, or nothing. Raises CorpusError when the disk is full."""
        try:
            self._connection.execute(f"BEGIN {mode}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            raise CorpusError(f"Cannot write the index: {error}.", code="unwritable") from error


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    mode = "rwc" if create else "rw"
    if not os.access(path.parent, os.W_OK):  # nobody writes there: no log beside it is needed
        mode = "ro&immutable=1"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        check_same_thread=False,
        isolation_level=None,
        timeout=30.0,
    )


def _unusable(path: Path, error: sqlite3.Error) -> ChatbotError:
    if isinstance(error, sqlite3.OperationalError):  # locked, no permission, disk full
        return CorpusError(f"Cannot open the index {path}: {error}.", code="unreadable")
    return IndexMismatchError(
        f"The index {path} is damaged ({error}). Make it anew: python -m index build",
        code="rebuild",
    )


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _IDS_PER_QUERY):
        yield values[start : start + _IDS_PER_QUERY]
