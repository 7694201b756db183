"""How soon somebody may guess again: the wait grows with the failures.

A stranger who guesses must be slowed, and must not lock the right user out by doing so. A browser
that has logged in before as this user is counted by itself alone. Everybody else is counted by name
and address together, by address, and, more leniently, by name.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

Kind = Literal["browser", "pair", "address", "name"]
Key = tuple[Kind, str]

_FIRST_SECONDS = 10.0
MOST = 20_000
FORGET_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Rule:
    """So many failures cost nothing; then the wait is 10, 20, 40 … seconds, up to the longest."""

    free: int
    longest: float

    def wait(self, failures: int) -> float:
        """Return how long to wait after so many failures, in seconds.

        >>> [Rule(free=5, longest=60.0).wait(failures) for failures in (4, 5, 7, 30, 5000)]
        [0.0, 10.0, 40.0, 60.0, 60.0]
        """
        beyond = failures - self.free
        return 0.0 if beyond < 0 else min(_FIRST_SECONDS * 2.0 ** min(beyond, 30), self.longest)


RULES: dict[Kind, Rule] = {
    "browser": Rule(free=5, longest=900.0),
    "pair": Rule(free=5, longest=900.0),
    "address": Rule(free=20, longest=900.0),
    "name": Rule(free=20, longest=60.0),
}


@dataclass(slots=True)
class _Count:
    failures: int = 0
    last: float = 0.0


class Attempts:
    """Counts failures in memory: at most 20,000 counts, each forgotten after a day without one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count nothing yet. `clock` gives seconds."""
        self._clock = clock
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()

    def begin(self, keys: Sequence[Key]) -> float:
        """Return 0 if a guess may be looked at now, or else the seconds to wait.

        It counts as a failure until it is known to be right, so that guesses at the same moment
        are not all taken for the first.
        """
        now = self._clock()
        wait = max(self._wait(key, now) for key in keys)
        if wait <= 0:
            for key in keys:
                count = self._counts.pop(digest(key), None) or _Count()
                self._counts[digest(key)] = _Count(count.failures + 1, now)
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)
        return max(wait, 0.0)

    def right(self, keys: Sequence[Key]) -> None:
        """Take the last guess back: it was right.

        All failures of the name are forgiven, but not those of the address: who has a name of his
        own could otherwise guess at another's for ever.
        """
        for kind, value in keys:
            hashed = digest((kind, value))
            count = self._counts.get(hashed)
            if kind != "address":
                self._counts.pop(hashed, None)
            elif count is not None:
                count.failures -= 1

    def _wait(self, key: Key, now: float) -> float:
        count = self._counts.get(digest(key))
        if count is None or now - count.last > FORGET_SECONDS:
            self._counts.pop(digest(key), None)
            return 0.0
        return count.last + RULES[key[0]].wait(count.failures) - now

    def __len__(self) -> int:
        """Return how many counts are kept."""
        return len(self._counts)


def digest(key: Key) -> bytes:
    """Return what is kept of whom a guess is counted for."""
    return blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=16).digest()
