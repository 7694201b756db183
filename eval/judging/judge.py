"""A case and the answer to it -> a record with everything that is measured on one case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from eval.judging import measures
from eval.questions.sets import Case, Quote
from index.types import Document
from rag.texts import texts
from rag.types import EXTRACTIVE, Answer, Sentence, State

_DIGITS = 6

GetDocument = Callable[[str], Document]
Place = tuple[str, tuple[int, int]]
"""A document and the characters in it."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What an answer quoted, and where it stands."""

    doc_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Record:
    """One case of a run.

    `ranks`: for each alternative of the gold, the rank of the first passage that holds each quote.
    `measures` has the measures that apply to the case, by name. `sentences` are a language model's;
    where the documents are quoted, the citations say it all.
    """

    id: str
    question: str
    language: str
    kind: str
    answerable: bool
    answer: str
    declined: bool
    state: State
    reason: str | None
    confidence: float
    citations: tuple[Cited, ...] = ()
    ranks: tuple[tuple[int | None, ...], ...] = ()
    measures: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    sentences: tuple[Sentence, ...] = ()


def judge(
    case: Case,
    answer: Answer,
    document: GetDocument,
    *,
    generator: str = EXTRACTIVE,
) -> Record:
    """Return the record of an answer. `document` gives an indexed document by its id.

    `generator` is what was chosen to write the answer, whatever came to write it.
    Raises CorpusError when a document of the gold is not indexed.
    """
    gold = [[_places(quote, document) for quote in quotes] for quotes in case.gold]
    passages = [(p.chunk.doc_id, (p.chunk.start, p.chunk.end)) for p in answer.passages]
    ranks = tuple(tuple(_rank(places, passages) for places in quotes) for quotes in gold)
    found: dict[str, float] = {}
    if case.answerable:
        found |= _retrieval(ranks) | _citation(answer, gold) | _answer(answer, case.answers)
        found["false_refusal"] = float(answer.declined)
        found["right"] = float(found["citation_recall"] == 1.0)
    elif case.kind != "meta":
        found["false_answer"] = float(not answer.declined)
        found["right"] = float(answer.declined)
    if answer.citations:
        found["quotes_verbatim"] = _verbatim(answer, document)
    found |= _writing(answer, generator)
    return Record(
        id=case.id,
        question=case.question,
        language=case.language,
        kind=case.kind,
        answerable=case.answerable,
        answer=answer.text,
        declined=answer.declined,
        state=answer.state,
        reason=answer.reason,
        confidence=round(answer.confidence, _DIGITS),
        citations=tuple(Cited(c.doc_id, c.start, c.end, c.quote) for c in answer.citations),
        ranks=ranks,
        measures={name: round(value, _DIGITS) for name, value in found.items()},
        seconds=round(answer.seconds.total, _DIGITS),
        sentences=answer.sentences if answer.generator != EXTRACTIVE else (),
    )


def _retrieval(ranks: Sequence[Sequence[int | None]]) -> dict[str, float]:
    """Return each measure of retrieval for the alternative that it is best for."""
    return {
        "recall@1": max(measures.recall(r, k=1) for r in ranks),
        "recall@3": max(measures.recall(r, k=3) for r in ranks),
        "recall@5": max(measures.recall(r, k=5) for r in ranks),
        "recall@10": max(measures.recall(r, k=10) for r in ranks),
        "mrr@10": max(measures.reciprocal_rank(r, k=10) for r in ranks),
        "ndcg@10": max(measures.ndcg(r, k=10) for r in ranks),
    }


def _citation(answer: Answer, gold: Sequence[Sequence[Sequence[Place]]]) -> dict[str, float]:
    """Return what the citations are worth; without any, nothing.

    Precision is the share of citations that hold gold, recall the share of the needed quotes that
    some citation holds: ALCE (Gao et al. 2023), with gold spans in place of its entailment
    model.
    """
    cited = [(c.doc_id, (c.start, c.end)) for c in answer.citations]
    every = [places for quotes in gold for places in quotes]
    helpful = [any(_holds(place, places) for places in every) for place in cited]
    ranks = [[_rank(places, cited) for places in quotes] for quotes in gold]
    return {
        "citation_precision": sum(helpful) / len(helpful) if helpful else 0.0,
        "citation_recall": max(measures.recall(r, k=len(cited)) for r in ranks),
        "gold_in_first_quote": float(any(helpful[:1])),
        "gold_in_any_quote": float(any(helpful)),
    }


def _answer(answer: Answer, answers: Sequence[str]) -> dict[str, float]:
    """Return how the answer's own sentences, without frame and marks, compare with the gold's."""
    if not answers:
        return {}
    said = " ".join(sentence.text for sentence in answer.sentences)
    return {
        "answer_contains_gold": measures.contains(said, answers),
        "exact_match": measures.exact_match(said, answers),
        "f1": measures.f1(said, answers),
    }


def _writing(answer: Answer, generator: str) -> dict[str, float]:
    """Return what became of a language model's answer; nothing where it had none to give.

    The share is 1 by construction where the documents are quoted by choice, and not measured.
    """
    answered = not answer.declined and answer.reason is None
    if generator == EXTRACTIVE or not answered:
        return {}
    if answer.generator == generator:
        supported = [sentence.supported for sentence in answer.sentences]
        return {"fallback": 0.0, "supported_share": sum(supported) / len(supported)}
    if answer.notice == texts(answer.language).model_unsupported:
        return {"fallback": 1.0, "supported_share": 0.0}  # all that it wrote was thrown away
    return {"fallback": 1.0}  # the model failed


def _verbatim(answer: Answer, document: GetDocument) -> float:
    """Return 1 when every quote stands where its citation says, in the text that it names."""
    for citation in answer.citations:
        source = document(citation.doc_id)
        if source.text[citation.start : citation.end] != citation.quote:
            return 0.0
        if source.sha256 != citation.doc_sha256:
            return 0.0
    return 1.0


def _places(quote: Quote, document: GetDocument) -> list[Place]:
    """Return everywhere the document says the quote."""
    text = document(quote.doc).text
    return [(quote.doc, match.span()) for match in regex.finditer(regex.escape(quote.text), text)]


def _rank(places: Sequence[Place], found: Sequence[Place]) -> int | None:
    """Return the rank, from 1, of the first of `found` that holds one of the places."""
    ranks: Iterator[int] = (rank for rank, each in enumerate(found, 1) if _holds(each, places))
    return next(ranks, None)


def _holds(each: Place, places: Sequence[Place]) -> bool:
    return any(each[0] == doc and measures.holds(each[1], span) for doc, span in places)
