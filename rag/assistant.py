"""Question in, answer out: the whole flow on one screen."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.library import Library
from rag.evidence import EncodedQuestion, Evidence, EvidenceFinder
from rag.gate import confidence
from rag.generation import Draft, Generator
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
        if not question.strip():
            yield _decline(answer, "empty_question", texts(language).empty_question)
            return
        encoded = encoded or self._finder.encode([question])[0]
        passages = self._retriever.retrieve(encoded.pooled, self._settings.top_k)
        if not passages:
            yield _decline(answer, "empty_corpus", texts(language).empty_corpus)
            return
        answer = replace(answer, passages=tuple(passages))
        evidence = self._finder.find(encoded, passages[: self._settings.read_k])
        retrieved = time.perf_counter()
        answer = replace(answer, confidence=confidence(detect(question), evidence))
        if answer.confidence < _ENOUGH_CONFIDENCE:
            answer = _decline(answer, "not_in_documents", texts(language).declined)
            yield _timed(answer, started, retrieved)
            return
        for draft in self._generator.stream(question, language, self._best(evidence)):
            yield _timed(self._with_draft(answer, draft), started, retrieved)

    def _best(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return the sentence that fits best and those that fit almost as well."""
        enough = evidence[0].score - _QUOTE_MARGIN
        return [each for each in evidence if each.score >= enough][: self._settings.max_quotes]

    def _with_draft(self, answer: Answer, draft: Draft) -> Answer:
        return replace(
            answer,
            text=draft.text,
            sentences=draft.sentences,
            citations=tuple(
                self._citation(number, evidence) for number, evidence in enumerate(draft.cited, 1)
            ),
        )

    def _citation(self, number: int, evidence: Evidence) -> Citation:
        document = self.library.document(evidence.passage.chunk.doc_id)
        return Citation(
            number=number,
            doc_id=document.doc_id,
            start=evidence.start,
            end=evidence.end,
            quote=document.text[evidence.start : evidence.end],
            doc_sha256=document.sha256,
            metadata=document.metadata,
        )


def _decline(answer: Answer, reason: str, text: str) -> Answer:
    return replace(answer, declined=True, reason=reason, text=text)


def _timed(answer: Answer, started: float, retrieved: float) -> Answer:
    now = time.perf_counter()
    seconds = Seconds(retrieve=retrieved - started, answer=now - retrieved, total=now - started)
    return replace(answer, seconds=seconds)
