"""What users keep, in the database: see `webui.user_store`.

Whoever writes for a user holds that user's row until the end, so that two pages take turns, and
nothing is written for a user who is being removed.
"""

from collections.abc import Mapping
from typing import Final

from webui.postgres.database import Connection, Database
from webui.user_store import (
    CONVERSATION,
    DELETED,
    News,
    StoreError,
    check_keys,
    check_room,
    conversation_of,
)

NOW: Final = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
"""Milliseconds since 1970, by the clock of the database."""
# Another page, which has not heard that a conversation is deleted, may have written in it since.
_BURY: Final = """
DELETE FROM wenzheng_kept AS kept WHERE name = %(user)s
AND (key = %(start)s OR (key >= %(start)s || '/' AND key < %(start)s || '0'))
AND EXISTS (SELECT 1 FROM wenzheng_kept WHERE name = %(user)s AND key = %(deleted)s)
"""
_PUT: Final = """
INSERT INTO wenzheng_kept VALUES (%s, %s, %s, %s, %s) ON CONFLICT (name, key) DO UPDATE
SET revision = excluded.revision, chars = excluded.chars, text = excluded.text
"""


class PostgresStore:
    """The store in a database; its methods may be called from any thread."""

    def __init__(self, database: Database, secret: str) -> None:
        """Keep it there; what is there is sealed with this secret."""
        self._database = database
        self.secret = secret

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def exchange(self, user: str, changes: Mapping[str, str | None], *, since: int = 0) -> News:
        """Do as `UserStore` says. Raises StoreError for who is no user, and ValueError for NUL."""
        check_keys(changes)
        if "\0" in user or any("\0" in (text or "") for text in changes.values()):
            raise ValueError("PostgreSQL keeps no text with the character NUL")
        with self._database.transaction(of_one_moment=not changes) as connection:
            before = revision = _revision(connection, user, holding=bool(changes))
            if changes:
                revision = _next_revision(connection, user)
                _write(connection, user, changes, revision)
            if since == before:
                return News(revision)
            known = since if since < before else 0
            keys = connection.execute("SELECT key FROM wenzheng_kept WHERE name = %s", (user,))
            new = connection.execute(
                "SELECT key, text FROM wenzheng_kept "
                "WHERE name = %s AND revision > %s AND revision <= %s",
                (user, known, before),
            )
            return News(revision, [key for (key,) in keys], {key: text for key, text in new})

    def holds(self, user: str) -> bool:
        """Return whether a user keeps anything."""
        with self._database.transaction(of_one_moment=True) as connection:
            return _revision(connection, user, holding=False) > 0

    def forget(self, user: str) -> int:
        """Delete all that a user keeps; return how many texts it was."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE wenzheng_users SET revision = 0 WHERE name = %s", (user,))
            return connection.execute("DELETE FROM wenzheng_kept WHERE name = %s", (user,)).rowcount


def _revision(connection: Connection, user: str, *, holding: bool) -> int:
    """Return the revision of what a user keeps; `holding` it, and raising for who is no user."""
    query = "SELECT revision FROM wenzheng_users WHERE name = %s"
    row = connection.execute(query + " FOR NO KEY UPDATE" * holding, (user,)).fetchone()
    if row is None and holding:
        raise StoreError(f"{user} is no user any more: nothing is kept.")
    return int(row[0]) if row else 0


def _next_revision(connection: Connection, user: str) -> int:
    """Return another revision. Those of a backup that was put back must not come again."""
    row = connection.execute(
        f"UPDATE wenzheng_users SET revision = greatest(revision + 1, {NOW}) "
        "WHERE name = %s RETURNING revision",
        (user,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _write(
    connection: Connection, user: str, changes: Mapping[str, str | None], revision: int
) -> None:
    gone = [key for key, text in changes.items() if text is None]
    written = [
        (user, key, revision, len(key) + len(text), text)
        for key, text in changes.items()
        if text is not None
    ]
    told = {conversation_of(key) for key in changes}
    buried = [{"user": user, "start": CONVERSATION + one, "deleted": DELETED + one} for one in told]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM wenzheng_kept WHERE name = %s AND key = ANY(%s)", (user, gone))
        cursor.executemany(_PUT, written)
        cursor.executemany(_BURY, buried)
        if written:
            size = "SELECT count(*), coalesce(sum(chars), 0) FROM wenzheng_kept WHERE name = %s"
            (entries, chars), *_ = cursor.execute(size, (user,))
            check_room(user, entries, chars)
