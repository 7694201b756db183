"""Both engines over one set: the same first passages, and what each search takes.

    python -m eval bench engines --milvus milvus://127.0.0.1:19530/bench --set futian
    python -m eval bench engines --milvus milvus://127.0.0.1:19530/bench --sizes 10000 100000
    python -m eval bench engines --milvus milvus://127.0.0.1:19530/bench --sizes 1000000 --alone

The index in the server is made anew, of a set with exact vectors, and deleted by the next run. Of
sizes, the server is asked when it has put in order what was written, and rests.
"Milvus' own" is the time inside pymilvus' `search` and `query`, which make the request and take the
answer apart; ours is what else the library takes, what asks the server for changes among it. What
comes after, such as late interaction, is the same for both engines. (By `--set` it counts as ours.)
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import index.settings
from eval.bench.engine_sizes import inside_client, of_size
from eval.questions.sets import read_set, sample
from eval.runs.run import scratch_library
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
    many = "libraries of so many chunks instead of a set, by the fake embedder"
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help=many)
    texts = "sets, each of one language, whose sentences and questions these are of: else made up"
    parser.add_argument("--texts", nargs="+", default=[], metavar="NAME", help=texts)
    alone = "of libraries of such sizes, measure those in the server, and none in a folder"
    parser.add_argument("--alone", action="store_true", help=alone)
    parser.add_argument("--questions", type=int, default=400, help="at most (%(default)s)")
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print a line for each way to search; return 0."""
    settings = index.settings.from_arguments(args)
    if args.sizes:
        names = [args.milvus] if args.alone else ["", args.milvus]
        for size in args.sizes:
            for line in of_size(size, names, args.texts, args.questions):
                _say(line)
        return 0
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
            with inside_client() as inside:
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
