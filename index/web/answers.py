"""What a server answers: its status in words, its headers, its body in pieces of bounded size."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx

from index.errors import CorpusError
from index.web import media_types
from index.web.network import broken, too_large

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STEP_BYTES = 64 * 2**10
_HTTP_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request for `url`. Its body, `stream`, is as it comes over the wire."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    stream: Iterable[bytes]

    @property
    def location(self) -> str | None:
        """Where a redirect leads, None for what is none."""
        return self.headers.get("location") if self.status in _REDIRECTS else None

    @property
    def name(self) -> str:
        """The file's name, by the server or else by the address."""
        name = media_types.disposition_name(self.headers.get("content-disposition", ""))
        path = self.url.raw_path.partition(b"?")[0]
        return name or media_types.path_name(path) or self.url.host

    def check_status(self) -> None:
        """Raise CorpusError when this is no page."""
        if self.status == 200:
            return
        said = f"{shown(self.url)}: the server answers {self.status}"
        if self.status in (404, 410):
            raise CorpusError(
                f"{said}, there is no such page. Check the address.", code="not_found"
            )
        if self.status in (401, 402, 403, 407, 451):
            raise CorpusError(
                f"{said}, it does not give this page to programs or without a login. "
                "Save the page in the browser and add the file.",
                code="denied",
            )
        if self.status in (429, 503):
            when = _retry_after(self.headers.get("retry-after", ""))
            raise CorpusError(f"{said}, it is busy. Try again {when}.", code="busy")
        raise CorpusError(
            f"{said} instead of a page. Try again later, or save the page in the browser "
            "and add the file.",
            code="http_status",
        )

    def body(self, max_bytes: int) -> bytes:
        """Return the decompressed body. Raises CorpusError as soon as it is too large."""
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > max_bytes:  # h11 lets only ASCII digits pass
            raise too_large(max_bytes)
        raw = bytearray()
        for piece in self.pieces():
            raw += piece
            if len(raw) > max_bytes:
                raise too_large(max_bytes)
        return bytes(raw)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body decompressed. Raises CorpusError when it is compressed as not asked."""
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            yield from _gunzipped(self.stream)
        elif encoding in ("", "identity"):
            yield from self.stream
        else:
            said = encoding[:_SHOWN_CHARS]
            raise broken(f"{shown(self.url)} is compressed as {said!r}, not asked for")


def shown(url: httpx.URL) -> str:
    """Return as much of a URL as is said to the user."""
    return str(url)[:_SHOWN_CHARS]


def _retry_after(header: str) -> str:
    """Return what Retry-After says, seconds or a date, as words; "later" when it says neither."""
    if header.isascii() and header.isdigit() and len(header) < 7:
        return f"in {int(header)} s"
    return f"after {header}" if _HTTP_DATE.fullmatch(header) else "later"


# Decision: httpx undoes gzip a piece of the wire at a time, and 64 kB become 64 MB of zeros.
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
                raise broken(error) from error
            left = member.unconsumed_tail
            if member.eof:
                left = member.unused_data
                member, begun = zlib.decompressobj(16 + zlib.MAX_WBITS), False
    if begun:
        raise broken("the compressed data ends too early")
