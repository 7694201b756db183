"""Removing documents so that it can be undone for a while, and deleting them at its end.

A document that stands aside is in no index, and no passage of it is served. What was embedded
of it stays in the database until something else is changed: put back before, it is not embedded
anew.
"""

import logging
import threading
import time

from index import aside, corpus
from index.aside import Removal
from index.errors import ChatbotError, CorpusError
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
                self._writing.save(build)
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
        # The index may hold it still, where this was killed before that could forget it.
        unchanged = Report(doc_id, "unchanged", doc_id)
        return next((report for report in reports if report.doc_id == doc_id), unchanged)

    def settle(self, *, wait: bool = True) -> None:
        """Delete for good what can be undone no longer.

        While another process or thread writes, this waits for it, or does nothing without `wait`.
        """
        before = time.time() - UNDO_SECONDS
        if not self._over(before):
            return
        with self._writing.builds.writing(wait=wait) as has_turn:
            if not has_turn:
                return
            self._writing.ensure_build()
            # The files last: as long as they are there, what could not be done is tried again.
            if over := self._over(before):
                self._writing.forget([], purge=any(removal.purge for removal in over))
            aside.discard(self._folder, before=before)

    def _over(self, before: float) -> list[Removal]:
        return [one for one in aside.removals(self._folder) if one.removed <= before]

    def settle_later(self) -> None:
        """Do the same once the time is over, beside whatever else goes on.

        Where the program ends before, the next start of a page or `update` makes up for it.
        """
        ending = threading.Timer(UNDO_SECONDS + 1, self._settle_alone)
        ending.daemon = True
        ending.start()

    def _settle_alone(self) -> None:
        try:
            self.settle()
        except ChatbotError as error:
            logging.getLogger(__name__).warning("What was removed is not deleted yet: %s", error)
