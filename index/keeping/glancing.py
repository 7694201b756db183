"""How far the index is behind the corpus, at a glance: for looks that come every few seconds.

Where nothing has changed, a glance takes as long whatever the number of documents: names are those
of folders that have changed, sizes and times those of a thousand documents in turn, and of the
database only what has changed is read.
"""

import threading

from index.keeping.engines import OpenBuild
from index.keeping.update import UNSETTLED, Pending, compared, recipe
from index.listing import by_folder, is_document_name, signatures
from index.names import Names
from index.settings import IndexSettings

GLANCED_AT = 1000
"""The sizes and times of so many documents, or fewer, are looked at in one glance."""

_NOTHING_READ = -1


class Glances:
    """Glances at a corpus folder, numbered one after the other."""

    def __init__(self, settings: IndexSettings, names: Names) -> None:
        """Look at nothing yet."""
        self._settings = settings
        self._names = names
        self._files: frozenset[str] = frozenset()
        self._build, self._generation = "", _NOTHING_READ
        # Signatures by doc_id, as the database had them. It may settle one meanwhile: what differs
        # is looked up there once more.
        self._known: dict[str, str] = {}
        self._in_turn: list[str] = []
        self._each_time: set[str] = set()  # what no look has found to be what the database holds
        self._gone: set[str] = set()
        self._looking = threading.Lock()

    def pending(self, build: OpenBuild, number: int) -> Pending:
        """Return what this glance sees of what is to be done; files that are none it passes over.

        Each new name and each missing one is seen, where the file system tells of them, and a file
        or a sidecar that has changed where it stands once in as many glances as there are thousands
        of documents. Where a file system does not tell, names are seen once in `LISTED_EVERY`.
        Raises CorpusError when the folder, or one in it, cannot be listed.
        """
        with self._looking:
            files, links = self._names.at_a_glance(number)
            if self._follow(build) or files is not self._files:
                self._compare_names(files)
            parts = len(self._in_turn) // GLANCED_AT + 1
            looked_at = self._each_time.union(self._in_turn[number % parts :: parts]) - self._gone
            found = signatures(self._settings.corpus_dir, looked_at, links)
            others = [d for d in looked_at if found.get(d) != self._known.get(d)]
            differing = sorted([*others, *self._gone], key=by_folder)
            known = build.store.signatures(recipe(self._settings), differing) if differing else {}
            return compared(known, {d: found[d] for d in differing if d in found}, ())

    def _follow(self, build: OpenBuild) -> bool:
        """Bring the signatures to what the database holds; tell whether it has changed."""
        store = build.store
        with store.snapshot():
            generation = store.generation
            if (build.name, generation) == (self._build, self._generation):
                return False
            if build.name != self._build or generation < self._generation:
                self._known, self._generation = {}, _NOTHING_READ
            self._known |= store.signatures(recipe(self._settings), since=self._generation)
            if store.count_documents() != len(self._known):
                there = set(store.doc_ids())
                self._known = {d: s for d, s in self._known.items() if d in there}
            self._build, self._generation = build.name, generation
        return True

    def _compare_names(self, files: frozenset[str]) -> None:
        self._files, known = files, self._known
        self._in_turn, self._gone = [*known], known.keys() - files
        self._each_time = {d for d in files - known.keys() if is_document_name(d)}
        self._each_time |= {d for d, s in known.items() if not s or s[-1] == UNSETTLED}
