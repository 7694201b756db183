"""The tab where evaluation sets are run and runs are compared."""

import datetime
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from eval.errors import EvaluationError
from eval.questions.sets import Case, known_sets
from eval.runs.compare import Comparison, compare
from eval.runs.results import Run, read_run
from eval.settings import EvaluationSettings
from index.errors import ChatbotError
from index.settings import IndexSettings
from webui.ask.answering import Answering
from webui.components import QUIET, html
from webui.door.gradio_inside import for_editors
from webui.drawing import reading
from webui.failures import sentence, told
from webui.measuring import figures
from webui.measuring.running import Outcome, Runner, Step, StoppedError
from webui.texts import Texts

# Questions are encoded in batches: the first few come late and say nothing about the pace.
_PACED_BY = 32

# Gradio would hold what was chosen against the choices that it remembers for the tab, and it
# forgets tabs. What is chosen is looked up here.
_AS_SENT: dict[str, Any] = {"preprocess": False}


class EvaluationTab:
    """The components of the tab and what their events do, in one language."""

    def __init__(
        self,
        texts: Texts,
        index_settings: IndexSettings,
        answering: Answering,
        evaluation: EvaluationSettings,
    ) -> None:
        """Lay the tab out."""
        self._texts = texts
        self._runner = Runner(index_settings, answering, evaluation)
        self._evaluation = evaluation
        self._stopped: set[str | None] = set()  # sessions whose reader pressed Stop
        self._layout()
        self._wire()

    def _layout(self) -> None:
        texts = self._texts
        with (
            gr.Row(elem_classes="columns"),
            gr.Column(elem_classes=["main", "measuring"], min_width=0),
        ):
            with gr.Row(elem_classes="choosing"):
                self._set = gr.Dropdown([], label=texts.set_label, elem_id="set", min_width=180)
                self._split = gr.Radio([], label=texts.split_label, elem_id="split", min_width=180)
                self._run = gr.Button(
                    texts.run_set, variant="primary", elem_id="run", interactive=False
                )
                self._stop = gr.Button(texts.stop, visible=False, elem_id="stop-run")
            self._about = html("", "")
            with gr.Row(elem_classes="choosing"):
                self._finished = gr.Dropdown(
                    [],
                    value=None,
                    label=texts.finished,
                    elem_id="finished",
                )
            self._progress = html("", "")
            self._results = html("", "")
            html(figures.compare_heading(texts), "")
            with gr.Row(elem_classes="choosing"):
                self._before = gr.Dropdown([], label=texts.before, elem_id="before", min_width=180)
                self._after = gr.Dropdown([], label=texts.after, elem_id="after", min_width=180)
                self._compare = gr.Button(texts.compare, elem_id="compare")
            self._comparison = html("", "")

    def _wire(self) -> None:
        at_once: dict[str, Any] = {"queue": False, **QUIET}
        buttons = [self._run, self._stop]
        self._set.change(
            told(self._choose_set, self._texts),
            self._set,
            [self._about, self._split, self._run],
            **at_once,
            **_AS_SENT,
        )
        # One run at a time, of all readers: two would only slow each other, and the chat.
        ran = self._run.click(
            self._begin, None, [self._progress, self._results, *buttons], **at_once
        ).then(
            self._run_set,
            [self._set, self._split],
            [self._progress, self._results, *buttons],
            **{**QUIET, **_AS_SENT, "concurrency_limit": 1, "concurrency_id": "evaluation"},
        )
        ran.then(self._runs, None, self._choices, **at_once)
        self._finished.input(
            told(self._open_run, self._texts),
            self._finished,
            [self._progress, self._results],
            **QUIET,
            **_AS_SENT,
        )
        self._stop.click(self._stop_run, None, self._stop, **at_once)
        self._compare.click(
            told(self._compare_runs, self._texts),
            [self._before, self._after],
            self._comparison,
            **QUIET,
            **_AS_SENT,
        )

    def refresh_on(self, tab: gr.Tab) -> None:
        """List sets and runs each time the tab is opened."""
        tab.select(
            self._sets, self._set, [self._set, self._about], queue=False, **QUIET, **_AS_SENT
        )
        tab.select(self._runs, None, self._choices, queue=False, **QUIET)

    @property
    def _choices(self) -> list[gr.components.Component]:
        return [self._finished, self._before, self._after]

    # -- choosing ---------------------------------------------------------------------------------

    @for_editors
    def _sets(self, chosen: str | None) -> tuple[Any, Any]:
        names = known_sets(self._evaluation.sets_dir)
        if not names:
            return gr.update(choices=[], value=None), reading.message(self._texts.no_sets)
        value = chosen if chosen in names else names[0]
        return gr.update(choices=names, value=value), gr.skip()

    @for_editors
    def _choose_set(self, name: str | None) -> tuple[Any, Any, Any]:
        if name is None:
            return "", gr.update(choices=[], value=None), gr.update(interactive=False)
        try:
            chosen = self._runner.read(name)
        except ChatbotError as error:
            told = reading.message(sentence(error, self._texts))
            return told, gr.update(choices=[], value=None), gr.update(interactive=False)
        known = {case.split for case in chosen.cases} | {"all"}
        splits = [(label, split) for split, label in self._texts.splits if split in known]
        about = self._texts.about_live_set if chosen.live else self._texts.about_set
        counted = about.format(cases=len(chosen.cases), documents=len(chosen.files))
        return (
            reading.hint(counted),
            gr.update(choices=splits, value=chosen.default_split),
            gr.update(interactive=True),
        )

    # -- running ----------------------------------------------------------------------------------

    @for_editors
    def _begin(self, request: gr.Request) -> tuple[Any, ...]:
        self._stopped.discard(request.session_hash)
        waiting = reading.progress(self._texts.waiting, "", 0, 0, None, self._texts)
        return waiting, "", gr.update(visible=False), gr.update(visible=True, interactive=True)

    @for_editors
    def _stop_run(self, request: gr.Request) -> dict[str, Any]:
        self._stopped.add(request.session_hash)
        return gr.update(interactive=False)

    @for_editors
    def _run_set(self, name: str, split: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Yield how far it has come, then what came of it."""
        ended: Outcome | Exception | None = None

        def steps() -> Iterator[Step]:
            nonlocal ended
            stopped = self._stopped
            for step in self._runner.run(name, split, lambda: request.session_hash in stopped):
                if isinstance(step, Step):
                    yield step
                else:
                    ended = step

        try:
            for shown in self._steps(steps()):
                yield shown, gr.skip(), gr.skip(), gr.skip()
        finally:
            self._stopped.discard(request.session_hash)
        rested = gr.update(visible=True), gr.update(visible=False)
        assert ended is not None
        yield (*self._ended(ended), *rested)

    def _steps(self, steps: Iterator[Step]) -> Iterator[str]:
        """Yield the steps with the time that is left, by the pace of those before."""
        labels = {"preparing": self._texts.preparing, "answering": self._texts.answering}
        first: tuple[str, int, float] | None = None
        for step in steps:
            now = time.monotonic()
            if first is None or first[0] != step.stage:
                first = step.stage, step.done, now
            done = step.done - first[1]
            paced = done >= _PACED_BY
            left = (now - first[2]) / done * (step.total - step.done) if paced else None
            label = labels[step.stage]
            count = f"{step.done} / {step.total}" if step.total else ""
            yield reading.progress(label, count, step.done, step.total, left, self._texts)

    def _ended(self, outcome: Outcome | Exception) -> tuple[str, str]:
        texts = self._texts
        if isinstance(outcome, StoppedError):
            return reading.message(texts.run_stopped.format(done=0, total="–")), ""
        if isinstance(outcome, Exception):
            return reading.message(sentence(outcome, texts)), ""
        done, total = len(outcome.run.records), len(outcome.cases)
        seconds = f"{sum(outcome.run.seconds.values()):.1f}"
        said = texts.run_done if done == total else texts.run_stopped
        words = [said.format(done=done, total=total, seconds=seconds)]
        if outcome.left_out:
            words.append(texts.left_out.format(count=outcome.left_out))
        shown = self._shown(outcome.run, outcome.cases) if done else ""
        return reading.message(" ".join(words)), shown

    def _shown(self, run: Run, cases: Sequence[Case]) -> str:
        """Return the results of a run, against the baseline of its set where there is one."""
        name = f"baseline-{run.fingerprint['set']}.json"
        found = next((path for path in self._files() if path.name == name), None)
        baseline: Comparison | None = None
        if found is not None:
            with suppress(EvaluationError):  # it has none of these questions, or cannot be read
                before = read_run(found)
                baseline = None if before == run else compare(before, run)
        return figures.results(run, cases, self._texts, baseline=baseline)

    # -- opening again ----------------------------------------------------------------------------

    @for_editors
    def _open_run(self, name: str | None) -> tuple[str, str]:
        files = {path.name: path for path in self._files()}
        if name not in files:
            return "", ""
        run = read_run(files[name])
        cases: tuple[Case, ...] = ()
        with suppress(ChatbotError):  # its set is gone
            cases = self._runner.read(str(run.fingerprint["set"])).cases
        told = self._texts.run_opened.format(
            name=files[name].stem,
            started=run.started[:16].replace("T", " "),
            total=len(run.records),
        )
        return reading.message(told), self._shown(run, cases)

    # -- comparing --------------------------------------------------------------------------------

    @for_editors
    def _runs(self) -> tuple[Any, Any, Any]:
        """List the runs, newest first; what is chosen stays chosen."""
        listed = gr.update(choices=[(_label(path), path.name) for path in self._files()])
        return listed, listed, listed

    def _files(self) -> list[Path]:
        files = self._evaluation.results_dir.glob("*.json")
        return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)

    @for_editors
    def _compare_runs(self, before: str | None, after: str | None) -> str:
        files = {path.name: path for path in self._files()}
        if before not in files or after not in files:
            return reading.message(self._texts.need_two_runs)
        found = compare(read_run(files[before]), read_run(files[after]))
        return figures.comparison(found, self._texts)


def _label(path: Path) -> str:
    written = datetime.datetime.fromtimestamp(path.stat().st_mtime)
    return f"{path.stem} · {written:%Y-%m-%d %H:%M}"
