"""A language model behind a server of the OpenAI protocol: Ollama, llama.cpp, vLLM, DeepSeek.

The key comes from the environment alone (`OPENAI_API_KEY`) and goes to no address but the one that
command line or environment name: whoever types another gets nothing of the environment sent there,
and no redirect is followed. A server of one's own needs no key.

What the server sends is read in a thread, so that whoever reads the answer may stop at any moment,
even while the server says nothing: the connection is closed then, and the thread ends.
"""

import asyncio
import queue
import shlex
import threading
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing, closing, suppress
from typing import TYPE_CHECKING, Any

from index.errors import GenerationError
from rag.models.language_model import Message
from rag.models.openai_servers import context_of
from rag.models.thoughts import Thought, thoughts_apart

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""What stands for the key where there is none: the client insists on one."""

_CONNECT_SECONDS = 5.0
_SILENT_SECONDS = 60.0
"""So long may a server say nothing: a big model on a small machine reads its prompt first."""
_ANSWER_SECONDS = 300.0
_RETRIES = 2
_TURN_SECONDS = 0.2
_CHARACTERS_A_TOKEN = 8
"""An answer that is longer for its tokens does not stop where it was told to."""
_ANSWER_TOKENS = 512
_CONTEXT_TOKENS = 4096
"""The least that servers have in common (Ollama's default), for one that does not tell its own."""
_THOUGHT_TOKENS = 4096
"""What a model that thinks ahead of its answer may think, where its context has room for it."""
_ASKED_FOR_CONTEXT = 3
"""So often is a server asked what its context holds: some tell once they have loaded the model."""
_REFUSALS = 2
"""So many settings may a server refuse, one after the other, before it is given up."""
_BYTES_A_TOKEN = 2
"""Fewer than any usual tokenizer's: the server does not tell its own."""
_SENT_TO_ANYBODY = {
    *("host", "connection", "accept", "accept-encoding", "user-agent"),
    *("content-type", "content-length"),
}
_CODES = {
    "APITimeoutError": "server_silent",
    "APIConnectionError": "server_away",
}


class OpenAiModel:
    """One model of one server. Threads may share it."""

    generator = "openai"

    def __init__(
        self,
        name: str,
        base_url: str | None,
        key: str | None,
        *,
        context_tokens: int | None = None,
        answer_tokens: int | None = None,
        silent_seconds: float = _SILENT_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        """Take the model's name, the server's address (None: OpenAI's own) and the key.

        `context_tokens` None: what the server tells, or else 4096. Without a key the client sends
        no other header that the environment sets either.
        """
        self.name = name
        self._server = base_url or "api.openai.com"
        self._base_url = base_url
        self._key = key
        self._context = context_tokens
        self._answer = answer_tokens or _ANSWER_TOKENS
        self._asks_left = _ASKED_FOR_CONTEXT
        self._thinks = False
        # What reasoning models of OpenAI's refuse is left out once they have.
        self._limit_name = "max_tokens"
        self._steadied = True
        self._silent_seconds = silent_seconds
        self._answer_seconds = answer_seconds

    @property
    def context_tokens(self) -> int:
        """How much prompt and answer may have together; the server is asked for it."""
        if self._context is None and self._base_url is not None and self._asks_left:
            self._asks_left -= 1
            key = None if self._key == NO_KEY else self._key
            self._context = context_of(self._base_url, self.name, key)
        return self._context or _CONTEXT_TOKENS

    @property
    def answer_tokens(self) -> int:
        """How much of that is the answer's, with room for thoughts where the model thinks."""
        room = min(_THOUGHT_TOKENS, self.context_tokens // 2 - self._answer) if self._thinks else 0
        return self._answer + max(room, 0)

    def count_tokens(self, text: str) -> int:
        """Return a number of tokens that the text does not exceed."""
        return len(text.encode()) // _BYTES_A_TOKEN + 1

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield the answer as the server sends it; "" while it sends nothing.

        A model that turns out to think is asked again where its thoughts left no room to answer.
        """
        knew_it_thinks = self._thinks
        said = yield from self._attempt(messages, max_tokens)
        if not said and self._thinks and not knew_it_thinks:
            room = self.context_tokens - sum(self.count_tokens(m.content) for m in messages)
            said = yield from self._attempt(
                messages, max(max_tokens, min(self.answer_tokens, room))
            )
        if not said and self._thinks:
            raise GenerationError(
                f"The model {self.name} thought until its answer had no room. Give it more with "
                "`--answer-tokens` and `--context-tokens`, or turn its thinking off.",
                code="thought_too_long",
            )

    def _attempt(self, messages: Sequence[Message], max_tokens: int) -> Generator[str, None, bool]:
        """Yield the answer and the thoughts ahead of it; return whether there was an answer."""
        said = False
        with closing(self._sent(messages, max_tokens)) as sent:
            for piece in thoughts_apart(sent):
                if isinstance(piece, Thought):
                    self._thinks = True
                else:
                    said = said or bool(piece.strip())
                yield piece
        return said

    def _sent(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        reading = _Reading(self._received(messages, max_tokens), pieces)
        reading.start()
        ends = time.monotonic() + self._answer_seconds
        left = max_tokens * _CHARACTERS_A_TOKEN
        try:
            while left > 0 and time.monotonic() < ends:
                try:
                    piece = pieces.get(timeout=_TURN_SECONDS)
                except queue.Empty:
                    yield ""
                    continue
                if piece is None:
                    return
                if isinstance(piece, Exception):
                    raise self._told(piece) from piece
                left -= len(piece)
                yield piece
        finally:
            reading.stop()
        if time.monotonic() >= ends:
            raise GenerationError(
                f"The server {self._server} had not finished after {self._answer_seconds:.0f} "
                "seconds. Use a smaller model, or a faster server."
            )

    async def _received(self, messages: Sequence[Message], max_tokens: int) -> AsyncGenerator[str]:
        """Yield what the server sends. Raises what the client raises, EOFError where it ends early.

        Nothing blocks, so that cancelling it closes the connection at once.
        """
        import openai

        hooks = [] if self._key else [_without_environment]
        client = openai.AsyncOpenAI(
            api_key=self._key or NO_KEY,
            base_url=self._base_url,
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False, event_hooks={"request": hooks}
            ),
            timeout=openai.Timeout(self._silent_seconds, connect=_CONNECT_SECONDS),
            max_retries=_RETRIES,
        )
        finished = False
        async with client, await self._asked(client, messages, max_tokens) as stream:
            async for chunk in stream:
                for choice in chunk.choices[:1]:
                    finished = finished or choice.finish_reason is not None
                    for piece in _pieces(choice.delta):
                        yield piece
        if not finished:
            raise EOFError("the answer ended midway")

    async def _asked(
        self, client: "openai.AsyncOpenAI", messages: Sequence[Message], max_tokens: int
    ) -> Any:  # noqa: ANN401 (a stream of the client's)
        """Return the stream of an answer, asked for without what the server refuses."""
        import openai

        asked: list[Any] = [{"role": m.role, "content": m.content} for m in messages]
        for left in reversed(range(_REFUSALS + 1)):
            options: dict[str, Any] = {self._limit_name: max_tokens}
            options |= {"temperature": 0} if self._steadied else {}
            try:
                return await client.chat.completions.create(
                    model=self.name, messages=asked, stream=True, **options
                )
            except openai.BadRequestError as error:
                if not left or not self._leave_out(str(error.message)):
                    raise
        raise AssertionError("unreachable")

    def _leave_out(self, refusal: str) -> bool:
        """Send no more what a refusal names; return whether it names something that was sent."""
        if self._steadied and "temperature" in refusal:
            self._steadied = False
            return True
        if self._limit_name == "max_tokens" and "max_completion_tokens" in refusal:
            self._limit_name = "max_completion_tokens"
            return True
        return False

    def _told(self, error: Exception) -> GenerationError:
        """Return what went wrong as a sentence with its remedy."""
        import openai

        server = f"The server {self._server}"
        code = _CODES.get(type(error).__name__, "server_error")
        match error:
            case openai.APITimeoutError():
                text = f"{server} said nothing for too long. Is it overloaded? Ask again."
            case openai.APIConnectionError():
                text = f"{server} cannot be reached. Start it, or name another with `--base-url`."
            case openai.APIStatusError():
                text, code = self._refused(error.status_code)
            case _:
                text = f"{server} broke off or sent what is no answer ({type(error).__name__})."
        return GenerationError(text, code=code)

    def _refused(self, status: int) -> tuple[str, str]:
        """Return what a status means that is not 200, and the code of the error."""
        server = f"The server {self._server}"
        match status:
            case 401 | 403 if self._key is None:
                return (
                    f"{server} wants a key. OPENAI_API_KEY goes to no address but the one of the "
                    f"command line: --generator openai --base-url {shlex.quote(self._server)}"
                ), "server_wants_key"
            case 401 | 403:
                text = f"{server} refused the key. Set OPENAI_API_KEY in the environment."
                return text, "server_key"
            case 400:
                return (
                    f"{server} refused what it was asked (400). If its context holds less than "
                    f"{self._context or _CONTEXT_TOKENS} tokens, say how many: --context-tokens N"
                ), "server_refused"
            case 404:
                text = f"{server} does not know the model {self.name}. Name one with `--model`."
                return text, "server_model"
            case 429:
                text = f"{server} has too much to do or the quota is used up (429). Ask later."
                return text, "server_busy"
            case status if 300 <= status < 400:
                return (
                    f"{server} redirects to another address ({status}), which is not followed. "
                    "Name the address where it ends with `--base-url`."
                ), "server_redirect"
        return f"{server} answered with an error ({status}). See its log.", "server_error"


def _pieces(delta: Any) -> Iterator[str]:  # noqa: ANN401 (the client's, with what servers add)
    """Yield what a part of the stream holds: thoughts under the names that servers use, words."""
    thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
    if isinstance(thought, str):
        yield Thought(thought)
    if delta and delta.content:
        yield delta.content


async def _without_environment(request: Any) -> None:  # noqa: ANN401 (httpx is the client's)
    """Leave nothing in a request that the client may have from OPENAI_… variables."""
    for name in set(request.headers) - _SENT_TO_ANYBODY:
        del request.headers[name]
    request.headers["Authorization"] = f"Bearer {NO_KEY}"


class _Reading(threading.Thread):
    """Puts what a server sends into a queue, an exception where it fails, and None at the end."""

    def __init__(
        self,
        received: AsyncGenerator[str],
        pieces: "queue.SimpleQueue[str | Exception | None]",
    ) -> None:
        super().__init__(daemon=True)
        self._pieces = pieces
        self._loop = asyncio.new_event_loop()
        self._reading = self._loop.create_task(self._read(received))

    def run(self) -> None:
        """Read until the answer ends, the server fails, or nobody wants to know any more."""
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._reading)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def stop(self) -> None:
        """Have the connection closed: the server stops writing, the thread ends."""
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._reading.cancel)

    async def _read(self, received: AsyncGenerator[str]) -> None:
        try:
            async with aclosing(received):
                async for piece in received:
                    self._pieces.put(piece)
            self._pieces.put(None)
        except Exception as error:  # noqa: BLE001 (told where the pieces are read)
            self._pieces.put(error)
