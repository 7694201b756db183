"""Evidence -> the text of an answer, growing as it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from rag.evidence import Evidence
from rag.language import detect
from rag.texts import texts
from rag.types import Passage, Sentence, Turn


class Place(NamedTuple):
    """Characters `start` to `end` of a document."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer so far. It cites the places of `cited` by numbers from 1.

    `generator` names what wrote it and `model` the language model, if one did; `declined` says that
    it found no answer, and `notice` is what the reader should know about it.
    """

    text: str
    sentences: tuple[Sentence, ...]
    cited: tuple[Place, ...]
    generator: str
    declined: bool = False
    notice: str | None = None
    model: str | None = None


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

    def complete(self, question: str, history: Sequence[Turn], completed: str) -> Iterator[str]:
        """Yield a follow-up as one whole question, at least once; the last one counts.

        `completed` is what rules made of it. Whoever reads may stop, as with `stream`.
        """
        ...


class ExtractiveGenerator:
    """Quotes: the figure asked for, a short frame, then sentences verbatim in their own language.

    Nothing is rephrased or translated, so nothing can be invented. The quotations' language is
    named where it is not the answer's.
    """

    name = "extractive"

    def complete(self, question: str, history: Sequence[Turn], completed: str) -> Iterator[str]:
        """Yield what the rules made of it."""
        yield completed

    def stream(
        self,
        question: str,
        language: str,
        evidence: Sequence[Evidence],
        passages: Sequence[Passage],
    ) -> Iterator[Draft]:
        """Yield a draft per quotation."""
        parts: list[str] = []
        sentences: list[Sentence] = []
        cited: list[Place] = []
        if evidence and (figure := evidence[0].figure):
            parts.append(f"{figure}[1]")
            sentences.append(Sentence(figure, (1,), supported=True))
        framed = ""
        for number, each in enumerate(evidence, 1):
            frame = _frame(language, detect(each.quote))
            if frame != framed:
                parts.append(frame)
                framed = frame
            parts.append(f"“{each.quote}”[{number}]")
            sentences.append(Sentence(f"“{each.quote}”", (number,), supported=True))
            cited.append(Place(each.passage.chunk.doc_id, each.start, each.end))
            yield Draft("\n\n".join(parts), tuple(sentences), tuple(cited), self.name)


def _frame(language: str, source_language: str) -> str:
    said = texts(language)
    if source_language == language:
        return said.said
    return said.said_in.format(language=texts(source_language).native_name)
