"""Exports and answers read from JSON of anybody: what does not fit is said, nothing is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from index.errors import ChatbotError
from index.places import PageBox
from index.types import EVERYTHING, Metadata, Scope
from rag.export.json_form import Format, Version
from rag.export.values import Entry, Export, Kind
from rag.types import Answer, Citation, Sentence, ShortAnswer, State

MAX_BYTES = 64 * 2**20
"""Of a file; an answer has some 5 kB."""

_T = TypeVar("_T")
_Text = Annotated[str, Field(min_length=1)]
_Offset = Annotated[int, Field(ge=0, le=10**12)]
_Number = Annotated[int, Field(ge=1, le=10**9)]
_Points = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class _Box:
    page: _Number
    box: tuple[_Points, _Points, _Points, _Points]


@dataclass(frozen=True, slots=True)
class _Citation:
    number: _Number
    doc_id: _Text
    start: _Offset
    end: _Offset
    quote: _Text
    doc_sha256: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    source: str | None = None
    page: _Number | None = None
    place: str | None = None
    boxes: tuple[_Box, ...] = ()

    def read(self) -> Citation:
        return Citation(
            self.number,
            self.doc_id,
            self.start,
            self.end,
            self.quote,
            self.doc_sha256,
            Metadata(self.title or self.doc_id, self.author, self.date, self.source),
            self.page,
            self.place,
            tuple(PageBox(one.page, one.box) for one in self.boxes),
        )


@dataclass(frozen=True, slots=True)
class _Short:
    text: _Text
    citation: _Number
    start: _Offset
    end: _Offset

    def read(self) -> ShortAnswer:
        return ShortAnswer(self.text, self.citation, self.start, self.end)


@dataclass(frozen=True, slots=True)
class _Answer:
    question: str
    answer: str
    citations: tuple[_Citation, ...]
    language: str = "en"
    state: State = "answered"
    reason: str | None = None
    confidence: _Points = 0.0
    completed_question: str | None = None
    short: _Short | None = None
    generator: str = "extractive"
    model: str | None = None
    notice: str | None = None
    sentences: tuple[Sentence, ...] = ()
    fingerprint: dict[str, str] = field(default_factory=dict)
    nearest: tuple[_Citation, ...] = ()
    asked: str | None = None
    stopped: bool = False
    error: str | None = None
    remark: str = ""
    scope: Scope | None = None

    def read(self) -> Entry:
        answer = Answer(
            self.question,
            self.language,
            self.answer,
            self.state,
            None if self.short is None else self.short.read(),
            self.reason,
            self.confidence,
            self.generator,
            self.model,
            notice=self.notice,
            completed_question=self.completed_question,
            citations=tuple(one.read() for one in self.citations),
            sentences=self.sentences,
            fingerprint=self.fingerprint,
        )
        return Entry(
            answer,
            tuple(one.read() for one in self.nearest),
            self.asked,
            self.stopped,
            self.error,
            self.remark,
            self.scope or EVERYTHING,
        )


@dataclass(frozen=True, slots=True)
class _Export:
    format: Format
    version: Version
    kind: Kind
    title: str
    exported: str
    answers: tuple[_Answer, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    """Any object; `format` tells an export from an answer."""

    format: object = None


_ANSWER, _EXPORT, _ANY = TypeAdapter(_Answer), TypeAdapter(_Export), TypeAdapter(_Any)


def read(raw: bytes) -> Export:
    """Return an export from its JSON, or one of answers as `rag ask --json` prints them.

    Those are one object a line, or a single one over several. Raises ChatbotError, which says what
    does not fit, for anything else, however deep or large.
    """
    if len(raw) > MAX_BYTES:
        raise ChatbotError(f"It is larger than {MAX_BYTES >> 20} MB.")
    try:
        whole = _validated(_ANY, raw)
    except ChatbotError:
        answers = tuple(_lines(raw))
        if not answers:
            raise ChatbotError("It is empty.") from None
    else:
        if whole.format is not None:
            export = _validated(_EXPORT, raw)
            entries = tuple(one.read() for one in export.answers)
            return Export(export.kind, export.title, export.exported, entries)
        answers = (_validated(_ANSWER, raw),)
    return Export("answers", "", "", tuple(one.read() for one in answers))


def _lines(raw: bytes) -> Iterator[_Answer]:
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            try:
                yield _validated(_ANSWER, line)
            except ChatbotError as error:
                raise ChatbotError(f"Line {number}: {error}") from None


def _validated(kind: TypeAdapter[_T], raw: bytes) -> _T:
    try:
        return kind.validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = f"{place}: {first['msg']}" if place else first["msg"]
        raise ChatbotError(f"It is no export and no answer ({said}).") from None
