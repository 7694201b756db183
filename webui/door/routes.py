"""What may be asked of the server: the routes that the page needs. Everything else is not there.

Gradio has some ninety routes more: it fetches addresses for whoever asks, serves files, records
runs, edits its own source. A route that a later version adds is closed until it is named here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import regex

from webui.texts import LANGUAGES, Language
from webui.user_store import MAX_CHARS

PAGES: dict[str, Language] = {"/": LANGUAGES[0]} | {f"/{one}": one for one in LANGUAGES[1:]}
"""Path -> language of the pages. They and the page to log in on alone may hold scripts that run."""
LOGIN, LOGOUT = "/login", "/logout"
HEALTH = "/health"
MODELS, COMPLETIONS = "/v1/models", "/v1/chat/completions"
MCP = "/mcp"
KEPT = "/kept"
"""What users keep: see `kept`."""
PROGRAMS = ("/v1/", MCP)
"""How paths begin that no browser asks for."""
ENDPOINTS = ("ask", "search", "documents")
"""The endpoints of Gradio's that have a name."""

MAX_UPLOAD_BYTES = 256 * 2**20
"""The most in one upload, all its files together."""

# A long text, as one that is pasted as a document.
_TEXT_BYTES = 8 * 2**20
# That, or a question with the open conversation, which may be all that is kept of a reader: sealed
# texts, a byte a character.
_EVENT_BYTES = MAX_CHARS + _TEXT_BYTES
_SMALL_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that may be asked. `{…}` in `path` stands for one segment, `{…:path}` for more."""

    method: str
    path: str
    max_bytes: int = 0
    """The most that a request may carry."""

    @property
    def is_page(self) -> bool:
        """Whether it answers with a page of ours."""
        return self.path in PAGES or self.path == LOGIN

    def fits(self, method: str, path: str) -> bool:
        """Return whether this is what a request asks for."""
        return method == self.method and _pattern(self.path).fullmatch(path) is not None


ASSETS = Route("GET", "/assets/{path:path}")
"""Gradio's scripts and styles: a file of other content has another name."""
JOIN = Route("POST", "/gradio_api/queue/join", _EVENT_BYTES)
"""Where the page asks for an event."""
UPLOAD = Route("POST", "/gradio_api/upload", MAX_UPLOAD_BYTES)
ORIGINALS = (Route("GET", "/original/{key}"), Route("GET", "/original/{key}/{page}"))
"""The files of documents, which are served beside Gradio's: see `originals`."""

ROUTES = (
    *(Route("GET", page) for page in PAGES),
    Route("HEAD", "/"),
    ASSETS,
    Route("GET", "/static/{path:path}"),
    Route("GET", "/favicon.ico"),
    Route("GET", "/theme.css"),
    Route("GET", "/config"),
    Route("GET", "/gradio_api/app_id"),
    Route("GET", "/gradio_api/startup-events"),
    Route("GET", "/gradio_api/heartbeat/{session}"),
    JOIN,
    Route("GET", "/gradio_api/queue/data"),
    Route("POST", "/gradio_api/run/predict", _EVENT_BYTES),
    Route("POST", "/gradio_api/cancel", _SMALL_BYTES),
    Route("POST", "/gradio_api/reset", _SMALL_BYTES),
    Route("POST", "/gradio_api/component_server/", _SMALL_BYTES),
    Route("GET", "/gradio_api/upload_progress"),
    UPLOAD,
    *ORIGINALS,
    # What programs ask for by name: see webui/api/endpoints.py.
    Route("GET", "/gradio_api/info"),
    *(Route("POST", f"/gradio_api/call/{name}", _SMALL_BYTES) for name in ENDPOINTS),
    *(Route("POST", f"/gradio_api/call/v2/{name}", _SMALL_BYTES) for name in ENDPOINTS),
    *(Route("GET", f"/gradio_api/call/{name}/{{event}}") for name in ENDPOINTS),
)
OWN_ROUTES = (
    Route("GET", HEALTH),
    Route("GET", MODELS),
    Route("POST", COMPLETIONS, _TEXT_BYTES),
)
"""What is ours beside the page: it is none of Gradio's."""
MCP_ROUTES = tuple(Route(method, MCP, _TEXT_BYTES) for method in ("POST", "GET", "DELETE"))
"""What may be asked beside that where tools are served."""
LOGIN_ROUTES = (
    Route("GET", LOGIN),
    Route("HEAD", LOGIN),
    Route("POST", LOGIN, _SMALL_BYTES),
    Route("POST", LOGOUT, _SMALL_BYTES),
    Route("POST", KEPT, _TEXT_BYTES),
)
"""What may be asked beside that where readers log in."""

# What a path on its way to a file could be made of to mean another: nothing of ours has any.
_ODD = regex.compile(r"[\\%\p{Cc}]|//|\.\.|/\.")


def find(method: str, path: str, routes: Sequence[Route] = ROUTES) -> Route | None:
    """Return the route that a request asks for, None where there is none.

    >>> find("GET", "/gradio_api/file=http://stranger.example/x.png") is None
    True
    """
    if _ODD.search(path):
        return None
    return next((route for route in routes if route.fits(method, path)), None)


@cache
def _pattern(path: str) -> regex.Pattern[str]:
    several = r"\{\w+:path\}"
    one = r"\{\w+\}"
    parts = regex.split(f"({several}|{one})", path)
    wild = {True: ".+", False: "[^/]+"}
    return regex.compile(
        "".join(
            wild[part.endswith(":path}")] if part.startswith("{") else regex.escape(part)
            for part in parts
        )
    )
