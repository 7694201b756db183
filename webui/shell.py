"""What Gradio's page template cannot say: language, security headers, our own script and style.

Gradio serves one template for every page. This middleware dresses it: the reader's language on
`<html>`, a content security policy with a fresh nonce for every script of the template, and our
script and style sheet ahead of Gradio's own, so that nothing flashes and nothing foreign runs.
"""

import secrets
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import regex
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.texts import LANGUAGES, TEXTS, Language, preferred_language

LANGUAGE_COOKIE = "wenzheng-language"
"""Set by page.js when a reader chooses a language; outweighs what the browser says."""

_HERE = Path(__file__).parent
_FOREIGN_META = regex.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


class Shell:
    """ASGI middleware around Gradio's app: `Middleware(Shell)` in `launch(app_kwargs=…)`."""

    def __init__(self, app: ASGIApp) -> None:
        """Read the script and the style sheet once."""
        self._app = app
        script = (_HERE / "page.js").read_text("utf-8")
        style = (_HERE / "style.css").read_text("utf-8")
        self._head = f"<style>{style}</style><script>{script}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; pages are dressed, everything else passes with safe headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        language = page_language(scope)
        wanted = wanted_language(Headers(scope=scope))
        if _is_front_door(scope) and wanted != language:
            await RedirectResponse(f"./{wanted}", status_code=307)(scope, receive, send)
            return
        await self._app(scope, receive, _Dressing(send, self._head, language))


class _Dressing:
    """Passes an answer on; holds an HTML page back until it is whole, then dresses it."""

    def __init__(self, send: Send, head: bytes, language: Language) -> None:
        self._send = send
        self._head = head
        self._language = language
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"  # with less, forms come from origin "null"
            if headers.get("content-type", "").startswith("text/html"):
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
        body = dress(self._page, self._head, nonce=nonce, language=self._language)
        headers = MutableHeaders(scope=self._start)
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = policy(nonce)
        headers["Vary"] = "Accept-Language, Cookie"
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def dress(page: bytes, head: bytes, *, nonce: str, language: Language) -> bytes:
    """Return Gradio's page with our head, our language and a nonce on every script it brings.

    Data inside of the page cannot forge a script: Gradio writes `<` in its JSON as an escape.
    """
    texts = TEXTS[language]
    page = page.replace(b'lang="en"', f'lang="{texts.html_lang}"'.encode(), 1)
    page = _FOREIGN_META.sub(b"", page)
    title = f"<title>{texts.product}</title>".encode()
    page = page.replace(b"<head>", b"<head>" + title + head, 1)
    return page.replace(b"<script", f'<script nonce="{nonce}"'.encode())


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


def page_language(scope: Scope) -> Language:
    """Return the language whose page is asked for; the first one's has no path of its own."""
    last = scope["path"].rstrip("/").rsplit("/", 1)[-1]
    return next((language for language in LANGUAGES if language == last), LANGUAGES[0])


def _is_front_door(scope: Scope) -> bool:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return path in ("", "/") and scope["method"] in ("GET", "HEAD")


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
