"""Who asks at the same time takes turns: as many are at work at once as there are cores.

More at once would take no less time. Python runs one thread at a time, and each of fifty that
compute is let in again only after the others: so is whoever adds a document meanwhile, who gives
way at each of hundreds of reads and writes. Those who wait for their turn stand in nobody's way.
"""

import heapq
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count


class Turns:
    """Lets in so many at once, and of those who wait whoever came first."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: list[tuple[float, int, threading.Lock]] = []
        self._numbers = count()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, since: float) -> Iterator[None]:
        """Wait for a turn and hold it meanwhile; whoever waits `since` an earlier time is first."""
        with self._lock:
            mine = threading.Lock()
            if self._free:
                self._free -= 1
            else:
                mine.acquire()
                heapq.heappush(self._waiting, (since, next(self._numbers), mine))
        mine.acquire()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    heapq.heappop(self._waiting)[-1].release()
                else:
                    self._free += 1


TURNS = Turns(max(2, os.cpu_count() or 1))
"""Of all assistants of a program. A turn is for work alone, not to wait for a language model or for
whoever reads the answer, and is not taken within a turn."""
