"""Both places where users may be, a file and a database, opened as pages and commands do."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.postgres_server import PostgresServer
from webui.door import auth
from webui.door.accounts import Accounts
from webui.door.places import Place, PostgresAddress
from webui.postgres.accounts import PostgresAccounts
from webui.user_places import Register, open_place, open_register
from webui.user_store import UserStore

PASSWORD = "correct horse"
SECONDS = 2.0
"""Within so many, what changes through one page holds on the others."""
_HASHED = auth.hashed_password(PASSWORD)  # a fifth of a second, once


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
            users = {name: _HASHED | {"role": "editor"} for name in names}
            self.place.write_text(json.dumps(users), "utf-8")
        else:
            self.register()
            values = ", ".join(
                f"($${name}$$, '{_HASHED['salt']}', '{_HASHED['scrypt']}', 'editor')"
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
            if isinstance(accounts, PostgresAccounts):
                accounts.close()
            store.close()
        for register in self._registers:
            register.close()


def in_a_file(folder: Path) -> Engine:
    return Engine(folder / "users.json")


def in_a_database(server: PostgresServer) -> Engine:
    """Users in a database of their own."""
    return Engine(PostgresAddress(server.url(server.new_database())), server)


def soon(holds: Callable[[], bool]) -> bool:
    """Return whether something holds within the seconds that are promised."""
    until = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
