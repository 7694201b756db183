"""What is in the database: tables that begin with `wenzheng_`.

Whoever comes first makes them. Users, tokens, sessions and what is kept hang on the user's row, and
go with it. `changes` counts changes of users and tokens: who has read the list looks at that alone.
"""

import hashlib
from typing import Final

from webui.postgres.database import Connection, Database
from webui.user_store import StoreError

_VERSION: Final = 1
_LOCK: Final = 0x77_65_6E_7A_68_65_6E_67  # "wenzheng": of those who make the tables
_SCHEMA: Final = """
CREATE TABLE wenzheng_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL, changes bigint NOT NULL DEFAULT 0, secret text
);
CREATE TABLE wenzheng_users (
    name text PRIMARY KEY, salt text NOT NULL, scrypt text NOT NULL, role text NOT NULL,
    revision bigint NOT NULL DEFAULT 0
);
CREATE TABLE wenzheng_tokens (
    hash text PRIMARY KEY, name text NOT NULL REFERENCES wenzheng_users ON DELETE CASCADE
);
CREATE INDEX ON wenzheng_tokens (name);
CREATE TABLE wenzheng_sessions (
    token bytea PRIMARY KEY, name text NOT NULL REFERENCES wenzheng_users ON DELETE CASCADE,
    mark text NOT NULL, begun timestamptz NOT NULL, used timestamptz NOT NULL
);
CREATE INDEX ON wenzheng_sessions (name);
CREATE TABLE wenzheng_guesses (
    key bytea PRIMARY KEY, failures integer NOT NULL, last timestamptz NOT NULL
);
CREATE INDEX ON wenzheng_guesses (last);
CREATE TABLE wenzheng_kept (
    name text NOT NULL REFERENCES wenzheng_users ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL, revision bigint NOT NULL, chars integer NOT NULL,
    text text NOT NULL, PRIMARY KEY (name, key)
);
"""


def prepare(database: Database) -> None:
    """Make the tables where they are not there. Raises StoreError where they are of later ones."""
    with database.transaction() as connection:
        if not _is_made(connection):
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            if not _is_made(connection):  # by somebody else meanwhile
                _make(connection)
        check_version(database, _one(connection, "SELECT version FROM wenzheng_state"))


def check_version(database: Database, version: object) -> None:
    """Raise StoreError where the tables are of a later version than this program."""
    if not isinstance(version, int) or version > _VERSION:
        raise StoreError(
            f"{database.address} is of a later version of Wenzheng: use that one.",
            code="users_refused",
        )


def shared_secret(database: Database, new: str) -> str:
    """Return the secret of what is kept: `new`, if there is none yet."""
    with database.transaction() as connection:
        taken = "UPDATE wenzheng_state SET secret = coalesce(secret, %s) RETURNING secret"
        return str(_one(connection, taken, new))


def jar_of(secret: str) -> str:
    """Return what names the cookies of all pages with this secret, which it does not tell."""
    return hashlib.sha256(f"cookies {secret}".encode()).hexdigest()[:12]


def _is_made(connection: Connection) -> bool:
    # Not by to_regclass: it may remember for a transaction that there was none.
    found = "SELECT 1 FROM pg_class WHERE relname = 'wenzheng_state' AND pg_table_is_visible(oid)"
    return _one(connection, found) is not None


def _make(connection: Connection) -> None:
    encoding = _one(connection, "SHOW server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"The database is in {encoding}, which cannot hold all texts. Make one that can: "
            "createdb --encoding UTF8 --template template0 NAME"
        )
    connection.execute(_SCHEMA)
    connection.execute("INSERT INTO wenzheng_state (version) VALUES (%s)", (_VERSION,))


def _one(connection: Connection, query: str, *values: object) -> object:
    """Return the first value of the first row."""
    row = connection.execute(query, values or None).fetchone()
    return None if row is None else row[0]
