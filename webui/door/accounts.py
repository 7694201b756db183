"""What the door asks: who may log in, who has, and who has guessed wrong, wherever that is kept.

`FileAccounts` reads a file, and keeps log-ins and guesses in this process. The other engine is in
`webui.postgres`. What is asked of each request is answered at once, from what was last read.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from webui.door.attempts import Attempts, Key
from webui.door.auth import Users
from webui.door.roles import Role
from webui.door.sessions import Sessions


class Roll(Protocol):
    """Who may log in."""

    def mark(self, name: str) -> str | None:
        """Return what changes with the user's password, and None for who is no user. Quick."""
        ...

    def role(self, name: str) -> Role:
        """Return what a user may do; least for who is no user. Quick."""
        ...

    def bearer(self, token: str) -> str | None:
        """Return whose token it is, None for nobody's. Quick."""
        ...

    def check(self, name: str, password: str) -> str | None:
        """Return the user's mark if name and password fit. Takes a fifth of a second."""
        ...


class Visits(Protocol):
    """Who has logged in."""

    def begin(self, name: str, mark: str) -> str:
        """Return the token of a new session of a user who has this mark."""
        ...

    def user(self, token: str, *, using: bool = True) -> str | None:
        """Return whose session it is, None if nobody's (any more). `using` it prolongs it. Quick.

        Of those that were not `refresh`ed a database may know more.
        """
        ...

    def end(self, token: str) -> None:
        """End a session, if it is one."""
        ...


class Guesses(Protocol):
    """Who has guessed wrong: see `webui.door.attempts`."""

    def begin(self, keys: Sequence[Key]) -> float:
        """Return 0 if a guess may be looked at now, or else the seconds to wait."""
        ...

    def right(self, keys: Sequence[Key]) -> None:
        """Take the last guess back: it was right."""
        ...


class Accounts(Protocol):
    """All three. What is not said to be quick may ask a database, and raise StoreError."""

    roll: Roll
    visits: Visits
    guesses: Guesses
    jar: str
    """What names cookies that several pages share; "" where a page has its own."""

    def is_current(self, session: str) -> bool:
        """Return whether what is quick tells what holds now, of this session too. Quick."""
        ...

    def refresh(self, session: str) -> None:
        """Have it tell that. Raises StoreError where it cannot be known."""
        ...


class FileAccounts:
    """Users in a file; log-ins and guesses are this process's own, and end with it."""

    jar = ""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises UsersError when it holds no users."""
        users = Users(path)
        self.roll: Roll = users
        self.visits: Visits = Sessions(users)
        self.guesses: Guesses = Attempts()

    def is_current(self, session: str) -> bool:
        """Return True: the file is looked at for each request."""
        return True

    def refresh(self, session: str) -> None:
        """Do nothing."""
