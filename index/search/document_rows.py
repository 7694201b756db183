"""Which rows of the table of chunks are of which documents: in memory, for searches in scopes.

The chunks of a document are stored at once, so that their rows stand one behind the other. To ask
the database for the rows of most of a hundred thousand documents would take a second each time.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import DocumentRow
from index.search.database import Store
from index.search.scope import matcher
from index.types import Scope

NOTHING_READ: Final = -1
_SCOPES_KEPT = 8  # both sides ask for the same one, and so do the questions of a conversation


class DocumentRows:
    """The rows of each document in one generation. It never changes: what differs is another."""

    def __init__(
        self, generation: int = NOTHING_READ, documents: Iterable[DocumentRow] = ()
    ) -> None:
        """Take all documents of the generation, in any order."""
        self.generation = generation
        listed = sorted(documents, key=attrgetter("first"))  # in order they are found faster
        self._doc_ids = [each.doc_id for each in listed]
        self._dates = [each.date for each in listed]
        bounds = [(each.first, each.end) for each in listed]
        self._bounds = np.array(bounds, np.int64).reshape(-1, 2)
        self._held: dict[Scope, NDArray[np.bool_]] = {}

    def of_now(self, store: Store) -> "DocumentRows":
        """Return the rows in a store's present generation; only what has changed is read."""
        with store.snapshot():
            generation = store.generation
            if generation == self.generation:
                return self
            if generation < self.generation or self.generation == NOTHING_READ:
                return DocumentRows(generation, store.document_rows())
            new = store.document_rows(since=self.generation)
            replaced = {each.doc_id for each in new}
            kept = [each for each in self._listed() if each.doc_id not in replaced]
            if store.count_documents() != len(kept) + len(new):
                there = set(store.doc_ids())
                kept = [each for each in kept if each.doc_id in there]
            return DocumentRows(generation, [*kept, *new])

    def in_scope(self, rows: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        """Return which of these rows, which are in order, are of documents in the scope."""
        held = self._held.get(scope)
        if held is None:
            held = self._asked(matcher(scope))
            if len(self._held) >= _SCOPES_KEPT:
                self._held.clear()
            self._held[scope] = held
        return self._inside(rows, held)

    def where(
        self, rows: NDArray[np.int64], holds: Callable[[str, str | None], bool]
    ) -> NDArray[np.bool_]:
        """Return which of these rows are of documents for whose doc_id and date that holds."""
        return self._inside(rows, self._asked(holds))

    def _asked(self, holds: Callable[[str, str | None], bool]) -> NDArray[np.bool_]:
        return np.fromiter(map(holds, self._doc_ids, self._dates), bool, len(self._doc_ids))

    def _inside(self, rows: NDArray[np.int64], held: NDArray[np.bool_]) -> NDArray[np.bool_]:
        first, end = np.searchsorted(rows, self._bounds[held]).T
        changes = np.zeros(len(rows) + 1, np.int32)
        np.add.at(changes, first, 1)
        np.add.at(changes, end, -1)
        return np.cumsum(changes[:-1]) > 0

    def _listed(self) -> Iterable[DocumentRow]:
        return map(DocumentRow, self._doc_ids, self._dates, *self._bounds.T.tolist())
