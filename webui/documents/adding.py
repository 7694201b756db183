"""Where documents are added: files, an address, pasted text, and what came of it."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from index.keeping.library import Source
from index.keeping.sources import from_url
from index.reports import Report
from webui.components import AT_ONCE, QUIET, html
from webui.documents.importing import Import
from webui.documents.imports import Imports, new_in
from webui.door.gradio_inside import for_editors
from webui.drawing import reading
from webui.texts import Texts

WRITING: dict[str, Any] = {**QUIET, "concurrency_limit": 1, "concurrency_id": "corpus"}
"""One corpus has one writer; who comes second sees that he waits."""

_RESULT_JS = "wenzheng.connect(element, trigger) // 'undo'"
_GLANCE_JS = "wenzheng.connect(element, trigger)"
# What was added goes from its fields; what was typed meanwhile stays.
_CLEAR_ADDED = "(added, ...now) => now.map((one, i) => (added?.[i] === one ? '' : one))"


class Adding:
    """The fields of a tab into which documents are put, and `result`: what came of it."""

    def __init__(self, texts: Texts, imports: Imports, *, allow_private: bool) -> None:
        """Lay it out. `allow_private`: addresses of this network may be added too."""
        self._texts = texts
        self._imports = imports
        self._allow_private = allow_private
        with gr.Row(elem_classes="adding"):
            with gr.Column(min_width=260, elem_classes="pasting"):
                self._lay_out_files()
            with gr.Column(min_width=260, elem_classes="pasting"):
                self._lay_out_typing()
        self.result = html("", _RESULT_JS)
        self._stop = gr.Button(texts.stop, visible=False, elem_id="stop-adding")
        self._glance = html("", _GLANCE_JS)
        self._added = gr.State([])
        self._typed = gr.JSON(visible=False)
        self.wrote = self._wire()
        """The events that have written to the corpus."""

    def _lay_out_files(self) -> None:
        texts = self._texts
        self._files = gr.File(
            label=texts.drop_label,
            file_count="multiple",
            height=190,
            elem_id="files",
            min_width=240,
        )
        html(reading.hint(texts.accepted))
        self._encoding = gr.Dropdown(
            list(texts.encodings),
            value="",
            label=texts.encoding,
            elem_id="encoding",
            filterable=False,
        )

    def _lay_out_typing(self) -> None:
        texts = self._texts
        self._url = gr.Textbox(
            value="",
            label=texts.url,
            placeholder=texts.url_hint,
            max_lines=1,
            max_length=2000,
            elem_id="url",
        )
        self._name = gr.Textbox(
            value="",
            label=texts.paste_name,
            placeholder=texts.paste_name_hint,
            max_lines=1,
            max_length=120,
            elem_id="paste-name",
        )
        self._text = gr.Textbox(
            value="",
            label=texts.paste_text,
            placeholder=texts.paste_text_hint,
            lines=2,
            max_lines=6,
            elem_id="paste-text",
        )
        self._add = gr.Button(texts.add, variant="primary", elem_id="add")

    def _wire(self) -> list[Any]:
        shown, fields = [self.result, self._stop, self._added], [self._url, self._name, self._text]
        files = self._files.upload(
            self._add_files, [self._files, self._encoding], [*shown, self._files], **WRITING
        )
        typed = gr.on(
            [self._add.click, self._url.submit, self._name.submit],
            self._add_typed,
            fields,
            [*shown, self._typed],
            **WRITING,
        )
        typed.then(None, [self._typed, *fields], fields, js=_CLEAR_ADDED)
        self._glancing = [
            event.then(self._imports.at_a_glance, self._added, self._glance, **QUIET)
            for event in (files, typed)
        ]
        self._stop.click(self._stop_adding, None, self._stop, **AT_ONCE)
        return [files, typed]

    def forget_on(self, listener: Any) -> None:  # noqa: ANN401 (an event of Gradio's)
        """Take away at an event what was told of the documents added last: it may not hold now."""
        # What is being put together of a document would come after it has gone.
        forgetting = listener(None, cancels=self._glancing)
        forgetting.then(lambda: "", None, self._glance, **AT_ONCE)

    @for_editors
    def _add_files(
        self, paths: Sequence[str] | None, encoding: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        importing = self._imports.of_files(paths, encoding)
        for shown in self._adding(importing, request.session_hash):
            yield *shown, None

    @for_editors
    def _add_typed(
        self, url: str, name: str, text: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Add what the address leads to, the pasted text, or both."""
        typed = [url, name, text]
        url, name = url.strip(), name.strip()
        pasted = bool(name or text.strip())
        if not (url or pasted) or (pasted and not (name and text.strip())):
            yield reading.message(self._texts.need_name_and_text), gr.skip(), [], []
            return

        def sources() -> Iterator[Source | Report]:
            if pasted:
                yield Source(f"{name}.txt", text.encode(), title=name)
            if url:
                yield from_url(url, allow_private=self._allow_private)

        importing = Import(self._imports.library, sources)
        for shown in self._adding(importing, request.session_hash):
            yield *shown, []
        refused = any(report.outcome == "refused" for report in importing.reports)
        whole = not (importing.error or importing.stopped or refused)
        yield gr.skip(), gr.skip(), gr.skip(), typed if whole else []

    def _adding(self, importing: Import, session: str | None) -> Iterator[tuple[Any, ...]]:
        """Yield what is shown, the state of the Stop button, and at last what is new."""
        button: Any = gr.update(visible=True, interactive=True)
        for shown in self._imports.follow(importing, "tab", session):
            yield shown, button, []
            button = gr.skip()
        yield gr.skip(), gr.update(visible=False), new_in(importing)

    @for_editors
    def _stop_adding(self, request: gr.Request) -> Any:  # noqa: ANN401 (an update of Gradio's)
        self._imports.stop("tab", request.session_hash)
        return gr.update(interactive=False)
