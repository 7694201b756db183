"""Every knob of the online half. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass

from index.knobs import Knob, add_flags, chosen

SHIPPED_READER, SIMILARITY_READER = "shipped", "similarity"
"""The reader of our own; closeness in its place, without one. Any other name is a model's."""

KNOBS = (
    Knob("generator", "--generator", help="extractive, transformers or openai"),
    Knob("model", "--model", help="language model: hub name, folder, GGUF file, server's name"),
    # The client would go by OPENAI_BASE_URL, so it counts: the page says where a key is sent.
    Knob("base_url", "--base-url", "URL", "server of the OpenAI protocol", also="OPENAI_BASE_URL"),
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
    has one, by `base_url`.
    `top_k` passages are retrieved; the first `read_k` are read with the question by `reader`; the
    sentences that answer best, at most `max_quotes`, are quoted.
    """

    generator: str = "extractive"
    model: str | None = None
    base_url: str | None = None
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


def api_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the key of the server: no setting, for settings are printed and kept with runs."""
    return environ.get("OPENAI_API_KEY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command which answers shares."""
    add_flags(parser.add_argument_group("what writes the answer"), KNOBS)


def from_arguments(args: argparse.Namespace) -> RagSettings:
    """Return the settings: flag before environment before default."""
    return chosen(RagSettings, KNOBS, os.environ, args)
