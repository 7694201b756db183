"""All that a library of very many chunks costs, beside what is aimed at: a million, if need be.

    python -m eval import squad xquad.en.json --name xquad-en        # likewise zh and de
    python -m eval bench many --set xquad-zh xquad-en xquad-de --keep FOLDER

Sentences and questions are those of sets that were imported, and vectors the embedder's own, so
that texts, and what is near to what, are as in real documents. Milliseconds are of the processor,
of all threads, and behind the stroke by the clock.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from eval.bench.among import among
from eval.bench.filling import Sizes, filled
from eval.bench.made_up_texts import Texts
from eval.bench.scale import anonymous_megabytes
from eval.bench.stock import SENTENCES, made_up, sentences_of
from eval.questions.sets import read_set, sample
from index.embedders.token_codes import TitledText, encode_passages
from index.keeping.library import Library, Source
from index.search.scope import make_scope, matcher
from index.search.vector_file import VectorFile
from index.search.vectors import VectorIndex
from index.settings import EMBEDDED_MODEL, IndexSettings
from index.types import EVERYTHING, FloatArray, Scope
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.retrieval import RETRIEVERS
from rag.load import load_assistant
from rag.settings import SIMILARITY_READER, RagSettings
from rag.types import Query

_MILLISECONDS = 1000
_EACH_SIDE, _HITS, _TIMES = 50, 10, 5
_AT_ONCE = 32
_ROWS_AT_ONCE = 8192
_NAMED = 200
_CHARACTERS = 1500

_Line = tuple[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument(
        "--chunks", type=int, default=1_000_000, metavar="N", help="how many (%(default)s)"
    )
    parser.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME",
        help="sets, each of one language, whose sentences and questions are taken: else made up",
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where the library is kept, or is already"
    )
    parser.add_argument(
        "--among",
        nargs="+",
        default=[],
        metavar="NAME",
        help="sets whose documents are put among all, to see how often the right one comes first",
    )
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="(%(default)s)")
    parser.add_argument("--embedder", default=EMBEDDED_MODEL, help="(%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Print a line for each thing that was measured; return 0."""
    corpus_dir = IndexSettings.from_env().corpus_dir
    sentences = sentences_of(args.set, corpus_dir) if args.set else made_up(SENTENCES)
    questions = _questions(args.set, corpus_dir, args.questions)
    with filled(Sizes.of_chunks(args.chunks), sentences, args.embedder, keep=args.keep) as library:
        for name, told in chain(_measured(library, questions), among(library, args.among)):
            sys.stdout.write(f"{name:44} {told}\n")
            sys.stdout.flush()
    return 0


def _questions(sets: Sequence[str], corpus_dir: Path, number: int) -> list[str]:
    """Return so many questions of sets, of each as many, or made-up ones."""
    if not sets:
        texts = Texts(seed=1)
        return [texts.question() for _ in range(number)]
    each = [sample(read_set(name, corpus_dir=corpus_dir).cases, number) for name in sets]
    return [case.question for cases in zip(*each, strict=False) for case in cases][:number]


def _measured(library: Library, questions: Sequence[str]) -> Iterator[_Line]:
    encoded = [
        question
        for start in range(0, len(questions), _AT_ONCE)
        for question in encode(library, questions[start : start + _AT_ONCE])
    ]
    library.close()  # what was read for that
    library = Library(library.settings, embedder=library.embedder)
    yield "start", _timed([lambda: _started(library, encoded[0])])
    info = library.info()
    yield "documents, chunks", f"{info.documents:,}, {info.chunks:,}"
    on_disk = info.bytes_on_disk
    yield "index on the disk", f"{on_disk / 1e9:.1f} GB, {on_disk / info.chunks / 1e3:.1f} kB each"
    yield "dense search", _timed(_searches(library, "dense", encoded))
    yield "recall@10 of dense search, against all", f"{_recall(library, encoded):.3f}"
    yield (
        "lexical search, many terms for the first time",
        _timed(_searches(library, "lexical", encoded)),
    )
    yield "lexical search, once more", _timed(_searches(library, "lexical", encoded))
    yield "both, and late interaction", _timed(_searches(library, "late", encoded))
    assistant = load_assistant(library, RagSettings(reader=SIMILARITY_READER))
    assistant.search(Query(questions[0]), _HITS)
    yield (
        "whole retrieval, with embedding",
        _timed([partial(assistant.search, Query(question), _HITS) for question in questions]),
    )
    yield from _in_scopes(library, encoded)
    yield from _of_documents(library)
    yield "anonymous memory after all that", f"{anonymous_megabytes():,.0f} MB"


def _started(library: Library, question: EncodedQuestion) -> None:
    library.open()
    library.search_dense(question.vectors.pooled, _EACH_SIDE)
    library.search_lexical(question.terms, _EACH_SIDE)


def _searches(
    library: Library,
    side: str,
    questions: Sequence[EncodedQuestion],
    scope: Scope = EVERYTHING,
) -> list[Callable[[], object]]:
    retrieve = RETRIEVERS[side]
    return [partial(retrieve, library, question, _EACH_SIDE, scope) for question in questions]


def _in_scopes(library: Library, questions: Sequence[EncodedQuestion]) -> Iterator[_Line]:
    """Measure both sides in narrower scopes, the first question of each apart."""
    dates = {line.doc_id: line.metadata.date for line in library.documents()}
    ids = list(dates)
    named = ids[:: max(len(ids) // _NAMED, 1)][:_NAMED]
    for name, patterns in (("[a-m]*", ["[a-m]*"]), (f"{len(named)} documents, named", named)):
        scope = make_scope(patterns, doc_ids=ids)
        holds = sum(map(matcher(scope), ids, dates.values()))
        both = _searches(library, "fused", questions, scope)
        yield f"both sides in {name} ({holds:,} documents)", _timed(both)


def _of_documents(library: Library) -> Iterator[_Line]:
    """Measure what is asked of all documents, and what one more or one less takes."""
    numbers, texts = count(), Texts(seed=2)
    glance = count()

    def add() -> None:
        raw = texts.document(_CHARACTERS).raw
        library.add([Source(f"one-more-{next(numbers)}.md", raw)])

    yield "list of documents", _timed([library.documents] * _TIMES)
    yield "look for changes", _timed([library.pending] * _TIMES)
    yield (
        "glance of the watcher",
        _timed([lambda: library.pending(glance=next(glance))] * _TIMES * 4),
    )
    yield "update, nothing to do", _timed([library.update] * _TIMES)
    embed = partial(
        encode_passages, library.embedder, None, [TitledText("", texts.rare_word() * 40)] * 8
    )
    yield "one more document", _timed([add] * _TIMES)
    yield "  of that embedding, about", _timed([embed] * _TIMES)
    yield "list after one more", _timed([library.documents] * _TIMES, before=add)
    yield (
        "glance after one more",
        _timed([lambda: library.pending(glance=next(glance))] * _TIMES, before=add),
    )
    added = range(next(numbers))
    yield (
        "one is removed",
        _timed([partial(library.remove, f"one-more-{number}.md") for number in added]),
    )


def _recall(library: Library, questions: Sequence[EncodedQuestion]) -> float:
    """Return the share of the ten nearest of all vectors that searches find."""
    place = library.settings.index_dir
    assert isinstance(place, Path)
    index = VectorFile(place / library.info().build, library.embedder.dim).load()
    queries = np.stack([question.vectors.pooled for question in questions])
    found = 0
    for query, nearest in zip(queries, _nearest(index, queries), strict=True):
        found += len({i for i, _ in index.search(query, _HITS)} & set(nearest.tolist()))
    return found / _HITS / len(questions)


def _nearest(index: VectorIndex, queries: FloatArray) -> NDArray[np.int64]:
    """Return the ids of the ten nearest to each query, by a product with every vector."""
    ids = index.ids()
    scores, places = [], []
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        at = np.arange(start, min(start + _ROWS_AT_ONCE, len(ids)))
        product = queries @ index.vectors(at).T
        best = np.argpartition(-product, min(_HITS, len(at) - 1), axis=1)[:, :_HITS]
        scores.append(np.take_along_axis(product, best, axis=1))
        places.append(best + start)
    best = np.argsort(-np.concatenate(scores, axis=1), axis=1)[:, :_HITS]
    return np.asarray(ids[np.take_along_axis(np.concatenate(places, axis=1), best, axis=1)])


def _timed(
    times: Sequence[Callable[[], object]], *, before: Callable[[], object] = lambda: None
) -> str:
    """Say how long each took, the processor and by the clock."""
    processor, clock = [], []
    for do in times:
        before()
        begun, spent = time.perf_counter(), time.process_time()
        do()
        clock.append((time.perf_counter() - begun) * _MILLISECONDS)
        processor.append((time.process_time() - spent) * _MILLISECONDS)
    if len(times) == 1:
        return f"{processor[0]:.0f} / {clock[0]:.0f} ms"
    most = [float(np.quantile(each, 0.95)) for each in (processor, clock)]
    return (
        f"p50 {median(processor):.1f} / {median(clock):.1f} ms, p95 {most[0]:.1f} / {most[1]:.1f}, "
        f"first {processor[0]:.1f} / {clock[0]:.1f}"
    )
