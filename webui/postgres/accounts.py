"""Who may log in, who has, and who has guessed wrong, in the database, for all pages alike.

A page asks for what has changed twice a second, and answers from that what it is asked of each
request. While it cannot know, it lets nobody in; what is being sent goes on for half a minute.
"""

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from index.console import say
from webui.door import attempts, sessions
from webui.door.accounts import Guesses, Roll, Visits
from webui.door.attempts import RULES, Key
from webui.door.auth import Known, Listed, UsersError, advice, fits
from webui.door.sessions import IDLE_SECONDS, LONGEST_SECONDS, MOST_OF_ONE
from webui.postgres.database import Connection, Database
from webui.postgres.schema import check_version
from webui.user_store import StoreError

LOOK_SECONDS: Final = 0.5
"""How often a page asks for what has changed."""
_CURRENT_SECONDS = 1.5
"""So old may what it knows be. That and a look are less than the two seconds that are promised."""
_SENT_ON_SECONDS = 30.0
_ASK_SECONDS = 4.0
_REMEMBERED_SECONDS = 900.0
_NOTED_SECONDS = 60.0
"""How often it is written down that a session is used; twelve hours without that end it."""

_LASTS: Final = f"""
begun > clock_timestamp() - interval '{LONGEST_SECONDS} s'
AND used > clock_timestamp() - interval '{IDLE_SECONDS} s'
"""


@dataclass(slots=True)
class _Session:
    """A session that this page has met. Times are on the monotonic clock."""

    name: str
    mark: str
    seen: float
    is_used: bool = False
    noted: float = 0.0


class PostgresAccounts:
    """All that the door asks; a thread asks for what has changed until it is closed."""

    def __init__(self, database: Database, jar: str) -> None:
        """Read the list of users. Raises UsersError when it is empty, StoreError without it."""
        self.jar = jar
        self._database = database
        self._users: Known = {}
        self._changes = -1
        self._sessions: dict[bytes, _Session] = {}
        self._known_at = 0.0
        self._asking = threading.Lock()
        self._closed = threading.Event()
        self._look()
        if not self._users:
            raise UsersError(f"{database.address} holds no user. {advice(database.address)}")
        self.roll: Roll = _Users(self)
        self.visits: Visits = _Visits(self)
        self.guesses: Guesses = PostgresGuesses(database)
        self._following = threading.Thread(target=self._follow, name="users", daemon=True)
        self._following.start()

    @property
    def database(self) -> Database:
        """Where they are."""
        return self._database

    @property
    def users(self) -> Known:
        """The users as they were when it was last asked."""
        return self._users

    def close(self) -> None:
        """Ask no more."""
        self._closed.set()
        self._following.join()

    def is_current(self, session: str) -> bool:
        """Return whether what is known is new enough, and the session among it."""
        if time.monotonic() - self._known_at > _CURRENT_SECONDS:
            return False
        return not session or sessions.digest(session) in self._sessions

    def refresh(self, session: str) -> None:
        """Ask, of this session too. Raises StoreError where that cannot be known."""
        with self._asking:
            if not self.is_current(session):  # somebody else may have asked meanwhile
                self._look(session)

    def ask_anew(self) -> None:
        """Ask, whatever is known. Raises StoreError where that cannot be known."""
        with self._asking:
            self._look()

    def session(self, token: str) -> _Session | None:
        """Return a session that this page has met, if it is one."""
        found = self._sessions.get(sessions.digest(token))
        if found is None or self._users.get(found.name, {}).get("scrypt") != found.mark:
            return None
        return found

    def drop(self, token: str) -> None:
        """Know no more of a session that has ended; whoever is asking may have heard of it yet."""
        with self._asking:
            self._sessions.pop(sessions.digest(token), None)

    def _follow(self) -> None:
        is_away = False
        while not self._closed.wait(LOOK_SECONDS):
            try:
                self.ask_anew()
            except StoreError as error:
                if not is_away:
                    say(f"{error} Until then nobody can use the page.")
                is_away = True
                if time.monotonic() - self._known_at > _SENT_ON_SECONDS:
                    self._users, self._changes, self._sessions = {}, -1, {}
            else:
                if is_away:
                    say("The database of users answers again.")
                is_away = False

    def _look(self, session: str = "") -> None:
        begun = time.monotonic()
        self._sessions = {
            key: one
            for key, one in self._sessions.copy().items()
            if begun - one.seen < _REMEMBERED_SECONDS
        }
        asked = [*self._sessions, *[sessions.digest(session)] * bool(session)]
        used = [
            key
            for key, one in self._sessions.items()
            if one.is_used and begun - one.noted > _NOTED_SECONDS
        ]
        with self._database.transaction(seconds=_ASK_SECONDS) as connection:
            if used:
                _note(connection, used)
            state = "SELECT version, changes FROM wenzheng_state"
            version, changes = connection.execute(state).fetchone() or (None, -1)
            check_version(self._database, version)
            if changes != self._changes:
                self._users = _read_users(connection)
                self._changes = changes
            there = _read_sessions(connection, asked) if asked else {}
        self._take(there, begun)
        for key in used:
            if key in self._sessions:
                self._sessions[key].is_used, self._sessions[key].noted = False, begun
        self._known_at = begun

    def _take(self, there: dict[bytes, tuple[str, str]], now: float) -> None:
        """Know the sessions that there are, and no others of those that were known."""
        for key in list(self._sessions):
            if key not in there:
                self._sessions.pop(key, None)
        for key, (name, mark) in there.items():
            if key not in self._sessions:
                self._sessions[key] = _Session(name, mark, seen=now)


class _Users(Listed):
    def __init__(self, accounts: PostgresAccounts) -> None:
        self._accounts = accounts

    def _now(self) -> Known:
        return self._accounts.users

    def check(self, name: str, password: str) -> str | None:
        """Return the user's mark if name and password fit, as they are at this moment."""
        self._accounts.ask_anew()
        return fits(self._accounts.users.get(name), password)


class _Visits:
    def __init__(self, accounts: PostgresAccounts) -> None:
        self._accounts = accounts

    def begin(self, name: str, mark: str) -> str:
        """Return the token of a new session. The oldest of more than 20 of a user ends."""
        token = secrets.token_urlsafe(32)
        with self._accounts.database.transaction() as connection:
            holding = "SELECT 1 FROM wenzheng_users WHERE name = %s FOR NO KEY UPDATE"
            connection.execute(holding, (name,))
            connection.execute(f"DELETE FROM wenzheng_sessions WHERE NOT ({_LASTS})")
            connection.execute(
                "DELETE FROM wenzheng_sessions WHERE token IN (SELECT token FROM "
                "wenzheng_sessions WHERE name = %s ORDER BY begun DESC OFFSET %s)",
                (name, MOST_OF_ONE - 1),
            )
            # With another password than a moment ago it begins none.
            connection.execute(
                "INSERT INTO wenzheng_sessions SELECT %s, name, scrypt, clock_timestamp(), "
                "clock_timestamp() FROM wenzheng_users WHERE name = %s AND scrypt = %s",
                (sessions.digest(token), name, mark),
            )
        return token

    def user(self, token: str, *, using: bool = True) -> str | None:
        """Return whose session it is, of those that this page has met."""
        session = self._accounts.session(token)
        if session is None:
            return None
        session.seen = time.monotonic()
        session.is_used |= using
        return session.name

    def end(self, token: str) -> None:
        """End a session, if it is one."""
        if not token:
            return
        with self._accounts.database.transaction() as connection:
            ending = "DELETE FROM wenzheng_sessions WHERE token = %s"
            connection.execute(ending, (sessions.digest(token),))
        self._accounts.drop(token)


class PostgresGuesses:
    """Counts failures as `webui.door.attempts` does, on the clock of the database."""

    def __init__(self, database: Database) -> None:
        """Count there."""
        self._database = database

    def begin(self, keys: Sequence[Key]) -> float:
        """Return 0 if a guess may be looked at now, or else the seconds to wait."""
        with self._database.transaction() as connection:
            _alone(connection)
            forgotten = (
                "DELETE FROM wenzheng_guesses "
                f"WHERE last < clock_timestamp() - interval '{attempts.FORGET_SECONDS} s'"
            )
            connection.execute(forgotten)
            known = {attempts.digest(key): key[0] for key in keys}
            rows = connection.execute(
                "SELECT key, failures, extract(epoch FROM clock_timestamp() - last)::float "
                "FROM wenzheng_guesses WHERE key = ANY(%s)",
                (list(known),),
            )
            waits = [RULES[known[key]].wait(failures) - since for key, failures, since in rows]
            if (wait := max(waits, default=0.0)) > 0:
                return wait
            connection.execute(
                "INSERT INTO wenzheng_guesses SELECT unnest(%s::bytea[]), 1, clock_timestamp() "
                "ON CONFLICT (key) DO UPDATE "
                "SET failures = wenzheng_guesses.failures + 1, last = excluded.last",
                (list(known),),
            )
            connection.execute(
                "DELETE FROM wenzheng_guesses WHERE key IN "
                "(SELECT key FROM wenzheng_guesses ORDER BY last DESC OFFSET %s)",
                (attempts.MOST,),
            )
        return 0.0

    def right(self, keys: Sequence[Key]) -> None:
        """Take the last guess back; failures of the address are not forgiven."""
        forgiven = [attempts.digest(key) for key in keys if key[0] != "address"]
        others = [attempts.digest(key) for key in keys if key[0] == "address"]
        with self._database.transaction() as connection:
            _alone(connection)
            connection.execute("DELETE FROM wenzheng_guesses WHERE key = ANY(%s)", (forgiven,))
            less = "UPDATE wenzheng_guesses SET failures = failures - 1 WHERE key = ANY(%s)"
            connection.execute(less, (others,))


def _alone(connection: Connection) -> None:
    """Have all pages count one after the other."""
    connection.execute("LOCK TABLE wenzheng_guesses IN SHARE ROW EXCLUSIVE MODE")


def _note(connection: Connection, used: Sequence[bytes]) -> None:
    """Write down that these sessions are used now, where they have not ended."""
    prolong = "UPDATE wenzheng_sessions SET used = clock_timestamp() WHERE token = ANY(%s)"
    connection.execute(f"{prolong} AND {_LASTS}", (list(used),))


def _read_users(connection: Connection) -> Known:
    users: dict[str, dict[str, Any]] = {
        name: {"salt": salt, "scrypt": scrypt, "role": role, "tokens": tokens}
        for name, salt, scrypt, role, tokens in connection.execute(
            "SELECT name, salt, scrypt, role, array(SELECT hash FROM wenzheng_tokens "
            "WHERE wenzheng_tokens.name = wenzheng_users.name) FROM wenzheng_users"
        )
    }
    return users


def _read_sessions(connection: Connection, asked: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """Return those of the sessions that have not ended: key -> name and mark."""
    found = connection.execute(
        f"SELECT token, name, mark FROM wenzheng_sessions WHERE token = ANY(%s) AND {_LASTS}",
        (list(asked),),
    )
    return {key: (name, mark) for key, name, mark in found}
