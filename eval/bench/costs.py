"""What the table of everything holds: each function measures one thing and returns its costs."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

from eval.bench import adding, embedders, scale
from eval.bench.answers import known_questions
from eval.bench.filling import Sizes, filled
from eval.bench.made_up_texts import Texts
from eval.bench.mixed_documents import write_documents
from eval.bench.start import asked
from eval.bench.stock import made_up
from index.embedders.e5_pack import model_folder
from index.embedders.load import load_embedder
from index.embedders.network import cpu_precisions
from index.embedders.openvino_embedder import OpenVinoEmbedder
from index.keeping.library import Library, Source
from index.settings import EMBEDDED_MODEL, IndexSettings
from index.types import Chunk
from rag.finding.encoding import encode
from rag.finding.retrieval import RETRIEVERS
from rag.load import load_assistant
from rag.reader.load import load_reader
from rag.reader.windows import windows
from rag.settings import RagSettings
from rag.types import Passage, Query

_SENTENCES = 300
_DOCUMENTS, _PASSAGES = 45, 32
_TIMES, _QUESTIONS, _CHARACTERS, _HITS = 3, 20, 5000, 50
_MB = 2**20


class Cost(NamedTuple):
    """What something takes: its unit, and the processor's milliseconds where they differ."""

    value: float
    unit: str
    processor: float | None = None

    @property
    def compared(self) -> float:
        """What compares on a machine with other work: the processor's share, where it is known."""
        return self.value if self.processor is None else self.processor

    def __str__(self) -> str:
        said = f"{self.value:,.{0 if self.value >= 100 else 1 if self.value >= 10 else 2}f}"
        return said if self.processor is None else f"{said} / {self.processor:,.1f}"


Costs = dict[str, Cost]


def prepared() -> Costs:
    """Unpacking and converting the embedding model."""
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        folder = model_folder(Path(scratch), _hush)
        unpacked = time.perf_counter()
        OpenVinoEmbedder(folder, notify=_hush)
        converted = time.perf_counter()
        held = sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file())
    return {
        "the model is unpacked, once": Cost(unpacked - begun, "s"),
        "the model is converted, once": Cost(converted - unpacked, "s"),
        "  on the disk": Cost(held / _MB, "MB"),
        "  memory, at most": Cost(_peak(), "MB"),
    }


def started() -> Costs:
    """Answers of processes that have just started."""
    settings = IndexSettings.from_env()
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(replace(settings, index_dir=Path(scratch)))
        library.update()
        (question,) = known_questions(library, 1)
        library.close()
        places = ["--corpus", str(settings.corpus_dir), "--index-dir", scratch]
        command = [sys.executable, "-m", "rag", "ask", question, *places]
        seconds = [asked(command)["answer"] for _ in range(_TIMES)]
    return {
        "cold start to the answer": Cost(median(seconds), "s"),
        "  memory, at most": Cost(
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, "MB"
        ),
    }


def by_stage() -> Costs:
    """Indexing documents of nine formats, by stage."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        settings = replace(
            IndexSettings.from_env(), corpus_dir=folder / "corpus", index_dir=folder / "built"
        )
        settings.corpus_dir.mkdir()
        write_documents(settings.corpus_dir, _DOCUMENTS)
        took = adding.stages(settings)
    parts = {
        "reading": took.reading,
        "cutting": took.chunking,
        "embedding": took.embedding,
        "storing, the rest": took.storing,
    }
    return {
        f"{took.documents} documents are indexed, {took.chunks} chunks": Cost(took.total, "s"),
        **{f"  share of {name}": Cost(each / took.total, "") for name, each in parts.items()},
        "  of the rate of the embedder alone": Cost(took.alone / took.total, ""),
    }


def embedded() -> Costs:
    """Embedding passages and questions."""
    folder = model_folder(IndexSettings.from_env().cache_dir, _hush)
    way = f"OpenVINO {'bf16' if 'bf16' in cpu_precisions() else 'fp32'}"
    found = embedders.measure([embedders.REFERENCE, way], folder, passages=_PASSAGES)
    torch, own = found[embedders.REFERENCE], found[way]
    one, reference = (median(each.question_seconds) * 1000 for each in (own, torch))
    return {
        f"passages of 400 tokens, {way}": Cost(own.passages_per_second, "a second"),
        "  times as many as in torch": Cost(
            own.passages_per_second / torch.passages_per_second, ""
        ),
        "one question is embedded": Cost(one, "ms"),
        "  times what torch takes": Cost(one / reference, ""),
    }


def read() -> Costs:
    """The reader alone."""
    settings = IndexSettings.from_env()
    reader = load_reader(RagSettings(), settings.cache_dir, load_embedder(settings))
    texts = embedders.synthetic_passages(_PASSAGES)
    every = [
        each.window
        for text in texts
        for each in windows(Passage(Chunk("", 0, len(text), text), 0.0), "")
    ]
    reader.read(["?"], every[:1])
    begun = time.perf_counter()
    reader.read([embedders.QUESTIONS[0]] * len(every), every)
    return {"windows are read": Cost(len(every) / (time.perf_counter() - begun), "a second")}


def at_size(chunks: int) -> Costs:
    """Measure an index of about so many chunks, made of sentences that are embedded once."""
    with filled(Sizes.of_chunks(chunks), made_up(_SENTENCES), EMBEDDED_MODEL) as library:
        assistant, texts = load_assistant(library, RagSettings()), Texts(seed=3)
        assistant.ask(texts.question())  # what is loaded for the first one
        questions = [texts.question() for _ in range(_QUESTIONS)]
        encoded = [encode(library, [question])[0] for question in questions]
        late, more = RETRIEVERS["late"], count()

        def each(do: Callable[[int], object]) -> Cost:
            return _timed([partial(do, number) for number in range(_QUESTIONS)])

        def add() -> None:
            library.add([Source(f"more-{next(more)}.md", texts.document(_CHARACTERS).raw)])

        removed = iter(range(_TIMES))
        costs = {
            "dense search": each(lambda n: library.search_dense(encoded[n].vectors.pooled, _HITS)),
            "lexical search": each(lambda n: library.search_lexical(encoded[n].terms, _HITS)),
            "both, and late interaction": each(lambda n: late(library, encoded[n], _HITS)),
            "whole search": each(lambda n: assistant.search(Query(questions[n]), _HITS)),
            "whole answer": each(lambda n: assistant.ask(questions[n])),
            "one more document": _timed([add] * _TIMES),
            "one is removed": _timed([lambda: library.remove(f"more-{next(removed)}.md")] * _TIMES),
        }
        return {
            **costs,
            "memory in no file": Cost(scale.anonymous_megabytes(), "MB"),
            "memory, at most": Cost(_peak(), "MB"),
            "on the disk": Cost(library.info().bytes_on_disk / _MB, "MB"),
        }


def _timed(times: Sequence[Callable[[], object]]) -> Cost:
    """Return the median of what is done so often, none of which was done before."""
    clock, processor = [], []
    for do in times:
        begun, spent = time.perf_counter(), time.process_time()
        do()
        clock.append(time.perf_counter() - begun)
        processor.append(time.process_time() - spent)
    return Cost(median(clock) * 1000, "ms", median(processor) * 1000)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _hush(message: str) -> None:
    """Say nothing of what takes long."""


ONCE = (prepared, started, by_stage, embedded, read)
"""What does not depend on the size of an index."""
