"""Gradio's app with our layers: the edge outermost, then the door, the shell innermost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import gradio as gr
from gradio import processing_utils, routes
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from index.keeping.library import Library
from webui.door.accounts import Accounts
from webui.door.edge import Edge
from webui.door.hosts import Hosts
from webui.door.kept import Kept
from webui.door.logins import Logins
from webui.door.originals import Originals
from webui.door.routes import LOGIN_ROUTES, MCP_ROUTES, OWN_ROUTES, ROUTES
from webui.door.shell import Shell, scripts_in
from webui.door.uploads import Uploads
from webui.user_store import UserStore


class App(routes.App):
    """What `Blocks.launch` serves, in the place of an app of its own making.

    Gradio puts its middleware, which trusts all pages of this computer, around any that it is
    given. Ours has to be around that.
    """

    def __init__(
        self,
        hosts: Hosts,
        uploads: Uploads,
        accounts: Accounts | None,
        library: Library,
        *,
        store: UserStore | None = None,
        root_path: str | None = None,
        served: Sequence[BaseRoute] = (),
        with_tools: bool = False,
    ) -> None:
        """Take what the edge goes by, and who may log in; None lets everybody in.

        What they keep is in the `store`. `served` is what is answered beside the page, `with_tools`
        whether tools are among it, `root_path` where a proxy serves it.
        """
        door = (
            [] if accounts is None else [Middleware(Logins, accounts=accounts, root_path=root_path)]
        )
        template = Path(gr.__file__).parent / "templates" / "frontend" / "index.html"
        scripts = scripts_in(template.read_bytes())
        super().__init__(
            routes=[*served, *([] if store is None else Kept(store).routes)],
            middleware=[
                *door,
                Middleware(Originals, library=library),
                Middleware(Shell, scripts=scripts),
            ],
            default_response_class=routes.ORJSONResponse,
        )
        self._hosts = hosts
        self._uploads = uploads
        self._routes = (
            *ROUTES,
            *OWN_ROUTES,
            *(MCP_ROUTES if with_tools else ()),
            *(() if accounts is None else LOGIN_ROUTES),
        )

    def build_middleware_stack(self) -> ASGIApp:
        """Return all layers, the edge around everything."""
        return Edge(
            super().build_middleware_stack(),
            hosts=self._hosts,
            uploads=self._uploads,
            routes=self._routes,
        )


def fetch_nothing() -> None:
    """Have Gradio fetch no address, which it does for every file that is given as one.

    Documents come from the web through `index.web.fetching` alone.
    """

    async def refuse(*_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 (whatever it is called with)
        raise gr.Error("Files are uploaded, not named by their address.", print_exception=False)

    processing_utils.async_ssrf_protected_download = refuse
    processing_utils.async_ssrf_protected_get = refuse
