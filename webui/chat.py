"""The tab where questions are asked: conversation list, transcript, evidence beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from eval.local import add_case
from eval.sets import Quote
from eval.settings import EvaluationSettings
from index.errors import ChatbotError, CorpusError, IndexNotBuiltError
from index.library import Library
from rag.types import MAX_QUESTION_CHARS, Answer
from webui import conversations, reading, render
from webui.answering import Answering
from webui.components import AT_ONCE, QUIET, html
from webui.conversations import Conversation, Exchange
from webui.examples import examples
from webui.failures import sentence, told
from webui.generating import GeneratorControl
from webui.scoping import Narrowed, ScopeControl
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
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.grown(element));"
    "// 'evidence' 'retry' 'judge' 'unscope'"
)
_INTRO_JS = "wenzheng.connect(element, trigger) // 'ask'"
_EVIDENCE_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.shown(element)) // 'close'"
)

# What the browser keeps travels with the events that need it, and no other: it takes the place of
# their first values.
_WITH_OPEN = "(open, ...others) => [wenzheng.opened(), ...others]"
_WITH_LISTING = "() => [wenzheng.listing()]"
_WITH_BOTH = "() => [wenzheng.opened(), wenzheng.listing()]"
_WITH_OLD = "() => [wenzheng.old()]"
_KEEP = "(parts) => wenzheng.keep(parts)"
_TAKE_OVER = "(parts) => wenzheng.takeOver(parts)"


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
                self._side = html(render.conversation_list(None, texts), _SIDE_JS)
            with gr.Column(elem_classes="main", min_width=0):
                self._intro = html(
                    render.welcome(texts, examples=(), documents=None), _INTRO_JS, visible=False
                )
                self._log = html(render.transcript(Conversation(), texts), _LOG_JS)
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
                        self._stop = gr.Button(texts.stop, visible=False, elem_id="stop")
            with gr.Column(elem_classes="beside", min_width=0):
                self._evidence = html("", _EVIDENCE_JS)

    def _wire(self) -> None:
        view = [self._log, self._intro, self._question, self._send, self._stop]
        answering: dict[str, Any] = {
            **QUIET,
            "outputs": [*view, self._live, self._to_keep],
            "concurrency_limit": ANSWERS_AT_ONCE,
            "concurrency_id": "answers",
            "js": _WITH_OPEN,
        }
        asked = [
            gr.on(
                [self._question.submit, self._send.click],
                self._ask,
                [self._open, self._question, *self._scope.inputs],
                **answering,
            ),
            self._intro.ask(self._ask_example, [self._open, *self._scope.inputs], **answering),
            self._log.retry(self._retry, [self._open, *self._scope.inputs], **answering),
        ]
        # The answer ends first: its last piece may still be on its way when Stop is pressed.
        stopped = self._stop.click(None, cancels=asked).then(
            self._stop_answer,
            [self._open, self._live],
            [*view, self._live, self._to_keep],
            js=_WITH_OPEN,
            queue=False,
            **QUIET,
        )
        judged = self._log.judge(
            told(self._judge, self._texts),
            [self._open],
            [self._log, self._to_keep],
            js=_WITH_OPEN,
            queue=False,
            **QUIET,
        )
        self._wire_conversations(view, [*asked, stopped, judged], asked)
        for event in asked:  # somebody may have changed it since
            self._generator.follow_on(event.then)

        self._log.evidence(told(self._show_evidence, self._texts), None, self._evidence, **AT_ONCE)
        self._evidence.close(lambda: "", None, self._evidence, **AT_ONCE)
        self._scope.clear_on(self._log.unscope)
        for listener in (self._question.submit, self._send.click, self._log.retry):
            self._scope.fold_on(listener)
            self._generator.fold_on(listener)

    def _wire_conversations(
        self, view: Sequence[Any], changing: Sequence[Any], asked: Sequence[Any]
    ) -> None:
        """Have the browser keep what the events of `changing` give it, and show what it keeps."""
        # The last of several in a row is what the browser has come to.
        last: dict[str, Any] = {**AT_ONCE, "trigger_mode": "always_last"}
        both, shown = [self._open, self._listing], [*view, self._evidence, self._side]
        # As with Stop: what is still on its way of an answer must not come after what is shown now.
        self._side.show(None, cancels=asked, **last).then(
            self._show, both, shown, js=_WITH_BOTH, **last
        )
        self._side.follow(self._follow, self._open, [self._log, self._intro], js=_WITH_OPEN, **last)
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
            [self._log, self._intro, self._side],
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
    ) -> Iterator[tuple[Any, ...]]:
        question = question.strip()
        if len(question) > MAX_QUESTION_CHARS:  # stays in the box, to be shortened
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
            yield (gr.skip(),) * 7

    def _ask_example(
        self, kept: object, within: Sequence[str], since: str, until: str, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        yield from self._ask(kept, str(event.question), within, since, until)

    def _retry(
        self, kept: object, within: Sequence[str], since: str, until: str
    ) -> Iterator[tuple[Any, ...]]:
        """Answer the last question again, within the scope as it is now."""
        conversation = self._conversation(kept)
        if conversation.exchanges:
            exchange = conversation.exchanges[-1].again()
            narrowed = Narrowed(within, since, until)
            yield from self._answer(exchange, conversation.without_last(), narrowed)
        else:
            yield (gr.skip(),) * 7

    def _answer(
        self, exchange: Exchange, conversation: Conversation, narrowed: Narrowed
    ) -> Iterator[tuple[Any, ...]]:
        """Yield what the page shows while a question is answered, and what is kept at the end."""
        question = exchange.answer.question
        yield (*self._growing(conversation, exchange, question=""), exchange, gr.skip())
        try:
            scope = self._scope.read(narrowed)
            answers = self._answering().stream(question, conversation.history(), scope=scope)
            for answer in answers:
                found = conversations.found(answer.passages, self._library.document)
                exchange = replace(exchange, answer=answer, found=found, scope=scope)
                yield (*self._growing(conversation, exchange), exchange, gr.skip())
        except Exception as error:  # noqa: BLE001 (`sentence` logs what it does not expect)
            exchange = replace(exchange, error=sentence(error, self._texts))
        yield self._finished(conversation, exchange)

    def _stop_answer(self, kept: object, live: Exchange | None) -> tuple[Any, ...]:
        conversation = self._conversation(kept)
        if live is None:  # the answer was whole before Stop was pressed
            return (*self._rested(conversation), None, gr.skip())
        return self._finished(conversation, replace(live, stopped=True))

    def _finished(self, conversation: Conversation, exchange: Exchange) -> tuple[Any, ...]:
        conversation = conversation.with_exchange(exchange)
        kept = conversations.to_json(conversation, [exchange], self._seal)
        return (*self._rested(conversation), None, [kept])

    def _growing(
        self, conversation: Conversation, exchange: Exchange, *, question: str | None = None
    ) -> tuple[Any, ...]:
        first = question is not None
        return (
            render.transcript(conversation, self._texts, pending=exchange),
            gr.update(visible=False) if first else gr.skip(),
            question if first else gr.skip(),
            gr.update(visible=False) if first else gr.skip(),
            gr.update(visible=True) if first else gr.skip(),
        )

    def _rested(self, conversation: Conversation) -> tuple[Any, ...]:
        return (
            render.transcript(conversation, self._texts),
            gr.update(visible=not conversation.exchanges),
            gr.skip(),
            gr.update(visible=True),
            gr.update(visible=False),
        )

    def _judge(self, kept: object, event: gr.EventData) -> tuple[Any, ...]:
        """Make a case of an answer that a reader found wrong."""
        conversation = self._conversation(kept)
        exchange = conversation.exchange(str(event.exchange))
        if exchange is None:  # another tab has deleted it
            return gr.skip(), gr.skip()
        right = None if event.passage is None else exchange.found[int(event.passage)].citation
        add_case(
            self._evaluation.sets_dir,
            exchange.answer.question,
            language=exchange.answer.language,
            history=conversation.history(until=exchange),
            passage=Quote(right.doc_id, right.quote) if right else None,
        )
        judged = exchange.now_judged()
        conversation = conversation.with_exchange(judged)
        return (
            render.transcript(conversation, self._texts),
            [conversations.to_json(conversation, [judged], self._seal)],
        )

    # -- conversations ----------------------------------------------------------------------------

    def _conversation(self, kept: object) -> Conversation:
        return conversations.from_json(kept, self._seal)

    def _list(self, kept: object) -> str:
        return render.conversation_list(
            conversations.listing_from_json(kept, self._seal), self._texts
        )

    def _follow(self, kept: object) -> tuple[Any, ...]:
        """Show the open conversation as it is now."""
        conversation = self._conversation(kept)
        return (
            render.transcript(conversation, self._texts),
            gr.update(visible=not conversation.exchanges),
        )

    def _restore(self, kept: object, listing: object) -> tuple[Any, ...]:
        return (*self._follow(kept), self._list(listing))

    def _show(self, kept: object, listing: object) -> tuple[Any, ...]:
        """Show another conversation: its transcript, no evidence, and the list."""
        return (*self._rested(self._conversation(kept)), "", self._list(listing))

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
            return render.welcome(self._texts, examples=(), documents=0)
        except ChatbotError:  # said in full when a question is asked
            return render.welcome(self._texts, examples=(), documents=None)
        return render.welcome(self._texts, examples=suggested, documents=documents)

    def _show_evidence(self, event: gr.EventData) -> str:
        citation = conversations.citation_from_json(event.citation)
        if citation is None:
            return ""
        try:
            document = self._library.document(citation.doc_id)
        except CorpusError:
            document = None
        return reading.evidence(
            citation,
            document,
            self._texts,
            index=int(event.index),
            total=int(event.total),
            group=str(event.group),
        )
