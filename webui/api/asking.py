"""What programs may ask, whatever protocol they speak: an answer, passages, the documents."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from index.errors import ChatbotError
from index.keeping.library import Library
from index.search.scope import make_scope
from index.types import EVERYTHING, Scope
from rag.serialisation import passage_to_dict
from rag.texts import TEXTS
from rag.types import Answer, Query, Turn
from webui.ask.answering import Answering
from webui.ask.chat import ANSWERS_AT_ONCE

log = logging.getLogger(__name__)

MOST_PASSAGES = 20
"""The most that a search returns."""

ASK = {
    "question": "what is asked, in any language; at most 4,000 characters",
    "history": "what was said before, oldest first: objects with `question` and `answer`",
    "language": "language to frame the answer in (zh, en, de, …); by default the question's",
    "documents": "documents, folders or patterns to look in, such as reports/ or *.pdf; "
    "none: everywhere",
    "since": "only documents of this day or later: 2020-10-14, 2020-10 or 2020",
    "until": "only documents of this day or earlier",
}
SEARCH = {
    "question": "what to look for, in any language; at most 4,000 characters",
    "limit": f"how many passages, 1 to {MOST_PASSAGES}",
    **{name: ASK[name] for name in ("documents", "since", "until")},
}
ANSWERED = (
    "the answer with its state (answered, possible, not_found), its confidence, and the quotations "
    "it cites, each with document, place and hash"
)
FOUND = "the passages nearest to the question, best first, each with document and place"
LISTED = "the documents that can be asked, with title, author, date and size"


class RequestError(ChatbotError):
    """What a program sends is no request; the message says what is."""


class Asking:
    """Answers programs about a library. All that it raises is ChatbotError."""

    def __init__(self, library: Library, answering: Answering) -> None:
        """Ask what the page asks, by the same assistant."""
        self._library = library
        self._answering = answering
        self.places = asyncio.Semaphore(ANSWERS_AT_ONCE)
        """Places for protocols that have no line of their own to wait in, as Gradio's has."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        documents: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Answer]:
        """Yield ever fuller answers; the last one is complete."""
        if language and language not in TEXTS:
            raise RequestError(
                f"There is no language {language!r}. Choose one of: {', '.join(TEXTS)}."
            )
        scope = self._scope(documents, since, until)
        yield from self._answering.stream(question, history, language=language or None, scope=scope)

    def search(
        self,
        question: str,
        limit: int = 5,
        *,
        documents: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
    ) -> dict[str, Any]:
        """Return the passages nearest to a question, as they are in an answer's JSON."""
        if not isinstance(limit, int) or not 1 <= limit <= MOST_PASSAGES:
            raise RequestError(f"limit is from 1 to {MOST_PASSAGES}, not {limit!r}.")
        query = Query(question, scope=self._scope(documents, since, until))
        passages = self._answering.quoting().search(query, limit)
        titles = self._library.titles({passage.chunk.doc_id for passage in passages})
        return {
            "question": question,
            "passages": [
                {**passage_to_dict(passage), "title": titles[passage.chunk.doc_id]}
                for passage in passages
                if passage.chunk.doc_id in titles  # or removed meanwhile
            ],
        }

    def documents(self) -> dict[str, Any]:
        """Return the documents, by doc_id, and the generation of the index that holds them."""
        generation = self._library.generation
        return {
            "generation": generation,
            "documents": [
                {
                    "doc_id": each.doc_id,
                    **asdict(each.metadata),
                    "language": each.language,
                    "characters": each.characters,
                    "imported": each.imported,
                }
                for each in self._library.documents()
            ],
        }

    def _scope(self, documents: Sequence[str], since: str | None, until: str | None) -> Scope:
        if not (documents or since or until):
            return EVERYTHING
        doc_ids = [each.doc_id for each in self._library.documents()]
        return make_scope(documents, since=since or None, until=until or None, doc_ids=doc_ids)


def turns(history: object) -> tuple[Turn, ...]:
    """Return the turns of a conversation from JSON. Raises ChatbotError where they are none."""
    listed = history if history is not None else []
    try:
        assert isinstance(listed, list)
        return tuple(Turn(_text(turn["question"]), _text(turn["answer"])) for turn in listed)
    except (AssertionError, TypeError, KeyError) as error:
        raise RequestError(
            'history is a list such as [{"question": "…", "answer": "…"}], oldest first.'
        ) from error


def texts_of(name: str, values: object) -> list[str]:
    """Return a list of texts from JSON. Raises ChatbotError where it is none."""
    listed = values if values is not None else []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise RequestError(f"{name} is a list of texts.")
    return listed


def text_of(name: str, value: object) -> str | None:
    """Return a text from JSON, or None for none. Raises ChatbotError for anything else."""
    if value is not None and not isinstance(value, str):
        raise RequestError(f"{name} is a text.")
    return value


def told(error: Exception) -> ChatbotError:
    """Return what to tell a program of an error; what nobody expected is logged."""
    if isinstance(error, ChatbotError):
        return error
    log.error("Unexpected error", exc_info=error)
    return ChatbotError("Something went wrong at the server; its log says what.")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
