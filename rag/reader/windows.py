"""Passages -> windows of whole sentences, as long as those that the reader has learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from index.search.matching import sentences
from index.types import Span
from rag.reader.reading import Window
from rag.types import Passage

_MOST_TOKENS = 120
_SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_PER_CHARACTER, _PER_LETTER = 0.65, 0.25


@dataclass(frozen=True, slots=True)
class PassageWindow:
    """A window of a passage: characters from `start` on of its chunk's text, and its sentences.

    The sentences are spans in the window.
    """

    passage: Passage
    start: int
    window: Window
    sentences: tuple[Span, ...]


def windows(passage: Passage, title: str) -> Iterator[PassageWindow]:
    """Yield the windows of a passage in order. Two that follow each other share a sentence.

    `title` is the document's; the headings above the passage go with it.
    """
    text = passage.chunk.text
    spans = sentences(text)
    if not spans:
        return
    headings = " ".join(text[: spans[0].start].split())
    above = " · ".join(filter(None, (title, headings)))
    for group in _groups(text, spans):
        start, end = group[0].start, group[-1].end
        inside = tuple(Span(span.start - start, span.end - start) for span in group)
        yield PassageWindow(passage, start, Window(above, text[start:end]), inside)


def about_tokens(text: str) -> float:
    """Return how many tokens the text takes, about."""
    spaceless = len(_SPACELESS.findall(text))
    return spaceless * _PER_CHARACTER + (len(text) - spaceless) * _PER_LETTER


def _groups(text: str, spans: Sequence[Span]) -> Iterator[list[Span]]:
    group: list[Span] = []
    taken = 0.0
    for span in spans:
        cost = about_tokens(text[span.start : span.end])
        if group and taken + cost > _MOST_TOKENS:
            yield group
            last = about_tokens(text[group[-1].start : group[-1].end])
            repeated = len(group) > 1 and last + cost <= _MOST_TOKENS
            group, taken = (group[-1:], last) if repeated else ([], 0.0)
        group.append(span)
        taken += cost
    yield group
