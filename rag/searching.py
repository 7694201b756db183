"""What answering needs of a library, and nothing that changes it: the whole of what it may ask."""

from collections.abc import Collection, Sequence
from typing import Protocol

from index.embedders.token_codes import QuestionVectors, TokenCodes
from index.search.database import DocumentSummary
from index.search.terms import terms
from index.search.vocabulary import Vocabulary
from index.types import EVERYTHING, Chunk, Document, FloatArray, LexicalHit, Scope


class Searcher(Protocol):
    """Documents that can be searched and read. What was removed is gone from all that it returns.

    Each raises ChatbotError where the index cannot be read.
    """

    @property
    def fingerprint(self) -> dict[str, str]:
        """What names the index as it is, and the embedder that it was made by."""
        ...

    def encode_questions(self, questions: Sequence[str]) -> list[QuestionVectors]:
        """Return the questions as the searches need them, from one pass of the network."""
        ...

    def search_dense(
        self, query: FloatArray, top_k: int, scope: Scope = EVERYTHING
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, shape (dim,), best first, with cosines."""
        ...

    def search_lexical(
        self, terms: Sequence[str], top_k: int, scope: Scope = EVERYTHING
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first."""
        ...

    def token_codes(self, chunks: Sequence[Chunk]) -> list[TokenCodes | None]:
        """Return the token codes of each chunk, in order, None for one that is gone."""
        ...

    def names_among(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""
        ...

    def vocabulary(self) -> Vocabulary:
        """Return the words of the documents."""
        ...

    def documents(self) -> Sequence[DocumentSummary]:
        """Return a line per document, by doc_id."""
        ...

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none, or none any more."""
        ...

    def titles(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the titles of those documents that are there; none is read whole."""
        ...


def stands(library: Searcher, name: str) -> bool:
    """Return whether some chunk holds all terms of a name."""
    wanted = terms(name)
    hits = library.search_lexical(wanted, 1)
    return bool(hits) and set(wanted) <= set(hits[0].terms)
