"""One call that adds documents: read, put into the corpus, indexed, or left out again."""

import datetime
import hashlib
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from index import corpus
from index.errors import CorpusError
from index.keeping.update import pending
from index.keeping.writing import Writing
from index.reading.content import one_line
from index.reading.encodings import fits
from index.reading.processes import ReadAhead
from index.reports import Progress, Report

_MAX_HELD_BYTES = 32 * 2**20
"""What is read before it is put into the corpus: a file of the largest size may come on top."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to add: its name (a file name or a relative path), its bytes, what is known of it.

    `source` is where it was fetched from, `encoding` the user's or the server's word on a text.
    `kept_as` is the name that it gets where another document of those added has its own.
    """

    name: str
    raw: bytes
    title: str | None = None
    source: str | None = None
    encoding: str | None = None
    kept_as: str | None = None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.raw).hexdigest()


def named_apart(
    sources: Iterable[Source | Report], is_there: Callable[[str], bool]
) -> Iterator[Source | Report]:
    """Yield sources that are added together: of those with one name, others get a free one."""
    seen: dict[str, str] = {}
    for source in sources:
        if isinstance(source, Source):
            doc_id, digest = _wanted_id(source), source.digest
            if seen.setdefault(doc_id, digest) != digest and digest not in seen.values():
                numbers = (corpus.numbered_id(doc_id, n) for n in itertools.count(2))
                free = next(i for i in numbers if i not in seen and not is_there(i))
                seen[free] = digest
                yield replace(source, kept_as=free)
                continue
        yield source


class _Stopped(Exception):
    """What is being added is to be left out."""


class Adding:
    """What one call adds. `written` maps hashes to doc_ids, `replaced` tells what was there."""

    def __init__(self, writing: Writing, progress: Progress, stop: threading.Event | None) -> None:
        """Begin; `stop`, once set, leaves out what is not complete then."""
        self._writing = writing
        self._folder = writing.settings.corpus_dir
        self._progress = progress
        self._stop = stop
        self._written: dict[str, str] = {}
        self._replaced: dict[str, tuple[bytes, corpus.Sidecar]] = {}

    def add(self, sources: Iterable[Source | Report]) -> list[Report]:
        """Return a report per source, in order, but for those that are left out."""
        reports: list[Report] = []
        remaining = named_apart(sources, self._is_there)
        while not self._is_stopped:
            ahead = self._writing.read_ahead()
            try:
                group = list(self._read(remaining, ahead))
            except _Stopped:  # nothing of this group is in the corpus
                break
            reports += self._add(group, ahead)
            if ahead.held_bytes < _MAX_HELD_BYTES:
                break
        return reports

    @property
    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    def _tell(self, name: str, done: int, total: int) -> None:
        """Pass progress on. Raises _Stopped once this is stopped."""
        self._progress(name, done, total)
        if self._is_stopped:
            raise _Stopped

    def _read(
        self, sources: Iterator[Source | Report], ahead: ReadAhead
    ) -> Iterator[Source | Report]:
        """Read sources, and yield them, until all or many are read."""
        for source in sources:
            if isinstance(source, Source):
                tell = partial(self._tell, _shown(source), 0, 0)
                tell()
                with suppress(CorpusError):  # told when it is its turn
                    doc_id, kept = self._place(source)
                    ahead.read(doc_id, source.raw, _said_encoding(source, kept), tell)
            yield source
            if ahead.held_bytes >= _MAX_HELD_BYTES:
                return

    def _add(self, sources: Sequence[Source | Report], ahead: ReadAhead) -> list[Report]:
        """Put what was read into the corpus, then into the index."""
        with self._writing.turn():
            written: list[Report] = []
            try:
                # What is there is told from the folder as it is.
                self._writing.bring_up(self._tell, ahead, at_a_glance=True)
                for source in sources:
                    written.append(self._write_or_refuse(source, ahead))
                written_now = self._written.values()
                reports = self._writing.bring_up(self._tell, ahead, among=written_now)
                indexed = {report.doc_id: report for report in reports}
            except _Stopped:
                indexed = self._leave_out()
                written = [r for r in written if r.outcome != "added" or r.doc_id in indexed]
            self._replaced.clear()  # what is complete stays
            return [
                replace(indexed.get(report.doc_id, report), name=report.name)
                if report.outcome == "added"
                else report
                for report in written
            ]

    def _write_or_refuse(self, source: Source | Report, ahead: ReadAhead) -> Report:
        """Put one source into the corpus, or say why not."""
        if isinstance(source, Report):
            return source
        self._tell(_shown(source), 0, 0)
        try:
            return replace(self._write(source, ahead), name=_shown(source))
        except CorpusError as error:
            return Report(_shown(source), "refused", reason=str(error), code=error.code)

    def _write(self, source: Source, ahead: ReadAhead) -> Report:
        """Put one source into the corpus. Raises CorpusError with the reason why not."""
        doc_id, kept = self._place(source)
        said = _said_encoding(source, kept)
        is_text = ahead.extract(doc_id, source.raw, said).encoding is not None
        digest = source.digest
        if twin := self._written.get(digest) or self._twin(digest):
            return Report(source.name, "unchanged", twin, reason=f"same content as {twin}")
        sidecar = replace(
            kept,
            title=one_line(source.title) or kept.title,
            source=source.source or kept.source,
            encoding=said if is_text else None,
            original_name=one_line(source.name),
            imported=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )
        if self._stop is not None and self._is_there(doc_id):
            path = corpus.locate(self._folder, doc_id)
            self._replaced[doc_id] = corpus.read(path), kept
        corpus.write(self._folder, doc_id, source.raw, sidecar)
        self._written[digest] = doc_id
        return Report(source.name, "added", doc_id)

    def _place(self, source: Source) -> tuple[str, corpus.Sidecar]:
        """Return the id for a source, and what is known of the document that it replaces.

        That keeps a title or date that someone has set.
        """
        doc_id = _wanted_id(source)
        kept = self._kept(doc_id)
        if source.source and kept is not None and kept.source != source.source:
            doc_id = corpus.distinct_id(doc_id, source.source)
            kept = self._kept(doc_id)
        return doc_id, kept or corpus.Sidecar()

    def _kept(self, doc_id: str) -> corpus.Sidecar | None:
        return corpus.read_sidecar(self._folder, doc_id) if self._is_there(doc_id) else None

    def _twin(self, digest: str) -> str | None:
        """Return the document of these bytes, unless this call has just replaced it."""
        twin = self._writing.builds.current().store.document_with_file(digest)
        gone = twin is None or twin in self._written.values() or not self._is_there(twin)
        return None if gone else twin

    def _leave_out(self) -> dict[str | None, Report]:
        """Undo what was written and is not complete; return reports of the rest, by doc_id."""
        build = self._writing.builds.current()
        behind = pending(self._writing.settings, build.store)
        waiting = behind.stale.keys() - behind.unsettled
        complete = set(self._written.values()) - waiting
        for digest, doc_id in self._written.items():
            if doc_id in waiting:
                self._undo(doc_id, digest, self._replaced.get(doc_id))
        build.store.prune()
        self._writing.save(build)
        return {
            known.doc_id: Report(
                known.doc_id,
                "replaced" if known.doc_id in self._replaced else "added",
                known.doc_id,
                characters=known.characters,
                chunks=known.chunks,
                encoding=known.encoding,
                language=known.language,
            )
            for known in build.store.summaries()
            if known.doc_id in complete
        }

    def _undo(self, doc_id: str, digest: str, before: tuple[bytes, corpus.Sidecar] | None) -> None:
        path = corpus.locate(self._folder, doc_id)
        if not path.is_file() or hashlib.sha256(corpus.read(path)).hexdigest() != digest:
            return  # somebody has put another file there, or taken it away
        if before is None:
            corpus.delete(self._folder, doc_id)
        else:
            corpus.write(self._folder, doc_id, *before)

    def _is_there(self, doc_id: str) -> bool:
        return corpus.exists(self._folder, doc_id)


def _wanted_id(source: Source) -> str:
    return corpus.safe_doc_id(source.kept_as or source.name)


def _shown(source: Source) -> str:
    """Return a source's name, fit to be shown."""
    return one_line(source.name) or corpus.safe_doc_id(source.name)


def _said_encoding(source: Source, kept: corpus.Sidecar) -> str | None:
    """Return the encoding that is said of a text now, or that was said of it where that fits."""
    if not source.encoding and kept.encoding and fits(source.raw, kept.encoding):
        return kept.encoding
    return source.encoding
