"""A PostgreSQL database: a few connections that are kept, and every wait with an end.

One that the server has closed meanwhile is noticed by its BEGIN, and another takes its place. While
the server does not answer, one thread at a time tries, for seconds, and the others are told at once
what it was told.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

from index.terminal import on_one_line
from webui.door.places import PostgresAddress
from webui.user_store import StoreAwayError, StoreError

SECONDS: Final = 10.0
"""How long a transaction may take, of which the server may be silent all the time."""

_CONNECT_SECONDS = 3
_BEGIN_SECONDS = 1.5
_MOST_CONNECTIONS = 8
_AGAIN_SECONDS = 0.4
# A page that stands still, as on a machine that sleeps, must not hold up the others.
_SETTINGS = "-c idle_in_transaction_session_timeout=15s -c statement_timeout=30s"
_DEFAULTS: Final = {
    "connect_timeout": _CONNECT_SECONDS,
    "application_name": "wenzheng",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection on which nothing waits beyond a moment."""

    until = 0.0
    """That moment, on the monotonic clock."""

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 (as psycopg has it)
        """Wait for the server. Raises OperationalError when the moment has come."""
        return super().wait(gen, interval, max(0.0, self.until - time.monotonic()))


class _StillAwayError(psycopg.OperationalError):
    """What the server was told to be a moment ago."""


class Database:
    """A database; its methods may be called from any thread."""

    def __init__(self, address: PostgresAddress) -> None:
        """Name it; nothing is connected yet. Raises StoreError where the address is none."""
        self.address = address
        self._parameters = _parameters(address)
        self._idle: list[Connection] = []
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._connecting = threading.Lock()
        self._failed: tuple[float, str] | None = None
        self._is_closed = False

    @contextmanager
    def transaction(
        self, *, seconds: float = SECONDS, of_one_moment: bool = False
    ) -> Iterator[Connection]:
        """Commit what happens inside, or nothing.

        `of_one_moment`: it only reads, and all of it as it was at one moment. Raises StoreAwayError
        where the server does not answer in time, and StoreError where it refuses.
        """
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if of_one_moment else "BEGIN"
        with self._told(), self._place(seconds):
            connection = self._begun(begin, time.monotonic() + seconds)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._end(connection)
                raise
            self._put_back(connection)
            self._failed = None

    def close(self) -> None:
        """Close all connections, those that are in use when they are not any more."""
        self._is_closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while (connection := self._kept()) is not None:
            connection.close()

    @contextmanager
    def _place(self, seconds: float) -> Iterator[None]:
        if not self._places.acquire(timeout=seconds):
            raise psycopg.OperationalError(f"all connections were busy for {seconds:.0f} s")
        try:
            yield
        finally:
            self._places.release()

    def _begun(self, begin: str, until: float) -> Connection:
        if (connection := self._kept()) is not None:
            connection.until = min(until, time.monotonic() + _BEGIN_SECONDS)
            try:
                connection.execute(begin)
            except psycopg.OperationalError:  # as when the server was started again meanwhile
                connection.close()
                self._drop_idle()
            else:
                connection.until = until
                return connection
        connection = self._connect()
        connection.until = until
        connection.execute(begin)
        return connection

    def _kept(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connect(self) -> Connection:
        with self._connecting:
            if self._failed is not None:
                at, told = self._failed
                if time.monotonic() - at < _AGAIN_SECONDS:
                    raise _StillAwayError(told)
            return Connection.connect(**self._parameters, autocommit=True, prepare_threshold=None)

    def _end(self, connection: Connection) -> None:
        """Take back what was begun, and keep the connection where it is still good."""
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
        else:
            self._put_back(connection)

    def _put_back(self, connection: Connection) -> None:
        if self._is_closed:
            connection.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what the server cannot do."""
        try:
            yield
        except psycopg.OperationalError as error:
            if not isinstance(error, _StillAwayError):
                self._failed = (time.monotonic(), str(error))
            raise StoreAwayError(
                f"The database of users, {self.address}, does not answer ({_one_line(error)}). "
                "Start it, or mend its address (--auth, WENZHENG_AUTH) or its password "
                "(PGPASSWORD, ~/.pgpass); a page that runs goes on by itself.",
                code="users_away",
            ) from error
        except psycopg.Error as error:
            raise StoreError(
                f"The database of users, {self.address}, refuses ({_one_line(error)}). Its user "
                "must own the tables that begin with wenzheng_, or be allowed to make them, and to "
                "write.",
                code="users_refused",
            ) from error


def _parameters(address: PostgresAddress) -> dict[str, Any]:
    try:
        given = conninfo_to_dict(address.url)
    except psycopg.Error:  # whose message may quote a password
        raise StoreError(
            f"{address} is no address of a database. Write "
            "postgresql://USER@HOST:PORT/DATABASE, with % as %25, and a @ or / of a password as "
            "%40 or %2F."
        ) from None
    options = given.get("options") or os.environ.get("PGOPTIONS", "")
    also = {"options": f"{_SETTINGS} {options}".strip(), "client_encoding": "utf8"}
    return _DEFAULTS | given | also


def _one_line(error: Exception) -> str:
    return on_one_line("; ".join(filter(None, map(str.strip, str(error).splitlines()))))
