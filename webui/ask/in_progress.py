"""The answers that are being given: counted, so that the server can be stopped between them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import ChatbotError

_PATIENCE_SECONDS = 2.0
_TOLD_SECONDS = 2.0
"""How long whoever is told that his answer ends here may take to hear of it."""


class InProgress:
    """Answers in progress. Once `finish` is called, no other begins."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._changed = threading.Condition()
        self._over = False
        self.is_finishing = False
        """Whether no other begins."""

    @property
    def is_idle(self) -> bool:
        """Whether no answer is being given."""
        return not self._count

    @contextmanager
    def one(self) -> Iterator[Callable[[], None]]:
        """Count an answer within it; yields what is to be called between two of its pieces.

        Both raise ChatbotError (code "stopping") once there is no time left.
        """
        with self._changed:
            if self.is_finishing:
                raise _stopping()
            self._count += 1
        try:
            yield self._go_on
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def let_pass(self) -> None:
        """Wait until no answer is being given, but not for long: there may be no such moment."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count, _PATIENCE_SECONDS)

    def finish(self, seconds: float) -> bool:
        """Let the answers end within so many seconds; who is not done by then is told.

        Returns whether all had the time they needed.
        """
        with self._changed:
            self.is_finishing = True
            if not self._count:
                return True
            ended = self._changed.wait_for(lambda: not self._count, seconds)
            self._over = True
            if not ended:
                self._changed.wait_for(lambda: not self._count, _TOLD_SECONDS)
        # The last pieces are on their way to the network, in another thread.
        time.sleep(min(seconds, 0.5))
        return ended

    def _go_on(self) -> None:
        if self._over:
            raise _stopping()


def _stopping() -> ChatbotError:
    return ChatbotError("The server is being stopped. Ask again in a minute.", code="stopping")
