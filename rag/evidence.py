"""Passages -> the sentences in them that speak to the question, best first.

Each token of the question looks for its best match among the tokens of a sentence; the weighted
mean of these is the sentence's score (late interaction: Khattab & Zaharia, ColBERT, 2020), computed
with the embedder's own token vectors, which see every token in the context of its whole passage.
An embedder without token vectors compares whole sentences instead.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding import Embedder
from index.paragraphs import split_blocks
from index.sentences import split_sentences
from index.types import Chunk, FloatArray, Span, TokenVectors
from rag.types import Passage

# Passages whose token vectors are kept: at most some 150 MB for passages of 384 tokens.
_KEPT_PASSAGES = 256
# So that a single sentence, against which all tokens tell equally little, has weights too.
_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question as vectors: `pooled` (dim,), and `tokens` (n, dim) where there are any."""

    text: str
    pooled: FloatArray
    tokens: FloatArray


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document, verbatim at its offsets.

    `score` says how well it fits the question, `passage_fit` how well its whole passage does.
    """

    passage: Passage
    start: int
    end: int
    quote: str
    score: float
    passage_fit: float


class EvidenceFinder:
    """Scores sentences; remembers the token vectors of the passages seen last."""

    def __init__(self, embedder: Embedder) -> None:
        """Use this embedder for questions and passages."""
        self._embedder = embedder
        self._kept: OrderedDict[int, TokenVectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, questions: Sequence[str]) -> list[EncodedQuestion]:
        """Return the questions as vectors, encoded together."""
        if self._embedder.has_token_vectors:
            encoded = self._embedder.embed_tokens(questions, "query")
            return [
                EncodedQuestion(text, each.pooled, each.vectors)
                for text, each in zip(questions, encoded, strict=True)
            ]
        pooled = self._embedder.embed(questions, "query")
        return [
            EncodedQuestion(q, row, row[None]) for q, row in zip(questions, pooled, strict=True)
        ]

    def find(self, question: EncodedQuestion, passages: Sequence[Passage]) -> list[Evidence]:
        """Return the sentences of the passages, best first; of equal ones, the first."""
        if not passages:
            return []
        units = list(self._units(passages))
        # For each sentence (row), how well each token of the question is matched in it.
        matches = [
            np.array([(question.tokens @ vectors.T).max(axis=1) for _, vectors in each]).reshape(
                len(each), len(question.tokens)
            )
            for each in units
        ]
        weights = _token_weights(np.concatenate(matches))
        found = [
            evidence
            for passage, each, rows in zip(passages, units, matches, strict=True)
            for evidence in _evidence(passage, [span for span, _ in each], rows, weights)
        ]
        return sorted(found, key=lambda evidence: -evidence.score)

    def _units(self, passages: Sequence[Passage]) -> Iterator[list[tuple[Span, FloatArray]]]:
        """Yield, per passage, its sentences, each with the vectors that stand for it."""
        spans = [_sentences(passage.chunk.text) for passage in passages]
        if self._embedder.has_token_vectors:
            encoded = self._encode([passage.chunk for passage in passages])
            for sentences, tokens in zip(spans, encoded, strict=True):
                starts = np.array([span.start for span in tokens.spans])
                within = ((s, (starts >= s.start) & (starts < s.end)) for s in sentences)
                # One unknown token may stand for several sentences: those without have no vectors.
                yield [(s, tokens.vectors[rows]) for s, rows in within if rows.any()]
            return
        for passage, sentences in zip(passages, spans, strict=True):
            texts = [passage.chunk.text[s.start : s.end] for s in sentences]
            rows = self._embedder.embed(texts, "passage")
            yield [(s, row[None]) for s, row in zip(sentences, rows, strict=True)]

    def _encode(self, chunks: Sequence[Chunk]) -> list[TokenVectors]:
        with self._lock:
            known = {c.chunk_id: self._kept[c.chunk_id] for c in chunks if c.chunk_id in self._kept}
        missing = [chunk for chunk in chunks if chunk.chunk_id not in known]
        encoded = self._embedder.embed_tokens([chunk.text for chunk in missing], "passage")
        known.update(zip((chunk.chunk_id for chunk in missing), encoded, strict=True))
        with self._lock:
            self._kept.update(known)
            for chunk_id in known:
                self._kept.move_to_end(chunk_id)
            while len(self._kept) > _KEPT_PASSAGES:
                self._kept.popitem(last=False)
        return [known[chunk.chunk_id] for chunk in chunks]


def _token_weights(matches: FloatArray) -> FloatArray:
    """Return how much each token of the question counts; they add up to 1.

    A token that every sentence matches, such as the subject that all of them share, tells nothing
    about which one answers; one that a single sentence matches better than most tells the most.
    """
    if not len(matches):
        return np.empty(0, dtype=np.float32)
    weights = matches.max(axis=0) - np.median(matches, axis=0) + _LEAST_WEIGHT
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _evidence(
    passage: Passage, spans: Sequence[Span], matches: FloatArray, weights: FloatArray
) -> Iterator[Evidence]:
    if not len(spans):
        return
    chunk = passage.chunk
    passage_fit = float(matches.max(axis=0).mean())
    for span, score in zip(spans, matches @ weights, strict=True):
        yield Evidence(
            passage=passage,
            start=chunk.start + span.start,
            end=chunk.start + span.end,
            quote=chunk.text[span.start : span.end],
            score=float(score),
            passage_fit=passage_fit,
        )


def _sentences(text: str) -> list[Span]:
    """Return the sentences of a chunk without its headings, which repeat what is asked."""
    bodies = [Span(block.body, block.lines[-1].end) for block in split_blocks(text)]
    return [
        sentence
        for sentence in split_sentences(text)
        if any(body.start <= sentence.start < body.end for body in bodies)
    ]
