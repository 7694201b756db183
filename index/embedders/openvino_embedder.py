"""The embedded model on a CPU with `openvino` and `sentencepiece` alone: a vector in seconds.

torch and transformers take longer to import than a question takes to answer, so the network is
converted once to OpenVINO's own form, beside the model folder, and only that moment needs them.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedders.e5_pack import MODEL_ID, PROMPTS, stored_once
from index.embedders.model_input import (
    batches,
    middle_of,
    own_tokens,
    padded_length,
    unit_rows,
    with_prompt,
)
from index.embedders.network import Inputs, Network, quieten_transformers, save_network
from index.embedders.pieces import BEGIN, END, PAD, tokenizer_of
from index.reports import Notify
from index.types import FloatArray, Kind, TokenVectors

if TYPE_CHECKING:
    pass

_MAX_TOKENS = 512
_SPECIAL_TOKENS = 2
_BATCH_TOKENS = 512  # larger batches are no faster on a CPU, and hold more padding
_SLAB_TEXTS = 512  # so many texts are held as tokens at a time, sorted by length
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
        with ThreadPoolExecutor(1) as beside:
            reading = beside.submit(tokenizer_of, model_folder)
            self._network = Network(network, precision)
            self._tokenizer = reading.result()
        self.dim = self._network.dim

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        """Return one unit row per text, in order. A blank text gets the vector of the prompt."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _SLAB_TEXTS):
            prompted = with_prompt(texts[start : start + _SLAB_TEXTS], PROMPTS[kind])
            for number, layers in self._run(self._tokenizer.ids(prompted)):
                vectors[start + number] = unit_rows(layers[:, -1].mean(axis=0))
        return vectors

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        """Return pooled and token vectors of each text, in order. A blank text has no tokens."""
        found: dict[int, TokenVectors] = {}
        for start in range(0, len(texts), _SLAB_TEXTS):
            slab = texts[start : start + _SLAB_TEXTS]
            cut = self._tokenizer.pieces(with_prompt(slab, PROMPTS[kind]))
            for number, layers in self._run([each.ids for each in cut]):
                offsets = cut[number].offsets[: len(layers) - 2]
                rows, spans = own_tokens(offsets, prompt=PROMPTS[kind], text=slab[number])
                pooled = unit_rows(layers[:, -1].mean(axis=0))
                own = unit_rows(layers[1:-1][rows])
                found[start + number] = TokenVectors(pooled, own, spans)
        return [found[number] for number in range(len(texts))]

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        """Return how many tokens each text takes, prompt and special tokens included, uncut."""
        cut = self._tokenizer.ids(with_prompt(texts, PROMPTS[kind]))
        return [len(ids) + _SPECIAL_TOKENS for ids in cut]

    def _run(self, cut: Sequence[list[int]]) -> Iterator[tuple[int, FloatArray]]:
        """Yield number and states (tokens, layers, dim) of each text, in any order.

        `cut` are the texts' pieces; those that are too many are left out.
        """
        rows = [[BEGIN, *ids[: _MAX_TOKENS - _SPECIAL_TOKENS], END] for ids in cut]
        alike = batches([len(row) for row in rows], _BATCH_TOKENS)
        inputs = [_padded([rows[number] for number in batch]) for batch in alike]
        for place, (middle, last) in self._network.run(inputs):
            layers = np.stack([middle, last], axis=2)
            for number, states in zip(alike[place], layers, strict=True):
                yield number, states[: len(rows[number])]


def _padded(rows: Sequence[list[int]]) -> Inputs:
    shape = len(rows), padded_length(max(map(len, rows)))
    ids = np.full(shape, PAD, np.int64)
    mask = np.zeros(shape, np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


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
