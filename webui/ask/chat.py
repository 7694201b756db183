"""The tab where questions are asked: conversation list, transcript, evidence beside it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import gradio as gr

from eval.questions.local import add_case
from eval.questions.sets import Quote
from eval.settings import EvaluationSettings
from index.errors import ChatbotError, CorpusError, IndexNotBuiltError
from index.keeping.library import Library
from index.types import Document
from rag.types import MAX_QUESTION_CHARS, Answer
from webui import conversations
from webui.ask.answering import Answering
from webui.ask.examples import examples
from webui.ask.generating import GeneratorControl
from webui.ask.scoping import Narrowed, ScopeControl
from webui.components import AT_ONCE, QUIET, html
from webui.conversations import Conversation, Exchange, Group
from webui.door.gradio_inside import for_editors
from webui.drawing import beside, exchanges, reading
from webui.drawing.citations import short_in, verbatim
from webui.failures import sentence, told
from webui.sealing import Seal
from webui.texts import Texts

ANSWERS_AT_ONCE = 8
"""How many questions of all readers are answered at the same time; the others wait in line."""

_SIDE_JS = (
    "wenzheng.connect(element, trigger); wenzheng.folding(element, watch);"
    "wenzheng.keeping(trigger);"
    "// 'show' 'follow' 'list' 'rename' 'old'"
)
_LOG_JS = (
    "wenzheng.connect(element, trigger);"
    "watch('value', () => wenzheng.draw(element, props.value));"
    "// 'evidence' 'retry' 'judge' 'unscope'"
)
_INTRO_JS = "wenzheng.connect(element, trigger) // 'ask'"
_EVIDENCE_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.shown(element)) // 'close'"
)

# What the browser keeps travels with the events that need it, and no more of it than they need: it
# takes the place of their first values.
_ASKED = "(open, question, ...scope) => wenzheng.asked(question, scope)"
_WITH_SAID = "(open, ...others) => [wenzheng.said(), ...others]"
_WITH_NEWS = "() => [wenzheng.news()]"
_WITH_ALL = "(open, ...others) => [wenzheng.all(), ...others]"
_WITH_LISTING = "() => [wenzheng.listing()]"
_WITH_BOTH = "() => [wenzheng.all(), wenzheng.listing()]"
_WITH_OLD = "() => [wenzheng.old()]"
_GIVE_BACK = "() => wenzheng.giveBack()"
_KEEP = "(parts) => wenzheng.keep(parts)"
_TAKE_OVER = "(parts) => wenzheng.takeOver(parts)"

_Shown = tuple[Any, Any, Any]
"""What is drawn of a conversation, the exchange that is being answered, what the browser keeps."""
_NOTHING: _Shown = (gr.skip(), gr.skip(), gr.skip())


class ChatTab:
    """The components of the tab and what their events do, in one language."""

    def __init__(
        self,
        texts: Texts,
        library: Library,
        answering: Answering,
        secret: str,
        evaluation: EvaluationSettings,
    ) -> None:
        """Lay the tab out."""
        self._texts = texts
        self._library = library
        self._answering = answering
        self._evaluation = evaluation
        self._seal = Seal(secret)
        self._layout()
        self._wire()

    # -- layout -----------------------------------------------------------------------------------

    def _layout(self) -> None:
        texts = self._texts
        self._open = gr.JSON(visible=False)  # these two are filled in by the browser
        self._listing = gr.JSON(visible=False)
        self._to_keep = gr.JSON(visible=False)
        self._live = gr.State(None)
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="side", min_width=0):
                self._side = html(beside.conversation_list(None, texts), _SIDE_JS)
            with gr.Column(elem_classes="main", min_width=0):
                self._intro = html(beside.welcome(texts, examples=(), documents=None), _INTRO_JS)
                self._log = html(None, _LOG_JS, template=exchanges.transcript(texts))
                with gr.Column(elem_id="asking", min_width=0):
                    with gr.Row(elem_id="lines"):
                        self._scope = ScopeControl(texts, self._library)
                        self._generator = GeneratorControl(texts, self._answering)
                    with gr.Row(elem_id="composer"):
                        self._question = gr.Textbox(
                            value="",
                            label=texts.question_label,
                            show_label=False,
                            placeholder=texts.question_hint,
                            lines=1,
                            max_lines=8,
                            autofocus=True,
                            container=False,
                            elem_id="question",
                            html_attributes=gr.InputHTMLAttributes(
                                autocomplete="off", enterkeyhint="send"
                            ),
                        )
                        self._send = gr.Button(texts.send, variant="primary", elem_id="send")
                        self._stop = gr.Button(texts.stop, elem_id="stop")
                    html(beside.still_answering(texts))
            with gr.Column(elem_classes="beside", min_width=0):
                self._evidence = html("", _EVIDENCE_JS)

    def _wire(self) -> None:
        outputs = [self._log, self._live, self._to_keep]
        answering: dict[str, Any] = {
            **QUIET,
            "outputs": outputs,
            "concurrency_limit": ANSWERS_AT_ONCE,
            "concurrency_id": "answers",
        }
        scope = self._scope.inputs
        typed = gr.on(
            [self._question.submit, self._send.click],
            self._ask,
            [self._open, self._question, *scope],
            js=_ASKED,
            **answering,
        )
        typed.failure(None, None, None, js=_GIVE_BACK)
        asked = [
            typed,
            self._intro.ask(self._ask_example, [self._open, *scope], js=_WITH_SAID, **answering),
            self._log.retry(self._retry, scope, **answering),
        ]
        # The answer ends first: its last piece may still be on its way when Stop is pressed.
        stopped = self._stop.click(None, cancels=asked).then(
            self._stop_answer, [self._open, self._live], outputs, js=_WITH_ALL, **AT_ONCE
        )
        judged = self._log.judge(
            told(self._judge, self._texts), None, [self._log, self._to_keep], **AT_ONCE
        )
        self._wire_conversations([*asked, stopped, judged], asked)
        for event in asked:  # somebody may have changed it since
            self._generator.follow_on(event.then)

        self._log.evidence(
            told(self._show_evidence, self._texts), self._live, self._evidence, **AT_ONCE
        )
        self._evidence.close(lambda: "", None, self._evidence, **AT_ONCE)
        self._scope.clear_on(self._log.unscope)
        for listener in (self._question.submit, self._send.click, self._log.retry):
            self._scope.fold_on(listener)
            self._generator.fold_on(listener)

    def _wire_conversations(self, changing: Sequence[Any], asked: Sequence[Any]) -> None:
        """Have the browser keep what the events of `changing` give it, and show what it keeps."""
        # The last of several in a row is what the browser has come to.
        last: dict[str, Any] = {**AT_ONCE, "trigger_mode": "always_last"}
        both = [self._open, self._listing]
        shown = [self._log, self._evidence, self._side, self._live]
        # As with Stop: what is still on its way of an answer must not come after what is shown now.
        self._side.show(None, cancels=asked, **last).then(
            self._show, both, shown, js=_WITH_BOTH, **last
        )
        self._side.follow(self._follow, self._open, self._log, js=_WITH_NEWS, **last)
        self._side.list(self._list, self._listing, self._side, js=_WITH_LISTING, **last)
        renamed = self._side.rename(self._rename, None, self._to_keep, **AT_ONCE)
        old = self._side.old(self._take_over, self._listing, self._to_keep, js=_WITH_OLD, **AT_ONCE)
        for event in [*changing, renamed]:
            event.then(None, self._to_keep, None, js=_KEEP)
        old.then(None, self._to_keep, None, js=_TAKE_OVER)

    def on_load(self, page: gr.Blocks) -> None:
        """Show what the browser kept; then, once the corpus is there, what could be asked."""
        page.load(
            self._restore,
            [self._open, self._listing],
            [self._log, self._side],
            js=_WITH_BOTH,
            **AT_ONCE,
        )
        self._generator.load_on(page.load)
        self.refresh_on(page.load)

    def refresh_on(self, listener: Any) -> None:  # noqa: ANN401 (an event of Gradio's)
        """Suggest anew at an event that follows a change of the corpus."""
        listener(told(self._suggest, self._texts), None, self._intro, **QUIET)
        self._scope.list_on(listener)

    # -- asking -----------------------------------------------------------------------------------

    def _ask(
        self, kept: object, question: str, within: Sequence[str], since: str, until: str
    ) -> Iterator[_Shown]:
        question = question.strip()
        if len(question) > MAX_QUESTION_CHARS:  # goes back into the box, to be shortened
            raise gr.Error(
                self._texts.errors["question_too_long"],
                title=self._texts.error,
                print_exception=False,
            )
        if question:
            exchange = Exchange(Answer(question, self._texts.language))
            narrowed = Narrowed(within, since, until)
            yield from self._answer(exchange, self._conversation(kept), narrowed)
        else:
            yield _NOTHING

    def _ask_example(
        self, kept: object, within: Sequence[str], since: str, until: str, event: gr.EventData
    ) -> Iterator[_Shown]:
        yield from self._ask(kept, str(event.question), within, since, until)

    def _retry(
        self, within: Sequence[str], since: str, until: str, event: gr.EventData
    ) -> Iterator[_Shown]:
        """Answer a question again, within the scope as it is now."""
        conversation = self._conversation(event.conversation)
        if conversation.exchanges:
            exchange = conversation.exchanges[0].again()
            yield from self._answer(exchange, conversation, Narrowed(within, since, until))
        else:  # another tab has deleted it
            yield _NOTHING

    def _answer(
        self, exchange: Exchange, conversation: Conversation, narrowed: Narrowed
    ) -> Iterator[_Shown]:
        """Yield what the page shows while a question is answered, and what is kept at the end."""
        question = exchange.answer.question
        yield self._growing(conversation, exchange)
        try:
            scope = self._scope.read(narrowed)
            for answer in self._answering.stream(question, conversation.turns, scope=scope):
                exchange = replace(exchange, answer=answer, scope=scope)
                yield self._growing(conversation, exchange)
        except Exception as error:  # noqa: BLE001 (`sentence` logs what it does not expect)
            exchange = replace(exchange, error=sentence(error, self._texts))
        yield self._finished(conversation, exchange)
        yield _NOTHING  # Gradio sends what comes last twice

    def _stop_answer(self, kept: object, live: Exchange | None) -> _Shown:
        conversation = self._conversation(kept)
        if live is None:  # the answer was whole before Stop was pressed
            return self._drawn(conversation, anew=True), None, gr.skip()
        return self._finished(conversation, replace(live, stopped=True))

    def _growing(self, conversation: Conversation, exchange: Exchange) -> _Shown:
        return self._drawn(conversation, exchange, growing=True), exchange, gr.skip()

    def _finished(self, conversation: Conversation, exchange: Exchange) -> _Shown:
        with suppress(ChatbotError):  # a document was removed meanwhile
            found = conversations.found(exchange.answer.passages, self._library.document)
            exchange = replace(exchange, found=found)
        named = conversation.named_by(exchange.answer.question)
        kept = conversations.to_json(named, [exchange], self._seal)
        return self._drawn(conversation, exchange), None, [kept]

    def _drawn(
        self,
        conversation: Conversation,
        exchange: Exchange | None = None,
        *,
        anew: bool = False,
        growing: bool = False,
    ) -> dict[str, Any]:
        """Return what the browser is to draw: one exchange, or else those of the conversation.

        What it shows already stays, unless it is to be drawn `anew`.
        """
        some = conversation.exchanges if exchange is None else (exchange,)
        return {
            "conversation": conversation.conversation_id,
            "anew": anew,
            "exchanges": [exchanges.pieces(one, self._texts, growing=growing) for one in some],
        }

    @for_editors
    def _judge(self, event: gr.EventData) -> tuple[Any, Any]:
        """Make a case of an answer that a reader found wrong."""
        conversation = self._conversation(event.conversation)
        if not conversation.exchanges:  # another tab has deleted it
            return gr.skip(), gr.skip()
        (exchange,) = conversation.exchanges
        right = None if event.passage is None else exchange.among("found")[int(event.passage)]
        add_case(
            self._evaluation.sets_dir,
            exchange.answer.question,
            language=exchange.answer.language,
            history=conversation.turns,
            passage=Quote(right.doc_id, right.quote) if right else None,
        )
        judged = exchange.now_judged()
        kept = conversations.to_json(conversation, [judged], self._seal)
        return self._drawn(conversation, judged), [kept]

    # -- conversations ----------------------------------------------------------------------------

    def _conversation(self, kept: object) -> Conversation:
        return conversations.from_json(kept, self._seal)

    def _list(self, kept: object) -> str:
        return beside.conversation_list(
            conversations.listing_from_json(kept, self._seal), self._texts
        )

    def _follow(self, kept: object) -> dict[str, Any]:
        """Draw what has changed of the open conversation."""
        return self._drawn(self._conversation(kept))

    def _restore(self, kept: object, listing: object) -> tuple[Any, str]:
        return self._drawn(self._conversation(kept), anew=True), self._list(listing)

    def _show(self, kept: object, listing: object) -> tuple[Any, str, str, None]:
        """Show another conversation, no evidence, and the list; nothing is being answered now."""
        drawn, listed = self._restore(kept, listing)
        return drawn, "", listed, None

    def _rename(self, event: gr.EventData) -> list[dict[str, Any]]:
        named = conversations.renamed(str(event.conversation_id), str(event.title))
        return [conversations.to_json(named, [], self._seal)] if named else []

    def _take_over(self, kept: object) -> list[dict[str, Any]]:
        """Return what the browser keeps from now on in place of what it kept before."""
        return [
            conversations.to_json(conversation, conversation.exchanges, self._seal)
            for conversation in conversations.from_before(kept, self._seal)
        ]

    # -- corpus -----------------------------------------------------------------------------------

    def _suggest(self) -> str:
        try:
            documents = len(self._library.documents())
            suggested = examples(self._answering.quoting(), self._texts) if documents else []
        except IndexNotBuiltError:
            return beside.welcome(self._texts, examples=(), documents=0)
        except ChatbotError:  # said in full when a question is asked
            return beside.welcome(self._texts, examples=(), documents=None)
        return beside.welcome(self._texts, examples=suggested, documents=documents)

    def _show_evidence(self, live: Exchange | None, event: gr.EventData) -> str:
        """Return the panel of a citation, of an exchange that is kept or is being answered."""
        kept = self._conversation(event.conversation).exchanges
        growing = [live] if live and live.exchange_id == event.exchange else []
        group: Group = "cited" if event.group == "cited" else "found"
        for exchange in [*growing, *kept]:  # where it is answered again, that is what is shown
            among = exchange.among(group)
            citation = among[int(event.index)]
            short = verbatim(exchange.answer) if group == "cited" else None
            return reading.evidence(
                citation,
                self._document(citation.doc_id),
                self._texts,
                index=int(event.index),
                total=len(among),
                group=group,
                short=short_in(citation, short),
            )
        return ""

    def _document(self, doc_id: str) -> Document | None:
        try:
            return self._library.document(doc_id)
        except CorpusError:
            return None
