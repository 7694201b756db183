"""The embedder of one library: given, or loaded when something needs it."""

import threading

from index.embedders.embedding import Embedder
from index.embedders.load import known_fingerprint, load_embedder
from index.errors import IndexMismatchError
from index.reports import Notify
from index.search.storing import DocumentStore
from index.settings import IndexSettings


class OwnEmbedder:
    """One embedder, which may never be needed: to find that nothing has changed takes none."""

    def __init__(self, settings: IndexSettings, given: Embedder | None, notify: Notify) -> None:
        """Load nothing yet; `notify` is told when that takes long."""
        self._settings = settings
        self._given = given
        self._notify = notify
        self._loaded = given
        self._loading = threading.Lock()

    @property
    def model(self) -> Embedder:
        """The embedder itself; who asks while it is loaded waits for it."""
        if self._loaded is None:
            with self._loading:
                self._loaded = self._loaded or load_embedder(self._settings, self._notify)
        return self._loaded

    def check(self, store: DocumentStore) -> None:
        """Raise IndexMismatchError when another embedder made the vectors of a store."""
        known = None if self._given else known_fingerprint(self._settings)
        made_by, here = store.fingerprint, known or self.model.fingerprint
        if made_by != here:
            raise IndexMismatchError(
                f"The index was made with the embedder {made_by}; this is {here}. "
                "Name that one with --embedder, or make the index anew: python -m index build",
                code="rebuild",
            )
