"""How long 1,000 mixed documents take to add, stage by stage, and one more after them."""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

from eval.bench import tables
from eval.bench.mixed_documents import write_documents
from index import corpus
from index.console import progress_bar
from index.cutting.chunking import chunk_document
from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.keeping.library import Library, Source
from index.reading.processes import READERS
from index.settings import IndexSettings
from index.types import Document, FloatArray, Kind, Metadata, TokenVectors

_CHANGES = 5
_WARM_UP = 8
_PORTION = 64

_T = TypeVar("_T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument("--documents", type=int, default=1000, help="how many (%(default)s)")
    parser.add_argument("--rows", type=int, help="read tables of so many rows instead")


def run(args: argparse.Namespace) -> int:
    """Print a line for each thing that was measured; return 0."""
    if args.rows:
        for line in tables.lines(args.rows):
            sys.stdout.write(line + "\n")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        settings = replace(
            IndexSettings.from_env(), corpus_dir=folder / "corpus", index_dir=folder / "built"
        )
        settings.corpus_dir.mkdir()
        write_documents(settings.corpus_dir, args.documents)
        for line in _lines(settings):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


@dataclass(slots=True)
class _Clocked:
    """An embedder that counts the seconds that it embeds."""

    embedder: Embedder
    seconds: float = 0.0

    @property
    def fingerprint(self) -> str:
        return self.embedder.fingerprint

    @property
    def dim(self) -> int:
        return self.embedder.dim

    @property
    def max_tokens(self) -> int:
        return self.embedder.max_tokens

    @property
    def has_token_vectors(self) -> bool:
        return self.embedder.has_token_vectors

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        with self._clock():
            return self.embedder.embed(texts, kind)

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        with self._clock():
            return self.embedder.embed_tokens(texts, kind)

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        return self.embedder.count_tokens(texts, kind)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - started


class Stages(NamedTuple):
    """What an update took: seconds of each stage; `alone` is what the embedder took by itself."""

    documents: int
    chunks: int
    reading: float
    chunking: float
    embedding: float
    total: float
    alone: float

    @property
    def storing(self) -> float:
        """What is left of the whole."""
        return self.total - self.reading - self.chunking - self.embedding


def stages(settings: IndexSettings) -> Stages:
    """Make the index of a corpus that has none, and return what each stage took."""
    embedder = _Clocked(load_embedder(settings))
    library = Library(settings, embedder=embedder)
    try:
        return _stages(library, embedder)
    finally:
        library.close()


def _stages(library: Library, embedder: _Clocked) -> Stages:
    settings = library.settings
    reading, documents = _timed(lambda: _read_all(settings))
    chunking, texts = _timed(lambda: _chunk_all(settings, documents, embedder))
    # What the embedder does alone is measured before and after: the machine may be busy meanwhile.
    _embed(embedder, texts[:_WARM_UP])
    before, _ = _timed(lambda: _embed(embedder, texts[::2]))
    embedder.seconds = 0.0
    with progress_bar() as progress:
        total, _ = _timed(lambda: library.update(progress))
    embedding = embedder.seconds
    after, _ = _timed(lambda: _embed(embedder, texts[1::2]))
    return Stages(
        len(documents), len(texts), reading, chunking, embedding, total, alone=before + after
    )


def _lines(settings: IndexSettings) -> Iterator[str]:
    embedder = _Clocked(load_embedder(settings))
    library = Library(settings, embedder=embedder)
    took = _stages(library, embedder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"{took.documents} documents, {took.chunks} chunks"
    yield f"update, all new      {took.total:7.1f} s, {took.chunks / took.total:.1f} chunks/s"
    yield f"  reading            {took.reading:7.1f} s"
    yield f"  chunking           {took.chunking:7.1f} s"
    yield f"  embedding          {took.embedding:7.1f} s, {took.embedding / took.total:.2f} of it"
    yield f"  storing, the rest  {took.storing:7.1f} s"
    rate = took.alone / took.total
    yield f"the embedder alone   {took.alone:7.1f} s: the update goes at {rate:.2f} of its rate"
    yield f"peak memory          {peak:7.0f} MB"
    yield from _changes(settings, library, embedder)
    library.close()


def _changes(settings: IndexSettings, library: Library, embedder: _Clocked) -> Iterator[str]:
    """Measure what is done every day to an index of this size."""
    nothing, _ = _timed(library.update)
    yield f"update, no change    {nothing:7.3f} s"
    places = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    command = [sys.executable, "-m", "index", "update", *places]
    process, _ = _timed(partial(subprocess.run, command, check=True, capture_output=True))
    yield f"  as a command       {process:7.3f} s"
    listing, _ = _timed(library.documents)
    yield f"list of documents    {listing:7.3f} s"
    adding, removing = [], []
    for number in range(_CHANGES):
        embedder.seconds = 0.0
        name, text = f"one more {number}.txt", f"第{number}艘渡船在{number + 1900}年下水。" * 40
        source = Source(name, text.encode())
        seconds, _ = _timed(partial(library.add, [source]))
        adding.append(seconds - embedder.seconds)
    yield f"one more document    {median(adding):7.3f} s beyond its embedding"
    for number in range(_CHANGES):
        seconds, _ = _timed(partial(library.remove, f"one more {number}.txt"))
        removing.append(seconds)
    yield f"one document removed {median(removing):7.3f} s"
    purging, _ = _timed(lambda: library.remove(library.documents()[0].doc_id, purge=True))
    yield f"one document purged  {purging:7.3f} s"
    examining, _ = _timed(library.examine)
    yield f"doctor               {examining:7.3f} s"


def _read_all(settings: IndexSettings) -> list[Document]:
    documents = []
    for doc_id in corpus.scan(settings.corpus_dir).documents:
        raw = corpus.read(corpus.locate(settings.corpus_dir, doc_id))
        extracted = READERS.extract(doc_id, raw)
        documents.append(Document(doc_id, extracted.text, Metadata(extracted.title)))
    return documents


def _chunk_all(
    settings: IndexSettings, documents: Sequence[Document], embedder: Embedder
) -> list[str]:
    def count_tokens(texts: Sequence[str]) -> list[int]:
        return embedder.count_tokens(texts, "passage")

    cap = min(settings.max_chunk_tokens, embedder.max_tokens)
    return [
        chunk.text
        for document in documents
        for chunk in chunk_document(document, count_tokens=count_tokens, max_tokens=cap)
    ]


def _embed(embedder: Embedder, texts: Sequence[str]) -> None:
    """Embed as an import does, in the same portions, and drop the vectors."""
    for start in range(0, len(texts), _PORTION):
        portion = texts[start : start + _PORTION]
        if embedder.has_token_vectors:
            embedder.embed_tokens(portion, "passage")
        else:
            embedder.embed(portion, "passage")


def _timed(do: Callable[[], _T]) -> tuple[float, _T]:
    """Return the seconds that something takes, and what it returns."""
    started = time.perf_counter()
    result = do()
    return time.perf_counter() - started, result
