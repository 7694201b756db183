"""Plain text and Markdown; front matter is read and left out of the text."""

import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import regex

from index.encodings import decode
from index.errors import CorpusError
from index.formats.content import Content, one_line, with_newlines
from index.formats.dates import iso_date
from index.formats.sections import Sections

if TYPE_CHECKING:
    from collections.abc import Mapping

# What no text holds: NUL and the other C0 controls except tab, newline, form feed, return.
_CONTROLS = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_FRONT_MATTER = regex.compile(
    r"---[ \t]*\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\n|$)", regex.S | regex.M
)
_MARKDOWN = frozenset({".md", ".markdown"})


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    r"""Return the text as it is, but for line ends, which become \n, and front matter.

    Raises CorpusError when the bytes are no text, or of no encoding that can be told.
    """
    decoded = decode(name, raw, encoding=encoding)
    text = with_newlines(decoded.text)
    if _CONTROLS.search(text):
        raise CorpusError(
            f"{name} holds control characters: it is no text file. Convert it first.",
            code="binary",
        )
    stated: Mapping[str, object] = {}
    matter = _FRONT_MATTER.match(text)
    if matter and PurePosixPath(name).suffix.lower() in _MARKDOWN:
        stated = _front_matter(matter[1])
        if stated:
            text = text[matter.end() :].lstrip("\n")
    return Content(
        text,
        title=_stated(stated, "title"),
        author=_stated(stated, "author", "authors", "creator"),
        date=iso_date(_stated(stated, "date", "published", "created", "updated")),
        source=_stated(stated, "source", "url", "link", "canonical"),
        edited=bool(stated),
        encoding=decoded.encoding,
        notes=decoded.notes,
    )


def _front_matter(text: str) -> "Mapping[str, object]":
    """Return what a YAML block states; nothing when it is no mapping: it is text, then."""
    import yaml

    try:
        stated = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: the 31st of February
        return {}
    if not isinstance(stated, dict) or not all(isinstance(key, str) for key in stated):
        return {}
    return {key.lower(): value for key, value in stated.items()}


def _stated(stated: "Mapping[str, object]", *keys: str) -> str | None:
    value = next((stated[key] for key in keys if stated.get(key)), None)
    # Aliases can make a list of lists of lists … of a few lines: only one level is looked at.
    values = value[:10] if isinstance(value, list) else [value]
    words = [
        str(v.get("name", "")) if isinstance(v, dict) else str(v)
        for v in values
        if isinstance(v, str | int | datetime.date | dict)
    ]
    return one_line(", ".join(word for word in words if word))
