"""A page or file of the web -> its bytes, fetched by this program itself and with care.

The address comes from a person, but what stands behind it, and every redirect, comes from
strangers. So:

- http and https only; a redirect from https to http is refused; no cookies, no Referer, no proxy
  of the environment;
- each host is looked up once, every address it has must be public, and the connection goes to
  one of just these addresses, while the certificate is still checked for the name;
- time, bytes on the wire, bytes after decompression and redirects are limited. The time is that of
  the clock on the wall, from the first look-up to the last byte;
- only types of documents are read (`index.media_types`);
- robots.txt is obeyed as RFC 9309 says: none (4xx) allows all; one that the server fails to give
  (5xx, 429) forbids all, and where it cannot be reached, neither can the page.
"""

import datetime
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx
from protego import Protego

from index import media_types
from index.addresses import is_plain_host, is_public, literal
from index.corpus import MAX_FILE_BYTES
from index.errors import CorpusError

ROBOT = "Wenzheng"
"""The name by which a robots.txt can address this program."""

_HEADERS = {
    "User-Agent": f"{ROBOT}/1.0 (fetches single documents for a reader)",
    "Accept": ", ".join((*media_types.SUFFIX_OF, "*/*;q=0.1")),
    "Accept-Encoding": "gzip",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OVERHEAD_BYTES = 4 * 2**20  # what headers, chunk marks, redirects and robots.txt may take
_STEP_BYTES = 64 * 2**10
_ROBOTS_BYTES = 500 * 2**10  # RFC 9309, 2.5: at least this much is read
_AGENT_LINE = re.compile(r"\s*user[\s-]*agent\b[\s:]*([^#]*)", re.IGNORECASE)
_HTTP_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_SHOWN_CHARS = 200

Resolve = Callable[[str, int], Iterable[str]]
Connect = Callable[[tuple[str, int], float], socket.socket]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take, all of its redirects and robots.txt included."""

    max_bytes: int = MAX_FILE_BYTES
    total_seconds: float = 60.0
    connect_seconds: float = 10.0
    max_redirects: int = 5


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    `file_name` comes from the server and is not yet safe as a path; it ends in the suffix of the
    type that the bytes are. `charset` is what the server declares, which may be wrong.
    `redirects` are the URLs that led from `url` to `final_url`, both left out.
    """

    url: str
    final_url: str
    raw: bytes
    content_type: str
    charset: str | None
    file_name: str
    fetched_at: str
    redirects: tuple[str, ...]


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name. Raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    notify: Callable[[str], None] = lambda message: None,
    resolve: Resolve = look_up,
    connect: Connect = socket.create_connection,
) -> Fetched:
    """Fetch a document from the web.

    `allow_private` lets the addresses of this computer and its network pass, nothing else.
    `notify` is told when the URL leads to another host. `resolve` and `connect` are the two doors
    to the network. Raises CorpusError with a code for each kind of refusal.
    """
    start = _parse(url.strip())
    visit = _Visit(
        _Network(_Budget(limits), limits.connect_seconds, allow_private, resolve, connect),
        limits,
        notify,
    )
    with visit.follow(start, visit.check_robots) as (final, passed, response):
        headers = httpx.Headers(response.headers)
        _check_status(response.status, headers, final)
        declared, charset = media_types.parse_type(headers.get("content-type", ""))
        if not media_types.can_be_document(declared):
            raise _bad_type(final, declared)
        raw = _read(response, headers, final, limits.max_bytes)
    name = _name(headers, final)
    suffix = media_types.judge(declared, name, raw)
    if suffix is None:
        raise _bad_type(final, declared)
    return Fetched(
        url=str(start),
        final_url=str(final),
        raw=raw,
        content_type=declared,
        charset=charset,
        file_name=name if media_types.suffix_in(name) == suffix else name + suffix,
        fetched_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        redirects=tuple(str(one) for one in passed[1:]),
    )


# -- URLs ---------------------------------------------------------------------------------------


def _parse(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """Return the URL in its canonical form, without fragment. Raises CorpusError for a bad one."""
    try:
        url = base.join(text) if base else httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise _bad_url(text, f"it cannot be read ({error})") from error
    if url.scheme not in ("http", "https"):
        raise _bad_url(text, "only addresses that begin with https:// or http:// can be fetched")
    if url.userinfo:
        raise _bad_url(text, "it holds a user name or password. Remove what stands before the @")
    host = url.raw_host.decode("ascii").removesuffix(".")
    if not is_plain_host(host):
        raise _bad_url(text, "the host is not written as a name or as an ordinary IP address")
    if url.port is not None and not 0 < url.port < 2**16:
        raise _bad_url(text, "there is no such port")
    return url.copy_with(host=host, fragment=None)


def _bad_url(text: str, reason: str) -> CorpusError:
    return CorpusError(
        f"{text[:_SHOWN_CHARS]!r} is no address to fetch: {reason}. "
        "Copy the address from the browser's address bar.",
        code="bad_url",
    )


def _shown(url: httpx.URL) -> str:
    return str(url)[:_SHOWN_CHARS]


# -- the network --------------------------------------------------------------------------------


class _Budget:
    """The time and the bytes that are left to one fetch."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._ends = time.monotonic() + limits.total_seconds
        self._bytes_left = limits.max_bytes + _OVERHEAD_BYTES

    def seconds_left(self) -> float:
        """Return the seconds left. Raises CorpusError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def too_slow(self) -> CorpusError:
        return CorpusError(
            f"The server did not finish within {self._limits.total_seconds:g} s. Try again later, "
            "or save the page in the browser and add the file.",
            code="timeout",
        )

    def spend(self, count: int) -> None:
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise _too_large(self._limits.max_bytes)


class _Network(httpcore.NetworkBackend):
    """Connects to addresses that were looked up once and found to be allowed."""

    def __init__(
        self,
        budget: _Budget,
        connect_seconds: float,
        allow_private: bool,
        resolve: Resolve,
        connect: Connect,
    ) -> None:
        self._budget = budget
        self._connect_seconds = connect_seconds
        self._allow_private = allow_private
        self._resolve = resolve
        self._connect = connect
        self._addresses: dict[str, list[str]] = {}

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
            seconds = min(self._connect_seconds, self._budget.seconds_left())
            try:
                return _Wire(self._connect((address, port), seconds), self._budget)
            except OSError as error:
                reason = error
        self._budget.seconds_left()
        raise _unreachable(host, reason)

    def _allowed(self, host: str, addresses: list[str]) -> list[str]:
        private = [address for address in addresses if not is_public(address)]
        if private and not self._allow_private:
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
                found.extend(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                failed.append(error)

        # The system's look-up knows no time limit. A thread can be left behind.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self._budget.seconds_left())
        if thread.is_alive():
            raise self._budget.too_slow()
        if failed or not found:
            raise CorpusError(
                f"There is no host {host}. Check the spelling and the connection to the internet.",
                code="unresolved",
            ) from (failed[0] if failed else None)
        return found


class _Wire(httpcore.NetworkStream):
    """A connection whose every operation draws on the budget of the fetch."""

    def __init__(self, sock: socket.socket, budget: _Budget) -> None:
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
            raise _broken(error) from error


# -- requests -----------------------------------------------------------------------------------


class _Visit:
    """The requests of one fetch."""

    def __init__(self, network: _Network, limits: Limits, notify: Callable[[str], None]) -> None:
        self._limits = limits
        self._notify = notify
        self._robots: dict[httpx.URL, Protego | None] = {}
        # Certificates are those of the system and of certifi. Connections are not kept: each
        # request is a new one to the addresses found at first.
        self._pool = httpcore.ConnectionPool(network_backend=network, max_keepalive_connections=0)

    @contextmanager
    def follow(
        self, url: httpx.URL, before_each: Callable[[httpx.URL], None]
    ) -> Iterator[tuple[httpx.URL, list[httpx.URL], httpcore.Response]]:
        """Follow redirects; yield the last URL, those before it, and the response."""
        passed: list[httpx.URL] = []
        while True:
            before_each(url)
            with self._get(url) as response:
                target = _redirect_target(url, response)
                if target is None:
                    yield url, passed, response
                    return
            passed.append(url)
            if len(passed) > self._limits.max_redirects:
                raise CorpusError(
                    f"{_shown(passed[0])} redirects more than {self._limits.max_redirects} times. "
                    "Open it in the browser and copy the address it ends at.",
                    code="too_many_redirects",
                )
            if target.host != url.host:
                self._notify(f"{_shown(url)} leads to {_shown(target)}")
            url = target

    @contextmanager
    def _get(self, url: httpx.URL) -> Iterator[httpcore.Response]:
        try:
            with self._pool.stream(
                "GET",
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=[("Host", url.netloc.decode("ascii")), *_HEADERS.items()],
            ) as response:
                yield response
        except httpcore.ProtocolError as error:
            raise _broken(error) from error

    def check_robots(self, url: httpx.URL) -> None:
        """Raise CorpusError when the robots.txt of the URL's site does not allow this page."""
        place = _parse("/robots.txt", url)
        if place not in self._robots:
            self._robots[place] = self._read_robots(place)
        rules = self._robots[place]
        if rules is not None and not rules.can_fetch(str(url), ROBOT):
            raise CorpusError(
                f"{_shown(place)} asks programs not to fetch {_shown(url)}. "
                "Save the page in the browser and add the file.",
                code="robots",
            )

    def _read_robots(self, place: httpx.URL) -> Protego | None:
        """Return the rules, None where there are none."""
        with self.follow(place, lambda url: None) as (final, _, response):
            if response.status == 429 or response.status >= 500:
                raise _unreadable_robots(place, f"the server answers {response.status}")
            if response.status != 200:
                return None
            headers = httpx.Headers(response.headers)
            raw = bytearray()
            for piece in _decoded(response, headers, final):
                raw += piece
                if len(raw) > _ROBOTS_BYTES:
                    del raw[raw.rfind(b"\n") + 1 :]  # half a rule could forbid more than the whole
                    break
        lines = raw.decode("utf-8-sig", errors="replace").splitlines()
        return Protego.parse("\n".join(map(_with_few_agents, lines)))


def _with_few_agents(line: str) -> str:
    """Return a line of robots.txt, with one name for all programs that it names and are not us.

    Protego keeps each rule once for each agent of its group: thousands of both, which fit into a
    small file, would fill the memory.
    """
    found = _AGENT_LINE.match(line)
    if not found:
        return line
    name = found[1].strip().lower()
    return f"User-agent: {name if name in ('*', ROBOT.lower()) else 'other'}"


def _redirect_target(url: httpx.URL, response: httpcore.Response) -> httpx.URL | None:
    location = httpx.Headers(response.headers).get("location")
    if response.status not in _REDIRECTS or location is None:
        return None
    target = _parse(location, url)
    if url.scheme == "https" and target.scheme == "http":
        raise CorpusError(
            f"{_shown(url)} redirects to {_shown(target)}, which is not encrypted. "
            "Add that address itself if you trust it.",
            code="downgrade",
        )
    return target


# -- responses ----------------------------------------------------------------------------------


def _check_status(status: int, headers: httpx.Headers, url: httpx.URL) -> None:
    if status == 200:
        return
    said = f"{_shown(url)}: the server answers {status}"
    if status in (404, 410):
        raise CorpusError(f"{said}, there is no such page. Check the address.", code="not_found")
    if status in (401, 402, 403, 407, 451):
        raise CorpusError(
            f"{said}, it does not give this page to programs or without a login. "
            "Save the page in the browser and add the file.",
            code="denied",
        )
    if status in (429, 503):
        when = _retry_after(headers.get("retry-after", ""))
        raise CorpusError(f"{said}, it is busy. Try again {when}.", code="busy")
    raise CorpusError(
        f"{said} instead of a page. Try again later, or save the page in the browser "
        "and add the file.",
        code="http_status",
    )


def _retry_after(header: str) -> str:
    """Return what Retry-After says, seconds or a date, as words; "later" when it says neither."""
    if header.isascii() and header.isdigit() and len(header) < 7:
        return f"in {int(header)} s"
    return f"after {header}" if _HTTP_DATE.fullmatch(header) else "later"


def _name(headers: httpx.Headers, url: httpx.URL) -> str:
    name = media_types.disposition_name(headers.get("content-disposition", ""))
    return name or media_types.path_name(url.raw_path.partition(b"?")[0]) or url.host


def _read(
    response: httpcore.Response, headers: httpx.Headers, url: httpx.URL, max_bytes: int
) -> bytes:
    """Return the decompressed body. Raises CorpusError as soon as it is too large."""
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:  # h11 lets no other than ASCII digits pass
        raise _too_large(max_bytes)
    raw = bytearray()
    for piece in _decoded(response, headers, url):
        raw += piece
        if len(raw) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(raw)


def _decoded(
    response: httpcore.Response, headers: httpx.Headers, url: httpx.URL
) -> Iterator[bytes]:
    """Yield the body in pieces of bounded size, decompressed."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return response.iter_stream()
    if encoding in ("gzip", "x-gzip"):
        return _gunzipped(response.iter_stream())
    raise _broken(f"{_shown(url)} is compressed as {encoding[:_SHOWN_CHARS]!r}, not asked for")


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what a gzip stream of one or more members holds, at most `_STEP_BYTES` at a time."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    begun = False
    for piece in pieces:
        left = piece
        while left:
            begun = True
            try:
                yield member.decompress(left, _STEP_BYTES)
            except zlib.error as error:
                raise _broken(error) from error
            left = member.unconsumed_tail
            if member.eof:
                left = member.unused_data
                member, begun = zlib.decompressobj(16 + zlib.MAX_WBITS), False
    if begun:
        raise _broken("the compressed data ends too early")


# -- refusals -----------------------------------------------------------------------------------


def _too_large(max_bytes: int) -> CorpusError:
    return CorpusError(
        f"It is larger than {max_bytes / 2**20:g} MB, the most for one document. "
        "Download it, split it, then add the parts.",
        code="too_large",
    )


def _bad_type(url: httpx.URL, declared: str) -> CorpusError:
    types = ", ".join(sorted(set(media_types.SUFFIX_OF.values())))
    return CorpusError(
        f"{_shown(url)} is no document that can be read "
        f"(declared as {declared[:_SHOWN_CHARS]!r}). Types: {types}.",
        code="bad_type",
    )


def _unreachable(host: str, reason: OSError | None) -> CorpusError:
    return CorpusError(
        f"Cannot connect to {host}: {reason}. Check the address and try again later.",
        code="unreachable",
    )


def _broken(reason: object) -> CorpusError:
    return CorpusError(
        f"The answer of the server is broken: {reason}. Try again later, or save the page in the "
        "browser and add the file.",
        code="bad_response",
    )


def _unreadable_robots(place: httpx.URL, reason: str) -> CorpusError:
    return CorpusError(
        f"{_shown(place)} cannot be read ({reason}), so it is not known whether programs may "
        "fetch this page. Try again later, or save the page in the browser and add the file.",
        code="robots_unreadable",
    )
