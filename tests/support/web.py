"""Servers on loopback that behave as badly as the web does, and an internet that leads to them."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
PUBLIC = "93.184.215.14"
"""A public address. No test connects to it: the pretended internet leads it to loopback."""

Answer = bytes | Callable[[socket.socket], None]


def reply(body: bytes | str = b"", status: int = 200, **headers: str) -> bytes:
    """Return an HTTP answer; `content_type="text/html"` becomes `Content-Type: text/html`."""
    body = body.encode() if isinstance(body, str) else body
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    named = {"content-length": str(len(body)), "content-type": "text/html", **named}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return reply(status=status, location=location)


@dataclass
class Site:
    """A running server. `answers` maps paths to what is sent, `requests` keeps what was asked."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]

    def serve(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            received = connection.recv(4096)
            if not received:
                return
            request += received
            if request.startswith(b"\x16"):  # a TLS greeting to a server that does not know TLS
                connection.sendall(reply("What?", 400))
                return
        self.requests.append(request.decode("latin-1"))
        path = self.paths[-1]
        answer = self.answers.get(path, reply("none", 404))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)
        # Read on until the client hangs up: closing with unread bytes would reset the connection.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    def drip(self, *pieces: bytes, forever: bytes, seconds: float = 0.05) -> Answer:
        """Return an answer that sends the pieces at once, then a byte every now and then."""

        def answer(connection: socket.socket) -> None:
            connection.sendall(b"".join(pieces))
            while not self.stopping.wait(seconds):
                connection.sendall(forever)

        return answer

    def flood(self, head: bytes, forever: bytes) -> Answer:
        """Return an answer that never ends and is as fast as it can be."""

        def answer(connection: socket.socket) -> None:
            connection.sendall(head)
            while not self.stopping.is_set():
                connection.sendall(forever)

        return answer


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a server on loopback, with TLS when a context is given."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        site = Site(listener.getsockname()[1])
        if context is not None:
            context.sni_callback = lambda _, name, __: site.server_names.append(name)
        threads: list[threading.Thread] = []

        def talk(connection: socket.socket) -> None:
            # A client that refuses us hangs up in the middle: that is what the tests are about.
            with connection, contextlib.suppress(OSError):
                if context is None:
                    site.serve(connection)
                    return
                with context.wrap_socket(connection, server_side=True) as secure:
                    site.serve(secure)

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connection.settimeout(10)
                threads.append(threading.Thread(target=talk, args=(connection,), daemon=True))
                threads[-1].start()

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        try:
            yield site
        finally:
            site.stopping.set()
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (listening, *threads):
                thread.join(10)


@dataclass
class Internet:
    """Names, the addresses they have, and the port on loopback behind each address.

    A name with several lists of addresses changes: each look-up gets the next list.
    """

    ports: dict[str, int]
    names: dict[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        answers = self.names.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        self.looked_up.append(host)
        return answers[min(self.looked_up.count(host), len(answers)) - 1]

    def connect(self, address: tuple[str, int], seconds: float) -> socket.socket:
        self.dialled.append(address[0])
        if address[0] not in self.ports:
            raise ConnectionRefusedError("nobody listens there")
        return socket.create_connection((LOOPBACK, self.ports[address[0]]), seconds)
