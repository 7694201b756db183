"""The SQLite database of one build: documents, chunks, vectors, terms.

Every change is one transaction that raises the generation; what is derived from the database, in
memory or in a file, carries that number.

What can be asked of it is written table by table, each class on top of the one before: `schema`,
`documents`, `chunks`, `occurrences`, `faults`. Here is what changes all of them together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from index.embedders.token_codes import PassageVectors
from index.errors import CorpusError
from index.search.chunks import vector_key
from index.search.connections import Connection
from index.search.documents import DocumentSummary, Entry, FileState
from index.search.faults import Examined
from index.search.occurrences import chunk_terms

__all__ = ["DocumentSummary", "Entry", "FileState", "Store", "vector_key"]

_LONGEST_READ_SECONDS = 5


class Store(Examined):
    """One database, shared by the threads of a process."""

    def put(self, entries: Iterable[Entry], new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store documents with their chunks, terms and missing vectors, replacing by id."""
        # Made before anything is locked: of a long text this takes a while.
        counted = [
            (e, [chunk_terms(e.document.metadata.title, chunk.text) for chunk in e.chunks])
            for e in entries
        ]
        with self._change() as connection:
            self._put_vectors(connection, new_vectors)
            for entry, terms_of_chunks in counted:
                self._forget(connection, entry.document.doc_id)
                self._put_document(connection, entry)
                self._put_chunks(connection, entry, terms_of_chunks)
            # Of all at once: most of their terms are in several of them.
            self._count(connection, ((e.document.metadata.title, held) for e, held in counted), 1)

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Forget documents and their chunks. Their vectors stay until `prune`."""
        with self._change() as connection:
            for doc_id in doc_ids:
                self._forget(connection, doc_id)

    def purge(self) -> None:
        """Leave no byte of what was deleted, by writing all anew: it takes as much disk again.

        A deleted chunk's terms are never found, but FTS5 keeps them until it merges their segment;
        and where SQLite has moved a row, it may leave a copy. Raises CorpusError when a reader that
        does not end keeps the log from being emptied.
        """
        with self._writing() as connection:
            connection.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")
            connection.execute("DELETE FROM words WHERE chunks = 0 AND titles = 0")
            connection.execute(
                "UPDATE facts SET value = (SELECT value FROM facts WHERE name = 'generation')"
                " WHERE name = 'words_since'"
            )
        self._outside("VACUUM")
        if not self._empty_log(wait_seconds=_LONGEST_READ_SECONDS):
            raise CorpusError(
                "The documents are removed, but another program reads the index, and their bytes"
                " are in its log until that ends. End it, then type: python -m index doctor",
                code="log_in_use",
            )

    def refresh_terms(self) -> None:
        """Make all terms anew where they were made by another rule than today's."""
        if not self.has_current_terms:
            with self._change():
                pass  # every change begins with that

    def make_terms_anew(self) -> None:
        """Make all terms anew from the stored texts."""
        with self._change() as connection:
            self._make_terms_anew(connection)

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        with self._writing() as connection:
            if not self.has_current_terms:
                self._make_terms_anew(connection)
            yield connection
            connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")

    def _forget(self, connection: Connection, doc_id: str) -> None:
        self._forget_chunks(connection, doc_id)
        self._forget_document(connection, doc_id)
