"""The values that the stages of indexing hand to each other, beside those of `index.places`."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.places import Places

FloatArray = NDArray[np.float32]
Kind = Literal["query", "passage"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document beside its text. Dates are ISO 8601 (2020-10-14).

    `date` is what the text, its title or its file's name says; `file_date` is when a program made
    the file, which is shown but says nothing of the document.
    """

    title: str
    author: str | None = None
    date: str | None = None
    source: str | None = None
    file_date: str | None = None


class Page(NamedTuple):
    """A page or slide, counted from 1, and the characters of the text that are on it."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was indexed. `doc_id` is its path under the corpus folder, with `/`.

    All offsets of chunks and citations count characters of `text`. `pages` are in order and do not
    overlap; a document whose format has none has no pages. `places` say where its lines stand in
    the file, for PDF, sheets and csv.
    """

    doc_id: str
    text: str
    metadata: Metadata
    pages: tuple[Page, ...] = ()
    places: Places = Places()  # noqa: RUF009 (frozen)

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8, as citations store it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def page_at(self, place: int) -> int | None:
        """Return the number of the page that a character is on, None where there are no pages."""
        # A place between two pages belongs to the one before.
        page = bisect_right(self.pages, place, key=lambda page: page.start) - 1
        return self.pages[page].number if page >= 0 else None


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
    `vectors` has shape (tokens, layers, dim), rows of unit length: the text's own tokens, without
    prompt and special tokens, as the last layer of the network sees them and, where it can be had,
    before that as the middle one does. `spans[i]` holds the characters that token i stands for.
    """

    pooled: FloatArray
    vectors: FloatArray
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a search looks at: any of the patterns, and within the dates.

    Without patterns, all; without dates, at any time. `index/search/scope.py` makes one from what a
    user typed and says which documents it holds.
    """

    patterns: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class LexicalHit:
    """A chunk found by its terms: its BM25 score, and which of the question's terms it holds.

    `share` is the score as a share, 0 to 1, of the most that this question could score.
    """

    chunk: Chunk
    score: float
    share: float
    terms: tuple[str, ...]
