"""Imports as a page follows them: how far they have come, what came of them, at a glance."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ChatbotError
from index.keeping.library import Library, Source
from index.keeping.sources import from_paths
from index.reports import Report
from webui.documents import listing
from webui.documents.importing import Import, Step, size
from webui.door.uploads import Uploads
from webui.drawing import reading
from webui.drawing.markup import join
from webui.drawing.overviews import overview as drawn
from webui.failures import sentence
from webui.texts import Texts

if TYPE_CHECKING:
    from rag.assistant import Assistant

_MOST_OVERVIEWS = 3
"""Of an import of more documents, so many are shown at a glance."""


class Imports:
    """What is being added by the pages of one language, by session and by where on the page."""

    def __init__(
        self,
        texts: Texts,
        library: Library,
        uploads: Uploads,
        quoting: "Callable[[], Assistant]",
    ) -> None:
        """`quoting` returns the assistant that is asked what a document answers."""
        self.library = library
        self._texts = texts
        self._uploads = uploads
        self._quoting = quoting
        self._going_on: dict[tuple[str, str | None], Import] = {}

    def of_files(self, paths: Sequence[str] | None, encoding: str = "") -> Import:
        """Return the import of uploaded files, which go once the corpus has its own copies."""
        files = [Path(path) for path in paths or ()]

        def sources() -> Iterator[Source | Report]:
            with self._uploads.adding(files):
                for source in from_paths(files):
                    named = isinstance(source, Source) and encoding
                    yield replace(source, encoding=encoding) if named else source

        return Import(self.library, sources, sum(map(size, files)))

    def follow(self, importing: Import, place: str, session: str | None) -> Iterator[str]:
        """Add, and yield how far it has come, then what came of it."""
        texts, key = self._texts, (place, session)
        self._going_on[key] = importing
        yield reading.progress(texts.waiting, "", 0, 0, None, texts)
        try:
            for step in importing.steps():
                yield _progress(step, texts)
        finally:  # the reader may have left
            self._going_on.pop(key, None)
        shown = [] if importing.error is None else [reading.fault(sentence(importing.error, texts))]
        if importing.reports or not shown:
            shown.append(
                listing.results(
                    importing.reports, importing.seconds, texts, stopped=importing.stopped
                )
            )
        yield "".join(shown)

    def is_going_on(self, place: str, session: str | None) -> bool:
        """Return whether something is being added there; no more once it says what came of it."""
        return (place, session) in self._going_on

    def stop(self, place: str, session: str | None) -> None:
        """Stop what is being added there, if anything is."""
        if importing := self._going_on.get((place, session)):
            importing.stop()

    def at_a_glance(self, doc_ids: Sequence[str]) -> str:
        """Return what the first of some documents are about; one that is gone is left out."""
        from rag.offering import overview  # not with the page: see `answering`

        shown = []
        for doc_id in doc_ids[:_MOST_OVERVIEWS]:
            with suppress(ChatbotError):
                shown.append(
                    drawn(overview(self._quoting(), doc_id, self._texts.language), self._texts)
                )
        return join(shown)


def _progress(step: Step, texts: Texts) -> str:
    """Return how far an import has come: which document, and the share of all bytes."""
    label = texts.indexing.format(name=step.name) if step.name else texts.waiting
    share = f"{step.done / step.total:.0%}" if step.total else ""
    return reading.progress(label, share, step.done, step.total, step.seconds_left, texts)


def new_in(importing: Import) -> list[str]:
    """Return the documents that an import has added or replaced."""
    return [
        one.doc_id
        for one in importing.reports
        if one.doc_id and one.outcome in ("added", "replaced")
    ]
