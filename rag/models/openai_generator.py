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
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, suppress
from typing import Any

from index.errors import GenerationError
from rag.models.language_model import Message

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
_CONTEXT_TOKENS = 4096
"""The least that servers have in common (Ollama's default); answers need no more."""
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
    context_tokens = _CONTEXT_TOKENS

    def __init__(
        self,
        name: str,
        base_url: str | None,
        key: str | None,
        *,
        silent_seconds: float = _SILENT_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        """Take the model's name, the server's address (None: OpenAI's own) and the key.

        Without a key the client sends no other header that the environment sets either.
        """
        self.name = name
        self._server = base_url or "api.openai.com"
        self._base_url = base_url
        self._key = key
        self._silent_seconds = silent_seconds
        self._answer_seconds = answer_seconds

    def count_tokens(self, text: str) -> int:
        """Return a number of tokens that the text does not exceed."""
        return len(text.encode()) // _BYTES_A_TOKEN + 1

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield the answer as the server sends it; "" while it sends nothing."""
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
        asked: list[Any] = [{"role": m.role, "content": m.content} for m in messages]
        finished = False
        async with (
            client,
            await client.chat.completions.create(
                model=self.name,
                messages=asked,
                max_tokens=max_tokens,
                temperature=0,
                stream=True,
            ) as stream,
        ):
            async for chunk in stream:
                for choice in chunk.choices[:1]:
                    finished = finished or choice.finish_reason is not None
                    if choice.delta and choice.delta.content:
                        yield choice.delta.content
        if not finished:
            raise EOFError("the answer ended midway")

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
