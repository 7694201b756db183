"""Where users are, as `--auth` or WENZHENG_AUTH says: a file, or a PostgreSQL database by URL.

A URL may hold a password. None is taken from the command line, which everybody on the machine can
read, and none is shown: `str` of an address leaves it out.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from index.errors import ChatbotError

_POSTGRES: Final = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database, as libpq takes it: `postgresql://USER@HOST:PORT/DATABASE?sslmode=…`."""

    url: str = field(repr=False)

    @property
    def has_password(self) -> bool:
        """Whether the URL itself says a password."""
        try:
            parts = urlsplit(self.url)
            return parts.password is not None or "password" in dict(parse_qsl(parts.query, True))
        except ValueError:
            return "@" in self.url

    def __str__(self) -> str:
        """Return the URL without user, password and settings."""
        rest = self.url.partition("://")[2].partition("?")[0]
        return f"postgresql://{rest.rpartition('@')[2]}"


Place = Path | PostgresAddress


def place(said: str) -> Place:
    """Return the place that is meant. Raises ChatbotError for a URL of anything else."""
    if said.startswith(_POSTGRES):
        return PostgresAddress(said)
    if "://" in said:  # which as the name of a file would show what is in it
        raise ChatbotError("Users are in a FILE, or in postgresql://USER@HOST:PORT/DATABASE.")
    return Path(said)


def from_command_line(said: str) -> Place:
    """Return the same. Raises argparse's error for a URL with a password, or of anything else."""
    try:
        meant = place(said)
    except ChatbotError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if isinstance(meant, PostgresAddress) and meant.has_password:
        raise argparse.ArgumentTypeError(
            "a password on the command line is read by everybody on this machine. Put the whole "
            "URL into WENZHENG_AUTH, or leave the password out and have it in PGPASSWORD or "
            "~/.pgpass"
        )
    return meant


def chosen(flag: Place | None, environ: Mapping[str, str]) -> Place | None:
    """Return where users are, None where nobody logs in: the flag before WENZHENG_AUTH.

    Raises ChatbotError where that is no place.
    """
    said = environ.get("WENZHENG_AUTH")
    return flag or (place(said) if said else None)
