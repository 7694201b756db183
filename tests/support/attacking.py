"""What somebody does who does not use the page as it is meant to be used."""

import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psutil

from tests.support.serving import Server

MB = 10**6


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(
    server: Server,
    method: str,
    path: str,
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | Iterable[bytes] = b"",
) -> Reply:
    """Send exactly this over a socket of its own. A body in pieces goes chunked, without length.

    `Host` is the server's own unless it is among the headers.
    """
    names = {name.lower() for name, _ in headers}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.putrequest(method, path, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        whole = isinstance(body, bytes)
        if "content-length" not in names and whole and (body or method == "POST"):
            connection.putheader("Content-Length", str(len(body)))
        chunked = not whole and "content-length" not in names
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        for piece in [body] if isinstance(body, bytes) else body:
            connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            connection.send(b"0\r\n\r\n")
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, answer.read())
    finally:
        connection.close()


def post_json(
    server: Server, path: str, content: Any, headers: Sequence[tuple[str, str]] = ()
) -> Reply:
    said = [("Content-Type", "application/json"), *headers]
    return send(server, "POST", path, said, json.dumps(content).encode())


def multipart(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield the body of an upload, piece by piece."""
    for name, pieces in files:
        yield (
            f'--limit\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: text/plain\r\n\r\n"
        ).encode()
        yield from pieces
        yield b"\r\n"
    yield b"--limit--\r\n"


MULTIPART = ("Content-Type", "multipart/form-data; boundary=limit")


def upload(server: Server, name: str, content: bytes, *headers: tuple[str, str]) -> Reply:
    body = b"".join(multipart([(name, [content])]))
    return send(server, "POST", "/gradio_api/upload", [MULTIPART, *headers], body)


def event_of(server: Server, elem_id: str, kind: str) -> int:
    """Return the number of the event that a component of the page listens to."""
    config = send(server, "GET", "/config").json
    ids = [c["id"] for c in config["components"] if c["props"].get("elem_id") == elem_id]
    return min(
        dependency["id"]
        for dependency in config["dependencies"]
        for target in dependency["targets"]
        if target[0] in ids and target[1] == kind
    )


def finish(server: Server, session: str) -> str:
    """Return what an event tells until it has ended."""
    return send(server, "GET", f"/gradio_api/queue/data?session_hash={session}").body.decode()


@dataclass
class Growth:
    """How much more memory a server took at the most than at the start, in bytes."""

    most: int = 0


@contextmanager
def growth(server: Server) -> Iterator[Growth]:
    """Watch the memory of a server, once its model is loaded."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    before, seen, ended = _at_rest(process), Growth(), threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            seen.most = max(seen.most, process.memory_info().rss - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()


def _at_rest(process: psutil.Process) -> int:
    """Return how much memory a process takes once that has stayed the same for a second."""
    before = 0
    while abs(process.memory_info().rss - before) > MB:
        before = process.memory_info().rss
        time.sleep(1)
    return before


@dataclass
class Stranger:
    """A web server of somebody else, on this computer. It keeps what it was asked for."""

    page: str = ""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def serving(self) -> Iterator["Stranger"]:
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stranger.asked.append(self.path)
                content = stranger.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
