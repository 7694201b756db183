"""Waiting for what must hold within seconds, on a machine that others may be using."""

import time
from collections.abc import Callable

SECONDS = 2.0
"""Within so many, what changes through one page holds on the others."""
PATIENCE = 20.0
"""More than a busy machine needs, and less than anything waits that has no limit of its own."""
_PAUSE = 0.05


def soon(holds: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Return whether something holds within the seconds that are promised.

    Looks are counted, and not seconds: where others use the processor, a look takes longer, too.
    """
    for _ in range(round(seconds / _PAUSE)):
        if holds():
            return True
        time.sleep(_PAUSE)
    return holds()
