"""One build of an index in a folder: its database, and the snapshot that answers from it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedders.token_codes import TokenCodec
from index.errors import IndexMismatchError
from index.keeping.doctor import vector_faults
from index.search.cells import EXACT_AT_MOST
from index.search.connections import CONTRADICTIONS, damaged
from index.search.database import DocumentSummary, Store
from index.search.document_rows import DocumentRows
from index.search.scope import matcher
from index.search.snapshot import Snapshot
from index.search.summaries import Summaries
from index.search.term_file import TermFile
from index.search.vector_file import VectorFile
from index.search.vectors import DenseIndex
from index.types import EVERYTHING, Chunk, FloatArray, LexicalHit, Scope

DATABASE: Final = "store.sqlite3"

_Hit = TypeVar("_Hit")
_Search = Callable[[Snapshot, NDArray[np.bool_] | None], list[_Hit]]
"""Gets which chunks to look at, None for all; returns the best hits among them."""


class Build:
    """One build that is open: its database, and the snapshot that answers from it."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises IndexMismatchError when it is damaged or of another version."""
        self.folder = folder
        self.store = Store(folder / DATABASE)
        means = self.store.token_means
        self.codec = None if means is None else TokenCodec(means)
        self._latest: Snapshot | None = None
        self._file = VectorFile(folder, self.store.dim)
        self._terms = TermFile(folder)
        self._making = threading.Lock()  # the next snapshot, or the file
        self._summaries = Summaries()
        self._document_rows = DocumentRows()
        self._readers, self._is_left, self._counting = 0, False, threading.Lock()

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def read(self) -> None:
        """Read what searches look at, where that is not in memory yet."""
        with self.snapshot(exact=False):
            pass

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Say that the database is damaged where reading it fails since it contradicts itself."""
        try:
            yield
        except CONTRADICTIONS as error:
            if self.store.faults() or self.store.terms_faults():
                raise damaged(repr(error)) from error
            raise  # a mistake of ours

    @contextmanager
    def snapshot(self, *, exact: bool = True) -> Iterator[Snapshot]:
        """Yield what answers; all that is read of the database inside is of one moment.

        Where that is to be exactly the moment of the snapshot, this waits while another thread
        makes it. Else what answers meanwhile is of a generation before, and what it finds may be
        gone.
        """
        with ExitStack() as moment:
            latest = self._latest  # looked at before the moment begins, so not of a later one
            if exact or latest is None:
                with self._making:
                    moment.enter_context(self.store.snapshot())
                    latest = self._made()
            else:
                moment.enter_context(self.store.snapshot())
                if latest.generation != self.store.generation:
                    latest = self._made_unless_busy(latest)
            yield latest

    def _made_unless_busy(self, latest: Snapshot) -> Snapshot:
        """Return the snapshot of this moment, or the one given where another thread is at it."""
        if not self._making.acquire(blocking=False):
            return latest
        try:
            is_later = self._latest is not None and self._latest.generation > self.store.generation
            return latest if is_later else self._made()
        finally:
            self._making.release()

    def _made(self) -> Snapshot:
        """Make the snapshot of this moment that of everybody, and return it."""
        if self._latest is None:
            self._latest = Snapshot.of(self.store, self._file.load(), self._terms)
        else:
            self._latest = self._latest.of_now(self.store)
        return self._latest

    def nearest(
        self, query: FloatArray, top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[tuple[Chunk, float]]:
        """Return the chunks nearest to a question, of documents in the scope that are there."""
        return self._found(
            lambda now, inside: now.nearest(self.store, query, top_k, inside),
            *(scope, is_there, lambda hit: hit[0]),
        )

    def sharing(
        self, terms: Sequence[str], top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[LexicalHit]:
        """Return the chunks that share most with the terms, among the same documents."""
        return self._found(
            lambda now, inside: now.lexical.search(self.store, terms, top_k, inside),
            *(scope, is_there, lambda hit: hit.chunk),
        )

    def _found(
        self,
        search: _Search[_Hit],
        scope: Scope,
        is_there: Callable[[str], bool],
        chunk_of: Callable[[_Hit], Chunk],
    ) -> list[_Hit]:
        """Return the best hits among the documents of the scope whose file is there."""
        try:
            with self.snapshot(exact=False) as now:
                return self._there(search, now, scope, is_there, chunk_of)
        except IndexMismatchError:  # what is found may have been replaced just now
            with self.snapshot() as now:
                return self._there(search, now, scope, is_there, chunk_of)

    def _there(
        self,
        search: _Search[_Hit],
        now: Snapshot,
        scope: Scope,
        is_there: Callable[[str], bool],
        chunk_of: Callable[[_Hit], Chunk],
    ) -> list[_Hit]:
        """Where a file is gone, search once more, for what lies outside of those that are."""
        rows, inside = now.rows.rows, None
        if scope != EVERYTHING:
            inside = self._rows_of_documents().in_scope(rows, scope)
        found = search(now, inside)
        if all(is_there(doc_id) for doc_id in {chunk_of(hit).doc_id for hit in found}):
            return found
        holds = matcher(scope)
        inside = self._rows_of_documents().where(
            rows, lambda doc_id, date: holds(doc_id, date) and is_there(doc_id)
        )
        return [hit for hit in search(now, inside) if is_there(chunk_of(hit).doc_id)]

    def _rows_of_documents(self) -> DocumentRows:
        self._document_rows = self._document_rows.of_now(self.store)
        return self._document_rows

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return a line per document, by doc_id."""
        self._summaries = self._summaries.of_now(self.store)
        return self._summaries.lines

    def save(self, *, anew: bool = False) -> None:
        """Bring the snapshot and the file of vectors up. Only for who may write to the build.

        Made anew, its files hold nothing of what was removed. Raises CorpusError when the file
        cannot be written.
        """
        with self._making, self.store.snapshot():
            now = self._made()
            if anew:
                self._terms.delete()
                self._latest = now = now.with_terms(None)
            self._file.save(now.vectors, anew=anew)

    @property
    def wants_cells(self) -> bool:
        """Whether a search looks at so many vectors one by one that they belong in cells."""
        return self._latest is not None and self._latest.vectors.loose > EXACT_AT_MOST

    @property
    def wants_files(self) -> bool:
        """Whether searches would be faster if `make_files` were called."""
        return self.wants_cells or self._wants_terms

    @property
    def _wants_terms(self) -> bool:
        """Whether terms of so many chunks are in the database alone that they belong in a file."""
        return self._latest is not None and self._latest.lexical.loose > EXACT_AT_MOST

    def make_files(self, turn: Callable[[], AbstractContextManager[object]]) -> None:
        """Put all vectors in cells, and common terms in a file; who asks or writes does not wait.

        `turn` keeps others from writing, at the end. Raises CorpusError when a file cannot be
        written.
        """
        if self._file.is_others:  # another process may have done it
            self._search_files()
        if self._latest is not None and self.wants_cells:
            with ExitStack() as at_the_end:
                vectors, take_turn = self._latest.vectors, lambda: at_the_end.enter_context(turn())
                if self._file.put_in_cells(vectors, take_turn):
                    self._search_files()
                    self.save()
        if self._wants_terms:
            self._search_files()
        if self._wants_terms:
            with ExitStack() as at_the_end:
                self._terms.make(self.store, lambda: at_the_end.enter_context(turn()))
                self._search_files()

    def _search_files(self) -> None:
        """Search the vectors and the terms as the files hold them, with what these lack."""
        with self._making, self.store.snapshot():
            now = self._made().with_vectors(self._file.load())
            self._latest = now.with_terms(self._terms.load(self.store, now.rows))

    def vector_faults(self) -> list[str]:
        """Return how the files of vectors and terms differ from the database."""
        with self._making:
            return vector_faults(self._file.load(), self.store) + self._terms.faults(self.store)

    def read_vectors_anew(self) -> None:
        """Read all vectors from the database again, and write the file anew; terms have none."""
        with self._making, self.store.snapshot():
            self._terms.delete()
            self._latest = Snapshot.of(self.store, DenseIndex.empty(self.store.dim))
            self._file.save(self._latest.vectors, anew=True)

    def bytes_on_disk(self) -> int:
        """Return the size of its files; less, when it is deleted while we look."""
        total = 0
        with suppress(FileNotFoundError):
            for path in self.folder.iterdir():
                total += path.stat().st_size
        return total

    def enter(self) -> None:
        """Begin to read: it stays open until the last reader has left."""
        with self._counting:
            self._readers += 1

    def leave(self) -> None:
        """End reading."""
        with self._counting:
            self._readers -= 1
        self._close_if_left()

    def close(self) -> None:
        """Close the database as soon as nobody reads it."""
        self._is_left = True
        self._close_if_left()

    def _close_if_left(self) -> None:
        if self._is_left and not self._readers:
            self.store.close()
