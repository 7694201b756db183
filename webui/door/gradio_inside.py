"""What we rely on inside of Gradio, beyond what it documents; a later version may change it.

`Blocks.process_api` runs every event, whichever route it came by, and gets the request that asked
for it. `Api`, the component of `gr.api`, keeps what `/gradio_api/info` tells of a parameter. The
app that serves a page is made by `App.create_app`, lastly when it is launched.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import gradio as gr
from gradio import routes
from gradio.components.api_component import Api
from starlette.datastructures import Headers

from webui.door.roles import role_in
from webui.door.shell import wanted_language
from webui.texts import TEXTS

_MARK = "for_editors"
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class GuardedBlocks(gr.Blocks):
    """A page whose events for editors are refused to everybody else, asked for in any way."""

    with_users = False
    """Whether people log in; where nobody does, everybody is an editor."""

    async def process_api(self, block_fn: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 (as Gradio calls it)
        """Run an event, or raise `gr.Error` where it is not for who asks."""
        function = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        if is_for_editors(function.fn) and not self.is_editor(kwargs.get("request")):
            raise gr.Error(_refusal(kwargs.get("request")), print_exception=False)
        result: dict[str, Any] = await super().process_api(block_fn, *args, **kwargs)
        return result

    def is_editor(self, request: object) -> bool:
        """Return whether a request, or every one of several, comes from an editor."""
        if not self.with_users:
            return True
        every = request if isinstance(request, list) else [request]
        return all(role_in(_scope(each)) == "editor" for each in every)


@contextmanager
def laying_out() -> Iterator[None]:
    """Within it, a page is laid out without an app to serve it.

    Gradio makes one at the beginning and one after each language, of ninety routes each, and
    launches none of them: a tenth of a start.
    """
    create_app = vars(routes.App)["create_app"]
    routes.App.create_app = staticmethod(lambda *_, **__: None)  # type: ignore[assignment]
    try:
        yield
    finally:
        routes.App.create_app = create_app  # type: ignore[method-assign]


def is_reader(request: gr.Request) -> bool:
    """Return whether a request, as Gradio hands it on, is sent by who has logged in as a reader."""
    return role_in(_scope(request)) == "reader"


def _scope(request: object) -> dict[str, Any]:
    scope: dict[str, Any] = getattr(getattr(request, "request", None), "scope", {})
    return scope


def _refusal(request: object) -> str:
    language = wanted_language(Headers(raw=_scope(request).get("headers", [])))
    return TEXTS[language].errors["editors_only"]


def for_editors(handler: _Handler) -> _Handler:
    """Mark the handler of an event as one that is refused to who is no editor, and return it."""
    setattr(handler, _MARK, True)
    return handler


def is_for_editors(handler: object) -> bool:
    """Return whether an event handler is marked as one for editors."""
    return getattr(handler, _MARK, False)


def describe(page: gr.Blocks, api_name: str, described: Mapping[str, str], returned: str) -> None:
    """Say in `/gradio_api/info` what the parameters of an endpoint are, in their order.

    `returned` is what it answers with. Raises ValueError where these are not its parameters.
    """
    (function,) = (each for each in page.fns.values() if each.api_name == api_name)
    inputs: Sequence[Any] = function.inputs
    for component, (name, description) in zip(inputs, described.items(), strict=True):
        _tell(component, name, description)
    (output,) = function.outputs
    _tell(output, "answer", returned, output=True)


def _tell(component: Any, label: str, description: str, *, output: bool = False) -> None:  # noqa: ANN401
    if not isinstance(component, Api):
        raise ValueError(f"{component} is no parameter of an endpoint")
    component.label = label
    key = "description" if output else "additional_description"
    component._api_info = {**component._api_info, key: description}
