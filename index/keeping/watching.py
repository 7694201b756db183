"""Keeps an index at what its corpus folder holds, for as long as a program runs.

The system says when something in the folder changes. Where it cannot (network drives, folders
mounted into containers, more folders than it watches), a glance at names, sizes and times every few
seconds finds the same. A file that is still being written is left to come to rest.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import watchfiles

from index.errors import ChatbotError
from index.keeping.library import Library
from index.keeping.update import Pending
from index.reports import Progress, Report, silent

_REST_SECONDS = 1.0
# Something in the folder may change without end; the rest is not kept waiting for longer.
_MOST_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 5.0


def watch(
    library: Library,
    stop: threading.Event,
    *,
    on_reports: Callable[[list[Report]], None],
    on_error: Callable[[ChatbotError], None],
    progress: Progress = silent,
) -> None:
    """Bring the index up at once and after every change of the folder, until `stop` is set.

    `on_reports` gets what the first update did, then what each did that found something; a refused
    file is named again only when it has changed. `on_error` is told once of trouble, which may
    pass: a full disk, a damaged index that somebody mends. What nobody expected is logged as well.
    """
    told: dict[str, str] = {}  # the refused files, by signature
    trouble, is_first = "", True
    for number, is_told in enumerate(_moments(library.settings.corpus_dir, stop)):
        try:
            is_glance = not (is_told or is_first)
            if is_glance and not _has_news(library.pending(glance=number), told):
                library.make_files()  # what others have added since
                continue
            todo = _at_rest(library, stop)
            if not (is_first or _has_news(todo, told)):
                continue
            reports = library.update(progress, wait=is_first)
        except Exception as error:  # noqa: BLE001  # the next change is looked at whatever it is
            if repr(error) != trouble:
                on_error(error if isinstance(error, ChatbotError) else _unexpected(error))
            trouble = repr(error)
            continue
        refused = {r.name: todo.stale.get(r.name, "") for r in reports if r.outcome == "refused"}
        news = [r for r in reports if r.name not in refused or refused[r.name] != told.get(r.name)]
        if news or is_first:
            on_reports(news)
        told |= refused
        trouble, is_first = "", False


def _has_news(todo: Pending, told: Mapping[str, str]) -> bool:
    """Whether there is more to do than to refuse files that were told of."""
    return bool(todo.gone or todo.stale.items() - told.items())


def _unexpected(error: Exception) -> ChatbotError:
    logging.getLogger(__name__).error("Watching goes on after an error", exc_info=error)
    return ChatbotError(
        f"The index could not be brought up ({error!r}). If this stays, type: "
        "python -m index doctor"
    )


def _at_rest(library: Library, stop: threading.Event) -> Pending:
    """Return what there is to do, once it has stayed the same for a while."""
    latest = time.monotonic() + _MOST_SECONDS
    before, todo = None, library.pending()
    while todo and todo != before and time.monotonic() < latest and not stop.wait(_REST_SECONDS):
        before, todo = todo, library.pending()
    return todo


def _moments(folder: Path, stop: threading.Event) -> Iterator[bool]:
    """Yield at first and when something changes in a folder, and now and then, until `stop` is set.

    What is yielded is whether the system says that something has changed.
    """
    yield True
    while not stop.is_set():
        try:
            for changes in watchfiles.watch(
                folder,
                watch_filter=None,
                stop_event=stop,
                rust_timeout=int(_LOOK_EVERY_SECONDS * 1000),
                yield_on_timeout=True,
            ):
                yield bool(changes)
        except (OSError, RuntimeError):  # no such folder now, or it cannot be watched
            stop.wait(_LOOK_EVERY_SECONDS)
            yield False
