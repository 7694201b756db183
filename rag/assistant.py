"""Question in, answer out: the whole flow on one screen."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest

from index.types import EVERYTHING, Scope, Span
from rag.finding.encoding import EncodedQuestion, encode, encode_asked
from rag.finding.evidence import Finding
from rag.finding.finder import Finder
from rag.finding.gate import Gate, Verdict
from rag.finding.lacking import codes_lacking, lacking
from rag.finding.retrieval import Retriever
from rag.finding.wider import tells_of_a_part
from rag.reader.reading import Reader
from rag.searching import Searcher
from rag.settings import RagSettings
from rag.texts import lacking_text, texts
from rag.turns import TURNS
from rag.types import Answer, Citation, Passage, Query, Seconds, Turn
from rag.understanding.asked import Asked, understand
from rag.understanding.language import detect
from rag.understanding.messages import is_small_talk
from rag.understanding.question_kinds import asks_nothing
from rag.writing.choosing import Chosen, choose
from rag.writing.generation import Generator, Place
from rag.writing.quoting import cite, short_in
from rag.writing.replies import decline, nothing, reply, source_told

_NOWHERE_HELD = 0.1
"""So much of its confidence is left of what names something that no document does."""


class Assistant:
    """Answers questions about a library. Page, command line and evaluation all use this.

    `fingerprint` names what shapes its answers and is no setting: reader and calibration.
    """

    def __init__(
        self,
        library: Searcher,
        retriever: Retriever,
        reader: Reader,
        gate: Gate,
        generator: Generator,
        settings: RagSettings,
    ) -> None:
        """Put the parts together."""
        self.library = library
        self.fingerprint = {"reader": reader.fingerprint, "calibration": gate.fingerprint}
        self._finder = Finder(
            library, retriever, reader, top_k=settings.top_k, read_k=settings.read_k
        )
        self._gate = gate
        self._generator = generator
        self._settings = settings

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        likely: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Answer:
        """Return the complete answer. Raises ChatbotError as `stream` does."""
        *_, answer = self.stream(question, history, language=language, likely=likely, scope=scope)
        return answer

    def ask_batch(self, queries: Sequence[Query]) -> Iterator[Answer]:
        """Yield the complete answer to each query, in order; questions are encoded together.

        Each answer's seconds hold its share of that. Raises ChatbotError ahead of all answers when
        one of the questions is too long.
        """
        started = time.perf_counter()
        with TURNS.turn(started):
            asked = [understand(query, self.library) for query in queries]
            encoded = encode_asked(self.library, asked)
        share = (time.perf_counter() - started) / max(len(queries), 1)
        for each, questions in zip(asked, encoded, strict=True):
            *_, answer = self._answer(each, questions, time.perf_counter() - share)
            yield answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        likely: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Iterator[Answer]:
        """Yield ever fuller answers; the last one is complete.

        `language` (ISO 639-1) frames the answer; by default it is the question's own, and where a
        short message leaves that open ("Hi"), the `likely` one. Only documents in the scope are
        looked at. Raises ChatbotError (code "question_too_long") for a
        question, this one or one before it, of more than `rag.types.MAX_QUESTION_CHARS`.
        """
        started = time.perf_counter()
        query = Query(question, tuple(history), language, scope, likely)
        with TURNS.turn(started):
            asked = understand(query, self.library)
        if asked.understood is not None:
            yield self._begun(asked)
        with TURNS.turn(started):
            (encoded,) = encode_asked(self.library, [asked])
        yield from self._answer(asked, encoded, started)

    def find(self, queries: Sequence[Query]) -> Iterator[Finding]:
        """Yield what there is to answer each query from, before it is judged whether it does."""
        asked = [understand(query, self.library) for query in queries]
        encoded = encode(self.library, [each.question or each.query.question for each in asked])
        for each, question in zip(asked, encoded, strict=True):
            yield from self._finder.read([self._finder.retrieve(question, each.query.scope)])

    def search(self, query: Query, top_k: int) -> list[Passage]:
        """Return the `top_k` passages nearest to a question, best first; nobody reads them.

        A blank question has none. Raises ChatbotError for one that is too long.
        """
        query.check_length()
        asked = understand(query, self.library)
        (question,) = encode(self.library, [asked.question or query.question])
        if asks_nothing(question.text):
            return []
        return self._finder.retrieve(question, query.scope, top_k).passages

    def _begun(self, asked: Asked) -> Answer:
        query = asked.query
        before = (turn.question for turn in reversed(query.history))
        return Answer(
            question=query.question,
            language=query.language or detect(query.question, *before, likely=query.likely),
            generator=self._generator.name,
            completed_question=asked.understood,
            fingerprint={**self.library.fingerprint, **self.fingerprint},
        )

    def _answer(
        self, asked: Asked, encoded: Sequence[EncodedQuestion], started: float
    ) -> Iterator[Answer]:
        """Yield ever fuller answers; `encoded` is the whole question, then its parts if any."""
        answer = self._begun(asked)
        if asked.message.kind != "question":
            replied = reply(answer, asked, self.library, self._settings.max_summary_quotes)
            yield _timed(replied, started, started)
            return
        if not encoded or asks_nothing(encoded[0].text):
            yield decline(answer, "empty_question", texts(answer.language).empty_question)
            return
        with TURNS.turn(started):
            retrieved = [self._finder.retrieve(question, asked.query.scope) for question in encoded]
        passages = _interleaved([each.passages for each in retrieved], self._settings.top_k)
        if not passages:
            yield nothing(answer, asked, self.library)
            return
        answer = replace(answer, passages=tuple(passages))
        found_at = time.perf_counter()
        told = source_told(asked, passages[0], self.library)
        if told and "author" in told.message.asked:
            yield _timed(reply(answer, told, self.library, 0), started, found_at)
            return
        yield _timed(answer, started, found_at)  # shown while they are read
        max_quotes = self._settings.max_quotes
        with TURNS.turn(started):
            whole, *findings = self._finder.read(retrieved)
            chosen = choose(whole, findings, asked.parts, partial(self._judge, asked), max_quotes)
        if told and chosen.verdict.state == "not_found":
            yield _timed(reply(answer, told, self.library, max_quotes), started, found_at)
            return
        for written in self._written(answer, chosen):
            yield _timed(written, started, found_at)

    def _judge(self, asked: Asked, finding: Finding) -> Verdict:
        """Return the gate's verdict; of what is nowhere held, or of a whole, nothing is found.

        Nor is it where an earlier answer comes again to "那学校呢？", of which it is silent.
        """
        verdict = self._gate.judge(finding)
        if verdict.state != "not_found" and (
            codes_lacking(self.library, finding)
            or _is_of_a_part(finding)
            or asked.is_answered_before(finding.evidence[0].quote)
        ):
            return Verdict(verdict.confidence * _NOWHERE_HELD, "not_found")
        return verdict

    def _written(self, answer: Answer, chosen: Chosen) -> Iterator[Answer]:
        """Yield the answer as it is written from what was chosen, or why there is none."""
        finding, verdict, language = chosen.finding, chosen.verdict, answer.language
        answer = replace(answer, confidence=verdict.confidence, state=verdict.state)
        if verdict.state == "not_found" or not chosen.evidence:
            if is_small_talk(answer.question):
                talk = texts(language).small_talk
                yield decline(replace(answer, passages=()), "small_talk", talk)
                return
            yield decline(answer, "not_in_documents", self._not_found(answer, finding))
            return
        answer = replace(answer, notice=_notice(language, chosen))
        read = finding.passages[: self._settings.read_k]
        cited: tuple[Place, ...] = ()
        citations: tuple[Citation, ...] = ()
        for draft in self._generator.stream(finding.question.text, language, chosen.evidence, read):
            if draft.cited != cited:
                cited = draft.cited
                citations = tuple(
                    cite(number, finding.documents[place.doc_id], Span(place.start, place.end))
                    for number, place in enumerate(cited, 1)
                )
            shown = replace(
                answer,
                text=draft.text,
                generator=draft.generator,
                model=draft.model,
                thoughts=draft.thoughts,
                notice=draft.notice or answer.notice,
                sentences=draft.sentences,
                citations=citations,
                short=short_in(chosen.evidence[0], citations),
            )
            yield decline(shown, "not_in_documents", draft.text) if draft.declined else shown

    def _not_found(self, answer: Answer, finding: Finding) -> str:
        """Return that the documents do not tell, and which names they do not know."""
        language, is_completed = answer.language, answer.completed_question is not None
        text = texts(language).declined
        names = lacking(self.library, finding, is_completed=is_completed)
        if not names:
            return text
        between = "" if text.endswith("。") else " "
        return f"{lacking_text(language, names)}{between}{text}"


def _is_of_a_part(finding: Finding) -> bool:
    """Return whether the best sentence tells a figure of a part of what is asked about."""
    best = finding.evidence[0]
    document = finding.documents[best.passage.chunk.doc_id]
    return tells_of_a_part(best.quote, finding.question.text, document.text)


def _notice(language: str, chosen: Chosen) -> str | None:
    """Return what whoever asks should know of what is quoted."""
    said = texts(language)
    if not chosen.verdict.is_judged:
        return said.uncalibrated
    if chosen.missing:
        return " ".join(said.not_found_part.format(part=part) for part in chosen.missing)
    return said.disagree if chosen.differ else None


def _interleaved(lists: Sequence[Sequence[Passage]], most: int) -> list[Passage]:
    """Return the best passages of all lists in turn, each once."""
    turns = chain.from_iterable(zip_longest(*lists))
    found = {each.chunk.chunk_id: each for each in turns if each is not None}
    return list(found.values())[:most]


def _timed(answer: Answer, started: float, retrieved: float) -> Answer:
    now = time.perf_counter()
    seconds = Seconds(retrieve=retrieved - started, answer=now - retrieved, total=now - started)
    return replace(answer, seconds=seconds)
