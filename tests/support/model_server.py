"""A real HTTP server of the OpenAI protocol on loopback, which behaves as the model's name says."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Write = Callable[[list[dict[str, str]]], Iterator[str]]


class ModelServer(ThreadingHTTPServer):
    """Counts what it was asked, and what it still wrote."""

    daemon_threads = True

    def __init__(self, write: Write) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.write = write
        self.requests = 0
        self.keys: list[str | None] = []
        self.headers: list[dict[str, str]] = []
        self.moved_to = ""
        self.told: dict[str, object] = {}  # what a path says that is asked with GET
        self.asked: list[dict] = []
        self.pieces = 0
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving(write: Write = lambda messages: iter(())) -> Iterator[ModelServer]:
    server = ModelServer(write)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.headers.append(dict(self.headers))
        if self.path not in self.server.told:
            self._error(404)
            return
        body = json.dumps(self.server.told[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests += 1
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        self.server.headers.append(dict(self.headers))
        try:
            getattr(self, f"_{asked['model']}", self._unknown)(asked)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()
            self.close_connection = True

    def _good(self, asked: dict) -> None:
        self._begin()
        for piece in self.server.write(asked["messages"]):
            self._piece(piece)
        self._end()

    def _reasoning(self, asked: dict) -> None:
        """Behave as OpenAI's reasoning models do."""
        refusals = {
            "max_tokens": "'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
            "temperature": "'temperature' does not support 0 with this model.",
        }
        for name in refusals.keys() & asked.keys():
            self._error(400, refusals[name])
            return
        self._good(asked)

    def _thinking(self, asked: dict) -> None:
        """Think for 600 tokens, in a field of its own, then write if there is room."""
        self._begin()
        room = asked["max_tokens"] > 600
        for thought in ("Let me see. ", "</think>[1] 999 boxes. ")[: 1 + room]:
            delta = {"reasoning_content": thought}
            self._event({"delta": delta, "index": 0, "finish_reason": None})
        for piece in self.server.write(asked["messages"]) if room else ():
            self._piece(piece)
        self._end("stop" if room else "length")

    def _thoughtful(self, asked: dict) -> None:
        """Think between tags, as models do whose server does not read their thoughts."""
        self._begin()
        for piece in ("<thi", "nk>9999万箱", "？</think>", *self.server.write(asked["messages"])):
            self._piece(piece)
        self._end()

    def _cut(self, asked: dict) -> None:
        """Write a while, then hang up in the middle of a line."""
        self._begin()
        for piece in self.server.write(asked["messages"]):
            self._piece(piece)
        self.wfile.write(b'40\r\ndata: {"id"')
        self.close_connection = True

    def _unfinished(self, asked: dict) -> None:
        """End in good order, but without saying that the answer is complete."""
        self._begin()
        for piece in self.server.write(asked["messages"]):
            self._piece(piece)
        self._chunk(b"")

    def _busy(self, asked: dict) -> None:
        self._error(429)

    def _broken(self, asked: dict) -> None:
        self._error(500)

    def _locked(self, asked: dict) -> None:
        self._error(401)

    def _unknown(self, asked: dict) -> None:
        self._error(404)

    def _moved(self, asked: dict, status: int = 307) -> None:
        """Send whoever asks to another server, body and all."""
        self.send_response(status)
        self.send_header("Location", f"{self.server.moved_to}/chat/completions")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _gone(self, asked: dict) -> None:
        self._moved(asked, 301)

    def _recovering(self, asked: dict) -> None:
        """Fail once, then work."""
        if self.server.requests == 1:
            self._error(503)
        else:
            self._good(asked)

    def _garbage(self, asked: dict) -> None:
        self._begin()
        self._chunk(b"data: <html>no JSON</html>\n\n\xff\xfe")
        self._end()

    def _page(self, asked: dict) -> None:
        """Answer with a web page, as a wrong address does."""
        body = b"<html><body>Welcome</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _endless(self, asked: dict) -> None:
        self._begin()
        while True:
            self._piece("and so on ")
            time.sleep(0.001)

    def _dawdling(self, asked: dict) -> None:
        """Write for a minute."""
        self._begin()
        for number in range(600):
            self._piece(f"word{number} ")
            time.sleep(0.1)
        self._end()

    def _silent(self, asked: dict) -> None:
        """Begin, and then say nothing, as a model does that reads its prompt for ever."""
        self._begin()
        for _ in range(200):
            time.sleep(0.05)
            self._chunk(b": keep-alive\n\n")

    def _dead(self, asked: dict) -> None:
        self._begin()
        time.sleep(3)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _piece(self, text: str) -> None:
        self.server.pieces += 1
        self._event({"delta": {"content": text}, "index": 0, "finish_reason": None})

    def _end(self, reason: str = "stop") -> None:
        self._event({"delta": {}, "index": 0, "finish_reason": reason})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, choice: dict) -> None:
        value = {
            **{"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"},
            "choices": [choice],
        }
        self._chunk(f"data: {json.dumps(value)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _error(self, status: int, message: str = "secret") -> None:
        body = json.dumps({"error": {"message": message, "type": "x", "code": None}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)
