"""A run from its first case to its file: each record is kept at once, totals come at the end."""

import datetime
import time
from collections.abc import Callable
from pathlib import Path

from eval.judging.summary import summarise
from eval.runs.results import Journal, Run, write_run
from eval.runs.run import Task, evaluate


def record(
    task: Task,
    path: Path,
    *,
    resume: bool,
    progress: Callable[[int], None],
    stopped: Callable[[], bool] = lambda: False,
) -> Run:
    """Ask what is left to ask and return the run; write it to `path` when all of it is there.

    `progress` hears how many cases are judged, before the first and after each. When `stopped` says
    so, the run ends with what it has: that is kept beside `path`, and `resume` goes on from there.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    with Journal(path, task.fingerprint, resume=resume) as journal:
        progress(len(journal.records))
        if not stopped():
            left = task.cases[len(journal.records) :]
            for each in evaluate(task.assistant, left, generator=task.generator):
                journal.append(each)
                progress(len(journal.records))
                if stopped():
                    break
    run = Run(
        fingerprint=task.fingerprint,
        started=started.isoformat(timespec="seconds"),
        seconds={"index": task.index_seconds, "answers": time.perf_counter() - clock},
        records=tuple(journal.records),
    )
    if len(run.records) == len(task.cases):
        write_run(run, summarise(run.records), path)
        journal.remove()
    return run
