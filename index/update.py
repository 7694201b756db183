"""Bring the database to what the corpus holds: read, chunk, embed, store. The whole flow is here.

Documents are stored in groups, each group in one transaction, so that an interruption keeps what is
complete. Only pieces whose text the database has no vector for are embedded; the vectors of a large
document are stored as they come, so that it takes no more memory than others, and an interruption
loses few of them.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from index import corpus
from index.chunking import CHUNKING_VERSION, chunk_document
from index.embedding import Embedder
from index.errors import CorpusError
from index.extraction import EXTRACTOR_VERSION, Extracted
from index.formats.content import Note
from index.language import document_language
from index.reading import ReadAhead
from index.settings import IndexSettings
from index.store import Entry, FileState, Store, vector_key
from index.token_codes import PassageVectors, TitledText, TokenCodec, encode_passages
from index.types import Document, Metadata

Progress = Callable[[str, int, int], None]
"""Called with the document at hand, how many bytes of files are done, and how many there are.

That is 0 as long as it is not known. What it raises interrupts the work.
"""


def silent(name: str, done: int, total: int) -> None:
    """Show no progress."""


Outcome = Literal["added", "replaced", "unchanged", "refused", "removed"]

# Chunks embedded and stored together: enough for full batches, little enough to lose.
_CHUNKS_PER_GROUP = 64
# A file that changed this shortly before it was read could change again within one clock tick and
# keep its size and time; its signature is marked, so that the next look reads it again.
_CLOCK_TICK_NS = 2_000_000_000
_UNSETTLED = "?"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one document.

    `reason` says why it was refused, or what it equals; `code` is the error's. `encoding` is what a
    file of text was read as, `language` what the text is in, `notes` say what was lost in reading.
    """

    name: str
    outcome: Outcome
    doc_id: str | None = None
    characters: int = 0
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    reason: str | None = None
    code: str = ""
    encoding: str | None = None
    language: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of all documents of one import: how many of each outcome, and sums."""

    outcomes: dict[Outcome, int]
    characters: int
    chunks: int
    embedded: int
    seconds: float

    @property
    def chunks_per_second(self) -> float:
        """The rate of the whole: reading, embedding and storing."""
        return self.chunks / self.seconds if self.seconds else 0.0


def total(reports: Sequence[Report], seconds: float) -> Totals:
    """Return the sums of the reports of an import that took so many seconds."""
    return Totals(
        outcomes=dict(Counter(report.outcome for report in reports)),
        characters=sum(report.characters for report in reports),
        chunks=sum(report.chunks for report in reports),
        embedded=sum(report.embedded for report in reports),
        seconds=seconds,
    )


@dataclass(frozen=True, slots=True)
class Pending:
    """How far the index may be behind the corpus.

    `stale`: documents to read, with their signatures; `unsettled`: those among them that are most
    likely read already; `gone`: documents without a file; `ignored`: files that are no documents.
    """

    stale: dict[str, str]
    unsettled: frozenset[str]
    gone: tuple[str, ...]
    ignored: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.stale or self.gone)


def pending(settings: IndexSettings, store: Store | None) -> Pending:
    """Compare corpus and database by names, sizes, times and recipe, without reading a file.

    Without a database, everything is to be read.
    """
    known, scan = store.files() if store else {}, corpus.scan(settings.corpus_dir)
    found = scan.documents
    recipe = _recipe(settings)
    stale = {
        doc_id: signature
        for doc_id, signature in found.items()
        if (state := known.get(doc_id)) is None
        or (state.signature, state.recipe) != (signature, recipe)
    }
    return Pending(
        stale=stale,
        unsettled=frozenset(
            doc_id
            for doc_id, signature in stale.items()
            if doc_id in known
            and (known[doc_id].signature, known[doc_id].recipe) == (signature + _UNSETTLED, recipe)
        ),
        gone=tuple(doc_id for doc_id in known if doc_id not in found),
        ignored=scan.ignored,
    )


def update(
    settings: IndexSettings,
    store: Store,
    embedder: Embedder,
    codec: TokenCodec | None,
    progress: Progress,
    ahead: ReadAhead,
) -> list[Report]:
    """Read what is new or changed, forget what is gone; return a report per document touched."""
    todo = pending(settings, store)
    known = store.files()
    reports: list[Report] = []
    total_bytes = sum(map(corpus.size, todo.stale.values()))
    group = _Group(
        store, lambda texts: encode_passages(embedder, codec, texts), progress, total_bytes
    )
    for doc_id, signature in todo.stale.items():
        started = time.perf_counter()
        try:
            read = partial(ahead.extract, waiting=partial(group.tell, doc_id))
            entry = _read(settings, doc_id, signature, embedder, known.get(doc_id), read)
        except CorpusError as error:
            reports.append(Report(doc_id, "refused", doc_id, reason=str(error), code=error.code))
            todo = replace(todo, gone=(*todo.gone, *({doc_id} & known.keys())))
            group.skip(corpus.size(signature))
            continue
        if entry is None:
            store.set_signature(doc_id, _settled(signature))
            group.skip(corpus.size(signature))
        else:
            outcome: Outcome = "replaced" if doc_id in known else "added"
            reports += group.add(entry, outcome, time.perf_counter() - started)
    reports += group.flush()
    if todo.gone:
        store.delete(todo.gone)
        refused = {report.doc_id for report in reports if report.outcome == "refused"}
        reports += [Report(d, "removed", d) for d in todo.gone if d not in refused]
    if reports:
        store.prune()
    return reports


_Encode = Callable[[list[TitledText]], list[PassageVectors]]


class _Group:
    """Documents that wait for their vectors; embeds and stores them together."""

    def __init__(self, store: Store, encode: _Encode, progress: Progress, total_bytes: int) -> None:
        self._store, self._encode = store, encode
        self._progress, self._total_bytes, self._done_bytes = progress, total_bytes, 0
        self._waiting: list[tuple[Entry, Outcome, float]] = []
        self._chunks = 0

    def tell(self, name: str) -> None:
        """Say which document is at hand, and how far all have come."""
        self._progress(name, self._done_bytes, self._total_bytes)

    def skip(self, file_bytes: int) -> None:
        """Count a file that needs no vectors."""
        self._done_bytes += file_bytes

    def add(self, entry: Entry, outcome: Outcome, seconds: float) -> list[Report]:
        """Take a document that was read in so many seconds; return the reports of a full group."""
        self._waiting.append((entry, outcome, seconds))
        self._chunks += len(entry.chunks)
        return self.flush() if self._chunks >= _CHUNKS_PER_GROUP else []

    def flush(self) -> list[Report]:
        """Embed what has no vector yet, store all that waits, and return the reports."""
        if not self._waiting:
            return []
        started = time.perf_counter()
        entries = [entry for entry, _, _ in self._waiting]
        texts = {
            key: TitledText(e.document.metadata.title, chunk.text)
            for e in entries
            for key, chunk in zip(e.keys, e.chunks, strict=True)
        }
        for key in self._store.known_keys(list(texts)):
            del texts[key]
        self._store.put(entries, self._embed(texts, entries))
        seconds = (time.perf_counter() - started) / max(self._chunks, 1)
        reports = [
            Report(
                name=entry.document.doc_id,
                outcome=outcome,
                doc_id=entry.document.doc_id,
                characters=len(entry.document.text),
                chunks=len(entry.chunks),
                embedded=sum(key in texts for key in entry.keys),
                seconds=seconds_read + seconds * len(entry.chunks),
                encoding=entry.encoding,
                language=entry.language,
                notes=entry.notes,
            )
            for entry, outcome, seconds_read in self._waiting
        ]
        self._waiting, self._chunks = [], 0
        return reports

    def _embed(
        self, texts: dict[bytes, TitledText], entries: list[Entry]
    ) -> dict[bytes, PassageVectors]:
        """Return the vectors that are not stored yet: those of the last batch."""
        group_bytes = sum(corpus.size(entry.file.signature) for entry in entries)
        name = entries[-1].document.doc_id
        keys = list(texts)
        vectors: dict[bytes, PassageVectors] = {}
        for start in range(0, len(keys), _CHUNKS_PER_GROUP):
            self._store.put_vectors(vectors)
            self._progress(
                name,
                self._done_bytes + group_bytes * start // len(keys),
                self._total_bytes,
            )
            batch = keys[start : start + _CHUNKS_PER_GROUP]
            encoded = self._encode([texts[key] for key in batch])
            vectors = dict(zip(batch, encoded, strict=True))
        self._done_bytes += group_bytes
        self._progress(name, self._done_bytes, self._total_bytes)
        return vectors


def _read(
    settings: IndexSettings,
    doc_id: str,
    signature: str,
    embedder: Embedder,
    known: FileState | None,
    read: Callable[[str, bytes, str | None], Extracted],
) -> Entry | None:
    """Read and chunk a document; None when it is what the database holds already."""
    raw = corpus.read(corpus.locate(settings.corpus_dir, doc_id))
    sidecar = corpus.read_sidecar(settings.corpus_dir, doc_id)
    file = FileState(
        sha256=hashlib.sha256(raw).hexdigest(),
        sidecar_sha256=hashlib.sha256(repr(sidecar).encode()).hexdigest(),
        signature=_settled(signature),
        recipe=_recipe(settings),
    )
    if known is not None and replace(known, signature=file.signature) == file:
        return None
    extracted = read(doc_id, raw, sidecar.encoding)
    document = Document(
        doc_id=doc_id,
        text=extracted.text,
        metadata=Metadata(
            title=sidecar.title or extracted.title,
            author=sidecar.author or extracted.author,
            date=sidecar.date or extracted.date,
            source=sidecar.source or extracted.source,
        ),
        pages=extracted.pages,
    )
    title = document.metadata.title
    title_tokens = embedder.count_tokens([TitledText(title, "").read], "passage")[0]
    chunks = chunk_document(
        document,
        count_tokens=lambda texts: embedder.count_tokens(texts, "passage"),
        max_tokens=min(settings.max_chunk_tokens, embedder.max_tokens - title_tokens),
    )
    return Entry(
        document=document,
        imported=sidecar.imported,
        encoding=extracted.encoding,
        language=document_language(document.text),
        notes=extracted.notes,
        file=file,
        chunks=chunks,
        keys=[vector_key(TitledText(title, chunk.text)) for chunk in chunks],
    )


def _recipe(settings: IndexSettings) -> str:
    return f"extractor {EXTRACTOR_VERSION}, chunking {CHUNKING_VERSION}/{settings.max_chunk_tokens}"


def _settled(signature: str) -> str:
    age_ns = time.time_ns() - corpus.newest_change_ns(signature)
    return signature + _UNSETTLED if 0 <= age_ns <= _CLOCK_TICK_NS else signature
