"""Under which names the page is served, and whose requests it takes for its own.

A site can have its own name lead to this computer (DNS rebinding): to the browser its script then
comes from the same place as the page. The name is what gives it away, so only names that are known
are served. An address in numbers leads where it says and nowhere else: it needs no naming.
"""

import argparse
import ipaddress
from collections.abc import Iterable

import regex
from starlette.datastructures import Headers

LOCAL = ("127.0.0.1", "localhost", "::1")

_HOST = regex.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/?#@\[\]\\]+))(?::([0-9]{1,5}))?")
_NAME = regex.compile(r"(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*")


class Hosts:
    """The names under which the page is served: the local ones, those given, and later ones."""

    def __init__(self, *, served: str = "", named: Iterable[str] = ()) -> None:
        """Take the host that is served on, and the names that it has elsewhere (of a proxy)."""
        self._served = served.lower()
        self._named = {name.lower() for name in named}

    def add(self, name: str) -> None:
        """Serve one more name from now on."""
        self._named.add(name.lower())

    def serve(self, headers: Headers) -> bool:
        """Return whether all that a request says of where it goes are names of this page."""
        known = all(self._is_known(name) for name, _ in _places(headers))
        return known and len(headers.getlist("host")) == 1

    def sent(self, headers: Headers) -> bool:
        """Return whether a request comes from the page itself, or from a program and no page.

        A proxy that ends TLS changes the scheme: what counts is host and port. It may also ask for
        the server by another name: then its own, at the usual port of https, counts as well.
        """
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        for origin in headers.getlist("origin"):
            scheme, _, place = origin.partition("://")
            name, port = _name_and_port(place)
            at_proxy = scheme == "https" and name in self._named and not port
            own = scheme in ("http", "https") and (name, port) in _places(headers)
            if not name or not (own or at_proxy):
                return False
        return True

    def _is_known(self, name: str) -> bool:
        return bool(name) and (name in (*LOCAL, self._served, *self._named) or _is_number(name))


def is_local(host: str) -> bool:
    """Return whether a Host header names this computer, as it does in no page of another site.

    >>> is_local("localhost:7860"), is_local("[::1]:7860"), is_local("wenzheng.example.org")
    (True, True, False)
    """
    return _name_and_port(host)[0].strip("[]") in LOCAL


def host_name(text: str) -> str:
    """Return a name to serve under as it was given. Raises ArgumentTypeError when it is none."""
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name of a host. Give the name alone, without https:// and without a "
            "port: --allow-host wenzheng.example.org"
        )
    return text


def _places(headers: Headers) -> list[tuple[str, str]]:
    """Return name and port of all that a request says of where it goes."""
    said = headers.getlist("host") + headers.getlist("x-forwarded-host")
    return [_name_and_port(part) for value in said for part in value.split(",")]


def _name_and_port(place: str) -> tuple[str, str]:
    """Return name and port of `name:port`; no port where it is the usual one, "" for nonsense."""
    if not (found := _HOST.fullmatch(place.strip())):
        return "", ""
    name = (found[1] or found[2]).lower().removesuffix(".")
    return name, "" if found[3] in ("80", "443") else found[3] or ""


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
