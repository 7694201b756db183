"""What the commands have in common: messages to stderr, a progress bar, clean ends.

Everything that a command prints passes `_Visible`: results, messages, usage, tracebacks, logs.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

from tqdm import tqdm

from index.reports import Progress
from index.terminal import on_one_line, visible


class _Visible(io.TextIOWrapper):
    """A stream to a terminal, which obeys nothing of what others wrote."""

    def write(self, text: str) -> int:
        return super().write(visible(text))


def guard_streams() -> None:
    """Have what is printed from now on go out as UTF-8, whatever the locale says, and visible."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        guarded = _Visible(
            stream.buffer, "utf-8", "backslashreplace", line_buffering=stream.line_buffering
        )
        setattr(sys, name, guarded)


def bar_stream() -> TextIO:
    """Return where a progress bar is drawn: the one thing that moves the cursor, and has to."""
    guarded = isinstance(sys.stderr, _Visible)
    return sys.__stderr__ if guarded and sys.__stderr__ else sys.stderr


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
            bar = tqdm(
                total=total,
                unit="B",
                unit_scale=True,
                leave=False,
                dynamic_ncols=True,
                file=bar_stream(),
            )
        bar.total = total or None  # not known from the start
        bar.set_description(on_one_line(name), refresh=False)
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

    A reader that hangs up (`| head`) is no error.
    """
    guard_streams()
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
