"""The builds of an index in Milvus, of which one answers: that whose name is the alias.

Any number of processes read, on any number of machines. Who writes holds a lock that is a file in
the corpus folder, which all who write to an index share.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final

from filelock import FileLock, Timeout

from index import corpus
from index.embedders.embedding import Embedder
from index.embedders.load import known_fingerprint
from index.embedders.token_codes import TokenCodec
from index.errors import CorpusError, IndexMismatchError, IndexNotBuiltError
from index.listing import check_folder
from index.milvus import rows, schema
from index.milvus.faults import MilvusExamined
from index.milvus.moments import FRESH_SECONDS
from index.milvus.server import WRITE_SECONDS, Server
from index.reports import Notify
from index.search.connections import CONTRADICTIONS, damaged
from index.search.documents import DocumentSummary
from index.search.summaries import Summaries
from index.settings import IndexSettings, MilvusAddress
from index.types import Chunk, FloatArray, LexicalHit, Scope

LOCK: Final = ".milvus-lock"
"""The name of the lock in the corpus folder."""


class MilvusBuild:
    """One build that is open."""

    wants_files = False  # the server keeps its own index of vectors

    def __init__(self, store: MilvusExamined) -> None:
        """Take what it keeps."""
        self.store = store
        means = store.token_means
        self.codec = None if means is None else TokenCodec(means)
        self._summaries = Summaries()

    @property
    def name(self) -> str:
        """Its name, which no other build of the index ever has."""
        return self.store.build

    def read(self) -> None:
        """Do nothing: the server has it."""

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Say that the index is damaged where reading it fails since it contradicts itself."""
        try:
            yield
        except CONTRADICTIONS as error:
            if self.store.faults():
                raise damaged(repr(error)) from error
            raise  # a mistake of ours

    def nearest(
        self, query: FloatArray, top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[tuple[Chunk, float]]:
        """Return the chunks nearest to a question, of documents in the scope that are there."""
        return self.store.nearest(query, top_k, scope, is_there)

    def sharing(
        self, terms: Sequence[str], top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[LexicalHit]:
        """Return the chunks that share most with the terms, among the same documents."""
        return self.store.sharing(terms, top_k, scope, is_there)

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return a line per document, by doc_id."""
        self._summaries = self._summaries.of_now(self.store)
        return self._summaries.lines

    def save(self, *, anew: bool = False) -> None:
        """Do nothing: what is stored is found."""

    def make_files(self, turn: Callable[[], AbstractContextManager[object]]) -> None:
        """Do nothing: the server does."""

    def vector_faults(self) -> list[str]:
        """Return nothing: what is searched is what is stored, and `faults` looks at it."""
        return []

    def read_vectors_anew(self) -> None:
        """Do nothing: there is no copy."""

    def bytes_on_disk(self) -> int:
        """Return 0: none of this machine's."""
        return 0

    def close(self) -> None:
        """Do nothing: the connection is the server's."""


class MilvusBuilds:
    """The builds in a server, the current one open."""

    def __init__(self, settings: IndexSettings, address: MilvusAddress, notify: Notify) -> None:
        """Name the server; nothing is asked yet. `notify` is told of what is waited for."""
        self._settings, self._notify = settings, notify
        self.server = Server(settings, address)
        self._open: MilvusBuild | None = None
        self._looked_at = float("-inf")
        self._opening = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[MilvusBuild]:
        """Hold the build of this moment."""
        with self._opening:
            build = self._open
            if build is None or time.monotonic() - self._looked_at > FRESH_SECONDS:
                build = self.current()
        with build.sound():
            yield build

    def current(self) -> MilvusBuild:
        """Return the current build, as it is now.

        Raises IndexNotBuiltError when there is none, IndexMismatchError when it is of another
        version.
        """
        with self._opening:
            name, made, facts = schema.read(self.server, self.server.name)
            self._looked_at = time.monotonic()
            if self._open is None or self._open.name != name:
                self._open = MilvusBuild(MilvusExamined(self.server, name, made, facts))
            else:
                self._open.store.take(facts)
            return self._open

    def close(self) -> None:
        """Close the connection."""
        with self._opening:
            self._open = None
            self.server.close()

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the writers' lock; yield whether we have it: always, unless `wait` is False."""
        check_folder(self._settings.corpus_dir)  # the lock would make one, empty
        path = self._settings.corpus_dir / LOCK
        try:
            lock = FileLock(path)
            lock.acquire(blocking=False)
        except Timeout:
            if not wait:
                yield False
                return
            self._notify("Another process is writing to this index; waiting for it …")
            lock.acquire()
        except OSError as error:
            raise CorpusError(
                f"Cannot write to {path}: {error.strerror or error}. Who adds to an index in "
                "Milvus keeps others from it by this file: may this user write there?",
                code="unwritable",
            ) from error
        try:
            corpus.sweep(self._settings.corpus_dir)
            with self.server.patient():
                with suppress(IndexNotBuiltError):
                    self.current().store.begin()
                yield True
        finally:
            lock.release()

    def begin(self, embedder: Embedder) -> MilvusBuild:
        """Return a new build, empty; what an interrupted one left is deleted."""
        self.leftovers(self._current_name())
        name = f"{self.server.name}_b{secrets.token_hex(4)}"
        schema.create(self.server, name, embedder, self._settings.milvus_index)
        if embedder.has_token_vectors:
            means = TokenCodec.for_embedder(embedder).means.tobytes()
            parts = list(rows.pieces("means", 0, 0, rows.encoded(means)))
            self.server.insert(schema.table(name, "parts"), parts)
        read = schema.read(self.server, schema.table(name, "chunks"))
        return MilvusBuild(MilvusExamined(self.server, *read))

    def unfinished(self) -> MilvusBuild | None:
        """Return a build that was begun and is as one begun now would be, None where none is."""
        current = self._current_name()
        for name in self._names():
            if name == current:
                continue
            # Of another version, or deleted but for a rest, it is none to go on with.
            with suppress(IndexMismatchError, IndexNotBuiltError):
                read = schema.read(self.server, schema.table(name, "chunks"))
                store = MilvusExamined(self.server, *read)
                if store.generation == 0 and self._is_of_now(store):
                    return MilvusBuild(store)
        return None

    def swap_in(self, name: str) -> None:
        """Make a build the current one, and delete the others."""
        verb = "alter_alias" if self._current_name() else "create_alias"
        chunks = schema.table(name, "chunks")
        self.server.ask(verb, chunks, self.server.name, seconds=WRITE_SECONDS)
        self.current()
        time.sleep(2 * FRESH_SECONDS)  # who reads the build before it is done by then
        self.leftovers(name)

    def leftovers(self, name: str) -> list[str]:
        """Delete the builds of this index but the one of this name; return their names."""
        left = [build for build in self._names() if build != name]
        for build in left:
            for table in reversed(schema.TABLES):
                with suppress(IndexNotBuiltError):
                    self.server.ask("drop_collection", schema.table(build, table))
        return left

    def _names(self) -> list[str]:
        """Return the names of all builds of this index that have their chunks' collection."""
        own = re.compile(rf"({re.escape(self.server.name)}_b[0-9a-f]{{8}})_\w+")
        found = map(own.fullmatch, self.server.ask("list_collections"))
        return sorted({match[1] for match in found if match})

    def _is_of_now(self, store: MilvusExamined) -> bool:
        known = known_fingerprint(self._settings)
        return store.has_current_terms and known in (None, store.fingerprint)

    def _current_name(self) -> str:
        try:
            return schema.read(self.server, self.server.name)[0]
        except IndexNotBuiltError:
            return ""
