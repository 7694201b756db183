"""What we rely on inside of Gradio (`webui/door/gradio_inside.py`): that it still is as it was."""

import inspect
from pathlib import Path

import gradio as gr
import pytest
from gradio import queueing, route_utils, routes
from gradio.components.api_component import Api

import eval.settings
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.settings import RagSettings
from webui.ask.answering import Answering
from webui.door.gradio_inside import GuardedBlocks, is_for_editors
from webui.door.uploads import Uploads
from webui.page import build_page

# Written by hand: what only editors may do. A new event has to be put here, or below.
FOR_EDITORS = {
    *("_judge", "_add_files", "_add_typed", "_stop_adding", "_edit", "_save", "_remove"),
    *("_begin", "_run_set", "_stop_run", "_compare_runs", "_choose_set", "_sets", "_runs"),
}
FOR_READERS = {
    *("_ask", "_ask_example", "_retry", "_stop_answer", "_show_evidence", "_suggest", "_rename"),
    *("_show", "_follow", "_list", "_restore", "_take_over", "_tell", "_choices", "_fill"),
    *("_search_for", "_sort", "_turn", "_ask_for", "_choose", "<lambda>"),
    *("ask", "search", "documents"),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> GuardedBlocks:
    folder = tmp_path_factory.mktemp("inside")
    settings = IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built")
    library = Library(settings)
    uploads = Uploads(folder / "uploads")
    built = build_page(
        library,
        Answering(library, RagSettings()),
        "x" * 43,
        evaluation=eval.settings.EvaluationSettings(Path("eval")),
        uploads=uploads,
    )
    uploads.close()
    assert isinstance(built, GuardedBlocks)
    return built


def test_every_event_is_for_editors_or_for_everybody(page: GuardedBlocks) -> None:
    names = {True: set(), False: set()}
    for function in page.fns.values():
        if function.fn is not None:
            names[is_for_editors(function.fn)].add(function.fn.__name__)
    assert names[True] == FOR_EDITORS
    assert names[False] <= FOR_READERS


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
