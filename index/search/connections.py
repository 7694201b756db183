"""Connections to one SQLite file: readers never wait, for each other or for a writer.

Each thread that reads has a connection of its own for as long as it does; the log (WAL) lets it see
one moment whatever is written meanwhile. A thread that is inside `snapshot` or a transaction reads
by that connection; others take one that is idle, or open one.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from index.errors import CorpusError, IndexMismatchError

Connection = sqlite3.Connection

_LOCK_SECONDS = 30
_IDLE_AT_MOST = 8
# What SQLite says of the disk, of permissions and of other programs; all else is damage.
_HINDRANCES = frozenset(
    {
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL),
        sqlite3.SQLITE_CANTOPEN,
    }
)
CONTRADICTIONS = (ValueError, TypeError, LookupError, OverflowError, AttributeError)
"""What reading what nobody has written may end in."""


class Connections:
    """One database file, shared by the threads of a process."""

    def __init__(self, path: Path, *, is_new: bool = False) -> None:
        """Name the file; it is made by the first use when it is new."""
        self._path = path
        self._mode = "rwc" if is_new else "rw"
        self._frozen: _Files | None = None
        self._idle: list[Connection] = []
        self._is_closed = False
        self._of_thread = threading.local()

    @property
    def is_frozen(self) -> bool:
        """Whether it is read as it is: it must be opened anew to be written to."""
        return self._frozen is not None

    @property
    def is_outdated(self) -> bool:
        """Whether another program has written since, and this must be opened anew to see it."""
        return self._frozen is not None and self._frozen != _files(self._path)

    def close(self) -> None:
        """Close the connections that are idle, and the others as soon as they are."""
        self._is_closed = True
        self._close_idle()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that this thread reads inside be of one moment, whatever others write."""
        with self._connected() as connection:
            if connection.in_transaction:
                yield
            else:
                with _told(), _transaction(connection, "DEFERRED"):
                    yield

    def _freeze(self) -> bool:
        """Read the file as it is from now on, as long as nobody writes; return whether it can be.

        For where no log can be made beside it: the folder is read-only or the disk full.
        """
        files = _files(self._path)
        if self._mode == "rwc" or files.log_bytes or not files.bytes:
            return False
        self._mode, self._frozen = "ro&immutable=1", files
        self._close_idle()
        return True

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with _told("read"), self._connected() as connection:
            rows = connection.execute(query, values).fetchall()
        if self.is_outdated:
            raise CorpusError(
                "Another program has begun to write to the index. Try again.", code="unreadable"
            )
        return rows

    def _each(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Yield rows that are too many to be held at once."""
        with _told("read"), self._connected() as connection:
            yield from connection.execute(query)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Commit what happens inside, or nothing. Raises CorpusError when the disk is full."""
        with self._connected() as connection, _told(), _transaction(connection, "IMMEDIATE"):
            yield connection

    def _outside(self, statement: str) -> None:
        """Run what can be in no transaction."""
        with self._connected() as connection, _told():
            connection.execute(statement)

    def _empty_log(self, *, wait_seconds: int) -> bool:
        """Empty the log, where what was deleted is still; return False when a reader is in it."""
        with self._connected() as connection, _told():
            connection.execute(f"PRAGMA busy_timeout = {wait_seconds * 1000}")
            try:
                busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {_LOCK_SECONDS * 1000}")
        return not busy

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Yield the connection of this thread, or one that nobody uses now."""
        connection = getattr(self._of_thread, "connection", None)
        if connection is not None:
            yield connection
            return
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        self._of_thread.connection = connection
        try:
            yield connection
        finally:
            self._of_thread.connection = None
            if len(self._idle) >= _IDLE_AT_MOST:
                connection.close()
            else:
                self._idle.append(connection)
            if self._is_closed:  # looked at last: it may have been closed just now
                self._close_idle()

    def _connect(self) -> Connection:
        with _told("read"):
            connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode={self._mode}",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=_LOCK_SECONDS,
            )
            try:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")  # zeros over what is deleted
            except BaseException:
                connection.close()
                raise
        return connection


@contextmanager
def _transaction(connection: Connection, mode: str) -> Iterator[None]:
    connection.execute(f"BEGIN {mode}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class _Files(NamedTuple):
    """What changes when somebody writes: the size of the log, that of the database, its time."""

    log_bytes: int
    bytes: int
    mtime_ns: int


def _files(path: Path) -> _Files:
    try:
        log_bytes = path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        log_bytes = 0
    try:
        state = path.stat()
    except OSError:  # deleted meanwhile
        return _Files(log_bytes, 0, 0)
    return _Files(log_bytes, state.st_size, state.st_mtime_ns)


def damaged(what: object) -> IndexMismatchError:
    """Return the error that says so, with the remedy."""
    return IndexMismatchError(
        f"The index is damaged ({what}). Mend it: python -m index doctor", code="damaged"
    )


@contextmanager
def _told(doing: Literal["read", "write"] = "write") -> Iterator[None]:
    """Say in our words what SQLite cannot do: a full disk, a damaged page."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.NotSupportedError):
        raise  # mistakes of ours
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _HINDRANCES:
            raise damaged(error) from error
        raise CorpusError(
            f"Cannot {doing} the index: {error}. Is there room, and may this user {doing} there? "
            "If so, mend it: python -m index doctor",
            code="unwritable" if doing == "write" else "unreadable",
        ) from error
