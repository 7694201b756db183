"""A message -> what it asks: what to search for, or which documents it speaks of."""

from dataclasses import dataclass, replace
from functools import partial

from index.search.database import DocumentSummary
from rag.searching import Searcher, stands
from rag.types import Query
from rag.understanding.documents import spoken_of
from rag.understanding.followups import complete, lacks_added
from rag.understanding.messages import Message, classify
from rag.understanding.parts import Part, parts
from rag.understanding.spelling import corrected


@dataclass(frozen=True, slots=True)
class Asked:
    """A message as it was understood.

    `question` is what to search for, empty where the message is no question to the documents;
    `completed` the same where it referred back. `message` is without typing errors. `documents` are
    those that a message which is no question speaks of.
    """

    query: Query
    message: Message
    question: str = ""
    completed: str | None = None
    is_corrected: bool = False
    documents: tuple[DocumentSummary, ...] = ()

    @property
    def understood(self) -> str | None:
        """What is searched for where it is not what was typed."""
        return self.question if self.completed is not None or self.is_corrected else None

    @property
    def parts(self) -> list[Part]:
        """The parts of the question, none where it is not split, or goes on from an earlier one."""
        return parts(self.question) if self.question and self.completed is None else []

    @property
    def questions(self) -> list[str]:
        """What is searched for: the question, then its parts; nothing for other messages."""
        return [self.question, *(part.question for part in self.parts)] if self.question else []

    @property
    def begins_at(self) -> int:
        """The character of the question at which begins what was put behind an earlier one."""
        own, completed = self.message.text, self.completed or ""
        return len(completed) - len(own) if completed.endswith(own) else 0

    def is_answered_before(self, quote: str) -> bool:
        """Return whether a quote was an answer before, and is silent of what is put behind now."""
        before = (self.completed or "")[: self.begins_at]
        was_quoted = before and any(quote in turn.answer for turn in self.query.history)
        return bool(was_quoted) and lacks_added(self.message.text, before, quote)


def understand(query: Query, library: Searcher) -> Asked:
    """Return the message as rules understand it.

    Raises ChatbotError for a question that is too long.
    """
    query.check_length()
    message = classify(query.question)
    documents = tuple(spoken_of(message, query, library))
    if documents and message.kind == "question":
        message = replace(message, kind="metadata")
    if not documents and message.kind in ("metadata", "summary"):  # what is named is no document
        text = message.text if message.kind == "metadata" else query.question
        message = Message("question", text)
    if message.kind != "question":
        return Asked(query, message, documents=documents)
    own = _corrected(message.text, library)
    completed = None
    if query.history:
        titles = [summary.metadata.title for summary in library.documents()]
        completed = complete(own, query.history, titles, partial(stands, library))
        completed = completed and _corrected(completed, library)  # turns before are as typed
    is_corrected = own != message.text
    return Asked(query, replace(message, text=own), completed or own, completed, is_corrected)


def _corrected(question: str, library: Searcher) -> str:
    return corrected(question, library.vocabulary()) or question
