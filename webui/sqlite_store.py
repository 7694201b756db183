"""What users keep on the server, in one SQLite file beside the file of users.

The secret of the seals is kept here as well: a copy of this file is all that is needed.

SQLite writes zeros over what is deleted, and its journal is one that goes with every transaction,
not a log (WAL): what a user has deleted stands in no file.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from webui.user_store import (
    CONVERSATION,
    DELETED,
    News,
    StoreError,
    check_keys,
    check_room,
    conversation_of,
)

_VERSION = 1
_LOCK_SECONDS = 30.0
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS secret (secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (user TEXT PRIMARY KEY, revision INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS kept (
    user TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, chars INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (user, key)
);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


def beside(users: Path) -> Path:
    """Return where the store of the users in a file is."""
    return users.with_name(f"{users.name}.kept.db")


class SqliteStore:
    """The store in a file; its methods may be called from any thread."""

    def __init__(self, path: Path, new_secret: str = "") -> None:
        """Open the file, or make it, with this secret. Raises StoreError where it cannot be."""
        self._path = path
        self._lock = threading.Lock()
        with self._told():
            if not path.exists():
                path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=_LOCK_SECONDS
            )
            self._connection.execute("PRAGMA secure_delete = ON")
            self.secret = self._open(new_secret)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def exchange(self, user: str, changes: Mapping[str, str | None], *, since: int = 0) -> News:
        """Do as `UserStore` says."""
        check_keys(changes)
        with self._writing() as connection:
            before = self._revision(connection, user)
            revision = before
            if changes:
                # Revisions of a file that was put back from a backup must not come again.
                revision = max(before + 1, time.time_ns() // 1_000_000)
                self._write(connection, user, changes, revision)
            if since == before:
                return News(revision)
            known = since if since < before else 0
            rows = connection.execute("SELECT key FROM kept WHERE user = ?", (user,))
            new = connection.execute(
                "SELECT key, text FROM kept WHERE user = ? AND revision > ? AND revision <= ?",
                (user, known, before),
            )
            return News(revision, [key for (key,) in rows], dict(new))

    def holds(self, user: str) -> bool:
        """Return whether a user keeps anything."""
        with self._writing() as connection:
            return self._revision(connection, user) > 0

    def forget(self, user: str) -> int:
        """Delete all that a user keeps; return how many texts it was."""
        with self._writing() as connection:
            connection.execute("DELETE FROM users WHERE user = ?", (user,))
            return connection.execute("DELETE FROM kept WHERE user = ?", (user,)).rowcount

    def _write(
        self,
        connection: sqlite3.Connection,
        user: str,
        changes: Mapping[str, str | None],
        revision: int,
    ) -> None:
        connection.execute(
            "INSERT INTO users VALUES (?, ?) "
            "ON CONFLICT (user) DO UPDATE SET revision = excluded.revision",
            (user, revision),
        )
        gone = [(user, key) for key, text in changes.items() if text is None]
        connection.executemany("DELETE FROM kept WHERE user = ? AND key = ?", gone)
        written = [
            (user, key, revision, len(key) + len(text), text)
            for key, text in changes.items()
            if text is not None
        ]
        connection.executemany(
            "INSERT INTO kept VALUES (?, ?, ?, ?, ?) ON CONFLICT (user, key) DO UPDATE "
            "SET revision = excluded.revision, chars = excluded.chars, text = excluded.text",
            written,
        )
        for conversation_id in {conversation_of(key) for key in changes}:
            self._bury(connection, user, conversation_id)
        if written:
            self._check_room(connection, user)

    def _check_room(self, connection: sqlite3.Connection, user: str) -> None:
        query = "SELECT count(*), total(chars) FROM kept WHERE user = ?"
        entries, chars = connection.execute(query, (user,)).fetchone()
        check_room(user, entries, chars)

    def _revision(self, connection: sqlite3.Connection, user: str) -> int:
        found = connection.execute("SELECT revision FROM users WHERE user = ?", (user,)).fetchone()
        return int(found[0]) if found else 0

    def _bury(self, connection: sqlite3.Connection, user: str, conversation_id: str) -> None:
        """Delete what there is of a conversation that is marked as deleted.

        Another page, which has not heard of that, may have written in it since.
        """
        start = CONVERSATION + conversation_id
        connection.execute(
            "DELETE FROM kept WHERE user = :user "
            "AND (key = :start OR (key >= :start || '/' AND key < :start || '0')) "
            "AND EXISTS (SELECT 1 FROM kept WHERE user = :user AND key = :deleted)",
            {"user": user, "start": start, "deleted": DELETED + conversation_id},
        )

    def _open(self, new_secret: str) -> str:
        """Make what is missing of the file and return its secret."""
        connection = self._connection
        if connection.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise StoreError(f"{self._path} is of a later version of Wenzheng: use that one.")
        connection.executescript(_SCHEMA)
        new = "INSERT INTO secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM secret)"
        connection.execute(new, (new_secret,))
        return str(connection.execute("SELECT secret FROM secret").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Commit what happens inside, or nothing."""
        with self._told(), self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what the disk or SQLite cannot do."""
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreError(
                f"Cannot use {self._path}, where the conversations of users are kept: {error}. "
                "The folder of the --auth file must have room, and this user must be allowed to "
                "write there."
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{self._path}, where the conversations of users are kept, is damaged: {error}. "
                "Put a copy of it back, or move it away: a new one is made, and is empty."
            ) from error
