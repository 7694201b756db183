"""What a language model is to the rest: it counts tokens and writes."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a conversation with a model."""

    role: Literal["system", "user"]
    content: str


class LanguageModel(Protocol):
    """Writes text. `name` is what the user called it, `generator` the kind it is chosen by.

    `context_tokens` is how much prompt and answer may have together, `answer_tokens` how much of
    that is the answer's, what is thought ahead of it included.
    """

    @property
    def generator(self) -> str: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def context_tokens(self) -> int: ...  # noqa: D102

    @property
    def answer_tokens(self) -> int: ...  # noqa: D102

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes, or a number that is not smaller."""
        ...

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield the answer in pieces, and "" at least every half second while there is none.

        Pieces that are known to be thoughts are `Thought`.
        Whoever reads may stop at any piece by closing the iterator: the work ends with it.
        Raises GenerationError, at the start or midway.
        """
        ...


def short_name(name: str) -> str:
    """Return what readers call a model: neither its publisher nor the server's folders.

    >>> short_name("Qwen/Qwen2.5-1.5B-Instruct"), short_name("/srv/models/small.gguf")
    ('Qwen2.5-1.5B-Instruct', 'small.gguf')
    """
    return PurePath(name).name or name


def try_out(model: LanguageModel) -> None:
    """Have the model begin an answer. Raises GenerationError when it does not."""
    with closing(model.write([Message("user", "Are you there?")], 1)) as pieces:
        any(pieces)
