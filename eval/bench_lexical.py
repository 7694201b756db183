"""Compares full-text indexes: what they find, how fast, how large, and what a kill leaves.

Ours, and tantivy and bm25s where they are installed. All get our terms, made from the same texts;
for contrast, the other two find with their own tokenizers as well. The texts for speed are made up:
terms as rare and as common as in a language (Zipf), 250 of them a chunk, 20 chunks a document.
"""

import argparse
import importlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import accumulate, islice, product
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from index.console import say
from index.embedding import Embedder
from index.lexical import LexicalIndex
from index.store import Entry, FileState, Store
from index.terms import terms
from index.token_codes import PassageVectors
from index.types import Chunk, Document, Metadata

_T = TypeVar("_T")

_TERMS_PER_CHUNK = 250
_CHUNKS_PER_DOCUMENT = 20
_TERMS_PER_QUESTION = 12
_DOCUMENTS_PER_CHANGE = 50
_VOCABULARY_SIDE = 448  # 448 characters in pairs: 200,704 terms
_TOP_K = 50
_UPDATES = 5
_KILL_WITHIN = 1.5
_KILLED_CHUNKS = 200
_K1, _B = 1.2, 0.75

Texts = tuple[int, Sequence[str]]
"""The number of a document and the texts of its chunks."""


class Engine(Protocol):
    """A full-text index in a folder."""

    def put(self, documents: Iterable[Texts]) -> None:
        """Store documents, replacing by number; when it returns, they are there to stay."""
        ...

    def remove(self, number: int) -> None:
        """Forget a document."""
        ...

    def search(self, question: str, top_k: int) -> list[int]:
        """Return the documents of the best chunks, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Speed:
    """What one index took at one size, in seconds and megabytes.

    `updates` are in turn of adding, replacing and removing a document, until a question sees it;
    there are none where every change makes the index anew.
    """

    build: float
    disk: float
    memory: float
    first: float
    questions: Sequence[float]
    updates: Sequence[float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.epilog = (
        "The others, which this project does not need: pip install tantivy==0.27.0 bm25s==0.3.16"
    )
    parser.add_argument(
        "--chunks", type=int, default=20_000, metavar="N", help="how many (%(default)s)"
    )
    parser.add_argument(
        "--questions", type=int, default=200, metavar="N", help="how many (%(default)s)"
    )
    parser.add_argument(
        "--engine",
        action="append",
        choices=sorted(_ENGINES),
        help="one of them; may be repeated (all that are installed)",
    )
    parser.add_argument(
        "--quality",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a SQuAD file to find the paragraphs of; may be repeated",
    )
    parser.add_argument(
        "--kills", type=int, default=0, metavar="N", help="kill it so often while it writes"
    )


def run(args: argparse.Namespace) -> int:
    """Print a table for each of speed, quality and kills; return 0."""
    names = [name for name in args.engine or _ENGINES if _is_installed(name)]
    sys.stdout.write(
        _SPEED_HEAD.format(
            chunks=args.chunks, questions=args.questions, terms=_TERMS_PER_QUESTION, top_k=_TOP_K
        )
    )
    for name in names:
        sys.stdout.write(_speed_line(name, measure(name, args.chunks, args.questions)))
        sys.stdout.flush()
    for path in args.quality:
        sys.stdout.write(f"\n{path.name}\n{_QUALITY_HEAD}")
        for name, own in product(names, (False, True)):
            if not (own and name == "sqlite"):
                first, five, questions = recalls(name, path, own=own)
                whose = "its own" if own else "ours"
                sys.stdout.write(_line(name, whose, f"{first:.3f}", f"{five:.3f}", questions))
    if args.kills:
        sys.stdout.write(_KILL_HEAD)
        for name in names:
            sys.stdout.write(_line(name, args.kills, *kill(name, args.kills)))
    return 0


def measure(name: str, chunks: int, questions: int) -> Speed:
    """Return what it takes to build an index, ask it and change it, each in a new process."""
    with _folder() as folder:
        build = _alone(_build, name, folder, chunks)
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        memory, first, asked, updates = _alone(_use, name, folder, chunks, questions)
    return Speed(build, disk, memory, first, asked, updates)


def recalls(name: str, squad: Path, *, own: bool) -> tuple[float, float, int]:
    """Return in which share of the questions the right paragraph is first, in the first five."""
    articles = json.loads(squad.read_text("utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    numbers = {paragraph["context"]: n for n, paragraph in enumerate(paragraphs)}
    with _folder() as folder:
        engine = _ENGINES[name](folder, own)
        engine.put((number, [context]) for context, number in numbers.items())
        places = [
            found.index(right) if right in found else _TOP_K
            for paragraph in paragraphs
            for right in [numbers[paragraph["context"]]]
            for entry in paragraph["qas"]
            for found in [engine.search(entry["question"], _TOP_K)]
        ]
    first, five = (sum(place < limit for place in places) / len(places) for limit in (1, 5))
    return first, five, len(places)


def kill(name: str, times: int) -> tuple[int, int, int]:
    """Kill a process that adds documents, so many times, each at another moment.

    Returns how many additions were acknowledged, how many of these are not found afterwards, and
    how often the index could not be opened at all.
    """
    acknowledged = lost = broken = 0
    with _folder() as folder:
        for each in range(times):
            here = folder / str(each)
            here.mkdir()
            done = _killed(name, here, seconds=each * _KILL_WITHIN / times)
            acknowledged += len(done)
            try:
                lost += len(done) - _alone(_count_found, name, here, done)
            except Exception:  # noqa: BLE001  whatever it raises, it cannot be read
                lost, broken = lost + len(done), broken + 1
    return acknowledged, lost, broken


def _killed(name: str, folder: Path, *, seconds: float) -> list[int]:
    """Return what a process has acknowledged that was killed so long after its first document."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_add_for_ever, args=(name, folder, there))
    process.start()
    there.close()
    done = [here.recv()]
    time.sleep(seconds)
    process.kill()
    process.join()
    try:
        while True:
            done.append(here.recv())
    except (EOFError, OSError):
        return done


def _add_for_ever(name: str, folder: Path, parent: Connection) -> None:
    engine = _ENGINES[name](folder, False)
    engine.put(synthetic_documents(_KILLED_CHUNKS))
    number = _KILLED_CHUNKS
    while True:
        engine.put([(number, [_marker(number)])])
        parent.send(number)
        number += 1


def _count_found(name: str, folder: Path, numbers: Sequence[int]) -> int:
    engine = _ENGINES[name](folder, False)
    return sum(engine.search(_marker(number), 1) == [number] for number in numbers)


def _marker(number: int) -> str:
    """Return a text that is in no other document."""
    return f"marker{number}"


def _build(name: str, folder: Path, chunks: int) -> float:
    started = time.perf_counter()
    engine = _ENGINES[name](folder, False)
    if name == "bm25s":
        engine.put(synthetic_documents(chunks))
    else:
        documents = synthetic_documents(chunks)
        while batch := list(islice(documents, _DOCUMENTS_PER_CHANGE)):
            engine.put(batch)
    return time.perf_counter() - started


def _use(
    name: str, folder: Path, chunks: int, questions: int
) -> tuple[float, float, list[float], list[float]]:
    """Return the memory, the seconds of the first question, of each other, and of updates."""
    engine = _ENGINES[name](folder, False)
    asked = list(islice(synthetic_questions(), questions + 1))
    first, *others = [_seconds(partial(engine.search, question, _TOP_K)) for question in asked]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
    if name == "bm25s":
        return memory, first, others, []
    number = chunks  # there are fewer documents
    one, other = ([next(synthetic_documents(_CHUNKS_PER_DOCUMENT, seed=seed))] for seed in (1, 2))
    changes = (
        partial(engine.put, [(number, texts) for _, texts in one]),
        partial(engine.put, [(number, texts) for _, texts in other]),
        partial(engine.remove, number),
    )

    def change_and_see(change: Callable[[], None]) -> None:
        change()
        engine.search(asked[0], _TOP_K)

    updates = [
        _seconds(partial(change_and_see, change)) for _ in range(_UPDATES) for change in changes
    ]
    return memory, first, others, updates


def synthetic_documents(chunks: int, *, seed: int = 0) -> Iterator[Texts]:
    """Yield documents of so many chunks, the same for the same seed."""
    random = np.random.default_rng(seed)
    vocabulary = _vocabulary()
    odds = np.cumsum(1 / np.arange(1, len(vocabulary) + 1))
    for number in range(-(-chunks // _CHUNKS_PER_DOCUMENT)):
        size = min(_CHUNKS_PER_DOCUMENT, chunks - number * _CHUNKS_PER_DOCUMENT)
        drawn = np.searchsorted(odds, random.random((size, _TERMS_PER_CHUNK)) * odds[-1])
        yield number, [" ".join([vocabulary[term] for term in row]) for row in drawn.tolist()]


def synthetic_questions() -> Iterator[str]:
    """Yield questions made of terms of one chunk, common and rare ones as they come."""
    random = np.random.default_rng(0)
    for _, (text, *_) in synthetic_documents(10**6, seed=3):
        yield " ".join(random.choice(text.split(), _TERMS_PER_QUESTION, replace=False).tolist())


def _vocabulary() -> list[str]:
    """Return pairs of characters that are terms as they stand."""
    plain = (char for char in map(chr, range(0x4E00, 0x9FA5)) if terms(char) == [char])
    side = list(islice(plain, _VOCABULARY_SIDE))
    return [first + second for first in side for second in side]


class _Sqlite:
    """Our own."""

    def __init__(self, folder: Path, own: bool) -> None:
        path = folder / "store.sqlite3"
        embedder = cast(Embedder, SimpleNamespace(fingerprint="none", dim=1))
        self._store = Store(path, create_for=None if path.exists() else embedder)
        self._index = LexicalIndex(self._store)

    def put(self, documents: Iterable[Texts]) -> None:
        vector = {b"": PassageVectors(np.zeros(1, np.float32), None)}
        self._store.put([self._entry(*texts) for texts in documents], vector)

    def remove(self, number: int) -> None:
        self._store.delete([str(number)])

    def search(self, question: str, top_k: int) -> list[int]:
        if self._index.generation != self._store.generation:
            self._index = LexicalIndex(self._store)
        hits = self._index.search(self._store, terms(question), top_k)
        return [int(hit.chunk.doc_id) for hit in hits]

    def _entry(self, number: int, texts: Sequence[str]) -> Entry:
        document = Document(str(number), "\n".join(texts), Metadata(""))
        ends = list(accumulate(len(text) + 1 for text in texts))
        return Entry(
            document=document,
            imported=None,
            encoding=None,
            language="",
            notes=(),
            file=FileState("", "", "", ""),
            chunks=[
                Chunk(document.doc_id, end - len(text) - 1, end - 1, text)
                for text, end in zip(texts, ends, strict=True)
            ],
            keys=[b""] * len(texts),
        )


class _Tantivy:
    def __init__(self, folder: Path, own: bool) -> None:
        self._tantivy = tantivy = importlib.import_module("tantivy")
        self._own = own
        self._schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("number", stored=True, indexed=True)
            .add_text_field(
                "text", tokenizer_name="default" if own else "spaces", index_option="freq"
            )
            .build()
        )
        self._index = tantivy.Index(self._schema, path=str(folder))
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaces", spaces)
        self._writer = self._index.writer(num_threads=1)

    def put(self, documents: Iterable[Texts]) -> None:
        for number, texts in documents:
            self._writer.delete_documents_by_term("number", number)
            for text in texts:
                document = self._tantivy.Document()
                document.add_unsigned("number", number)
                document.add_text("text", text if self._own else " ".join(terms(text)))
                self._writer.add_document(document)
        self._commit()

    def remove(self, number: int) -> None:
        self._writer.delete_documents_by_term("number", number)
        self._commit()

    def search(self, question: str, top_k: int) -> list[int]:
        query = self._query(question)
        searcher = self._index.searcher()
        hits = searcher.search(query, top_k, count=False).hits
        return [searcher.doc(address)["number"][0] for _, address in hits]

    def _query(self, question: str) -> Any:  # noqa: ANN401
        query, occur = self._tantivy.Query, self._tantivy.Occur
        if self._own:
            return self._index.parse_query_lenient(question, ["text"])[0]
        asked = dict.fromkeys(terms(question))
        return query.boolean_query(
            [(occur.Should, query.term_query(self._schema, "text", term)) for term in asked]
        )

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()


class _Bm25s:
    """It cannot be changed: every change makes it anew and writes all of it."""

    def __init__(self, folder: Path, own: bool) -> None:
        self._bm25s = importlib.import_module("bm25s")
        self._folder, self._own = folder, own
        self._numbers: list[int] = []
        self._ids: list[Any] = []
        self._vocabulary: dict[str, int] = {}
        if (folder / "numbers.npy").exists():
            self._index = self._bm25s.BM25.load(folder)
            self._numbers = np.load(folder / "numbers.npy").tolist()

    def put(self, documents: Iterable[Texts]) -> None:
        words = self._vocabulary
        for number, texts in documents:
            for text in texts:
                found = self._terms(text)
                self._ids.append([words.setdefault(term, len(words)) for term in found])
                self._numbers.append(number)
        self._index = self._bm25s.BM25(k1=_K1, b=_B)
        self._index.index((self._ids, words), show_progress=False)
        self._index.save(self._folder)
        np.save(self._folder / "numbers.npy", np.array(self._numbers))

    def remove(self, number: int) -> None:
        raise NotImplementedError

    def search(self, question: str, top_k: int) -> list[int]:
        asked = [term for term in dict.fromkeys(self._terms(question)) if self._knows(term)]
        if not asked:
            return []
        limit = min(top_k, len(self._numbers))
        rows, scores = self._index.retrieve([asked], k=limit, show_progress=False)
        return [
            self._numbers[row]
            for row, score in zip(rows[0].tolist(), scores[0].tolist(), strict=True)
            if score > 0
        ]

    def _knows(self, term: str) -> bool:
        return term in self._index.vocab_dict

    def _terms(self, text: str) -> list[str]:
        if not self._own:
            return terms(text)
        (found,) = self._bm25s.tokenize(text, return_ids=False, show_progress=False)
        return list(found)


_ENGINES: dict[str, Callable[[Path, bool], Engine]] = {
    "sqlite": _Sqlite,
    "tantivy": _Tantivy,
    "bm25s": _Bm25s,
}


def _is_installed(name: str) -> bool:
    if name == "sqlite" or find_spec(name):
        return True
    say(f"{name} is not installed; left out.")
    return False


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-lexical-") as name:
        yield Path(name)


def _alone(function: Callable[..., _T], *values: object) -> _T:
    """Return what a function gives in a process of its own, whose memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *values).result()


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


_SPEED_HEAD = """{chunks} chunks, {questions} questions of {terms} terms for {top_k} chunks

| | build s | disk MB | memory MB | first question ms | p50 | p95 | add ms | replace | remove |
|---|---|---|---|---|---|---|---|---|---|
"""
_QUALITY_HEAD = """
| | terms | R@1 | R@5 | questions |
|---|---|---|---|---|
"""
_KILL_HEAD = """
| | kills | acknowledged | of these lost | cannot be opened |
|---|---|---|---|---|
"""


def _speed_line(name: str, speed: Speed) -> str:
    cuts = quantiles(speed.questions, n=20, method="inclusive")
    updates = ["as build"] * 3
    if speed.updates:
        updates = [f"{1000 * median(speed.updates[kind::3]):.0f}" for kind in range(3)]
    milliseconds = [f"{1000 * seconds:.1f}" for seconds in (speed.first, cuts[9], cuts[18])]
    figures = [f"{speed.build:.0f}", f"{speed.disk:.0f}", f"{speed.memory:.0f}"]
    return _line(name, *figures, *milliseconds, *updates)


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
