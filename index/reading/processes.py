"""Files -> their text, read in processes of their own, within limits of time and memory.

A file may be made, or may happen, to take all memory, to run for hours or to crash the libraries
that read it. Here only the process that reads it ends; `index.reading.child` is what runs in it.
Two read at a time, so that whoever adds another document meanwhile need not wait for a slow one.
"""

import atexit
import hashlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from index.errors import CorpusError
from index.notes import Note
from index.places import Places
from index.reading.content import MAX_TEXT_CHARS
from index.reading.extraction import Extracted, check_type
from index.types import Page

_ROOT = str(Path(__file__).resolve().parents[2])
# Modules come from our folder alone (-P below). numpy, which nothing there computes with, would
# take a thread and its memory for each core.
_PROGRAM = (
    f"import os, sys; os.environ['OPENBLAS_NUM_THREADS'] = '1'; sys.path.insert(0, {_ROOT!r}); "
    "from index.reading.child import main; main()"
)
_MAX_LINE_BYTES = 16 * 2**20
_MAX_TEXT_BYTES = 4 * MAX_TEXT_CHARS
_LOOK_SECONDS = 0.1
_MAX_ENDS = 2
"""Sections over which a process may end before the rest of the document is left."""
_MAX_STARTS = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take.

    `seconds` of processor time for all of it, `section_seconds` for a page, chapter, sheet or
    slide, and `image_seconds` more for each page that is read from its image, for which the
    memory, too, is another. After `clock_seconds` it is ended whatever has kept it waiting; Windows
    has no other limits.
    """

    seconds: float = 45.0
    section_seconds: float = 15.0
    image_seconds: float = 60.0
    clock_seconds: float = 240.0
    memory_bytes: int = 2**30
    image_memory_bytes: int = 3 * 2**30


LIMITS: Final = Limits()

Waiting = Callable[[], None]
"""Called ten times a second while a file is read; what it raises ends the reading."""


def _go_on() -> None:
    """Wait as long as it takes."""


class Readers:
    """Up to `most` processes that read; each is started when it is needed, kept for the next."""

    def __init__(self, limits: Limits = LIMITS, most: int = 2) -> None:
        """Start nothing yet."""
        self._limits = limits
        self._places = threading.BoundedSemaphore(most)
        self._idle: list[_Process] = []

    def extract(
        self,
        name: str,
        raw: bytes,
        encoding: str | None = None,
        *,
        waiting: Waiting = _go_on,
    ) -> Extracted:
        """Return text and metadata of a file, as `index.reading.extraction.extract` does.

        Raises CorpusError as that does, and when reading takes too much time or memory.
        """
        check_type(name)
        with self._place(waiting):
            return self._extract(_Reading(name, raw, encoding, self._limits), waiting)

    def end(self) -> None:
        """End the processes that wait for work."""
        while self._idle:
            self._idle.pop().end()

    @contextmanager
    def _place(self, waiting: Waiting) -> Iterator[None]:
        while not self._places.acquire(timeout=_LOOK_SECONDS):
            waiting()
        try:
            yield
        finally:
            self._places.release()

    def _extract(self, reading: "_Reading", waiting: Waiting) -> Extracted:
        while True:
            process = self._process()
            try:
                found = process.read(reading, waiting)
            except _Ended as ended:
                reading.go_on_after(ended)
                continue
            self._idle.append(process)
            if isinstance(found, CorpusError):
                raise found
            return found

    def _process(self) -> "_Process":
        with suppress(IndexError):
            while True:
                process = self._idle.pop()
                if process.is_running:
                    return process
                process.end()
        return _Process()


class _Ended(Exception):
    """A process has ended over a document, with this exit status; None: it was too slow."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status

    @property
    def was_slow(self) -> bool:
        return self.status is None or self.status == -getattr(signal, "SIGXCPU", 0) != 0


@dataclass(slots=True)
class _Reading:
    """One document being read: what is asked for, and what it may still take."""

    name: str
    raw: bytes
    encoding: str | None
    limits: Limits
    section: str = ""
    without: list[str] = field(default_factory=list)
    until: str = ""
    granted_seconds: float = 0.0
    spent_seconds: float = 0.0
    used_seconds: float = 0.0
    started: float = field(default_factory=time.monotonic)
    starts: int = 0
    has_begun: bool = False

    @property
    def request(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "encoding": self.encoding,
            "without": self.without,
            "until": self.until,
            "seconds": self._seconds_left(),
            "section_seconds": self.limits.section_seconds,
            "image_seconds": self.limits.image_seconds,
            "memory_bytes": self.limits.memory_bytes,
            "image_memory_bytes": self.limits.image_memory_bytes,
            "size": len(self.raw),
        }

    @property
    def is_over(self) -> bool:
        passed = time.monotonic() - self.started
        return passed > self.limits.clock_seconds + self.granted_seconds

    def enter(self, section: str, used_seconds: float) -> None:
        """Note what is being read now, after so much processor time since the last start."""
        self.section, self.used_seconds, self.has_begun = section, used_seconds, True

    def go_on_after(self, ended: _Ended) -> None:
        """Leave out the section over which the process ended. Raises CorpusError if it was none."""
        self.starts += 1
        if not self.has_begun and self.starts < _MAX_STARTS:
            return  # it was ending when it was asked
        ends = len(self.without) + 1
        self.spent_seconds += self.used_seconds
        if ended.was_slow:
            self.spent_seconds += self.limits.section_seconds
        hopeless = ends > _MAX_ENDS or self._seconds_left() < 1 or self.is_over
        if hopeless or not self.section:
            raise self._refusal(ended) from ended
        self.until = self.section if ends == _MAX_ENDS else ""
        self.without.append(self.section)
        self.enter("", 0.0)
        self.has_begun = False

    def _seconds_left(self) -> float:
        return self.limits.seconds + self.granted_seconds - self.spent_seconds

    def _refusal(self, ended: _Ended) -> CorpusError:
        if ended.was_slow:
            return CorpusError(
                f"{self.name} takes too long to read and was given up. Split it, or save it in "
                "another format, then add that.",
                code="too_slow",
            )
        return CorpusError(
            f"The process that read {self.name} has ended: the file is damaged, or takes too much "
            "memory. Open it in its program and save it again, or split it.",
            code="crashed",
        )


class _Process:
    """One process that reads, one document at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._talking = threading.Thread()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> int:
        """End it, and return its exit status once it has ended."""
        self._process.kill()
        status = self._process.wait()
        if self._talking.is_alive():
            self._talking.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not yet sent
                    pipe.close()
        return status

    def read(self, reading: _Reading, waiting: Waiting) -> Extracted | CorpusError:
        """Return what the process makes of a document. Raises _Ended when it ends over it.

        The process has ended whenever this raises: a late answer is never taken for another's.
        """
        lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._talking = threading.Thread(target=self._talk, args=(reading, lines), daemon=True)
        self._talking.start()
        try:
            for line in _looking_up(lines, reading, waiting):
                if "section" in line:
                    reading.enter(str(line["section"]), float(line["used"]))
                elif "granted" in line:
                    reading.granted_seconds += reading.limits.image_seconds
                elif "ended" in line:
                    raise _Ended(self._ended())
                else:
                    return _answered(reading, line)
        except BaseException:
            self.end()
            raise
        raise AssertionError  # the lines never end

    def _ended(self) -> int:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LOOK_SECONDS)  # of itself, with a status that says why
        return self.end()

    def _talk(self, reading: _Reading, lines: "queue.SimpleQueue[dict[str, Any]]") -> None:
        """Send the request and pass on what comes back, in a thread: writing and reading block."""
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        try:
            requests.write(json.dumps(reading.request).encode() + b"\n")
            requests.write(reading.raw)
            requests.flush()
            line: dict[str, Any] = {}
            while "sizes" not in line:
                line = dict(json.loads(answers.readline(_MAX_LINE_BYTES)))
                if "sizes" in line:
                    line["body"] = [_read(answers, size) for size in line["sizes"]]
                lines.put(line)
        except (OSError, ValueError, TypeError, RecursionError):  # half an answer, or none
            lines.put({"ended": True})


def _looking_up(
    lines: "queue.SimpleQueue[dict[str, Any]]", reading: _Reading, waiting: Waiting
) -> Iterator[dict[str, Any]]:
    """Yield lines as they come, and look every now and then whether to go on waiting for them."""
    looked = time.monotonic()
    while True:
        with suppress(queue.Empty):
            yield lines.get(timeout=_LOOK_SECONDS)
        if time.monotonic() - looked >= _LOOK_SECONDS:
            looked = time.monotonic()
            if reading.is_over:
                raise _Ended(None)
            waiting()


def _read(answers: IO[bytes], size: int) -> bytes:
    part = answers.read(size) if 0 <= size <= _MAX_TEXT_BYTES else b""
    if len(part) != size:
        raise ValueError(size)
    return part


def _answered(reading: _Reading, line: dict[str, Any]) -> Extracted | CorpusError:
    if "refused" in line:
        return CorpusError(line["refused"], code=line["code"])
    if "memory" in line:
        return CorpusError(
            f"{reading.name} takes more memory to read than a document may. Split it, then add the "
            "parts.",
            code="too_large",
        )
    text, places = line["body"]
    return Extracted(
        **{
            **line["found"],
            "text": text.decode(),
            "places": Places(places),
            "pages": tuple(Page(*page) for page in line["found"]["pages"]),
            "notes": tuple(Note(**note) for note in line["found"]["notes"]),
        }
    )


_Key = tuple[str, bytes, str | None]
"""Name, hash and encoding: what a reading depends on."""
Refused = dict[_Key, tuple[str, str]]
"""Message and code of readings that were refused; an error itself would hold on to the file."""


class ReadAhead:
    """What was read before it is wanted: nothing is read twice, nor while others are kept waiting.

    `held_bytes` counts what is kept of it, files and texts.
    """

    def __init__(self, readers: Readers, refused: Refused) -> None:
        """Begin with what is known to be refused; more of that is put down there."""
        self._readers = readers
        self._refused = refused
        self._found: dict[_Key, Extracted] = {}
        self._refused_now: Refused = {}
        self.held_bytes = 0

    def read(self, name: str, raw: bytes, encoding: str | None, waiting: Waiting) -> Extracted:
        """Read a file now, and keep what comes of it. Raises CorpusError as `Readers` does."""
        self.held_bytes += len(raw)
        try:
            found = self._readers.extract(name, raw, encoding, waiting=waiting)
        except CorpusError as error:
            self._refused_now[_key(name, raw, encoding)] = str(error), error.code
            raise
        self.held_bytes += len(found.text)
        # Only of texts it matters what their encoding was said to be.
        for said in {encoding, encoding if found.encoding else None}:
            self._found[_key(name, raw, said)] = found
        return found

    def extract(
        self, name: str, raw: bytes, encoding: str | None = None, waiting: Waiting = _go_on
    ) -> Extracted:
        """Return what was read of a file, reading it if it was not. Raises CorpusError likewise."""
        key = _key(name, raw, encoding)
        if refused := self._refused_now.get(key) or self._refused.get(key):
            raise CorpusError(refused[0], code=refused[1])
        if found := self._found.get(key):
            return found
        try:
            return self._readers.extract(name, raw, encoding, waiting=waiting)
        except CorpusError as error:
            if error.code != "crashed":  # which need not be the document's fault
                self._refused[key] = str(error), error.code
            raise


def _key(name: str, raw: bytes, encoding: str | None) -> _Key:
    return name, hashlib.sha256(raw).digest(), encoding


READERS: Final = Readers()
atexit.register(READERS.end)
