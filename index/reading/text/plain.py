"""Plain text and Markdown as they are read: wrapped lines are joined, HTML in Markdown is shown.

Tables in Markdown become statements. Front matter is read and left out. Every place in the document
counts characters of what comes out.
"""

import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import regex

from index.errors import CorpusError
from index.notes import Note
from index.reading.content import Content, one_line, with_newlines
from index.reading.dates import iso_date
from index.reading.encodings import decode
from index.reading.sections import Sections
from index.reading.text.note_marks import apart
from index.reading.text.unwrapping import unwrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

# What no text holds: NUL and the other C0 controls except tab, newline, form feed, return.
_CONTROLS = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_MAX_CONTROLS_SHARE = 0.01
"""With more of them, bytes that are no text have been read as one."""
_FRONT_MATTER = regex.compile(
    r"---[ \t]*\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\n|$)", regex.S | regex.M
)
_MARKDOWN = frozenset({".md", ".markdown"})


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    r"""Return the text of a file, with \n as its only line end, and what its front matter states.

    Raises CorpusError when the bytes are no text, or of no encoding that can be told.
    """
    decoded = decode(name, raw, encoding=encoding)
    text, notes = _without_controls(name, with_newlines(decoded.text))
    stated: Mapping[str, object] = {}
    if PurePosixPath(name).suffix.lower() in _MARKDOWN:
        from index.reading.text.markdown import shown

        matter = _FRONT_MATTER.match(text)
        stated = _front_matter(matter[1]) if matter else {}
        if matter and stated:
            text = text[matter.end() :].lstrip("\n")
        text = shown(text)
    return Content(
        apart(unwrapped(text)),
        title=_stated(stated, "title"),
        author=_stated(stated, "author", "authors", "creator"),
        date=iso_date(_stated(stated, "date", "published", "created", "updated")),
        source=_stated(stated, "source", "url", "link", "canonical"),
        edited=bool(stated),
        encoding=decoded.encoding,
        notes=decoded.notes + notes,
    )


def _without_controls(name: str, text: str) -> tuple[str, tuple[Note, ...]]:
    """Return the text without a few control characters. Raises CorpusError when they are many."""
    kept, count = _CONTROLS.subn("", text)
    if count > len(text) * _MAX_CONTROLS_SHARE:
        raise CorpusError(
            f"{name} holds control characters: it is no text file. Convert it first.",
            code="binary",
        )
    return kept, (Note("controls", str(count)),) if count else ()


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
