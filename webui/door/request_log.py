"""The log of requests: who asked for what, when, and what came of it; never a question's text.

Questions are written to it by `--log-questions` alone. Paths are those of the routes, without what
stands for a session in them: who reads a log must not be able to go on where a reader was.
"""

import json
import logging
import time
from pathlib import Path
from typing import Any

from index.errors import ChatbotError
from index.terminal import on_one_line

_LOG = logging.getLogger("wenzheng.requests")
_LOG.propagate = False


def write_log(path: str) -> None:
    """Write the log to a file from now on, behind what it holds; "-" stands for stderr.

    Raises ChatbotError where it cannot be written.
    """
    try:
        handler = (
            logging.StreamHandler()
            if path == "-"
            else logging.FileHandler(Path(path), encoding="utf-8")
        )
    except OSError as error:
        raise ChatbotError(f"Cannot write the log {path}: {error.strerror}.") from error
    formatter = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)


def log_request(**said: Any) -> None:  # noqa: ANN401 (whatever is to be told)
    """Write a line of names and values, if a log is kept."""
    if _LOG.handlers:
        values = (f"{name}={_plain(value)}" for name, value in said.items() if value is not None)
        _LOG.info("%s", " ".join(values))


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = on_one_line(str(value))
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
