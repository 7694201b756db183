"""The tab where documents are added, listed, read, edited and removed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from eval.questions.sets import relied_on
from eval.settings import EvaluationSettings
from index.errors import ChatbotError, IndexNotBuiltError
from index.keeping.library import Library, Source
from index.keeping.sources import from_paths, from_url
from index.reports import Report
from index.search.database import DocumentSummary
from webui.components import AT_ONCE, QUIET, html
from webui.documents import listing
from webui.documents.importing import Import, size
from webui.documents.listing import Order
from webui.door.gradio_inside import for_editors, is_reader
from webui.door.uploads import Uploads
from webui.drawing import reading
from webui.failures import sentence, told
from webui.texts import Texts

_TABLE_JS = (
    "wenzheng.connect(element, trigger); wenzheng.looking(element, server.look, trigger);"
    "watch('value', () => wenzheng.listed(element, trigger))"
    "// 'sort' 'turn' 'view' 'edit' 'remove' 'changed'"
)
_VIEW_JS = (
    "wenzheng.connect(element, trigger);"
    "watch('value', () => wenzheng.shown(element)) // 'close' 'save'"
)


class DocumentsTab:
    """The components of the tab and what their events do, in one language."""

    def __init__(
        self,
        texts: Texts,
        library: Library,
        evaluation: EvaluationSettings,
        uploads: Uploads,
        *,
        allow_private: bool,
    ) -> None:
        """Lay the tab out. `allow_private`: addresses of this network may be added too."""
        self._texts = texts
        self._library = library
        self._evaluation = evaluation
        self._uploads = uploads
        self._allow_private = allow_private
        self._imports: dict[str | None, Import] = {}  # by session
        self._layout()
        self._wire()

    def _layout(self) -> None:
        texts = self._texts

        def look(_: object) -> str:
            return self._state()

        self._order = gr.State(Order())
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="main", min_width=0):
                with gr.Row(elem_classes="adding"):
                    with gr.Column(min_width=260, elem_classes="pasting"):
                        self._files = gr.File(
                            label=texts.drop_label,
                            file_count="multiple",
                            height=190,
                            elem_id="files",
                            min_width=240,
                        )
                        self._encoding = gr.Dropdown(
                            list(texts.encodings),
                            value="",
                            label=texts.encoding,
                            elem_id="encoding",
                            filterable=False,
                        )
                    with gr.Column(min_width=260, elem_classes="pasting"):
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
                self._result = html("")
                self._stop = gr.Button(texts.stop, visible=False, elem_id="stop-adding")
                self._search = gr.Textbox(
                    value="",
                    label=texts.search,
                    placeholder=texts.search_hint,
                    max_lines=1,
                    elem_id="search",
                )
                self._table = html("", _TABLE_JS, server_functions=[look])
            with gr.Column(elem_classes="beside", min_width=0):
                self._view = html("", _VIEW_JS)

    def _wire(self) -> None:
        listed = [self._search, self._order]
        # One corpus has one writer; who comes second sees that he waits.
        adding: dict[str, Any] = {**QUIET, "concurrency_limit": 1, "concurrency_id": "corpus"}
        shown = [self._result, self._stop]
        wrote = [
            self._files.upload(
                self._add_files, [self._files, self._encoding], [*shown, self._files], **adding
            ),
            gr.on(
                [self._add.click, self._url.submit, self._name.submit],
                self._add_typed,
                [self._url, self._name, self._text],
                [*shown, self._url, self._name, self._text],
                **adding,
            ),
            self._table.remove(
                told(self._remove, self._texts), None, [self._result, self._view], **adding
            ),
            self._view.save(
                told(self._save, self._texts), None, [self._result, self._view], **adding
            ),
        ]
        self.changed = [self._table.changed, *(event.then for event in wrote)]
        """What to listen to for changes of the documents, by this page or by anybody else."""
        self._stop.click(self._stop_adding, None, self._stop, **AT_ONCE)
        for listener in self.changed:
            self.list_on(listener)
        self._search.change(self._search_for, listed, [self._order, self._table], **AT_ONCE)
        self._table.sort(self._sort, listed, [self._order, self._table], **AT_ONCE)
        self._table.turn(self._turn, listed, [self._order, self._table], **AT_ONCE)
        self._table.view(told(self._show, self._texts), None, self._view, **AT_ONCE)
        self._table.edit(told(self._edit, self._texts), None, self._view, **AT_ONCE)
        self._view.close(lambda: "", None, self._view, **AT_ONCE)

    def list_on(self, listener: Any) -> None:  # noqa: ANN401 (an event of Gradio's)
        """List the documents at an event, and again at one that comes meanwhile."""
        inputs = [self._search, self._order]
        again: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
        listener(told(self._list, self._texts), inputs, self._table, **again)

    # -- adding -----------------------------------------------------------------------------------

    @for_editors
    def _add_files(
        self, paths: Sequence[str] | None, encoding: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        files = [Path(path) for path in paths or ()]

        def sources() -> Iterator[Source | Report]:
            with self._uploads.adding(files):  # until the corpus has copies of its own
                for source in from_paths(files):
                    named = isinstance(source, Source) and encoding
                    yield replace(source, encoding=encoding) if named else source

        importing = Import(self._library, sources, sum(map(size, files)))
        for shown in self._adding(importing, request.session_hash):
            yield *shown, None

    @for_editors
    def _add_typed(
        self, url: str, name: str, text: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Add what the address leads to, the pasted text, or both."""
        url, name, kept = url.strip(), name.strip(), (gr.skip(),) * 3
        pasted = bool(name or text.strip())
        if not (url or pasted) or (pasted and not (name and text.strip())):
            yield reading.message(self._texts.need_name_and_text), gr.skip(), *kept
            return

        def sources() -> Iterator[Source | Report]:
            if pasted:
                yield Source(f"{name}.txt", text.encode(), title=name)
            if url:
                yield from_url(url, allow_private=self._allow_private)

        importing = Import(self._library, sources)
        for shown in self._adding(importing, request.session_hash):
            yield *shown, *kept
        refused = any(report.outcome == "refused" for report in importing.reports)
        if not (importing.error or importing.stopped or refused):
            yield gr.skip(), gr.skip(), "", "", ""

    def _adding(self, importing: Import, session: str | None) -> Iterator[tuple[str, Any]]:
        """Yield how far it has come, then what came of it, with the state of the Stop button."""
        texts = self._texts
        self._imports[session] = importing
        yield listing.progress("", 0, 0, None, texts), gr.update(visible=True, interactive=True)
        try:
            for step in importing.steps():
                told = listing.progress(step.name, step.done, step.total, step.seconds_left, texts)
                yield told, gr.skip()
        finally:  # the reader may have left
            del self._imports[session]
        shown = [] if importing.error is None else [reading.fault(sentence(importing.error, texts))]
        if importing.reports or not shown:
            shown.append(
                listing.results(
                    importing.reports, importing.seconds, texts, stopped=importing.stopped
                )
            )
        yield "".join(shown), gr.update(visible=False)

    @for_editors
    def _stop_adding(self, request: gr.Request) -> Any:  # noqa: ANN401 (an update of Gradio's)
        if importing := self._imports.get(request.session_hash):
            importing.stop()
        return gr.update(interactive=False)

    # -- the table --------------------------------------------------------------------------------

    def _state(self) -> str:
        """Return what changes when the documents change, whoever changed them."""
        try:
            return self._library.generation
        except ChatbotError as error:
            return str(error)

    def _list(self, search: str, order: Order, request: gr.Request) -> str:
        state = self._state()  # before the documents: what changes meanwhile is seen next time
        shown = self._listed(search, order, may_edit=not is_reader(request))
        return listing.listed(state, search, shown)

    def _listed(self, search: str, order: Order, *, may_edit: bool) -> str:
        try:
            summaries: Sequence[DocumentSummary] = self._library.documents()
        except IndexNotBuiltError:  # as good as empty: adding a document makes it
            summaries = ()
        except ChatbotError as error:
            return reading.message(sentence(error, self._texts))
        relied = relied_on(self._evaluation.sets_dir)
        return listing.table(
            summaries, relied, self._texts, search=search, order=order, may_edit=may_edit
        )

    def _search_for(self, search: str, order: Order, request: gr.Request) -> tuple[Order, str]:
        order = order._replace(page=0)
        return order, self._list(search, order, request)

    def _sort(
        self, search: str, order: Order, event: gr.EventData, request: gr.Request
    ) -> tuple[Order, str]:
        column = str(event.column)
        order = Order(column, column == order.column and not order.descending)
        return order, self._list(search, order, request)

    def _turn(
        self, search: str, order: Order, event: gr.EventData, request: gr.Request
    ) -> tuple[Order, str]:
        order = order._replace(page=int(event.page))
        return order, self._list(search, order, request)

    # -- one document -----------------------------------------------------------------------------

    def _show(self, event: gr.EventData) -> str:
        document = self._library.document(str(event.doc_id))
        chunks = self._library.chunks(document.doc_id)
        return reading.document_panel(document, chunks, self._texts)

    @for_editors
    def _edit(self, event: gr.EventData) -> str:
        doc_id = str(event.doc_id)
        self._library.document(doc_id)  # says so where it is gone
        summary = next(one for one in self._library.documents() if one.doc_id == doc_id)
        return reading.edit_panel(summary, self._library.sidecar(doc_id), self._texts)

    @for_editors
    def _save(self, event: gr.EventData) -> tuple[str, str]:
        report = self._library.edit(
            str(event.doc_id),
            title=str(event.title),
            author=str(event.author),
            date=str(event.date),
            source=str(event.source),
            encoding=getattr(event, "encoding", None),
        )
        texts = self._texts
        said = texts.not_edited if report.outcome == "unchanged" else texts.edited
        return reading.message(said.format(doc_id=report.doc_id)), ""

    @for_editors
    def _remove(self, event: gr.EventData) -> tuple[str, str]:
        purge = bool(event.checked)
        self._library.remove(str(event.doc_id), purge=purge)
        said = self._texts.purged if purge else self._texts.removed
        return reading.message(said.format(title=event.title)), ""
