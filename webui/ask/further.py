"""What could be asked after an answer: worked out once it is shown, so that nobody waits for it."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from webui import conversations
from webui.ask.answering import Answering
from webui.components import QUIET, html
from webui.drawing import overviews
from webui.failures import told
from webui.sealing import Seal
from webui.texts import Texts

_JS = "wenzheng.connect(element, trigger); watch('value', () => wenzheng.offer())"
_WITH_LAST = "() => [wenzheng.last()]"


class Further:
    """A line below the last answer with questions that the documents can answer."""

    def __init__(self, texts: Texts, answering: Answering, seal: Seal) -> None:
        """Lay it out where the page stands."""
        self._texts = texts
        self._answering = answering
        self._seal = seal
        self._last = gr.JSON(visible=False)  # filled in by the browser
        self._shown = html("", _JS)

    def follow_on(self, listener: Callable[..., Any]) -> None:
        """Let an event that has kept an answer offer what could be asked next."""
        listener(
            told(self._offer, self._texts),
            self._last,
            self._shown,
            js=_WITH_LAST,
            trigger_mode="always_last",
            **{**QUIET, "concurrency_limit": 1, "concurrency_id": "further"},
        )

    def _offer(self, kept: object) -> str:
        from rag.offering import further  # not with the page: see `answering`

        conversation = conversations.from_json(kept, self._seal)
        if not conversation.exchanges:
            return ""
        (exchange,) = conversation.exchanges
        if exchange.turn is None or exchange.stopped:
            return ""
        questions = further(
            self._answering.quoting(),
            exchange.answer,
            [*conversation.turns, exchange.turn],
            self._texts.language,
            scope=exchange.scope,
            go_on=self._answering.is_idle,  # who has asked comes first
        )
        return overviews.further(questions, exchange.exchange_id, self._texts)
