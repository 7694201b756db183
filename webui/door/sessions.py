"""Who is logged in: tokens that end, and that are dead on the server when somebody logs out."""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from webui.door.auth import Users

IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 7 * 24 * 3600.0
MOST_OF_ONE = 20


@dataclass(slots=True)
class _Session:
    name: str
    mark: str
    begun: float
    used: float


class Sessions:
    """The sessions of this process, by the hash of their token; a restart ends them all.

    One ends when its reader logs out, 12 hours after it was last used, 7 days after it was begun,
    and as soon as its user is removed or has another password.
    """

    def __init__(self, users: Users, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none. `clock` gives seconds."""
        self._users = users
        self._clock = clock
        self._sessions: dict[bytes, _Session] = {}

    def begin(self, name: str, mark: str) -> str:
        """Return the token of a new session. The oldest of more than 20 of a user ends."""
        now = self._clock()
        self._sessions = {
            key: session for key, session in self._sessions.items() if self._lasts(session, now)
        }
        own = [key for key, session in self._sessions.items() if session.name == name]
        for key in own[: max(0, len(own) - MOST_OF_ONE + 1)]:
            del self._sessions[key]
        token = secrets.token_urlsafe(32)
        self._sessions[digest(token)] = _Session(name, mark, begun=now, used=now)
        return token

    def user(self, token: str, *, using: bool = True) -> str | None:
        """Return whose token it is, None if it is nobody's (any more). `using` it prolongs it."""
        session, now = self._sessions.get(digest(token)), self._clock()
        if session is None or not self._lasts(session, now):
            return None
        if using:
            session.used = now
        return session.name

    def end(self, token: str) -> None:
        """End a session, if it is one."""
        self._sessions.pop(digest(token), None)

    def _lasts(self, session: _Session, now: float) -> bool:
        return (
            now - session.used <= IDLE_SECONDS
            and now - session.begun <= LONGEST_SECONDS
            and self._users.mark(session.name) == session.mark
        )


def digest(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
