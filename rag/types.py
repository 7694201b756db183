"""The values of an answer. What is shown, printed and evaluated is made of these."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from index.errors import ChatbotError
from index.places import PageBox
from index.types import EVERYTHING, Chunk, Metadata, Scope, Span

EXTRACTIVE = "extractive"
"""The generator that quotes the documents and writes nothing."""
MAX_QUESTION_CHARS = 4000
"""A longer question is refused, wherever it comes from, and among those asked before as well."""
_SHOWN_DIGITS = 4


def shorten(text: str, limit: int) -> str:
    r"""Return the text on one line, cut to `limit` characters.

    >>> shorten("福田区\n有多少基站", 6)
    '福田区 有…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation and the answer that was given."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question with what came before it, the language to answer in (None: its own), its scope.

    `likely` is the language that a short message is taken to be in where it leaves that open.
    """

    question: str
    history: tuple[Turn, ...] = ()
    language: str | None = None
    scope: Scope = EVERYTHING
    likely: str | None = None

    def check_length(self) -> None:
        """Raise ChatbotError when this question, or one before it, is too long."""
        for question in (self.question, *(turn.question for turn in self.history)):
            if len(question) > MAX_QUESTION_CHARS:
                raise ChatbotError(
                    f"A question may have {MAX_QUESTION_CHARS:,} characters, and this one has "
                    f"{len(question):,}. Shorten it; to ask about a long text, add it as a "
                    "document.",
                    code="question_too_long",
                )


@dataclass(frozen=True, slots=True)
class Signals:
    """What each side of a search saw in a passage; None, or nothing, where it did not look.

    Ranks are from 1. `dense_score` is the cosine of pooled vectors, `lexical_score` BM25,
    `lexical_share` its share (0 to 1) of the most that the question could score: 0 where that side
    looked and found nothing. `token_score` is the mean of `matches`, how well each token of the
    question is matched in the passage; `sentence_score` the best of `fits`, how well all of them
    are in each sentence, whose span is in the chunk's text. `matched_terms` and `matched_tokens`
    name the best matches.
    """

    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None
    lexical_share: float | None = None
    matched_terms: tuple[str, ...] = ()
    fused_rank: int | None = None
    token_score: float | None = None
    sentence_score: float | None = None
    matched_tokens: tuple[str, ...] = ()
    matches: tuple[float, ...] = field(default=(), repr=False)
    fits: tuple[tuple[Span, float], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. `score`: higher is better; `signals` are what it is made of."""

    chunk: Chunk
    score: float
    signals: Signals = Signals()

    @property
    def why(self) -> dict[str, Any]:
        """What is shown of the signals, as plain values: rounded, without what says nothing."""
        seen = {
            each.name: getattr(self.signals, each.name)
            for each in fields(self.signals)
            if each.name not in ("matches", "fits")
        }
        return {name: _shown(value) for name, value in seen.items() if value}


def _shown(value: float | tuple[str, ...]) -> float | list[str]:
    return list(value) if isinstance(value, tuple) else round(value, _SHOWN_DIGITS)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation that can be shown for ever: text, place and the hash of the document it is in.

    `quote` is verbatim: characters `start` to `end` of the text whose SHA-256 is `doc_sha256`. It
    begins on `page`; `place` names the cells or rows that its lines are in, `boxes` say where they
    are on pages, as far as the format tells.
    """

    number: int
    doc_id: str
    start: int
    end: int
    quote: str
    doc_sha256: str
    metadata: Metadata
    page: int | None = None
    place: str | None = None
    boxes: tuple[PageBox, ...] = ()


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


State = Literal["answered", "possible", "not_found"]
"""How sure an answer is: sure; perhaps, to be checked; nothing was found that answers."""


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The words that answer, verbatim: characters `start` to `end` of what `citation` cites."""

    text: str
    citation: int
    start: int
    end: int

    @property
    def cited(self) -> str:
        """The words with the number that they cite, as an answer begins that says them itself."""
        return f"{self.text}[{self.citation}]"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, complete or still growing (`Assistant.stream` yields ever fuller ones).

    `language` (ISO 639-1) is the question's, or the one that was asked for. Where `state` is
    "not_found", `passages` are the nearest that there are. `short` is None where there is no short
    answer, or nobody found one. `model`: the language model that wrote it, if one did; `thoughts`:
    what that thought ahead of it, which nobody checks. `fingerprint` names what else it comes of:
    index, embedder, reader, calibration.
    """

    question: str
    language: str
    text: str = ""
    state: State = "answered"
    short: ShortAnswer | None = None
    reason: str | None = None
    confidence: float = 0.0
    generator: str = EXTRACTIVE
    model: str | None = None
    thoughts: str = ""
    notice: str | None = None
    completed_question: str | None = None
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    seconds: Seconds = Seconds()
    fingerprint: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def declined(self) -> bool:
        """Whether nothing was found that answers."""
        return self.state == "not_found"
