"""A run that is written when all of it is there, and goes on where it was stopped."""

from dataclasses import replace

import pytest

from eval.questions.sets import read_set
from eval.runs.recording import record
from eval.runs.results import read_run
from eval.runs.run import Task, scratch_library
from rag.load import load_assistant
from rag.settings import RagSettings


@pytest.mark.slow
def test_a_stopped_run_is_kept_and_goes_on(small_set, settings, counting, tmp_path):
    found = read_set(str(small_set(copies=2)), corpus_dir=settings.corpus_dir)
    settings = replace(settings, cache_dir=tmp_path / "cache")
    library = scratch_library(found, settings, embedder=counting)
    assistant = load_assistant(library, RagSettings())
    task = Task(
        library,
        assistant,
        found.cases,
        {"set": "小"},
        left_out=0,
        index_seconds=0.5,
        generator="extractive",
    )
    out, heard = tmp_path / "run.json", []

    def go_on(until):
        return record(
            task,
            out,
            resume=True,
            progress=heard.append,
            stopped=lambda: until is not None and heard[-1] >= until,
        )

    assert [each.id for each in go_on(5).records] == [case.id for case in found.cases[:5]]
    assert not out.exists()
    assert heard == [0, 1, 2, 3, 4, 5]
    assert len(go_on(5).records) == 5  # stopped before it began
    heard.clear()
    whole = go_on(None)
    assert heard == list(range(5, 13))
    assert [each.id for each in whole.records] == [case.id for case in found.cases]
    assert read_run(out).records == whole.records
    assert not out.with_suffix(".partial.jsonl").exists()
    library.close()
