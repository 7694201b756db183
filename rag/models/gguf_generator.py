"""A causal language model in a GGUF file, run in this process by OpenVINO GenAI.

Its weights stay packed. Answers that are written at the same time are computed together, a step at
a time: a slice of a prompt, or a token of each. Between two steps whoever reads has its turn.
"""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from index.errors import GenerationError
from rag.models.chat_text import Decoder, Defuser, rendered
from rag.models.language_model import Message

ARCHITECTURES: Final = ("llama", "qwen2", "qwen3")
"""Those that OpenVINO GenAI builds of a GGUF file."""

_ANSWER_TOKENS = 512
_MOST_CONTEXT = 8192
"""Longer contexts cost memory that answers from a few passages do not need."""
_BLOCK = 32  # tokens whose keys and values are kept together
_AT_ONCE = 2  # answers that have room for keys and values of a whole context; others wait
_STEP = 25_000_000_000  # so many bytes of weights times tokens of a prompt are one step
_SHORTEST_SLICE, _LONGEST_SLICE = 32, 256


@dataclass(frozen=True, slots=True)
class GgufFile:
    """What a GGUF file says of its model."""

    path: Path
    architecture: str
    context_tokens: int
    control_tokens: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "GgufFile":
        """Read the head of a file. Raises GenerationError when it is damaged."""
        import gguf

        try:
            fields = gguf.GGUFReader(path).fields
            architecture = str(fields["general.architecture"].contents())
            tokens = fields["tokenizer.ggml.tokens"].contents()
            kinds = fields["tokenizer.ggml.token_type"].contents()
            context = int(fields[f"{architecture}.context_length"].contents())
        except Exception as error:
            raise _broken(path, error) from error
        control = gguf.TokenType.CONTROL
        named = [token for token, kind in zip(tokens, kinds, strict=False) if kind == control]
        return cls(path, architecture, context, tuple(named))


class GgufModel:
    """A model in a file. Threads may share it: each answer is a request of its own."""

    generator = "transformers"

    def __init__(
        self,
        file: GgufFile,
        *,
        context_tokens: int | None = None,
        answer_tokens: int | None = None,
    ) -> None:
        """Load the model; the limits are what is less or more than usual."""
        import openvino_genai

        self.name = str(file.path)
        self.context_tokens = min(file.context_tokens, context_tokens or _MOST_CONTEXT)
        self.answer_tokens = answer_tokens or _ANSWER_TOKENS
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.num_kv_blocks = _AT_ONCE * -(-self.context_tokens // _BLOCK)
        slice_tokens = _STEP // max(file.path.stat().st_size, 1)
        scheduler.max_num_batched_tokens = min(max(slice_tokens, _SHORTEST_SLICE), _LONGEST_SLICE)
        scheduler.enable_prefix_caching = True
        self._pipeline = openvino_genai.ContinuousBatchingPipeline(self.name, scheduler, "CPU", {})
        self._tokenizer = self._pipeline.get_tokenizer()
        self._genai = openvino_genai
        self._defused = Defuser(file.control_tokens)
        self._numbers = count()
        self._lock = threading.Lock()

    @classmethod
    def load(
        cls, file: GgufFile, notify: Callable[[str], None], **limits: int | None
    ) -> "GgufModel":
        """Return the model of a file. Raises GenerationError when it is damaged."""
        notify(f"Loading {file.path.name} …")
        try:
            return cls(file, **limits)
        except Exception as error:
            raise _broken(file.path, error) from error

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes."""
        return int(self._encoded(text).shape[1])

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield the likeliest answer in pieces; "" while the prompt is read."""
        prompt = self._encoded(rendered(messages, self._template, self._defused))
        decoder = Decoder(self._tokenizer.decode)
        running = self._genai.GenerationStatus.RUNNING
        with self._lock:
            request = self._pipeline.add_request(
                next(self._numbers), prompt, self._until(max_tokens)
            )
        try:
            while request.can_read() or request.get_status() == running:
                with self._lock:
                    if not request.can_read():
                        self._pipeline.step()
                tokens = request.read()[0].generated_ids if request.can_read() else ()
                yield "".join(map(decoder.add, tokens))
        finally:
            with self._lock:
                if request.get_status() == running:
                    request.cancel()
                    self._pipeline.step()  # which forgets it
        if request.get_status() != self._genai.GenerationStatus.FINISHED:
            raise GenerationError(
                f"{self.name} had no room for the question and its passages. Give it more with "
                "`--context-tokens`."
            )

    def _until(self, max_tokens: int) -> Any:  # noqa: ANN401
        config = self._genai.GenerationConfig()
        config.do_sample = False
        config.max_new_tokens = max_tokens
        config.eos_token_id = self._tokenizer.get_eos_token_id()
        return config

    def _template(self, messages: Sequence[Mapping[str, str]]) -> str:
        return str(
            self._tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, extra_context={"enable_thinking": False}
            )
        )

    def _encoded(self, text: str) -> Any:  # noqa: ANN401
        return self._tokenizer.encode(text, add_special_tokens=False).input_ids


def _broken(path: Path, error: Exception) -> GenerationError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return GenerationError(
        f"The model {path} cannot be loaded: {reason}. Fetch the file again, or name another with "
        "`--model`.",
        code="model_broken",
    )
