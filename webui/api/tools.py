"""The same three as tools of the Model Context Protocol, over HTTP without sessions.

Gradio's own server of tools fetches its page over the network to find them, and that stands behind
the door. This one is the protocol's own library over the functions themselves.
"""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.serialisation import to_dict
from rag.types import Turn
from webui.api.asking import ASK, MOST_PASSAGES, SEARCH, Asking, told
from webui.door.routes import MCP

_Json = dict[str, Any]
_READS = ToolAnnotations(readOnlyHint=True, openWorldHint=False)
_Documents = Annotated[list[str], Field(description=ASK["documents"])]
_Since = Annotated[str | None, Field(description=ASK["since"])]
_Until = Annotated[str | None, Field(description=ASK["until"])]


class _Said(BaseModel):
    question: str
    answer: str


class Tools:
    """An MCP server at `/mcp`. It runs within `running`."""

    def __init__(self, asking: Asking) -> None:
        """Offer what there is to ask."""
        self._asking = asking
        self._server = FastMCP(
            "wenzheng",
            instructions="Answers from the documents that are kept here, with quotations.",
            stateless_http=True,
            json_response=True,
            log_level="WARNING",
            # The edge, which knows the names of this server, has looked at the host by then.
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        for tool in (self.ask, self.search, self.documents):
            said = inspect.getdoc(tool)
            self._server.add_tool(
                tool, description=said, annotations=_READS, structured_output=True
            )
        self._server.streamable_http_app()  # makes its session manager

    @property
    def routes(self) -> list[Route]:
        """What is to be served."""
        return [Route(MCP, _AtOnce(self._server), methods=None)]

    @asynccontextmanager
    async def running(self, _: object) -> AsyncIterator[None]:
        """Run the server within it."""
        async with self._server.session_manager.run():
            yield

    async def ask(
        self,
        question: Annotated[str, Field(description=ASK["question"])],
        history: Annotated[list[_Said], Field(description=ASK["history"])] = [],  # noqa: B006
        language: Annotated[str | None, Field(description=ASK["language"])] = None,
        documents: _Documents = [],  # noqa: B006
        since: _Since = None,
        until: _Until = None,
    ) -> _Json:
        """Answer a question from the documents, every sentence tied to a quotation.

        The answer says how sure it is (answered, possible, not_found), and cites what it stands on.
        """

        def answer() -> _Json:
            *_, last = self._asking.stream(
                question,
                [Turn(each.question, each.answer) for each in history],
                language=language,
                documents=documents,
                since=since,
                until=until,
            )
            return to_dict(last)

        return await self._in_thread(answer)

    async def search(
        self,
        question: Annotated[str, Field(description=SEARCH["question"])],
        limit: Annotated[int, Field(description=SEARCH["limit"], ge=1, le=MOST_PASSAGES)] = 5,
        documents: _Documents = [],  # noqa: B006
        since: _Since = None,
        until: _Until = None,
    ) -> _Json:
        """Return the passages nearest to a question, without an answer."""
        return await self._in_thread(
            lambda: self._asking.search(
                question, limit, documents=documents, since=since, until=until
            )
        )

    async def documents(self) -> _Json:
        """List the documents that can be asked."""
        return await self._in_thread(self._asking.documents)

    async def _in_thread(self, work: Callable[[], _Json]) -> _Json:
        """Return what comes of it, once there is a place for it."""
        async with self._asking.places:
            try:
                return await run_in_threadpool(work)
            except Exception as error:
                raise ToolError(str(told(error))) from error


class _AtOnce:
    """Takes a call and answers it; there is no stream that a client could listen to."""

    def __init__(self, server: FastMCP) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            await self._server.session_manager.handle_request(scope, receive, send)
        else:
            answer = Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
            await answer(scope, receive, send)
