"""How fast each way to run a GGUF file in this process is: the same prompts, in turns, in one run.

Each way has a process of its own, and is given the prompts of the same questions and passages.
llama.cpp's bindings are measured where they are installed (`pip install llama-cpp-python`).
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from eval.bench.embedders import synthetic_passages
from index.console import say
from rag.models.gguf_generator import GgufFile, GgufModel
from rag.models.language_model import LanguageModel, Message
from rag.models.transformers_generator import TransformersModel

_REFERENCE = "transformers"
_QUESTION = "Which of these things will be ready next March, and who says so?"
_PASSAGES = 2  # some 800 tokens


@dataclass(slots=True)
class Timing:
    """What one way took, in seconds of processor time and by the clock."""

    loading: float = 0.0
    first: list[float] = field(default_factory=list)
    first_clock: list[float] = field(default_factory=list)
    more_a_token: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument("--model", required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--prompts", type=int, default=4, help="how many (%(default)s)")
    parser.add_argument("--tokens", type=int, default=32, help="written for each (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Print a line for each way to run the file; return 0."""
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(_worker(name, args.model))
            for name in _WAYS
            if name != _LLAMA or find_spec("llama_cpp")
        }
        timings = {name: Timing(loading=worker.recv()) for name, worker in workers.items()}
        for number in range(args.prompts):
            for name, worker in workers.items():
                worker.send((number, args.tokens))
                first, first_clock, more = worker.recv()
                timings[name].first.append(first)
                timings[name].first_clock.append(first_clock)
                timings[name].more_a_token.append(more)
        for name, worker in workers.items():
            worker.send(None)
            timings[name].peak_mb = worker.recv()
    sys.stdout.write(_table(timings))
    return 0


def _transformers(file: str) -> LanguageModel:
    return TransformersModel.load(file, say)


def _genai(file: str) -> LanguageModel:
    return GgufModel.load(GgufFile.read(Path(file)), say)


class _Llama:
    """llama.cpp through its Python bindings."""

    generator, context_tokens, answer_tokens = "llama.cpp", 8192, 512

    def __init__(self, file: str) -> None:
        from llama_cpp import Llama

        self.name = file
        self._model = Llama(file, n_ctx=self.context_tokens, verbose=False)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenize(text.encode(), add_bos=False))

    def write(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        plain = [{"role": m.role, "content": m.content} for m in messages]
        pieces = self._model.create_chat_completion(
            plain, max_tokens=max_tokens, temperature=0, stream=True
        )
        for piece in pieces:
            yield piece["choices"][0]["delta"].get("content", "")


_LLAMA = "llama.cpp"
_WAYS: dict[str, Callable[[str], LanguageModel]] = {
    _REFERENCE: _transformers,
    "OpenVINO GenAI": _genai,
    _LLAMA: _Llama,  # type: ignore[dict-item]  # an iterator is enough here
}


@contextmanager
def _worker(name: str, file: str) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(name, file, there))
    process.start()
    try:
        yield here
    finally:
        here.close()
        process.terminate()
        process.join()


def _work(name: str, file: str, parent: Connection) -> None:
    """Load a model, then write to each prompt whose number is sent."""
    started = time.process_time()
    model = _WAYS[name](file)
    parent.send(time.process_time() - started)
    while (job := parent.recv()) is not None:
        parent.send(_written(model, *job))
    unit = 1 if sys.platform == "darwin" else 1024
    parent.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def _written(model: LanguageModel, number: int, tokens: int) -> tuple[float, float, float]:
    """Return the seconds to the first characters, these by the clock, and those a token after."""
    passages = synthetic_passages((number + 1) * _PASSAGES)[-_PASSAGES:]
    asked = [Message("user", "\n\n".join([*passages, _QUESTION]))]
    processor, clock = time.process_time(), time.perf_counter()
    first = first_clock = 0.0
    written = ""
    with closing(model.write(asked, tokens)) as pieces:
        for piece in pieces:
            if piece and not written:
                first = time.process_time() - processor
                first_clock = time.perf_counter() - clock
            written += piece
    more = time.process_time() - processor - first
    return first, first_clock, more / max(model.count_tokens(written) - 1, 1)


def _table(timings: dict[str, Timing]) -> str:
    reference = timings[_REFERENCE]
    head = f"{'seconds of processor':22}{'load':>8}{'first':>8}{'ratio':>8}"
    lines = [f"{head}{'a token':>10}{'ratio':>8}{'clock, first':>14}{'peak MB':>9}\n"]
    for name, timing in timings.items():
        first, token = median(timing.first), median(timing.more_a_token)
        ratios = median(reference.first) / first, median(reference.more_a_token) / token
        lines.append(
            f"{name:22}{timing.loading:8.1f}{first:8.2f}{ratios[0]:8.1f}{token:10.3f}"
            f"{ratios[1]:8.1f}{median(timing.first_clock):14.1f}{timing.peak_mb:9.0f}\n"
        )
    return "".join(lines)
