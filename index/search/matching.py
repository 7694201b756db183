"""Question tokens against the tokens of passages: late interaction on stored codes.

Each token of the question looks for its best match among the tokens of a passage or of a sentence
(Khattab & Zaharia, ColBERT, 2020). Token vectors saw every token in the context of its passage.
"""

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from index.cutting.paragraphs import split_blocks
from index.cutting.sentences import split_sentences
from index.embedders.token_codes import IN_TITLE, TokenCodes
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


def by_sentence(chunk: Chunk, codes: TokenCodes, similar: FloatArray) -> SentenceMatches:
    """Return how well the sentences of a chunk match the question; `similar` is from `compare`."""
    starts = codes.spans[:, 0]
    in_title = int(np.count_nonzero(starts == IN_TITLE))  # they come first
    every = sentences(chunk.text)
    first, last = (
        in_title + np.searchsorted(starts[in_title:], [getattr(span, side) for span in every])
        for side in ("start", "end")
    )
    # One unknown token may stand for several sentences: those without have no vectors.
    told = [
        (span, slice(begin, end))
        for span, begin, end in zip(every, first.tolist(), last.tolist(), strict=True)
        if begin < end
    ]
    above = np.ones(len(starts), bool)
    best = np.empty((len(told), len(similar)), np.float32)
    for number, (_, where) in enumerate(told):
        best[number] = similar[:, where].max(axis=1)
        above[where] = False
    return SentenceMatches(
        spans=[span for span, _ in told],
        best=best,
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
