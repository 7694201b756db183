"""A page or file of the web -> its bytes, fetched by this program itself and with care.

The address comes from a person, but what stands behind it, and every redirect, comes from
strangers. So:

- http and https only; a redirect from https to http is refused; no cookies, no Referer, no proxy
  of the environment;
- each host is looked up once, every address it has must be public, and the connection goes to
  one of just these addresses, while the certificate is still checked for the name;
- time, bytes on the wire, bytes after decompression and redirects are limited. The time is that of
  the clock on the wall, from the first look-up to the last byte;
- only types of documents are read (`index.web.media_types`);
- robots.txt is obeyed as RFC 9309 says: none (4xx) allows all; one that the server fails to give
  (5xx, 429) forbids all, and where it cannot be reached, neither can the page.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx
from protego import Protego

from index.errors import CorpusError
from index.web import media_types
from index.web.addresses import is_plain_host
from index.web.answers import Answer, shown
from index.web.network import Budget, Connect, Limits, Network, Resolve, broken, look_up
from index.web.robots import ROBOT, rules_in

__all__ = ["DEFAULT_LIMITS", "Fetched", "Limits", "fetch"]

DEFAULT_LIMITS = Limits()
_HEADERS = {
    "User-Agent": f"{ROBOT}/1.0 (fetches single documents for a reader)",
    "Accept": ", ".join((*media_types.SUFFIX_OF, "*/*;q=0.1")),
    "Accept-Encoding": "gzip",
}
_SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    `file_name` comes from the server and is not yet safe as a path; it ends in the suffix of the
    type that the bytes are. `charset` is what the server declares, which may be wrong.
    """

    final_url: str
    raw: bytes
    charset: str | None
    file_name: str


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
    network = Network(Budget(limits), allow_private, resolve, connect)
    visit = _Visit(network, limits.max_redirects, notify)
    with visit.follow(start, visit.check_robots) as answer:
        answer.check_status()
        declared, charset = media_types.parse_type(answer.headers.get("content-type", ""))
        if not media_types.can_be_document(declared):
            raise _bad_type(answer.url, declared)
        raw = answer.body(limits.max_bytes)
    name = answer.name
    suffix = media_types.judge(declared, name, raw)
    if suffix is None:
        raise _bad_type(answer.url, declared)
    return Fetched(
        final_url=str(answer.url),
        raw=raw,
        charset=charset,
        file_name=name if media_types.suffix_in(name) == suffix else name + suffix,
    )


def _bad_type(url: httpx.URL, declared: str) -> CorpusError:
    types = ", ".join(sorted(set(media_types.SUFFIX_OF.values())))
    return CorpusError(
        f"{shown(url)} is no document that can be read "
        f"(declared as {declared[:_SHOWN_CHARS]!r}). Types: {types}.",
        code="bad_type",
    )


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


class _Visit:
    """The requests of one fetch."""

    def __init__(self, network: Network, max_redirects: int, notify: Callable[[str], None]) -> None:
        self._max_redirects = max_redirects
        self._notify = notify
        self._robots: dict[httpx.URL, Protego | None] = {}
        # Certificates are those of the system and of certifi. Connections are not kept: each
        # request is a new one to the addresses found at first.
        self._pool = httpcore.ConnectionPool(network_backend=network, max_keepalive_connections=0)

    # Decision: httpx.Client would follow, but reads the whole body of each redirect, keeps cookies,
    # and asks neither robots.txt nor whether the next host may be visited.
    @contextmanager
    def follow(self, url: httpx.URL, before_each: Callable[[httpx.URL], None]) -> Iterator[Answer]:
        """Follow redirects; yield the answer of the last one."""
        passed: list[httpx.URL] = []
        while True:
            before_each(url)
            with self._get(url) as answer:
                if answer.location is None:
                    yield answer
                    return
                target = _parse(answer.location, url)
            passed.append(url)
            self._check_redirect(passed, target)
            url = target

    def _check_redirect(self, passed: list[httpx.URL], target: httpx.URL) -> None:
        """Raise CorpusError for a redirect that is not followed; tell of another host."""
        first, last = passed[0], passed[-1]
        if last.scheme == "https" and target.scheme == "http":
            raise CorpusError(
                f"{shown(last)} redirects to {shown(target)}, which is not encrypted. "
                "Add that address itself if you trust it.",
                code="downgrade",
            )
        if len(passed) > self._max_redirects:
            raise CorpusError(
                f"{shown(first)} redirects more than {self._max_redirects} times. "
                "Open it in the browser and copy the address it ends at.",
                code="too_many_redirects",
            )
        if target.host != last.host:
            self._notify(f"{shown(last)} leads to {shown(target)}")

    @contextmanager
    def _get(self, url: httpx.URL) -> Iterator[Answer]:
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        headers = [("Host", url.netloc.decode("ascii")), *_HEADERS.items()]
        try:
            with self._pool.stream("GET", target, headers=headers) as response:
                stream = response.iter_stream()
                yield Answer(url, response.status, httpx.Headers(response.headers), stream)
        except httpcore.ProtocolError as error:
            raise broken(error) from error

    def check_robots(self, url: httpx.URL) -> None:
        """Raise CorpusError when the robots.txt of the URL's site does not allow this page."""
        place = _parse("/robots.txt", url)
        if place not in self._robots:
            self._robots[place] = self._read_robots(place)
        rules = self._robots[place]
        if rules is not None and not rules.can_fetch(str(url), ROBOT):
            raise CorpusError(
                f"{shown(place)} asks programs not to fetch {shown(url)}. "
                "Save the page in the browser and add the file.",
                code="robots",
            )

    def _read_robots(self, place: httpx.URL) -> Protego | None:
        """Return the rules, None where there are none."""
        with self.follow(place, lambda url: None) as answer:
            if answer.status == 429 or answer.status >= 500:
                raise CorpusError(
                    f"{shown(place)} cannot be read (the server answers {answer.status}), so it is "
                    "not known whether programs may fetch this page. Try again later, or save the "
                    "page in the browser and add the file.",
                    code="robots_unreadable",
                )
            return rules_in(answer.pieces()) if answer.status == 200 else None
