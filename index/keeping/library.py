"""The corpus and its index as one thing: what is added is found, what is removed is not.

`corpus/` is the truth; every open brings the index up to it before the first answer. Here is the
way in, and what is asked. What the folder of the index holds is in `builds`, what changes corpus
and index in `writing`, `adding` and `mending`, what is searched in `searching`.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from index import corpus
from index.embedders.embedding import Embedder
from index.embedders.token_codes import QuestionVectors, TokenCodes, encode_questions
from index.errors import ChatbotError, CorpusError, IndexMismatchError, IndexNotBuiltError
from index.keeping.adding import Adding, Source, named_apart
from index.keeping.doctor import Finding
from index.keeping.engines import engine_of
from index.keeping.mending import examined
from index.keeping.own_embedder import OwnEmbedder
from index.keeping.removals import Removals
from index.keeping.searching import Searching
from index.keeping.update import Pending, pending
from index.keeping.writing import Writing, no_document
from index.reading.processes import READERS, Readers
from index.reports import Notify, Progress, Report, silent
from index.search.database import DocumentSummary
from index.search.vocabulary import Vocabulary
from index.settings import IndexSettings
from index.types import EVERYTHING, Chunk, Document, FloatArray, LexicalHit, Scope

__all__ = ["IndexInfo", "Library", "Source"]


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


class _Listed(NamedTuple):
    """Lines of documents that are indexed, names of files, and the lines of those in both."""

    indexed: Sequence[DocumentSummary]
    there: Set[str]
    shown: Sequence[DocumentSummary]


class Library:
    """One corpus with its index. Safe to share between threads and between processes."""

    def __init__(
        self,
        settings: IndexSettings,
        *,
        embedder: Embedder | None = None,
        notify: Notify = lambda message: None,
        readers: Readers = READERS,
    ) -> None:
        """Name the folders; nothing is read yet.

        Without `embedder`, the one that the settings name is loaded when it is needed. `notify`
        gets sentences for the user about what takes long. `readers` read the files.
        """
        self.settings = settings
        self._notify = notify
        self._embedder = OwnEmbedder(settings, embedder, notify)
        self._builds = engine_of(settings, notify)
        self._writing = Writing(settings, self._builds, self._embedder, readers, notify)
        self.removals = Removals(self._writing)
        """Removals that can be undone for a while."""
        self._searching = Searching(self._builds, settings.corpus_dir, self._embedder)
        self._made_files = self._left_as_it_is = ""  # names of builds
        self._listed = _Listed((), frozenset(), ())

    @property
    def embedder(self) -> Embedder:
        """The embedder of this library."""
        return self._embedder.model

    @property
    def generation(self) -> str:
        """What names the index as it is: it is another after every change. Takes no time.

        Raises IndexNotBuiltError when there is no index.
        """
        with self._builds.reading() as build:
            return f"{build.name}/{build.store.generation}"

    @property
    def fingerprint(self) -> dict[str, str]:
        """What names the index as it is, and the embedder that it was made by. Takes no time.

        Raises IndexNotBuiltError when there is no index.
        """
        with self._builds.reading() as build:
            index = f"{build.name}/{build.store.generation}"
            return {"index": index, "embedder": build.store.fingerprint}

    def open(self, progress: Progress = silent) -> list[Report]:
        """Bring the index up to the corpus before the first answer; return what changed.

        Raises IndexNotBuiltError when there is no index, IndexMismatchError when it was made by
        another embedder. While another process writes, what is indexed so far answers.
        """
        with self._builds.reading() as build:
            # Of very many documents, files and what is known of them take a second or two each.
            threading.Thread(target=self._read_ahead, name="reading ahead").start()
            if build.store.has_current_terms and not pending(self.settings, build.store):
                return []
        try:
            with self._builds.writing(wait=False) as has_turn:
                return self._writing.bring_up(progress) if has_turn else []
        except CorpusError as error:
            if error.code != "unwritable":
                raise
            self._notify(f"{error} What is indexed so far answers.")
            return []

    def _read_ahead(self) -> None:
        with suppress(ChatbotError), self._builds.reading() as build:  # told where it is needed
            build.read()

    def pending(self, *, glance: int | None = None) -> Pending:
        """Return how far the index is behind the corpus, by names, sizes and times alone.

        A glance, as they are numbered one after the other, sees each new name, but a file that has
        changed where it stands only every few times where there are thousands: it takes less long.
        """
        try:
            with self._builds.reading() as build:
                if glance is not None:
                    return self._writing.glances.pending(build, glance)
                return pending(self.settings, build.store)
        except (IndexNotBuiltError, IndexMismatchError):  # `update` makes it anew
            return pending(self.settings, None)

    def update(self, progress: Progress = silent, *, wait: bool = True) -> list[Report]:
        """Bring the index to what the corpus holds, making it when there is none.

        While another process or thread writes, this waits for it, or does nothing without `wait`.
        What was removed and can be undone no longer is deleted.
        """
        reports = self._writing.update(progress, wait=wait)
        self.removals.settle(wait=wait)
        return reports

    def build(self, progress: Progress = silent) -> list[Report]:
        """Make the index from nothing, beside the one there is, and swap it in."""
        return self._writing.build(progress)

    def build_spread(self, cluster: str, progress: Progress = silent) -> list[Report]:
        """Make it likewise on a Ray cluster: its address, "auto", or "local" for this machine.

        The index must be in Milvus. What a build before that broke off has written is kept.
        """
        return self._writing.build_spread(cluster, progress)

    def make_files(self) -> None:
        """Make searches of very many vectors fast where they are not yet; others go on meanwhile.

        It takes as long as `update` may and the index can be used without: for who has just changed
        it, or watches it. What hinders it is said.
        """
        with self._builds.reading() as build:
            if not build.wants_files or build.name == self._left_as_it_is:
                return
            if build.name != self._made_files:
                self._notify("Making files for faster searches …")
            self._made_files = build.name
            try:
                build.make_files(self._builds.writing)
            except CorpusError as error:  # tried again by the next start
                self._left_as_it_is = build.name
                self._notify(f"{error} Answers are the same meanwhile, but take longer.")

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
        sources with one name both are kept, the second as "report (2).txt". A report among the
        sources, on what could not be read, stays in its place.

        Sources are read one at a time, while others may write. Once so many are read that they take
        much memory, they are put into the corpus, all before the first is indexed: what an
        interruption then leaves out, `update` brings in. `stop`, once set, leaves out for good what
        is not complete: it is out of the corpus again, or what it replaced is back, before anybody
        else may write, and there is no report of it.
        """
        return Adding(self._writing, progress, stop).add(sources)

    def named_apart(self, sources: Iterable[Source | Report]) -> Iterator[Source | Report]:
        """Yield sources that are added together: of those with one name, others get a free one."""
        return named_apart(sources, self._is_there)

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
        return self._writing.edit(doc_id, given, progress)

    def sidecar(self, doc_id: str) -> corpus.Sidecar:
        """Return what is noted beside a document; a field that is None comes from its file."""
        return corpus.read_sidecar(self.settings.corpus_dir, doc_id)

    def remove(self, doc_id: str, *, purge: bool = False) -> None:
        """Take a document out of corpus and index. Raises CorpusError when there is none.

        With `purge`, none of its bytes stay in a file of either, nor of what was removed before.
        """
        self._writing.remove(doc_id, purge=purge)

    def examine(self, progress: Progress = silent) -> list[Finding]:
        """Check everything, mend what is derived from the corpus, and return what was found."""
        return examined(self._writing, progress)

    def documents(self) -> Sequence[DocumentSummary]:
        """Return a line per document that is indexed and still in the corpus, by doc_id.

        Takes no time where neither has changed. Raises CorpusError when there is no corpus folder.
        """
        there = self._writing.names.of_now()
        with self._builds.reading() as build:
            indexed = build.summaries()
        listed = self._listed
        if listed.indexed is not indexed or listed.there is not there:
            shown = tuple(line for line in indexed if line.doc_id in there)
            self._listed = listed = _Listed(indexed, there, shown)
        return listed.shown

    def document(self, doc_id: str) -> Document:
        """Return an indexed document. Raises CorpusError when there is none, or none any more."""
        if not self._is_there(doc_id):
            raise no_document(doc_id)
        with self._builds.reading() as build:
            return build.store.document(doc_id)

    def titles(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the titles of those documents that are there; none is read whole."""
        with self._builds.reading() as build:
            return build.store.titles_of([doc_id for doc_id in doc_ids if self._is_there(doc_id)])

    def chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document, in order; none where there is no such document."""
        if not self._is_there(doc_id):
            return []
        with self._builds.reading() as build:
            return build.store.document_chunks(doc_id)

    def encode_questions(self, questions: Sequence[str]) -> list[QuestionVectors]:
        """Return the questions as the searches need them, from one pass of the network."""
        with self._builds.reading() as build:
            self._embedder.check(build.store)
            codec = build.codec
        return encode_questions(self.embedder, codec, questions)

    def search_dense(
        self, query: FloatArray, top_k: int, scope: Scope = EVERYTHING
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, shape (dim,), best first, with cosines.

        Only chunks of documents in the scope whose file is there at this moment.
        """
        return self._searching.dense(query, top_k, scope)

    def search_lexical(
        self, terms: Sequence[str], top_k: int, scope: Scope = EVERYTHING
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first.

        Only chunks of documents in the scope whose file is there at this moment.
        """
        return self._searching.lexical(terms, top_k, scope)

    def names_among(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""
        return self._searching.names_among(terms)

    def vocabulary(self) -> Vocabulary:
        """Return the words of the documents as they are indexed at this moment."""
        return self._searching.vocabulary()

    def token_codes(self, chunks: Sequence[Chunk]) -> list[TokenCodes | None]:
        """Return the token codes of each chunk, in order, None for one that is gone."""
        ids = [chunk.chunk_id for chunk in chunks]
        with self._builds.reading() as build:
            found = build.store.token_codes(ids)
        return list(map(found.get, ids))

    def info(self) -> IndexInfo:
        """Return what the index holds and how far it is behind the corpus."""
        with self._builds.reading() as build:
            behind, summaries = pending(self.settings, build.store), build.summaries()
            return IndexInfo(
                build=build.name,
                generation=build.store.generation,
                embedder=build.store.fingerprint,
                documents=len(summaries),
                chunks=sum(summary.chunks for summary in summaries),
                bytes_on_disk=build.bytes_on_disk(),
                new=tuple(doc_id for doc_id in behind.stale if doc_id not in behind.unsettled),
                gone=behind.gone,
                ignored=behind.ignored,
            )

    def close(self) -> None:
        """Close the database."""
        self._builds.close()

    def _is_there(self, doc_id: str) -> bool:
        return corpus.exists(self.settings.corpus_dir, doc_id)
