"""What a start leaves out, and what comes when it is needed."""

import json
import subprocess
import sys

from tests.support.serving import ROOT

_IMPORTING = """
import json, sys
sys.path.insert(0, ".")
import ui
from webui.launching import quick_import
with quick_import():
    from webui.api.programs import for_programs
    from webui.page import build_page
names = ("rag.assistant", "rag.finding", "rag.writing", "rag.reader", "eval.runs.run", "openvino")
names += ("faiss", "torch", "docx", "mcp", "httpx._main", "pypdfium2")
early = [name for name in names if name in sys.modules]
import mcp.server, httpx._main, rag.load, webui.api.tools
print(json.dumps(early))
"""


def test_the_page_is_imported_without_what_answers_and_this_comes_later() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORTING], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == []
