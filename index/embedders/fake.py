"""An embedder without a model, for tests and for measuring what is not the model.

A text's vector is made of its runs of one, two and three characters, each of which a hash turns
into a fixed row of random numbers: texts that share many runs are close, in any script. It knows
nothing of meaning, and takes a millisecond or two for a passage.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import regex

from index.embedders.model_input import unit_rows, with_prompt
from index.types import FloatArray, Kind, Span, TokenVectors

NAME: Final = "fake"
"""What `--embedder` calls it."""

_DIM = 64
_RUNS = (1, 2, 3)
_ROWS = 4096
_SEED = 20201014
# A word in pieces of up to eight characters; of scripts without spaces, each character.
_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]\p{M}*|[\p{L}\p{M}\p{N}]{1,8}|[^\s\p{L}\p{M}\p{N}]"
)
_SPECIAL_TOKENS = 2  # as real models have around a text


class FakeEmbedder:
    """Runs of characters, hashed. The same text has the same vectors on every machine."""

    fingerprint = f"{NAME}-{_DIM}-v1"
    dim = _DIM
    max_tokens = 512
    has_token_vectors = True

    def __init__(self) -> None:
        """Draw the rows."""
        random = np.random.default_rng(_SEED)
        self._rows = unit_rows(random.standard_normal((_ROWS, _DIM)).astype(np.float32))

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        """Return one unit row per text, in order; blank texts have one and the same."""
        rows = [tokens.pooled for tokens in self.embed_tokens(texts, kind)]
        return np.stack(rows) if rows else np.empty((0, _DIM), np.float32)

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        """Return pooled and token vectors of each text, in order. A blank text has no tokens."""
        return [self._vectors(text) for text in with_prompt(texts, "")]

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        """Return how many tokens each text takes, two special ones included, uncut."""
        return [sum(1 for _ in _TOKEN.finditer(text)) + _SPECIAL_TOKENS for text in texts]

    def _vectors(self, text: str) -> TokenVectors:
        spans = [Span(*token.span()) for token in _TOKEN.finditer(text)]
        spans = spans[: self.max_tokens - _SPECIAL_TOKENS]
        if not spans:
            return TokenVectors(self._rows[0], np.empty((0, 1, _DIM), np.float32), ())
        characters = self._characters(text)
        # A token is the mean of its characters, each seen with the two behind it.
        sums = np.concatenate([np.zeros((1, _DIM)), np.cumsum(characters, axis=0, dtype=float)])
        starts, ends = np.array(spans).T
        vectors = unit_rows((sums[ends] - sums[starts]).astype(np.float32))
        return TokenVectors(unit_rows(vectors.mean(axis=0)), vectors[:, None], tuple(spans))

    def _characters(self, text: str) -> FloatArray:
        """Return a row per character: the sum of the rows of the runs that start there."""
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
        codes = np.concatenate([codes, np.zeros(max(_RUNS), np.uint64)])
        found = np.zeros((len(text), _DIM), np.float32)
        hashes = np.zeros(len(text), np.uint64)
        for place in range(max(_RUNS)):
            hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + len(text)]
            mixed = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            found += self._rows[mixed >> np.uint64(64 - 12)]
        return found
