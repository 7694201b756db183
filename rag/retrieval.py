"""Question vector -> passages."""

from typing import Protocol

from index.library import Library
from index.types import FloatArray
from rag.types import Passage


class Retriever(Protocol):
    """Finds passages for a question."""

    def retrieve(self, query: FloatArray, top_k: int) -> list[Passage]:
        """Return the `top_k` best passages for `query`, shape (dim,), best first."""
        ...


class DenseRetriever:
    """Retrieves by the cosine of pooled vectors."""

    def __init__(self, library: Library) -> None:
        """Search in this library."""
        self._library = library

    def retrieve(self, query: FloatArray, top_k: int) -> list[Passage]:
        """Return the `top_k` passages nearest to `query`, shape (dim,), best first."""
        return [
            Passage(chunk, score, why={"dense_rank": rank, "dense_score": round(score, 4)})
            for rank, (chunk, score) in enumerate(self._library.search(query, top_k), 1)
        ]


RETRIEVERS = {"dense": DenseRetriever}
"""The retrievers by name; `rag/load.py` chooses."""
