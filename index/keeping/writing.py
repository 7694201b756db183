"""Changes of corpus and index, one at a time: bring up, make anew, edit, remove.

A process killed at any instant leaves the index behind the corpus at most.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace

from index import corpus
from index.errors import ChatbotError, CorpusError, IndexMismatchError, IndexNotBuiltError
from index.keeping.duplicates import noted
from index.keeping.engines import Engine, OpenBuild
from index.keeping.glancing import Glances
from index.keeping.own_embedder import OwnEmbedder
from index.keeping.update import Pending, pending, pending_among, update
from index.names import Names
from index.reading.content import one_line
from index.reading.processes import ReadAhead, Readers, Refused
from index.reports import Notify, Progress, Report
from index.search.scope import check_date
from index.settings import IndexSettings


class Writing:
    """The writers' side of a library."""

    def __init__(
        self,
        settings: IndexSettings,
        builds: Engine,
        embedder: OwnEmbedder,
        readers: Readers,
        notify: Notify,
    ) -> None:
        """`readers` read the files; `notify` is told of an index that is made anew."""
        self.settings = settings
        self.builds = builds
        self.embedder = embedder
        self._readers = readers
        self._notify = notify
        # A document that takes a minute to be refused is not tried again with every change.
        self._refused: Refused = {}
        self.names = Names(settings.corpus_dir)
        self.glances = Glances(settings, self.names)
        self._numbers = itertools.count()

    def read_ahead(self) -> ReadAhead:
        """Return what reads files that are to be indexed, each once."""
        return ReadAhead(self._readers, self._refused)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until nobody else writes; there is a build to write to then."""
        with self.builds.writing():
            self.ensure_build()
            yield

    def update(self, progress: Progress, *, wait: bool) -> list[Report]:
        """Bring the index to what the corpus holds, making it when there is none."""
        with self.builds.writing(wait=wait) as has_turn:
            if not has_turn:
                return []
            self.ensure_build()
            return self.bring_up(progress)

    def build(self, progress: Progress) -> list[Report]:
        """Make the index from nothing, beside the one there is, and swap it in."""
        with self.builds.writing():
            build = self.builds.begin(self.embedder.model)
            try:
                todo = pending(self.settings, build.store)
                reports = self._updated(build, todo, progress, self.read_ahead())
                build.save()
                if build.wants_files:
                    build.make_files(nullcontext)
            finally:
                build.close()
            self.builds.swap_in(build.name)
            return reports

    def build_spread(self, cluster: str, progress: Progress) -> list[Report]:
        """Make the index from nothing on a Ray cluster, and swap it in.

        Raises ChatbotError where the index is not in Milvus.
        """
        from index.keeping.spread import build_spread
        from index.milvus.builds import MilvusBuilds

        if not isinstance(self.builds, MilvusBuilds):
            raise ChatbotError(
                "Only an index in Milvus is built on many machines. Name one: "
                "--index-dir milvus://HOST:PORT/NAME"
            )
        with self.builds.writing():
            return build_spread(self.settings, self.builds, cluster, progress)

    def edit(self, doc_id: str, given: dict[str, str | None], progress: Progress) -> Report:
        """Change what is noted beside a document: what is given, and is not None."""
        if date := given.get("date"):
            check_date(date)
        folder = self.settings.corpus_dir
        with self.turn():
            self.bring_up(progress)
            self.check_there(doc_id)
            kept = corpus.read_sidecar(folder, doc_id)
            edited = replace(kept, **{k: one_line(v) for k, v in given.items() if v is not None})
            if edited == kept:
                return Report(doc_id, "unchanged", doc_id)
            raw = corpus.read(corpus.locate(folder, doc_id))
            ahead = self.read_ahead()
            ahead.read(doc_id, raw, edited.encoding, lambda: progress(doc_id, 0, 0))
            corpus.write_sidecar(folder, doc_id, edited)
            return self.bring_up(progress, ahead, among=[doc_id])[0]

    def remove(self, doc_id: str, *, purge: bool) -> None:
        """Take a document out of corpus and index; with `purge`, leave none of its bytes."""
        with self.turn():
            self.check_there(doc_id)
            corpus.delete(self.settings.corpus_dir, doc_id)
            self.forget([doc_id], purge=purge)

    def forget(self, doc_ids: Sequence[str], *, purge: bool) -> None:
        """Leave documents out of the index, and vectors that none uses. For who has the turn.

        With `purge`, no byte of what was removed stays in any of its files.
        """
        build = self.builds.current()
        with build.sound():
            if doc_ids:
                build.store.delete(doc_ids)
            build.store.prune()
            build.save(anew=purge)
            if purge:
                self.builds.leftovers(build.name)
                build.store.purge()

    def bring_up(
        self,
        progress: Progress,
        ahead: ReadAhead | None = None,
        *,
        among: Collection[str] | None = None,
        at_a_glance: bool = False,
    ) -> list[Report]:
        """Bring the current build to what the corpus holds. For who has the turn.

        `among` are the only documents that are looked at; at a glance, files that have changed
        where they stand are seen only every few times where there are thousands.
        """
        build = self.builds.current()
        self.embedder.check(build.store)
        with build.sound():
            build.store.refresh_terms()
            reports: list[Report] = []
            if among is not None:
                todo = pending_among(self.settings, build.store, among)
            elif at_a_glance:
                todo = self.glances.pending(build, next(self._numbers))
            else:
                todo = pending(self.settings, build.store)
            if todo:  # else the model need not be loaded
                reports = self._updated(build, todo, progress, ahead or self.read_ahead())
            self.save(build)
            with build.store.snapshot():
                return noted(reports, build.store)

    def save(self, build: OpenBuild) -> None:
        """Let what is in the database be found. For who has the turn."""
        with suppress(CorpusError):  # a full disk: what the file lacks is in the database
            build.save()

    def ensure_build(self) -> None:
        """Begin a build where there is none that this program can read: all of it is derived."""
        try:
            self.builds.current()
        except IndexNotBuiltError:
            self.begin_anew()
        except IndexMismatchError as error:
            self._notify(f"{error.__cause__ or error} It is made anew now.")
            self.begin_anew()

    def begin_anew(self) -> None:
        """Make an empty build the current one."""
        build = self.builds.begin(self.embedder.model)
        build.close()
        self.builds.swap_in(build.name)

    def _updated(
        self, build: OpenBuild, todo: Pending, progress: Progress, ahead: ReadAhead
    ) -> list[Report]:
        model, codec = self.embedder.model, build.codec
        return update(self.settings, build.store, todo, model, codec, progress, ahead)

    def check_there(self, doc_id: str) -> None:
        """Raise CorpusError when there is no such document in the corpus."""
        folder = self.settings.corpus_dir
        # By its very name: systems that do not tell small letters from capitals find others, too.
        if doc_id not in self.names.of_now() or corpus.signature(folder, doc_id) is None:
            raise no_document(doc_id)


def no_document(doc_id: str) -> CorpusError:
    """Return the error that says so."""
    return CorpusError(
        f"There is no document {doc_id}. See: python -m index list", code="no_document"
    )
