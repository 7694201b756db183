"""A real PostgreSQL server for tests, on loopback, that can be killed and started again.

It runs as another user where the tests run as root, whom it refuses; so its data lie in a folder
of its own in the folder for temporary files, and not in pytest's, which only root may enter.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from tests.support.serving import free_port

_FOLDERS = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
)
_FOUND = shutil.which("postgres", path=os.pathsep.join(map(str, [*_FOLDERS, *os.get_exec_path()])))
POSTGRES = Path(_FOUND) if _FOUND else None
HAS_POSTGRES = POSTGRES is not None and find_spec("psycopg") is not None
NO_POSTGRES = (
    "no PostgreSQL here: users in it were NOT tested "
    "(apt-get install postgresql; pip install -r requirements-dev.txt)"
)

PASSWORD = "geheim/und@schwer%20"
"""Of the server's user: with all that has a meaning in an address."""
PASSWORD_IN_URL = "geheim%2Fund%40schwer%2520"
# What is written outlives a process that is killed; only a machine that loses power needs more.
_FAST = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=16MB")


class PostgresServer:
    """A server that keeps its data when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def make(self) -> "PostgresServer":
        """Make its data."""
        password = self.folder / "password"
        password.write_text(PASSWORD, "utf-8")
        if os.geteuid() == 0:
            for path in (self.folder, password):
                os.chown(path, *_other_user())
        command = [_program("initdb"), "-D", self.data, "-U", "wenzheng", "--pwfile", password]
        fast = ["--no-sync", "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C"]
        subprocess.run([*command, *fast], check=True, capture_output=True, **_as_other())
        return self

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it, and return when it answers."""
        settings = (
            *_FAST,
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
        )
        command = [_program("postgres"), "-D", self.data]
        for each in settings:
            command += ["-c", each]
        until = time.monotonic() + 60
        while True:  # one that was killed may still have the memory that it shared
            with (self.folder / "log").open("ab") as log:
                self.process = subprocess.Popen(
                    command, stdout=log, stderr=log, start_new_session=True, **_as_other()
                )
            while self.process.poll() is None:
                if self._is_ready():
                    return
                time.sleep(0.05)
            log_text = (self.folder / "log").read_text("utf-8", "replace")
            assert time.monotonic() < until, log_text[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it and all its processes at once, as when a machine stops."""
        if self.process is None or self.process.poll() is not None:
            return
        parent = psutil.Process(self.process.pid)
        for each in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self.process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Within it, the server takes connections and says nothing."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        all_ = [parent, *parent.children(recursive=True)]
        for each in all_:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for each in all_:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(signal.SIGCONT)

    def sql(self, query: str, *, database: str = "postgres") -> str:
        """Return what psql prints: a client of PostgreSQL's own."""
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "wenzheng", database]
        return subprocess.run(
            [_program("psql"), "-qtAX", "-v", "ON_ERROR_STOP=1", *place, "-c", query],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PGPASSWORD": PASSWORD},
        ).stdout.strip()

    def new_database(self) -> str:
        """Return the name of an empty database."""
        name = f"t{secrets.token_hex(6)}"
        self.sql(f"CREATE DATABASE {name}")
        return name

    def url(self, database: str, *, with_password: bool = True) -> str:
        secret = f":{PASSWORD_IN_URL}" if with_password else ""
        return f"postgresql://wenzheng{secret}@127.0.0.1:{self.port}/{database}"

    def _is_ready(self) -> bool:
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-t", "1", "-q"]
        return subprocess.run([_program("pg_isready"), *place], check=False).returncode == 0


@contextmanager
def running() -> Iterator[PostgresServer]:
    """A server with data of its own, which are deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wenzheng-postgres-"))
    server = PostgresServer(folder)
    try:
        server.make().start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> Path:
    assert POSTGRES is not None
    return POSTGRES.with_name(name)


def _other_user() -> tuple[int, int]:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise AssertionError("no user but root to run PostgreSQL as")


def _as_other() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user, group = _other_user()
    return {"user": user, "group": group, "extra_groups": [], "cwd": "/"}
