"""Libraries of several sizes in both engines: what each costs this process and the server.

Each is filled and asked in a process of its own. What the server takes is read of its process,
where it runs on this machine under Linux.
"""

import multiprocessing
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.bench.filling import Sizes
from eval.bench.made_up_texts import Texts
from eval.bench.scale import anonymous_megabytes
from eval.bench.stock import SENTENCES, made_up, sentences_of, stock
from eval.questions.sets import read_set, sample
from index.embedders.fake import NAME
from index.keeping.library import Library, Source
from index.settings import IndexSettings, MilvusAddress
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.retrieval import RETRIEVERS

_TIMES, _CHARACTERS = 5, 1500
_WAYS = {"dense": 50, "lexical": 50, "late": 10}  # and how many are asked for, as to answer
_ASKED = ("search_dense", "search_lexical", "token_codes")
_MB, _MILLISECONDS = 2**20, 1000
_LOOK_SECONDS, _AT_REST, _REST_AT_MOST = 20.0, 0.25, 3600.0  # at rest is that share of a core

Chunks = list[tuple[str, int]]
"""What was found: documents, and where in them."""


class Asked(NamedTuple):
    """What each question took in milliseconds, by the clock and of the processor in this thread.

    In columns: all, of that the library, of that the server's client. What the library does not
    take, such as late interaction, is the same for each engine. `served` are the server's
    milliseconds of the processor for a question.
    """

    clock: NDArray[np.float64]
    processor: NDArray[np.float64]
    served: float
    found: list[Chunks]


class Measured(NamedTuple):
    """What an engine took: lines for people, and what was asked of it."""

    lines: list[str]
    asked: dict[str, Asked]


def of_size(
    chunks: int, engines: Sequence[str], texts: Sequence[str], questions: int
) -> Iterator[str]:
    """Yield a line for each thing that was measured of about so many chunks.

    An engine is named by its address in Milvus; the folder's is empty. Two are compared.
    """
    both = []
    for address in engines:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            measured = pool.submit(_measured, chunks, address, tuple(texts), questions).result()
        name = "Milvus" if address else "folder"
        yield from (f"{chunks:>9,} {name:7} {line}" for line in measured.lines)
        both.append(measured.asked)
    if len(engines) == 1:
        return
    folder, server = both
    for way in _WAYS:
        pairs = list(zip(folder[way].found, server[way].found, strict=True))
        if not any(found for _, found in pairs):
            yield f"{chunks:>9,} both    {way}: this server has none"
            continue
        first = sum(one[:1] == other[:1] for one, other in pairs) / len(pairs)
        shared = np.mean([len({*a[:10]} & {*b[:10]}) / max(len(a[:10]), 1) for a, b in pairs])
        yield (
            f"{chunks:>9,} both    {way}: first passage the same {first:.3f}, of ten {shared:.3f}"
        )


def _measured(chunks: int, address: str, texts: Sequence[str], number: int) -> Measured:
    sizes, lines = Sizes.of_chunks(chunks), list[str]()
    server = _Process(_listening(address)) if address else None
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(
            IndexSettings.from_env(),
            corpus_dir=Path(scratch) / "corpus",
            index_dir=MilvusAddress(address) if address else Path(scratch) / "built",
            embedder=NAME,
            max_chunk_tokens=sizes.max_chunk_tokens,
        )
        settings.corpus_dir.mkdir()
        sentences = sentences_of(texts, settings.corpus_dir) if texts else made_up(SENTENCES)
        begun, before = time.perf_counter(), server.seconds if server else 0.0
        spent = time.process_time()
        stock(
            settings,
            documents=sizes.documents,
            chunks=sizes.chunks_each,
            chunk_characters=sizes.chunk_characters,
            sentences=sentences,
        )
        spent = time.process_time() - spent
        each = _MILLISECONDS / chunks
        served = f", server {(server.seconds - before) * each:.2f}" if server else ""
        clock = (time.perf_counter() - begun) * each
        lines.append(f"ms to add a passage: ours {spent * each:.2f}{served}, clock {clock:.2f}")
        if server:
            begun, before = time.perf_counter(), server.seconds
            server.rest()
            clock = time.perf_counter() - begun
            lines.append(
                f"until the server rests: {server.seconds - before:.0f} s of its processor, "
                f"clock {clock:.0f}"
            )
        library = Library(settings)
        library.update()
        library.make_files()
        library.close()
        library = Library(settings, embedder=library.embedder)
        asked = list(_questions(library, texts, settings.corpus_dir, number))
        lines.append(f"start to first hits: {_timed([partial(_first, library, asked[0])])}")
        took = {way: _ask(library, way, asked, server) for way in _WAYS}
        lines += [_told(way, each) for way, each in took.items()]
        numbers, more = count(), Texts(seed=2)

        def add() -> None:
            library.add([Source(f"more-{next(numbers)}.md", more.document(_CHARACTERS).raw)])

        lines.append(f"one more document: {_timed([add] * _TIMES)}")
        info = library.info()
        lines.append(
            f"memory in no file, MB: page {anonymous_megabytes():.0f}"
            + (f", server {anonymous_megabytes(server.number):.0f}" if server else "")
            + f"; disk {info.bytes_on_disk / _MB:.0f} MB" * (not address)
        )
        library.close()
    return Measured(lines, took)


def _questions(
    library: Library, sets: Sequence[str], corpus_dir: Path, number: int
) -> Iterator[EncodedQuestion]:
    if sets:
        each = [sample(read_set(name, corpus_dir=corpus_dir).cases, number) for name in sets]
        wanted = [case.question for cases in zip(*each, strict=False) for case in cases][:number]
    else:
        made = Texts(seed=1)
        wanted = [made.question() for _ in range(number)]
    for start in range(0, len(wanted), 32):
        yield from encode(library, wanted[start : start + 32])


def _first(library: Library, question: EncodedQuestion) -> None:
    library.open()
    for way in ("dense", "lexical"):
        RETRIEVERS[way](library, question, _WAYS[way])


def _ask(
    library: Library, way: str, questions: Sequence[EncodedQuestion], server: "_Process | None"
) -> Asked:
    """Ask all questions twice: to look at the processor's time takes more of the clock's."""
    before, took = server.seconds if server else 0.0, list[NDArray[np.float64]]()
    for clock in (time.perf_counter, time.thread_time):
        seconds, found = list[tuple[float, ...]](), list[Chunks]()
        for question in questions:
            with _inside(Library, _ASKED, clock) as inside, inside_client(clock) as client:
                begun = clock()
                hits = RETRIEVERS[way](library, question, _WAYS[way])
                whole = clock() - begun
            seconds.append((whole, inside[0], client[0]))
            found.append([(hit.chunk.doc_id, hit.chunk.start) for hit in hits])
        took.append(_MILLISECONDS * np.array(seconds))
    served = (server.seconds - before) * _MILLISECONDS if server else 0.0
    return Asked(took[0], took[1], served / len(questions) / len(took), found)


def _told(way: str, took: Asked) -> str:
    whole, library, client = took.processor.mean(0)
    line = f"{way} by the clock: {_spread(took.clock[:, 0])}, of the processor {whole:.2f}"
    if not client:
        return f"{line}, in the library {library:.2f} ms"
    ours = took.clock[:, 1] - took.clock[:, 2]
    return (
        f"{line} ms; ours {_spread(ours)}, over Milvus' own "
        f"{ours.sum() / took.clock[:, 2].sum():.3f}; of the processor ours {library - client:.2f}, "
        f"pymilvus {client:.2f}, server {took.served:.2f} ms, ours over both "
        f"{(library - client) / (client + took.served):.3f}"
    )


def _timed(times: Sequence[Callable[[], object]]) -> str:
    processor, clock = [], []
    for do in times:
        begun, spent = time.perf_counter(), time.process_time()
        do()
        clock.append((time.perf_counter() - begun) * _MILLISECONDS)
        processor.append((time.process_time() - spent) * _MILLISECONDS)
    return f"ours {np.median(processor):.0f} ms of the processor, clock {np.median(clock):.0f}"


def _spread(milliseconds: NDArray[np.float64]) -> str:
    half, most = np.quantile(milliseconds, [0.5, 0.95])
    return f"p50 {half:.1f} p95 {most:.1f} ms"


@contextmanager
def inside_client(clock: Callable[[], float] = time.perf_counter) -> Iterator[list[float]]:
    """Yield the seconds that are spent in the client's `search` and `query` within."""
    try:
        from pymilvus import MilvusClient
    except ImportError:  # a folder needs none
        yield [0.0]
        return
    with _inside(MilvusClient, ("search", "query"), clock) as seconds:
        yield seconds


@contextmanager
def _inside(
    kind: type, methods: Sequence[str], clock: Callable[[], float]
) -> Iterator[list[float]]:
    """Yield the seconds that are spent in these methods within. None may call another."""
    seconds = [0.0]

    def timed(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: object, **named: object) -> Any:  # noqa: ANN401
            begun = clock()
            try:
                return method(*values, **named)
            finally:
                seconds[0] += clock() - begun

        return call

    kept = {name: getattr(kind, name) for name in methods}
    for name, method in kept.items():
        setattr(kind, name, timed(method))
    try:
        yield seconds
    finally:
        for name, method in kept.items():
            setattr(kind, name, method)


class _Process:
    """What a process has taken so far; nan where the system does not tell."""

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def seconds(self) -> float:
        """The seconds of the processor."""
        with suppress(OSError):
            fields = Path(f"/proc/{self.number}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return float("nan")

    def rest(self) -> None:
        """Wait until it has done what it does behind a writer's back: indexes, merges."""
        until = time.monotonic() + _REST_AT_MOST
        before = self.seconds
        while time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            now = self.seconds
            if not now - before > _AT_REST * _LOOK_SECONDS:  # nor is what the system does not tell
                return
            before = now


def _listening(address: str) -> int:
    """Return the number of the process of this machine that listens at an address; 0 for none."""
    match = re.search(r":(\d+)/", address)
    port = f"{int(match[1]) if match else 0:04X}"
    with suppress(OSError):
        lines = [
            line.split()
            for name in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        sockets = {f"socket:[{f[9]}]" for f in lines if f[1].endswith(f":{port}") and f[3] == "0A"}
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if str(link.readlink()) in sockets:
                    return int(link.parts[2])
    return 0
