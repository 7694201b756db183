"""The values of an answer. What is shown, printed and evaluated is made of these."""

from dataclasses import dataclass, field
from typing import Any

from index.types import EVERYTHING, Chunk, Metadata, Scope

MAX_QUESTION_CHARS = 4000
"""The longest question that is answered; a longer one is refused, never cut."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation and the answer that was given."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question with what came before it, the language to answer in (None: its own), its scope."""

    question: str
    history: tuple[Turn, ...] = ()
    language: str | None = None
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. `score`: higher is better. `why` says what each side of the search saw.

    `matches` says how well each token of the question is matched in the passage; it is empty where
    there are no token vectors.
    """

    chunk: Chunk
    score: float
    why: dict[str, Any] = field(default_factory=dict)
    matches: tuple[float, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation that can be shown for ever: text, place and the hash of the document it is in.

    `quote` is verbatim: characters `start` to `end` of the text whose SHA-256 is `doc_sha256`.
    """

    number: int
    doc_id: str
    start: int
    end: int
    quote: str
    doc_sha256: str
    metadata: Metadata
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer, the numbers it cites, and whether what it cites supports it."""

    text: str
    citations: tuple[int, ...]
    supported: bool


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds by stage."""

    retrieve: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, complete or still growing (`Assistant.stream` yields ever fuller ones).

    `language` (ISO 639-1) is the question's, or the one that was asked for. `declined`: the
    documents do not hold the answer; `passages` are then the nearest that there are. `model`: the
    language model that wrote it, if one did.
    """

    question: str
    language: str
    text: str = ""
    declined: bool = False
    reason: str | None = None
    confidence: float = 0.0
    generator: str = "extractive"
    model: str | None = None
    notice: str | None = None
    completed_question: str | None = None
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    seconds: Seconds = Seconds()
