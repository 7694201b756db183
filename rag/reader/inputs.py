"""Question and window -> the token numbers that the reader's network takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedders.model_input import padded_length, with_prompt
from index.embedders.pieces import BEGIN, END, PAD, PieceTokenizer
from index.types import Span

MAX_TOKENS = 320
MAX_QUESTION_TOKENS = 72
_MAX_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Input:
    """Token numbers, and where each of them is in the window: [0, 0) for all others.

    `first` is the number of the first token of title and window.
    """

    ids: list[int]
    first: int
    spans: NDArray[np.int32]


def encode(
    tokenizer: PieceTokenizer, questions: Sequence[str], windows: Sequence[tuple[str, str]]
) -> list[Input]:
    """Return an input per question and its (title, window), cut to `MAX_TOKENS`."""
    heads = [f"{title[:_MAX_TITLE_CHARS]}\n" if title else "" for title, _ in windows]
    texts = [head + window for head, (_, window) in zip(heads, windows, strict=True)]
    asked = tokenizer.ids(with_prompt(questions, ""))
    read = tokenizer.pieces(with_prompt(texts, ""))
    found = []
    for question, text, head in zip(asked, read, heads, strict=True):
        before = [BEGIN, *question[:MAX_QUESTION_TOKENS], END, END]
        body = text.ids[: MAX_TOKENS - len(before) - 1]
        offsets = np.array(text.offsets[: len(body)], np.int32).reshape(-1, 2) - len(head)
        spans = np.zeros((len(before) + len(body) + 1, 2), np.int32)
        spans[len(before) : len(before) + len(body)] = np.maximum(offsets, 0)
        found.append(Input([*before, *body, END], len(before), spans))
    return found


def batch(inputs: Sequence[Input]) -> tuple[NDArray[np.int64], ...]:
    """Return ids, attention and what is title or window, each of shape (inputs, tokens)."""
    shape = len(inputs), padded_length(max(len(each.ids) for each in inputs))
    ids = np.full(shape, PAD, np.int64)
    attention, of_window = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, each in enumerate(inputs):
        ids[row, : len(each.ids)] = each.ids
        attention[row, : len(each.ids)] = 1
        of_window[row, each.first : len(each.ids) - 1] = 1
    return ids, attention, of_window


def tokens_of(spans: NDArray[np.int32], place: Span) -> tuple[int, int] | None:
    """Return the first and the last token of a place in the window, None where it was cut."""
    inside = np.flatnonzero((spans[:, 0] < place.end) & (spans[:, 1] > place.start))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None
