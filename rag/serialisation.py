"""The JSON form of an answer: what `--json` prints, one object on one line."""

from dataclasses import asdict
from typing import Any

from rag.types import Answer, Citation, Passage

_SCORE_DIGITS = 4


def to_dict(answer: Answer, *, case_id: str | None = None) -> dict[str, Any]:
    """Return the answer as plain values, in the order in which they are documented."""
    return {
        "id": case_id,
        "question": answer.question,
        "completed_question": answer.completed_question,
        "language": answer.language,
        "answer": answer.text,
        "declined": answer.declined,
        "reason": answer.reason,
        "confidence": round(answer.confidence, _SCORE_DIGITS),
        "state": answer.state,
        "short": None if answer.short is None else asdict(answer.short),
        "generator": answer.generator,
        "model": answer.model,
        "notice": answer.notice,
        "citations": [citation_to_dict(citation) for citation in answer.citations],
        "passages": [passage_to_dict(passage) for passage in answer.passages],
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "seconds": {name: round(value, 4) for name, value in asdict(answer.seconds).items()},
        "fingerprint": answer.fingerprint,
    }


def citation_to_dict(citation: Citation) -> dict[str, Any]:
    """Return a citation as plain values."""
    return {
        "number": citation.number,
        "doc_id": citation.doc_id,
        "title": citation.metadata.title,
        "author": citation.metadata.author,
        "date": citation.metadata.date,
        "source": citation.metadata.source,
        "page": citation.page,
        "place": citation.place,
        "boxes": [each._asdict() for each in citation.boxes],
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "doc_sha256": citation.doc_sha256,
    }


def passage_to_dict(passage: Passage) -> dict[str, Any]:
    """Return a passage as plain values, as an answer holds it."""
    return {
        "doc_id": passage.chunk.doc_id,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "text": passage.chunk.text,
        "score": round(passage.score, _SCORE_DIGITS),
        "why": passage.why,
    }
