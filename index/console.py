"""What the commands have in common: messages to stderr, a progress bar, clean ends."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from tqdm import tqdm

from index.update import Progress


def say(message: str) -> None:
    """Print a message for the user to stderr; results alone go to stdout."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show bytes done, rate and time left on stderr, while there is something to do."""
    bar: tqdm[NoReturn] | None = None

    def progress(name: str, done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, unit="B", unit_scale=True, leave=False, dynamic_ncols=True)
        bar.total = total or None  # not known from the start
        bar.set_description(name, refresh=False)
        bar.update(done - bar.n)
        if done >= total:
            bar.close()
            bar = None

    try:
        yield progress
    finally:
        if bar is not None:
            bar.close()


def run(main: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its status.

    Results are UTF-8 whatever the locale says; a reader that hangs up (`| head`) is no error.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
