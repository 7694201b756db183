"""The server as it is launched."""

import sys
import time
from pathlib import Path

import pytest

from tests.support.serving import Server


def waits(server: Server) -> int:
    """How often the threads of the server have gone to sleep so far, by Linux's own account."""
    assert server.process is not None
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/status")
    lines = (line for task in tasks for line in task.read_text("utf-8").splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_server_that_nobody_uses_sleeps(server: Server) -> None:
    """Gradio would look for events a thousand times a second."""

    def in_a_second() -> int:
        before = waits(server)
        time.sleep(1)
        return waits(server) - before

    assert any(in_a_second() < 250 for _ in range(30))  # once the model is loaded
