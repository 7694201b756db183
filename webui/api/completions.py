"""The OpenAI protocol: what speaks it can use this server as a language model that cites.

A request's earlier messages are the conversation. The content of an answer is its text with marks
such as [1], and below it the quotations that they stand for; all of it, as JSON, is in the field
`wenzheng` beside the choices (streamed: of the last piece). Instructions (`system`) and sampling
parameters change nothing: what is said is what the documents say.
"""

import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from index.errors import ChatbotError, IndexNotBuiltError
from rag.serialisation import to_dict
from rag.types import Answer, Turn
from webui.api.asking import Asking, RequestError, told
from webui.api.written import Writing, without_sources, written
from webui.door.routes import COMPLETIONS, MODELS

MODEL = "wenzheng"
"""What this server is called as a model."""

_STARTED = int(time.time())
_REFUSED = ("question_too_long", "no_match", "no_period", "bad_date")
"""Errors of who asks; all others are the server's."""


class _NoModelError(RequestError):
    """There is no model of this name."""


class _Part(BaseModel):
    type: str
    text: str | None = None


class _Message(BaseModel):
    role: str
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""


class _Asked(BaseModel):
    """A request. What is not named here is taken and ignored, as other servers do."""

    model: str
    messages: list[_Message]
    stream: bool = False
    n: int | None = None
    language: str | None = None
    documents: list[str] = []
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class _Completion:
    """What all pieces of an answer have in common."""

    completion_id: str
    created: int

    def whole(self, answer: Answer) -> dict[str, Any]:
        message = {"role": "assistant", "content": written(answer), "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {**self._head("chat.completion"), "choices": [choice], "wenzheng": to_dict(answer)}

    def piece(
        self, delta: dict[str, str], *, ended: bool = False, answer: Answer | None = None
    ) -> dict[str, Any]:
        choice = {
            "index": 0,
            "delta": delta,
            "finish_reason": "stop" if ended else None,
            "logprobs": None,
        }
        own = {} if answer is None else {"wenzheng": to_dict(answer)}
        return {**self._head("chat.completion.chunk"), "choices": [choice], **own}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.completion_id,
            "object": kind,
            "created": self.created,
            "model": MODEL,
        }


class Completions:
    """`/v1/models` and `/v1/chat/completions`."""

    def __init__(self, asking: Asking) -> None:
        """Answer with this."""
        self._asking = asking

    @property
    def routes(self) -> list[Route]:
        """What is to be served."""
        return [
            Route(MODELS, self._models, methods=["GET"]),
            Route(COMPLETIONS, self._complete, methods=["POST"]),
        ]

    async def _models(self, _: Request) -> Response:
        model = {"id": MODEL, "object": "model", "created": _STARTED, "owned_by": MODEL}
        return JSONResponse({"object": "list", "data": [model]})

    async def _complete(self, request: Request) -> Response:
        try:
            asked = _Asked.model_validate_json(await request.body())
            answers = self._answers(asked)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the request"
            return _fault(RequestError(f"{place}: {first['msg']}"))
        except ChatbotError as error:
            return _fault(error)
        completion = _Completion(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()))
        pieces = self._in_thread(answers)
        try:
            first_answer = await anext(pieces)  # what is wrong is known by then
            if asked.stream:
                events = self._events(completion, first_answer, pieces)
                return StreamingResponse(events, media_type="text/event-stream")
            last = [first_answer]
            async for answer in pieces:
                last = [answer]
        except Exception as error:  # noqa: BLE001 (`told` logs what it does not expect)
            return _fault(told(error))
        return JSONResponse(completion.whole(*last))

    def _answers(self, asked: _Asked) -> Iterator[Answer]:
        if asked.model != MODEL:
            raise _NoModelError(f"There is no model {asked.model!r} here. Name this one: {MODEL}.")
        if (asked.n or 1) != 1:
            raise RequestError("There is one answer to a question: n is 1.")
        question, history = _conversation(asked.messages)
        return self._asking.stream(
            question,
            history,
            language=asked.language,
            documents=asked.documents,
            since=asked.since,
            until=asked.until,
        )

    async def _events(
        self, completion: _Completion, answer: Answer, pieces: AsyncIterator[Answer]
    ) -> AsyncIterator[str]:
        """Yield what is sent of an answer while it grows."""
        writing = Writing()
        yield _event(completion.piece({"role": "assistant", "content": ""}))
        try:
            if more := writing.more(answer):
                yield _event(completion.piece({"content": more}))
            async for answer in pieces:
                if more := writing.more(answer):
                    yield _event(completion.piece({"content": more}))
        except Exception as error:  # noqa: BLE001 (`told` logs what it does not expect)
            yield _event({"error": _error(told(error))})
            return
        if rest := writing.rest(answer):
            yield _event(completion.piece({"content": rest}))
        yield _event(completion.piece({}, ended=True, answer=answer))
        yield "data: [DONE]\n\n"

    async def _in_thread(self, answers: Iterator[Answer]) -> AsyncIterator[Answer]:
        """Yield what the iterator does, which computes in threads, once there is a place for it."""
        async with self._asking.places:
            try:
                while (answer := await run_in_threadpool(next, answers, None)) is not None:
                    yield answer
            finally:
                close = getattr(answers, "close", None)
                if close is not None:
                    close()


def _conversation(messages: list[_Message]) -> tuple[str, tuple[Turn, ...]]:
    """Return the question that is asked, and what was said before it.

    Raises RequestError where the last message is no question.
    """
    said = [each for each in messages if each.role in ("user", "assistant")]
    if not said or said[-1].role != "user":
        raise RequestError("The last message has to be the user's.")
    history = [
        Turn(asked.text, without_sources(answered.text))
        for asked, answered in pairwise(said)
        if (asked.role, answered.role) == ("user", "assistant")
    ]
    return said[-1].text, tuple(history)


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def _error(error: ChatbotError) -> dict[str, Any]:
    kind = "invalid_request_error" if _is_askers(error) else "server_error"
    return {"message": str(error), "type": kind, "param": None, "code": error.code or None}


def _is_askers(error: ChatbotError) -> bool:
    return isinstance(error, RequestError) or error.code in _REFUSED


def _fault(error: ChatbotError) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, _NoModelError):
        status = HTTPStatus.NOT_FOUND
    elif _is_askers(error):
        status = HTTPStatus.BAD_REQUEST
    elif error.code == "stopping" or isinstance(error, IndexNotBuiltError):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse({"error": _error(error)}, status)
