"""Serving the page: everything that Gradio would send, ask or rewrite by itself is off."""

import gc
import inspect
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.errors import ChatbotError
from webui.door.accounts import Accounts
from webui.door.hosts import Hosts
from webui.door.uploads import Uploads
from webui.user_store import UserStore

if TYPE_CHECKING:
    import gradio as gr

    from index.keeping.library import Library
    from webui.api.programs import Programs

MAX_UPLOAD = "64mb"
TABS = 100
"""How many tabs the server remembers, those used last: Gradio keeps .4 MB of each. Conversations
and what was typed are in the browser, so that a tab which was forgotten goes on as before."""

LOOK_SECONDS = 0.02
"""How often Gradio looks for an event to run. By itself it does a thousand times a second, and for
progress a hundred times, which takes a server that nobody uses 4 % of a core, and 1 % so."""


_NOT_NEEDED = ("mcp", "httpx._main")
"""What Gradio and httpx import where it is installed and do without where it is not: of the first a
command that adds tools to other programs, of the second its command line, which draws in colour."""


@contextmanager
def starting() -> Iterator[None]:
    """Within it, nobody looks for garbage, of which a start makes next to none.

    What is there at the end stays for good, and is not looked through again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def quick_import() -> Iterator[None]:
    """Within it, `import gradio` takes a third as long and reports to nobody.

    For every component class gradio parses its own source and rewrites a stub file (`.pyi`), at
    every start: half of its import time. It leaves out classes whose file cannot be found. Other
    modules, which another thread may be importing at the same time, find theirs.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Gradio would keep 10,000 events and make a table of them after each, which nobody sees.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
    find_file = inspect.getfile

    def find_but_gradios(thing: Any) -> str:  # noqa: ANN401 (as in the standard library)
        if getattr(thing, "__module__", "").startswith("gradio"):
            raise OSError
        return find_file(thing)

    inspect.getfile = find_but_gradios  # type: ignore[assignment]
    absent = [name for name in _NOT_NEEDED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: not installed
    try:
        yield
    finally:
        inspect.getfile = find_file
        for name in absent:
            del sys.modules[name]


def launch(
    page: "gr.Blocks",
    *,
    host: str,
    port: int,
    uploads: Uploads,
    library: "Library",
    programs: "Programs",
    names: Sequence[str] = (),
    accounts: Accounts | None = None,
    store: UserStore | None = None,
    share: bool = False,
    root_path: str | None = None,
) -> str:
    """Serve the page in the background, and what `programs` are served, and return its address.

    `root_path`: where a proxy serves it under a path of its own.

    The files of the `library` are served beside it. `names` are those of other hosts under which it
    is served (see `webui.door.hosts`). `accounts` says who may log in; None lets everybody in. What
    they keep is in the `store`. Raises ChatbotError when the address cannot be had.
    """
    from webui.door.app import App, fetch_nothing
    from webui.page import theme

    fetch_nothing()
    hosts = Hosts(served=host, named=names)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            share=False,  # see `_public_address`
            theme=theme(),
            _app=App(
                hosts,
                uploads,
                accounts,
                library,
                store=store,
                root_path=root_path,
                served=programs.routes,
                with_tools=programs.running is not None,
            ),
            app_kwargs={"lifespan": programs.running},
            root_path=root_path,
            favicon_path=Path(__file__).with_name("favicon.png"),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            state_session_capacity=TABS,
            ssl_verify=False,  # of its own look at this address, which is http
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            max_file_size=MAX_UPLOAD,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise _unavailable(host, port) from error
    page._queue.sleep_when_free = LOOK_SECONDS
    page._queue.progress_update_sleep_when_free = 5 * LOOK_SECONDS
    if not share:
        return str(address)
    public = _public_address(page)
    hosts.add(str(urlsplit(public).hostname))
    return public


def check_address(host: str, port: int) -> None:
    """Raise ChatbotError when the address cannot be had, before all the work of serving there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise _unavailable(host, port) from error


def _unavailable(host: str, port: int) -> ChatbotError:
    return ChatbotError(
        f"Cannot serve on {host}:{port}: it is in use, or not an address of this machine. "
        f"Choose another port: python ui.py --port {port + 1}"
    )


def _public_address(page: "gr.Blocks") -> str:
    """Return the address of a tunnel to the page, by Gradio's own service.

    `launch(share=True)` would open the same tunnel, but serve a page whose script comes from
    another host. Ours asks no host but its own.
    """
    import httpx
    from gradio import networking

    try:
        address = networking.setup_tunnel(
            local_host=page.server_name,
            local_port=page.server_port,
            share_token=page.share_token,
            share_server_address=None,
            share_server_tls_certificate=None,
        )
    except (RuntimeError, OSError, ValueError, httpx.HTTPError) as error:
        raise ChatbotError(f"No public link could be made: {error}. Leave out --share.") from error
    return address.replace("http://", "https://", 1)
