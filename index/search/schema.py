"""The tables of a build, and the few facts that hold for all of it."""

from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.embedding import Embedder
from index.errors import CorpusError, IndexMismatchError
from index.search.checksums import checksum
from index.search.connections import Connections, damaged
from index.search.terms import TERMS_VERSION
from index.types import FloatArray

SCHEMA_VERSION = "10"
"""Raise it when tables, vectors or token codes take another form."""

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id         TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    author         TEXT,
    date           TEXT,
    source         TEXT,
    file_date      TEXT,
    imported       TEXT,
    encoding       TEXT,
    language       TEXT NOT NULL,
    characters     INTEGER NOT NULL,
    chunks         INTEGER NOT NULL,
    sha256         TEXT NOT NULL,
    checksum       INTEGER NOT NULL,
    file_sha256    TEXT NOT NULL,
    sidecar_sha256 TEXT NOT NULL,
    signature      TEXT NOT NULL,
    recipe         TEXT NOT NULL,
    since          INTEGER NOT NULL
);
CREATE INDEX documents_by_file ON documents (file_sha256);
CREATE INDEX documents_by_date ON documents (doc_id, date);
CREATE INDEX documents_by_language ON documents (language);
CREATE INDEX documents_by_change ON documents (since);
CREATE TABLE layouts (
    doc_id TEXT PRIMARY KEY REFERENCES documents,
    pages  BLOB NOT NULL,
    places BLOB NOT NULL
);
CREATE TABLE texts (
    doc_id TEXT NOT NULL REFERENCES documents,
    part   INTEGER NOT NULL,
    text   TEXT NOT NULL,
    UNIQUE (doc_id, part)
);
CREATE TABLE headings (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    doc_id  TEXT NOT NULL REFERENCES documents,
    heading TEXT NOT NULL
);
CREATE INDEX headings_by_document ON headings (doc_id);
CREATE TABLE marks (
    doc_id TEXT NOT NULL REFERENCES documents,
    mark   INTEGER NOT NULL,
    PRIMARY KEY (doc_id, mark)
) WITHOUT ROWID;
CREATE INDEX marks_by_mark ON marks (mark);
CREATE TABLE chunks (
    row        INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE TABLE loose (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE words (
    term   TEXT PRIMARY KEY,
    chunks INTEGER NOT NULL,
    titles INTEGER NOT NULL,
    since  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX words_by_change ON words (since);
CREATE VIRTUAL TABLE lexical USING fts5 (
    terms, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '.+#/'"
);
CREATE VIRTUAL TABLE occurrences USING fts5vocab (lexical, instance);
"""
_FIXED_FACTS = ("embedder", "dim", "token_means")


class Schema(Connections):
    """The database, opened: it is whole and of this version."""

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
        super().__init__(path, is_new=create_for is not None)
        try:
            if create_for is not None:
                self._create(create_for, token_means)
            try:
                self._check_version()
            except CorpusError:
                if not self._freeze():
                    raise
                self._check_version()
        except BaseException:
            self.close()
            raise

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
    def terms_since(self) -> int:
        """The generation in which the terms of what was there already were made last."""
        return int(self._fact("terms_since"))

    @property
    def words_since(self) -> int:
        """The generation from which on it is known which words have changed."""
        return max(self.terms_since, int(self._fact("words_since")))

    @property
    def has_current_terms(self) -> bool:
        """Whether the terms were made by today's rule."""
        return self._fact("terms") == TERMS_VERSION

    @property
    def token_means(self) -> FloatArray | None:
        """The means of the token codes, shape (2, layers, dim); None where there are no codes."""
        means = self._facts().get("token_means")
        return None if means is None else np.frombuffer(means, np.float32).reshape(2, -1, self.dim)

    def _create(self, embedder: Embedder, token_means: FloatArray | None) -> None:
        self._outside("PRAGMA journal_mode = WAL")
        with self._writing() as connection:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            facts: dict[str, str | bytes] = {
                "schema": SCHEMA_VERSION,
                "embedder": embedder.fingerprint,
                "dim": str(embedder.dim),
                "generation": "0",
                "terms": TERMS_VERSION,
                "terms_since": "0",
                "words_since": "0",
            }
            if token_means is not None:
                facts["token_means"] = token_means.tobytes()
            connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
            connection.execute(
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
        return checksum(tables, *(facts.get(name) for name in _FIXED_FACTS))

    def _facts(self) -> dict[str, Any]:
        return dict(self._rows("SELECT name, value FROM facts"))

    def _fact(self, name: str) -> str:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""
