"""What the components of all tabs have in common."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {
    "show_progress": "hidden",  # the page shows its own
    "api_visibility": "private",
    "concurrency_limit": 16,
}
"""What all events of the page have in common."""

AT_ONCE: dict[str, Any] = {"queue": False, **QUIET}
"""The same for events that do not wait in line behind others."""


def html(
    value: object,
    js_on_load: str = "",
    *,
    template: str = "${value}",
    server_functions: Sequence[Callable[..., Any]] = (),
) -> gr.HTML:
    """Return a component that holds our own HTML and reports presses of its buttons.

    Its script can call the `server_functions`. A `template` without a value in it stays as it is
    while the script draws what the value says.
    """
    return gr.HTML(
        value,
        html_template=template,
        js_on_load=js_on_load,
        apply_default_css=False,
        show_label=False,
        server_functions=list(server_functions),
    )
