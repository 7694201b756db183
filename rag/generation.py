"""Evidence -> the text of an answer, growing as it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.evidence import Evidence
from rag.figures import asked_figure
from rag.language import detect
from rag.texts import texts
from rag.types import Sentence


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer so far: it cites the first `cited` pieces of evidence, by numbers from 1."""

    text: str
    sentences: tuple[Sentence, ...]
    cited: int


class Generator(Protocol):
    """Writes an answer from evidence."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def stream(self, question: str, language: str, evidence: Sequence[Evidence]) -> Iterator[Draft]:
        """Yield ever fuller drafts in `language`, from evidence that is best first."""
        ...


class ExtractiveGenerator:
    """Quotes: the figure asked for, a short frame, then sentences verbatim in their own language.

    Nothing is rephrased or translated, so nothing can be invented. The quotations' language is
    named where it is not the answer's.
    """

    name = "extractive"

    def stream(self, question: str, language: str, evidence: Sequence[Evidence]) -> Iterator[Draft]:
        """Yield a draft per quotation."""
        parts: list[str] = []
        sentences: list[Sentence] = []
        if evidence and (figure := asked_figure(question, evidence[0].quote)):
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
            yield Draft("\n\n".join(parts), tuple(sentences), number)


def _frame(language: str, source_language: str) -> str:
    said = texts(language)
    if source_language == language:
        return said.said
    return said.said_in.format(language=texts(source_language).native_name)


GENERATORS = {ExtractiveGenerator.name: ExtractiveGenerator}
"""The generators by name; `rag/load.py` chooses."""
