"""The embedded model on a CPU with `openvino` and `tokenizers` alone: the first vector in seconds.

torch and transformers take longer to import than a question takes to answer, so the network is
converted once to OpenVINO's own form, beside the model folder, and only that moment needs them.
"""

import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Encoding, Tokenizer

from index.embedders.e5_pack import MODEL_ID, PROMPTS, stored_once
from index.embedders.model_input import batches, middle_of, own_tokens, unit_rows, with_prompt
from index.errors import EmbedderError
from index.reports import Notify
from index.types import FloatArray, Kind, TokenVectors

if TYPE_CHECKING:
    import openvino
    import torch

_MAX_TOKENS = 512
_BATCH_TOKENS = 512  # larger batches are no faster on a CPU, and hold more padding
_SLAB_TEXTS = 512  # so many texts are held as tokens at a time, sorted by length
_PAD_ID = 1
_NETWORK = "model.xml"
_CONVERSION = "openvino2"  # names the form of the converted network: raise it with the outputs


class OpenVinoEmbedder:
    """The embedded model, read from `model_folder`, run by OpenVINO. Threads may share it.

    `precision` is `bf16` or `f32`; the default is bf16 where the CPU computes in it. Raises
    EmbedderError when the converted network cannot be made or read.
    """

    fingerprint = MODEL_ID
    max_tokens = _MAX_TOKENS
    has_token_vectors = True

    def __init__(self, model_folder: Path, *, notify: Notify, precision: str | None = None) -> None:
        network = _converted(model_folder, notify)
        # Reading the tokenizer takes as long as compiling but does not let Python run beside it, so
        # the import comes first.
        openvino_module()
        with ThreadPoolExecutor(1) as beside:
            compiling = beside.submit(compiled, network, precision)
            self._tokenizer = tokenizer_of(model_folder / "tokenizer.json")
            self._request = compiling.result().create_infer_request()
        self._lock = threading.Lock()
        self.dim: int = self._request.model_outputs[0].partial_shape[2].get_length()

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        """Return one unit row per text, in order. A blank text gets the vector of the prompt."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        encode = self._tokenizer.encode_batch_fast
        for number, _, layers in self._run(texts, kind, encode):
            vectors[number] = unit_rows(layers[:, -1].mean(axis=0))
        return vectors

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        """Return pooled and token vectors of each text, in order. A blank text has no tokens."""
        found: dict[int, TokenVectors] = {}
        encode = self._tokenizer.encode_batch
        for number, encoding, layers in self._run(texts, kind, encode):
            offsets = encoding.offsets[: len(layers) - 1]
            rows, spans = own_tokens(offsets, prompt=PROMPTS[kind], text=texts[number])
            pooled = unit_rows(layers[:, -1].mean(axis=0))
            found[number] = TokenVectors(pooled, unit_rows(layers[rows]), spans)
        return [found[number] for number in range(len(texts))]

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        """Return how many tokens each text takes, prompt and special tokens included, uncut."""
        return [
            len(encoding)
            for encoding in self._tokenizer.encode_batch_fast(with_prompt(texts, PROMPTS[kind]))
        ]

    def _run(
        self,
        texts: Sequence[str],
        kind: Kind,
        encode: Callable[[list[str]], list[Encoding]],
    ) -> Iterator[tuple[int, Encoding, FloatArray]]:
        """Yield number, encoding and states (tokens, layers, dim) of each text, in any order."""
        for start in range(0, len(texts), _SLAB_TEXTS):
            encodings = encode(with_prompt(texts[start : start + _SLAB_TEXTS], PROMPTS[kind]))
            lengths = [min(len(encoding), _MAX_TOKENS) for encoding in encodings]
            for batch in batches(lengths, _BATCH_TOKENS):
                ids = [_cut(encodings[number].ids) for number in batch]
                for number, row, layers in zip(batch, ids, self._infer(ids), strict=True):
                    yield start + number, encodings[number], layers[: len(row)]

    def _infer(self, ids: list[list[int]]) -> FloatArray:
        shape = len(ids), max(map(len, ids))
        padded = np.full(shape, _PAD_ID, np.int64)
        mask = np.zeros(shape, np.int64)
        for number, row in enumerate(ids):
            padded[number, : len(row)] = row
            mask[number, : len(row)] = 1
        with self._lock:
            outputs = self._request.infer({"input_ids": padded, "attention_mask": mask})
            # OpenVINO writes its next results over these.
            layers: FloatArray = np.stack([outputs[0], outputs[1]], axis=2)
        return layers


def _cut(ids: list[int]) -> list[int]:
    return ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]


def cpu_precisions() -> list[str]:
    """Return the number formats that this processor computes in, the fastest first."""
    can = openvino_module().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["bf16", "f32"] if "BF16" in can else ["f32"]


@cache
def tokenizer_of(path: Path) -> Tokenizer:
    """Return the tokenizer of a file, read once. Raises EmbedderError when it cannot be read."""
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # `tokenizers` raises nothing narrower
        raise EmbedderError(
            f"The tokenizer {path} cannot be read: {error}. "
            f"Delete {path.parent} to have it made anew."
        ) from error


def compiled(network: Path, precision: str | None) -> "openvino.CompiledModel":
    """Return a network ready to run; precision as for the embedder.

    What OpenVINO made of it for this processor is kept beside it, less than 1 MB without the
    weights, and taken from there in a third of the time. OpenVINO itself makes anew what is
    damaged, of another version or processor, or older than the network.
    """
    precision = precision or cpu_precisions()[0]
    hints = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
        "CACHE_MODE": "OPTIMIZE_SIZE",
    }
    kept = network.with_name(f"compiled-{precision}")  # OpenVINO does not tell them apart
    with suppress(OSError):  # of who may only read there
        kept.mkdir(exist_ok=True)
        hints["CACHE_DIR"] = str(kept)
    try:
        return openvino_module().Core().compile_model(network, "CPU", hints)
    except RuntimeError as error:
        raise EmbedderError(
            f"OpenVINO cannot run {network}: {error}. "
            f"Delete {network.parent} to have it made anew, or type `--backend torch`."
        ) from error


def _converted(model_folder: Path, notify: Notify) -> Path:
    """Return the network in OpenVINO's form, weights in 16 bits, converted on first use."""
    folder = model_folder.with_name(f"{model_folder.name}-{_CONVERSION}")

    def convert(target: Path) -> None:
        notify(f"Converting the embedding model to {folder} (once, needs torch) …")
        _convert(model_folder, target / _NETWORK)

    stored_once(folder, convert)
    return folder / _NETWORK


def _convert(model_folder: Path, network: Path) -> None:
    import torch
    from transformers import BertModel

    quieten_transformers()
    bert = BertModel.from_pretrained(model_folder, local_files_only=True, add_pooling_layer=False)

    class TwoLayers(torch.nn.Module):
        """The network with the states of its middle and of its last layer as outputs."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert.eval()

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            states = self.bert(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            ).hidden_states
            return middle_of(states), states[-1]

    ids = torch.ones((2, 8), dtype=torch.int64)
    save_network(TwoLayers(), {"input_ids": ids, "attention_mask": ids}, network)


def quieten_transformers() -> None:
    """Have transformers draw no bars and say nothing but errors."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def save_network(module: "torch.nn.Module", example: dict[str, "torch.Tensor"], path: Path) -> None:
    """Write a torch network in OpenVINO's form, weights in 16 bits."""
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer's and the deprecations of transformers
        model = openvino_module().convert_model(module.eval(), example_input=example)
    openvino_module().save_model(model, path, compress_to_fp16=True)


def openvino_module() -> ModuleType:
    """Import openvino without its telemetry, which reports every import to a web service."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    module: ModuleType = openvino
    return module
