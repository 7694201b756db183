"""The load of many readers is measured, and what goes wrong under it is noticed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from eval.__main__ import main
from tests.support.serving import DOCUMENTS, Server
from webui.door import auth


@pytest.mark.slow  # that it counts what goes wrong is tested below
def test_many_readers_are_answered_while_documents_are_added(
    serve: Callable[..., Server], capsys: pytest.CaptureFixture[str]
) -> None:
    page = serve(DOCUMENTS)
    assert page.process is not None
    asked = ["--readers", "3", "--questions", "2", "--different", "3"]
    more = ["--import", "2", "--pid", str(page.process.pid)]
    assert main(["bench", "load", page.url, *asked, *more]) == 0
    printed = capsys.readouterr().out
    assert "6 answered, 0 errors, 0 answers to another question" in printed
    assert "2 documents added meanwhile" in printed
    assert ", 0 differ" in printed
    assert printed.count(" MB") == 2
    added = [one for one in page.corpus.glob("[!.]*") if one.name not in DOCUMENTS]
    assert len(added) == 4  # each with what is known of it beside it


@pytest.mark.slow
def test_programs_of_a_user_ask_by_token(
    serve: Callable[..., Server],
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    users = tmp_path_factory.mktemp("load") / "users.json"
    auth.add_user(users, "anna", "correct horse")
    token = auth.add_token(users, "anna")
    page = serve(DOCUMENTS, options=["--auth", str(users)])
    few = ["--readers", "2", "--questions", "1", "--different", "2"]
    assert main(["bench", "load", page.url, *few, "--token", token]) == 0
    assert main(["bench", "load", page.url, *few]) == 1
    assert main(["bench", "load", page.url, *few, "--token", token, "--import", "1"]) == 1
    assert "401" in capsys.readouterr().err


class Confused(BaseHTTPRequestHandler):
    """A server that answers as it should at first, then another question, differently, or never."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))["question"]
        self.asked.append(question)
        self._send(json.dumps({"event_id": str(len(self.asked) - 1)}), "application/json")

    def do_GET(self) -> None:
        number = int(self.path.rpartition("/")[2])
        answer: dict[str, object] = {
            "question": self.asked[number],
            "answer": "ja 🚢",
            "state": "answered",
        }
        match number:  # the first two are asked alone
            case 2:
                answer["question"] = "another"
            case 3:
                answer["answer"] = "nein"
            case 4:
                self._send('event: error\ndata: "kaputt"\n\n', "text/event-stream")
                return
            case 5:  # a document has come, and has gone before all is asked alone again
                answer |= {"answer": "vielleicht", "fingerprint": {"index": "another"}}
        said = json.dumps([answer])
        self._send(f"event: complete\ndata: {said}\n\n", "text/event-stream")

    def _send(self, content: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def confused() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Confused)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_goes_wrong_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with confused() as url:
        few = ["--readers", "1", "--questions", "6", "--different", "2"]
        assert main(["bench", "load", url, *few]) == 1
    printed = capsys.readouterr().out
    assert "5 answered, 1 errors, 1 answers to another question; " in printed
    assert "of 4 from an index that was asked alone as well, 2 differ" in printed
    assert "1 times: kaputt" in printed
