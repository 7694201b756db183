"""Question in, answer out: the whole flow on one screen."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.errors import CorpusError
from index.library import Library
from index.scope import matcher
from index.store import DocumentSummary
from index.types import EVERYTHING, Document, Scope, Span
from rag.encoding import EncodedQuestion, encode
from rag.evidence import Evidence, EvidenceFinder, disagree, select
from rag.followups import complete
from rag.gate import Gate
from rag.generation import Generator, Place
from rag.language import detect
from rag.messages import Message, classify
from rag.retrieval import Retriever
from rag.settings import RagSettings
from rag.summary import documents_answer, named_documents, summarise
from rag.texts import texts
from rag.types import Answer, Citation, Passage, Query, Seconds, Sentence, Turn


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message as it was understood.

    `question` is what to search for, empty where the message is no question to the documents;
    `completed` the same where it referred back. `documents` are those that a message which is no
    question speaks of.
    """

    query: Query
    message: Message
    question: str = ""
    completed: str | None = None
    documents: tuple[DocumentSummary, ...] = ()

    def focused(self, encoded: EncodedQuestion) -> EncodedQuestion:
        """Return the encoded question; where it was put behind an earlier one, it says so."""
        own = self.message.text
        if self.completed is None or not self.completed.endswith(own):
            return encoded
        return replace(encoded, asked_from=len(self.completed) - len(own))


class Finding(NamedTuple):
    """What there is to answer from: the question that was searched for, passages, and evidence."""

    question: EncodedQuestion
    passages: list[Passage]
    evidence: list[Evidence]


class Assistant:
    """Answers questions about a library. Page, command line and evaluation all use this."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        gate: Gate,
        generator: Generator,
        settings: RagSettings,
    ) -> None:
        """Put the parts together."""
        self.library = library
        self._retriever = retriever
        self._gate = gate
        self._generator = generator
        self._settings = settings
        self._finder = EvidenceFinder(library)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Answer:
        """Return the complete answer. Raises ChatbotError as `stream` does."""
        *_, answer = self.stream(question, history, language=language, scope=scope)
        return answer

    def ask_batch(self, queries: Sequence[Query]) -> Iterator[Answer]:
        """Yield the complete answer to each query, in order; questions are encoded together.

        Each answer's seconds hold its share of that. Raises ChatbotError ahead of all answers when
        one of the questions is too long.
        """
        started = time.perf_counter()
        asked = [list(self._understand(query))[-1] for query in queries]
        encoded = iter(encode(self.library, [each.question for each in asked if each.question]))
        share = (time.perf_counter() - started) / max(len(queries), 1)
        for each in asked:
            question = each.focused(next(encoded)) if each.question else None
            *_, answer = self._answer(each, question, time.perf_counter() - share)
            yield answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Iterator[Answer]:
        """Yield ever fuller answers; the last one is complete.

        `language` (ISO 639-1) frames the answer; by default it is the question's own. Only
        documents in the scope are looked at. Raises ChatbotError (code "question_too_long") for a
        question, this one or one before it, of more than `rag.types.MAX_QUESTION_CHARS`.
        """
        started = time.perf_counter()
        for asked in self._understand(Query(question, tuple(history), language, scope)):
            if asked.completed is not None:
                yield self._begun(asked)
        encoded = None
        if asked.question:
            encoded = asked.focused(encode(self.library, [asked.question])[0])
        yield from self._answer(asked, encoded, started)

    def find(self, queries: Sequence[Query]) -> Iterator[Finding]:
        """Yield what there is to answer each query from, before it is judged whether it does."""
        asked = [list(self._understand(query))[-1] for query in queries]
        encoded = encode(self.library, [each.question or each.query.question for each in asked])
        for each, question in zip(asked, encoded, strict=True):
            yield self._find(each.focused(question), each.query.scope)

    def _find(self, question: EncodedQuestion, scope: Scope) -> Finding:
        passages = self._retriever.retrieve(question, self._settings.top_k, scope)
        evidence = self._finder.find(question, passages[: self._settings.read_k])
        return Finding(question, passages, evidence)

    def _understand(self, query: Query) -> Iterator[_Asked]:
        """Yield the message as rules understand it, then as the generator does; the last counts.

        Raises ChatbotError for a question that is too long.
        """
        query.check_length()
        asked = self._classified(query)
        yield asked
        if asked.completed is not None:
            for whole in self._generator.complete(query.question, query.history, asked.completed):
                yield replace(asked, question=whole, completed=whole)

    def _classified(self, query: Query) -> _Asked:
        message = classify(query.question)
        if message.kind in ("documents", "summary"):
            documents = self._documents(query.scope)
            if message.kind == "summary":
                documents = named_documents(message.text, documents)
            if documents or message.kind == "documents":
                return _Asked(query, message, documents=tuple(documents))
            message = Message("question", query.question)  # what is named is no document: search
        if message.kind != "question":
            return _Asked(query, message)
        completed = None
        if query.history:
            titles = [summary.metadata.title for summary in self.library.documents()]
            completed = complete(query.question, query.history, titles)
        return _Asked(query, message, completed or message.text, completed)

    def _begun(self, asked: _Asked) -> Answer:
        query = asked.query
        return Answer(
            question=query.question,
            language=query.language or detect(query.question),
            generator=self._generator.name,
            completed_question=asked.completed,
        )

    def _answer(
        self, asked: _Asked, encoded: EncodedQuestion | None, started: float
    ) -> Iterator[Answer]:
        query = asked.query
        answer = self._begun(asked)
        language = answer.language
        if asked.message.kind != "question":
            yield _timed(self._reply(answer, asked), started, started)
            return
        if encoded is None:
            yield _decline(answer, "empty_question", texts(language).empty_question)
            return
        _, passages, evidence = self._find(encoded, query.scope)
        if not passages:
            yield self._nothing(answer, query.scope)
            return
        answer = replace(answer, passages=tuple(passages))
        retrieved = time.perf_counter()
        judged = self._gate.judge(encoded, passages, evidence)
        answer = replace(answer, confidence=judged.confidence)
        documents = self._documents_of(passages)
        best = [
            each
            for each in select(evidence, self._settings.max_quotes)
            if _stands(documents, each.passage.chunk.doc_id, each.start, each.quote)
        ]
        if judged.declines or not best:
            answer = _decline(answer, "not_in_documents", texts(language).declined)
            yield _timed(answer, started, retrieved)
            return
        notice = self._notice(language, best)
        read = [
            passage
            for passage in passages[: self._settings.read_k]
            if _stands(documents, passage.chunk.doc_id, passage.chunk.start, passage.chunk.text)
        ]
        cited: tuple[Place, ...] = ()
        citations: tuple[Citation, ...] = ()
        for draft in self._generator.stream(encoded.text, language, best, read):
            if draft.cited != cited:
                cited = draft.cited
                citations = tuple(
                    cite(number, documents[place.doc_id], Span(place.start, place.end))
                    for number, place in enumerate(cited, 1)
                )
            shown = replace(
                answer,
                text=draft.text,
                generator=draft.generator,
                model=draft.model,
                notice=draft.notice or notice,
                sentences=draft.sentences,
                citations=citations,
            )
            if draft.declined:
                shown = _decline(shown, "not_in_documents", draft.text)
            yield _timed(shown, started, retrieved)

    def _notice(self, language: str, evidence: Sequence[Evidence]) -> str | None:
        """Return what the reader should know of what is quoted."""
        if not self._gate.is_calibrated:
            return texts(language).uncalibrated
        return texts(language).disagree if disagree(evidence) else None

    def _reply(self, answer: Answer, asked: _Asked) -> Answer:
        """Return the answer to a message that is no question to the documents."""
        kind, documents = asked.message.kind, asked.documents
        if kind == "documents" and not documents:
            return self._nothing(answer, asked.query.scope)
        answer = replace(answer, reason=kind, confidence=1.0)
        if (kind == "summary" and len(documents) == 1) or asked.message.text:
            return self._summary(answer, documents[0].doc_id)
        if kind in ("documents", "summary"):
            return replace(answer, text=documents_answer(answer.language, documents))
        said = texts(answer.language)
        fixed = {
            "greeting": said.greeting,
            "thanks": said.thanks,
            "capabilities": said.capabilities,
        }
        return replace(answer, text=fixed[kind])

    def _summary(self, answer: Answer, doc_id: str) -> Answer:
        """Return how the parts of a document begin, verbatim."""
        document = self.library.document(doc_id)
        spans = summarise(document, self._settings.max_summary_quotes)
        quotes = [document.text[span.start : span.end] for span in spans]
        frame = texts(answer.language).summary.format(title=document.metadata.title)
        lines = [f"“{quote}”[{number}]" for number, quote in enumerate(quotes, 1)]
        return replace(
            answer,
            text="\n\n".join([frame, *lines]),
            sentences=tuple(
                Sentence(f"“{quote}”", (number,), supported=True)
                for number, quote in enumerate(quotes, 1)
            ),
            citations=tuple(cite(number, document, span) for number, span in enumerate(spans, 1)),
        )

    def _nothing(self, answer: Answer, scope: Scope) -> Answer:
        """Return the answer where there is no passage at all to look at."""
        said = texts(answer.language)
        if not self.library.documents():
            return _decline(answer, "empty_corpus", said.empty_corpus)
        if not self._documents(scope):
            return _decline(answer, "empty_scope", said.empty_scope)
        return _decline(answer, "not_in_documents", said.declined)

    def _documents(self, scope: Scope) -> list[DocumentSummary]:
        holds = matcher(scope)
        return [
            summary
            for summary in self.library.documents()
            if holds(summary.doc_id, summary.metadata.date)
        ]

    def _documents_of(self, passages: Sequence[Passage]) -> dict[str, Document]:
        """Return the documents of the passages by doc_id, less what was removed meanwhile."""
        documents: dict[str, Document] = {}
        for doc_id in {passage.chunk.doc_id for passage in passages}:
            with suppress(CorpusError):
                documents[doc_id] = self.library.document(doc_id)
        return documents


def cite(number: int, document: Document, span: Span) -> Citation:
    """Return the citation of a place in a document."""
    return Citation(
        number=number,
        doc_id=document.doc_id,
        start=span.start,
        end=span.end,
        quote=document.text[span.start : span.end],
        doc_sha256=document.sha256,
        metadata=document.metadata,
        page=document.page_at(span.start),
    )


def _stands(documents: Mapping[str, Document], doc_id: str, start: int, text: str) -> bool:
    """Return whether the document still says the text there: it may have changed meanwhile."""
    return doc_id in documents and documents[doc_id].text.startswith(text, start)


def _decline(answer: Answer, reason: str, text: str) -> Answer:
    return replace(answer, declined=True, reason=reason, text=text)


def _timed(answer: Answer, started: float, retrieved: float) -> Answer:
    now = time.perf_counter()
    seconds = Seconds(retrieve=retrieved - started, answer=now - retrieved, total=now - started)
    return replace(answer, seconds=seconds)
