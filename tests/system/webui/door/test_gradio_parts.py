"""What we use of Gradio that is no interface of its own: named here, so that an upgrade tells."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import gradio as gr
from gradio import component_meta, networking, processing_utils, queueing, routes

WEBUI = Path(__file__).resolve().parents[4] / "webui"
INSIDE = {"launching.py", "door/app.py", "door/gradio_inside.py", "api/endpoints.py"}
"""The modules that reach into Gradio; all others have `import gradio as gr`."""


def imports_of_gradio(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names if each.name.startswith("gradio")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gradio"):
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def test_these_modules_alone_reach_into_it() -> None:
    inside = {
        path.relative_to(WEBUI).as_posix()
        for path in WEBUI.rglob("*.py")
        if imports_of_gradio(path) - {"gradio"}
    }
    assert inside == INSIDE


def test_what_they_use_is_there() -> None:
    assert {"middleware", "default_response_class"} <= set(
        inspect.signature(routes.App.__init__).parameters
    ) | set(inspect.signature(routes.FastAPI.__init__).parameters)
    assert isinstance(routes.ORJSONResponse, type)
    for name in ("async_ssrf_protected_download", "async_ssrf_protected_get"):
        assert inspect.iscoroutinefunction(getattr(processing_utils, name))
    assert set(inspect.signature(networking.setup_tunnel).parameters) == {
        *("local_host", "local_port", "share_token"),
        *("share_server_address", "share_server_tls_certificate"),
    }
    assert "inspect.getfile" in inspect.getsource(component_meta.create_or_modify_pyi)
    looking = inspect.getsource(queueing.Queue)
    for name in ("sleep_when_free", "progress_update_sleep_when_free"):
        assert f"await asyncio.sleep(self.{name})" in looking


def test_what_makes_an_app_is_where_it_is_left_out() -> None:
    made = "self.app = App.create_app(self, mcp_server=False)"
    for method in (gr.Blocks.queue, gr.Blocks.__exit__):  # the only one that serves is made later
        assert made in inspect.getsource(method)
    assert "self.server_app = self.app = App.create_app(" in inspect.getsource(gr.Blocks.launch)


_QUICKLY = """
import ast
parsed = []
whole = ast.parse
ast.parse = lambda *a, **k: parsed.append(a) or whole(*a, **k)
from webui.launching import quick_import
with quick_import():
    import gradio as gr
print(len([a for a in parsed if "class" in str(a[0])]))
from gradio import routes
from webui.door.gradio_inside import laying_out
before = vars(routes.App)["create_app"]
with laying_out(), gr.Blocks() as page:
    gr.Textbox()
print(page.app, vars(routes.App)["create_app"] is before)
"""


def test_it_is_imported_without_parsing_a_component_and_laid_out_without_an_app() -> None:
    """In a process of its own, for a page of Gradio's leaves event loops open."""
    done = subprocess.run(
        [sys.executable, "-c", _QUICKLY], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "None", "True"]
