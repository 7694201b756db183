"""Question -> passages, best first.

Two sides look for candidates: the cosine of pooled vectors, and BM25 over terms. They are fused by
their scores, not by their ranks: what BM25 adds is its share of the most that this question could
score, so that it weighs nothing where it is blind (a question in another language, no term in
common, one common word). Late interaction then puts the best candidates in order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from index.library import Library
from index.token_codes import IN_TITLE, TokenCodes
from index.types import EVERYTHING, Chunk, FloatArray, Scope
from rag.encoding import EncodedQuestion
from rag.matching import by_sentence, compare
from rag.types import Passage

_CANDIDATES = 20
# So many of each side are looked at: what one side ranks low, the other may rank first.
_EACH_SIDE = 50
# Round weights near the optimum on half of the articles of XQuAD, which is flat: docs/retrieval.md.
_LEXICAL_WEIGHT = 0.2
_DENSE_WEIGHT = 0.8
_SENTENCE_WEIGHT = 0.8
_DIGITS = 4
_SHOWN_TOKENS = 4


class Retriever(Protocol):
    """Finds passages for a question."""

    def retrieve(
        self, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` best passages of the documents in `scope`, best first."""
        ...


class DenseRetriever:
    """Retrieves by the cosine of pooled vectors."""

    def __init__(self, library: Library) -> None:
        """Search in this library."""
        self._library = library

    def retrieve(
        self, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` passages nearest in meaning, best first."""
        return [
            Passage(chunk, score, why={"dense_rank": rank, "dense_score": round(score, _DIGITS)})
            for rank, (chunk, score) in enumerate(
                self._library.search_dense(question.vectors.pooled, top_k, scope), 1
            )
        ]


class LexicalRetriever:
    """Retrieves by BM25 over the question's terms."""

    def __init__(self, library: Library) -> None:
        """Search in this library."""
        self._library = library

    def retrieve(
        self, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` passages that share most with the question, best first.

        The score is BM25's share of what a passage with all of the question's terms, each of them
        very often, would get: from 0 to 1.
        """
        return [
            Passage(
                hit.chunk,
                hit.share,
                why={
                    "lexical_rank": rank,
                    "lexical_score": round(hit.score, _DIGITS),
                    "lexical_share": round(hit.share, _DIGITS),
                    "matched_terms": list(hit.terms),
                },
            )
            for rank, hit in enumerate(
                self._library.search_lexical(question.terms, top_k, scope), 1
            )
        ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A chunk with its cosine and its share of BM25."""

    chunk: Chunk
    cosine: float
    share: float
    why: dict[str, Any]

    @property
    def fused(self) -> float:
        return self.cosine + _LEXICAL_WEIGHT * self.share


class FusedRetriever:
    """Retrieves by both, dense and lexical."""

    def __init__(self, library: Library) -> None:
        """Search in this library."""
        self._dense = DenseRetriever(library)
        self._lexical = LexicalRetriever(library)

    def retrieve(
        self, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` passages with the best sum of cosine and share of BM25."""
        candidates = self.candidates(question, top_k, scope)
        return [Passage(each.chunk, each.fused, each.why) for each in candidates]

    def candidates(self, question: EncodedQuestion, limit: int, scope: Scope) -> list[_Candidate]:
        """Return the best candidates of both sides together, best first."""
        wide = max(limit, _EACH_SIDE)
        dense = self._dense.retrieve(question, wide, scope)
        lexical = self._lexical.retrieve(question, wide, scope)
        # What the dense side does not list is no nearer than the last that it lists.
        farthest = dense[-1].score if dense else 0.0
        by_meaning = {each.chunk.chunk_id: each for each in dense}
        by_terms = {each.chunk.chunk_id: each for each in lexical}
        found = [
            _Candidate(
                chunk=each.chunk,
                cosine=near.score if near else farthest,
                share=shared.score if shared else 0.0,
                why=(near.why if near else {"dense_score": round(farthest, _DIGITS)})
                | (shared.why if shared else {}),
            )
            for chunk_id, each in (by_terms | by_meaning).items()
            for near, shared in [(by_meaning.get(chunk_id), by_terms.get(chunk_id))]
        ]
        return sorted(found, key=lambda each: -each.fused)[:limit]


class LateRetriever:
    """Retrieves by both sides and puts the best candidates in order by late interaction.

    The score of a passage is the mean similarity of the question's tokens with their best matches
    in it, the same for its best sentence, and what the two sides saw. Where the embedder has no
    token vectors, these alone count.
    """

    def __init__(self, library: Library) -> None:
        """Search in this library."""
        self._library = library
        self._fused = FusedRetriever(library)

    def retrieve(
        self, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` best passages, best first."""
        if not len(question.vectors.tokens):
            return self._fused.retrieve(question, top_k, scope)
        candidates = self._fused.candidates(question, max(top_k, _CANDIDATES), scope)
        stored = self._library.token_codes([each.chunk for each in candidates])
        # What is without codes was removed since the search.
        there = [
            (each, codes)
            for each, codes in zip(candidates, stored, strict=True)
            if codes is not None
        ]
        matches = compare(question.vectors.tokens, [codes for _, codes in there])
        reranked = [
            _reranked(question, each, codes, similar, rank)
            for rank, ((each, codes), similar) in enumerate(zip(there, matches, strict=True), 1)
        ]
        return sorted(reranked, key=lambda each: -each.score)[:top_k]


def _reranked(
    question: EncodedQuestion,
    candidate: _Candidate,
    codes: TokenCodes,
    matches: FloatArray,
    fused_rank: int,
) -> Passage:
    best = matches.max(axis=1, initial=-1.0)
    token_score = float(best.mean())
    of_sentences = by_sentence(candidate.chunk, codes, matches).best.mean(axis=1)
    sentence_score = float(of_sentences.max(initial=0.0))
    score = (
        token_score
        + _SENTENCE_WEIGHT * sentence_score
        + _DENSE_WEIGHT * candidate.cosine
        + _LEXICAL_WEIGHT * candidate.share
    )
    return Passage(
        candidate.chunk,
        score,
        why=candidate.why
        | {
            "fused_rank": fused_rank,
            "token_score": round(token_score, _DIGITS),
            "sentence_score": round(sentence_score, _DIGITS),
            "matched_tokens": _matched(question, candidate.chunk.text, codes, matches),
        },
        matches=tuple(best.tolist()),
    )


def _matched(
    question: EncodedQuestion, text: str, codes: TokenCodes, matches: FloatArray
) -> list[str]:
    """Return the pairs of tokens that match best, as "question's → passage's"."""
    if not matches.size:
        return []
    best = matches.max(axis=1)
    pairs = []
    for row in np.argsort(-best)[:_SHOWN_TOKENS].tolist():
        asked = question.vectors.spans[row]
        start, end = codes.spans[int(matches[row].argmax())].tolist()
        found = text[start:end] if start != IN_TITLE else "(title)"
        pairs.append(f"{question.text[asked.start : asked.end]} → {found}")
    return pairs


RETRIEVERS: dict[str, Callable[[Library], Retriever]] = {
    "late": LateRetriever,
    "fused": FusedRetriever,
    "dense": DenseRetriever,
    "lexical": LexicalRetriever,
}
"""The retrievers by name; `rag/load.py` chooses."""
