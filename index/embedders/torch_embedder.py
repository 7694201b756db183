"""Any sentence-transformers model, by name or folder, in torch: on a GPU, or where it must be."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedders.model_input import middle_of, own_tokens, unit_rows, with_prompt
from index.errors import EmbedderError
from index.types import FloatArray, Kind, TokenVectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_TEXTS = 32
_NO_LIMIT = 1_000_000  # tokens, for a model that names no longest input
_MIDDLE_LAYER = "middle_layer_embeddings"


class TorchEmbedder:
    """A sentence-transformers model with its own prompts and pooling. Threads may share it."""

    def __init__(self, model: "SentenceTransformer", *, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._model = model
        _show_middle_layer(model)
        self._tokenizer = _callable(model.tokenizer)
        self._lock = threading.Lock()  # a fast tokenizer cannot be used by two threads at once
        self.dim: int = model.get_embedding_dimension()
        self.max_tokens = int(min(model.max_seq_length or _NO_LIMIT, _NO_LIMIT))
        self.has_token_vectors = self._has_token_vectors()

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        """Return one unit row per text, in order. A blank text gets the vector of the prompt."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        with self._lock:
            vectors = self._encode(texts, kind, output_value="sentence_embedding")
        return unit_rows(np.asarray(vectors, np.float32))

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        """Return pooled and token vectors of each text, in order. A blank text has no tokens.

        Raises EmbedderError when the model has no vectors of tokens.
        """
        if not self.has_token_vectors:
            raise EmbedderError(f"The model {self.fingerprint} gives no vectors of single tokens.")
        found: list[TokenVectors] = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = texts[start : start + _BATCH_TEXTS]
            with self._lock:
                outputs = self._encode(batch, kind, output_value=None)
                offsets = self._tokenized(batch, kind, return_offsets_mapping=True)
            for text, output, places in zip(batch, outputs, offsets["offset_mapping"], strict=True):
                rows, spans = own_tokens(places, prompt=self._prompt(kind), text=text)
                own = output["attention_mask"].bool()
                names = [name for name in (_MIDDLE_LAYER, "token_embeddings") if name in output]
                layers = np.stack([_array(output[name][own]) for name in names], axis=1)
                pooled = unit_rows(_array(output["sentence_embedding"]))
                found.append(TokenVectors(pooled, unit_rows(layers[rows]), spans))
        return found

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        """Return how many tokens each text takes, prompt and special tokens included, uncut."""
        if not texts:
            return []
        with self._lock:
            return [len(ids) for ids in self._tokenized(texts, kind, truncation=False)["input_ids"]]

    def _encode(self, texts: Sequence[str], kind: Kind, *, output_value: str | None) -> Any:  # noqa: ANN401
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        return encode(
            with_prompt(texts, ""),
            batch_size=_BATCH_TEXTS,
            show_progress_bar=False,
            output_value=output_value,
        )

    def _tokenized(self, texts: Sequence[str], kind: Kind, **options: bool) -> Any:  # noqa: ANN401
        options = {"truncation": True, "verbose": False, **options}
        return self._tokenizer(with_prompt(texts, self._prompt(kind)), **options)

    def _prompt(self, kind: Kind) -> str:
        names = ("query",) if kind == "query" else ("document", "passage", "corpus")
        prompts = self._model.prompts
        return next((prompts[name] or "" for name in names if name in prompts), "")

    def _has_token_vectors(self) -> bool:
        """Tell whether the model sees exactly the tokens whose places its tokenizer tells."""
        (output,) = self._encode(["a b"], "passage", output_value=None)
        vectors = output.get("token_embeddings")
        if not self._tokenizer.is_fast or vectors is None or vectors.shape[-1] != self.dim:
            return False
        (ids,) = self._tokenized(["a b"], "passage")["input_ids"]
        seen = output["input_ids"][output["attention_mask"].bool()]
        return bool(seen.tolist() == ids)


def _show_middle_layer(model: "SentenceTransformer") -> None:
    """Have the model's outputs name the states of its middle layer, where it has layers."""
    import torch

    class MiddleLayer(torch.nn.Module):
        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            if states := features.pop("all_layer_embeddings", None):
                features[_MIDDLE_LAYER] = middle_of(states)
            return features

    config = getattr(getattr(model[0], "model", None), "config", None)
    if config is not None and hasattr(config, "output_hidden_states"):
        config.output_hidden_states = True
        model.insert(1, MiddleLayer())


def _callable(tokenizer: Any) -> Any:  # noqa: ANN401
    """Return the tokenizer as transformers calls it; models of static vectors keep a bare one."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    if isinstance(tokenizer, Tokenizer):
        return PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    return tokenizer


def _array(tensor: Any) -> FloatArray:  # noqa: ANN401
    array: FloatArray = tensor.float().cpu().numpy()
    return array


def load_folder(folder: Path) -> "SentenceTransformer":
    """Return the model in `folder`: 16 bits on a GPU, 32 on a CPU. Asks no network.

    Raises EmbedderError when sentence-transformers cannot read it.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.util import get_device_name
    from transformers.utils import logging

    logging.disable_progress_bar()
    device = get_device_name()
    precision = torch.float16 if device == "cuda" else torch.float32
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            model_kwargs={"dtype": precision},
        )
    except Exception as error:  # foreign code: what it raises depends on the model
        raise EmbedderError(
            f"The model in {folder} cannot be loaded: {error}. "
            "Give another sentence-transformers model by `--embedder`, or remove that folder to "
            "have the model fetched anew."
        ) from error
