"""Every knob of the online half. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import ChatbotError
from index.knobs import Knob, add_flags, chosen

_MOST_TOKENS = 2**20
SHIPPED_READER, SIMILARITY_READER = "shipped", "similarity"
"""The reader of our own; closeness in its place, without one. Any other name is a model's."""

MODEL_SERVERS: Mapping[int, str] = {
    11434: "Ollama",
    8080: "llama.cpp",
    1234: "LM Studio",
    8000: "vLLM",
}
"""The ports at which servers of language models listen unless they are told otherwise."""


def _tokens(said: str) -> int:
    """Return a number of tokens. Raises ChatbotError for what is none."""
    if not said.isascii() or not said.isdecimal() or not 0 < int(said[:9]) <= _MOST_TOKENS:
        raise ChatbotError(
            f"{said!r} is no number of tokens. Type one from 1 to {_MOST_TOKENS}, such as 8192."
        )
    return int(said)


KNOBS = (
    Knob("generator", "--generator", help="extractive, transformers or openai"),
    Knob("model", "--model", help="language model: hub name, folder, GGUF file, server's name"),
    # The client would go by OPENAI_BASE_URL, so it counts: the page says where a key is sent.
    Knob("base_url", "--base-url", "URL", "server of the OpenAI protocol", also="OPENAI_BASE_URL"),
    Knob(
        "context_tokens",
        "--context-tokens",
        "N",
        "how much the language model takes, question and answer together; default: as it tells",
        _tokens,
    ),
    Knob(
        "answer_tokens",
        "--answer-tokens",
        "N",
        "how long its answers may be; default: 512",
        _tokens,
    ),
    Knob(
        "reader",
        "--reader",
        help="what finds the answer: shipped, similarity, or a question answering model",
    ),
)


@dataclass(frozen=True, slots=True)
class RagSettings:
    """How a question is answered.

    `generator` writes the answer; a language model is named by `model`, and its server, where it
    has one, by `base_url`. `context_tokens` of prompt and answer, None for as much as it takes, and
    `answer_tokens` of an answer, None for the usual.
    `top_k` passages are retrieved; the first `read_k` are read with the question by `reader`; the
    sentences that answer best, at most `max_quotes`, are quoted.
    """

    generator: str = "extractive"
    model: str | None = None
    base_url: str | None = None
    context_tokens: int | None = None
    answer_tokens: int | None = None
    retriever: str = "late"
    reader: str = SHIPPED_READER
    top_k: int = 5
    read_k: int = 5
    max_quotes: int = 4
    max_summary_quotes: int = 8

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "RagSettings":
        """Return the defaults with what the environment overrides (`WENZHENG_GENERATOR`, …)."""
        return chosen(cls, KNOBS, environ)


def model_ports(environ: Mapping[str, str] = os.environ) -> tuple[int, ...]:
    """Return the ports of this computer where the page looks for servers of language models.

    `WENZHENG_MODEL_PORTS` names others, with commas between; what is no port is passed over.
    """
    said = environ.get("WENZHENG_MODEL_PORTS")
    named = (one.strip() for one in said.split(",")) if said else map(str, MODEL_SERVERS)
    return tuple(int(one) for one in named if one.isdecimal() and 0 < int(one) < 2**16)


def api_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the key of the server: no setting, for settings are printed and kept with runs."""
    return environ.get("OPENAI_API_KEY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command which answers shares."""
    add_flags(parser.add_argument_group("what writes the answer"), KNOBS)


def from_arguments(args: argparse.Namespace) -> RagSettings:
    """Return the settings: flag before environment before default."""
    return chosen(RagSettings, KNOBS, os.environ, args)
