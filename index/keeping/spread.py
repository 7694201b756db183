"""A build spread over the machines of a Ray cluster, straight into Milvus.

Each worker reads, cuts and embeds documents and writes their rows; nothing but names and reports
comes back. A worker that dies is replaced and its documents are given to another; they may be
written twice and are there once. A build that broke off is gone on with by the same command.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from index import corpus
from index.embedders.load import load_embedder
from index.embedders.token_codes import TitledText, TokenCodec, encode_passages
from index.errors import ChatbotError, CorpusError
from index.keeping.update import UNSETTLED, read_entry, recipe
from index.milvus import schema, spreading
from index.milvus.builds import MilvusBuilds
from index.milvus.faults import MilvusExamined
from index.milvus.server import Server
from index.reading.processes import READERS, ReadAhead
from index.reports import Progress, Report
from index.search.database import Entry
from index.settings import IndexSettings, MilvusAddress

if TYPE_CHECKING:
    import numpy as np

LOCAL: Final = "local"
"""The cluster that is only this machine."""

_ROOT = Path(__file__).resolve().parent.parent.parent
_DOCUMENTS_AT_ONCE: Final = 16
_CPUS_EACH: Final = 1

_Batch = dict[str, "np.ndarray[Any, Any]"]


class Worker:
    """One of the processes that write documents."""

    def __init__(self, settings: IndexSettings, build: str) -> None:
        """Load the embedder, and connect to the build."""
        assert isinstance(settings.index_dir, MilvusAddress)
        self._settings = settings
        server = Server(settings, settings.index_dir)
        self._patient = server.patient
        self._store = MilvusExamined(server, *schema.read(server, schema.table(build, "chunks")))
        self._embedder = load_embedder(settings)
        means = self._store.token_means
        self._codec = None if means is None else TokenCodec(means)
        self._ahead = ReadAhead(READERS, {})

    def __call__(self, batch: _Batch) -> dict[str, list[object]]:
        """Write the documents of a batch; return what became of each."""
        reports: list[dict[str, object]] = []
        entries: list[Entry] = []
        for doc_id, signature in zip(batch["doc_id"], batch["signature"], strict=True):
            report: dict[str, object] = {"doc_id": str(doc_id), "reason": "", "chunks": 0}
            reports.append({**report, "bytes": corpus.size(str(signature))})
            try:
                entry = self._read(str(doc_id), str(signature))
            except CorpusError as error:
                reports[-1]["reason"] = str(error)
                continue
            reports[-1]["chunks"] = len(entry.chunks)
            entries.append(entry)
        texts = {
            key: TitledText(entry.document.metadata.title, chunk.text)
            for entry in entries
            for key, chunk in zip(entry.keys, entry.chunks, strict=True)
        }
        passages = list(texts.values())
        encoded = encode_passages(self._embedder, self._codec, passages) if passages else []
        with self._patient():
            spreading.put_beside(self._store, entries, dict(zip(texts, encoded, strict=True)))
        return {name: [each[name] for each in reports] for name in reports[0]}

    def _read(self, doc_id: str, signature: str) -> Entry:
        read = partial(self._ahead.extract, waiting=lambda: None)
        entry = read_entry(self._settings, doc_id, signature, self._embedder, None, read)
        assert entry is not None  # nothing is known of it that it could be the same as
        return entry


def build_spread(
    settings: IndexSettings, builds: MilvusBuilds, address: str, progress: Progress
) -> list[Report]:
    """Make the index from nothing on the cluster at an address, and swap it in.

    For who has the turn to write. Raises ChatbotError where Ray is not installed or not there.
    """
    ray_data = _connected(address)
    build = builds.unfinished() or builds.begin(load_embedder(settings))
    there = spreading.files_there(build.store)
    wanted = corpus.scan(settings.corpus_dir).documents
    done = {
        doc_id
        for doc_id, state in there.items()
        if state.recipe == recipe(settings) and wanted.get(doc_id) == state.signature
    }
    reports = [Report(doc_id, "unchanged", doc_id) for doc_id in sorted(done)]
    todo = [{"doc_id": d, "signature": s} for d, s in wanted.items() if d not in done]
    total = sum(map(corpus.size, wanted.values()))
    so_far = sum(corpus.size(wanted[doc_id]) for doc_id in done)
    for row in _written(ray_data, todo, settings, build.name) if todo else ():
        so_far += int(row["bytes"])
        progress(row["doc_id"], so_far, total)
        reports.append(_report(row))
    spreading.complete(build.store, {d: (s, s + UNSETTLED) for d, s in wanted.items()})
    builds.swap_in(build.name)
    return reports


def _written(
    ray_data: Any,  # noqa: ANN401 (a module without types)
    todo: list[dict[str, str]],
    settings: IndexSettings,
    build: str,
) -> Iterator[dict[str, Any]]:
    """Yield what became of each document, as it is written."""
    blocks = max(1, len(todo) // _DOCUMENTS_AT_ONCE)
    documents = ray_data.from_items(todo, override_num_blocks=blocks)
    written = documents.map_batches(
        Worker,
        fn_constructor_args=(settings, build),
        batch_size=_DOCUMENTS_AT_ONCE,
        num_cpus=_CPUS_EACH,
        concurrency=(1, 1024),  # as many as the cluster has room for
    )
    yield from written.iter_rows()


def _connected(address: str) -> Any:  # noqa: ANN401 (a module without types)
    """Return Ray Data, connected to a cluster."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ChatbotError(
            "A build on many machines needs Ray. Install it: pip install -r requirements-ray.txt"
        ) from error
    if not ray.is_initialized():
        # The workers import this project from where it lies here.
        environment = {"env_vars": {"PYTHONPATH": str(_ROOT)}}
        try:
            ray.init(
                address=None if address == LOCAL else address,
                runtime_env=environment,
                logging_level="ERROR",
                log_to_driver=False,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise ChatbotError(
                f"There is no Ray cluster at {address!r} ({str(error)[:200]}). Start one: "
                "ray start --head; or name this machine alone: --ray local"
            ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    return ray.data


def _report(row: dict[str, Any]) -> Report:
    doc_id = str(row["doc_id"])
    if row["reason"]:
        return Report(doc_id, "refused", doc_id, reason=str(row["reason"]))
    chunks = int(row["chunks"])
    return Report(doc_id, "added", doc_id, chunks=chunks, embedded=chunks)
