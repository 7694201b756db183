"""Bring the database to what the corpus holds: read, chunk, embed, store. The whole flow is here.

Documents are stored in groups, each group in one transaction, so that an interruption keeps what is
complete. Only pieces whose text the database has no vector for are embedded; the vectors of a large
document are stored as they come, so that it takes no more memory than others, and an interruption
loses few of them.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from index import corpus
from index.cutting.chunking import CHUNKING_VERSION, chunk_document
from index.embedders.embedding import Embedder
from index.embedders.token_codes import PassageVectors, TitledText, TokenCodec, encode_passages
from index.errors import CorpusError
from index.keeping.duplicates import marks
from index.listing import by_folder
from index.reading.extraction import EXTRACTOR_VERSION, Extracted
from index.reading.processes import ReadAhead
from index.reports import Outcome, Progress, Report
from index.search.database import Entry, FileState, vector_key
from index.search.storing import DocumentStore
from index.settings import IndexSettings
from index.text.language import document_language
from index.types import Document, Metadata

# Chunks embedded and stored together: enough for full batches, little enough to lose.
_CHUNKS_PER_GROUP = 64
# A file that changed this shortly before it was read could change again within one clock tick and
# keep its size and time; its signature is marked, so that the next look reads it again.
_CLOCK_TICK_NS = 2_000_000_000
UNSETTLED: Final = "?"
"""Ends the signature of a file that was read within a clock tick of its last change."""


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


def pending(settings: IndexSettings, store: DocumentStore | None) -> Pending:
    """Compare corpus and database by names, sizes, times and recipe, without reading a file.

    Without a database, everything is to be read.
    """
    known = store.signatures(recipe(settings)) if store else {}
    scan = corpus.scan(settings.corpus_dir)
    return compared(known, scan.documents, scan.ignored)


def pending_among(
    settings: IndexSettings, store: DocumentStore, doc_ids: Collection[str]
) -> Pending:
    """Compare as `pending` does, but look at these documents alone."""
    in_order = sorted(set(doc_ids), key=by_folder)
    looked_at = {doc_id: corpus.signature(settings.corpus_dir, doc_id) for doc_id in in_order}
    found = {doc_id: signature for doc_id, signature in looked_at.items() if signature}
    return compared(store.signatures(recipe(settings), doc_ids), found, ())


def compared(
    known: Mapping[str, str], found: Mapping[str, str], ignored: tuple[str, ...]
) -> Pending:
    """Compare the signatures that the database holds with those of files, both by doc_id."""
    if found == known:  # as it is nearly always: told ten times faster than what has changed
        return Pending({}, frozenset(), (), ignored)
    changed = found.items() - known.items()
    return Pending(
        stale={doc_id: found[doc_id] for doc_id in found if (doc_id, found[doc_id]) in changed}
        if changed
        else {},
        unsettled=frozenset(
            doc_id for doc_id, signature in changed if known.get(doc_id) == signature + UNSETTLED
        ),
        gone=tuple(sorted(known.keys() - found.keys())),
        ignored=ignored,
    )


def update(
    settings: IndexSettings,
    store: DocumentStore,
    todo: Pending,
    embedder: Embedder,
    codec: TokenCodec | None,
    progress: Progress,
    ahead: ReadAhead,
) -> list[Report]:
    """Read what is new or changed, forget what is gone; return a report per document touched."""
    known = store.files(todo.stale)
    reports: list[Report] = []
    settled: dict[str, str] = {}  # of files that are what the database holds
    total_bytes = sum(map(corpus.size, todo.stale.values()))
    group = _Group(
        store, lambda texts: encode_passages(embedder, codec, texts), progress, total_bytes
    )
    for doc_id, signature in todo.stale.items():
        started = time.perf_counter()
        try:
            read = partial(ahead.extract, waiting=partial(group.tell, doc_id))
            entry = read_entry(settings, doc_id, signature, embedder, known.get(doc_id), read)
        except CorpusError as error:
            reports.append(Report(doc_id, "refused", doc_id, reason=str(error), code=error.code))
            todo = replace(todo, gone=(*todo.gone, *({doc_id} & known.keys())))
            group.skip(corpus.size(signature))
            continue
        if entry is None:
            settled[doc_id] = _settled(signature)
            group.skip(corpus.size(signature))
        else:
            outcome: Outcome = "replaced" if doc_id in known else "added"
            reports += group.add(entry, outcome, time.perf_counter() - started)
    reports += group.flush()
    if settled:
        store.set_signatures(settled)
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

    def __init__(
        self, store: DocumentStore, encode: _Encode, progress: Progress, total_bytes: int
    ) -> None:
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


def read_entry(
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
        recipe=recipe(settings),
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
            file_date=extracted.file_date,
        ),
        pages=extracted.pages,
        places=extracted.places,
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
        marks=marks(document.text),
        chunks=chunks,
        keys=[vector_key(TitledText(title, chunk.text)) for chunk in chunks],
    )


def recipe(settings: IndexSettings) -> str:
    """Return the versions and settings that make chunks of a file."""
    return f"extractor {EXTRACTOR_VERSION}, chunking {CHUNKING_VERSION}/{settings.max_chunk_tokens}"


def _settled(signature: str) -> str:
    age_ns = time.time_ns() - corpus.newest_change_ns(signature)
    return signature + UNSETTLED if 0 <= age_ns <= _CLOCK_TICK_NS else signature
