"""The door of a page that has users: nothing behind it is reached without logging in.

An ASGI middleware with log-in page, sessions and log-out of its own; Gradio's see no request. A
password is checked in a thread, one at a time: who guesses holds up nobody who reads. What may take
a database's time is done in threads, too.
"""

import asyncio
import hashlib
import hmac
import math
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.door import login_page
from webui.door.accounts import Accounts
from webui.door.attempts import Key
from webui.door.auth import MAX_NAME_CHARS, MAX_PASSWORD_CHARS
from webui.door.login_page import Fault
from webui.door.roles import Role, write_role
from webui.door.routes import HEALTH, JOIN, KEPT, LOGIN, LOGOUT, PROGRAMS, UPLOAD
from webui.door.shell import LANGUAGE_COOKIE, wanted_language
from webui.texts import LANGUAGES, TEXTS, Language
from webui.user_store import StoreError

OPEN = ("/favicon.ico", "/theme.css", "/gradio_api/startup-events", HEALTH)
"""What needs no log-in: an icon, colours, what Gradio asks of itself once, when it starts, and
whether all is well."""

_BEARER = "bearer "

_MAX_FORM_BYTES = 64 * 1024
_FORM_SECONDS = 20
_IN_LINE, _IN_LINE_OF_KNOWN = 8, 16
_LINE_SECONDS = 5
_KNOWN_SECONDS = 180 * 24 * 3600
_AWAY_SECONDS = 5
_Told = TypeVar("_Told")


class Logins:
    """ASGI middleware around the page: `Middleware(Logins, accounts=…)`."""

    def __init__(self, app: ASGIApp, *, accounts: Accounts, root_path: str | None = None) -> None:
        """Let the users in, and nobody else. `root_path`: where a proxy serves the page, if so."""
        self._app = app
        self._root_path = urlsplit(root_path or "").path.rstrip("/")
        self._accounts = accounts
        self._one_at_a_time = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        # Also one at a time: the file's engine counts on it.
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="logins")
        self._in_line = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on if it comes from somebody who is logged in."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # nothing of the page uses a websocket
            await send({"type": "websocket.close", "code": 1008})
        elif (answer := await self._answer(request := Request(scope, receive))) is not None:
            answer.headers["Cache-Control"] = "no-store"
            answer.headers["X-Content-Type-Options"] = "nosniff"
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, self._while_logged_in(request, send))

    async def _answer(self, request: Request) -> Response | None:
        """Return what is answered here, None for what is passed on."""
        path = _path(request)
        try:
            if path == LOGIN:
                return await self._login(request)
            if path == LOGOUT:
                return await self._log_out(request)
            if path == HEALTH:
                await self._refresh(request)
            return None if path in OPEN else await self._enter(request, path)
        except StoreError as error:
            return _unable(request, error)

    async def _enter(self, request: Request, path: str) -> Response | None:
        """Note who asks, and return None; or return why he is not let in."""
        await self._refresh(request)
        if (user := self._user(request)) is not None:
            role = self._role(request, user)
            write_role(request.scope, user, role)
            if role == "reader" and path == UPLOAD.path:
                return _refusal(request, HTTPStatus.FORBIDDEN, code="editors_only")
            if path == KEPT and _token(request) is not None:
                return _refusal(request, HTTPStatus.FORBIDDEN, code="pages_only")
            return None
        if _token(request) is not None:
            return await self._wrong_token(request)
        if _is_front_door(request):
            return _to(f".{LOGIN}")
        return _no_entry(request)

    async def _refresh(self, request: Request) -> None:
        """Have it known who asks. Raises StoreError where it cannot be."""
        session = "" if _token(request) is not None else self._cookie(request, "session")
        if not self._accounts.is_current(session):
            await run_in_threadpool(self._accounts.refresh, session)

    async def _apart(self, call: Callable[..., _Told], *values: object) -> _Told:
        """Return what a call returns that may take its time."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, call, *values)

    def _user(self, request: Request, *, using: bool = True) -> str | None:
        if (token := _token(request)) is not None:
            return self._accounts.roll.bearer(token)
        return self._accounts.visits.user(self._cookie(request, "session"), using=using)

    def _role(self, request: Request, user: str) -> Role:
        """Return what may be done in the name of a user; by a token, no more than asking."""
        return "reader" if _token(request) is not None else self._accounts.roll.role(user)

    async def _wrong_token(self, request: Request) -> Response:
        """Refuse a token that is nobody's; who tries many waits, as who guesses passwords does.

        A right one is never kept waiting for wrong ones of others at its address.
        """
        keys: list[Key] = [("address", _address(request))]
        if wait := math.ceil(await self._apart(self._accounts.guesses.begin, keys)):
            said = TEXTS[wanted_language(request.headers)].login_wait.format(seconds=wait)
            answer = _refusal(request, HTTPStatus.TOO_MANY_REQUESTS, code="no_token", said=said)
            answer.headers["Retry-After"] = str(wait)
            return answer
        return _no_entry(request)

    def _while_logged_in(self, request: Request, send: Send) -> Send:
        """Return a `send` for an answer that ends when the session does: some last for hours."""
        guarded, ended = _path(request) not in OPEN, False

        async def send_on(message: Message) -> None:
            nonlocal guarded, ended
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                guarded = guarded and "content-length" not in headers  # whose end is known
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"  # "back" after logging out shows nothing
            elif guarded and not ended and self._user(request, using=False) is None:
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            if not ended:
                await send(message)

        return send_on

    # -- logging in and out -----------------------------------------------------------------------

    async def _login(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                form = await _form(request)
            except _FormError as error:
                return Response(error.status.phrase, error.status)
            return await self._log_in(request, form)
        if request.method not in ("GET", "HEAD"):
            return _not_allowed("GET, HEAD, POST")
        await self._refresh(request)
        if self._user(request) is not None:
            return _to("./")
        chosen = request.query_params.get("language")
        for language in LANGUAGES:
            if language == chosen:
                answer = _page(language)
                answer.set_cookie(
                    LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, samesite="lax"
                )
                return answer
        return _page(wanted_language(request.headers))

    async def _log_in(self, request: Request, form: Mapping[str, str]) -> Response:
        name, password = form.get("username", "").strip(), form.get("password", "")
        again = partial(_page, wanted_language(request.headers), name=name)
        if len(name) > MAX_NAME_CHARS or len(password) > MAX_PASSWORD_CHARS:
            return again(fault=Fault("too_long"), status=HTTPStatus.BAD_REQUEST)
        known = self._known(request, name)
        if self._in_line >= (_IN_LINE_OF_KNOWN if known else _IN_LINE):
            return again(fault=Fault("wait", _LINE_SECONDS), status=HTTPStatus.TOO_MANY_REQUESTS)
        keys: list[Key] = [("browser", known)] if known else _strangers(_address(request), name)
        if wait := math.ceil(await self._apart(self._accounts.guesses.begin, keys)):
            return again(fault=Fault("wait", wait), status=HTTPStatus.TOO_MANY_REQUESTS)
        mark = await self._check(name, password)
        if mark is None:
            return again(fault=Fault("wrong"), status=HTTPStatus.UNAUTHORIZED)
        await self._apart(self._accounts.guesses.right, keys)
        await self._apart(self._accounts.visits.end, self._cookie(request, "session"))
        session = await self._apart(self._accounts.visits.begin, name, mark)
        answer = _to("./")
        self._set_cookie(request, answer, "session", session)
        known = known or secrets.token_urlsafe(16)
        signed = f"{known}.{_signature(known, name, mark)}"
        self._set_cookie(request, answer, "known", signed, max_age=_KNOWN_SECONDS)
        return answer

    async def _check(self, name: str, password: str) -> str | None:
        self._in_line += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._one_at_a_time, self._accounts.roll.check, name, password
            )
        finally:
            self._in_line -= 1

    def _known(self, request: Request, name: str) -> str | None:
        """Return the mark of a browser that has logged in as this user, with today's password."""
        known, _, signature = self._cookie(request, "known").partition(".")
        mark = self._accounts.roll.mark(name)
        if mark and hmac.compare_digest(
            signature.encode("utf-8", "replace"), _signature(known, name, mark).encode()
        ):
            return known
        return None

    async def _log_out(self, request: Request) -> Response:
        if request.method != "POST":  # a link or an image must log nobody out
            return _not_allowed("POST")
        await self._apart(self._accounts.visits.end, self._cookie(request, "session"))
        answer = _to(f".{LOGIN}")
        self._set_cookie(request, answer, "session", "", max_age=0)
        return answer

    # -- cookies ----------------------------------------------------------------------------------

    def _cookie_name(self, request: Request, name: str) -> str:
        # Browsers keep one jar for all ports of a computer, and another page may be there.
        _, port = request.scope.get("server") or ("", 0)
        of = self._accounts.jar or port
        return f"wenzheng-{name}-{of}{self._root_path.replace('/', '-')}"

    def _cookie(self, request: Request, name: str) -> str:
        return request.cookies.get(self._cookie_name(request, name), "")

    def _set_cookie(
        self,
        request: Request,
        answer: Response,
        name: str,
        value: str,
        *,
        max_age: int | None = None,
    ) -> None:
        answer.set_cookie(
            self._cookie_name(request, name),
            value,
            max_age=max_age,
            path=f"{self._root_path}/",  # what else is served at this host does not get it
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


class _FormError(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises _FormError for what is none, too big or too slow."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise _FormError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        async with asyncio.timeout(_FORM_SECONDS):
            body = await _body(request)
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except TimeoutError as error:
        raise _FormError(HTTPStatus.REQUEST_TIMEOUT) from error
    except (ValueError, ClientDisconnect) as error:
        raise _FormError(HTTPStatus.BAD_REQUEST) from error
    return {name: values[-1] for name, values in fields.items()}


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_FORM_BYTES:
            raise _FormError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body


def _page(
    language: Language,
    *,
    name: str = "",
    fault: Fault | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    nonce = secrets.token_urlsafe(16)
    page = login_page.render(TEXTS[language], nonce=nonce, name=name, fault=fault)
    headers = {
        "Content-Security-Policy": login_page.policy(nonce),
        "Referrer-Policy": "same-origin",  # with less, browsers send the form from origin "null"
        "Vary": "Accept-Language, Cookie",
    }
    if fault is not None and fault.seconds:
        headers["Retry-After"] = str(fault.seconds)
    return HTMLResponse(page, status, headers)


def _token(request: Request) -> str | None:
    said = request.headers.get("authorization", "")
    return said[len(_BEARER) :].strip() if said.lower().startswith(_BEARER) else None


def _no_entry(request: Request) -> Response:
    by_token = _token(request) is not None or _is_for_programs(request)
    said = None if by_token else TEXTS[wanted_language(request.headers)].session_ended
    answer = _refusal(request, HTTPStatus.UNAUTHORIZED, code="no_token", said=said)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _unable(request: Request, error: StoreError) -> Response:
    """Return what is answered while nobody can know who may enter."""
    code = error.code or "users_away"
    answer: Response
    if _path(request) == HEALTH:
        answer = JSONResponse({"status": "no users"}, HTTPStatus.SERVICE_UNAVAILABLE)
    elif _path(request) in (LOGIN, LOGOUT) or _is_front_door(request):
        language = wanted_language(request.headers)
        answer = _page(
            language, fault=Fault("unable", code=code), status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    elif _path(request) == JOIN.path:
        # At 503 Gradio's script says that the application is busy, in English.
        answer = _refusal(request, HTTPStatus.BAD_GATEWAY, code=code)
    else:
        answer = _refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, code=code)
    answer.headers["Retry-After"] = str(_AWAY_SECONDS)
    return answer


def _is_front_door(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and _path(request).strip("/") in ("", *LANGUAGES)


def _refusal(
    request: Request, status: HTTPStatus, *, code: str, said: str | None = None
) -> Response:
    """Return a refusal as the page reads it, or as clients of the OpenAI protocol do."""
    said = said or TEXTS[wanted_language(request.headers)].errors[code]
    error = {"message": said, "type": "invalid_request_error", "code": code}
    told = error if _is_for_programs(request) else said
    return JSONResponse({"detail": said, "error": told}, status)


def _is_for_programs(request: Request) -> bool:
    return _path(request).startswith(PROGRAMS)


def _to(place: str) -> Response:
    return RedirectResponse(place, HTTPStatus.SEE_OTHER)


def _not_allowed(methods: str) -> Response:
    return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": methods})


def _path(request: Request) -> str:
    path: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path.rstrip("/")


def _address(request: Request) -> str:
    """Return where a request comes from. One customer has a whole network of IPv6 addresses."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(address.exploded)[:19]
    return str(address)


def _strangers(address: str, name: str) -> list[Key]:
    return [("pair", f"{address} {name}"), ("address", address), ("name", name)]


def _signature(known: str, name: str, mark: str) -> str:
    """Return what only a server that has the user's hash can write."""
    key = bytes.fromhex(mark)
    return hmac.new(key, f"{known} {name}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
