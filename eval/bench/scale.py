"""What many documents, and many chunks, cost: lists, looks, questions, one more document.

The embedder is the fake one: what is measured is all the rest. Milliseconds are of the processor,
of all threads; what a thread waits for the disk, or for others, is beside them.
"""

import argparse
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import numpy as np
from tqdm import tqdm

from eval.bench.filling import Sizes, filled
from eval.bench.made_up_texts import Texts
from eval.bench.stock import SENTENCES, made_up
from index.console import bar_stream, say
from index.embedders.fake import NAME
from index.keeping.library import Library
from index.search.terms import terms
from index.types import Scope
from rag.assistant import Assistant
from rag.load import load_assistant
from rag.settings import SIMILARITY_READER, RagSettings
from rag.types import Turn

_TIMES = 5
_MORE_CHARACTERS = 5000
_QUESTIONS_EACH = 4
_SEARCHES, _EACH_SIDE = 60, 50  # as many hits as retrieval asks each side for
_PARAGRAPH = 1000
_MILLISECONDS = 1000
_NEW_WORDS = "What is said of Bankoverdaleshire?"
"""No document holds the name: whether it is a typing error is looked up in all words."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    add = partial(parser.add_argument, type=int, metavar="N")
    add("--documents", default=10_000, help="how many documents (%(default)s)")
    add("--characters", default=50_000, help="of so many characters each (%(default)s)")
    add("--paragraph", default=_PARAGRAPH, help="in paragraphs of so many (%(default)s)")
    add("--chunks", default=100_000, help="how many chunks, in other documents (%(default)s)")
    add("--sentences", default=SENTENCES, help="texts are put together of so many (%(default)s)")
    add("--threads", default=50, help="how many ask at a time (%(default)s)")
    add("--more", default=200, help="documents that are added meanwhile (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Print a line for each thing that was measured; return 0."""
    sentences, paragraphs = made_up(args.sentences), max(args.characters // args.paragraph, 1)
    for documents in sorted({max(args.documents // 10, 1), args.documents}):
        with filled(Sizes(documents, paragraphs, args.paragraph), sentences, NAME) as library:
            _print(_told(library))
            _print(_of_documents(library))
    with filled(Sizes.of_chunks(args.chunks), sentences, NAME) as library:
        _print(_told(library))
        _print(_of_chunks(library, args.threads, args.more))
    return 0


def _told(library: Library) -> Iterator[str]:
    info = library.info()
    yield (f"{info.documents} documents, {info.chunks} chunks, {info.bytes_on_disk / 2**20:.0f} MB")


def _of_documents(library: Library) -> Iterator[str]:
    assistant, texts = _assistant(library), Texts(seed=1)
    listed = library.documents()
    asked = texts.question(), texts.question()
    history = [Turn(asked[0], assistant.ask(asked[0]).text)]
    scope = Scope(patterns=(listed[0].doc_id,))
    yield _line("list of documents", library.documents)
    yield _line("look for changes", library.pending)
    numbers = count()
    yield _line("glance of the watcher", lambda: library.pending(glance=next(numbers)))
    yield _line("one question", lambda: assistant.ask(texts.question()))
    yield _line("one follow-up", lambda: assistant.ask(f"And {asked[1]}", history))
    yield _line("one question in a scope", lambda: assistant.ask(texts.question(), scope=scope))
    yield _line("one more document", lambda: _add(library, texts))
    yield _line("list after one more", library.documents, before=lambda: _add(library, texts))
    after = partial(assistant.ask, _NEW_WORDS)
    yield _line("question after one more", after, before=lambda: _add(library, texts))
    yield from _of_searches(library, texts)


def _of_chunks(library: Library, threads: int, more: int) -> Iterator[str]:
    assistant, texts = _assistant(library), Texts(seed=2)
    assistant.ask(texts.question())  # what is loaded for the first one
    yield from _of_searches(library, texts)
    yield _line("one question", lambda: assistant.ask(texts.question()))
    yield _line("one more document", lambda: _add(library, texts))
    say(f"{threads} threads ask, {_QUESTIONS_EACH} questions each …")
    idle = _Asking(assistant)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda seed: idle.ask_often(seed, _QUESTIONS_EACH), range(threads)))
    yield f"{threads} threads ask            {idle}"
    say(f"{threads} threads ask while {more} documents are added …")
    meanwhile = _Asking(assistant)
    with ThreadPoolExecutor(threads) as pool:
        askers = [pool.submit(meanwhile.ask_on, seed) for seed in range(threads)]
        started = time.perf_counter()
        try:
            for _ in tqdm(range(more), unit="document", leave=False, file=bar_stream()):
                _add(library, texts)
        finally:
            meanwhile.is_over.set()
        seconds = time.perf_counter() - started
        for asker in askers:
            asker.result()
    yield f"  while {more} are added  {meanwhile}"
    yield f"  p95, times that before {meanwhile.most / idle.most:10.2f}"
    yield f"  each added in          {seconds / max(more, 1) * _MILLISECONDS:10.1f} ms"


def _of_searches(library: Library, texts: Texts) -> Iterator[str]:
    """Measure each side of a retrieval, a start, and what all that holds in memory."""
    asked = [texts.question() for _ in range(_SEARCHES)]
    queries = [library.encode_questions([question])[0].pooled for question in asked]
    yield _spread("dense search", [partial(library.search_dense, q, _EACH_SIDE) for q in queries])
    found = [terms(question) for question in asked]
    yield _spread("lexical search", [partial(library.search_lexical, t, _EACH_SIDE) for t in found])
    yield f"{'anonymous memory':24} {anonymous_megabytes():10.0f} MB"

    def start() -> None:
        other = Library(library.settings)
        other.open()
        other.search_dense(queries[0], _EACH_SIDE)
        other.search_lexical(found[0], _EACH_SIDE)
        other.close()

    yield _line("start to first hits", start)


def _spread(name: str, searches: Sequence[Callable[[], object]]) -> str:
    """Measure searches one after the other, none of which was made before."""
    processor = []
    for search in searches:
        started = time.process_time()
        search()
        processor.append((time.process_time() - started) * _MILLISECONDS)
    half, most = np.quantile(processor, [0.5, 0.95])
    return f"{name:24} {half:10.1f} ms   p95 {most:.1f}   first {processor[0]:.1f}"


def anonymous_megabytes(process: int | str = "self") -> float:
    """Return what of a process's memory is in no file; nan where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8")
    except OSError:
        return float("nan")
    (kilobytes,) = re.findall(r"^Anonymous: +(\d+) kB", told, re.MULTILINE)
    return int(kilobytes) / 1024


class _Asking:
    """Questions of several threads: how long each took, and which errors there were."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.is_over = threading.Event()
        self.seconds: list[float] = []
        self.errors: list[Exception] = []

    def ask_often(self, seed: int, times: int) -> None:
        texts = Texts(seed)
        for _ in range(times):
            started = time.perf_counter()
            try:
                self._assistant.ask(texts.question())
            except Exception as error:  # noqa: BLE001  # each is one that a user would meet
                self.errors.append(error)
            self.seconds.append(time.perf_counter() - started)

    def ask_on(self, seed: int) -> None:
        while not self.is_over.is_set():
            self.ask_often(seed, 1)
            seed += 1000

    @property
    def most(self) -> float:
        """The seconds within which 95 of 100 were answered."""
        return float(np.quantile(self.seconds, 0.95))

    def __str__(self) -> str:
        half, most = np.median(self.seconds) * _MILLISECONDS, self.most * _MILLISECONDS
        return (
            f"p50 {half:8.1f} ms   p95 {most:8.1f} ms   {len(self.seconds)} questions, "
            f"{len(self.errors)} errors{f' ({self.errors[0]!r})' if self.errors else ''}"
        )


def _assistant(library: Library) -> Assistant:
    return load_assistant(library, RagSettings(reader=SIMILARITY_READER))


def _add(library: Library, texts: Texts) -> None:
    library.add([texts.document(_MORE_CHARACTERS)])


def _line(
    name: str, do: Callable[[], object], *, before: Callable[[], object] = lambda: None
) -> str:
    """Measure something a few times, each with what came before it still in memory."""
    processor, clock = [], []
    for _ in range(_TIMES):
        before()
        started = time.process_time(), time.perf_counter()
        do()
        processor.append(time.process_time() - started[0])
        clock.append(time.perf_counter() - started[1])
    first, half, waited = (
        _MILLISECONDS * t for t in (processor[0], median(processor), median(clock))
    )
    return f"{name:24} {half:10.1f} ms   first {first:.1f}   by the clock {waited:.1f}"


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
