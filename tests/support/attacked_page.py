"""The page as `ui.py` serves it, on a network where the name of a stranger leads to this computer.

Gradio fetches from public hosts only, and no test has one. The routes of the running app are
written into the folder of the index. Run from the repository root, with the options of `ui.py`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ui
from webui.launching import quick_import

STRANGER = "stranger.example"
ROUTES_FILE = "routes.json"


def main() -> int:
    """Serve until interrupted."""
    with quick_import():
        import safehttpx
        from gradio import routes

    async def address(hostname: str) -> str:
        if hostname == STRANGER:
            return "127.0.0.1"
        raise ValueError(hostname)

    safehttpx.async_validate_url = address
    made = routes.App.create_app

    def recorded(*args: Any, **kwargs: Any) -> routes.App:
        app = made(*args, **kwargs)
        folder = Path(sys.argv[sys.argv.index("--index-dir") + 1])
        (folder / ROUTES_FILE).write_text(json.dumps(list(walk(app.routes))), "utf-8")
        return app

    routes.App.create_app = staticmethod(recorded)
    return ui.main()


def walk(routes: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route, those of routers within included."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from walk(route.original_router.routes)
        elif route.methods is None:
            raise AssertionError(f"{route} has routes of its own: walk into it")
        else:
            for method in route.methods:
                yield method, route.path


if __name__ == "__main__":
    sys.exit(main())
