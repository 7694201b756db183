"""The tab where questions are asked: conversation list, transcript, evidence beside it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import gradio as gr

from eval.questions.local import add_case
from eval.questions.sets import Quote
from eval.settings import EvaluationSettings
from index.errors import ChatbotError
from index.keeping.library import Library
from rag.types import MAX_QUESTION_CHARS, Answer
from webui import conversations, exporting
from webui.ask.answering import Answering
from webui.ask.evidence import EvidencePanel
from webui.ask.examples import welcome
from webui.ask.further import Further
from webui.ask.generating import GeneratorControl
from webui.ask.kept import KeptConversations, drawn
from webui.ask.scoping import Narrowed, ScopeControl
from webui.components import AT_ONCE, QUIET, html
from webui.conversations import Conversation, Exchange
from webui.door.gradio_inside import for_editors
from webui.drawing import beside, exchanges
from webui.failures import sentence, told
from webui.sealing import Seal
from webui.texts import Texts

ANSWERS_AT_ONCE = 8
"""How many questions of all readers are answered at the same time; the others wait in line."""

_LOG_JS = (
    "wenzheng.connect(element, trigger);"
    "watch('value', () => wenzheng.draw(props.value));"
    "// 'evidence' 'retry' 'reask' 'judge' 'unscope' 'export'"
)
_INTRO_JS = "wenzheng.connect(element, trigger); wenzheng.offering(trigger) // 'ask'"
_ADDED_JS = "wenzheng.connect(element, trigger); attaching.name() // 'stop' 'dismiss'"
# What the browser keeps travels with the events that need it: see `kept`.
_ASKED = "(open, question, ...scope) => wenzheng.asked(question, scope)"
_WITH_SAID = "(open, ...others) => [wenzheng.said(), ...others]"
_WITH_ALL = "(open, ...others) => [wenzheng.all(), ...others]"
_GIVE_BACK = "() => wenzheng.giveBack()"
_NOT_TAKEN = "() => wenzheng.notTaken()"
_SAVE = "(file) => wenzheng.save(file)"

_Shown = tuple[Any, Any, Any]
"""What is drawn of a conversation, what is being answered in which, what the browser keeps."""
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
        self._layout(Seal(secret))
        self._wire()

    # -- layout -----------------------------------------------------------------------------------

    def _layout(self, seal: Seal) -> None:
        texts = self._texts
        self._live = gr.State(None)
        self._file = gr.JSON(visible=False)
        with gr.Row(elem_classes="columns"):
            with gr.Column(elem_classes="side", min_width=0):
                self._kept = KeptConversations(texts, seal)
            with gr.Column(elem_classes="main", min_width=0):
                self._intro = html(beside.welcome(texts, examples=(), documents=None), _INTRO_JS)
                self._log = html(None, _LOG_JS, template=exchanges.transcript(texts))
                self._further = Further(texts, self._answering, seal)
                with gr.Column(elem_id="asking", min_width=0):
                    self.added = html("", _ADDED_JS)
                    with gr.Row(elem_id="lines"):
                        self._scope = ScopeControl(texts, self._library)
                        self._generator = GeneratorControl(texts, self._answering)
                    with gr.Row(elem_id="composer"):
                        with gr.Column(elem_id="attaching", min_width=0):
                            self.attach = gr.UploadButton(
                                texts.attach, file_count="multiple", elem_id="attach"
                            )
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
                self._evidence = EvidencePanel(texts, self._library)

    def _wire(self) -> None:
        outputs = [self._log, self._live, self._kept.to_keep]
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
            [self._kept.open, self._question, *scope],
            js=_ASKED,
            # The browser waits for the answer before (scripts/page.js). Gradio would wait for the
            # end of its event as well, and let go what is sent between the two.
            trigger_mode="multiple",
            **answering,
        )
        typed.failure(None, None, None, js=_GIVE_BACK)
        asked = [
            typed,
            (
                example := self._intro.ask(
                    self._ask_example, [self._kept.open, *scope], js=_WITH_SAID, **answering
                )
            ),
            self._log.retry(self._retry, scope, **answering),
            (reasked := self._log.reask(self._reask, scope, **answering)),
        ]
        for event in (example, reasked):
            event.failure(None, None, None, js=_NOT_TAKEN)
        # The answer ends first: its last piece may still be on its way when Stop is pressed.
        stopped = self._stop.click(None, cancels=asked).then(
            self._stop_answer, [self._kept.open, self._live], outputs, js=_WITH_ALL, **AT_ONCE
        )
        judged = self._log.judge(
            told(self._judge, self._texts), None, [self._log, self._kept.to_keep], **AT_ONCE
        )
        for listener in (self._question.submit, self._send.click, self._intro.ask):
            listener(lambda: "", None, self.added, **AT_ONCE)  # the answer needs the place
        self._kept.wire([stopped, judged], asked, self._evidence.shown)
        for event in asked:  # somebody may have changed it since
            self._generator.follow_on(event.then)
            self._further.follow_on(self._kept.keep_on(event.then).then)

        self._evidence.open_on(self._log.evidence, self._live, self._kept.read)
        self._log.export(told(self._export, self._texts), None, self._file, **AT_ONCE).success(
            None, self._file, None, js=_SAVE
        )
        self._scope.clear_on(self._log.unscope)
        for listener in (self._question.submit, self._send.click, self._log.retry, self._log.reask):
            self._scope.fold_on(listener)
            self._generator.fold_on(listener)

    def on_load(self, page: gr.Blocks) -> None:
        """Show what the browser kept; then, once the corpus is there, what could be asked."""
        self._kept.load_on(page.load)
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
        if question := _short_enough(question, self._texts):
            exchange = Exchange(Answer(question, self._texts.language))
            narrowed = Narrowed(within, since, until)
            yield from self._answer(exchange, self._kept.read(kept), narrowed)
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
        conversation = self._kept.read(event.conversation)
        if conversation.exchanges:
            exchange = conversation.exchanges[0].again()
            yield from self._answer(exchange, conversation, Narrowed(within, since, until))
        else:  # another tab has deleted it
            yield _NOTHING

    def _reask(
        self, within: Sequence[str], since: str, until: str, event: gr.EventData
    ) -> Iterator[_Shown]:
        """Answer another question in the place of one, and of all that followed that."""
        question = _short_enough(str(event.question), self._texts)
        conversation = self._kept.read(event.conversation)
        if not question or not conversation.exchanges:  # another tab has deleted it
            yield _NOTHING
            return
        (before,) = conversation.exchanges
        named = conversation.named_anew(before.answer.question, question)
        narrowed = Narrowed(within, since, until)
        yield from self._answer(before.again(question), named, narrowed, replacing=True)

    def _answer(
        self,
        exchange: Exchange,
        conversation: Conversation,
        narrowed: Narrowed,
        *,
        replacing: bool = False,
    ) -> Iterator[_Shown]:
        """Yield what the page shows while a question is answered, and what is kept at the end."""
        question = exchange.answer.question
        yield self._growing(conversation, exchange, replacing=replacing)
        try:
            scope = self._scope.read(narrowed)
            answers = self._answering.stream(
                question, conversation.turns, likely=self._texts.language, scope=scope
            )
            for answer in answers:
                exchange = replace(exchange, answer=answer, scope=scope)
                yield self._growing(conversation, exchange, replacing=replacing)
        except Exception as error:  # noqa: BLE001 (`sentence` logs what it does not expect)
            exchange = replace(exchange, error=sentence(error, self._texts))
        yield self._finished(conversation, exchange)
        yield _NOTHING  # Gradio sends what comes last twice

    def _stop_answer(self, kept: object, live: tuple[Conversation, Exchange] | None) -> _Shown:
        if live is None:  # the answer was whole before Stop was pressed
            shown = drawn(self._kept.read(kept), self._texts, anew=True, state="ended")
            return shown, None, gr.skip()
        conversation, exchange = live  # which another may have taken the place of
        return self._finished(conversation, replace(exchange, stopped=True))

    def _growing(
        self, conversation: Conversation, exchange: Exchange, *, replacing: bool
    ) -> _Shown:
        shown = drawn(conversation, self._texts, exchange, state="growing", replacing=replacing)
        return shown, (conversation, exchange), gr.skip()

    def _finished(self, conversation: Conversation, exchange: Exchange) -> _Shown:
        with suppress(ChatbotError):  # a document was removed meanwhile
            found = conversations.found(exchange.answer.passages, self._library.document)
            exchange = replace(exchange, found=found)
        named = conversation.named_by(exchange.answer.question)
        shown = drawn(conversation, self._texts, exchange, state="ended")
        return shown, None, self._kept.part(named, exchange)

    @for_editors
    def _judge(self, event: gr.EventData) -> tuple[Any, Any]:
        """Make a case of an answer that a reader found wrong."""
        conversation = self._kept.read(event.conversation)
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
        shown = drawn(conversation, self._texts, judged)
        return shown, self._kept.part(conversation, judged)

    def _export(self, event: gr.EventData) -> dict[str, Any]:
        conversation = self._kept.read(event.conversation)
        entries = map(exporting.entry, conversation.exchanges)
        return exporting.file(
            "conversation", conversation.title, entries, str(event.format), self._texts.language
        )

    # -- corpus -----------------------------------------------------------------------------------

    def _suggest(self) -> str:
        return welcome(self._library, self._answering, self._texts)


def _short_enough(question: str, texts: Texts) -> str:
    """Return a question as it is asked; one that is too long stays where it is typed."""
    question = question.strip()
    if len(question) > MAX_QUESTION_CHARS:
        raise gr.Error(texts.errors["question_too_long"], title=texts.error, print_exception=False)
    return question
