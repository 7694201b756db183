"""Question -> passages, best first.

Two sides look for candidates: the cosine of pooled vectors, and BM25 over terms. They are fused by
their scores, not by their ranks: what BM25 adds is its share of the most that this question could
score, so that it weighs nothing where it is blind (a question in another language, no term in
common, one common word). Late interaction then puts the best candidates in order.
"""

from dataclasses import replace
from typing import Protocol

import numpy as np

from index.embedders.token_codes import IN_TITLE, TokenCodes, compare
from index.search.matching import by_sentence
from index.types import EVERYTHING, FloatArray, Scope
from rag.finding.encoding import EncodedQuestion
from rag.searching import Searcher
from rag.types import Passage, Signals

_CANDIDATES = 20
# So many of each side are looked at: what one side ranks low, the other may rank first.
_EACH_SIDE = 50
# Round weights near the optimum on half of the articles of XQuAD, which is flat: docs/retrieval.md.
_LEXICAL_WEIGHT = 0.2
_DENSE_WEIGHT = 0.8
_SENTENCE_WEIGHT = 0.8
_SHOWN_TOKENS = 4


class Retriever(Protocol):
    """Finds passages for a question."""

    def __call__(
        self, library: Searcher, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
    ) -> list[Passage]:
        """Return the `top_k` best passages of the documents in `scope`, best first."""
        ...


def dense(
    library: Searcher, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
) -> list[Passage]:
    """Return the `top_k` passages nearest in meaning, by the cosine of pooled vectors."""
    hits = library.search_dense(question.vectors.pooled, top_k, scope)
    return [
        Passage(chunk, cosine, Signals(dense_rank=rank, dense_score=cosine))
        for rank, (chunk, cosine) in enumerate(hits, 1)
    ]


def lexical(
    library: Searcher, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
) -> list[Passage]:
    """Return the `top_k` passages that share most with the question, by BM25 over its terms.

    The score is BM25's share of what a passage with all of the question's terms, each of them
    very often, would get: from 0 to 1.
    """
    hits = library.search_lexical(question.terms, top_k, scope)
    return [
        Passage(
            hit.chunk,
            hit.share,
            Signals(
                lexical_rank=rank,
                lexical_score=hit.score,
                lexical_share=hit.share,
                matched_terms=hit.terms,
            ),
        )
        for rank, hit in enumerate(hits, 1)
    ]


def fused(
    library: Searcher, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
) -> list[Passage]:
    """Return the `top_k` passages with the best sum of cosine and share of BM25."""
    wide = max(top_k, _EACH_SIDE)
    near = dense(library, question, wide, scope)
    # What the dense side does not list is no nearer than the last that it lists.
    farthest = near[-1].score if near else 0.0
    seen = {
        each.chunk: replace(each.signals, dense_score=farthest)
        for each in lexical(library, question, wide, scope)
    }
    for rank, each in enumerate(near, 1):
        terms = seen.get(each.chunk, Signals(lexical_share=0.0))
        seen[each.chunk] = replace(terms, dense_rank=rank, dense_score=each.score)
    found = [Passage(chunk, _sides(signals, 1.0), signals) for chunk, signals in seen.items()]
    return sorted(found, key=lambda each: -each.score)[:top_k]


def late(
    library: Searcher, question: EncodedQuestion, top_k: int, scope: Scope = EVERYTHING
) -> list[Passage]:
    """Return the `top_k` best of both sides, put in order by late interaction.

    The score of a passage is the mean similarity of the question's tokens with their best matches
    in it, the same for its best sentence, and what the two sides saw. Where the embedder has no
    token vectors, these alone count.
    """
    if not len(question.vectors.tokens):
        return fused(library, question, top_k, scope)
    candidates = fused(library, question, max(top_k, _CANDIDATES), scope)
    stored = library.token_codes([each.chunk for each in candidates])
    # What is without codes was removed since the search.
    there = [
        (each, codes) for each, codes in zip(candidates, stored, strict=True) if codes is not None
    ]
    matches = compare(question.vectors.tokens, [codes for _, codes in there])
    reranked = [
        (_reranked(each, codes, similar, rank), codes, similar)
        for rank, ((each, codes), similar) in enumerate(zip(there, matches, strict=True), 1)
    ]
    best = sorted(reranked, key=lambda each: -each[0].score)[:top_k]
    return [_explained(question, *each) for each in best]


def _reranked(
    candidate: Passage, codes: TokenCodes, matches: FloatArray, fused_rank: int
) -> Passage:
    seen = candidate.signals
    best = matches.max(axis=1, initial=-1.0)
    token_score = float(best.mean())
    sentences = by_sentence(candidate.chunk, codes, matches)
    of_sentences = sentences.best.mean(axis=1)
    sentence_score = float(of_sentences.max(initial=0.0))
    signals = replace(
        seen,
        fused_rank=fused_rank,
        token_score=token_score,
        sentence_score=sentence_score,
        matches=tuple(best.tolist()),
        fits=tuple(zip(sentences.spans, of_sentences.tolist(), strict=True)),
    )
    score = token_score + _SENTENCE_WEIGHT * sentence_score + _sides(seen, _DENSE_WEIGHT)
    return Passage(candidate.chunk, score, signals)


def _explained(
    question: EncodedQuestion, found: Passage, codes: TokenCodes, matches: FloatArray
) -> Passage:
    """Return the passage with the words that brought it there."""
    words = _matched(question, found.chunk.text, codes, matches)
    return replace(found, signals=replace(found.signals, matched_tokens=words))


def _sides(signals: Signals, dense_weight: float) -> float:
    """Return what the two sides saw, weighed; what one did not look for counts nothing."""
    cosine, share = signals.dense_score or 0.0, signals.lexical_share or 0.0
    return dense_weight * cosine + _LEXICAL_WEIGHT * share


def _matched(
    question: EncodedQuestion, text: str, codes: TokenCodes, matches: FloatArray
) -> tuple[str, ...]:
    """Return the pairs of tokens that match best, as "question's → passage's"."""
    if not matches.size:
        return ()
    best = matches.max(axis=1)
    pairs = []
    for row in np.argsort(-best)[:_SHOWN_TOKENS].tolist():
        asked = question.vectors.spans[row]
        start, end = codes.spans[int(matches[row].argmax())].tolist()
        found = text[start:end] if start != IN_TITLE else "(title)"
        pairs.append(f"{question.text[asked.start : asked.end]} → {found}")
    return tuple(pairs)


RETRIEVERS: dict[str, Retriever] = {
    "late": late,
    "fused": fused,
    "dense": dense,
    "lexical": lexical,
}
"""The retrievers by name; `rag/load.py` chooses."""
