"""What is known of each language: `languages/*.ini`, one file a language, read once.

A key holds words parted by white space, lines, or a pattern. `messages.py` says how phrases are
written, `references.py` what follow-ups are told by, `question_kinds.py` what questions ask for.
"""

from collections.abc import Mapping
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import regex

_FILES = Path(__file__).parent / "languages"


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of all languages by their ISO 639-1 codes."""
    return {file.stem: _read(file) for file in sorted(_FILES.glob("*.ini"))}


def lines(key: str) -> list[str]:
    """Return the lines that all languages hold under a key."""
    held = (table.get(key, "") for table in tables().values())
    return [line for text in held for line in text.splitlines() if line]


@cache
def any_pattern(key: str) -> "regex.Pattern[str]":
    """Return what the patterns of any language under a key match."""
    return pattern("|".join(table[key] for table in tables().values() if key in table))


def pattern(text: str) -> "regex.Pattern[str]":
    """Return a pattern, case aside, that may be written in several lines."""
    return regex.compile(text.replace("\n", ""), regex.IGNORECASE)


def _read(file: Path) -> dict[str, str]:
    parser = ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    parser.read(file, "utf-8")
    return {key: text for section in parser.sections() for key, text in parser[section].items()}
