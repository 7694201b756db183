"""Changes of the users in the database. Each counts, on every page, within two seconds."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from webui.door.auth import (
    NEW_ROLE,
    Known,
    UsersError,
    check_new,
    check_tokens,
    hashed_password,
    new_token,
    no_user,
    token_hash,
)
from webui.door.roles import Role
from webui.postgres.database import SECONDS, Connection, Database
from webui.postgres.kept import NOW

_CHANGED = "UPDATE wenzheng_state SET changes = changes + 1"
_PUT = """
INSERT INTO wenzheng_users (name, salt, scrypt, role) VALUES (%s, %s, %s, coalesce(%s, %s))
ON CONFLICT (name) DO UPDATE SET salt = excluded.salt, scrypt = excluded.scrypt,
role = coalesce(%s, wenzheng_users.role)
"""
_TAKE_USER = f"""
INSERT INTO wenzheng_users (name, salt, scrypt, role, revision) VALUES (%s, %s, %s, %s, {NOW})
"""
_TAKE_TEXT = """
INSERT INTO wenzheng_kept SELECT name, %(key)s, revision, %(chars)s, %(text)s
FROM wenzheng_users WHERE name = %(user)s
"""
_TAKING_SECONDS = 1800.0


class PostgresRegister:
    """The users in a database, to be changed."""

    def __init__(self, database: Database) -> None:
        """Change them there."""
        self._database = database

    def add(self, name: str, password: str, role: Role | None) -> bool:
        """Add a user, or give him a new password; return whether there was none of the name."""
        name = name.strip()
        check_new(name, password)
        if "\0" in name or name.encode(errors="replace").decode() != name:
            raise UsersError("A user's name is made of characters, and has no NUL among them.")
        hashed = hashed_password(password)
        with self._changing() as connection:
            known = _is_known(connection, name)
            values = (name, hashed["salt"], hashed["scrypt"], role, NEW_ROLE, role)
            connection.execute(_PUT, values)
            connection.execute("DELETE FROM wenzheng_sessions WHERE name = %s", (name,))
        return not known

    def remove(self, name: str) -> None:
        """Remove a user with all that is his. Raises UsersError where there is none."""
        with self._changing() as connection:
            self._check(connection, name)
            connection.execute("DELETE FROM wenzheng_users WHERE name = %s", (name,))

    def add_token(self, name: str) -> str:
        """Return a new token. Raises UsersError for who is no user, or has as many as he may."""
        token = new_token()
        with self._changing() as connection:
            self._check(connection, name)
            count = "SELECT count(*) FROM wenzheng_tokens WHERE name = %s"
            ((tokens,),) = connection.execute(count, (name,))
            check_tokens(self._database.address, name, tokens)
            put = "INSERT INTO wenzheng_tokens VALUES (%s, %s)"
            connection.execute(put, (token_hash(token), name))
        return token

    def remove_tokens(self, name: str) -> int:
        """Remove all tokens of a user; return how many. Raises UsersError for who is no user."""
        with self._changing() as connection:
            self._check(connection, name)
            gone = "DELETE FROM wenzheng_tokens WHERE name = %s"
            return connection.execute(gone, (name,)).rowcount

    def keeps(self, name: str) -> bool:
        """Return False: what an earlier user of a name kept has gone with him."""
        return False

    def take(self, users: Known, secret: str, texts_of: Callable[[str], Mapping[str, str]]) -> int:
        """Take over users and the texts that each keeps under keys, sealed with the secret.

        Return how many texts. Raises UsersError where there are users already; then nothing is
        taken. With no secret nothing is sealed yet.
        """
        count = 0
        with self._changing(seconds=_TAKING_SECONDS) as connection, connection.cursor() as cursor:
            if cursor.execute("SELECT 1 FROM wenzheng_users LIMIT 1").fetchone():
                raise UsersError(f"{self._database.address} holds users already: it must be empty.")
            if secret:
                cursor.execute("UPDATE wenzheng_state SET secret = %s", (secret,))
            for name, user in users.items():
                values = (name, user["salt"], user["scrypt"], user.get("role", NEW_ROLE))
                cursor.execute(_TAKE_USER, values)
                tokens = [(token, name) for token in user.get("tokens", ())]
                cursor.executemany("INSERT INTO wenzheng_tokens VALUES (%s, %s)", tokens)
                texts = [
                    {"user": name, "key": key, "chars": len(key) + len(text), "text": text}
                    for key, text in texts_of(name).items()
                ]
                cursor.executemany(_TAKE_TEXT, texts)
                count += len(texts)
        return count

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    @contextmanager
    def _changing(self, seconds: float = SECONDS) -> Iterator[Connection]:
        """Commit what happens inside; others who change users wait, and pages are told."""
        with self._database.transaction(seconds=seconds) as connection:
            connection.execute(_CHANGED)
            yield connection

    def _check(self, connection: Connection, name: str) -> None:
        if not _is_known(connection, name):
            known = connection.execute("SELECT name FROM wenzheng_users ORDER BY name LIMIT 100")
            raise no_user(self._database.address, name, [one for (one,) in known])


def _is_known(connection: Connection, name: str) -> bool:
    asked = "SELECT 1 FROM wenzheng_users WHERE name = %s"
    return "\0" not in name and connection.execute(asked, (name,)).fetchone() is not None
