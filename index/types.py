"""The values that the stages of indexing hand to each other. Imports nothing of this project."""

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Kind = Literal["query", "passage"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document beside its text. Dates are ISO 8601 (2020-10-14)."""

    title: str
    author: str | None = None
    date: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was indexed. `doc_id` is its path under the corpus folder, with `/`.

    All offsets of chunks and citations count characters of `text`.
    """

    doc_id: str
    text: str
    metadata: Metadata

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8, as citations store it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: `document.text[start:end] == text`, always."""

    doc_id: str
    start: int
    end: int
    text: str

    @property
    def chunk_id(self) -> int:
        """A positive 63-bit number made of place and content: the same after every rebuild."""
        place = f"{self.doc_id}\0{self.start}\0{self.end}\0{self.text}".encode()
        return int.from_bytes(hashlib.sha256(place).digest()[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """One text as the embedder sees it, from one forward pass.

    `pooled` has shape (dim,) and unit length: the same vector that `Embedder.embed` gives.
    `vectors` has shape (tokens, dim), rows of unit length: the text's own tokens, without prompt
    and special tokens. `spans[i]` holds the characters of the text that row i stands for.
    """

    pooled: FloatArray
    vectors: FloatArray
    spans: tuple[Span, ...]
