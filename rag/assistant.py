"""Question in, answer out: the whole flow on one screen."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from index.errors import CorpusError
from index.library import Library
from index.types import Document
from rag.evidence import EncodedQuestion, Evidence, EvidenceFinder
from rag.gate import confidence
from rag.generation import Generator
from rag.language import detect
from rag.retrieval import Retriever
from rag.settings import RagSettings
from rag.texts import texts
from rag.types import Answer, Citation, Query, Seconds, Turn

_ENOUGH_CONFIDENCE = 0.5
# A second quotation is shown when its score comes this close to the first one's.
_QUOTE_MARGIN = 0.02


class Assistant:
    """Answers questions about a library. Page, command line and evaluation all use this."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        generator: Generator,
        settings: RagSettings,
    ) -> None:
        """Put the parts together. Loads the library's embedder."""
        self.library = library
        self._retriever = retriever
        self._generator = generator
        self._settings = settings
        self._finder = EvidenceFinder(library.embedder)

    def ask(
        self, question: str, history: Sequence[Turn] = (), *, language: str | None = None
    ) -> Answer:
        """Return the complete answer."""
        *_, answer = self.stream(question, history, language=language)
        return answer

    def ask_batch(self, queries: Sequence[Query]) -> Iterator[Answer]:
        """Yield the complete answer to each query, in order; questions are encoded together.

        Each answer's seconds hold its share of that.
        """
        started = time.perf_counter()
        encoded = self._finder.encode([query.question for query in queries])
        share = (time.perf_counter() - started) / max(len(queries), 1)
        for query, vectors in zip(queries, encoded, strict=True):
            *_, answer = self._answer(query, vectors, time.perf_counter() - share)
            yield answer

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, language: str | None = None
    ) -> Iterator[Answer]:
        """Yield ever fuller answers; the last one is complete.

        `language` (ISO 639-1) frames the answer; by default it is the question's own.
        """
        return self._answer(Query(question, tuple(history), language), None, time.perf_counter())

    def _answer(
        self, query: Query, encoded: EncodedQuestion | None, started: float
    ) -> Iterator[Answer]:
        question = query.question
        language = query.language or detect(question)
        answer = Answer(question=question, language=language, generator=self._generator.name)
        encoded = encoded or self._finder.encode([question])[0]
        if not question.strip() or not len(encoded.tokens):
            yield _decline(answer, "empty_question", texts(language).empty_question)
            return
        passages = self._retriever.retrieve(encoded.pooled, self._settings.top_k)
        if not passages:
            yield _decline(answer, "empty_corpus", texts(language).empty_corpus)
            return
        answer = replace(answer, passages=tuple(passages))
        evidence = self._finder.find(encoded, passages[: self._settings.read_k])
        retrieved = time.perf_counter()
        answer = replace(answer, confidence=confidence(detect(question), evidence))
        best = self._citable(self._best(evidence))
        if answer.confidence < _ENOUGH_CONFIDENCE or not best:
            answer = _decline(answer, "not_in_documents", texts(language).declined)
            yield _timed(answer, started, retrieved)
            return
        citations = tuple(
            _citation(number, each, document) for number, (each, document) in enumerate(best, 1)
        )
        for draft in self._generator.stream(question, language, [each for each, _ in best]):
            shown = replace(
                answer,
                text=draft.text,
                sentences=draft.sentences,
                citations=citations[: draft.cited],
            )
            yield _timed(shown, started, retrieved)

    def _best(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return the sentence that fits best and those that fit almost as well."""
        close = [e for e in evidence if e.score >= evidence[0].score - _QUOTE_MARGIN]
        return close[: self._settings.max_quotes]

    def _citable(self, evidence: Sequence[Evidence]) -> list[tuple[Evidence, Document]]:
        """Return the evidence with its documents, without what was changed or removed meanwhile."""
        documents: dict[str, Document] = {}
        for doc_id in {each.passage.chunk.doc_id for each in evidence}:
            with suppress(CorpusError):
                documents[doc_id] = self.library.document(doc_id)
        placed = [(e, documents.get(e.passage.chunk.doc_id)) for e in evidence]
        return [(e, d) for e, d in placed if d is not None and d.text[e.start : e.end] == e.quote]


def _citation(number: int, evidence: Evidence, document: Document) -> Citation:
    return Citation(
        number=number,
        doc_id=document.doc_id,
        start=evidence.start,
        end=evidence.end,
        quote=evidence.quote,
        doc_sha256=document.sha256,
        metadata=document.metadata,
    )


def _decline(answer: Answer, reason: str, text: str) -> Answer:
    return replace(answer, declined=True, reason=reason, text=text)


def _timed(answer: Answer, started: float, retrieved: float) -> Answer:
    now = time.perf_counter()
    seconds = Seconds(retrieve=retrieved - started, answer=now - retrieved, total=now - started)
    return replace(answer, seconds=seconds)
