"""An answer by a language model: prompt, writing, citations, the check of every sentence.

A sentence is checked as soon as it is complete. One that cites nothing is attributed to the passage
that supports it, where one does. If nothing that was written is supported, or the model fails, the
documents are quoted instead and the reader is told why.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import regex

from index.cutting.sentences import split_sentences
from index.errors import CorpusError, GenerationError
from index.types import Span
from rag.checking.support import Encoded, SupportChecker, encode, sources
from rag.finding.evidence import Evidence
from rag.models.language_model import LanguageModel, short_name
from rag.models.thoughts import Thought, thoughts_apart
from rag.reader.reading import Reader
from rag.searching import Searcher
from rag.texts import texts
from rag.types import Passage, Sentence
from rag.writing.citing import CitationParser
from rag.writing.generation import Draft, ExtractiveGenerator, Place
from rag.writing.prompting import NO_ANSWER, Quoted, answer_prompt

_LONGEST_REFRAIN = 8
_LOOP_CHARS, _LONGEST_LOOP = 60, 80
"""So many characters of nothing but one unit over and over, of at most so many, are no sentence."""
_KEPT_THOUGHTS = 8000
"""So many characters of what a model thought are shown: a browser keeps them with the answer."""
_HOPELESS = 5
"""After so many sentences of which none is supported, no more are waited for."""
_MAY_END = regex.compile(r"[\p{STerm}\p{Pf}\n…]")
_WORD_IS_WHOLE = regex.compile(r"\s|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_SAYS_SOMETHING = regex.compile(r"[\p{L}\p{N}]")
_MARK = regex.compile(r"\[\d+\]")


class ModelGenerator:
    """Has a language model write, and checks what it writes."""

    def __init__(self, model: LanguageModel, library: Searcher, reader: Reader) -> None:
        """Take the model, the library that the passages are from, and what checks claims."""
        self._model = model
        self._reader = reader
        self._library = library
        self._extractive = ExtractiveGenerator()
        self.name = model.generator
        self._model_name = short_name(model.name)

    def stream(
        self,
        question: str,
        language: str,
        evidence: Sequence[Evidence],
        passages: Sequence[Passage],
    ) -> Iterator[Draft]:
        """Yield ever fuller drafts, the last of them checked; quotations where that fails."""
        said = texts(language)
        draft: Draft | None = None
        try:
            for draft in self._written(question, language, passages):
                yield draft
        except GenerationError as error:
            notice = said.model_failed.format(reason=error)
        else:
            if draft and (draft.declined or _holds(draft.sentences)):
                return
            notice = said.model_unsupported
        for quoted in self._extractive.stream(question, language, evidence, passages):
            yield replace(quoted, notice=notice)

    def _written(
        self, question: str, language: str, passages: Sequence[Passage]
    ) -> Iterator[Draft]:
        """Yield what the model writes, checked so far. Raises GenerationError."""
        quoted = [self._quoted(passage) for passage in passages]
        tokens = self._model.answer_tokens
        messages, used = answer_prompt(
            question,
            language,
            quoted,
            count_tokens=self._model.count_tokens,
            budget=self._model.context_tokens - tokens,
        )
        read = sources(self._library, passages[:used], [each.title for each in quoted[:used]])
        checker = SupportChecker(read, language, self._reader)
        writing = Writing(lambda text: encode(self._library, text), checker, passages[:used])
        thoughts = ""
        with closing(self._model.write(messages, tokens)) as pieces:
            for piece in thoughts_apart(pieces):
                if isinstance(piece, Thought):
                    thoughts = (thoughts + piece)[:_KEPT_THOUGHTS]
                else:
                    writing.add(piece)
                yield self._draft(writing, language, thoughts)
                if writing.repeats or writing.hopeless:
                    break
        writing.finish()
        yield self._draft(writing, language, thoughts)

    def _draft(self, writing: "Writing", language: str, thoughts: str) -> Draft:
        if writing.declines and writing.finished:
            said, model = texts(language).declined, self._model_name
            return Draft(said, (), (), self.name, declined=True, model=model, thoughts=thoughts)
        return Draft(
            writing.shown,
            tuple(writing.sentences),
            writing.cited(),
            self.name,
            model=self._model_name,
            thoughts=thoughts,
        )

    def _quoted(self, passage: Passage) -> Quoted:
        chunk = passage.chunk
        try:
            metadata = self._library.document(chunk.doc_id).metadata
        except CorpusError:  # removed meanwhile
            return Quoted(chunk.doc_id, None, chunk.text)
        return Quoted(metadata.title, metadata.date, chunk.text)


class Writing:
    """A text that grows: its sentences are checked as each is complete.

    `repeats` says that the model has begun to repeat itself, `hopeless` that none of its first
    sentences is supported, `declines` that it writes that the passages do not answer.
    """

    def __init__(
        self,
        encode: Callable[[str], Encoded],
        checker: SupportChecker,
        passages: Sequence[Passage],
    ) -> None:
        """Begin a text about these passages, the ones that the checker has."""
        self._encode = encode
        self._checker = checker
        self._passages = passages
        self._parser = CitationParser(len(passages))
        self._text = ""
        self._tail = 0  # where the sentence that is not complete begins
        self._may_end = False
        self._inserted = 0  # characters that the parser does not know of
        self._read_marks = 0
        self._marks: list[tuple[int, int]] = []
        self._places: dict[int, Span] = {}
        self._proved: set[int] = set()
        self._seen: set[str] = set()
        self.sentences: list[Sentence] = []
        self.repeats = False
        self.finished = False

    def add(self, piece: str) -> None:
        """Take what the model wrote next."""
        self._grow(self._parser.feed(piece))
        if _loops(self._text[self._tail :]):
            self.repeats = True
            self._text = self._text[: self._tail].rstrip()
        elif self._may_end and not self.declines:
            self._check(complete=False)

    def finish(self) -> None:
        """Check what is left."""
        self.finished = True
        if not self.repeats and not self.hopeless:
            self._grow(self._parser.finish())
            if not self.declines:
                self._check(complete=True)

    @property
    def hopeless(self) -> bool:
        """Whether nothing is supported of what should have been by now."""
        return len(self.sentences) >= _HOPELESS and not _holds(self.sentences)

    @property
    def declines(self) -> bool:
        """Whether the text is, or may become, the word that says there is no answer."""
        start = self._text.lstrip(" \n*_`\"'“")[: len(NO_ANSWER)]
        return start == NO_ANSWER or (
            not self.finished and NO_ANSWER.startswith(start) and bool(start)
        )

    @property
    def shown(self) -> str:
        """The text so far, nothing while it may become a refusal."""
        return "" if self.declines else self._text.strip()

    def cited(self) -> tuple[Place, ...]:
        """Return what the numbers from 1 on stand for, as far as that is known."""
        places = []
        for new, passage in enumerate(self._parser.cited, 1):
            chunk = self._passages[passage - 1].chunk
            span = self._places.get(new)
            if span is None and not self.finished:
                break
            span = span or Span(0, len(chunk.text))
            places.append(Place(chunk.doc_id, chunk.start + span.start, chunk.start + span.end))
        return tuple(places)

    def _grow(self, shown: str) -> None:
        if not self._text:
            shown = shown.lstrip() if not self._parser.marks else shown
        self._text += shown
        marks = self._parser.marks[self._read_marks :]
        self._read_marks += len(marks)
        self._marks += [(place + self._inserted, number) for place, number in marks]
        self._may_end = self._may_end or _MAY_END.search(shown) is not None

    def _check(self, *, complete: bool) -> None:
        """Check the sentences that are complete: all but the last, or that one too."""
        tail = self._text[self._tail :]
        spans = split_sentences(tail)
        # Whether "Dr." ends a sentence is told by the whole word behind it.
        decided = complete or _WORD_IS_WHOLE.search(tail, spans[-1].start if spans else 0)
        ready = spans if complete else spans[:-1] if decided else []
        offset = self._tail
        for span in ready:
            added = self._sentence(Span(span.start + offset, span.end + offset))
            if self.repeats:
                return
            offset += added
        if ready:
            self._tail = offset + ready[-1].end
            self._may_end = _MAY_END.search(self._text, self._tail) is not None

    def _sentence(self, span: Span) -> int:
        """Check one sentence; return how many characters its attribution added to the text."""
        text, numbers = self._read(span)
        plain = _MARK.sub("", text) if numbers else text
        if not _SAYS_SOMETHING.search(plain):
            return 0
        if len(plain) > _LONGEST_REFRAIN and plain in self._seen:
            self.repeats = True
            self._text = self._text[: span.start].rstrip()
            return 0
        self._seen.add(plain)
        encoded = self._encode(plain)
        added = 0
        if numbers:
            passages = [self._parser.cited[number - 1] for number in numbers]
            verdict = self._checker.check(encoded, passages)
        else:
            passages, verdict = self._checker.attribute(encoded)
            numbers = tuple(self._parser.number_of(passage) for passage in passages)
            added = self._insert(span.end, numbers)
        for number, passage in zip(numbers, passages, strict=True):
            self._place(number, verdict.places[passage], supported=verdict.supported)
        self.sentences.append(Sentence(text, numbers, verdict.supported))
        return added

    def _read(self, span: Span) -> tuple[str, tuple[int, ...]]:
        """Return the sentence without the marks behind it, and the numbers that it cites."""
        within = [(place, n) for place, n in self._marks if span.start <= place < span.end]
        end = span.end
        for place, number in reversed(within):
            if place + len(f"[{number}]") == end:
                end = place
        numbers = tuple(dict.fromkeys(number for _, number in within))
        return self._text[span.start : end].rstrip(), numbers

    def _insert(self, place: int, numbers: Sequence[int]) -> int:
        """Put marks behind a sentence; return their length."""
        marks = "".join(f"[{number}]" for number in numbers)
        self._text = self._text[:place] + marks + self._text[place:]
        self._marks = [(p + len(marks) * (p >= place), number) for p, number in self._marks]
        self._inserted += len(marks)
        return len(marks)

    def _place(self, number: int, span: Span, *, supported: bool) -> None:
        """Take a part of the passage as what the number stands for.

        What supports counts before what was only cited, and all of it together.
        """
        known = self._places.get(number)
        if known is None or (supported and number not in self._proved):
            self._places[number] = span
        elif supported:
            self._places[number] = Span(min(known.start, span.start), max(known.end, span.end))
        if supported:
            self._proved.add(number)


def _holds(sentences: Sequence[Sentence]) -> bool:
    """Return whether anything is supported that states something, as a heading does not."""
    return any(
        each.supported and not each.text.startswith("#") and not each.text.endswith((":", "："))
        for each in sentences
    )


def _loops(text: str) -> bool:
    """Return whether a text ends in the same few words over and over.

    >>> _loops("It is " + "a port and " * 9), _loops("|" + "---|" * 40)
    (True, False)
    """
    for length in range(2, _LONGEST_LOOP + 1):
        unit = text[-length:]
        if text.endswith(unit * max(4, _LOOP_CHARS // length)) and _SAYS_SOMETHING.search(unit):
            return True
    return False
