"""The outermost layer: what is let in to Gradio, how much of it, and how its answers go out.

Every request passes four gates before Gradio sees any of it: the host that it names is one of ours,
it asks for something that the page needs, it comes from the page itself or from a program, and it
carries no more than that takes. Who does not pass is told why in a sentence.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.door.hosts import Hosts
from webui.door.request_log import log_request
from webui.door.roles import user_in
from webui.door.routes import ASSETS, PAGES, ROUTES, UPLOAD, Route, find
from webui.door.shell import wanted_language
from webui.door.uploads import Uploads
from webui.texts import TEXTS

_STATUS = {
    "unknown_host": 421,
    "no_route": 404,
    "foreign_origin": 403,
    "large_request": 413,
    "uploads_full": 507,
}

# So much of an upload is taken between two looks at the disk.
_STEP_BYTES = 4 * 2**20
# A browser that is refused while it sends reads the answer only if it may go on sending. Nothing
# of it is kept.
_HEARD_OUT_BYTES = 2**30
_HEARD_OUT_SECONDS = 60.0

# Otherwise a browser would ask for each of some eighty files again whenever a page is opened.
_LASTING = "private, max-age=31536000, immutable"

# What a browser would show as a page of ours, were it opened.
_ACTIVE_TYPES = ("html", "xml", "svg", "xsl")


class Edge:
    """ASGI middleware around everything else, Gradio's own included."""

    def __init__(
        self, app: ASGIApp, *, hosts: Hosts, uploads: Uploads, routes: Sequence[Route] = ROUTES
    ) -> None:
        """Serve `routes` under the names of `hosts`, as long as there is room for `uploads`."""
        self._app = app
        self._routes = routes
        self._hosts = hosts
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:  # the page opens no web socket
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, begun = Headers(scope=scope), time.monotonic()
        route = find(scope["method"], scope["path"], self._routes)
        inside = _inside(scope)
        body = _Body(receive, route, self._uploads)
        answer = _Answer(send, route)
        body.refused = self._refused(headers, route) or await body.announced(headers)
        try:
            if not body.refused:
                await self._let_in(inside, body, answer)
            if body.refused and not answer.begun:
                await _refuse(scope, body, answer)
        finally:
            log_request(
                client=scope["client"][0] if scope.get("client") else None,
                user=user_in(inside),
                method=scope["method"],
                route=route.path if route else "none",
                status=answer.status,
                seconds=time.monotonic() - begun,
            )

    def _refused(self, headers: Headers, route: Route | None) -> str:
        if not self._hosts.serve(headers):
            return "unknown_host"
        if route is None:
            return "no_route"
        if not (self._hosts.sent(headers) or (route.is_page and _is_link(headers))):
            return "foreign_origin"
        return ""

    async def _let_in(self, scope: Scope, body: "_Body", answer: "_Answer") -> None:
        async def pass_on(message: Message) -> None:
            if not body.refused or answer.begun:
                await answer(message)

        try:
            await self._app(scope, body, pass_on)
        except Exception:
            if not body.refused:
                raise


class _Body:
    """What a request carries. It breaks off where it is more than its route takes."""

    def __init__(self, receive: Receive, route: Route | None, uploads: Uploads) -> None:
        self.refused = ""
        """The code of what is wrong, "" while nothing is."""
        self._receive = receive
        self._most = 0 if route is None else route.max_bytes
        self._uploads = uploads if route is UPLOAD else None
        self._taken = self._measured = 0
        self._ended = False

    async def announced(self, headers: Headers) -> str:
        """Return what is wrong with its length, as far as it says it itself."""
        try:
            length = int(headers.get("content-length", "0"))
        except ValueError:
            return "large_request"
        return "large_request" if length > self._most else await self._no_room(length)

    async def __call__(self) -> Message:
        whole = self._ended
        message = await self._next()
        if self._taken > self._most:
            self.refused = "large_request"
        elif self._taken - self._measured > _STEP_BYTES:
            self._measured = self._taken
            self.refused = await self._no_room(0)
        left = message["type"] == "http.disconnect" and not whole
        if self.refused or (left and self._uploads is not None):
            # Gradio removes what it has written of an upload at this error, and at no other.
            raise MultiPartException("The request has broken off.")
        return message

    async def hear_out(self) -> None:
        """Take the rest, and keep nothing of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARD_OUT_SECONDS):
                while not self._ended and self._taken < _HEARD_OUT_BYTES:
                    await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            self._ended = True
        return message

    async def _no_room(self, length: int) -> str:
        if self._uploads is None:
            return ""
        fits = await asyncio.to_thread(self._uploads.has_room, length)
        return "" if fits else "uploads_full"


class _Answer:
    """Passes an answer on under headers that make a page of nothing but our pages."""

    def __init__(self, send: Send, route: Route | None) -> None:
        self.begun = False
        self.status = 0
        self._send = send
        self._is_page = route is not None and route.is_page
        self._is_lasting = route is ASSETS

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
            self._seal(MutableHeaders(scope=message))
            if self._is_lasting and self.status == 200:
                MutableHeaders(scope=message)["Cache-Control"] = _LASTING
        await self._send(message)

    def _seal(self, headers: MutableHeaders) -> None:
        for name in set(headers.keys()):
            if name.startswith("access-control-"):  # no other page may read it
                del headers[name]
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if self._is_page and "content-security-policy" in headers:
            return  # a page of ours, which has said what may run in it
        headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        if any(one in headers.get("content-type", "").lower() for one in _ACTIVE_TYPES):
            headers["Content-Disposition"] = "attachment"


async def _refuse(scope: Scope, body: _Body, send: Send) -> None:
    sentence = TEXTS[wanted_language(Headers(scope=scope))].errors[body.refused]
    # Gradio's script shows the text of an upload's answer, and `detail` of any other's.
    is_event = scope["method"] == "POST" and scope["path"] != UPLOAD.path
    content = (json.dumps({"detail": sentence}) if is_event else sentence).encode()
    kind = b"application/json" if is_event else b"text/plain; charset=utf-8"
    await send(
        {
            "type": "http.response.start",
            "status": _STATUS[body.refused],
            "headers": [
                (b"content-type", kind),
                (b"content-length", str(len(content)).encode()),
                (b"cache-control", b"no-store"),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": content, "more_body": True})
    await body.hear_out()
    await send({"type": "http.response.body", "body": b""})


def _is_link(headers: Headers) -> bool:
    """Return whether another site has led here and no more: a link may, a script may not."""
    return "origin" not in headers and headers.get("sec-fetch-mode") == "navigate"


def _inside(scope: Scope) -> Scope:
    """Return what Gradio is told of a request."""
    # From this it would make the address of scripts, whoever says so.
    kept = [(name, value) for name, value in scope["headers"] if name != b"x-gradio-server"]
    # With these it would show another page, or one that somebody has saved.
    query = b"" if scope["path"] in PAGES else scope["query_string"]
    return {**scope, "headers": kept, "query_string": query}
