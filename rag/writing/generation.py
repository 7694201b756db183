"""Evidence -> the text of an answer, growing as it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from index.types import Span
from rag.finding.evidence import Evidence
from rag.texts import language_name, texts
from rag.types import EXTRACTIVE, Passage, Sentence
from rag.understanding.language import language_of
from rag.writing.restating import restated
from rag.writing.short_answer import unit_in_head


class Place(NamedTuple):
    """Characters `start` to `end` of a document."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer so far. It cites the places of `cited` by numbers from 1.

    `generator` names what wrote it and `model` the language model, if one did; `declined` says that
    it found no answer, and `notice` is what the reader should know about it. `thoughts`: what the
    model thought ahead of it, which is no part of the answer and cites nothing.
    """

    text: str
    sentences: tuple[Sentence, ...]
    cited: tuple[Place, ...]
    generator: str
    declined: bool = False
    notice: str | None = None
    model: str | None = None
    thoughts: str = ""


class Generator(Protocol):
    """Writes an answer from evidence."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def stream(
        self,
        question: str,
        language: str,
        evidence: Sequence[Evidence],
        passages: Sequence[Passage],
    ) -> Iterator[Draft]:
        """Yield ever fuller drafts in `language`, from sentences or passages that are best first.

        Whoever reads may stop at any draft by closing the iterator: the work ends with it.
        """
        ...


class ExtractiveGenerator:
    """Quotes: the words that answer, a short frame, then sentences verbatim in their own language.

    Nothing is rephrased or translated, so nothing can be invented: a figure is restated in the
    reader's language only behind its own words. The quotations' language is named where it is not
    the answer's.
    """

    name = EXTRACTIVE

    def stream(
        self,
        question: str,
        language: str,
        evidence: Sequence[Evidence],
        passages: Sequence[Passage],
    ) -> Iterator[Draft]:
        """Yield a draft per quotation."""
        leads = list(_leads(evidence))
        parts = ["\n".join(_led(language, *lead) for lead in leads)] if leads else []
        sentences = [Sentence(words, (number,), supported=True) for _, words, _, number in leads]
        cited: list[Place] = []
        framed = ""
        for number, each in enumerate(evidence, 1):
            frame = _frame(language, language_of(each.quote, each.passage.chunk.text))
            if frame != framed:
                parts.append(frame)
                framed = frame
            parts.append(f"“{each.quote}”[{number}]")
            if each.more:
                parts.append(texts(language).more_items.format(count=each.more))
            sentences.append(Sentence(f"“{each.quote}”", (number,), supported=True))
            cited.append(Place(each.passage.chunk.doc_id, each.start, each.end))
            yield Draft("\n\n".join(parts), tuple(sentences), tuple(cited), self.name)


def _leads(evidence: Sequence[Evidence]) -> Iterator[tuple[str, str, str, int]]:
    """Yield part, words that answer, their unit where it is apart, and number of the quotation.

    These are of the first quotation, or of each part.
    """
    led: set[str] = set()
    for number, each in enumerate(evidence, 1):
        if each.short is None or each.about in led or (number > 1 and not each.about):
            continue
        led.add(each.about)
        short = Span(each.short.start - each.start, each.short.end - each.start)
        yield (
            each.about,
            each.quote[short.start : short.end],
            unit_in_head(each.quote, short),
            number,
        )


def _led(language: str, about: str, words: str, unit: str, number: int) -> str:
    again = unit or restated(words, language)
    label = f"{about}: " if about else ""
    return f"{label}{words}[{number}]{f' ({again})' if again else ''}"


def _frame(language: str, source_language: str | None) -> str:
    said = texts(language)
    if source_language and source_language != language:
        return said.said_in.format(language=language_name(source_language, language))
    return said.said
