"""The assistant of the page: loaded at the first question, and again when another is to write.

Nothing of `rag` that answers is imported with the page, which is there sooner without it.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.console import say
from index.errors import ChatbotError, GenerationError, IndexNotBuiltError
from index.keeping.library import Library
from index.types import EVERYTHING, Scope
from rag.models.language_model import LanguageModel, try_out
from rag.settings import RagSettings
from rag.types import Answer, Turn
from webui.ask.in_progress import InProgress
from webui.door.request_log import log_request

if TYPE_CHECKING:
    from rag.assistant import Assistant

_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class State:
    """What writes the answers: `running`, with its language model once there is one.

    `loading` is on its way to take its place, and `message` says what takes long. `failed` could
    not, for the reason of `error`, or for one that nobody expected.
    """

    running: RagSettings
    model: LanguageModel | None = None
    loading: RagSettings | None = None
    message: str = ""
    failed: RagSettings | None = None
    error: ChatbotError | None = None


class Answering:
    """Returns the assistant when called, loading it at the first call (there is an index by then).

    There is one choice for all pages of the process, for a model takes memory. Where it is `fixed`,
    the command line alone makes it.
    """

    def __init__(
        self,
        library: Library,
        settings: RagSettings,
        *,
        fixed: bool = False,
        log_questions: bool = False,
    ) -> None:
        """Take what is to write at first; nothing is loaded yet.

        `log_questions`: questions go into the log of requests. `key_address`, its server (None:
        OpenAI's own), is the one to which the key is sent.
        """
        self.fixed = fixed
        self.state = State(settings)
        self.key_address = settings.base_url
        self._library = library
        self._assistant: Assistant | None = None
        self._quoting: Assistant | None = None
        self._loading = threading.Lock()
        self._opening = threading.Lock()
        self._is_wanted = threading.Event()
        self._in_progress = InProgress()
        self._log_questions = log_questions

    def __call__(self) -> "Assistant":
        """Return the assistant that answers now. Raises ChatbotError when it cannot be loaded."""
        if self._assistant is None:
            with self._loading:
                if self._assistant is None:
                    return self._load(self.state.running)
        return self._assistant

    @property
    def is_ready(self) -> bool:
        """Whether a question would be answered at once."""
        return self._assistant is not None

    @property
    def is_stopping(self) -> bool:
        """Whether no other answer begins."""
        return self._in_progress.is_finishing

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        likely: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Iterator[Answer]:
        """Yield ever fuller answers to somebody's question, as the assistant does.

        Raises ChatbotError as that does, and where the server is being stopped.
        """
        with self._in_progress.one() as go_on:
            answer = None
            answers = self().stream(
                question, history, language=language, likely=likely, scope=scope
            )
            for answer in answers:
                go_on()
                yield answer
        if answer is not None:
            log_request(
                answered=answer.state,
                language=answer.language,
                generator=answer.generator,
                seconds=answer.seconds.total,
                question=question if self._log_questions else None,
            )

    def is_idle(self) -> bool:
        """Return whether nobody is being answered."""
        return self._in_progress.is_idle

    def let_pass(self) -> None:
        """Wait while somebody is being answered, for a moment: who has asked comes first."""
        self._in_progress.let_pass()

    def finish(self, seconds: float) -> bool:
        """Begin no other answer, and let those in progress end; see `InProgress.finish`."""
        return self._in_progress.finish(seconds)

    def quoting(self) -> "Assistant":
        """Return one that quotes, whatever is chosen: what the page asks by itself costs nobody."""
        self._is_wanted.set()
        with self._opening:
            if self._quoting is None:
                from rag.load import load_assistant

                quoting = replace(self.state.running, generator="extractive", model=None)
                self._library.open()
                self._quoting = load_assistant(self._library, quoting)
            return self._quoting

    def use(self, settings: RagSettings) -> None:
        """Begin to load what is to answer from now on; `follow` tells how it goes.

        Until it has shown that it writes, what has answered so far goes on. Raises ChatbotError
        when it is not to be changed, or is changing already.
        """
        if self.fixed:
            raise GenerationError(
                "This page has users, so what writes the answers is chosen when it is started: "
                "python ui.py --generator NAME",
                code="fixed",
            )
        self.quoting()
        if self.state.running.generator == "extractive":
            self()  # now, or questions would wait for the other
        if not self._loading.acquire(blocking=False):
            raise GenerationError(
                "A language model is being loaded. Wait until it runs, then choose again.",
                code="loading",
            )
        self.state = replace(self.state, loading=settings)
        threading.Thread(target=self._change, args=(settings,), daemon=True).start()

    def follow(self) -> Iterator[State]:
        """Yield how things stand, and every change until nothing is being loaded."""
        seen: State | None = None
        while seen is None or seen.loading is not None:
            if (state := self.state) != seen:
                yield state
                seen = state
            else:
                time.sleep(_LOOK_SECONDS)

    def prepare(self, seconds: float = 0.0) -> None:
        """Load it ahead of the first question, which tells the reader if it did not work.

        A page asks for it as soon as it stands; what no page asks for is loaded after some seconds.
        """
        is_asked = self._is_wanted.wait(seconds)
        try:
            self()
            if not is_asked:
                for _ in self.quoting().stream("Is everything ready?"):
                    pass  # what is loaded at the first question is loaded now; no model is bothered
        except IndexNotBuiltError:
            pass  # it is made next
        except ChatbotError as error:
            say(str(error))

    def _change(self, settings: RagSettings) -> None:
        try:
            with suppress(ChatbotError):  # the state tells
                self._load(settings, tried=True)
        finally:
            self._loading.release()

    def _load(self, settings: RagSettings, *, tried: bool = False) -> "Assistant":
        """Load and return the assistant that answers from now on."""
        from rag.load import load_assistant, load_model

        quoting = self.quoting()
        before = self.state
        self.state = replace(before, loading=settings, message="", failed=None, error=None)
        try:
            model = load_model(
                settings, self._note, named=_same(settings.base_url, self.key_address)
            )
            if model is None:
                assistant = quoting
            else:
                if tried:
                    try_out(model)
                assistant = load_assistant(self._library, settings, model)
        except Exception as error:
            # Not the error itself: its traceback would hold half a model or an open connection.
            code = error.code if isinstance(error, ChatbotError) else None
            kept = None if code is None else ChatbotError(str(error), code=code)
            self.state = State(before.running, before.model, failed=settings, error=kept)
            raise
        self._assistant = assistant  # before the state says so
        self.state = State(settings, model)
        return assistant

    def _note(self, message: str) -> None:
        say(message)
        self.state = replace(self.state, message=message)


def _same(address: str | None, other: str | None) -> bool:
    return (address or "").rstrip("/") == (other or "").rstrip("/")
