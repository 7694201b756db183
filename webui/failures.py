"""Errors as the reader meets them: a sentence. Tracebacks go to the server's log."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import escape

from index.errors import ChatbotError, IndexNotBuiltError
from webui.texts import Texts

log = logging.getLogger(__name__)

_FOR_THE_LOG = ("damaged", "log_in_use", "rebuild", "index_away", "index_refused")
"""What no reader can mend: the messages of these say which command does."""


def sentence(error: Exception, texts: Texts) -> str:
    """Return what to tell the reader. What nobody expected is logged with its traceback."""
    if isinstance(error, IndexNotBuiltError):
        return texts.no_index
    if isinstance(error, ChatbotError):
        if error.code in _FOR_THE_LOG:
            log.warning("%s", error)
        return texts.failed.format(message=reason(error, texts))
    log.error("Unexpected error", exc_info=error)
    return texts.unexpected


def reason(error: ChatbotError, texts: Texts) -> str:
    """Return what is wrong and what to do, in the page's language where it can say it."""
    return texts.errors.get(error.code, str(error))


def told(handler: Callable[..., Any], texts: Texts) -> Callable[..., Any]:
    """Return the event handler with its errors told in a message of the page."""

    @functools.wraps(handler)
    def telling(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (whatever the handler takes)
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            # Gradio shows the message as HTML.
            raise gr.Error(
                str(escape(sentence(error, texts))), title=texts.error, print_exception=False
            ) from error

    return telling
