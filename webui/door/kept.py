"""What a user keeps on the server, for that user's pages alone: see scripts/store.js.

A page sends what it has changed, and is told what others have. It says whose page it is: who has
logged in as somebody else in another tab writes nothing into the conversations of the first.
"""

from http import HTTPStatus

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index.console import say
from webui.door.roles import user_in
from webui.door.routes import KEPT
from webui.user_store import MAX_CHARS, StoreAwayError, StoreError, StoreFullError, UserStore


class _Sent(BaseModel):
    """What a page sends. `user`: whose it is, once it has been told."""

    user: str | None = None
    since: int = 0
    changes: dict[str, str | None] = {}


class Kept:
    """The route, behind the door: who comes here has logged in."""

    def __init__(self, store: UserStore) -> None:
        """Keep it there."""
        self._store = store

    @property
    def routes(self) -> list[Route]:
        """What is to be served."""
        return [Route(KEPT, self._exchange, methods=["POST"])]

    async def _exchange(self, request: Request) -> Response:
        user = user_in(request.scope)
        assert user is not None
        try:
            sent = _Sent.model_validate_json(await request.body())
            if sent.user not in (None, user):
                return Response(status_code=HTTPStatus.CONFLICT)
            news = await run_in_threadpool(
                self._store.exchange, user, sent.changes, since=sent.since
            )
        except ValueError:  # pydantic's are among them
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except StoreFullError:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except StoreError as error:
            if not isinstance(error, StoreAwayError):  # which is said once for all
                say(str(error))
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        told = {"user": user, "max_chars": MAX_CHARS, "revision": news.revision}
        return JSONResponse(
            {**told, "keys": news.keys, "entries": news.entries},
            headers={"Cache-Control": "no-store"},
        )
