"""What Gradio's page template cannot say: language, security headers, our own script and style.

Gradio serves one template for every page. This middleware dresses it: the reader's language on
`<html>`, a content security policy with a fresh nonce for every script of the template, and our
script and style sheet ahead of Gradio's own, so that nothing flashes and nothing foreign runs.
What is a page is told by its path: no answer makes itself one.
"""

import gzip
import logging
import secrets
from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import regex
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.door.roles import Role, role_in
from webui.door.routes import PAGES
from webui.texts import LANGUAGES, TEXTS, Language, preferred_language

log = logging.getLogger(__name__)

LANGUAGE_COOKIE = "wenzheng-language"
"""Set by scripts/page.js when a reader chooses a language; outweighs what the browser says."""

SCRIPTS = (
    *("scripts/store.js", "scripts/kept.js", "scripts/dialogs.js", "scripts/panel.js"),
    *("scripts/editing.js", "scripts/files.js", "scripts/notebook.js", "scripts/page.js"),
    "scripts/attaching.js",
)
"""What runs in the browser, in this order; each file's `const` is known to those after it."""

_PACKING = 5
"""gzip's level: 4 ms for a page; the highest takes twice as long for a thirtieth less."""
_HERE = Path(__file__).parents[1]
_SCRIPT = regex.compile(rb"<script\b[^>]*>", regex.IGNORECASE)
_FOREIGN_META = regex.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


class Shell:
    """ASGI middleware within Gradio's app: the page as Gradio makes it comes in, ours goes out."""

    def __init__(self, app: ASGIApp, *, scripts: Sequence[bytes]) -> None:
        """Read the script and the style sheet once. `scripts` are the tags of Gradio's template."""
        self._app = app
        self._scripts = list(scripts)
        script = "".join((_HERE / name).read_text("utf-8") for name in SCRIPTS)
        style = (_HERE / "style.css").read_text("utf-8")
        self._head = f"<style>{style}</style><script>{script}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; pages are dressed, everything else passes as it is."""
        language = PAGES.get(scope["path"]) if scope["type"] == "http" else None
        if language is None:
            await self._app(scope, receive, send)
            return
        wanted = wanted_language(Headers(scope=scope))
        if scope["path"] == "/" and wanted != language:
            await RedirectResponse(f"./{wanted}", status_code=307)(scope, receive, send)
            return

        def dressed(page: bytes, nonce: str) -> bytes:
            return dress(
                page,
                self._head,
                self._scripts,
                nonce=nonce,
                language=language,
                role=role_in(scope),
            )

        packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await self._app(scope, receive, _Dressing(send, dressed, packed=packed))


class _Dressing:
    """Passes an answer on; holds an HTML page back until it is whole, then dresses it.

    `packed`: it goes out in a sixth of its bytes. Gradio packs files, and no page.
    """

    def __init__(self, send: Send, dressed: Callable[[bytes, str], bytes], *, packed: bool) -> None:
        self._send = send
        self._dressed = dressed
        self._packed = packed
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(scope=message).get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._page += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page()
            return
        await self._send(message)

    async def _send_page(self) -> None:
        assert self._start is not None
        nonce = secrets.token_urlsafe(16)
        body = self._dressed(self._page, nonce)
        headers = MutableHeaders(scope=self._start)
        if self._packed:
            body = gzip.compress(body, _PACKING, mtime=0)
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = policy(nonce)
        headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def scripts_in(page: bytes) -> list[bytes]:
    """Return the tags that open a script, as they are written and in their order.

    >>> scripts_in(b'<script>1</script><SCRIPT src="a.js"></SCRIPT>')
    [b'<script>', b'<SCRIPT src="a.js">']
    """
    return _SCRIPT.findall(page)


def dress(
    page: bytes,
    head: bytes,
    scripts: Sequence[bytes],
    *,
    nonce: str,
    language: Language,
    role: Role | None = None,
) -> bytes:
    """Return Gradio's page with our head, our language and the nonce on its scripts and ours.

    The style sheet hides from a `role` what is not for it. Nonces are given to `scripts`, the tags
    of the template, or to none: with one more than those, nobody could say which of them came from
    data. Gradio writes `<` in data as an escape, so there never is.
    """
    texts = TEXTS[language]
    if scripts_in(page) == list(scripts):
        page = _SCRIPT.sub(lambda tag: _with_nonce(tag[0], nonce), page)
    else:
        log.error("The page holds scripts that are not of its template: none of them runs.")
    said = f'lang="{texts.html_lang}"' + (f' data-role="{role}"' if role else "")
    page = page.replace(b'lang="en"', said.encode(), 1)
    page = _FOREIGN_META.sub(b"", page)
    # The icon is named: browsers would look for it at the root of the host, which may be another's.
    title = f'<title>{texts.product}</title><link rel="icon" href="./favicon.ico">'.encode()
    head = head.replace(b"<script>", _with_nonce(b"<script>", nonce), 1)
    return page.replace(b"<head>", b"<head>" + title + head, 1)


def _with_nonce(tag: bytes, nonce: str) -> bytes:
    return tag[: len("<script")] + f' nonce="{nonce}"'.encode() + tag[len("<script") :]


def policy(nonce: str) -> str:
    """Return the content security policy of the page.

    Scripts need the nonce or come from this server; handlers in attributes and `javascript:` links
    never run. `unsafe-eval` is there because Gradio makes functions of our templates; it lets no
    markup run. Styles are inline all over Gradio.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def wanted_language(headers: Headers) -> Language:
    """Return the language that the reader chose before, or else that the browser asks for."""
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    except CookieError:
        chosen = None
    for language in LANGUAGES:
        if chosen is not None and chosen.value == language:
            return language
    return preferred_language(headers.get("accept-language", ""))
