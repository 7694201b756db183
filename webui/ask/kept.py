"""The list of conversations beside the transcript, and what of them the browser keeps."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import gradio as gr

from webui import conversations
from webui.components import AT_ONCE, html
from webui.conversations import Conversation, Exchange
from webui.drawing import beside, exchanges
from webui.listings import listing_from_json
from webui.sealing import Seal
from webui.texts import Texts

_SIDE_JS = (
    "wenzheng.connect(element, trigger); wenzheng.folding(element);"
    "watch('value', () => wenzheng.list(element, props.value));"
    "wenzheng.keeping(trigger);"
    "// 'show' 'drop' 'follow' 'list' 'rename'"
)
_OPENED_JS = "watch('value', () => wenzheng.draw(props.value))"

# What the browser keeps travels with the events that need it, and no more of it than they need: it
# takes the place of their first values.
_WITH_NEWS = "() => [wenzheng.news()]"
_WITH_LISTING = "() => [wenzheng.listing()]"
_WITH_BOTH = "() => [wenzheng.all(), wenzheng.listing()]"
_ONCE_READY = "() => kept.ready.then(() => [wenzheng.all(), wenzheng.listing()])"
_KEEP = "(parts) => wenzheng.keep(parts)"

State = Literal["growing", "ended", "kept"]
"""An answer that grows, one that has just ended, and what is shown of those before."""


def drawn(
    conversation: Conversation,
    texts: Texts,
    exchange: Exchange | None = None,
    *,
    anew: bool = False,
    state: State = "kept",
    replacing: bool = False,
) -> dict[str, Any]:
    """Return what the browser is to draw: one exchange, or else those of the conversation.

    What it shows already stays, unless it is to be drawn `anew`; `replacing`, the exchange takes
    the place of one whose question was another, and of all that followed that.
    """
    growing = state == "growing"
    some = conversation.exchanges if exchange is None else (exchange,)
    return {
        "conversation": conversation.conversation_id,
        "anew": anew,
        "state": state,
        "exchanges": [exchanges.pieces(one, texts, growing=growing) for one in some],
        "replaces": {"asked_ms": exchange.asked_ms, "changed_ms": exchange.changed_ms}
        if exchange and replacing
        else None,
    }


class KeptConversations:
    """The list and what its events do, in one language. The browser keeps what is in it."""

    def __init__(self, texts: Texts, seal: Seal) -> None:
        """Lay the list out where the page stands."""
        self._texts = texts
        self._seal = seal
        self._open = gr.JSON(visible=False)  # these two are filled in by the browser
        self._listing = gr.JSON(visible=False)
        self.to_keep = gr.JSON(visible=False)
        """What an event gives the browser to keep."""
        self._side = html(None, _SIDE_JS, template=beside.conversations_frame(texts))
        # Apart from what an answer draws as it grows: of two values that come at once to one
        # component, only the second is drawn.
        self._opened = html(None, _OPENED_JS, template="")

    @property
    def open(self) -> gr.JSON:
        """What of the open conversation the browser sends along."""
        return self._open

    def wire(self, changing: Sequence[Any], asked: Sequence[Any], evidence: gr.HTML) -> None:
        """Have the browser keep what the events of `changing` give it, and show what it keeps.

        Those of `asked` are kept by who listens to them: see `keep_on`.
        An answer goes on while another conversation is shown, and is kept in its own; it ends when
        its own is deleted.
        """
        # The last of several in a row is what the browser has come to.
        last: dict[str, Any] = {**AT_ONCE, "trigger_mode": "always_last"}
        both = [self._open, self._listing]
        shown = [self._opened, evidence, self._side]
        self._side.show(self._show, both, shown, js=_WITH_BOTH, **last)
        self._side.drop(None, cancels=asked, **last).then(
            self._show, both, shown, js=_WITH_BOTH, **last
        )
        self._side.follow(self._follow, self._open, self._opened, js=_WITH_NEWS, **last)
        self._side.list(self._list, self._listing, self._side, js=_WITH_LISTING, **last)
        renamed = self._side.rename(self._rename, None, self.to_keep, **AT_ONCE)
        for event in [*changing, renamed]:
            self.keep_on(event.then)

    def keep_on(self, listener: Callable[..., Any]) -> Any:  # noqa: ANN401 (an event of Gradio's)
        """Have the browser keep what an event gave it; return the event that follows that."""
        return listener(None, self.to_keep, None, js=_KEEP)

    def load_on(self, listener: Callable[..., Any]) -> None:
        """Let an event show what the browser keeps."""
        listener(
            self._restore,
            [self._open, self._listing],
            [self._opened, self._side],
            js=_ONCE_READY,
            **AT_ONCE,
        )

    def read(self, kept: object) -> Conversation:
        """Return the conversation that the browser sends along."""
        return conversations.from_json(kept, self._seal)

    def part(self, conversation: Conversation, exchange: Exchange) -> list[dict[str, Any]]:
        """Return what the browser is to keep of a conversation: one more exchange."""
        return [conversations.to_json(conversation, [exchange], self._seal)]

    def _list(self, kept: object) -> str:
        return beside.conversation_list(listing_from_json(kept, self._seal), self._texts)

    def _follow(self, kept: object) -> dict[str, Any]:
        """Draw what has changed of the open conversation."""
        return drawn(self.read(kept), self._texts)

    def _restore(self, kept: object, listing: object) -> tuple[dict[str, Any], str]:
        return drawn(self.read(kept), self._texts, anew=True), self._list(listing)

    def _show(self, kept: object, listing: object) -> tuple[dict[str, Any], str, str]:
        """Show another conversation, no evidence, and the list."""
        shown, listed = self._restore(kept, listing)
        return shown, "", listed

    def _rename(self, event: gr.EventData) -> list[dict[str, Any]]:
        named = conversations.renamed(str(event.conversation_id), str(event.title))
        return [conversations.to_json(named, [], self._seal)] if named else []
