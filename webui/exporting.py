"""What readers take with them: a conversation or the notebook as a file, saved by the browser."""

import base64
import time
from collections.abc import Iterable
from typing import Any

from rag.export.formats import FORMATS, file_name
from rag.export.values import Entry, Export, Kind, time_of
from webui.conversations import Exchange

NAMES = {"md": "Markdown", "html": "HTML", "docx": "Word", "json": "JSON"}
"""What readers know the formats as."""
_NO_PLACE_MS = 10**11
"""Smaller ones, of conversations of long ago, say a place and not a time."""
TYPES = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


def entry(exchange: Exchange, remark: str = "") -> Entry:
    """Return an exchange as it is exported: of what was found, no more than was shown for it."""
    nearest = exchange.among("found") if exchange.answer.declined else ()
    return Entry(
        exchange.answer,
        nearest,
        time_of(exchange.asked_ms) if exchange.asked_ms > _NO_PLACE_MS else None,
        exchange.stopped,
        exchange.error,
        remark,
        exchange.scope,
    )


def file(
    kind: Kind, title: str, entries: Iterable[Entry], ending: str, language: str
) -> dict[str, Any]:
    """Return a file that the browser saves: its name, its type, its bytes in base64.

    `ending` is a key of `NAMES`, or the file is JSON.
    """
    ending = ending if ending in NAMES else "json"
    export = Export(kind, title, time_of(time.time_ns() // 1_000_000), tuple(entries))
    drawn = FORMATS[ending](export, language)
    return {
        "name": file_name(export, ending),
        "type": TYPES[ending],
        "base64": base64.b64encode(drawn).decode(),
    }
