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
from webui.texts import Texts

ANSWERS_AT_ONCE = 8
"""How many questions of all readers are answered at the same time; the others wait in line."""

_CONVERSATIONS_KEY = "wenzheng-conversations"
_OPEN_KEY = "wenzheng-open-conversation"

_SIDE_JS = (
    "wenzheng.connect(element, trigger); wenzheng.folding(element, watch);"
    "// 'fresh' 'open' 'rename' 'delete'"
)
_LOG_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.grown(element));"
    "// 'evidence' 'retry' 'clear' 'judge' 'unscope'"
)
_INTRO_JS = "wenzheng.connect(element, trigger) // 'ask'"
_EVIDENCE_JS = (
    "wenzheng.connect(element, trigger); watch('value', () => wenzheng.shown(element)) // 'close'"
)

Saved = list[dict[str, Any]]


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
        self._layout(secret)
        self._wire()

    # -- layout -----------------------------------------------------------------------------------

    def _layout(self, secret: str) -> None:
        texts = self._texts
        self._saved = gr.BrowserState([], storage_key=_CONVERSATIONS_KEY, secret=secret)
        self._open = gr.BrowserState(None, storage_key=_OPEN_KEY, secret=secret)
        self._live = gr.State(None)
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="side", min_width=0):
                self._side = html(render.conversation_list([], "", texts), _SIDE_JS)
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
            "outputs": [*view, self._live, self._open],
            "concurrency_limit": ANSWERS_AT_ONCE,
            "concurrency_id": "answers",
        }
        asked = [
            gr.on(
                [self._question.submit, self._send.click],
                self._ask,
                [self._question, self._open, *self._scope.inputs],
                **answering,
            ),
            self._intro.ask(self._ask_example, [self._open, *self._scope.inputs], **answering),
            self._log.retry(self._retry, [self._open, *self._scope.inputs], **answering),
        ]
        # The answer ends first: its last piece may still be on its way when Stop is pressed.
        stopped = self._stop.click(None, cancels=asked).then(
            self._stop_answer,
            [self._live, self._open],
            [*view, self._live, self._open],
            queue=False,
            **QUIET,
        )
        judged = self._log.judge(
            told(self._judge, self._texts),
            [self._open],
            [self._log, self._open],
            queue=False,
            **QUIET,
        )
        for event in [*asked, stopped, judged]:
            event.then(self._keep, [self._open, self._saved], [self._saved, self._side], **QUIET)
        for event in asked:  # somebody may have changed it since
            self._generator.follow_on(event.then)

        at_once = AT_ONCE
        shown = [*view, self._evidence, self._side, self._saved, self._open]
        both = [self._saved, self._open]
        self._side.fresh(self._new, both, shown, cancels=asked, **at_once)
        self._side.open(self._reopen, both, shown, cancels=asked, **at_once)
        self._side.rename(self._rename, both, [self._side, *both], **at_once)
        self._side.delete(self._delete, both, shown, cancels=asked, **at_once)
        self._log.clear(self._clear, both, shown, cancels=asked, **at_once)
        self._log.evidence(told(self._show_evidence, self._texts), None, self._evidence, **at_once)
        self._evidence.close(lambda: "", None, self._evidence, **at_once)
        self._scope.clear_on(self._log.unscope)
        for listener in (self._question.submit, self._send.click, self._log.retry):
            self._scope.fold_on(listener)
            self._generator.fold_on(listener)

    def on_load(self, page: gr.Blocks) -> None:
        """Show what the browser kept; then, once the corpus is there, what could be asked."""
        both = [self._saved, self._open]
        page.load(self._restore, both, [self._log, self._intro, self._side], queue=False, **QUIET)
        self._generator.load_on(page.load)
        self.refresh_on(page.load)

    def refresh_on(self, listener: Any) -> None:  # noqa: ANN401 (an event of Gradio's)
        """Suggest anew at an event that follows a change of the corpus."""
        listener(told(self._suggest, self._texts), None, self._intro, **QUIET)
        self._scope.list_on(listener)

    # -- asking -----------------------------------------------------------------------------------

    def _ask(
        self, question: str, kept: object, within: Sequence[str], since: str, until: str
    ) -> Iterator[tuple[Any, ...]]:
        question = question.strip()
        if len(question) > MAX_QUESTION_CHARS:  # stays in the box, to be shortened
            raise gr.Error(
                self._texts.errors["question_too_long"],
                title=self._texts.error,
                print_exception=False,
            )
        if question:
            narrowed = Narrowed(within, since, until)
            yield from self._answer(question, _conversation(kept), narrowed)
        else:
            yield (gr.skip(),) * 7

    def _ask_example(
        self, kept: object, within: Sequence[str], since: str, until: str, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        yield from self._ask(str(event.question), kept, within, since, until)

    def _retry(
        self, kept: object, within: Sequence[str], since: str, until: str
    ) -> Iterator[tuple[Any, ...]]:
        """Answer the last question again, within the scope as it is now."""
        conversation = _conversation(kept)
        if conversation.exchanges:
            question = conversation.exchanges[-1].answer.question
            narrowed = Narrowed(within, since, until)
            yield from self._answer(question, conversation.without_last(), narrowed)
        else:
            yield (gr.skip(),) * 7

    def _answer(
        self, question: str, conversation: Conversation, narrowed: Narrowed
    ) -> Iterator[tuple[Any, ...]]:
        """Yield what the page shows while a question is answered, and what is kept at the end."""
        exchange = Exchange(Answer(question=question, language=self._texts.language))
        yield (*self._growing(conversation, exchange, question=""), exchange, gr.skip())
        try:
            scope = self._scope.read(narrowed)
            answers = self._answering().stream(question, conversation.history(), scope=scope)
            for answer in answers:
                found = conversations.found(answer.passages, self._library.document)
                exchange = Exchange(answer, found, scope=scope)
                yield (*self._growing(conversation, exchange), exchange, gr.skip())
        except Exception as error:  # noqa: BLE001 (`sentence` logs what it does not expect)
            exchange = replace(exchange, error=sentence(error, self._texts))
        conversation = conversation.with_exchange(exchange)
        yield (*self._rested(conversation), None, conversations.to_json(conversation))

    def _stop_answer(self, live: Exchange | None, kept: object) -> tuple[Any, ...]:
        conversation = _conversation(kept)
        if live is not None:
            conversation = conversation.with_exchange(replace(live, stopped=True))
        return (*self._rested(conversation), None, conversations.to_json(conversation))

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
        conversation, number = _conversation(kept), int(event.exchange)
        exchange = conversation.exchanges[number]
        right = None if event.passage is None else exchange.found[int(event.passage)].citation
        add_case(
            self._evaluation.sets_dir,
            exchange.answer.question,
            language=exchange.answer.language,
            history=conversation.history(until=number),
            passage=Quote(right.doc_id, right.quote) if right else None,
        )
        conversation = conversation.with_judged(number)
        return render.transcript(conversation, self._texts), conversations.to_json(conversation)

    # -- conversations ----------------------------------------------------------------------------

    def _keep(self, kept: object, saved: Saved) -> tuple[Saved, str]:
        conversation = _conversation(kept)
        saved, dropped = conversations.keep(_list(saved), conversation)
        return saved, self._listed(saved, conversation, dropped=dropped)

    def _restore(self, saved: Saved, kept: object) -> tuple[Any, ...]:
        conversation = _conversation(kept)
        return (
            render.transcript(conversation, self._texts),
            gr.update(visible=not conversation.exchanges),
            self._listed(_list(saved), conversation),
        )

    def _new(self, saved: Saved, kept: object) -> tuple[Any, ...]:
        return self._switch(_list(saved), Conversation())

    def _reopen(self, saved: Saved, kept: object, event: gr.EventData) -> tuple[Any, ...]:
        chosen = [
            one for one in _list(saved) if one.get("conversation_id") == event.conversation_id
        ]
        return self._switch(_list(saved), _conversation(chosen[0] if chosen else None))

    def _rename(self, saved: Saved, kept: object, event: gr.EventData) -> tuple[Any, ...]:
        saved = conversations.rename(_list(saved), str(event.conversation_id), str(event.title))
        conversation = _conversation(kept)
        for one in saved:
            if one["conversation_id"] == conversation.conversation_id:
                conversation = replace(conversation, title=one["title"])
        return self._listed(saved, conversation), saved, conversations.to_json(conversation)

    def _delete(self, saved: Saved, kept: object, event: gr.EventData) -> tuple[Any, ...]:
        saved = conversations.without(_list(saved), str(event.conversation_id))
        conversation = _conversation(kept)
        gone = conversation.conversation_id == event.conversation_id
        return self._switch(saved, Conversation() if gone else conversation)

    def _clear(self, saved: Saved, kept: object) -> tuple[Any, ...]:
        gone = _conversation(kept).conversation_id
        return self._switch(conversations.without(_list(saved), gone), Conversation())

    def _switch(self, saved: Saved, conversation: Conversation) -> tuple[Any, ...]:
        """Return everything that is shown when another conversation is opened."""
        return (
            *self._rested(conversation),
            "",
            self._listed(saved, conversation),
            saved,
            conversations.to_json(conversation),
        )

    def _listed(self, saved: Saved, conversation: Conversation, *, dropped: int = 0) -> str:
        return render.conversation_list(
            saved, conversation.conversation_id, self._texts, dropped=dropped
        )

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


def _conversation(kept: object) -> Conversation:
    return conversations.from_json(kept) or Conversation()


def _list(saved: Sequence[dict[str, Any]] | None) -> Saved:
    """Return what the browser kept, less what is no conversation."""
    return [one for one in saved or [] if isinstance(one, dict) and "conversation_id" in one]
