"""Every knob of the online half. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RagSettings:
    """How a question is answered.

    `top_k` passages are retrieved; the sentences of the first `read_k` are compared with the
    question word by word; the best of them, at most `max_quotes`, are quoted.
    """

    generator: str = "extractive"
    retriever: str = "late"
    top_k: int = 5
    read_k: int = 5
    max_quotes: int = 4
    max_summary_quotes: int = 8

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "RagSettings":
        """Return the defaults with what the environment overrides (`WENZHENG_GENERATOR`)."""
        return cls(generator=environ.get("WENZHENG_GENERATOR") or cls().generator)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command which answers shares."""
    parser.add_argument("--generator", metavar="NAME", help="what writes the answer: extractive")


def from_arguments(args: argparse.Namespace) -> RagSettings:
    """Return the settings: flag before environment before default."""
    return RagSettings(generator=args.generator) if args.generator else RagSettings.from_env()
