"""Conversations as the browser keeps them: everything it takes to show them again, unchanged.

A kept answer is the answer itself, citations with quote, offsets and hash included. Nothing is
looked up again when it is shown after a reload, so it shows what it showed the first time.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index.types import EVERYTHING, Document, Scope
from rag.types import Answer, Citation, Passage, Turn

MAX_BYTES = 3_000_000
"""What all conversations together may take as JSON. Browsers give a page about 5,000,000
characters, and a third is added by the encryption of Gradio's `BrowserState`."""

_TITLE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved passage as it is kept: a citation of the whole passage, and what found it."""

    citation: Citation
    score: float
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, whole or stopped, or the sentence of an error.

    `judged`: a reader has said that the answer is wrong, and which passage is right. `scope`: which
    documents it was asked of.
    """

    answer: Answer
    found: tuple[Found, ...] = ()
    stopped: bool = False
    error: str | None = None
    judged: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation. `title` is empty until it is named or its first question names it."""

    conversation_id: str = field(default_factory=lambda: secrets.token_hex(8))
    title: str = ""
    exchanges: tuple[Exchange, ...] = ()

    def with_exchange(self, exchange: Exchange) -> "Conversation":
        """Return the conversation with one more exchange, named after its first question."""
        return replace(
            self,
            title=self.title or shorten(exchange.answer.question, _TITLE_CHARS),
            exchanges=(*self.exchanges, exchange),
        )

    def without_last(self) -> "Conversation":
        """Return the conversation without its last exchange."""
        return replace(self, exchanges=self.exchanges[:-1])

    def with_judged(self, number: int) -> "Conversation":
        """Return the conversation with an exchange, counted from 0, marked as judged."""
        judged = replace(self.exchanges[number], judged=True)
        exchanges = (*self.exchanges[:number], judged, *self.exchanges[number + 1 :])
        return replace(self, exchanges=exchanges)

    def history(self, until: int | None = None) -> tuple[Turn, ...]:
        """Return what the assistant needs to know of it, or of its first `until` exchanges.

        Errors are no part of a conversation.
        """
        return tuple(
            Turn(question=exchange.answer.question, answer=exchange.answer.text)
            for exchange in self.exchanges[:until]
            if exchange.error is None
        )


def shorten(text: str, limit: int) -> str:
    r"""Return the text on one line, cut to `limit` characters.

    >>> shorten("福田区\n有多少基站", 6)
    '福田区 有…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def found(passages: Sequence[Passage], document: Callable[[str], Document]) -> tuple[Found, ...]:
    """Return the passages as they are kept, each with title, page and hash of its document."""
    return tuple(
        Found(
            Citation(
                number=number,
                doc_id=passage.chunk.doc_id,
                start=passage.chunk.start,
                end=passage.chunk.end,
                quote=passage.chunk.text,
                doc_sha256=(doc := document(passage.chunk.doc_id)).sha256,
                metadata=doc.metadata,
                page=doc.page_at(passage.chunk.start),
            ),
            score=passage.score,
            why=passage.why,
        )
        for number, passage in enumerate(passages, start=1)
    )


_CONVERSATION = TypeAdapter(Conversation)
_CITATION = TypeAdapter(Citation)


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as the button that opens it carries it."""
    kept: dict[str, Any] = _CITATION.dump_python(citation, mode="json")
    return kept


def citation_from_json(kept: object) -> Citation | None:
    """Return the citation that a button carried, or None for what is none."""
    try:
        return _CITATION.validate_python(kept)
    except ValidationError:
        return None


def to_json(conversation: Conversation) -> dict[str, Any]:
    """Return what the browser keeps. The passages are in `found`, so the answer goes without."""
    lean = replace(
        conversation,
        exchanges=tuple(
            replace(exchange, answer=replace(exchange.answer, passages=()))
            for exchange in conversation.exchanges
        ),
    )
    kept: dict[str, Any] = _CONVERSATION.dump_python(lean, mode="json")
    return kept


def from_json(kept: object) -> Conversation | None:
    """Return a kept conversation, or None for what is none (or of a version we cannot read)."""
    try:
        return _CONVERSATION.validate_python(kept)
    except ValidationError:
        return None


def keep(
    saved: Sequence[dict[str, Any]], conversation: Conversation, *, max_bytes: int = MAX_BYTES
) -> tuple[list[dict[str, Any]], int]:
    """Return all kept conversations, newest first, with this one, and how many had to go.

    An empty conversation is not kept. The oldest go when all together exceed `max_bytes`; the
    newest stays whatever its size.
    """
    others = without(saved, conversation.conversation_id)
    if not conversation.exchanges:
        return others, 0
    every = [to_json(conversation), *others]
    kept, room = [], max_bytes
    for number, one in enumerate(every):
        room -= len(json.dumps(one, ensure_ascii=False).encode())
        if room < 0 and number > 0:
            break
        kept.append(one)
    return kept, len(every) - len(kept)


def without(saved: Sequence[dict[str, Any]], conversation_id: str) -> list[dict[str, Any]]:
    """Return the kept conversations but one."""
    return [one for one in saved if one.get("conversation_id") != conversation_id]


def rename(
    saved: Sequence[dict[str, Any]], conversation_id: str, title: str
) -> list[dict[str, Any]]:
    """Return the kept conversations, one of them under a new title. A blank title changes none."""
    title = shorten(title, 2 * _TITLE_CHARS)
    return [
        one | {"title": title} if title and one.get("conversation_id") == conversation_id else one
        for one in saved
    ]
