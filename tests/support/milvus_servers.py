"""Milvus servers for tests, on loopback, each a process that can be killed and started again.

`Lite` is milvus-lite's own server (`python -m milvus_lite server`): today's interface, sparse
fields among it. `Standalone` is the real server, 2.3.5, from PyPI's `milvus`, which has none.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

from tests.support.serving import ROOT

HAS_MILVUS = all(map(find_spec, ("pymilvus", "milvus_lite")))
NO_MILVUS = "An index in Milvus is not tested: pip install -r requirements-dev.txt"
NO_STANDALONE = "Milvus 2.3.5 is not tested: pip install milvus==2.3.5"
_Server = TypeVar("_Server", bound="Server")


class Server:
    """A server that keeps its data when it is killed."""

    module = ""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[str] | None = None

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        # Of a session of its own: what it has started is killed with it.
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", self.module, *self.arguments()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the server has ended"  # it says that it is ready
        self._process.stdout.close()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Lite(Server):
    """milvus-lite's server."""

    module = "milvus_lite"

    def arguments(self) -> list[str]:
        place = ["--host", "127.0.0.1", "--port", str(self.port)]
        return ["server", "--data-dir", str(self.folder), *place]


class Standalone(Server):
    """The real server: all of Milvus in one process."""

    module = "tests.support.milvus_standalone"

    def arguments(self) -> list[str]:
        return [str(self.folder), str(self.port)]


def lite(folder: Path) -> Iterator[Lite]:
    """Yield a running server of milvus-lite; skip, loudly, where it is not installed."""
    if not HAS_MILVUS:
        pytest.skip(NO_MILVUS)
    yield from _running(Lite(folder))


def standalone(folder: Path) -> Iterator[Standalone]:
    """Yield a running server 2.3.5; skip where it is not installed."""
    if not HAS_MILVUS or find_spec("milvus") is None:
        pytest.skip(NO_STANDALONE)
    # Two of them would take each other's ports.
    with FileLock(Path(tempfile.gettempdir()) / "wenzheng-milvus-2.3.5.lock"):
        yield from _running(Standalone(folder))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _running(server: _Server) -> Iterator[_Server]:
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)
