"""How near the embedder and the reader come to what this processor can do.

That is a large matrix product in the same precision, by the same library, in the same run. They
take turns, and processor seconds count: what else the machine does is felt by all alike.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from tqdm import tqdm

from eval.bench.embedders import QUESTIONS, synthetic_passages
from index.console import bar_stream, say
from index.embedders.e5_pack import model_folder
from index.embedders.network import cpu_precisions, openvino_module
from index.embedders.openvino_embedder import OpenVinoEmbedder
from index.embedders.pieces import tokenizer_of
from index.settings import IndexSettings
from rag.reader.inputs import encode
from rag.reader.openvino_reader import OpenVinoReader
from rag.reader.reading import Window

_SIDE = 2048
_WINDOWS, _WINDOW_CHARACTERS = 8, 250
_PASSAGES = 16
_GIGA = 1e9


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be done, and how many operations (multiplications and additions) it is."""

    name: str
    operations: float
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a transformer."""

    layers: int
    hidden: int
    inner: int

    @classmethod
    def read(cls, model_folder: Path) -> "Shape":
        """Return those of a model's folder."""
        config = json.loads((model_folder / "config.json").read_text("utf-8"))
        return cls(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"])

    def operations(self, lengths: Sequence[int]) -> float:
        """Return those of texts of so many tokens.

        A layer multiplies each token by four square matrices and the two of its feed-forward part,
        and the tokens of a text by each other twice; two operations a number (Kaplan et al. 2020,
        Scaling Laws for Neural Language Models, table 1, with what they leave out).
        """
        matrices = 4 * self.hidden**2 + 2 * self.hidden * self.inner
        return sum(
            2.0 * self.layers * (length * matrices + 2 * length**2 * self.hidden)
            for length in lengths
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument(
        "--rounds", type=int, default=12, metavar="N", help="turns of each (%(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Print what each reaches, and its share of the product's; return 0."""
    cache_dir = IndexSettings.from_env().cache_dir
    some = [_product(), *_embedding(cache_dir), _reading(cache_dir)]
    rates = measure(some, max(args.rounds, 1))
    peak = rates[some[0].name]
    sys.stdout.write(f"{'':34}{'Gflop per processor second':>28}{'share':>8}\n")
    for name, rate in rates.items():
        sys.stdout.write(f"{name:34}{rate:28.1f}{rate / peak:8.2f}\n")
    return 0


def measure(some: Sequence[Work], rounds: int) -> dict[str, float]:
    """Return how many billions of operations of each a processor second does, in the median."""
    seconds: dict[str, list[float]] = {work.name: [] for work in some}
    for turn in tqdm(range(rounds + 1), unit="round", leave=False, file=bar_stream()):
        for work in some:
            begun = time.process_time()
            work.do()
            if turn:  # the first takes what is loaded once
                seconds[work.name].append(time.process_time() - begun)
    return {work.name: work.operations / median(seconds[work.name]) / _GIGA for work in some}


def _product() -> Work:
    openvino, precision = openvino_module(), cpu_precisions()[0]
    numbers = np.random.default_rng(0).random((_SIDE, _SIDE), np.float32)
    given = openvino.opset13.parameter([_SIDE, _SIDE], np.float32)
    product = openvino.opset13.matmul(
        given, openvino.opset13.constant(numbers), transpose_a=False, transpose_b=False
    )
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
    model = openvino.Model([product], [given])
    request = openvino.Core().compile_model(model, "CPU", hints).create_infer_request()
    name = f"a product, {_SIDE} × {_SIDE}, {precision}"
    return Work(name, 2.0 * _SIDE**3, lambda: request.infer([numbers]))


def _embedding(cache_dir: Path) -> list[Work]:
    folder = model_folder(cache_dir, say)
    embedder, shape = OpenVinoEmbedder(folder, notify=say), Shape.read(folder)
    passages, question = synthetic_passages(_PASSAGES), [QUESTIONS[0]]
    return [
        Work(
            f"embedder, {_PASSAGES} passages",
            shape.operations(embedder.count_tokens(passages, "passage")),
            lambda: embedder.embed_tokens(passages, "passage"),
        ),
        Work(
            "embedder, one question",
            shape.operations(embedder.count_tokens(question, "query")),
            lambda: embedder.embed_tokens(question, "query"),
        ),
    ]


def _reading(cache_dir: Path) -> Work:
    folder = model_folder(cache_dir, say)
    reader, questions = OpenVinoReader(cache_dir, say), [QUESTIONS[0]] * _WINDOWS
    windows = [Window("", text[:_WINDOW_CHARACTERS]) for text in synthetic_passages(_WINDOWS)]
    inputs = encode(tokenizer_of(folder), questions, windows)
    operations = Shape.read(folder).operations([len(one.ids) for one in inputs])
    return Work(f"reader, {_WINDOWS} windows", operations, lambda: reader.read(questions, windows))
