"""Both engines over one set: the same first passages, and what each search takes.

    python -m eval bench engines --milvus milvus://127.0.0.1:19530/bench --set futian
    python -m eval bench engines --milvus milvus://127.0.0.1:19530/bench --documents 1000

The index in the server is made anew, with exact vectors, and deleted in the end by the next run.
"Milvus' own" is the time inside pymilvus' `search`; all that is above that is ours.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import index.settings
from eval.bench.made_up_texts import SCRIPTS, Texts
from eval.bench.stock import stock
from eval.questions.sets import read_set, sample
from eval.runs.run import scratch_library
from index.embedders.fake import NAME
from index.embedders.load import load_embedder
from index.embedders.token_codes import TitledText, TokenCodec, encode_passages
from index.keeping.library import Library
from index.settings import IndexSettings, MilvusAddress
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.retrieval import RETRIEVERS

_ENCODED_AT_ONCE = 32
_TOP_K = 10
_CANDIDATES, _TIMES = 20, 5


@dataclass(slots=True)
class _Engine:
    """A library, and what its searches took: all, and inside the server's client."""

    name: str
    library: Library
    index_seconds: float
    inside_seconds: float = 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench engines`."""
    parser.add_argument(
        "--milvus", required=True, metavar="ADDRESS", help="milvus://HOST:PORT/NAME"
    )
    parser.add_argument("--set", default="futian", metavar="NAME", help="the set (%(default)s)")
    many = "so many made-up documents of ten chunks instead of a set, by the fake embedder"
    parser.add_argument("--documents", type=int, metavar="N", help=many)
    parser.add_argument("--questions", type=int, default=400, help="at most (%(default)s)")
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print a line for each way to search; return 0."""
    settings = index.settings.from_arguments(args)
    if args.documents:
        return _made_up(args.documents, args.milvus, args.questions)
    asked = read_set(args.set, corpus_dir=settings.corpus_dir)
    embedder = load_embedder(settings)
    engines = []
    for name in ("files", "milvus"):
        started = time.perf_counter()
        library = scratch_library(asked, settings, embedder=embedder)
        if name == "milvus":
            there = replace(
                library.settings, index_dir=MilvusAddress(args.milvus), milvus_index="FLAT"
            )
            library = _built(there, library)
        engines.append(_Engine(name, library, time.perf_counter() - started))
    files, milvus = engines
    info = milvus.library.info()
    _say(f"{args.set}: {info.documents} documents, {info.chunks} chunks")
    _say(f"indexed in Milvus in {milvus.index_seconds:.1f} s")
    cases = sample([case for case in asked.cases if not case.history], args.questions)
    questions = list(_encoded(files.library, [case.question for case in cases]))
    for name in ("dense", "lexical", "late"):
        _say(_line(name, questions, files, milvus))
    _say(_codes(milvus.library, questions[0]))
    for engine in engines:
        engine.library.close()
    return 0


def _made_up(documents: int, milvus: str, questions: int) -> int:
    """Print what so many documents cost in both engines; return 0."""
    with tempfile.TemporaryDirectory() as scratch:
        engines = []
        for name, place in (("files", Path(scratch) / "built"), ("milvus", MilvusAddress(milvus))):
            corpus_dir = Path(scratch) / f"corpus-{name}"
            corpus_dir.mkdir()
            settings = IndexSettings(corpus_dir=corpus_dir, index_dir=place, embedder=NAME)
            started, used = time.perf_counter(), time.process_time()
            stock(settings, documents=documents, characters=4300, chunk_characters=430)
            took, used = time.perf_counter() - started, time.process_time() - used
            library = Library(settings)
            info = library.info()
            _say(
                f"{name}: {info.chunks} chunks put in {took:.0f} s, {used:.0f} s of them this "
                f"process's processor; {info.bytes_on_disk / info.chunks / 1000:.1f} kB a chunk"
            )
            engines.append(_Engine(name, library, took))
        files, milvus_ = engines
        texts = Texts(seed=1)
        wanted = [texts.sentence(SCRIPTS[n % len(SCRIPTS)]) for n in range(questions)]
        asked = list(_encoded(files.library, wanted))
        for name in ("dense", "lexical", "late"):
            _say(_line(name, asked, files, milvus_))
        for engine in engines:
            engine.library.close()
    return 0


def _codes(library: Library, question: EncodedQuestion) -> str:
    """Say what it takes to have the token codes of twenty passages: fetched, or made again."""
    chunks = [hit.chunk for hit in RETRIEVERS["dense"](library, question, _CANDIDATES)]
    titles = library.titles({chunk.doc_id for chunk in chunks})
    passages = [TitledText(titles[chunk.doc_id], chunk.text) for chunk in chunks]
    codec = TokenCodec.for_embedder(library.embedder)
    fetched, made = [], []
    for _ in range(_TIMES):
        started = time.perf_counter()
        library.token_codes(chunks)
        fetched.append(time.perf_counter() - started)
        started = time.perf_counter()
        encode_passages(library.embedder, codec, passages)
        made.append(time.perf_counter() - started)
    return (
        f"token codes of {len(chunks)} passages: fetched in {1000 * median(fetched):.0f} ms, "
        f"made again in {1000 * median(made):.0f} ms"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _built(settings: IndexSettings, like: Library) -> Library:
    library = Library(settings, embedder=like.embedder)
    like.close()
    library.build()
    return library


def _encoded(library: Library, questions: Sequence[str]) -> Iterator[EncodedQuestion]:
    for start in range(0, len(questions), _ENCODED_AT_ONCE):
        yield from encode(library, questions[start : start + _ENCODED_AT_ONCE])


def _line(name: str, questions: Sequence[EncodedQuestion], files: _Engine, milvus: _Engine) -> str:
    retrieve = RETRIEVERS[name]
    same_first = same_all = 0
    took: dict[str, list[float]] = {"files": [], "milvus": []}
    ours: list[float] = []
    for question in questions:
        found = []
        for engine in (files, milvus):
            with _inside() as inside:
                started = time.perf_counter()
                hits = retrieve(engine.library, question, _TOP_K)
                took[engine.name].append(time.perf_counter() - started)
            found.append([hit.chunk for hit in hits])
            if engine is milvus:
                ours.append(took["milvus"][-1] - inside[0])
        same_first += found[0][:1] == found[1][:1]
        same_all += set(found[0]) == set(found[1])
    own, count = max(sum(took["milvus"]) - sum(ours), 1e-9), len(questions)
    in_files, in_milvus, of_ours = (
        f"{1000 * median(seconds):.1f}" for seconds in (took["files"], took["milvus"], ours)
    )
    return (
        f"{name:8} {count} questions: same first passage {same_first / count:.3f}, same {_TOP_K} "
        f"{same_all / count:.3f}; median ms: files {in_files}, Milvus {in_milvus}, of these ours "
        f"{of_ours}; ours over Milvus' own {sum(ours) / own:.2f}"
    )


@contextmanager
def _inside() -> Iterator[list[float]]:
    """Yield the seconds that are spent in the client's `search` and `query` within."""
    from pymilvus import MilvusClient

    seconds = [0.0]

    def timed(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: object, **named: object) -> Any:  # noqa: ANN401
            started = time.perf_counter()
            try:
                return method(*values, **named)
            finally:
                seconds[0] += time.perf_counter() - started

        return call

    kept = {name: getattr(MilvusClient, name) for name in ("search", "query")}
    for name, method in kept.items():
        setattr(MilvusClient, name, timed(method))
    try:
        yield seconds
    finally:
        for name, method in kept.items():
            setattr(MilvusClient, name, method)
