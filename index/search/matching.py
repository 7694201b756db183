"""Question tokens against the tokens of passages: late interaction on stored codes.

Each token of the question looks for its best match among the tokens of a passage or of a sentence
(Khattab & Zaharia, ColBERT, 2020). Token vectors saw every token in the context of its passage.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from index.cutting.paragraphs import split_blocks
from index.cutting.sentences import split_sentences
from index.embedders.token_codes import TokenCodes, signs
from index.types import Chunk, FloatArray, Span

_REMEMBERED_CHUNKS = 4096


class SentenceMatches(NamedTuple):
    """The sentences of a passage, and how well each matches each token of the question.

    `spans` are in the text of the chunk; `best` has shape (sentences, tokens of the question).
    `heading`, shape (tokens of the question,), is the same of what stands above them: title and
    headings. Sentences without tokens of their own are left out.
    """

    spans: list[Span]
    best: FloatArray
    heading: FloatArray


def compare(question: FloatArray, codes: Sequence[TokenCodes]) -> list[FloatArray]:
    """Return, for each passage, the similarities of the question's tokens with the passage's.

    `question` has shape (n, 512); each matrix has shape (n, tokens of the passage).
    """
    if not codes:
        return []
    every = question @ signs(codes).T
    ends = np.cumsum([len(each.spans) for each in codes])
    return np.split(every, ends[:-1], axis=1)


def by_sentence(chunk: Chunk, codes: TokenCodes, similar: FloatArray) -> SentenceMatches:
    """Return how well the sentences of a chunk match the question; `similar` is from `compare`."""
    starts = codes.spans[:, 0]
    columns = [
        (span, np.flatnonzero((starts >= span.start) & (starts < span.end)))
        for span in sentences(chunk.text)
    ]
    # One unknown token may stand for several sentences: those without have no vectors.
    told = [(span, where) for span, where in columns if len(where)]
    best = [similar[:, where].max(axis=1) for _, where in told]
    above = np.ones(len(starts), bool)
    for _, where in told:
        above[where] = False
    return SentenceMatches(
        spans=[span for span, _ in told],
        best=np.array(best, np.float32).reshape(len(told), len(similar)),
        heading=similar[:, above].max(axis=1, initial=-1.0),
    )


@lru_cache(maxsize=_REMEMBERED_CHUNKS)
def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a chunk without the headings above them, which repeat what is asked.

    A chunk that is nothing but headings gives these.
    """
    bodies = [Span(block.body, block.lines[-1].end) for block in split_blocks(text)]
    starts = [body.start for body in bodies]
    # The body that begins last in front of a sentence is the one it can be in: bodies are in order.
    above = [(s, bisect_right(starts, s.start) - 1) for s in split_sentences(text)]
    return tuple(s for s, body in above if body >= 0 and s.start < bodies[body].end)
