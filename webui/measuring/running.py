"""A set that is run in a thread of its own: how far it has come, then what came of it."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eval.errors import EvaluationError
from eval.questions.sets import SPLITS, Case, EvaluationSet, known_sets, read_set
from eval.runs.results import Run, default_path
from eval.settings import EvaluationSettings
from index.settings import IndexSettings
from webui.ask.answering import Answering


@dataclass(frozen=True, slots=True)
class Step:
    """So many of so many are done; `total` 0: not known yet."""

    stage: Literal["preparing", "answering"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `run` has fewer records than there are `cases` when it was stopped."""

    run: Run
    cases: tuple[Case, ...]
    left_out: int


class StoppedError(Exception):
    """The reader pressed Stop before the first question."""


class Runner:
    """Runs sets, each in a library of its own, with what writes the page's answers."""

    def __init__(
        self, index_settings: IndexSettings, answering: Answering, evaluation: EvaluationSettings
    ) -> None:
        """Take where the sets are, and what shapes the answers."""
        self._index_settings = index_settings
        self._answering = answering
        self._evaluation = evaluation

    def read(self, name: str) -> EvaluationSet:
        """Return a set. Raises ChatbotError where there is none, or it cannot be read."""
        if name not in (known := known_sets(self._evaluation.sets_dir)):
            raise EvaluationError(f"There is no set {name!r}. Choose one of: {', '.join(known)}.")
        folder = self._evaluation.sets_dir / name
        return read_set(str(folder), corpus_dir=self._index_settings.corpus_dir)

    def run(
        self, name: str, split: str, stopped: Callable[[], bool]
    ) -> Iterator[Step | Outcome | Exception]:
        """Yield steps, at last what came of it. The run ends when nobody reads any more."""
        steps: queue.SimpleQueue[Step | Outcome | Exception] = queue.SimpleQueue()
        gone = threading.Event()

        def work() -> None:
            try:
                ended: Outcome | Exception = self._work(
                    name, split, steps.put, lambda: gone.is_set() or stopped()
                )
            except Exception as error:  # noqa: BLE001 (handed over, told by who reads it)
                ended = error
            steps.put(ended)

        threading.Thread(target=work, daemon=True).start()
        try:
            while isinstance(step := steps.get(), Step):
                yield step
            yield step
        finally:
            gone.set()  # the reader may have left

    def _work(
        self, name: str, split: str, tell: Callable[[Step], None], stopped: Callable[[], bool]
    ) -> Outcome:
        from eval.runs.recording import record  # not with the page: see `answering`
        from eval.runs.run import prepare

        def indexed(_: str, done: int, total: int) -> None:
            if stopped():
                raise StoppedError
            tell(Step("preparing", done, total))

        indexed("", 0, 0)
        chosen = self.read(name)
        if split not in (known := (*SPLITS, "all")):
            raise EvaluationError(f"There is no half {split!r}. Choose: {', '.join(known)}.")
        answers = self._answering.state
        task = prepare(
            chosen,
            self._index_settings,
            answers.running,
            split=split,
            progress=indexed,
            model=answers.model,
        )
        try:
            run = record(
                task,
                default_path(task.fingerprint, self._evaluation.results_dir),
                resume=True,
                progress=lambda done: tell(Step("answering", done, len(task.cases))),
                stopped=stopped,
            )
        finally:
            task.library.close()
        return Outcome(run, task.cases, task.left_out)
