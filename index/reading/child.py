"""The process that reads files: strangers may have made them to take all memory, or for ever.

`index.reading.processes` starts it and talks to it. A request is a JSON line and the file's bytes;
an answer is a JSON line, the text, and the places of its lines. Before an answer come lines that
say which section is being read, so that it can be left out when this process ends over it. It ends
with its standard input, and when it has been idle or has read much; who asks it then asks another.
"""

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from index.errors import CorpusError
from index.places import Places
from index.reading.extraction import extract
from index.reading.sections import Sections

try:
    import resource as _resource
except ImportError:  # Windows
    _resource = None  # type: ignore[assignment]

# A process that has read so much is replaced: libraries keep what they have grown to.
_MAX_DOCUMENTS = 500
_MAX_BYTES = 32 * 2**20
_IDLE_SECONDS = 60.0

_Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    with suppress(ValueError):  # the parent decides what Ctrl-C ends
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    documents = read_bytes = 0
    with suppress(queue.Empty):
        while documents < _MAX_DOCUMENTS and read_bytes < _MAX_BYTES:
            request, raw = waiting.get(timeout=_IDLE_SECONDS)
            limits = _Limits(request)
            answer, body = _answer(request, raw, limits, lambda line: _send(answers, line))
            _send(answers, {**answer, "sizes": list(map(len, body))}, *body)
            documents, read_bytes = documents + 1, read_bytes + len(raw) + sum(map(len, body))
            if limits.has_granted or "memory" in answer:
                break
    os._exit(0)  # not by way of the thread that listens


def _listen(requests: BinaryIO, waiting: "queue.SimpleQueue[tuple[dict[str, Any], bytes]]") -> None:
    """Take requests; end the process, whatever it is doing, when nobody is left to ask."""
    while line := requests.readline():
        request = json.loads(line)
        waiting.put((request, requests.read(request["size"])))
    os._exit(0)


def _send(answers: BinaryIO, line: dict[str, Any], *body: bytes) -> None:
    answers.writelines((json.dumps(line).encode(), b"\n", *body))
    answers.flush()


def _answer(
    request: dict[str, Any], raw: bytes, limits: "_Limits", tell: _Tell
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Return the answer to a request, and what follows it: the text and its places."""

    def entered(name: str) -> None:
        limits.enter(name)
        tell({"section": name, "used": limits.used()})

    def granted() -> None:
        limits.grant()
        tell({"granted": True})

    sections = Sections(frozenset(request["without"]), request["until"], entered, granted)
    entered("")  # now this document is what the process may end over
    try:
        found = extract(request["name"], raw, request["encoding"], sections)
        text = found.text.encode()
    except CorpusError as error:
        return {"refused": str(error), "code": error.code}, ()
    except MemoryError:
        return {"memory": True}, ()
    rest = replace(found, text="", places=Places())
    return {"found": {**asdict(rest), "places": None}}, (text, found.places.packed)


class _Limits:
    """What the kernel allows this process: memory, and processor time for a document and a section.

    Windows has no such limits; there, the parent's clock alone ends a reading.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        self._section_seconds = request["section_seconds"]
        self._image_seconds = request["image_seconds"]
        self._image_memory_bytes = request["image_memory_bytes"]
        self.has_granted = False
        self._from = _cpu_seconds()
        self._until = self._from + request["seconds"]
        if _resource is not None:
            # Of what it can write to: address space would count reserves that nobody uses.
            _limit(_resource.RLIMIT_DATA, request["memory_bytes"])
            _limit(_resource.RLIMIT_CORE, 0)

    def enter(self, section: str) -> None:
        """Let the kernel end the process when it has used up what this section may take."""
        self._end_at(_cpu_seconds() + self._section_seconds if section else self._until)

    def used(self) -> float:
        """Return the seconds of processor time that this document has taken."""
        return _cpu_seconds() - self._from

    def grant(self) -> None:
        """Allow for a section that is slow and large by nature: the image of a page."""
        self.has_granted = True
        if _resource is not None:
            _limit(_resource.RLIMIT_DATA, self._image_memory_bytes)
        self._until += self._image_seconds
        self._end_at(_cpu_seconds() + self._image_seconds)

    def _end_at(self, used: float) -> None:
        if _resource is not None:
            _limit(_resource.RLIMIT_CPU, int(min(used, self._until)) + 1)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


def _limit(kind: int, most: int) -> None:
    hard = _resource.getrlimit(kind)[1]
    _resource.setrlimit(kind, (most if hard == _resource.RLIM_INFINITY else min(most, hard), hard))
