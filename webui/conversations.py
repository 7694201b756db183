"""Conversations as they are kept: everything it takes to show them again, unchanged.

A kept answer is the answer itself, citations with quote, offsets and hash included. Nothing is
looked up again when it is shown after a reload, so it shows what it showed the first time.

Every exchange is kept by itself, sealed (scripts/kept.js), in the browser or, of those who log in,
on the server (scripts/store.js): what two tabs add to a conversation at the same time is all there.
Of one exchange in two states the one is kept that changed last.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import Field, OnErrorOmit, TypeAdapter, ValidationError

from index.places import label_of
from index.types import EVERYTHING, Document, Scope
from rag.types import Answer, Citation, Passage, Turn, shorten
from webui.sealing import Seal

Group = Literal["cited", "found"]
"""What a button opens one of: what the answer cites, or what was found for it."""

_TITLE_CHARS = 80


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved passage as it is kept: a citation of the whole passage, and what found it."""

    citation: Citation
    score: float
    why: dict[str, Any] = field(default_factory=dict)
    best: tuple[int, int] | None = None
    """Characters of the document: the sentence that fits the question best, where that is known."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, whole or stopped, or the sentence of an error.

    `judged`: a reader has said that the answer is wrong, and which passage is right. `scope`: which
    documents it was asked of. `asked_ms`, its place in the conversation, and `changed_ms` are in
    milliseconds since 1970.
    """

    answer: Answer
    found: tuple[Found, ...] = ()
    stopped: bool = False
    error: str | None = None
    judged: bool = False
    scope: Scope = EVERYTHING
    exchange_id: str = field(default_factory=lambda: secrets.token_hex(8))
    asked_ms: int = field(default_factory=_now_ms)
    changed_ms: int = field(default_factory=_now_ms)

    @property
    def turn(self) -> Turn | None:
        """What the assistant needs to know of it later; errors are no part of a conversation."""
        return Turn(self.answer.question, self.answer.text) if self.error is None else None

    @property
    def note_id(self) -> str:
        """What names it in the notebook: another where it is answered otherwise."""
        said = f"{self.answer.question}\0{self.answer.text}".encode(errors="replace")
        return f"{self.exchange_id}.{hashlib.sha256(said).hexdigest()[:16]}"

    def among(self, group: Group) -> tuple[Citation, ...]:
        """Return the citations of a group, in the order of their buttons."""
        found = tuple(one.citation for one in self.found)
        return self.answer.citations if group == "cited" else found

    def again(self, question: str | None = None) -> "Exchange":
        """Return the exchange that takes its place when its question, or another, is answered."""
        answer = Answer(question or self.answer.question, self.answer.language)
        return Exchange(answer, exchange_id=self.exchange_id, asked_ms=self.asked_ms)

    def now_judged(self) -> "Exchange":
        """Return the exchange as one whose answer a reader has just called wrong."""
        return replace(self, judged=True, changed_ms=_now_ms())


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the server is told of a conversation. `title` is empty until a question names it.

    `named_ms`: when a reader named it, in milliseconds since 1970. `exchanges`: those that are
    meant, which may be all, and `turns`: what was said before them.
    """

    conversation_id: str = field(default_factory=lambda: secrets.token_hex(8))
    title: str = ""
    named_ms: int = 0
    exchanges: tuple[Exchange, ...] = ()
    turns: tuple[Turn, ...] = ()

    def named_by(self, question: str) -> "Conversation":
        """Return the conversation, with the question for its title where it has none."""
        return replace(self, title=self.title or shorten(question, _TITLE_CHARS))

    def named_anew(self, before: str, question: str) -> "Conversation":
        """Return the conversation, which gets the name of a question instead of the one before."""
        named = self.title == shorten(before, _TITLE_CHARS)
        title = shorten(question, _TITLE_CHARS)
        return replace(self, title=title, named_ms=_now_ms()) if named else self


def found(passages: Sequence[Passage], document: Callable[[str], Document]) -> tuple[Found, ...]:
    """Return the passages as they are kept, each with title, page and hash of its document."""
    documents = {doc_id: document(doc_id) for doc_id in {one.chunk.doc_id for one in passages}}
    return tuple(
        Found(
            Citation(
                number=number,
                doc_id=passage.chunk.doc_id,
                start=passage.chunk.start,
                end=passage.chunk.end,
                quote=passage.chunk.text,
                doc_sha256=(doc := documents[passage.chunk.doc_id]).sha256,
                metadata=doc.metadata,
                page=doc.page_at(passage.chunk.start),
                place=label_of(doc.places.within(passage.chunk.start, passage.chunk.end)),
            ),
            score=passage.score,
            why=passage.why,
            best=_best(passage),
        )
        for number, passage in enumerate(passages, start=1)
    )


def _best(passage: Passage) -> tuple[int, int] | None:
    """Return the sentence of a passage that fits the question best."""
    if not passage.signals.fits:
        return None
    (start, end), _ = max(passage.signals.fits, key=lambda fit: fit[1])
    return passage.chunk.start + start, passage.chunk.start + end


_EXCHANGE = TypeAdapter(Exchange)
_TURN = TypeAdapter(Turn)


def to_json(
    conversation: Conversation, exchanges: Sequence[Exchange], seal: Seal
) -> dict[str, Any]:
    """Return what the browser is to keep: these exchanges of a conversation, and its title."""
    return {
        "conversation_id": conversation.conversation_id,
        "title": seal.seal(conversation.title),
        "named_ms": conversation.named_ms,
        "exchanges": [_sealed(exchange, seal) for exchange in exchanges],
    }


def _sealed(exchange: Exchange, seal: Seal) -> dict[str, Any]:
    """Return an exchange as it is kept, and what of it goes with later questions.

    The passages are in `found`, so the answer goes without.
    """
    turn = exchange.turn
    lean = replace(exchange, answer=replace(exchange.answer, passages=()))
    return {
        "exchange_id": exchange.exchange_id,
        "asked_ms": exchange.asked_ms,
        "changed_ms": exchange.changed_ms,
        "sealed": seal.seal(_EXCHANGE.dump_python(lean, mode="json")),
        "turn": seal.seal(_TURN.dump_python(turn)) if turn else "",
    }


@dataclass(frozen=True, slots=True)
class _KeptExchange:
    sealed: str


@dataclass(frozen=True, slots=True)
class _Kept:
    conversation_id: Annotated[str, Field(max_length=64)]
    title: str
    named_ms: int
    exchanges: tuple[OnErrorOmit[_KeptExchange], ...] = ()
    turns: tuple[OnErrorOmit[str], ...] = ()


_KEPT = TypeAdapter(_Kept)


def from_json(kept: object, seal: Seal) -> Conversation:
    """Return a conversation from what the browser keeps of it; a new one for what is none.

    Exchanges that another secret has sealed, or of a version we cannot read, are left out.
    """
    try:
        known = _KEPT.validate_python(kept)
    except ValidationError:
        return Conversation()
    exchanges = (_exchange(seal.open(one.sealed)) for one in known.exchanges)
    turns = (turn_from_json(seal.open(one)) for one in known.turns)
    return Conversation(
        known.conversation_id,
        str(seal.open(known.title) or ""),
        known.named_ms,
        tuple(filter(None, exchanges)),
        tuple(filter(None, turns)),
    )


def turn_from_json(kept: object) -> Turn | None:
    """Return what was said, from an exchange where that was kept before turns were."""
    try:
        return _TURN.validate_python(kept)
    except ValidationError:
        exchange = _exchange(kept)
        return exchange.turn if exchange else None


def _exchange(kept: object) -> Exchange | None:
    try:
        return _EXCHANGE.validate_python(_with_state(kept))
    except ValidationError:
        return None


def _with_state(kept: object) -> object:
    """Return a kept exchange with the state of its answer, of which older ones say `declined`."""
    match kept:
        case {"answer": {"declined": True, **answer}, **others}:
            return {**others, "answer": {"state": "not_found", **answer}}
    return kept


def renamed(conversation_id: str, title: str) -> Conversation | None:
    """Return a conversation under the title that a reader has just typed; None for a blank one."""
    title = shorten(title, _TITLE_CHARS)
    return Conversation(conversation_id, title, _now_ms()) if title else None
