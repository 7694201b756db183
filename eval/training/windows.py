"""Windows of whole sentences, cut for training as they are at random places of a document.

What answers and what does not is cut by the same procedure: otherwise the cut would be learned.
"""

from dataclasses import dataclass
from random import Random

from eval.training.reading_sets import Paragraph
from index.types import Span
from rag.reader.windows import about_tokens

_LEAST, _MOST = 20, 135
"""Tokens of a window, about."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a paragraph; `answer` is its place in `text`, None where it is not in it."""

    text: str
    answer: Span | None


def sentences_of(paragraph: Paragraph, answer: Span) -> list[int]:
    """Return the numbers of the sentences in which the answer stands."""
    return [
        number
        for number, span in enumerate(paragraph.sentences)
        if span.start < answer.end and answer.start < span.end
    ]


def window(
    paragraph: Paragraph,
    around: list[int],
    answer: Span | None,
    random: Random,
    leave_out: frozenset[int] = frozenset(),
) -> Window | None:
    """Return a window of a random size that holds the sentences `around`, None where none is left.

    Sentences `leave_out` are not in it, and in one of eight windows one more is not.
    """
    first, last = min(around), max(around)
    spans = paragraph.sentences
    size = random.uniform(_LEAST, _MOST)
    taken = about_tokens(paragraph.text[spans[first].start : spans[last].end])
    while taken < size and (first > 0 or last < len(spans) - 1):
        before = last == len(spans) - 1 or (first > 0 and random.random() < 0.5)
        following = first - 1 if before else last + 1
        cost = about_tokens(paragraph.text[spans[following].start : spans[following].end])
        if taken + cost > _MOST:
            break
        taken += cost
        first, last = min(first, following), max(last, following)
    kept = [n for n in range(first, last + 1) if n not in leave_out]
    spare = [n for n in kept if n not in around]
    if not leave_out and len(kept) > 2 and spare and random.random() < 1 / 8:
        kept.remove(random.choice(spare))
    return _joined(paragraph, kept, answer) if kept else None


def _joined(paragraph: Paragraph, numbers: list[int], answer: Span | None) -> Window:
    text, place = "", None
    spans = paragraph.sentences
    for position, number in enumerate(numbers):
        begin = spans[number].start
        follows = position + 1 < len(numbers)
        end = spans[number + 1].start if follows else spans[number].end
        if answer and begin <= answer.start < end:
            start = len(text) + answer.start - begin
            place = Span(start, start + answer.end - answer.start)
        text += paragraph.text[begin:end]
    return Window(text, place if place and place.end <= len(text) else None)
