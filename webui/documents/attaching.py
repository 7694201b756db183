"""Adding files at the question box: chosen with its button, dropped or pasted."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from webui.components import AT_ONCE, QUIET
from webui.documents.adding import WRITING
from webui.documents.imports import Imports, new_in
from webui.door.gradio_inside import for_editors
from webui.drawing.markup import event
from webui.texts import Texts

_PLACE = "question"


class Attaching:
    """What happens to files that are given to the question box, told above it."""

    def __init__(
        self, texts: Texts, imports: Imports, button: gr.UploadButton, told: gr.HTML
    ) -> None:
        """Wire the button, which the browser gives what is dropped, and where it is told."""
        self._texts = texts
        self._imports = imports
        added = gr.State([])
        self.wrote = button.upload(self._add, button, [told, added], **WRITING)
        """The event that has written to the corpus."""
        self.wrote.success(self._glance, [told, added], told, **QUIET)
        told.stop(self._stop, None, None, **AT_ONCE)
        told.dismiss(lambda: "", None, told, **AT_ONCE)

    @for_editors
    def _add(self, paths: Sequence[str] | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        importing, session = self._imports.of_files(paths), request.session_hash
        for shown in self._imports.follow(importing, _PLACE, session):
            if self._imports.is_going_on(_PLACE, session):
                yield self._drawn(shown, "stop", self._texts.stop), []
            else:
                yield self._drawn(shown, "dismiss", self._texts.close), new_in(importing)

    def _glance(self, shown: str, doc_ids: Sequence[str]) -> Any:  # noqa: ANN401 (HTML or nothing)
        """Return what is told, and below it what came in."""
        glance = self._imports.at_a_glance(doc_ids)
        return f"{shown}{glance}" if glance else gr.skip()

    def _drawn(self, shown: str, name: str, label: str) -> str:
        button = Markup('<button type="button" class="action" {}>{}</button>')
        return Markup('<div class="attached">{}{}</div>').format(
            Markup(shown),
            button.format(event(name, {}), label),
        )

    @for_editors
    def _stop(self, request: gr.Request) -> None:
        self._imports.stop(_PLACE, request.session_hash)
