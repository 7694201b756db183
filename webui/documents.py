"""The tab where documents are added, listed, read and removed."""

import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import ChatbotError, IndexNotBuiltError
from index.library import Library, Source
from index.store import DocumentSummary
from index.update import Report
from webui import reading
from webui.components import QUIET, html
from webui.failures import sentence, told
from webui.texts import Texts

_TABLE_JS = "wenzheng.connect(element, trigger) // 'sort' 'view' 'remove'"
_VIEW_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.shown(element)) // 'close'"
)
_FIRST_ORDER = ("added", True)

Order = tuple[str, bool]
"""The column that the table is sorted by, and whether from the largest down."""


class DocumentsTab:
    """The components of the tab and what their events do, in one language."""

    def __init__(self, texts: Texts, library: Library) -> None:
        """Lay the tab out."""
        self._texts = texts
        self._library = library
        self._layout()
        self._wire()

    def _layout(self) -> None:
        texts = self._texts
        self._order = gr.State(_FIRST_ORDER)
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="main", min_width=0):
                with gr.Row(elem_classes="adding"):
                    self._files = gr.File(
                        label=texts.drop_label,
                        file_count="multiple",
                        height=190,
                        elem_id="files",
                        min_width=260,
                    )
                    with gr.Column(min_width=260, elem_classes="pasting"):
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
                self._result = html("", "")
                self._search = gr.Textbox(
                    value="",
                    label=texts.search,
                    placeholder=texts.search_hint,
                    max_lines=1,
                    elem_id="search",
                )
                self._table = html("", _TABLE_JS)
            with gr.Column(elem_classes="beside", min_width=0):
                self._view = html("", _VIEW_JS)

    def _wire(self) -> None:
        listed = [self._search, self._order]
        # One corpus has one writer; who comes second sees that he waits.
        adding: dict[str, Any] = {**QUIET, "concurrency_limit": 1, "concurrency_id": "corpus"}
        uploaded = self._files.upload(
            self._add_files, self._files, [self._result, self._files], **adding
        )
        pasted = self._add.click(
            self._add_text,
            [self._name, self._text],
            [self._result, self._name, self._text],
            **adding,
        )
        removed = self._table.remove(
            told(self._remove, self._texts), None, [self._result, self._view], **adding
        )
        self.changed = [
            event.then(told(self._list, self._texts), listed, self._table, **QUIET)
            for event in (uploaded, pasted, removed)
        ]
        self._search.change(
            told(self._list, self._texts), listed, self._table, queue=False, **QUIET
        )
        self._table.sort(self._sort, listed, [self._order, self._table], queue=False, **QUIET)
        self._table.view(told(self._show, self._texts), None, self._view, queue=False, **QUIET)
        self._view.close(lambda: "", None, self._view, queue=False, **QUIET)

    def on_load(self, page: gr.Blocks) -> None:
        """List the documents once the corpus is there."""
        page.load(
            self._list,
            [self._search, self._order],
            self._table,
            **QUIET,
        )

    # -- adding -----------------------------------------------------------------------------------

    def _add_files(self, paths: Sequence[str] | None) -> Iterator[tuple[Any, ...]]:
        uploads = [Path(path) for path in paths or ()]
        sources = [Source(path.name, path.read_bytes()) for path in uploads]
        for path in uploads:
            path.unlink()  # Gradio's copy: the corpus has its own
        for shown in self._adding(sources):
            yield shown, None

    def _add_text(self, name: str, text: str) -> Iterator[tuple[Any, ...]]:
        if not name.strip() or not text.strip():
            yield reading.message(self._texts.need_name_and_text), gr.skip(), gr.skip()
            return
        source = Source(f"{name.strip()}.txt", text.encode(), title=name.strip())
        for shown in self._adding([source]):
            yield shown, gr.skip(), gr.skip()
        yield gr.skip(), "", ""

    def _adding(self, sources: Sequence[Source]) -> Iterator[str]:
        """Add in a thread; yield how far it has come, then the result in words."""
        steps: queue.SimpleQueue[tuple[str, int, int] | None] = queue.SimpleQueue()
        outcome: list[Sequence[Report] | Exception] = []

        def add() -> None:
            try:
                outcome.append(self._library.add(sources, lambda *step: steps.put(step)))
            except Exception as error:  # noqa: BLE001 (handed over, told below)
                outcome.append(error)
            steps.put(None)

        yield reading.progress("", 0, 0, self._texts)
        threading.Thread(target=add, daemon=True).start()
        while (step := steps.get()) is not None:
            yield reading.progress(*step, self._texts)
        result = outcome[0]
        if isinstance(result, Exception):
            yield reading.message(sentence(result, self._texts))
        else:
            yield reading.results(result, self._texts)

    # -- the table --------------------------------------------------------------------------------

    def _list(self, search: str, order: Order) -> str:
        column, descending = order
        try:
            summaries: Sequence[DocumentSummary] = self._library.documents()
        except IndexNotBuiltError:  # as good as empty: adding a document makes it
            summaries = ()
        except ChatbotError as error:
            return reading.message(sentence(error, self._texts))
        return reading.table(
            summaries, self._texts, search=search, sort=column, descending=descending
        )

    def _sort(self, search: str, order: Order, event: gr.EventData) -> tuple[Order, str]:
        column, descending = order
        chosen = str(event.column)
        order = (chosen, not descending if chosen == column else False)
        return order, self._list(search, order)

    def _show(self, event: gr.EventData) -> str:
        document = self._library.document(str(event.doc_id))
        chunks = self._library.chunks(document.doc_id)
        return reading.document_panel(document, chunks, self._texts)

    def _remove(self, event: gr.EventData) -> tuple[str, str]:
        self._library.remove(str(event.doc_id))
        return reading.message(self._texts.removed.format(title=event.title)), ""
