"""The panel beside the transcript that shows a citation in its document."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from index.errors import CorpusError
from index.keeping.library import Library
from index.types import Document
from webui.components import AT_ONCE, html
from webui.conversations import Conversation, Exchange, Group
from webui.drawing import reading
from webui.drawing.citations import short_in, verbatim
from webui.failures import told
from webui.texts import Texts

_EVIDENCE_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.shown(element)) // 'close'"
)


class EvidencePanel:
    """The panel, empty until a citation is opened."""

    def __init__(self, texts: Texts, library: Library) -> None:
        """Lay it out where the page stands."""
        self._texts = texts
        self._library = library
        self.shown = html("", _EVIDENCE_JS)
        self.shown.close(lambda: "", None, self.shown, **AT_ONCE)

    def open_on(
        self,
        listener: Callable[..., Any],
        live: gr.State,
        read: Callable[[object], Conversation],
    ) -> None:
        """Let an event open a citation, of an exchange that is kept or is being answered.

        `live` holds the one that is being answered; `read` makes a conversation of a kept one.
        """

        def show(growing: tuple[Conversation, Exchange] | None, event: gr.EventData) -> str:
            # Where it is answered again, that is what is shown.
            live = [growing[1]] if growing and growing[1].exchange_id == event.exchange else []
            group: Group = "cited" if event.group == "cited" else "found"
            shown = [*live, *read(event.conversation).exchanges][:1]
            return "".join(self._panel(one, group, int(event.index)) for one in shown)

        listener(told(show, self._texts), live, self.shown, **AT_ONCE)

    def _panel(self, exchange: Exchange, group: Group, index: int) -> str:
        among = exchange.among(group)
        citation = among[index]
        short = verbatim(exchange.answer) if group == "cited" else None
        return reading.evidence(
            citation,
            self._document(citation.doc_id),
            self._texts,
            index=index,
            total=len(among),
            group=group,
            short=short_in(citation, short),
        )

    def _document(self, doc_id: str) -> Document | None:
        try:
            return self._library.document(doc_id)
        except CorpusError:
            return None
