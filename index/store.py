"""The SQLite database of one build: documents, chunks, vectors, terms.

Chunks are places in a document, never copies of its text, so a chunk cannot disagree with its
document. Vectors are keyed by what was embedded, so nothing is embedded twice. Every change is one
transaction that raises the generation; files derived from the database carry that number.

Terms are in a full-text table (FTS5) that keeps how often each chunk holds each term and no text,
and changes in the same transaction as the chunks. Where a chunk holds "福田" twice, it is given
"福田/2": places of each occurrence would make it twice as large and common terms slow to read.
The title of a document counts as text of each of its chunks.
FTS5 finds what to delete by the terms themselves, so they are made from the stored text again, by
the rule that they were made by: where that rule has changed, all are made anew first.

SQLite sees damage to its own structure, not to what it holds. What is shown or searched is held
against a hash or a checksum whenever it is read, so that a flipped bit is an error and no answer.
"""

import hashlib
import json
import re
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder
from index.errors import ChatbotError, CorpusError, IndexMismatchError
from index.formats.content import Note
from index.scope import matcher
from index.terms import TERMS_VERSION, terms
from index.token_codes import BITS, IN_TITLE, PassageVectors, TitledText, TokenCodes
from index.types import EVERYTHING, Chunk, Document, FloatArray, Metadata, Page, Scope

SCHEMA_VERSION = "7"
"""Raise it when tables, vectors or token codes take another form."""

_T = TypeVar("_T")

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id         TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    author         TEXT,
    date           TEXT,
    source         TEXT,
    imported       TEXT,
    encoding       TEXT,
    language       TEXT NOT NULL,
    pages          TEXT NOT NULL,
    text           TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    file_sha256    TEXT NOT NULL,
    sidecar_sha256 TEXT NOT NULL,
    signature      TEXT NOT NULL,
    recipe         TEXT NOT NULL,
    checksum       INTEGER NOT NULL
);
CREATE INDEX documents_by_file ON documents (file_sha256);
CREATE INDEX documents_by_date ON documents (doc_id, date);
CREATE TABLE chunks (
    row        INTEGER PRIMARY KEY,
    chunk_id   INTEGER NOT NULL UNIQUE,
    vector_id  INTEGER NOT NULL UNIQUE,
    doc_id     TEXT NOT NULL REFERENCES documents,
    start      INTEGER NOT NULL,
    end        INTEGER NOT NULL,
    terms      INTEGER NOT NULL,
    vector_key BLOB NOT NULL REFERENCES vectors
);
CREATE INDEX chunks_by_document ON chunks (doc_id, start);
CREATE INDEX chunks_by_vector ON chunks (vector_key);
CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, tokens BLOB);
CREATE VIRTUAL TABLE lexical USING fts5 (
    terms, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '.+#/'"
);
CREATE VIRTUAL TABLE occurrences USING fts5vocab (lexical, instance);
"""
_IN_DOCUMENTS = "FROM chunks WHERE doc_id IN (SELECT value FROM json_each(?))"
_SHOWN = "doc_id, title, author, date, source, imported, encoding, language, pages, sha256"
_WITH_VECTORS = (
    "SELECT vector_id, start, end, key, vector, tokens"
    " FROM chunks JOIN vectors ON key = vector_key WHERE doc_id = ? ORDER BY start"
)
_REFERENCES = "PRAGMA foreign_key_check"
_FIXED_FACTS = ("embedder", "dim", "token_means")
_STORED_TERMS = "SELECT doc, term FROM occurrences"
_ROUNDING = 1e-3
_LOCK_SECONDS = 30
_LONGEST_READ_SECONDS = 5
_IDS_PER_QUERY = 500  # SQLite takes at most 999 variables in old builds
_CHECKSUM_BYTES = 4
_DIGITS = re.compile(r"[-0-9,]*")
# What SQLite says of the disk, of permissions and of other programs; all else is damage.
_HINDRANCES = frozenset(
    {
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL),
        sqlite3.SQLITE_CANTOPEN,
    }
)


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
    encoding: str | None
    language: str
    notes: tuple[Note, ...]
    file: FileState
    chunks: Sequence[Chunk]
    keys: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents.

    `imported` is an ISO 8601 time, None when unknown; `encoding` what a file of text was read as.
    """

    doc_id: str
    metadata: Metadata
    imported: str | None
    encoding: str | None
    language: str
    characters: int
    chunks: int


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


class Store:
    """One database, one connection, shared by the threads of a process."""

    def __init__(
        self,
        path: Path,
        *,
        create_for: Embedder | None = None,
        token_means: FloatArray | None = None,
    ) -> None:
        """Open the database; make it when the embedder of its vectors is given.

        `token_means` are those of that embedder's token codes, None where it has none. Raises
        IndexMismatchError when the database is damaged or was made by another version.
        """
        self._lock = threading.RLock()
        self._path = path
        self._frozen: _Files | None = None
        try:
            self._open("rw" if create_for is None else "rwc", create_for, token_means)
        except CorpusError:
            files = _files(path)
            if create_for is not None or files.log_bytes or not files.bytes:
                raise
            # No log can be made beside it: the folder is read-only or the disk full. It is read as
            # it is, as long as nobody writes.
            self._frozen = files
            self._open("ro&immutable=1")

    def _open(
        self, mode: str, create_for: Embedder | None = None, token_means: FloatArray | None = None
    ) -> None:
        with _told("read"):
            self._connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode={mode}",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=_LOCK_SECONDS,
            )
        try:
            if create_for is not None:
                self._create(create_for, token_means)
            with _told("read"):
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._connection.execute("PRAGMA secure_delete = ON")  # zeros over what is deleted
            self._check_version()
        except BaseException:
            self._connection.close()
            raise

    @property
    def is_frozen(self) -> bool:
        """Whether it is read as it is: it must be opened anew to be written to."""
        return self._frozen is not None

    @property
    def is_outdated(self) -> bool:
        """Whether another program has written since, and this must be opened anew to see it."""
        return self._frozen is not None and self._frozen != _files(self._path)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder that made the vectors."""
        return self._fact("embedder")

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return int(self._fact("dim"))

    @property
    def generation(self) -> int:
        """The number of changes so far."""
        return int(self._fact("generation"))

    @property
    def token_means(self) -> FloatArray | None:
        """The means of the token codes, shape (2, layers, dim); None where there are no codes."""
        means = self._facts().get("token_means")
        return None if means is None else np.frombuffer(means, np.float32).reshape(2, -1, self.dim)

    def files(self) -> dict[str, FileState]:
        """Return doc_id -> state of its file when it was indexed."""
        rows = self._rows(
            "SELECT doc_id, file_sha256, sidecar_sha256, signature, recipe FROM documents"
        )
        return {row[0]: FileState(*row[1:]) for row in rows}

    def summaries(self) -> list[DocumentSummary]:
        """Return a line per document, by doc_id."""
        rows = self._rows(
            f"SELECT {_SHOWN}, checksum, length(text),"
            " (SELECT count(*) FROM chunks WHERE chunks.doc_id = documents.doc_id)"
            " FROM documents ORDER BY doc_id"
        )
        for *shown, checksum, _, _ in rows:
            _check_shown(shown, checksum)
        return [DocumentSummary(row[0], Metadata(*row[1:5]), *row[5:8], *row[-2:]) for row in rows]

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none."""
        rows = self._rows(
            f"SELECT {_SHOWN}, checksum, text FROM documents WHERE doc_id = ?", doc_id
        )
        if not rows:
            raise CorpusError(
                f"There is no document {doc_id}. See: python -m index list", code="no_document"
            )
        *shown, checksum, text = rows[0]
        _check_shown(shown, checksum)
        *_, pages, sha256 = shown
        document = Document(
            doc_id=doc_id,
            text=text,
            metadata=Metadata(*shown[1:5]),
            pages=tuple(Page(*page) for page in json.loads(pages)),
        )
        if document.sha256 != sha256:
            raise damaged(f"the text of {doc_id} has changed")
        return document

    def titles(self) -> list[str]:
        """Return the title of each document."""
        return [row[0] for row in self._rows("SELECT title FROM documents")]

    def document_with_file(self, file_sha256: str) -> str | None:
        """Return the doc_id whose file has this hash, or None."""
        rows = self._rows("SELECT doc_id FROM documents WHERE file_sha256 = ?", file_sha256)
        return rows[0][0] if rows else None

    def document_chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document in order."""
        return self._chunks("doc_id = ? ORDER BY start", doc_id)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that is read inside be of one moment, whatever other processes write."""
        with self._lock:
            if self._connection.in_transaction:
                yield
            else:
                with self._transaction("DEFERRED"):
                    yield

    def term_counts(self) -> NDArray[np.int32]:
        """Return how many terms the chunk in each row has, by row; 0 where there is none."""
        # One query: two need not walk the chunks in the same order.
        ((rows, counts),) = self._rows("SELECT group_concat(row), group_concat(terms) FROM chunks")
        rows, counts = _numbers(rows or ""), _numbers(counts or "")
        by_row = np.zeros(int(rows.max(initial=-1)) + 1, np.int32)
        by_row[rows] = counts
        return by_row

    def rows_with(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the chunks that hold a term, in order, and how often each does."""
        # One text of all numbers reaches Python five times faster than a row for each, and a match
        # is three times faster than a walk along the terms.
        once = self._numbers("SELECT group_concat(rowid) FROM lexical(?)", f'"{term}"')
        more = self._rows(
            "SELECT term, group_concat(doc) FROM occurrences WHERE term >= ? AND term < ?"
            " GROUP BY term",
            *(f"{term}/", f"{term}0"),  # "0" comes after "/"
        )
        each = [(int(entry.rpartition("/")[2]), _numbers(rows)) for entry, rows in more]
        rows = np.concatenate([once, *(rows for _, rows in each)])
        sizes = [len(once), *(len(rows) for _, rows in each)]
        counts = np.repeat([1, *(count for count, _ in each)], sizes)
        order = np.argsort(rows, kind="stable")
        return rows[order], counts[order]

    def doc_ids(self, scope: Scope = EVERYTHING) -> list[str]:
        """Return the ids of the documents in the scope."""
        holds = matcher(scope)
        rows = self._rows("SELECT doc_id, date FROM documents")
        return [doc_id for doc_id, date in rows if holds(doc_id, date)]

    def rows_of(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of the chunks of these documents."""
        return self._numbers(f"SELECT group_concat(row) {_IN_DOCUMENTS}", json.dumps(doc_ids))

    def vector_ids(self, doc_ids: Sequence[str] | None = None) -> NDArray[np.int64]:
        """Return the ids of the vectors of all chunks, or of those of these documents."""
        if doc_ids is None:
            return self._numbers("SELECT group_concat(vector_id) FROM chunks")
        return self._numbers(f"SELECT group_concat(vector_id) {_IN_DOCUMENTS}", json.dumps(doc_ids))

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
        return {chunk_id: TokenCodes.from_bytes(_unsealed(codes)) for chunk_id, codes in rows}

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
        joined = b"".join(_unsealed(vector) for (vector,) in rows)
        return np.frombuffer(joined, dtype=np.float32).reshape(len(rows), self.dim)

    def lengths(self, vector_ids: Sequence[int]) -> dict[str, int]:
        """Return the documents that these vectors are of, and where the last chunk of each ends."""
        return dict(
            self._rows(
                "SELECT doc_id, max(end) FROM chunks WHERE doc_id IN (SELECT doc_id FROM chunks"
                " WHERE vector_id IN (SELECT value FROM json_each(?))) GROUP BY doc_id",
                json.dumps(vector_ids),
            )
        )

    def put_vectors(self, new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store vectors before the documents that they are for; `prune` forgets those of none."""
        with self._lock, self._transaction("IMMEDIATE"):
            self._put_vectors(self._connection, new_vectors)

    def put(self, entries: Iterable[Entry], new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store documents with their chunks, terms and missing vectors, replacing by id."""
        # Made before anything is locked: of a long text this takes a while.
        counted = [
            (e, [_chunk_terms(e.document.metadata.title, chunk.text) for chunk in e.chunks])
            for e in entries
        ]
        with self._change() as connection:
            self._put_vectors(connection, new_vectors)
            for entry, chunk_terms in counted:
                self._put(connection, entry, chunk_terms)

    def set_signature(self, doc_id: str, signature: str) -> None:
        """Note that the file has these sizes and times now; nothing that is searched changes."""
        with self._lock, self._transaction("IMMEDIATE"):
            self._connection.execute(
                "UPDATE documents SET signature = ? WHERE doc_id = ?", (signature, doc_id)
            )

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Forget documents and their chunks. Their vectors stay until `prune`."""
        with self._change() as connection:
            for doc_id in doc_ids:
                self._forget(connection, doc_id)

    def prune(self) -> None:
        """Forget the vectors that no chunk uses."""
        with self._lock, self._transaction("IMMEDIATE"):
            self._connection.execute(
                "DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM chunks)"
            )
        self._empty_log(wait_seconds=0)

    def purge(self) -> None:
        """Leave no byte of what was deleted, by writing all anew: it takes as much disk again.

        A deleted chunk's terms are never found, but FTS5 keeps them until it merges their segment;
        and where SQLite has moved a row, it may leave a copy. Raises CorpusError when a reader that
        does not end keeps the log from being emptied.
        """
        with self._lock, self._transaction("IMMEDIATE"):
            self._connection.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")
        with self._lock, _told():
            self._connection.execute("VACUUM")
        if not self._empty_log(wait_seconds=_LONGEST_READ_SECONDS):
            raise CorpusError(
                "The documents are removed, but another program reads the index, and their bytes"
                " are in its log until that ends. End it, then type: python -m index doctor",
                code="log_in_use",
            )

    def _empty_log(self, *, wait_seconds: int) -> bool:
        """Empty the log, where what was deleted is still; return False when a reader is in it."""
        with self._lock, _told():
            self._connection.execute(f"PRAGMA busy_timeout = {wait_seconds * 1000}")
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._connection.execute(f"PRAGMA busy_timeout = {_LOCK_SECONDS * 1000}")
        return not busy

    @property
    def has_current_terms(self) -> bool:
        """Whether the terms were made by today's rule."""
        return self._fact("terms") == TERMS_VERSION

    def refresh_terms(self) -> None:
        """Make all terms anew where they were made by another rule than today's."""
        if self._fact("terms") != TERMS_VERSION:
            with self._change():
                pass  # every change begins with that

    def faults(self) -> list[str]:
        """Return what is damaged in the database, as far as it contradicts itself; terms aside."""
        try:
            with self.snapshot():
                self._check_version()
                found = [
                    *(text for (text,) in self._rows("PRAGMA integrity_check") if text != "ok"),
                    *(f"a row of {row[0]} refers to nothing" for row in self._rows(_REFERENCES)),
                    *[f"{self.generation} is no number of changes"] * (self.generation < 0),
                ]
                return found or [
                    f"{doc_id}: {fault}"
                    for (doc_id,) in self._rows("SELECT doc_id FROM documents")
                    for fault in self._document_faults(doc_id)
                ]
        except (ChatbotError, *CONTRADICTIONS) as error:
            return [str(error.__cause__ or error)]

    def hindrances(self) -> list[str]:
        """Return why the database cannot be written to."""
        try:
            with self._lock, self._transaction("IMMEDIATE"):
                return []
        except ChatbotError as error:
            return [str(error.__cause__)]

    def terms_faults(self) -> list[str]:
        """Return what is wrong with the lexical index, compared with the stored text."""
        with self.snapshot():
            try:
                self._rows("INSERT INTO lexical (lexical) VALUES ('integrity-check')")
                held: Counter[int] = Counter()
                with _told("read"):
                    for row, term in self._connection.execute(_STORED_TERMS):
                        held[row] += hash(term)
                counted = dict(self._rows("SELECT row, terms FROM chunks"))
            except ChatbotError as error:
                return [str(error.__cause__)]
            wrong: list[str] = []
            for (doc_id,) in self._rows("SELECT doc_id FROM documents"):
                for row, found in self._terms_of(doc_id):
                    expected = sum(map(hash, _counts(found).split()))
                    if held.pop(row, 0) != expected or counted[row] != len(found):
                        wrong.append(f"{doc_id} has other terms than its text")
            return wrong + ["a removed document has terms"] * any(held.values())

    def make_terms_anew(self) -> None:
        """Make all terms anew from the stored texts."""
        with self._change() as connection:
            self._make_terms_anew(connection)

    def _create(self, embedder: Embedder, token_means: FloatArray | None) -> None:
        with _told():
            self._connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction("IMMEDIATE"):
            for statement in _SCHEMA.split(";\n"):
                self._connection.execute(statement)
            facts: dict[str, str | bytes] = {
                "schema": SCHEMA_VERSION,
                "embedder": embedder.fingerprint,
                "dim": str(embedder.dim),
                "generation": "0",
                "terms": TERMS_VERSION,
            }
            if token_means is not None:
                facts["token_means"] = token_means.tobytes()
            self._connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
            self._connection.execute(
                "INSERT INTO facts VALUES ('checksum', ?)", (self._frame_checksum(),)
            )

    def _check_version(self) -> None:
        found = self._fact("schema")
        if found != SCHEMA_VERSION:
            raise IndexMismatchError(
                f"The index has format {found}, this program reads {SCHEMA_VERSION}. "
                "Make it anew: python -m index build",
                code="rebuild",
            )
        if self._fact("checksum") != str(self._frame_checksum()):
            raise damaged("its tables are others than were made")

    def _frame_checksum(self) -> int:
        """Return the checksum of what never changes: the tables and most of the facts."""
        facts = self._facts()
        tables = self._rows("SELECT sql FROM sqlite_schema ORDER BY name")
        return _checksum(tables, *(facts.get(name) for name in _FIXED_FACTS))

    def _facts(self) -> dict[str, Any]:
        return dict(self._rows("SELECT name, value FROM facts"))

    def _fact(self, name: str) -> str:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def _put_vectors(
        self, connection: sqlite3.Connection, new_vectors: Mapping[bytes, PassageVectors]
    ) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
            (
                (
                    key,
                    _sealed(vectors.pooled.tobytes()),
                    vectors.tokens and _sealed(vectors.tokens.to_bytes()),
                )
                for key, vectors in new_vectors.items()
            ),
        )

    def _document_faults(self, doc_id: str) -> list[str]:
        """Return what is wrong with a document, its chunks and their vectors."""
        document, has_codes = self.document(doc_id), self.token_means is not None
        faults: list[str] = []
        covered = 0
        for number, start, end, key, vector, tokens in self._rows(_WITH_VECTORS, doc_id):
            chunk = Chunk(doc_id, start, end, document.text[start:end])
            place = f"characters {start} to {end}"
            if (
                vector_id(chunk, key) != number
                or start < covered
                or document.text[covered:start].strip()
            ):
                faults.append(f"{place} are not the next of its chunks")
            if key != vector_key(TitledText(document.metadata.title, chunk.text)) or not _is_unit(
                _unsealed(vector), self.dim
            ):
                faults.append(f"the vector of {place} is not theirs")
            if has_codes and not _fits(tokens, chunk.text):
                faults.append(f"the token codes of {place} are missing or damaged")
            covered = end
        if [chunk.end for chunk in self.document_chunks(doc_id)][-1:] != [covered] * bool(covered):
            faults.append("its chunks are not those of its vectors")
        return faults + ["its end is in no chunk"] * bool(document.text[covered:].strip())

    def _put(
        self, connection: sqlite3.Connection, entry: Entry, chunk_terms: Sequence[list[str]]
    ) -> None:
        document, metadata, file = entry.document, entry.document.metadata, entry.file
        self._forget(connection, document.doc_id)
        shown = (
            document.doc_id,
            *(metadata.title, metadata.author, metadata.date, metadata.source),
            *(entry.imported, entry.encoding, entry.language),
            *(json.dumps(document.pages), document.sha256),
        )
        connection.execute(
            f"INSERT INTO documents ({_SHOWN}, checksum, text,"
            " file_sha256, sidecar_sha256, signature, recipe)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(*shown, _checksum(*shown), document.text),
                *(file.sha256, file.sidecar_sha256, file.signature, file.recipe),
            ),
        )
        for chunk, key, counted in zip(entry.chunks, entry.keys, chunk_terms, strict=True):
            row = connection.execute(
                "INSERT INTO chunks (chunk_id, vector_id, doc_id, start, end, terms, vector_key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(chunk.chunk_id, vector_id(chunk, key)),
                    *(chunk.doc_id, chunk.start, chunk.end, len(counted), key),
                ),
            ).lastrowid
            connection.execute(
                "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", (row, _counts(counted))
            )

    def _forget(self, connection: sqlite3.Connection, doc_id: str) -> None:
        connection.executemany(
            "INSERT INTO lexical (lexical, rowid, terms) VALUES ('delete', ?, ?)",
            [(row, _counts(counted)) for row, counted in self._terms_of(doc_id)],
        )
        connection.execute("DELETE FROM chunks WHERE doc_id = ?", (doc_id,))
        connection.execute("DELETE FROM documents WHERE doc_id = ?", (doc_id,))

    def _terms_of(self, doc_id: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the row and the terms of each chunk of a document, made from its stored text."""
        for title, text in self._rows("SELECT title, text FROM documents WHERE doc_id = ?", doc_id):
            chunks = self._rows("SELECT row, start, end FROM chunks WHERE doc_id = ?", doc_id)
            for row, start, end in chunks:
                yield row, _chunk_terms(title, text[start:end])

    def _make_terms_anew(self, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
        for (doc_id,) in self._rows("SELECT doc_id FROM documents"):
            for row, counted in self._terms_of(doc_id):
                connection.execute("UPDATE chunks SET terms = ? WHERE row = ?", (len(counted), row))
                connection.execute(
                    "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", (row, _counts(counted))
                )
        connection.execute("UPDATE facts SET value = ? WHERE name = 'terms'", (TERMS_VERSION,))

    def _numbers(self, query: str, *values: object) -> NDArray[np.int64]:
        """Return the numbers that a query gives as one text, with commas between."""
        ((text,),) = self._rows(query, *values)
        return _numbers(text or "")

    def _chunks_with(self, column: str, numbers: Sequence[int]) -> list[Chunk]:
        """Return the chunks with these numbers in a column, in this order."""
        with self.snapshot():
            ids = dict(
                self._rows(
                    f"SELECT {column}, chunk_id FROM chunks"
                    f" WHERE {column} IN (SELECT value FROM json_each(?))",
                    json.dumps(numbers),
                )
            )
            chunks = {
                chunk.chunk_id: chunk
                for chunk in self._chunks(
                    f"{column} IN (SELECT value FROM json_each(?))", json.dumps(numbers)
                )
            }
        if len(chunks) != len(set(numbers)):
            raise damaged("a chunk is missing")
        return [chunks[ids[number]] for number in numbers]

    def _chunks(self, where: str, *values: object) -> list[Chunk]:
        """Return chunks; each is what its id was made of."""
        with self.snapshot():
            rows = self._rows(
                f"SELECT doc_id, start, end, chunk_id FROM chunks WHERE {where}", *values
            )
            texts = {doc_id: "" for doc_id, *_ in rows}
            for doc_id in texts:
                for (text,) in self._rows("SELECT text FROM documents WHERE doc_id = ?", doc_id):
                    texts[doc_id] = text
        chunks = [Chunk(d, start, end, texts[d][start:end]) for d, start, end, _ in rows]
        for chunk, (*_, chunk_id) in zip(chunks, rows, strict=True):
            if chunk.chunk_id != chunk_id:
                raise damaged(f"a chunk of {chunk.doc_id} has changed")
        return chunks

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _told("read"):
            rows = self._connection.execute(query, values).fetchall()
        if self.is_outdated:
            raise CorpusError(
                "Another program has begun to write to the index. Try again.", code="unreadable"
            )
        return rows

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._transaction("IMMEDIATE"):
            if self._fact("terms") != TERMS_VERSION:
                self._make_terms_anew(self._connection)
            yield self._connection
            self._connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[None]:
        """Commit what happens inside, or nothing. Raises CorpusError when the disk is full."""
        with _told():
            self._connection.execute(f"BEGIN {mode}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


class _Files(NamedTuple):
    """What changes when somebody writes: the size of the log, that of the database, its time."""

    log_bytes: int
    bytes: int
    mtime_ns: int


def _files(path: Path) -> _Files:
    try:
        log_bytes = path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        log_bytes = 0
    try:
        state = path.stat()
    except OSError:  # deleted meanwhile
        return _Files(log_bytes, 0, 0)
    return _Files(log_bytes, state.st_size, state.st_mtime_ns)


CONTRADICTIONS = (ValueError, TypeError, LookupError, OverflowError, AttributeError)
"""What reading what nobody has written may end in."""


def damaged(what: object) -> IndexMismatchError:
    """Return the error that says so, with the remedy."""
    return IndexMismatchError(
        f"The index is damaged ({what}). Mend it: python -m index doctor", code="damaged"
    )


@contextmanager
def _told(doing: Literal["read", "write"] = "write") -> Iterator[None]:
    """Say in our words what SQLite cannot do: a full disk, a damaged page."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.NotSupportedError):
        raise  # mistakes of ours
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _HINDRANCES:
            raise damaged(error) from error
        raise CorpusError(
            f"Cannot {doing} the index: {error}. Is there room, and may this user {doing} there? "
            "If so, mend it: python -m index doctor",
            code="unwritable" if doing == "write" else "unreadable",
        ) from error


def _checksum(*values: object) -> int:
    return zlib.crc32(repr(values).encode())


def _check_shown(shown: Sequence[object], checksum: object) -> None:
    if _checksum(*shown) != checksum:
        raise damaged(f"what is known of {shown[0]} has changed")


def _sealed(data: bytes) -> bytes:
    """Return bytes with their checksum behind them."""
    return data + zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "big")


def _unsealed(data: bytes) -> bytes:
    """Return the bytes before their checksum. Raises IndexMismatchError when they have changed."""
    if _sealed(data[:-_CHECKSUM_BYTES]) != data:
        raise damaged("a vector has changed")
    return data[:-_CHECKSUM_BYTES]


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _IDS_PER_QUERY):
        yield values[start : start + _IDS_PER_QUERY]


def _is_unit(vector: bytes, dim: int) -> bool:
    if len(vector) != dim * np.dtype(np.float32).itemsize:
        return False
    return abs(float(np.linalg.norm(np.frombuffer(vector, np.float32))) - 1) < _ROUNDING


def _fits(tokens: bytes | None, text: str) -> bool:
    """Tell whether these can be the token codes of a text."""
    if tokens is None or (len(tokens) - _CHECKSUM_BYTES) % (4 + BITS // 8):
        return False
    spans = TokenCodes.from_bytes(_unsealed(tokens)).spans
    spans = spans[spans[:, 0] != IN_TITLE]
    return bool(np.all(spans[:, 0] <= spans[:, 1]) and np.all(spans <= len(text)))


def _chunk_terms(title: str, text: str) -> list[str]:
    return terms(title) + terms(text)


def _counts(counted: Sequence[str]) -> str:
    """Return the terms as the full-text table gets them: each once, with how often if more."""
    return " ".join(
        term if count == 1 else f"{term}/{count}" for term, count in Counter(counted).items()
    )


def _numbers(text: str) -> NDArray[np.int64]:
    if not _DIGITS.fullmatch(text):
        raise ValueError(f"no numbers: {text[:40]}")
    return np.fromstring(text, dtype=np.int64, sep=",")
