"""Questions that are offered to readers. Each has been asked: what would be refused is not offered.

A question made of a sentence is offered only where that sentence is what its answer quotes, so that
one which its own words do not bring back is left out, too.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from index.errors import CorpusError
from index.types import EVERYTHING, Document, Scope, Span
from rag.assistant import Assistant
from rag.types import Answer, Citation, Query, Turn
from rag.writing.suggestions import Suggestion, headings, suggestions

QUESTIONS = 3
_HEADINGS = 6
_TRIES = 12
_AT_A_TIME = 4
BUDGET_SECONDS = 4.0
"""After so long, what has been found is offered."""
_MOST_CITED = 3


@dataclass(frozen=True, slots=True)
class Overview:
    """What a document is about: headings, and questions that it answers."""

    doc_id: str
    title: str
    date: str | None
    headings: tuple[str, ...]
    questions: tuple[str, ...]


def overview(assistant: Assistant, doc_id: str, language: str) -> Overview:
    """Return what a document is about. Raises CorpusError when there is none, or none any more.

    `language` is the reader's: questions are in the document's where they can be made in it.
    """
    document = assistant.library.document(doc_id)
    offered = _offered(assistant, suggestions(document, language), language)
    known, shown = document.metadata, headings(document)[:_HEADINGS]
    return Overview(doc_id, known.title, known.date, tuple(shown), tuple(offered))


def further(
    assistant: Assistant,
    answer: Answer,
    history: Sequence[Turn],
    language: str,
    *,
    scope: Scope = EVERYTHING,
    go_on: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Return a few questions to go on with: what stands close to what an answer cites.

    None after an answer that found nothing or cites nothing. `history` are the turns up to this
    answer, and `scope` is its scope, so that a question is asked as it will be when the reader
    presses it. `language` is the reader's. What is found when `go_on` says no is all.
    """
    if answer.declined:
        return []
    documents: dict[str, tuple[Document, Citation]] = {}
    for citation in answer.citations[:_MOST_CITED]:
        try:
            document = assistant.library.document(citation.doc_id)
        except CorpusError:  # removed since
            continue
        documents.setdefault(citation.doc_id, (document, citation))
    made = (
        one
        for document, cited in documents.values()
        for one in suggestions(document, language, near=_place(cited))
        if not _is_cited(one, answer)
    )
    asked = {turn.question for turn in history} | {answer.question}
    new = (one for one in made if one.question not in asked)
    return _offered(assistant, new, language, history, scope, go_on)


def _offered(
    assistant: Assistant,
    made: Iterator[Suggestion],
    language: str,
    history: Sequence[Turn] = (),
    scope: Scope = EVERYTHING,
    go_on: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Return the first questions that are answered, as far as the time goes."""
    latest = time.monotonic() + BUDGET_SECONDS
    offered: list[str] = []
    tried = islice(made, _TRIES)
    while go_on() and (some := list(islice(tried, _AT_A_TIME))):
        queries = [Query(one.question, tuple(history), None, scope, language) for one in some]
        for one, answer in zip(some, assistant.ask_batch(queries), strict=True):
            if _answers(answer, one):
                offered.append(one.question)
            if len(offered) == QUESTIONS or time.monotonic() > latest or not go_on():
                return offered
    return offered


def _answers(answer: Answer, suggestion: Suggestion) -> bool:
    if answer.declined or not answer.citations:
        return False
    first = answer.citations[0]
    if first.quote.startswith("#") or first.quote.strip() in suggestion.question:
        return False  # the heading itself
    place = suggestion.answer
    return first.doc_id == suggestion.doc_id and first.start < place.end and place.start < first.end


def _place(citation: Citation) -> Span:
    return Span(citation.start, citation.end)


def _is_cited(suggestion: Suggestion, answer: Answer) -> bool:
    place = suggestion.answer
    return any(
        one.doc_id == suggestion.doc_id and one.start < place.end and place.start < one.end
        for one in answer.citations
    )
