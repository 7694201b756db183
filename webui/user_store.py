"""What users keep on the server, each for himself: conversations and notebooks, in either store.

To a store they are texts under keys, as a browser would keep them (scripts/kept.js). They are
sealed, and the secret of the seals is kept there as well. What a store knows of the keys is that a
conversation which was deleted does not come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import regex

from index.errors import ChatbotError

MAX_CHARS = 16_000_000
"""The most that one user may keep: characters of keys and texts together."""
MAX_ENTRIES = 20_000
"""The most texts of one user."""

CONVERSATION, DELETED = "wenzheng-conversation/", "wenzheng-deleted/"
"""How the keys begin of what a conversation holds, and of what says that it was deleted."""

_KEY = regex.compile(
    rf"{CONVERSATION}[\w.-]{{1,64}}(?:/[\w.-]{{1,64}})?"
    rf"|(?:{DELETED}|wenzheng-pinned/|wenzheng-note/)[\w.-]{{1,128}}"
)


class StoreError(ChatbotError):
    """Nothing can be read or written; the message says what to do."""


class StoreFullError(StoreError):
    """A user keeps as much as one may."""


class StoreAwayError(StoreError):
    """The database does not answer; it may again in a moment."""


@dataclass(frozen=True, slots=True)
class News:
    """What has changed for a page since the revision that it knows.

    `keys`: all that there are now, None where nothing has changed but what the page itself sent.
    `entries`: key -> text of those that are new or have changed.
    """

    revision: int
    keys: Sequence[str] | None = None
    entries: Mapping[str, str] = field(default_factory=dict)


class UserStore(Protocol):
    """A store; its methods may be called from any thread, and by several processes at once."""

    secret: str
    """What is in the store is sealed with it."""

    def exchange(self, user: str, changes: Mapping[str, str | None], *, since: int = 0) -> News:
        """Write what a page of a user has changed, and return what else has, since a revision.

        A text that is None takes its key away. Nothing is written of a conversation that has been
        deleted. Raises StoreFullError where there would be too much, and ValueError where a key is
        none; then nothing is written at all.
        """
        ...

    def holds(self, user: str) -> bool:
        """Return whether a user keeps anything."""
        ...

    def forget(self, user: str) -> int:
        """Delete all that a user keeps; return how many texts it was."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def check_keys(changes: Mapping[str, str | None]) -> None:
    """Raise ValueError where a key is none."""
    if strange := [key for key in changes if not _KEY.fullmatch(key)]:
        raise ValueError(f"{strange[0]!r} is no key")


def check_room(user: str, entries: int, chars: int) -> None:
    """Raise StoreFullError where that is more than a user may keep."""
    if entries > MAX_ENTRIES or chars > MAX_CHARS:
        raise StoreFullError(f"{user} keeps as much as one may.")


def conversation_of(key: str) -> str:
    """Return the conversation that a key is of; of a pin or a note, what names that."""
    return key.split("/")[1]
