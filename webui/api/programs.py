"""All that is served to programs beside the page and Gradio's endpoints."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from starlette.routing import BaseRoute

from index.keeping.library import Library
from webui.api.asking import Asking
from webui.api.completions import Completions
from webui.api.health import Health
from webui.ask.answering import Answering


class Programs(NamedTuple):
    """What is served to programs, and what has to run meanwhile, as tools do."""

    routes: list[BaseRoute]
    running: Callable[[Any], AbstractAsyncContextManager[None]] | None = None


def for_programs(library: Library, answering: Answering, *, with_tools: bool) -> Programs:
    """Return what is served: health, the OpenAI protocol and, where wanted, tools."""
    asking = Asking(library, answering)
    routes = [*Health(library, answering).routes, *Completions(asking).routes]
    if not with_tools:
        return Programs([*routes])
    from webui.api.tools import Tools

    tools = Tools(asking)
    return Programs([*routes, *tools.routes], tools.running)
