"""Users and what they keep, opened where `--auth` says: for a page, and for who changes users."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from index.errors import ChatbotError
from webui.door import auth
from webui.door.accounts import Accounts, FileAccounts
from webui.door.auth import UsersError
from webui.door.places import Place, PostgresAddress
from webui.door.roles import Role
from webui.sqlite_store import SqliteStore, beside
from webui.user_store import UserStore

if TYPE_CHECKING:
    from webui.postgres.database import Database

_Told = TypeVar("_Told")


class Register(Protocol):
    """The users, to be changed. Names are as they were typed, without blanks around them."""

    def add(self, name: str, password: str, role: Role | None) -> bool:
        """Add a user, or give him a new password; return whether there was none of the name."""
        ...

    def remove(self, name: str) -> None:
        """Remove a user with all that is his. Raises UsersError where there is none."""
        ...

    def add_token(self, name: str) -> str:
        """Return a new token. Raises UsersError for who is no user, or has as many as he may."""
        ...

    def remove_tokens(self, name: str) -> int:
        """Remove all tokens of a user; return how many. Raises UsersError for who is no user."""
        ...

    def keeps(self, name: str) -> bool:
        """Return whether something is kept for a user, as of an earlier one of that name."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


def open_place(place: Place, secret: str) -> tuple[Accounts, UserStore]:
    """Return who may log in and what they keep, sealed with this secret if it is new.

    Raises ChatbotError where there are no users, or what they keep cannot be had.
    """
    if isinstance(place, Path):
        return FileAccounts(place), SqliteStore(beside(place), secret)
    with _opened(place) as database:
        from webui.postgres.accounts import PostgresAccounts
        from webui.postgres.kept import PostgresStore
        from webui.postgres.schema import jar_of, shared_secret

        shared = shared_secret(database, secret)
        return PostgresAccounts(database, jar_of(shared)), PostgresStore(database, shared)


def open_register(place: Place) -> Register:
    """Return the users to be changed. Raises ChatbotError where they cannot be had."""
    if isinstance(place, Path):
        return FileRegister(place)
    with _opened(place) as database:
        from webui.postgres.register import PostgresRegister

        return PostgresRegister(database)


def move(source: Path, place: Place) -> tuple[int, int]:
    """Copy users of a file, and what they keep, into a database; return how many users and texts.

    Raises ChatbotError where that is no file of users, or the database no empty one.
    """
    if isinstance(place, Path):
        raise ChatbotError(
            "Users are moved into a database: python ui.py --auth postgresql://USER@HOST/DATABASE "
            "--move-users FILE"
        )
    users = auth.read_users(source)
    with _opened(place) as database:
        from webui.postgres.register import PostgresRegister

        with closing(PostgresRegister(database)) as register:
            if not beside(source).exists():
                return len(users), register.take(users, "", lambda _: {})
            with closing(SqliteStore(beside(source))) as store:
                return len(users), register.take(
                    users, store.secret, lambda name: store.exchange(name, {}).entries
                )


@contextmanager
def _opened(address: PostgresAddress) -> Iterator["Database"]:
    """Yield a database with its tables, which is closed again only if something goes wrong."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise ChatbotError(
            f"Users in PostgreSQL need psycopg, which cannot be used here ({error}). "
            "Install it: pip install -r requirements-postgres.txt"
        ) from error
    from webui.postgres.database import Database
    from webui.postgres.schema import prepare

    database = Database(address)
    try:
        prepare(database)
        yield database
    except ChatbotError:
        database.close()
        raise


class FileRegister:
    """The users in a file, and what they keep beside it."""

    def __init__(self, path: Path) -> None:
        """Change them there; the file need not be there yet."""
        self._path = path

    def add(self, name: str, password: str, role: Role | None) -> bool:
        """Add a user, or give him a new password; return whether there was none of the name."""
        return auth.add_user(self._path, name, password, role=role)

    def remove(self, name: str) -> None:
        """Remove a user with all that is his. Raises UsersError where there is nothing of him."""
        try:
            auth.remove_user(self._path, name)
        except UsersError:
            # Taken out of the file by hand, what was kept may still be there.
            if not self._kept(name, SqliteStore.forget):
                raise
        else:
            self._kept(name, SqliteStore.forget)

    def add_token(self, name: str) -> str:
        """Return a new token. Raises UsersError for who is no user, or has as many as he may."""
        return auth.add_token(self._path, name)

    def remove_tokens(self, name: str) -> int:
        """Remove all tokens of a user; return how many. Raises UsersError for who is no user."""
        return auth.remove_tokens(self._path, name)

    def keeps(self, name: str) -> bool:
        """Return whether something is kept for a user, as of an earlier one of that name."""
        return bool(self._kept(name, SqliteStore.holds))

    def close(self) -> None:
        """Do nothing."""

    def _kept(self, name: str, ask: Callable[[SqliteStore, str], _Told]) -> _Told | None:
        """Return what the store says of a user; None where nobody has kept anything yet."""
        if not (path := beside(self._path)).exists():
            return None
        store = SqliteStore(path)
        try:
            return ask(store, name)
        finally:
            store.close()
