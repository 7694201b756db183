"""Both places where users may be, a file and a database, opened as pages and commands do."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.postgres_server import HAS_POSTGRES, NO_POSTGRES, PostgresServer, running
from webui.door import auth
from webui.door.accounts import Accounts
from webui.door.places import Place, PostgresAddress
from webui.user_places import Register, open_place, open_register
from webui.user_store import UserStore

PASSWORD = "correct horse"
_hashed = cache(lambda: auth.hashed_password(PASSWORD))  # a fifth of a second, once

if not HAS_POSTGRES and os.environ.get("CI"):
    raise RuntimeError(NO_POSTGRES)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server. Each test has a database of its own in it, and leaves it running."""
    if not HAS_POSTGRES:
        pytest.skip(NO_POSTGRES)
    with running() as made:
        yield made


class Engine:
    """Users in one place, and pages that are open on it."""

    def __init__(self, place: Place, server: PostgresServer | None = None) -> None:
        self.place, self.server = place, server
        self._open: list[tuple[Accounts, UserStore]] = []
        self._registers: list[Register] = []

    @property
    def is_shared(self) -> bool:
        return self.server is not None

    def page(self) -> tuple[Accounts, UserStore]:
        """Open it as another page does, with another secret in its cache."""
        self._open.append(open_place(self.place, f"secret {len(self._open)}"))
        return self._open[-1]

    def register(self) -> Register:
        """Open it as the commands do."""
        self._registers.append(open_register(self.place))
        return self._registers[-1]

    def people(self, *names: str) -> None:
        """Put users into an empty place whose password is the same."""
        if isinstance(self.place, Path):
            users = {name: _hashed() | {"role": "editor"} for name in names}
            self.place.write_text(json.dumps(users), "utf-8")
        else:
            self.register()
            secret = _hashed()
            values = ", ".join(
                f"($${name}$$, '{secret['salt']}', '{secret['scrypt']}', 'editor')"
                for name in names
            )
            self.sql(f"INSERT INTO wenzheng_users VALUES {values}")

    def sql(self, query: str) -> str:
        """Return what psql prints."""
        assert self.server is not None
        assert isinstance(self.place, PostgresAddress)
        return self.server.sql(query, database=self.place.url.rpartition("/")[2])

    def close(self) -> None:
        for accounts, store in self._open:
            getattr(accounts, "close", lambda: None)()
            store.close()
        for register in self._registers:
            register.close()


def in_a_file(folder: Path) -> Engine:
    return Engine(folder / "users.json")


def in_a_database(server: PostgresServer) -> Engine:
    """Users in a database of their own."""
    return Engine(PostgresAddress(server.url(server.new_database())), server)
