"""The list of documents of one generation, which is made of the one before by what has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from index.search.documents import DocumentSummary
from index.search.storing import DocumentStore

_NO_GENERATION = -1


@dataclass(frozen=True, slots=True)
class Summaries:
    """A line per document, by doc_id."""

    generation: int = _NO_GENERATION
    lines: Sequence[DocumentSummary] = ()

    def of_now(self, store: DocumentStore) -> "Summaries":
        """Return the list of a store's present generation."""
        with store.snapshot():
            generation = store.generation
            if generation == self.generation:
                return self
            if generation < self.generation:
                return Summaries(generation, store.summaries())
            new = {line.doc_id: line for line in store.summaries_since(self.generation)}
            lines = [*(line for line in self.lines if line.doc_id not in new), *new.values()]
            if len(lines) != store.count_documents():
                there = set(store.doc_ids())
                lines = [line for line in lines if line.doc_id in there]
            return Summaries(generation, sorted(lines, key=attrgetter("doc_id")))
