"""The corpus and its index as one thing: what is added is found, what is removed is not.

`corpus/` is the truth. The index folder holds builds, each a folder of its own with one database
and the files derived from it, and `current`, which names the build that answers:

    index/built/current                   "build-5b7c12d0"
    index/built/build-5b7c12d0/store.sqlite3, dense-17-0a1b2c3d.faiss

A build from nothing is made beside the current one and swapped in by renaming `current`. Writers
take one lock, readers none. A process killed at any instant leaves the index behind the corpus at
most; every open brings it up before the first answer.
"""

import datetime
import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from index import corpus, doctor
from index.dense import DenseIndex
from index.doctor import Finding
from index.duplicates import noted
from index.embedding import Embedder
from index.encodings import fits
from index.errors import ChatbotError, CorpusError, IndexMismatchError, IndexNotBuiltError
from index.folders import discard
from index.formats.content import one_line
from index.lexical import LexicalIndex
from index.load import known_fingerprint, load_embedder
from index.reading import READERS, ReadAhead, Readers, Refused
from index.scope import check_date
from index.settings import IndexSettings
from index.store import CONTRADICTIONS, DocumentSummary, Store, damaged
from index.token_codes import QuestionVectors, TokenCodec, TokenCodes, encode_questions
from index.types import EVERYTHING, Chunk, Document, FloatArray, LexicalHit, Scope
from index.update import Pending, Progress, Report, pending, silent, update

_DATABASE = "store.sqlite3"
_BUILD = re.compile(r"build-[0-9a-f]{8}")
_MAX_HELD_BYTES = 32 * 2**20
"""What is read before it is put into the corpus: a file of the largest size may come on top."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Source:
    """Something to add: its name (a file name or a relative path), its bytes, what is known of it.

    `source` is where it was fetched from, `encoding` the user's or the server's word on a text.
    """

    name: str
    raw: bytes
    title: str | None = None
    source: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What the index holds, and by which doc_ids it is behind the corpus."""

    build: str
    generation: int
    embedder: str
    documents: int
    chunks: int
    bytes_on_disk: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    ignored: tuple[str, ...]


class Library:
    """One corpus with its index. Safe to share between threads and between processes."""

    def __init__(
        self,
        settings: IndexSettings,
        *,
        embedder: Embedder | None = None,
        notify: Callable[[str], None] = lambda message: None,
        readers: Readers = READERS,
    ) -> None:
        """Name the folders; nothing is read yet.

        Without `embedder`, the one that the settings name is loaded when it is needed. `notify`
        gets sentences for the user about what takes long. `readers` read the files.
        """
        self.settings = settings
        self._given_embedder = embedder
        self._notify = notify
        self._readers = readers
        # A document that takes a minute to be refused is not tried again with every change.
        self._refused: Refused = {}
        self._guard = threading.RLock()
        self._build = ""
        self._store: Store | None = None
        self._codec: TokenCodec | None = None
        self._dense: DenseIndex | None = None
        self._lexical: LexicalIndex | None = None

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder of this library."""
        return self._given_embedder or load_embedder(self.settings, self._notify)

    def open(self, progress: Progress = silent) -> list[Report]:
        """Bring the index up to the corpus before the first answer; return what changed.

        Raises IndexNotBuiltError when there is no index, IndexMismatchError when it was made by
        another embedder. While another process writes, what is indexed so far answers.
        """
        store = self._current_store()
        if store.has_current_terms and not pending(self.settings, store):
            return []
        try:
            with self._writing(wait=False) as writing:
                return self._update(progress) if writing else []
        except CorpusError as error:
            if error.code != "unwritable":
                raise
            self._notify(f"{error} What is indexed so far answers.")
            return []

    def pending(self) -> Pending:
        """Return how far the index is behind the corpus, by names, sizes and times alone."""
        try:
            store = self._current_store()
        except (IndexNotBuiltError, IndexMismatchError):  # `update` makes it anew
            store = None
        with self._guard:
            return pending(self.settings, store)

    def update(self, progress: Progress = silent, *, wait: bool = True) -> list[Report]:
        """Bring the index to what the corpus holds, making it when there is none.

        While another process or thread writes, this waits for it, or does nothing without `wait`.
        """
        with self._writing(wait=wait) as writing:
            if not writing:
                return []
            self._ensure_build()
            return self._update(progress)

    def build(self, progress: Progress = silent) -> list[Report]:
        """Make the index from nothing, beside the one there is, and swap it in."""
        with self._writing():
            folder = self._new_build()
            store = Store(folder / _DATABASE)
            try:
                codec = _codec_of(store)
                ahead = self._read_ahead()
                reports = update(self.settings, store, self.embedder, codec, progress, ahead)
                dense = DenseIndex.empty(store.dim)
                _bring_up(dense, store)
                dense.save(folder)
            finally:
                store.close()
            self._set_current(folder)
            self._current_store()  # leaves the build that is deleted now
            self._delete_other_builds()
            return reports

    def add(
        self,
        sources: Iterable[Source | Report],
        progress: Progress = silent,
        *,
        stop: threading.Event | None = None,
    ) -> list[Report]:
        """Put documents into the corpus and the index; return a report per source, in order.

        Bytes that the corpus holds already are not added again; the report names their document.
        A source with the name of a document replaces it, but what was fetched from somewhere
        replaces only what was fetched from there, and gets a name of its own otherwise. Of two
        sources with one name, the second is refused. A report among the sources, on what could not
        be read, stays in its place.

        Sources are read one at a time, while others may write. Once so many are read that they take
        much memory, they are put into the corpus, all before the first is indexed: what an
        interruption then leaves out, `update` brings in. `stop`, once set, leaves out for good what
        is not complete: it is out of the corpus again, or what it replaced is back, before anybody
        else may write, and there is no report of it.
        """
        reports: list[Report] = []
        batch = _Batch(progress, stop)
        remaining = iter(sources)
        while not batch.is_stopped:
            ahead = self._read_ahead()
            try:
                group = list(self._read(remaining, ahead, batch))
            except _Stopped:  # nothing of this group is in the corpus
                break
            reports += self._add(group, batch, ahead)
            if ahead.held_bytes < _MAX_HELD_BYTES:
                break
        return reports

    def edit(
        self,
        doc_id: str,
        *,
        title: str | None = None,
        author: str | None = None,
        date: str | None = None,
        source: str | None = None,
        encoding: str | None = None,
        progress: Progress = silent,
    ) -> Report:
        """Change what is noted beside a document; return what became of it.

        None leaves a field as it is, an empty text goes back to what the file says of itself.
        Nothing is changed where that raises: CorpusError when there is no such document or it
        cannot be read in the encoding, ChatbotError for what is no date.
        """
        given = {
            "title": title, "author": author, "date": date, "source": source, "encoding": encoding
        }  # fmt: skip
        if date:
            check_date(date)
        with self._writing():
            self._ensure_build()
            self._update(progress)
            if doc_id not in corpus.scan(self.settings.corpus_dir).documents:
                raise _no_document(doc_id)
            kept = corpus.read_sidecar(self.settings.corpus_dir, doc_id)
            edited = replace(kept, **{k: one_line(v) for k, v in given.items() if v is not None})
            if edited == kept:
                return Report(doc_id, "unchanged", doc_id)
            raw = corpus.read(corpus.locate(self.settings.corpus_dir, doc_id))
            ahead = self._read_ahead()
            ahead.read(doc_id, raw, edited.encoding, lambda: progress(doc_id, 0, 0))
            corpus.write_sidecar(self.settings.corpus_dir, doc_id, edited)
            return next(r for r in self._update(progress, ahead) if r.doc_id == doc_id)

    def sidecar(self, doc_id: str) -> corpus.Sidecar:
        """Return what is noted beside a document; a field that is None comes from its file."""
        return corpus.read_sidecar(self.settings.corpus_dir, doc_id)

    def remove(self, doc_id: str, *, purge: bool = False) -> None:
        """Take a document out of corpus and index. Raises CorpusError when there is none.

        With `purge`, none of its bytes stay in a file of either, nor of what was removed before.
        """
        with self._writing():
            self._ensure_build()
            if doc_id not in corpus.scan(self.settings.corpus_dir).documents:
                raise _no_document(doc_id)
            store = self._current_store()
            corpus.delete(self.settings.corpus_dir, doc_id)
            with _sound(store):
                store.delete([doc_id])
                store.prune()
                self._save_dense(store)
                if purge:
                    self._delete_other_builds()
                    store.purge()

    def examine(self, progress: Progress = silent) -> list[Finding]:
        """Check everything, mend what is derived from the corpus, and return what was found."""
        with self._writing():
            faults = self._database_faults()
            try:
                return self._examined(faults, progress)
            except IndexMismatchError as error:
                if faults or error.code != "damaged":
                    raise
                return self._examined([str(error.__cause__ or error)], progress)

    def _examined(self, faults: list[str], progress: Progress) -> list[Finding]:
        """Check and mend all; where the database has faults, it is made anew."""
        if faults:
            self.close()
            self._set_current(self._new_build())
            self._delete_other_builds()
            self._save_dense(self._current_store())
        store = self._current_store()
        with _sound(store):
            vectors, terms = self._examine_vectors(store), self._examine_terms(store)
            for doc_id in doctor.changed_unseen(self.settings.corpus_dir, store):
                store.set_signature(doc_id, "")
            reports = self._update(progress)
            store.prune()
            return [
                doctor.finding("database", faults, well="whole", remedy="made anew"),
                *(vectors, terms),
                *doctor.documents(reports, len(store.files())),
                *doctor.sidecars(self.settings.corpus_dir),
                doctor.sweep(self.settings.index_dir, self._build),
            ]

    def documents(self) -> list[DocumentSummary]:
        """Return a line per document that is indexed and still in the corpus, by doc_id.

        Raises CorpusError when there is no corpus folder.
        """
        corpus.check_folder(self.settings.corpus_dir)
        with self._held() as store:
            summaries = store.summaries()
        return [summary for summary in summaries if self._is_there(summary.doc_id)]

    def document(self, doc_id: str) -> Document:
        """Return an indexed document. Raises CorpusError when there is none, or none any more."""
        if not self._is_there(doc_id):
            raise _no_document(doc_id)
        with self._held() as store:
            return store.document(doc_id)

    def chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document, in order; none where there is no such document."""
        if not self._is_there(doc_id):
            return []
        with self._held() as store:
            return store.document_chunks(doc_id)

    def encode_questions(self, questions: Sequence[str]) -> list[QuestionVectors]:
        """Return the questions as the searches need them, from one pass of the network."""
        with self._held() as store:
            self._check_embedder(store)
            codec = self._codec
        return encode_questions(self.embedder, codec, questions)

    def search_dense(
        self, query: FloatArray, top_k: int, scope: Scope = EVERYTHING
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, shape (dim,), best first, with cosines.

        Only chunks of documents in the scope whose file is there at this moment.
        """
        with self._held() as store:
            self._check_embedder(store)

            def search(among: Sequence[str] | None) -> list[tuple[Chunk, float]]:
                ids = None if among is None else store.vector_ids(among)
                scores = dict(self._dense_of(store).search(query, top_k, among=ids))
                return list(
                    zip(store.chunks_of_vectors(list(scores)), scores.values(), strict=True)
                )

            with store.snapshot():
                return self._there(search, store, scope, lambda hit: hit[0])

    def search_lexical(
        self, terms: Sequence[str], top_k: int, scope: Scope = EVERYTHING
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first.

        Only chunks of documents in the scope whose file is there at this moment.
        """
        with self._held() as store, store.snapshot():
            lexical = self._lexical_of(store)
            return self._there(
                lambda among: lexical.search(store, terms, top_k, among),
                store,
                scope,
                lambda hit: hit.chunk,
            )

    def names_among(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""
        with self._held() as store:
            return self._lexical_of(store).names.intersection(terms)

    def token_codes(self, chunks: Sequence[Chunk]) -> list[TokenCodes | None]:
        """Return the token codes of each chunk, in order, None for one that is gone."""
        with self._held() as store:
            found = store.token_codes([chunk.chunk_id for chunk in chunks])
        return [found.get(chunk.chunk_id) for chunk in chunks]

    def _there(
        self,
        search: Callable[[Sequence[str] | None], list[_T]],
        store: Store,
        scope: Scope,
        chunk_of: Callable[[_T], Chunk],
    ) -> list[_T]:
        """Return the best hits among the documents of the scope whose file is there.

        `search` gets the only documents to look at, None for all. Where a file is gone, it is asked
        once more, for what lies outside of those that are.
        """
        among = None if scope == EVERYTHING else store.doc_ids(scope)
        found = search(among)
        if all(self._is_there(chunk_of(hit).doc_id) for hit in found):
            return found
        there = filter(self._is_there, store.doc_ids() if among is None else among)
        return [hit for hit in search(list(there)) if self._is_there(chunk_of(hit).doc_id)]

    def info(self) -> IndexInfo:
        """Return what the index holds and how far it is behind the corpus."""
        with self._held() as store:
            behind, summaries = pending(self.settings, store), store.summaries()
            folder = self.settings.index_dir / self._build
            return IndexInfo(
                build=self._build,
                generation=store.generation,
                embedder=store.fingerprint,
                documents=len(summaries),
                chunks=sum(summary.chunks for summary in summaries),
                bytes_on_disk=_bytes_in(folder),
                new=tuple(doc_id for doc_id in behind.stale if doc_id not in behind.unsettled),
                gone=behind.gone,
                ignored=behind.ignored,
            )

    def close(self) -> None:
        """Close the database."""
        with self._guard:
            if self._store is not None:
                self._store.close()
            self._store, self._codec, self._build = None, None, ""
            self._dense, self._lexical = None, None

    # -- writing ------------------------------------------------------------------------------

    @contextmanager
    def _writing(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the writers' lock; yield whether we have it: always, unless `wait` is False."""
        self._check_folder()
        try:
            self.settings.index_dir.mkdir(parents=True, exist_ok=True)
            if (self.settings.index_dir / "lock").is_dir():  # no lock of anybody
                discard(self.settings.index_dir / "lock")
            lock = FileLock(self.settings.index_dir / "lock")
            lock.acquire(blocking=False)
        except Timeout:
            if not wait:
                yield False
                return
            self._notify("Another process is writing to this index; waiting for it …")
            lock.acquire()
        except OSError as error:
            raise CorpusError(
                f"Cannot write to {self.settings.index_dir}: {error.strerror or error}. "
                "Make it a folder with room that this user may write to, or name another with "
                "--index-dir.",
                code="unwritable",
            ) from error
        try:
            corpus.sweep(self.settings.corpus_dir)
            self._thaw()
            yield True
        finally:
            lock.release()

    def _thaw(self) -> None:
        """Let a database be opened for writing where that could not be done before."""
        with self._guard:
            if self._store is not None and self._store.is_frozen:
                self.close()

    def _read_ahead(self) -> ReadAhead:
        return ReadAhead(self._readers, self._refused)

    def _read(
        self, sources: Iterator[Source | Report], ahead: ReadAhead, batch: "_Batch"
    ) -> Iterator[Source | Report]:
        """Read sources, and yield them, until all or many are read."""
        for source in sources:
            if isinstance(source, Source):
                tell = partial(batch.tell, _shown(source), 0, 0)
                tell()
                with suppress(CorpusError):  # told when it is its turn
                    doc_id, kept = self._place(source)
                    ahead.read(doc_id, source.raw, _said_encoding(source, kept), tell)
            yield source
            if ahead.held_bytes >= _MAX_HELD_BYTES:
                return

    def _add(
        self, sources: Sequence[Source | Report], batch: "_Batch", ahead: ReadAhead
    ) -> list[Report]:
        """Put what was read into the corpus, then into the index."""
        with self._writing():
            self._ensure_build()
            written: list[Report] = []
            try:
                self._update(batch.tell, ahead)  # what is there is told from the folder as it is
                for source in sources:
                    written.append(self._written(source, batch, ahead))
                indexed = {report.doc_id: report for report in self._update(batch.tell, ahead)}
            except _Stopped:
                indexed = self._leave_out(batch)
                written = [r for r in written if r.outcome != "added" or r.doc_id in indexed]
            batch.replaced.clear()  # what is complete stays
            return [
                replace(indexed.get(report.doc_id, report), name=report.name)
                if report.outcome == "added"
                else report
                for report in written
            ]

    def _written(self, source: Source | Report, batch: "_Batch", ahead: ReadAhead) -> Report:
        """Put one source into the corpus, or say why not."""
        if isinstance(source, Report):
            return source
        batch.tell(_shown(source), 0, 0)
        try:
            return replace(self._write(source, batch, ahead), name=_shown(source))
        except CorpusError as error:
            return Report(_shown(source), "refused", reason=str(error), code=error.code)

    def _write(self, source: Source, batch: "_Batch", ahead: ReadAhead) -> Report:
        """Put one source into the corpus. Raises CorpusError with the reason why not."""
        doc_id, kept = self._place(source)
        said = _said_encoding(source, kept)
        is_text = ahead.extract(doc_id, source.raw, said).encoding is not None
        digest = hashlib.sha256(source.raw).hexdigest()
        if twin := batch.written.get(digest) or self._twin(digest, batch):
            return Report(source.name, "unchanged", twin, reason=f"same content as {twin}")
        if doc_id in batch.written.values():
            raise CorpusError(
                f"Another of these documents is called {doc_id} too. Rename one, add it again.",
                code="same_name",
            )
        sidecar = replace(
            kept,
            title=one_line(source.title) or kept.title,
            source=source.source or kept.source,
            encoding=said if is_text else None,
            original_name=one_line(source.name),
            imported=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )
        if batch.stop is not None and self._is_there(doc_id):
            path = corpus.locate(self.settings.corpus_dir, doc_id)
            batch.replaced[doc_id] = corpus.read(path), kept
        corpus.write(self.settings.corpus_dir, doc_id, source.raw, sidecar)
        batch.written[digest] = doc_id
        return Report(source.name, "added", doc_id)

    def _place(self, source: Source) -> tuple[str, corpus.Sidecar]:
        """Return the id for a source, and what is known of the document that it replaces.

        That keeps a title or date that someone has set.
        """
        doc_id = corpus.safe_doc_id(source.name)
        kept = self._kept(doc_id)
        if source.source and kept is not None and kept.source != source.source:
            doc_id = corpus.distinct_id(doc_id, source.source)
            kept = self._kept(doc_id)
        return doc_id, kept or corpus.Sidecar()

    def _kept(self, doc_id: str) -> corpus.Sidecar | None:
        if not self._is_there(doc_id):
            return None
        return corpus.read_sidecar(self.settings.corpus_dir, doc_id)

    def _twin(self, digest: str, batch: "_Batch") -> str | None:
        """Return the document of these bytes, unless this batch has just replaced it."""
        twin = self._current_store().document_with_file(digest)
        gone = twin is None or twin in batch.written.values() or not self._is_there(twin)
        return None if gone else twin

    def _update(self, progress: Progress, ahead: ReadAhead | None = None) -> list[Report]:
        store = self._current_store()
        self._check_embedder(store)
        with _sound(store):
            store.refresh_terms()
            reports: list[Report] = []
            if pending(self.settings, store):  # else the model need not be loaded
                ahead = ahead or self._read_ahead()
                reports = update(self.settings, store, self.embedder, self._codec, progress, ahead)
            with suppress(CorpusError):  # a full disk: what the file lacks is in the database
                self._save_dense(store)
            return noted(reports, store, self._dense_of(store))

    def _leave_out(self, batch: "_Batch") -> dict[str | None, Report]:
        """Undo what a batch wrote and is not complete; return reports of the rest, by doc_id."""
        store = self._current_store()
        behind = pending(self.settings, store)
        waiting = behind.stale.keys() - behind.unsettled
        complete = set(batch.written.values()) - waiting
        for digest, doc_id in batch.written.items():
            if doc_id in waiting:
                self._undo(doc_id, digest, batch.replaced.get(doc_id))
        store.prune()
        with suppress(CorpusError):  # a full disk: what the file lacks is in the database
            self._save_dense(store)
        return {
            known.doc_id: Report(
                known.doc_id,
                "replaced" if known.doc_id in batch.replaced else "added",
                known.doc_id,
                characters=known.characters,
                chunks=known.chunks,
                encoding=known.encoding,
                language=known.language,
            )
            for known in store.summaries()
            if known.doc_id in complete
        }

    def _undo(self, doc_id: str, digest: str, before: tuple[bytes, corpus.Sidecar] | None) -> None:
        folder = self.settings.corpus_dir
        path = corpus.locate(folder, doc_id)
        if not path.is_file() or hashlib.sha256(corpus.read(path)).hexdigest() != digest:
            return  # somebody has put another file there, or taken it away
        if before is None:
            corpus.delete(folder, doc_id)
        else:
            corpus.write(folder, doc_id, *before)

    def _database_faults(self) -> list[str]:
        try:
            store = self._current_store()
        except IndexNotBuiltError:
            return ["there was none"]
        except (IndexMismatchError, CorpusError) as error:
            return [str(error.__cause__ or error)]
        self._check_embedder(store)
        if store.token_means is None and self.embedder.has_token_vectors:
            return ["there are no token codes"]
        return store.faults() or store.hindrances()

    def _examine_terms(self, store: Store) -> Finding:
        store.refresh_terms()
        faults = store.terms_faults()
        if faults:
            store.make_terms_anew()
        return doctor.finding("terms", faults, well="those of the texts", remedy="made anew")

    def _examine_vectors(self, store: Store) -> Finding:
        folder = self.settings.index_dir / self._build
        faults = doctor.vector_faults(DenseIndex.load(folder, store.dim), store)
        if faults:
            with self._guard:
                self._dense = DenseIndex.empty(store.dim)
                self._save_dense(store)
        return doctor.finding(
            "vectors", faults, well="those of the database", remedy="written anew"
        )

    def _save_dense(self, store: Store) -> None:
        with self._guard:
            self._dense_of(store).save(self.settings.index_dir / self._build)

    def _ensure_build(self) -> None:
        """Begin a build where there is none that this program can read: all of it is derived."""
        try:
            self._current_store()
        except IndexNotBuiltError:
            self._set_current(self._new_build())
        except IndexMismatchError as error:
            self._notify(f"{error.__cause__ or error} It is made anew now.")
            self._set_current(self._new_build())
            self._delete_other_builds()

    def _new_build(self) -> Path:
        """Make a folder with an empty database; what an interrupted build left is deleted."""
        self._delete_other_builds()
        # Never a name that was used before: whoever still reads an old build sees that it is gone.
        folder = self.settings.index_dir / f"build-{secrets.token_hex(4)}"
        try:
            folder.mkdir()
        except OSError as error:
            raise _cannot_write(folder, error) from error
        means = (
            TokenCodec.for_embedder(self.embedder).means
            if self.embedder.has_token_vectors
            else None
        )
        Store(folder / _DATABASE, create_for=self.embedder, token_means=means).close()
        return folder

    def _set_current(self, folder: Path) -> None:
        current = self.settings.index_dir / "current"
        try:
            if current.is_dir():
                discard(current)
            corpus.replace_file(current, folder.name.encode(), by_way_of=self.settings.index_dir)
        except OSError as error:
            raise _cannot_write(current, error) from error

    def _delete_other_builds(self) -> None:
        for folder in self.settings.index_dir.glob("build-*"):
            if folder.name != self._current_name():
                with suppress(OSError):
                    discard(folder)

    # -- reading ------------------------------------------------------------------------------

    def _current_name(self) -> str:
        """Return the name of the current build, empty when there is none."""
        try:
            name, before = self._named_build(), ""
            # One that was deleted between two looks has a successor: another process swapped it in.
            while name != before and not (self.settings.index_dir / name / _DATABASE).is_file():
                name, before = self._named_build(), name
            return "" if name == before else name
        except PermissionError as error:
            raise CorpusError(
                f"Cannot read {error.filename}: {error.strerror}. May this user read there? "
                "If so, make the index anew: python -m index build",
                code="unreadable",
            ) from error

    def _named_build(self) -> str:
        """Return the name in `current`, empty where that holds none."""
        current = self.settings.index_dir / "current"
        try:
            name = current.read_text("utf-8").strip()
        except PermissionError:
            raise
        except (OSError, UnicodeDecodeError):  # not there, or something else in its place
            return ""
        return name if _BUILD.fullmatch(name) else ""

    @contextmanager
    def _held(self) -> Iterator[Store]:
        """Hold the database of this moment: another look might close it for a new build."""
        with self._guard:
            store = self._current_store()
            with _sound(store):
                yield store

    def _current_store(self) -> Store:
        """Return the database of the current build, opening it when the build has changed."""
        with self._guard:
            name = self._current_name()
            if not name:
                self._check_folder()
                raise IndexNotBuiltError(
                    f"There is no index in {self.settings.index_dir}. "
                    "Make it: python -m index build",
                    code="not_built",
                )
            if self._store is None or name != self._build or self._store.is_outdated:
                self.close()
                try:
                    self._store = Store(self.settings.index_dir / name / _DATABASE)
                except ChatbotError:
                    if self._current_name() == name:
                        raise
                    return self._current_store()  # another process swapped a new build in
                self._codec, self._build = _codec_of(self._store), name
            return self._store

    def _check_folder(self) -> None:
        with suppress(PermissionError):  # of a folder above, which is said where it hinders
            if self.settings.index_dir.is_file():
                raise CorpusError(
                    f"{self.settings.index_dir} is a file, and the folder of the index should be "
                    "there. Move it away, or name another folder with --index-dir."
                )

    def _dense_of(self, store: Store) -> DenseIndex:
        """Return the vectors of the store's generation.

        `store` is the current one, asked for once: another look might find a new build.
        """
        with self._guard:
            if self._dense is None:
                self._dense = DenseIndex.load(self.settings.index_dir / self._build, store.dim)
            _bring_up(self._dense, store)
            return self._dense

    def _lexical_of(self, store: Store) -> LexicalIndex:
        """Return the lexical index of the store's generation."""
        with self._guard:
            if self._lexical is None or self._lexical.generation != store.generation:
                self._lexical = LexicalIndex(store)
            return self._lexical

    def _check_embedder(self, store: Store) -> None:
        known = None if self._given_embedder else known_fingerprint(self.settings)
        made_by, here = store.fingerprint, known or self.embedder.fingerprint
        if made_by != here:
            raise IndexMismatchError(
                f"The index was made with the embedder {made_by}; this is {here}. "
                "Name that one with --embedder, or make the index anew: python -m index build",
                code="rebuild",
            )

    def _is_there(self, doc_id: str) -> bool:
        return corpus.exists(self.settings.corpus_dir, doc_id)


class _Stopped(Exception):
    """What is being added is to be left out."""


@dataclass(slots=True)
class _Batch:
    """What one call of `add` does: `written` maps hashes to doc_ids, `replaced` what was there."""

    progress: Progress
    stop: threading.Event | None
    written: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, tuple[bytes, corpus.Sidecar]] = field(default_factory=dict)

    @property
    def is_stopped(self) -> bool:
        """Whether what is not complete is to be left out."""
        return self.stop is not None and self.stop.is_set()

    def tell(self, name: str, done: int, total: int) -> None:
        """Pass progress on. Raises _Stopped once the batch is stopped."""
        self.progress(name, done, total)
        if self.is_stopped:
            raise _Stopped


def _shown(source: Source) -> str:
    """Return a source's name, fit to be shown."""
    return one_line(source.name) or corpus.safe_doc_id(source.name)


def _said_encoding(source: Source, kept: corpus.Sidecar) -> str | None:
    """Return the encoding that is said of a text now, or that was said of it where that fits."""
    if not source.encoding and kept.encoding and fits(source.raw, kept.encoding):
        return kept.encoding
    return source.encoding


@contextmanager
def _sound(store: Store) -> Iterator[None]:
    """Say of a database that it is damaged where reading it fails because it contradicts itself."""
    try:
        yield
    except CONTRADICTIONS as error:
        if store.faults() or store.terms_faults():
            raise damaged(repr(error)) from error
        raise  # a mistake of ours


def _bring_up(dense: DenseIndex, store: Store) -> None:
    """Bring the vectors to the store's generation, reading those alone that are new."""
    if dense.generation != store.generation:
        with store.snapshot():
            dense.become(store.generation, store.vector_ids(), store.vectors)


def _codec_of(store: Store) -> TokenCodec | None:
    means = store.token_means
    return None if means is None else TokenCodec(means)


def _bytes_in(folder: Path) -> int:
    """Return the size of a folder's files; less, when it is deleted while we look."""
    total = 0
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            total += path.stat().st_size
    return total


def _cannot_write(path: Path, error: OSError) -> CorpusError:
    return CorpusError(
        f"Cannot write {path}: {error.strerror or error}. "
        "Is there room, and may this user write there?",
        code="unwritable",
    )


def _no_document(doc_id: str) -> CorpusError:
    return CorpusError(
        f"There is no document {doc_id}. See: python -m index list", code="no_document"
    )
