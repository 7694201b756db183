"""What we rely on inside of Gradio (`webui/door/gradio_inside.py`): that it still is as it was."""

import inspect
import json
import subprocess
import sys

import gradio as gr
from gradio import queueing, route_utils, routes
from gradio.components.api_component import Api

from tests.support.serving import ROOT

# Written by hand: what only editors may do. A new event has to be put here, or below.
FOR_EDITORS = {
    *("_judge", "_add_files", "_add_typed", "_stop_adding", "_edit", "_save", "_remove", "_undo"),
    *("_add", "_stop"),  # at the question box
    *("_begin", "_run_set", "_stop_run", "_compare_runs", "_choose_set", "_sets", "_runs"),
    *("_open_run",),
}
FOR_READERS = {
    *("_ask", "_ask_example", "_reask", "_retry", "_stop_answer", "_suggest", "_offer", "show"),
    *("_show", "_follow", "_list", "_restore", "_rename", "_export", "<lambda>"),
    *("_draw", "_remark"),  # in the notebook, which is the reader's own
    *("_fill", "_choices", "_tell", "_ask_for", "_choose", "_take"),
    *("_search_for", "_sort", "_turn", "at_a_glance", "_glance"),
    *("ask", "search", "documents"),
}


def test_every_event_is_for_editors_or_for_everybody() -> None:
    listing = [sys.executable, "tests/support/page_events.py"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    events = json.loads(listed.stdout)
    assert set(events["editors"]) == FOR_EDITORS
    assert set(events["others"]) == FOR_READERS


def test_every_event_runs_through_process_api_with_its_request() -> None:
    assert "request=gr_request" in inspect.getsource(route_utils.call_process_api)
    assert ".process_api(" in inspect.getsource(route_utils.call_process_api)
    for module in (queueing, routes):
        source = inspect.getsource(module)
        assert "call_process_api(" in source
        assert ".process_api(" not in source.replace("call_process_api(", "")
    assert list(inspect.signature(gr.Blocks.process_api).parameters)[:2] == ["self", "block_fn"]


def test_an_endpoint_keeps_what_is_told_of_its_parameters() -> None:
    component = Api("x", {"type": "string"}, "1st")
    component._api_info = {"type": "string", "additional_description": "what is asked"}
    assert component.api_info() == component._api_info
