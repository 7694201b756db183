"""The tab where documents are added, listed, read, edited and removed."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from eval.questions.sets import relied_on
from eval.settings import EvaluationSettings
from index.errors import ChatbotError, IndexNotBuiltError
from index.search.database import DocumentSummary
from webui.components import AT_ONCE, QUIET, html
from webui.documents import listing
from webui.documents.adding import WRITING, Adding
from webui.documents.imports import Imports
from webui.documents.listing import Order
from webui.door.gradio_inside import for_editors, is_reader
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
        imports: Imports,
        evaluation: EvaluationSettings,
        *,
        allow_private: bool,
    ) -> None:
        """Lay the tab out. `allow_private`: addresses of this network may be added too."""
        self._texts = texts
        self._library = imports.library
        self._evaluation = evaluation
        self._layout(imports, allow_private=allow_private)
        self._wire()

    def _layout(self, imports: Imports, *, allow_private: bool) -> None:
        texts = self._texts

        def look(_: object) -> str:
            return self._state()

        self._order = gr.State(Order())
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="main", min_width=0):
                self._adding = Adding(texts, imports, allow_private=allow_private)
                self._result = self._adding.result
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
        said = [self._result, self._view]
        changed = [
            self._table.remove(told(self._remove, self._texts), None, said, **WRITING),
            self._result.undo(told(self._undo, self._texts), None, said, **WRITING),
            self._view.save(told(self._save, self._texts), None, said, **WRITING),
        ]
        for event in changed:
            self._adding.forget_on(event.then)
        wrote = [*self._adding.wrote, *changed]
        self.changed = [self._table.changed, *(event.then for event in wrote)]
        """What to listen to for changes of the documents, by this page or by anybody else."""
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
        """Remove a document, so that it can be undone; then delete it for good."""
        removals = self._library.removals
        removals.set_aside(str(event.doc_id), purge=bool(event.checked))
        removals.settle_later()
        return listing.removed(removals.pending(), self._texts), ""

    @for_editors
    def _undo(self, event: gr.EventData) -> tuple[str, str]:
        report = self._library.removals.put_back(str(event.token))
        said = reading.message(self._texts.undone.format(doc_id=report.doc_id))
        return said + listing.removed(self._library.removals.pending(), self._texts), ""
