"""Token vectors in 64 bytes each, for late interaction without running the network again.

A vector is centred (token vectors of a network share one large direction: Ethayarajh 2019), turned
by a fixed orthogonal matrix, and the signs of its first 512 coordinates are kept. The question
keeps its full precision, so that its inner product with the signs estimates the cosine without
bias (Charikar 2002; RaBitQ: Gao & Long 2024). Nothing is learnt from the corpus: the codes of a
text are the same in every index of one embedder.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.embedders.embedding import Embedder
from index.embedders.model_input import unit_rows
from index.embedders.sample_texts import PASSAGES, QUESTIONS
from index.types import FloatArray, Kind, Span, TokenVectors

BITS = 512
"""So many signs are kept of a token, and so many coordinates has a question's token."""

_ROUNDS = 3
_TITLE_CHARS = 60
_SEED = 20201014
# Offsets within a chunk are kept in 16 bits; what lies beyond is a run without any known word.
_MAX_OFFSET = 2**16 - 1
IN_TITLE = 2**16 - 1
"""The place of tokens that are in the title: no character of the passage."""


@dataclass(frozen=True, slots=True)
class TokenCodes:
    """The tokens of a text that say something (punctuation is left out).

    `signs` has shape (tokens, 64), eight signs a byte; `spans`, shape (tokens, 2), holds the
    characters that each token stands for.
    """

    signs: NDArray[np.uint8]
    spans: NDArray[np.uint16]

    def to_bytes(self) -> bytes:
        """Return both as bytes: first the spans, then the signs."""
        return self.spans.tobytes() + self.signs.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "TokenCodes":
        """Return what `to_bytes` was called on."""
        tokens = len(data) // (4 + BITS // 8)
        spans = np.frombuffer(data, np.uint16, 2 * tokens).reshape(tokens, 2)
        signs = np.frombuffer(data, np.uint8, offset=4 * tokens).reshape(tokens, BITS // 8)
        return cls(signs, spans)


class TitledText(NamedTuple):
    """The text of a passage, and the title of its document, empty where there is none."""

    title: str
    text: str

    @property
    def read(self) -> str:
        """What the embedder reads: the title on a line of its own, then the text.

        Of a long title only the beginning: it may not crowd out the text.
        """
        title = self.title[:_TITLE_CHARS]
        return f"{title}\n{self.text}" if title else self.text


NO_CODES = TokenCodes(np.zeros((0, BITS // 8), np.uint8), np.zeros((0, 2), np.uint16))


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What is kept of a passage: `pooled`, shape (dim,), and token codes where there are any."""

    pooled: FloatArray
    tokens: TokenCodes | None


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """A question as `pooled`, shape (dim,), and `tokens`, shape (n, 512), each with its characters.

    `compare` estimates the cosines of its tokens with a passage's. There are none where the
    embedder has no token vectors.
    """

    pooled: FloatArray
    tokens: FloatArray
    spans: tuple[Span, ...]


class TokenCodec:
    """Codes passages and turns questions so that the two can be compared."""

    def __init__(self, means: FloatArray) -> None:
        """Use these means, shape (2, layers, dim): of question tokens, and of passage tokens."""
        self.means = means
        size = means[0].size
        self._bits = min(BITS, size)
        self._turn = np.ascontiguousarray(_orthogonal(size)[:, : self._bits])  # twice as fast
        # E[sign(x)·q] = ρ·√(2/π)/√size for each coordinate of two turned unit vectors.
        self._scale = np.float32(np.sqrt(size * np.pi / 2) / self._bits)

    @classmethod
    def for_embedder(cls, embedder: Embedder) -> "TokenCodec":
        """Return the codec with the means of this embedder, which must have token vectors."""
        samples = (
            embedder.embed_tokens(QUESTIONS, "query"),
            embedder.embed_tokens(PASSAGES, "passage"),
        )
        means = [np.concatenate([each.vectors for each in texts]).mean(0) for texts in samples]
        return cls(np.stack(means).astype(np.float32))

    def passage(self, text: str, title_chars: int, tokens: TokenVectors) -> PassageVectors:
        """Return what is kept of a passage whose first `title_chars` are its document's title."""
        rows = [row for row, span in enumerate(tokens.spans) if _speaks(text, span)]
        spans = np.array([tokens.spans[row] for row in rows], np.int64).reshape(-1, 2) - title_chars
        spans[spans[:, 0] < 0] = IN_TITLE
        turned = self._centred(tokens.vectors[rows], "passage") @ self._turn
        signs = np.zeros((len(rows), BITS), np.uint8)
        signs[:, : self._bits] = turned > 0
        return PassageVectors(
            tokens.pooled, TokenCodes(np.packbits(signs, axis=1), spans.astype(np.uint16))
        )

    def question(self, text: str, tokens: TokenVectors) -> QuestionVectors:
        """Return the question; where it is nothing but punctuation, all its tokens count."""
        every = range(len(tokens.spans))
        rows = [row for row in every if _speaks(text, tokens.spans[row])] or list(every)
        turned = self._centred(tokens.vectors[rows], "query") @ self._turn * self._scale
        padded = np.zeros((len(rows), BITS), np.float32)
        padded[:, : self._bits] = turned
        return QuestionVectors(tokens.pooled, padded, tuple(tokens.spans[row] for row in rows))

    def _centred(self, vectors: FloatArray, kind: Kind) -> FloatArray:
        mean = self.means[0 if kind == "query" else 1]
        layers = unit_rows(vectors - mean)
        return layers.reshape(len(vectors), mean.size) / np.float32(np.sqrt(mean.shape[0]))


def encode_passages(
    embedder: Embedder, codec: TokenCodec | None, passages: Sequence[TitledText]
) -> list[PassageVectors]:
    """Return what is kept of each passage, from one pass of the network.

    A passage is read behind the title of its document: what it is about is often said there alone.
    """
    texts = [passage.read for passage in passages]
    if codec is None:
        return [PassageVectors(row, None) for row in embedder.embed(texts, "passage")]
    every = embedder.embed_tokens(texts, "passage")
    return [
        codec.passage(text, len(text) - len(passage.text), tokens)
        for text, passage, tokens in zip(texts, passages, every, strict=True)
    ]


def encode_questions(
    embedder: Embedder, codec: TokenCodec | None, texts: Sequence[str]
) -> list[QuestionVectors]:
    """Return each question as the searches need it, from one pass of the network."""
    if codec is None:
        none = np.zeros((0, BITS), np.float32)
        return [QuestionVectors(row, none, ()) for row in embedder.embed(texts, "query")]
    every = embedder.embed_tokens(texts, "query")
    return [codec.question(text, tokens) for text, tokens in zip(texts, every, strict=True)]


def compare(question: FloatArray, codes: Sequence[TokenCodes]) -> list[FloatArray]:
    """Return, for each passage, the similarities of the question's tokens with the passage's.

    `question` has shape (n, 512); each matrix has shape (n, tokens of the passage).
    """
    if not codes:
        return []
    bits = np.unpackbits(np.concatenate([each.signs for each in codes]), axis=1)
    # The sign of a bit is 2b - 1.
    every = 2 * (question @ bits.astype(np.float32).T) - question.sum(axis=1, keepdims=True)
    ends = np.cumsum([len(each.spans) for each in codes])
    return np.split(every, ends[:-1], axis=1)


def _speaks(text: str, span: Span) -> bool:
    """Tell whether a token is more than white space and punctuation."""
    return span.end < _MAX_OFFSET and any(
        unicodedata.category(char)[0] in "LNSM" for char in text[span.start : span.end]
    )


def _orthogonal(size: int) -> FloatArray:
    """Return the matrix, (size, size), that turns vectors into general position.

    Rounds of random signs, a Hadamard transform of blocks and a random order (Ailon & Chazelle
    2006). It is made of integers and one factor, so that it is the same on every machine.
    """
    random = np.random.default_rng(_SEED)
    block = size & -size  # the largest power of two that divides it
    hadamard = np.ones((1, 1), np.float32)
    while len(hadamard) < block:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    turn = np.eye(size, dtype=np.float32)
    for _ in range(_ROUNDS):
        turn = turn[:, random.permutation(size)] * random.choice([-1, 1], size)
        blocks = turn.reshape(size, size // block, block).astype(np.float32)
        turn = (blocks @ hadamard / np.float32(np.sqrt(block))).reshape(size, size)
    return turn
