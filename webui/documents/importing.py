"""Adding documents beside the page: how far it has come, how to stop it, what came of it."""

import queue
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.keeping.library import Library, Source
from index.reports import Report

# So much is added at a time. Pressing Stop loses of these what is not yet complete.
_GROUP_DOCUMENTS = 100
_GROUP_BYTES = 4 * 2**20
_PACED_BY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """How far an import has come: bytes done of all. `seconds_left` None: not known yet."""

    name: str
    done: int
    total: int
    seconds_left: float | None


class Import:
    """One import. Its thread goes on where the reader leaves the page, and ends where he stops it.

    Once `steps` has come to its end, `reports` says what became of each document, `seconds` how
    long it took, and `error` what ended it early.
    """

    def __init__(
        self,
        library: Library,
        sources: Callable[[], Iterable[Source | Report]],
        total_bytes: int = 0,
    ) -> None:
        """Name what to add. `sources` is called in the thread; `total_bytes` 0: not known."""
        self.reports: list[Report] = []
        self.seconds = 0.0
        self.error: Exception | None = None
        self._library = library
        self._sources = sources
        self._total, self._done = total_bytes, 0
        self._steps: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._started = time.monotonic()
        self._stop = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the reader has stopped it."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Keep what is complete, leave out the rest."""
        self._stop.set()

    def steps(self) -> Iterator[Step]:
        """Add, and yield how far it has come, until nothing is left to do."""
        self._started = time.monotonic()
        threading.Thread(target=self._work, daemon=True).start()
        yield from iter(self._steps.get, None)

    def _work(self) -> None:
        try:
            for group in _groups(self._library.named_apart(self._sources())):
                if self.stopped:
                    break
                self._add(group)
        except Exception as error:  # noqa: BLE001 (handed over, told by the page)
            self.error = error
        self.seconds = time.monotonic() - self._started
        self._steps.put(None)

    def _add(self, group: Sequence[Source | Report]) -> None:
        group_bytes = sum(len(source.raw) for source in group if isinstance(source, Source))

        def tell(name: str, done: int, total: int) -> None:
            self._tell(name, self._done + (group_bytes * done // total if total else 0))

        self.reports += self._library.add(group, tell, stop=self._stop)
        self._done += group_bytes

    def _tell(self, name: str, done: int) -> None:
        passed = time.monotonic() - self._started
        paced = 0 < done < self._total and passed > _PACED_BY_SECONDS
        left = passed / done * (self._total - done) if paced else None
        self._steps.put(Step(name, min(done, self._total), self._total, left))


def size(path: Path) -> int:
    """Return how many bytes there are to add in a file: of a zip archive, those it unpacks to."""
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                return sum(member.file_size for member in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError):
            pass  # refused with its reason when it is read
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _groups(sources: Iterable[Source | Report]) -> Iterator[list[Source | Report]]:
    group: list[Source | Report] = []
    held = 0
    for source in sources:
        group.append(source)
        held += len(source.raw) if isinstance(source, Source) else 0
        if len(group) >= _GROUP_DOCUMENTS or held >= _GROUP_BYTES:
            yield group
            group, held = [], 0
    if group:
        yield group
