"""Removing documents so that it can be undone for a while, and deleting them at its end.

A document that stands aside is in no index, and no passage of it is served. What was embedded of it
stays in the database until the end, so putting it back embeds nothing anew.
"""

import threading
import time

from index import aside, corpus
from index.aside import Removal
from index.errors import CorpusError
from index.keeping.doctor import sweep
from index.keeping.writing import Writing
from index.reports import Progress, Report, silent

UNDO_SECONDS = 60.0
"""So long a removal can be undone."""


class Removals:
    """The removals of a library that can be undone."""

    def __init__(self, writing: Writing) -> None:
        """Take the library's writer."""
        self._writing = writing
        self._folder = writing.settings.corpus_dir

    def pending(self) -> list[Removal]:
        """Return the removals that can be undone at this moment, the latest first."""
        since = time.time() - UNDO_SECONDS
        return [one for one in aside.removals(self._folder) if one.removed > since]

    def set_aside(self, doc_id: str, *, purge: bool = False) -> Removal:
        """Take a document out of corpus and index; `purge` says what is to come at the end.

        Raises CorpusError when there is none.
        """
        with self._writing.turn():
            self._writing.check_there(doc_id)
            build = self._writing.builds.current()
            title = build.store.titles_of([doc_id]).get(doc_id, doc_id)
            removal = aside.set_aside(self._folder, doc_id, title=title, purge=purge)
            with build.sound():
                build.store.delete([doc_id])
                build.save()
        return removal

    def put_back(self, token: str, progress: Progress = silent) -> Report:
        """Undo a removal; return the report on the document.

        It gets a free doc_id where there is another of its name now. Raises CorpusError (code
        "not_aside") when it is too late.
        """
        with self._writing.turn():
            removal = next((one for one in self.pending() if one.token == token), None)
            if removal is None:
                raise CorpusError("It is too late: the document is deleted.", code="not_aside")
            doc_id, number = removal.doc_id, 2
            while corpus.exists(self._folder, doc_id):
                doc_id, number = corpus.numbered_id(removal.doc_id, number), number + 1
            aside.put_back(self._folder, removal, doc_id)
            reports = self._writing.bring_up(progress)
        return next(report for report in reports if report.doc_id == doc_id)

    def settle(self) -> None:
        """Delete for good what can be undone no longer."""
        before = time.time() - UNDO_SECONDS
        if all(one.removed > before for one in aside.removals(self._folder)):
            return
        with self._writing.turn():
            gone = aside.discard(self._folder, before=before)
            build = self._writing.builds.current()
            purge = any(removal.purge for removal in gone)
            with build.sound():
                build.store.prune()
                build.save(anew=purge)
                if purge:
                    sweep(self._writing.settings.index_dir, build.name)
                    build.store.purge()

    def settle_later(self) -> None:
        """Do the same once the time is over, beside whatever else goes on.

        Where the program ends before, the next start of a page or `update` makes up for it.
        """
        ending = threading.Timer(UNDO_SECONDS + 1, self.settle)
        ending.daemon = True
        ending.start()
