"""Answers that need no evidence: to messages that are no question, and where nothing is found."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from index.errors import CorpusError
from index.search.database import DocumentSummary
from rag.searching import Searcher
from rag.texts import texts
from rag.types import Answer, Citation, Passage, Sentence
from rag.understanding.asked import Asked
from rag.understanding.documents import documents_in, telling
from rag.understanding.messages import classify
from rag.writing.metadata import metadata_answer
from rag.writing.quoting import cite
from rag.writing.summary import LISTED_DOCUMENTS, documents_answer, leading_sentence, summarise


def decline(answer: Answer, reason: str, text: str) -> Answer:
    """Return the answer as one that found nothing, and says why."""
    return replace(answer, state="not_found", reason=reason, text=text)


def nothing(answer: Answer, asked: Asked, library: Searcher) -> Answer:
    """Return the answer where there is no passage at all to look at."""
    said = texts(answer.language)
    if not library.documents():
        return decline(answer, "empty_corpus", said.empty_corpus)
    if not documents_in(asked.query.scope, library):
        return decline(answer, "empty_scope", said.empty_scope)
    return decline(answer, "not_in_documents", said.declined)


def reply(answer: Answer, asked: Asked, library: Searcher, max_quotes: int) -> Answer:
    """Return the answer to a message that is no question; a summary has at most so many quotes."""
    kind, documents = asked.message.kind, asked.documents
    if kind == "documents" and not documents:
        return nothing(answer, asked, library)
    said = texts(answer.language)
    answer = replace(answer, reason=kind, confidence=1.0)
    if kind == "summary" and (len(documents) == 1 or asked.message.text):
        return _summary(answer, documents[0].doc_id, library, max_quotes)
    if kind == "summary":
        return _overview(answer, documents, library)
    told = {
        "metadata": lambda: metadata_answer(answer.language, asked.message.asked, documents),
        "documents": lambda: documents_answer(answer.language, documents),
        "greeting": lambda: said.greeting,
        "thanks": lambda: said.thanks,
        "agreed": lambda: said.agreed,
        "capabilities": lambda: said.capabilities,
    }
    return replace(answer, text=told[kind]())


def source_told(asked: Asked, found: Passage, library: Searcher) -> Asked | None:
    """Return "Who wrote it?" as a message about the document of a passage, None for any other.

    None too where its metadata do not tell, and where something was named that is no document.
    """
    before = [classify(turn.question) for turn in asked.query.history]
    if not asked.message.asked or any(each.by_title for each in before):
        return None
    own = [each for each in library.documents() if each.doc_id == found.chunk.doc_id]
    told = tuple(telling(asked.message, own))
    message = replace(asked.message, kind="metadata")
    return replace(asked, message=message, documents=told) if told else None


def _summary(answer: Answer, doc_id: str, library: Searcher, max_quotes: int) -> Answer:
    """Return how the parts of a document begin, verbatim."""
    document = library.document(doc_id)
    citations = [
        cite(number, document, span)
        for number, span in enumerate(summarise(document, max_quotes), 1)
    ]
    frame = texts(answer.language).summary.format(title=document.metadata.title)
    lines = [f"“{each.quote}”[{each.number}]" for each in citations]
    return _quoting(answer, "\n\n".join([frame, *lines]), citations)


def _overview(answer: Answer, summaries: Sequence[DocumentSummary], library: Searcher) -> Answer:
    """Return a line for each document, of many for the first: its title and a sentence."""
    citations: list[Citation] = []
    for summary in summaries[:LISTED_DOCUMENTS]:
        with suppress(CorpusError):
            document = library.document(summary.doc_id)
            if span := leading_sentence(document):
                citations.append(cite(len(citations) + 1, document, span))
    return _quoting(answer, documents_answer(answer.language, summaries, citations), citations)


def _quoting(answer: Answer, text: str, citations: Sequence[Citation]) -> Answer:
    sentences = (Sentence(f"“{each.quote}”", (each.number,), supported=True) for each in citations)
    return replace(answer, text=text, sentences=tuple(sentences), citations=tuple(citations))
