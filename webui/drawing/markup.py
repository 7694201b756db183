"""HTML from values. Text of a reader, a document or a model is always escaped on its way in.

`Markup` (markupsafe) is HTML that we wrote; `Markup.format` and `Markup.join` escape every plain
`str` they are given, so forgetting to escape would take an explicit `Markup(untrusted)`, which no
module but the ones of this package may write, and only around a literal.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import regex
from markupsafe import Markup

EMPTY = Markup()

# `\X`, except that it looks back over all letters of flags in a row at each: quadratic.
_CHARACTER = regex.compile(r"\p{RI}{2}[\p{Grapheme_Extend}\p{Mc}\u200d]*+|\X")


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` of a text, to be wrapped in an element made of `opening`."""

    start: int
    end: int
    opening: Markup
    closing: Markup


def join(parts: Iterable[str]) -> Markup:
    """Return the parts one after the other, plain strings escaped."""
    return EMPTY.join(parts)


def marked(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> Markup:
    """Return characters `start` to `end` of the text, escaped, with elements around the marks.

    Marks must be in order and must not overlap; what lies outside of the range is left out.

    >>> marked("a<b>c", [Mark(1, 4, Markup("<mark>"), Markup("</mark>"))])
    Markup('a<mark>&lt;b&gt;</mark>c')
    """
    end = len(text) if end is None else end
    parts: list[str] = []
    for mark in marks:
        inside = max(mark.start, start), min(mark.end, end)
        if inside[0] >= inside[1]:
            continue
        parts += [text[start : inside[0]], mark.opening, text[slice(*inside)], mark.closing]
        start = inside[1]
    return join([*parts, text[start:end]])


def whole_characters(text: str, start: int, end: int) -> tuple[int, int]:
    r"""Return the range widened to characters as readers see them: no mark may split one.

    >>> whole_characters("cafe\u0301 🇨🇳", 4, 7)
    (3, 8)
    """
    for character in _CHARACTER.finditer(text):
        first, last = character.span()
        if first < start < last:
            start = first
        if first < end < last:
            end = last
    return start, end


def event(name: str, detail: dict[str, Any]) -> Markup:
    """Return the attributes of a button that reports an event with its detail to the server."""
    return Markup('data-event="{}" data-detail="{}"').format(
        name, json.dumps(detail, ensure_ascii=False)
    )


def link(address: str) -> Markup:
    """Return a link for an http(s) address, and the text itself for anything else.

    >>> link("javascript:alert(1)")
    Markup('javascript:alert(1)')
    """
    if not is_web_address(address):
        return Markup("{}").format(address)
    return Markup(
        '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>'
    ).format(address)


def is_web_address(address: str) -> bool:
    """Return whether the text is an http or https address and nothing else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = not regex.search(r"[\s\p{Cc}]", address)
    return plain and parts.scheme in ("http", "https") and bool(parts.netloc)


_SCRIPTS = (
    ("ja", regex.compile(r"[\p{Hiragana}\p{Katakana}]")),
    ("ko", regex.compile(r"\p{Hangul}")),
    ("zh-CN", regex.compile(r"\p{Han}")),
    ("ar", regex.compile(r"\p{Arabic}")),
)


def lang_of(text: str) -> Markup:
    """Return a `lang` attribute for a text whose script tells how it is to be set and read out.

    Latin letters tell no language, so they get none. Browsers choose glyphs by it: the same Han
    character looks different in Chinese and in Japanese.
    """
    for tag, script in _SCRIPTS:
        if script.search(text[:2000]):
            return Markup('lang="{}"').format(tag)
    return EMPTY
