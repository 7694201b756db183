"""What an embedder is. The ones that exist are chosen by name in `index/embedders/load.py`."""

from collections.abc import Sequence
from typing import Protocol

from index.types import FloatArray, Kind, TokenVectors


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how close their meanings are.

    `fingerprint` names everything that shapes a vector (model, weights, prompts, pooling), not the
    machinery that computes it: an index made on a GPU is served on a CPU. `max_tokens` is the
    longest input, prompt and special tokens included; longer texts are cut.
    `has_token_vectors` is False where `embed_tokens` cannot be had; it then raises EmbedderError.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    @property
    def dim(self) -> int: ...  # noqa: D102

    @property
    def max_tokens(self) -> int: ...  # noqa: D102

    @property
    def has_token_vectors(self) -> bool: ...  # noqa: D102

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        """Return one unit row per text, in order: shape (len(texts), dim), float32."""
        ...

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        """Return pooled and token vectors of each text, in order."""
        ...

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        """Return how many tokens each text takes, prompt and special tokens included, uncut."""
        ...
