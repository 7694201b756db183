"""Every knob of the online half. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RagSettings:
    """How a question is answered.

    `generator` writes the answer; a language model is named by `model`, and its server, where it
    has one, by `base_url`.
    `top_k` passages are retrieved; the sentences of the first `read_k` are compared with the
    question word by word; the best of them, at most `max_quotes`, are quoted.
    """

    generator: str = "extractive"
    model: str | None = None
    base_url: str | None = None
    retriever: str = "late"
    top_k: int = 5
    read_k: int = 5
    max_quotes: int = 4
    max_summary_quotes: int = 8

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "RagSettings":
        """Return the defaults with what the environment overrides (`WENZHENG_GENERATOR`, …).

        `OPENAI_BASE_URL`, which the client would go by, counts: the page says where a key is sent.
        """
        return cls(
            generator=environ.get("WENZHENG_GENERATOR") or cls().generator,
            model=environ.get("WENZHENG_MODEL") or None,
            base_url=environ.get("WENZHENG_BASE_URL") or environ.get("OPENAI_BASE_URL") or None,
        )


def api_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the key of the server: no setting, for settings are printed and kept with runs."""
    return environ.get("OPENAI_API_KEY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command which answers shares."""
    group = parser.add_argument_group("what writes the answer")
    group.add_argument("--generator", metavar="NAME", help="extractive, transformers or openai")
    group.add_argument(
        "--model", metavar="NAME", help="language model: hub name, folder, GGUF file, server's name"
    )
    group.add_argument("--base-url", metavar="URL", help="server of the OpenAI protocol")


def from_arguments(args: argparse.Namespace) -> RagSettings:
    """Return the settings: flag before environment before default."""
    flags = {"generator": args.generator, "model": args.model, "base_url": args.base_url}
    given = {name: value for name, value in flags.items() if value}
    return replace(RagSettings.from_env(), **given)
