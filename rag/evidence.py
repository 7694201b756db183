"""Passages -> the sentences in them that speak to the question, best first.

Each token of the question looks for its best match among the tokens of a sentence; the weighted
mean of these is the sentence's fit (late interaction: Khattab & Zaharia, ColBERT, 2020). Token
vectors see every token in the context of its whole passage. An embedder without token vectors
compares whole sentences instead.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from index.library import Library
from index.terms import terms
from index.token_codes import NO_CODES
from index.types import FloatArray
from rag.encoding import EncodedQuestion
from rag.figures import asked_figure
from rag.matching import SentenceMatches, by_sentence, compare, sentences
from rag.types import Passage

# What the sentence before says counts by so much: "it was finished in 2022" follows its subject.
_FROM_BEFORE = 0.4
# So does what title and headings say, which name the subject once for all sentences below them.
_FROM_ABOVE = 0.5
# Long sentences match more by chance.
_PER_LOG_CHARACTER = 0.01
# Holds the one figure or date that is asked for.
_FOR_THE_FIGURE = 0.02
# A further sentence is quoted when its score comes this close to the first one's; one that gives
# the figure asked for in another document need not be so close: documents may disagree.
_QUOTE_MARGIN = 0.05
_OTHER_FIGURE_MARGIN = 0.2
_ALIKE = 0.7
_AMOUNT = regex.compile(r"\d[\d.]*")
_MAGNITUDE = regex.compile("[十百千万亿%]")
_ASKED_BEFORE = 0.25
# So that a single sentence, against which all tokens tell equally little, has weights too.
_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document, verbatim at its offsets.

    `score` says how well sentence and passage fit the question; `figure` is the one figure or date
    in it that the question asks for. `matches`, shape (tokens of the
    question,), says how well each token is matched in the sentence, `weights` how much each
    counts; both are single numbers where there are no token vectors.
    """

    passage: Passage
    start: int
    end: int
    quote: str
    score: float
    figure: str | None
    matches: FloatArray
    weights: FloatArray


class EvidenceFinder:
    """Scores the sentences of passages."""

    def __init__(self, library: Library) -> None:
        """Read token vectors from this library."""
        self._library = library

    def find(self, question: EncodedQuestion, passages: Sequence[Passage]) -> list[Evidence]:
        """Return the sentences of the passages, best first; of equal ones, the first."""
        matching = self._by_tokens if len(question.vectors.tokens) else self._by_vector
        matches = matching(question, passages)
        if not any(each.spans for each in matches):
            return []
        weights = _token_weights(question, np.concatenate([each.best for each in matches]))
        found = [
            evidence
            for passage, each in zip(passages, matches, strict=True)
            for evidence in _evidence(question.asked, passage, each, weights)
        ]
        return sorted(found, key=lambda evidence: -evidence.score)

    def _by_tokens(
        self, question: EncodedQuestion, passages: Sequence[Passage]
    ) -> list[SentenceMatches]:
        """Return, per passage, the sentences that have tokens, and their matches a row each."""
        stored = self._library.token_codes([passage.chunk for passage in passages])
        codes = [own if own is not None else NO_CODES for own in stored]  # None: removed meanwhile
        return [
            by_sentence(passage.chunk, own, similar)
            for passage, own, similar in zip(
                passages, codes, compare(question.vectors.tokens, codes), strict=True
            )
        ]

    def _by_vector(
        self, question: EncodedQuestion, passages: Sequence[Passage]
    ) -> list[SentenceMatches]:
        """Return, per passage, its sentences and their cosines."""
        found = []
        for passage in passages:
            spans = list(sentences(passage.chunk.text))
            texts = [passage.chunk.text[span.start : span.end] for span in spans]
            vectors = self._library.embedder.embed(texts, "passage")
            cosines = (vectors @ question.vectors.pooled)[:, None]
            found.append(SentenceMatches(spans, cosines, heading=np.full(1, -1.0, np.float32)))
        return found


def select(evidence: Sequence[Evidence], max_quotes: int) -> list[Evidence]:
    """Return what is quoted: the sentence that fits best, and those that fit almost as well.

    Of sentences that say the same, only the first.
    """
    chosen: list[Evidence] = []
    for each in evidence:
        if len(chosen) == max_quotes or each.score < evidence[0].score - _OTHER_FIGURE_MARGIN:
            break
        elsewhere = all(each.passage.chunk.doc_id != other.passage.chunk.doc_id for other in chosen)
        gives_figure = elsewhere and each.figure is not None
        close = each.score >= evidence[0].score - _QUOTE_MARGIN
        if (close or gives_figure) and not any(_same(each.quote, other.quote) for other in chosen):
            chosen.append(each)
    return chosen


def disagree(evidence: Sequence[Evidence]) -> bool:
    """Return whether documents give different figures for the one that the question asks for."""
    amounts: dict[str, list[set[str]]] = {}
    for each in evidence:
        if each.figure:
            amounts.setdefault(each.passage.chunk.doc_id, []).append(_amount(each.figure))
    return any(
        not any(a <= b or b <= a for a in one for b in other)  # "2020" and "2020-10-14" agree
        for one, other in itertools.combinations(amounts.values(), 2)
    )


def _amount(figure: str) -> set[str]:
    """Return the numbers and magnitudes of a figure, without its units."""
    return set(_AMOUNT.findall(" ".join(terms(figure)))) | set(_MAGNITUDE.findall(figure))


def _same(quote: str, other: str) -> bool:
    """Return whether two quotes give the same figures in nearly the same words.

    Nearly: they share most of their pairs of characters (Jaccard).
    """
    if _figures(quote) != _figures(other):
        return False
    pairs, others = ({q[i : i + 2] for i in range(len(q) - 1)} for q in (quote, other))
    return len(pairs & others) >= _ALIKE * len(pairs | others)


def _figures(quote: str) -> set[str]:
    return {term for term in terms(quote) if term[0].isdigit()}


def _token_weights(question: EncodedQuestion, matches: FloatArray) -> FloatArray:
    """Return how much each token of the question counts; they add up to 1.

    A token that every sentence matches, such as the subject that all of them share, tells nothing
    about which one answers; one that a single sentence matches better than most tells the most.
    What a follow-up was completed with finds the passage, but is not what is asked now.
    """
    weights = np.sqrt(matches.max(axis=0) - np.median(matches, axis=0) + _LEAST_WEIGHT)
    if question.asked_from and len(question.vectors.spans) == len(weights):
        before = [span.start < question.asked_from for span in question.vectors.spans]
        weights[before] *= _ASKED_BEFORE
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _evidence(
    question: str, passage: Passage, sentences: SentenceMatches, weights: FloatArray
) -> Iterator[Evidence]:
    chunk, matches = passage.chunk, sentences.best
    before = np.concatenate([matches[:1], matches[:-1]])
    carried = matches + _FROM_BEFORE * np.maximum(before - matches, 0)
    carried += _FROM_ABOVE * np.maximum(sentences.heading - carried, 0)
    for span, own, fit in zip(sentences.spans, matches, carried @ weights, strict=True):
        quote = chunk.text[span.start : span.end]
        figure = asked_figure(question, quote)
        yield Evidence(
            passage=passage,
            start=chunk.start + span.start,
            end=chunk.start + span.end,
            quote=quote,
            score=float(fit)
            + passage.score
            - _PER_LOG_CHARACTER * math.log(len(quote))
            + _FOR_THE_FIGURE * (figure is not None),
            figure=figure,
            matches=own,
            weights=weights,
        )
