"""The tab of the notebook: answers that a reader kept, with remarks."""

from typing import Any

import gradio as gr

from index.keeping.library import Library
from webui import conversations, exporting, notes
from webui.ask.evidence import EvidencePanel
from webui.components import AT_ONCE, html
from webui.conversations import Conversation
from webui.drawing.notes import notebook, notebook_frame
from webui.failures import told
from webui.notes import Note
from webui.sealing import Seal
from webui.texts import Texts

_BOOK_JS = (
    "wenzheng.connect(element, trigger); notebook.follow(element, trigger);"
    "watch('value', () => notebook.draw(element, props.value))"
    "// 'evidence' 'notes' 'remark' 'export'"
)
_WITH_NOTES = "() => [kept.notes()]"
_REMARKED = "(remark) => notebook.remarked(remark)"
_SAVE = "(file) => wenzheng.save(file)"


class NotebookTab:
    """The notebook and what its events do, in one language."""

    def __init__(self, texts: Texts, library: Library, secret: str, tab: gr.Tab) -> None:
        """Lay it out; it is drawn whenever its tab is opened."""
        self._texts = texts
        self._seal = Seal(secret)
        self._sent = gr.JSON(visible=False)  # filled in by the browser
        remark, file = gr.JSON(visible=False), gr.JSON(visible=False)
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="main", min_width=0):
                self._book = html(None, _BOOK_JS, template=notebook_frame())
            with gr.Column(elem_classes="beside", min_width=0):
                evidence = EvidencePanel(texts, library)
        evidence.open_on(self._book.evidence, gr.State(None), self._read)
        for listener in (tab.select, self._book.notes):
            listener(
                self._draw,
                self._sent,
                self._book,
                js=_WITH_NOTES,
                trigger_mode="always_last",
                **AT_ONCE,
            )
        self._book.remark(told(self._remark, texts), None, remark, **AT_ONCE).success(
            None, remark, None, js=_REMARKED
        )
        self._book.export(told(self._export, texts), None, file, **AT_ONCE).success(
            None, file, None, js=_SAVE
        )

    def _read(self, kept: object) -> Conversation:
        return conversations.from_json(kept, self._seal)

    def _notes(self, kept: object) -> list[Note]:
        return notes.from_browser(kept, self._seal)

    def _draw(self, kept: object) -> str:
        return notebook(self._notes(kept), self._texts)

    def _remark(self, event: gr.EventData) -> dict[str, Any]:
        return notes.remarked(str(event.note_id), str(event.remark), self._seal)

    def _export(self, event: gr.EventData) -> dict[str, Any]:
        entries = [exporting.entry(one.exchange, one.remark) for one in self._notes(event.notes)]
        texts = self._texts
        ending = str(event.format)
        return exporting.file("notebook", texts.notebook_tab, entries, ending, texts.language)
