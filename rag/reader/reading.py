"""What a reader is, and what it says of a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from index.types import FloatArray, Span

_LONGEST_ANSWER = 40
"""Tokens of the longest answer that is looked for."""
_NOWHERE, _LEAST_TOTAL = -1e4, 1e-30


class Window(NamedTuple):
    """Whole sentences to read, under a title ("" for none)."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader says of one window.

    `log_odds`: of the window answering the question. `starts` and `ends`, shape (tokens,), are the
    logarithms of the probabilities that the answer begins and ends with each token, given that the
    window answers; `spans`, shape (tokens, 2), are the tokens' characters in the window.
    """

    log_odds: float
    starts: FloatArray
    ends: FloatArray
    spans: np.ndarray[tuple[int, int], np.dtype[np.int32]]

    @classmethod
    def of(
        cls,
        log_odds: float,
        scores: FloatArray,
        spans: np.ndarray[tuple[int, int], np.dtype[np.int32]],
    ) -> "Reading":
        """Return a reading from scores of shape (tokens, 2): of being the first and the last.

        Only tokens of the window count: what stands in the title too is quoted from the window.
        """
        own = np.where(spans[:, 1:] > spans[:, :1], scores, _NOWHERE)
        most = own.max(axis=0, initial=_NOWHERE)
        total = np.maximum(np.exp(own - most).sum(axis=0), _LEAST_TOTAL)
        logs = (own - most - np.log(total)).astype(np.float32)
        return cls(log_odds, logs[:, 0], logs[:, 1], spans)

    def share(self, sentence: Span) -> float:
        """Return the probability that the answer is in the sentence, given that there is one."""
        inside = self._inside(sentence)
        if not inside.any():
            return 0.0
        return float(np.exp(self.starts[inside]).sum() + np.exp(self.ends[inside]).sum()) / 2

    def best_span(self, sentence: Span) -> tuple[Span, float] | None:
        """Return the likeliest answer within a sentence, and the logarithm of its probability.

        None where the sentence has no token.
        """
        rows = np.flatnonzero(self._inside(sentence))
        if not len(rows):
            return None
        scores = self.starts[rows][:, None] + self.ends[rows][None, :]
        length = rows[None, :] - rows[:, None]
        scores = np.where((length < 0) | (length >= _LONGEST_ANSWER), -np.inf, scores)
        first, last = np.unravel_index(int(scores.argmax()), scores.shape)
        begin, end = int(self.spans[rows[first], 0]), int(self.spans[rows[last], 1])
        return Span(max(begin, sentence.start), min(end, sentence.end)), float(scores[first, last])

    def _inside(self, sentence: Span) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        starts, ends = self.spans[:, 0], self.spans[:, 1]
        inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            (ends > starts) & (ends > sentence.start) & (starts < sentence.end)
        )
        return inside


class Reader(Protocol):
    """Reads a question and windows together.

    `fingerprint` names all that shapes what it says: a calibration holds for one.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """Return a reading per question (or claim) and its window, in order."""
        ...
