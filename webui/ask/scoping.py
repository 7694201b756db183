"""The control above the question box that narrows questions to some documents, folders or dates."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import gradio as gr

from index.errors import ChatbotError
from index.keeping.library import Library
from index.search.database import DocumentSummary
from index.search.scope import make_scope
from index.types import EVERYTHING, Scope
from webui.components import AT_ONCE, html
from webui.drawing import exchanges, reading
from webui.failures import sentence
from webui.texts import Texts


class Narrowed(NamedTuple):
    """What a reader has put into the control: documents, folders or patterns, and two dates."""

    within: Sequence[str]
    since: str
    until: str


_UNTOUCHED = Narrowed([], "", "")


class ScopeControl:
    """A line that says what is looked in; unfolded, it takes documents, folders and dates."""

    def __init__(self, texts: Texts, library: Library) -> None:
        """Lay it out where the page stands."""
        self._texts = texts
        self._library = library
        with gr.Row(elem_id="scope"):
            with gr.Accordion(texts.scope_all, open=False) as self._line:
                self._within = gr.Dropdown(
                    [],
                    multiselect=True,
                    allow_custom_value=True,
                    label=texts.scope_documents,
                    info=texts.scope_hint,
                    elem_id="scope-within",
                )
                with gr.Row():
                    self._since = self._date(texts.since, "scope-since")
                    self._until = self._date(texts.until, "scope-until")
                self._fault = html("")
            self._clear = gr.Button(texts.scope_clear, visible=False, elem_id="scope-clear")
        gr.on(
            [self._within.change, self._since.change, self._until.change],
            self._tell,
            self.inputs,
            [self._line, self._fault, self._clear],
            trigger_mode="always_last",
            **AT_ONCE,
        )
        self.clear_on(self._clear.click)

    @property
    def inputs(self) -> list[gr.components.Component]:
        """What an event takes as the three fields of `Narrowed`."""
        return [self._within, self._since, self._until]

    def read(self, narrowed: Narrowed) -> Scope:
        """Return the scope that a reader means. Raises ChatbotError where it is none."""
        patterns = [pattern.strip() for pattern in narrowed.within if pattern.strip()]
        since, until = narrowed.since.strip() or None, narrowed.until.strip() or None
        if not patterns and since is None and until is None:
            return EVERYTHING
        doc_ids = [summary.doc_id for summary in self._library.documents()]
        meant = [_meant(pattern, doc_ids) for pattern in patterns]
        return make_scope(meant, since=since, until=until, doc_ids=doc_ids)

    def clear_on(self, listener: Callable[..., Any]) -> None:
        """Let an event clear the scope."""
        listener(lambda: _UNTOUCHED, None, self.inputs, **AT_ONCE)

    def fold_on(self, listener: Callable[..., Any]) -> None:
        """Let an event fold the control, so that the answer has its place."""
        listener(lambda: gr.update(open=False), None, self._line, **AT_ONCE)

    def list_on(self, listener: Callable[..., Any]) -> None:
        """Let an event read anew what there is to choose from."""
        listener(self._choices, None, self._within, **AT_ONCE)

    def _date(self, label: str, elem_id: str) -> gr.Textbox:
        return gr.Textbox(
            value="",
            label=label,
            placeholder=self._texts.date_hint,
            max_lines=1,
            max_length=10,
            elem_id=elem_id,
            min_width=140,
        )

    def _tell(self, within: Sequence[str], since: str, until: str) -> tuple[Any, str, Any]:
        """Say on the line what is looked in, or what is wrong with it."""
        texts, fault = self._texts, ""
        try:
            scope = self.read(Narrowed(within, since, until))
        except ChatbotError as error:
            label, fault = texts.scope_wrong, reading.fault(sentence(error, texts))
        else:
            chosen = exchanges.scope_in_words(scope, texts)
            label = texts.scope.format(scope=chosen) if chosen else texts.scope_all
        return gr.update(label=label), fault, gr.update(visible=label != texts.scope_all)

    def _choices(self) -> Any:  # noqa: ANN401 (an update of Gradio's)
        try:
            summaries = self._library.documents()
        except ChatbotError:  # said in full when a question is asked
            return gr.skip()
        return gr.update(choices=choices(summaries, self._texts))


def _meant(pattern: str, doc_ids: Sequence[str]) -> str:
    """Return the pattern, or where it matches nothing, one for the names that hold it."""
    try:
        make_scope([pattern], doc_ids=doc_ids)
    except ChatbotError:
        return f"*{pattern}*"
    return pattern


def choices(summaries: Sequence[DocumentSummary], texts: Texts) -> list[tuple[str, str]]:
    """Return what can be chosen, as labels with patterns: the folders first, then the documents."""
    counts = Counter(
        f"{folder}/"
        for summary in summaries
        for folder in PurePosixPath(summary.doc_id).parents
        if folder.name
    )
    folders = [
        (texts.scope_folder.format(folder=folder, count=count), folder)
        for folder, count in sorted(counts.items())
    ]
    titled = ((f"{each.metadata.title} · {each.doc_id}", each.doc_id) for each in summaries)
    return [*folders, *titled]
