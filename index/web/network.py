"""The connections of one fetch: to public addresses alone, within its time and bytes.

Decision: httpx connects wherever a name leads, and its timeouts are of single steps. httpcore, on
which it stands, lets its network be given; so ours looks each name up once, judges the addresses,
and counts. All else of HTTP and TLS is httpcore's.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpcore

from index.corpus import MAX_FILE_BYTES
from index.errors import CorpusError
from index.web.addresses import is_public, literal

_OVERHEAD_BYTES = 4 * 2**20  # what headers, chunk marks, redirects and robots.txt may take

Resolve = Callable[[str, int], Iterable[str]]
Connect = Callable[[tuple[str, int], float], socket.socket]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take, all of its redirects and robots.txt included."""

    max_bytes: int = MAX_FILE_BYTES
    total_seconds: float = 60.0
    connect_seconds: float = 10.0
    max_redirects: int = 5


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name. Raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Budget:
    """The time and the bytes that are left to one fetch."""

    def __init__(self, limits: Limits) -> None:
        """Begin to count the time."""
        self.limits = limits
        self._ends = time.monotonic() + limits.total_seconds
        self._bytes_left = limits.max_bytes + _OVERHEAD_BYTES

    def seconds_left(self) -> float:
        """Return the seconds left. Raises CorpusError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def too_slow(self) -> CorpusError:
        """Return the refusal of what has taken all the time."""
        return CorpusError(
            f"The server did not finish within {self.limits.total_seconds:g} s. Try again later, "
            "or save the page in the browser and add the file.",
            code="timeout",
        )

    def spend(self, count: int) -> None:
        """Take bytes off. Raises CorpusError when there are too few."""
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise too_large(self.limits.max_bytes)


@dataclass(slots=True)
class Network(httpcore.NetworkBackend):
    """Connects to addresses that were looked up once and found to be allowed."""

    budget: Budget
    allow_private: bool
    resolve: Resolve
    connect: Connect
    _addresses: dict[str, list[str]] = field(default_factory=dict)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers."""
        if host not in self._addresses:
            self._addresses[host] = self._allowed(host, self._look_up(host, port))
        reason: OSError | None = None
        for address in self._addresses[host]:
            seconds = min(self.budget.limits.connect_seconds, self.budget.seconds_left())
            try:
                return _Wire(self.connect((address, port), seconds), self.budget)
            except OSError as error:
                reason = error
        self.budget.seconds_left()
        raise _unreachable(host, reason)

    def _allowed(self, host: str, addresses: list[str]) -> list[str]:
        private = [address for address in addresses if not is_public(address)]
        if private and not self.allow_private:
            raise CorpusError(
                f"{host} is the private address {private[0]}. Add --allow-private if you trust it.",
                code="private_address",
            )
        return addresses

    def _look_up(self, host: str, port: int) -> list[str]:
        if address := literal(host):
            return [address]
        found: list[str] = []
        failed: list[Exception] = []

        def work() -> None:
            try:
                found.extend(self.resolve(host, port))
            except (OSError, UnicodeError) as error:
                failed.append(error)

        # The system's look-up knows no time limit. A thread can be left behind.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.budget.seconds_left())
        if thread.is_alive():
            raise self.budget.too_slow()
        if failed or not found:
            raise CorpusError(
                f"There is no host {host}. Check the spelling and the connection to the internet.",
                code="unresolved",
            ) from (failed[0] if failed else None)
        return found


class _Wire(httpcore.NetworkStream):
    """A connection whose every operation draws on the budget of the fetch."""

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self._socket = sock
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._in_time():
            received = self._socket.recv(max_bytes)
        self._budget.spend(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._in_time():
            self._socket.sendall(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            with self._in_time():
                secure = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _Wire(secure, self._budget)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        self._socket.settimeout(self._budget.seconds_left())
        try:
            yield
        except TimeoutError as error:
            raise self._budget.too_slow() from error
        except ssl.SSLCertVerificationError as error:
            raise CorpusError(
                f"The server cannot prove that it is who it says: {error.verify_message}. "
                "If you trust it, save the page in the browser and add the file.",
                code="certificate",
            ) from error
        except OSError as error:
            raise broken(error) from error


def too_large(max_bytes: int) -> CorpusError:
    """Return the refusal of what is larger than a document may be."""
    return CorpusError(
        f"It is larger than {max_bytes / 2**20:g} MB, the most for one document. "
        "Download it, split it, then add the parts.",
        code="too_large",
    )


def broken(reason: object) -> CorpusError:
    """Return the refusal of an answer that is none of HTTP."""
    return CorpusError(
        f"The answer of the server is broken: {reason}. Try again later, or save the page in the "
        "browser and add the file.",
        code="bad_response",
    )


def _unreachable(host: str, reason: OSError | None) -> CorpusError:
    return CorpusError(
        f"Cannot connect to {host}: {reason}. Check the address and try again later.",
        code="unreachable",
    )
