"""Which rows of the table of chunks are of which documents: in memory, for searches in scopes.

The chunks of a document are stored at once, so that their rows stand one behind the other. To ask
the database for the rows of most of a hundred thousand documents would take a second each time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import compress
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
        self,
        generation: int = NOTHING_READ,
        doc_ids: Sequence[str] = (),
        dates: Sequence[str | None] = (),
        bounds: NDArray[np.int64] | None = None,
        held: Mapping[Scope, NDArray[np.bool_]] | None = None,
    ) -> None:
        """Take the documents of the generation, those with the first rows first.

        `bounds`, shape (documents, 2), are first rows and those behind the last; `held` tells of
        scopes that were asked for which documents they hold.
        """
        self.generation = generation
        self._doc_ids, self._dates = doc_ids, dates
        self._bounds = np.zeros((0, 2), np.int64) if bounds is None else bounds
        self._held = dict(held or {})

    def of_now(self, store: Store) -> "DocumentRows":
        """Return the rows in a store's present generation; only what has changed is read."""
        with store.snapshot():
            generation = store.generation
            if generation == self.generation:
                return self
            if generation < self.generation or self.generation == NOTHING_READ:
                return DocumentRows(generation).with_more(store.document_rows())
            new = store.document_rows(since=self.generation)
            gone = {each.doc_id for each in new}
            if store.count_documents() != len(set(self._doc_ids) | gone):
                gone |= set(self._doc_ids) - set(store.doc_ids())
            return self._without(generation, gone).with_more(new)

    def with_more(self, documents: Iterable[DocumentRow]) -> "DocumentRows":
        """Return the same with more documents, whose rows are behind all others or none."""
        new = sorted(documents, key=attrgetter("first"))  # in order they are found faster
        bounds = np.array([(each.first, each.end) for each in new], np.int64).reshape(-1, 2)
        doc_ids, dates = [each.doc_id for each in new], [each.date for each in new]
        return DocumentRows(
            self.generation,
            [*self._doc_ids, *doc_ids],
            [*self._dates, *dates],
            np.concatenate([self._bounds, bounds]),
            {
                scope: np.concatenate([held, _asked(matcher(scope), doc_ids, dates)])
                for scope, held in self._held.items()
            },
        )

    def in_scope(self, rows: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        """Return which of these rows, which are in order, are of documents in the scope."""
        held = self._held.get(scope)
        if held is None:
            held = _asked(matcher(scope), self._doc_ids, self._dates)
            if len(self._held) >= _SCOPES_KEPT:
                self._held = {}
            self._held = {**self._held, scope: held}
        return self._inside(rows, held)

    def where(
        self, rows: NDArray[np.int64], holds: Callable[[str, str | None], bool]
    ) -> NDArray[np.bool_]:
        """Return which of these rows are of documents for whose doc_id and date that holds."""
        return self._inside(rows, _asked(holds, self._doc_ids, self._dates))

    def _without(self, generation: int, gone: Collection[str]) -> "DocumentRows":
        here = np.fromiter((d not in gone for d in self._doc_ids), bool, len(self._doc_ids))
        return DocumentRows(
            generation,
            list(compress(self._doc_ids, here)),
            list(compress(self._dates, here)),
            self._bounds[here],
            {scope: held[here] for scope, held in self._held.items()},
        )

    def _inside(self, rows: NDArray[np.int64], held: NDArray[np.bool_]) -> NDArray[np.bool_]:
        changes = np.zeros(len(rows) + 1, np.int32)
        first, end = self._bounds[held].T
        np.add.at(changes, np.searchsorted(rows, first), 1)
        np.add.at(changes, np.searchsorted(rows, end), -1)
        return np.cumsum(changes[:-1]) > 0


def _asked(
    holds: Callable[[str, str | None], bool], doc_ids: Sequence[str], dates: Sequence[str | None]
) -> NDArray[np.bool_]:
    return np.fromiter(map(holds, doc_ids, dates), bool, len(doc_ids))
