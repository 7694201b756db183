"""A server that is stopped: answers in progress end, and nobody begins another."""

import signal
import threading
from collections.abc import Callable

import httpx
import pytest

from tests.support.scripted_page import PIECES
from tests.support.serving import DOCUMENTS, Server


@pytest.fixture
def slow(serve: Callable[..., Server]) -> Server:
    return serve(DOCUMENTS, command=("tests/support/scripted_page.py",))


@pytest.mark.slow
def test_an_answer_in_progress_ends_and_no_other_begins(slow: Server) -> None:
    assert slow.process is not None
    question = {"role": "user", "content": "SLOW 三号码头什么时候启用？"}
    asked = {"model": "wenzheng", "messages": [question], "stream": True}
    pieces: list[str] = []
    begun = threading.Event()

    def ask() -> None:
        with httpx.stream(
            "POST", f"{slow.url}/v1/chat/completions", json=asked, timeout=60, trust_env=False
        ) as answer:
            for line in answer.iter_lines():
                pieces.append(line)
                if "第2句" in "".join(pieces):
                    begun.set()

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(60)
    slow.process.send_signal(signal.SIGTERM)
    while httpx.get(f"{slow.url}/health", trust_env=False).json() != {"status": "stopping"}:
        pass
    refused = httpx.post(f"{slow.url}/v1/chat/completions", json=asked, timeout=60, trust_env=False)
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "stopping"
    asking.join()
    assert f"第{PIECES}句" in "".join(pieces)
    assert pieces[-2] == "data: [DONE]"
    assert slow.process.wait(60) == 0
