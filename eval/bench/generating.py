"""How long a language model takes to answer, what checking its sentences costs, and memory.

Nothing is timed inside the answering: what the model wrote is kept, and written once more, without
the model, into the same parser and checker.
"""

import argparse
import re
import resource
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np

import index.settings
import rag.settings
from eval.bench.answers import known_questions
from eval.errors import EvaluationError
from index.keeping.library import Library
from rag.assistant import Assistant
from rag.checking.support import Encoded, SupportChecker, Verdict, encode, sources
from rag.load import load_assistant, load_model
from rag.models.language_model import LanguageModel, Message
from rag.models.thoughts import without_thoughts
from rag.reader.load import load_reader
from rag.reader.reading import Reader
from rag.settings import RagSettings
from rag.types import Answer
from rag.writing.generation import ExtractiveGenerator
from rag.writing.model_generation import Writing

_GOAL_MS = 5.0


class KeptModel:
    """A model, and the pieces that it wrote last."""

    def __init__(self, model: LanguageModel) -> None:
        """Take the model that writes."""
        self._model = model
        self.generator = model.generator
        self.name = model.name
        self.context_tokens = model.context_tokens
        self.answer_tokens = model.answer_tokens
        self.pieces: list[str] = []

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model says."""
        return self._model.count_tokens(text)

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield what the model writes."""
        self.pieces = []
        with closing(self._model.write(messages, max_tokens)) as pieces:
            for piece in pieces:
                self.pieces.append(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that a model wrote, whether or not it stayed.

    `first_seconds` go from the passages to the first characters shown, `more_seconds` from there to
    the last, in which so many `more_characters` were added.
    """

    answer: Answer
    pieces: tuple[str, ...]
    first_seconds: float
    more_seconds: float
    more_characters: int


@dataclass(frozen=True, slots=True)
class Stages:
    """Seconds a sentence."""

    parsing: float
    embedding: float
    checking: float
    sentences: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench generating`."""
    parser.add_argument(
        "--questions", type=int, default=12, metavar="N", help="of our own set (%(default)s)"
    )
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print seconds to the first words, speed, milliseconds a sentence, and memory."""
    settings = index.settings.from_arguments(args)
    answering = rag.settings.from_arguments(args)
    if answering.model is None:
        raise EvaluationError("Name the language model that is to be measured: `--model NAME`.")
    if answering.generator == ExtractiveGenerator.name:  # the default
        answering = replace(answering, generator="transformers")
    library = Library(settings)
    library.update()
    try:
        asked = known_questions(library, args.questions)
        quoting = load_assistant(library, RagSettings())
        for question in asked:
            quoting.ask(question)
        alone = _resident_mb()
        writer = load_model(answering, named=True)
        assert writer is not None
        model = KeptModel(writer)
        loaded = _resident_mb()
        assistant = load_assistant(library, answering, model)
        written = [each for q in asked if (each := ask(assistant, model, q)) is not None]
        after = _resident_mb()
        if not written:
            raise EvaluationError(
                f"The model {model.name} showed nothing in answer to {len(asked)} questions. "
                "Ask more (`--questions N`), or see what it answers: `python -m rag ask`."
            )
        _print_speed(written, len(asked))
        reader = load_reader(answering, settings.cache_dir, library.embedder)
        _print_stages([replay(library, reader, each, answering.read_k) for each in written])
    finally:
        library.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201
        f"memory: index and embedder {alone:.0f} MB, with the model {loaded:.0f} MB, "
        f"after the answers {after:.0f} MB, at most {peak:.0f} MB"
    )
    return 0


def ask(assistant: Assistant, model: KeptModel, question: str) -> Written | None:
    """Return how a question was answered; None where the model was not asked, or showed nothing."""
    model.pieces = []
    first: Answer | None = None
    last: Answer | None = None
    for answer in assistant.stream(question):
        if model.pieces and answer.text and answer.generator == model.generator:
            first, last = first or answer, answer
    if first is None or last is None:
        return None
    return Written(
        last,
        tuple(model.pieces),
        first_seconds=first.seconds.answer,
        more_seconds=last.seconds.answer - first.seconds.answer,
        more_characters=len(last.text) - len(first.text),
    )


def replay(library: Library, reader: Reader, written: Written, read_k: int) -> Stages:
    """Return what parsing, embedding and checking took when the same pieces come once more."""
    passages = written.answer.passages[:read_k]
    titles = [library.document(passage.chunk.doc_id).metadata.title for passage in passages]
    encoder = _TimedEncoder(library)
    read = sources(library, passages, titles)
    checker = _TimedChecker(read, written.answer.language, reader)
    writing = Writing(encoder, checker, passages)
    started = time.perf_counter()
    for piece in without_thoughts(written.pieces):
        writing.add(piece)
    writing.finish()
    rest = time.perf_counter() - started - encoder.seconds - checker.seconds
    sentences = max(encoder.sentences, 1)
    return Stages(
        rest / sentences,
        encoder.seconds / sentences,
        checker.seconds / sentences,
        encoder.sentences,
    )


class _TimedEncoder:
    """Embeds sentences, and counts them and the seconds."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.seconds = 0.0
        self.sentences = 0

    def __call__(self, sentence: str) -> Encoded:
        started = time.perf_counter()
        encoded = encode(self._library, sentence)
        self.seconds += time.perf_counter() - started
        self.sentences += 1
        return encoded


class _TimedChecker(SupportChecker):
    """Counts the seconds of its checks; `attribute` makes one for each passage."""

    seconds = 0.0

    def check(self, sentence: Encoded, numbers: Sequence[int]) -> Verdict:
        started = time.perf_counter()
        verdict = super().check(sentence, numbers)
        self.seconds += time.perf_counter() - started
        return verdict


def _print_speed(written: Sequence[Written], asked: int) -> None:
    p50, p95 = np.percentile([each.first_seconds for each in written], [50, 95])
    seconds = sum(each.more_seconds for each in written)
    speed = sum(each.more_characters for each in written) / max(seconds, 1e-9)
    print(f"{len(written)} of {asked} questions answered by the model")  # noqa: T201
    print(f"from passages to the first words: p50 {p50:.1f} s, p95 {p95:.1f} s")  # noqa: T201
    print(f"from there on: {speed:.0f} characters a second, checks included")  # noqa: T201


def _print_stages(stages: Sequence[Stages]) -> None:
    """Print medians over the answers: a pause of the machine is no stage."""
    parsing, embedding, checking = (
        1e3 * median(getattr(each, name) for each in stages)
        for name in ("parsing", "embedding", "checking")
    )
    print(  # noqa: T201
        f"a sentence: parsing {parsing:.1f} ms, embedding {embedding:.1f} ms, "
        f"check {checking:.1f} ms ({sum(each.sentences for each in stages)} sentences; "
        f"goal for parsing and check {_GOAL_MS:.0f} ms)"
    )


def _resident_mb() -> float:
    """Return the memory that this process holds now, NaN where the system does not tell it."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return int(found[1]) / 1024 if found else float("nan")
