"""`ask`, `search` and `documents` as endpoints of Gradio's: for `gradio_client` and for curl."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.events import api

from rag.serialisation import to_dict
from webui.api.asking import (
    ANSWERED,
    ASK,
    FOUND,
    LISTED,
    SEARCH,
    Asking,
    text_of,
    texts_of,
    told,
    turns,
)
from webui.ask.chat import ANSWERS_AT_ONCE
from webui.door.gradio_inside import describe

_Json = dict[str, Any]


def add_endpoints(page: gr.Blocks, asking: Asking) -> None:
    """Add them to the page that is being laid out. What the page itself does has no name."""

    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        language: str | None = None,
        documents: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[_Json]:
        """Answer a question from the documents, every sentence tied to a quotation.

        Streamed, each piece is a fuller answer; the last one is complete.
        """
        try:
            answers = asking.stream(
                text_of("question", question) or "",
                turns(history),
                language=text_of("language", language),
                documents=texts_of("documents", documents),
                since=text_of("since", since),
                until=text_of("until", until),
            )
            for answer in answers:
                yield to_dict(answer)
        except Exception as error:
            raise gr.Error(str(told(error)), print_exception=False) from error

    def search(
        question: str,
        limit: int = 5,
        documents: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> _Json:
        """Return the passages nearest to a question, without an answer."""
        return asking.search(
            text_of("question", question) or "",
            limit,
            documents=texts_of("documents", documents),
            since=text_of("since", since),
            until=text_of("until", until),
        )

    def documents() -> _Json:
        """List the documents that can be asked."""
        return asking.documents()

    answering: dict[str, Any] = {
        "concurrency_limit": ANSWERS_AT_ONCE,
        "concurrency_id": "answers",
    }
    api(ask, api_name="ask", **answering)
    api(_telling(search), api_name="search", **answering)
    api(_telling(documents), api_name="documents", concurrency_limit=4)
    describe(page, "ask", ASK, ANSWERED)
    describe(page, "search", SEARCH, FOUND)
    describe(page, "documents", {}, LISTED)


def _telling(endpoint: Callable[..., _Json]) -> Callable[..., _Json]:
    """Return the endpoint with its errors told as sentences."""

    @functools.wraps(endpoint)
    def telling(*args: Any, **kwargs: Any) -> _Json:  # noqa: ANN401 (whatever the endpoint takes)
        try:
            return endpoint(*args, **kwargs)
        except Exception as error:
            raise gr.Error(str(told(error)), print_exception=False) from error

    return telling
