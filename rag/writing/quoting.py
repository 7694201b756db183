"""What is shown of the evidence: the words that answer, or the whole list, and where it stands."""

from collections.abc import Sequence
from dataclasses import replace

from index.places import boxes_of, label_of
from index.types import Document, Span
from rag.finding.evidence import Evidence
from rag.types import Citation, ShortAnswer
from rag.understanding.question_kinds import is_yes_no_question
from rag.writing.list_blocks import list_block
from rag.writing.short_answer import short_answer

_MOST_ITEMS = 12
_MOST_CHARACTERS = 1500
_REACH = 20_000
"""A list is looked for within so many characters of the sentence: documents may be long."""


def shown(question: str, evidence: Evidence, document: Document) -> Evidence:
    """Return the evidence with its short answer, or with the whole list that answers.

    No words of a document are yes or no: to what asks for these, the sentence is the answer.
    """
    sentence = Span(evidence.start, evidence.end)
    items = _items(question, document.text, sentence)
    if items:
        return _listed(evidence, document, items)
    if evidence.words is None or is_yes_no_question(question):
        return evidence
    short = short_answer(question, document.text, sentence, evidence.words)
    return replace(evidence, short=short)


def words(evidence: Evidence) -> str:
    """Return the short answer that the evidence gives, "" for none."""
    short = evidence.short or Span(evidence.start, evidence.start)
    return evidence.quote[short.start - evidence.start : short.end - evidence.start]


def cite(number: int, document: Document, span: Span) -> Citation:
    """Return the citation of a place in a document."""
    places = document.places.within(span.start, span.end)
    return Citation(
        number=number,
        doc_id=document.doc_id,
        start=span.start,
        end=span.end,
        quote=document.text[span.start : span.end],
        doc_sha256=document.sha256,
        metadata=document.metadata,
        page=document.page_at(span.start),
        place=label_of(places),
        boxes=boxes_of(places),
    )


def short_in(evidence: Evidence, citations: Sequence[Citation]) -> ShortAnswer | None:
    """Return the short answer of the evidence in the citation that holds it, None without one."""
    if evidence.short is None or evidence.about:
        return None
    start, end = evidence.short
    for citation in citations:
        inside = citation.start <= start and end <= citation.end
        if citation.doc_id == evidence.passage.chunk.doc_id and inside:
            return ShortAnswer(words(evidence), citation.number, start, end)
    return None


def _items(question: str, text: str, sentence: Span) -> list[Span]:
    """Return the items of the list that the sentence is in or introduces; none where none is."""
    start = text.rfind("\n", 0, max(sentence.start - _REACH, 0)) + 1
    near = text[start : sentence.end + _REACH]
    moved = Span(sentence.start - start, sentence.end - start)
    items = list_block(question, near, moved)
    return [Span(start + item.start, start + item.end) for item in items]


def _listed(evidence: Evidence, document: Document, items: Sequence[Span]) -> Evidence:
    """Return the evidence with the items quoted in one piece, as many as can be shown."""
    start = min(evidence.start, items[0].start)
    fitting = [item for item in items[:_MOST_ITEMS] if item.end - start <= _MOST_CHARACTERS]
    end = max([evidence.end, *(item.end for item in fitting)])
    quote = document.text[start:end]
    more = sum(item.end > end for item in items)
    return replace(evidence, start=start, end=end, quote=quote, short=None, more=more)
