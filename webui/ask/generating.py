"""The control above the question box that says what writes the answers, and changes it."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlsplit

import gradio as gr
from markupsafe import Markup

from index.errors import ChatbotError, GenerationError
from rag.models.language_model import short_name
from rag.models.openai_servers import Offered, offered
from rag.settings import RagSettings, api_key, model_ports
from webui.ask.answering import Answering, State
from webui.components import AT_ONCE, QUIET, html
from webui.door.hosts import is_local
from webui.drawing import reading
from webui.drawing.markup import EMPTY, event, join
from webui.failures import reason, sentence
from webui.texts import Texts

_OPENAI = "api.openai.com"
_COPY_JS = "wenzheng.connect(element, trigger)"
_OFFER_JS = "wenzheng.connect(element, trigger) // 'take'"


class GeneratorControl:
    """A line that says what writes the answers; unfolded, another can be chosen."""

    def __init__(self, texts: Texts, answering: Answering) -> None:
        """Lay it out where the page stands."""
        self._texts = texts
        self._answering = answering
        self._begun = answering.state.running
        state = answering.state
        with (
            gr.Row(elem_id="generator"),
            gr.Accordion(line(state, texts), open=False) as self._line,
        ):
            if not answering.fixed:
                self._offered = html(offers(None, texts), _OFFER_JS)
                self._kind = gr.Radio(
                    list(texts.generators),
                    value=self._begun.generator,
                    label=texts.generator_label,
                    elem_id="generator-kind",
                )
                with gr.Row():
                    self._model = self._field("model", self._begun.model)
                    self._base_url = self._field("base_url", self._begun.base_url)
                    self._use = gr.Button(texts.use, elem_id="generator-use")
            self._status = html(status(state, texts, fixed=answering.fixed), _COPY_JS)
            if not answering.fixed:
                self._about = html(self._about_kind(self._begun.generator))
                self._wire()

    def follow_on(self, listener: Callable[..., Any]) -> None:
        """Let an event show what writes the answers, until nothing is being loaded."""
        listener(self._follow, None, self._shown, **QUIET)

    def load_on(self, listener: Callable[..., Any]) -> None:
        """Let an event show that, and fill in the fields."""
        if not self._answering.fixed:
            listener(self._fill, None, [self._kind, *self._fields], **AT_ONCE)
        self.follow_on(listener)

    def fold_on(self, listener: Callable[..., Any]) -> None:
        """Let an event fold the control, so that the answer has its place."""
        listener(lambda: gr.update(open=False), None, self._line, **AT_ONCE)

    @property
    def _fields(self) -> list[gr.components.Component]:
        return [self._model, self._base_url, self._about]

    @property
    def _shown(self) -> list[gr.components.Component]:
        changed = [] if self._answering.fixed else [self._use]
        return [self._line, self._status, *changed]

    def _field(self, name: Literal["model", "base_url"], value: str | None) -> gr.Textbox:
        return gr.Textbox(
            value=value or "",
            label=getattr(self._texts, name),
            max_lines=1,
            max_length=500,
            elem_id=f"generator-{name.replace('_', '-')}",
            min_width=200,
            **self._asks_for(self._begun.generator)[name],
        )

    def _wire(self) -> None:
        self._line.expand(self._offer, None, self._offered, **AT_ONCE)
        self._offered.take(
            self._take,
            None,
            [*self._shown, self._kind, self._model, self._base_url],
            trigger_mode="once",
            **QUIET,
        )
        self._kind.change(self._ask_for, self._kind, self._fields, **AT_ONCE)
        gr.on(
            [self._use.click, self._model.submit, self._base_url.submit],
            self._choose,
            [self._kind, self._model, self._base_url],
            self._shown,
            trigger_mode="once",
            **QUIET,
        )

    def _asks_for(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return what is to be shown of each field for a choice."""
        texts, there = self._texts, kind == "openai"
        hint = texts.model_there if there else texts.model_here
        return {
            "model": {"visible": kind != "extractive", "placeholder": hint},
            "base_url": {"visible": there, "placeholder": texts.base_url_hint},
        }

    def _about_kind(self, kind: str) -> str:
        address = self._answering.key_address or _OPENAI
        return about(kind, self._texts, key_address=address if api_key() else None)

    def _ask_for(self, kind: str) -> tuple[Any, Any, str]:
        """Show the fields that a choice needs, and what to know about it."""
        fields = self._asks_for(kind)
        return (
            gr.update(**fields["model"]),
            gr.update(**fields["base_url"]),
            self._about_kind(kind),
        )

    def _offer(self, request: gr.Request) -> str:
        """Return the models of servers on this computer, for whoever sits at it."""
        if not is_local(request.headers.get("host", "")):
            return ""
        return offers(offered(model_ports()), self._texts)

    def _take(self, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Have a model write that was offered, and fill in the fields for it."""
        model, base_url = str(event.model), str(event.base_url)
        fields = ("openai", *(gr.update(value=one, visible=True) for one in (model, base_url)))
        for shown in self._choose("openai", model, base_url, request):
            yield *shown, *fields

    def _fill(self) -> tuple[Any, ...]:
        running = self._answering.state.loading or self._answering.state.running
        if running == self._begun:  # there already, and the reader may be choosing another
            return (gr.skip(),) * 4
        model, base_url, known = self._ask_for(running.generator)
        return (
            running.generator,
            model | {"value": running.model or ""},
            base_url | {"value": running.base_url or ""},
            known,
        )

    def _choose(
        self, kind: str, model: str, base_url: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Have another write the answers, and show how that goes."""
        written = kind != "extractive"
        settings = replace(
            self._answering.state.running,
            generator=kind,
            model=(written and model.strip()) or None,
            base_url=(kind == "openai" and base_url.strip()) or None,
        )
        try:
            if not is_local(request.headers.get("host", "")):
                raise GenerationError(
                    "What writes the answers is chosen at the server itself: "
                    "python ui.py --generator NAME",
                    code="not_here",
                )
            self._answering.use(settings)
        except Exception as error:  # noqa: BLE001 (`sentence` logs what it does not expect)
            yield gr.skip(), reading.fault(sentence(error, self._texts)), gr.skip()
            return
        yield from self._follow()

    def _follow(self) -> Iterator[tuple[Any, ...]]:
        texts, fixed = self._texts, self._answering.fixed
        for state in self._answering.follow():
            changed = [] if fixed else [gr.update(interactive=state.loading is None)]
            label = gr.update(label=line(state, texts))
            yield label, status(state, texts, fixed=fixed), *changed


def line(state: State, texts: Texts) -> str:
    """Return what writes the answers, and what is on its way to, in a few words."""
    running, written = state.running, state.running.generator != "extractive"
    said = _name(running, texts) + (f" · {running.generator}" if running.model else "")
    if state.loading:
        said = texts.generator_loading_short.format(running=said, model=_name(state.loading, texts))
    elif state.failed and written and state.model is None:
        said = texts.generator_wrong.format(running=said)
    return texts.generator.format(running=said)


def offers(found: Sequence[Offered] | None, texts: Texts) -> str:
    """Return what a language model is good for, and those that are there. None: being looked for.

    Each is a button that names it, its server and where that listens.
    """
    said = reading.hint(texts.model_gain)
    if found is None:
        return said + Markup('<p class="hint" role="status">{}</p>').format(texts.offers_looking)
    if not found:
        return said + Markup('<p class="hint" role="status">{}</p>').format(texts.offers_none)
    buttons = join(
        Markup(
            '<li><button type="button" class="action" {}><bdi>{}</bdi> '
            '<span dir="ltr">{}</span></button></li>'
        ).format(
            event("take", {"model": one.model, "base_url": one.base_url}),
            one.model,
            " ".join(filter(None, (one.server, urlsplit(one.base_url).netloc))),
        )
        for one in found
    )
    return said + Markup('<h3>{}</h3><ul class="offers">{}</ul>').format(texts.offers, buttons)


def about(kind: str, texts: Texts, *, key_address: str | None) -> str:
    """Return what to know about a choice before it is made.

    `key_address` is where the key of the environment goes, None where there is no key.
    """
    said = []
    if kind == "openai":
        key = texts.key_set.format(server=key_address) if key_address else texts.key_missing
        said.append(texts.sent_there + key)
    if kind != "extractive":
        said.append(texts.weak_check)
    return _hints(said)


def status(state: State, texts: Texts, *, fixed: bool) -> str:
    """Return how things stand: what is being loaded, what went wrong, how to start with it."""
    if fixed:
        written = state.running.generator != "extractive"
        return _hints([texts.generator_fixed, *([texts.weak_check] if written else [])])
    parts = []
    if state.loading:
        said = texts.generator_loading.format(model=_name(state.loading, texts))
        parts.append(Markup('<p class="message searching" role="status">{}</p>').format(said))
        if state.message:
            parts.append(Markup('<p class="hint" lang="en">{}</p>').format(state.message))
    elif state.failed:
        parts.append(_failure(state.failed, state.error, texts))
    return join([*parts, _command(state.running, texts)])


def _failure(failed: RagSettings, error: ChatbotError | None, texts: Texts) -> Markup:
    """Return the sentence of an error, and folded below it the message, which knows more."""
    said = reason(error, texts) if error else texts.unexpected
    message = str(error or said)
    details = (
        Markup('<details><summary>{}</summary><p lang="en" dir="ltr">{}</p></details>').format(
            texts.details, message
        )
        if said != message
        else EMPTY
    )
    return Markup('<div class="error" role="alert"><p>{}</p>{}</div>').format(
        texts.generator_failed.format(model=_name(failed, texts), reason=said), details
    )


def _command(running: RagSettings, texts: Texts) -> Markup:
    words = ["python", "ui.py", "--generator", running.generator]
    words += ["--model", running.model] if running.model else []
    words += ["--base-url", running.base_url] if running.base_url else []
    words += ["--context-tokens", str(running.context_tokens)] if running.context_tokens else []
    words += ["--answer-tokens", str(running.answer_tokens)] if running.answer_tokens else []
    command = shlex.join(words)
    return Markup(
        '<p class="hint">{}</p><p class="command"><code dir="ltr">{}</code>'
        '<button type="button" class="action" data-copy="{}" data-copied="{}">{}</button></p>'
    ).format(texts.generator_command, command, command, texts.copied, texts.copy_command)


def _hints(said: Sequence[str]) -> Markup:
    return join(map(reading.hint, said))


def _name(settings: RagSettings, texts: Texts) -> str:
    """Return what the reader calls it: the model, or where none is named, the kind."""
    if settings.model:
        return short_name(settings.model)
    kinds = {kind: label for label, kind in texts.generators}
    return kinds.get(settings.generator, settings.generator)
