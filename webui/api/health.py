"""Whether all is well, for who watches over the server: it says nothing of what is in it."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index.errors import ChatbotError
from index.keeping.library import Library
from webui.ask.answering import Answering
from webui.door.routes import HEALTH


class Health:
    """`/health`: 200 with counts where a question would be answered now, 503 otherwise."""

    def __init__(self, library: Library, answering: Answering) -> None:
        """Look at these."""
        self._library = library
        self._answering = answering

    @property
    def routes(self) -> list[Route]:
        """What is to be served."""
        return [Route(HEALTH, self._health, methods=["GET"])]

    async def _health(self, _: Request) -> Response:
        return await run_in_threadpool(self._look)

    def _look(self) -> Response:
        if self._answering.is_stopping:
            return _unable("stopping")
        try:
            generation = self._library.generation
            documents = self._library.documents()
        except ChatbotError:
            return _unable("no index")
        if not self._answering.is_ready:
            return _unable("starting")
        return JSONResponse(
            {
                "status": "ok",
                "generation": generation,
                "documents": len(documents),
                "chunks": sum(each.chunks for each in documents),
            },
            headers={"Cache-Control": "no-store"},
        )


def _unable(status: str) -> Response:
    return JSONResponse(
        {"status": status}, HTTPStatus.SERVICE_UNAVAILABLE, {"Cache-Control": "no-store"}
    )
