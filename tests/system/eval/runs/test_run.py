"""Runs: what is judged, what is kept when they stop, and what is not done twice."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.errors import EvaluationError
from eval.judging.summary import MEASURES, summarise
from eval.questions.sets import read_set
from eval.runs.compare import compare
from eval.runs.results import Journal, Run, default_path, read_run, write_run
from eval.runs.run import evaluate, prepare, scratch_library
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.load import load_assistant
from rag.reader.load import load_reader
from rag.settings import RagSettings
from rag.types import Sentence

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def cache(tmp_path, embedder, monkeypatch):
    """A cache of our own in which the embedded model and the reader are ready."""
    ready = IndexSettings().cache_dir
    load_reader(RagSettings(), ready, embedder)
    folder = tmp_path / "cache"
    folder.mkdir()
    for made in (*ready.glob("multilingual-*"), *ready.glob("reader-*")):
        (folder / made.name).symlink_to(made)
    monkeypatch.setenv("WENZHENG_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def scratch(cache, tmp_path, counting):
    """Index a set with the counting embedder under a cache of its own."""
    settings = IndexSettings(cache_dir=cache, corpus_dir=tmp_path / "none")
    opened = []

    def index(folder):
        found = read_set(str(folder), corpus_dir=tmp_path)
        opened.append(scratch_library(found, settings, embedder=counting))
        return found, opened[-1]

    yield index
    for library in opened:
        library.close()


def untimed(records):
    return [dataclasses.replace(record, seconds=0.0) for record in records]


def test_each_case_is_asked_as_a_user_would_ask_it(scratch, small_set):
    found, library = scratch(small_set(copies=6))  # more than one batch, follow-ups among them
    assistant = load_assistant(library, RagSettings(top_k=10))
    records = list(evaluate(assistant, found.cases))
    assert [record.id for record in records] == [case.id for case in found.cases]
    for case, record in islice(zip(found.cases, records, strict=True), 4):
        answer = assistant.ask(case.question, case.history)
        assert (record.answer, record.declined) == (answer.text, answer.declined)
        assert [c.quote for c in record.citations] == [c.quote for c in answer.citations]
        for quotes, ranks in zip(case.gold, record.ranks, strict=True):
            held = [
                rank
                for rank, passage in enumerate(answer.passages, 1)
                if quotes[0].text in passage.chunk.text
            ]
            assert ranks == (held[0],)


def test_documents_are_indexed_once(scratch, small_set, counting):
    folder = small_set()
    _, library = scratch(folder)
    assert {document.doc_id for document in library.documents()} == {
        path.name for path in (folder / "documents").iterdir()
    }
    embedded = len(counting.embedded)
    _, again = scratch(folder)
    assert len(counting.embedded) == embedded
    assert again.settings.corpus_dir == library.settings.corpus_dir
    (folder / "documents" / "neu.txt").write_text("Ein neuer Text über die Mühle.", "utf-8")
    _, other = scratch(folder)
    assert other.settings.corpus_dir != library.settings.corpus_dir
    assert len(library.documents()) == len(other.documents()) - 1


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on(scratch, small_set, tmp_path):
    found, library = scratch(small_set(copies=4))
    assistant = load_assistant(library, RagSettings())
    whole = list(evaluate(assistant, found.cases))
    out = tmp_path / "out.json"
    with Journal(out, {"set": "问", "n": 1}, resume=False) as journal:
        for record in islice(evaluate(assistant, found.cases), 7):
            journal.append(record)
    torn = tmp_path / "out.partial.jsonl"
    torn.write_text(torn.read_text("utf-8") + '{"id": "0-', "utf-8")  # killed while writing
    with Journal(out, {"set": "问", "n": 1}, resume=True) as journal:
        assert untimed(journal.records) == untimed(whole[:7])
        for record in evaluate(assistant, found.cases[7:]):
            journal.append(record)
    assert untimed(journal.records) == untimed(whole)
    with pytest.raises(EvaluationError, match="leave --resume out"):
        Journal(out, {"set": "问", "n": 2}, resume=True)
    with Journal(out, {"set": "问", "n": 2}, resume=False) as journal:
        assert journal.records == []
    journal.remove()
    assert not torn.exists()


@pytest.mark.slow
def test_a_run_is_read_as_it_was_written(scratch, small_set, tmp_path):
    found, library = scratch(small_set())
    first, *others = evaluate(load_assistant(library, RagSettings()), found.cases)
    sentences = (
        Sentence("三号码头🚢。", (1, 2), supported=True),
        Sentence("…", (), supported=False),
    )
    records = (dataclasses.replace(first, sentences=sentences), *others)
    run = Run({"set": "小"}, "2031-01-01T00:00:00+00:00", {"index": 0.5, "answers": 1.0}, records)
    path = tmp_path / "results" / "run.json"
    write_run(run, summarise(records), path)
    assert read_run(path) == run
    value = json.loads(path.read_text("utf-8"))
    assert value["totals"]["meta"]["cases"] == 1
    assert value["totals"]["all"]["recall@1"]["cases"] == 4
    assert set(value["totals"]["language"]) == {"zh", "ja", "de", "ar", "en"}


def test_a_run_of_before_there_were_sentences_and_states(make_run, tmp_path):
    run = make_run({"甲": True, "乙": False})
    answered, other = run.records
    records = (answered, dataclasses.replace(other, declined=True, state="not_found"))
    run = dataclasses.replace(run, records=records)
    path = tmp_path / "old.json"
    write_run(run, summarise(run.records), path)
    value = json.loads(path.read_text("utf-8"))
    for case in value["cases"]:
        del case["sentences"], case["state"]
    path.write_text(json.dumps(value), "utf-8")
    assert read_run(path) == run


def test_a_run_counts_how_sure_its_answers_are(make_run, tmp_path):
    run = make_run({"甲": True, "乙": False, "丙": True})
    first, second, third = run.records
    records = (
        first,
        dataclasses.replace(second, state="possible"),
        dataclasses.replace(third, kind="meta"),  # no question to the documents
    )
    path = tmp_path / "run.json"
    write_run(run, summarise(records), path)
    states = json.loads(path.read_text("utf-8"))["totals"]["states"]
    assert states == {"answered": 1, "possible": 1, "not_found": 0}


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 1}', '{"format": 0}'])
def test_a_file_that_is_no_run(tmp_path, content):
    (tmp_path / "x.json").write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=r"Make (one|it anew)"):
        read_run(tmp_path / "x.json")


def test_the_same_run_has_the_same_file():
    fingerprint = {"set": "x", "split": "all", "code": "1"}
    assert default_path(fingerprint) == default_path(dict(reversed(fingerprint.items())))
    assert default_path(fingerprint) != default_path({**fingerprint, "code": "2"})


def test_the_half_that_is_reported(small_set, tmp_path):
    assert read_set(str(small_set()), corpus_dir=tmp_path).default_split == "all"
    futian = read_set("futian", corpus_dir=IndexSettings().corpus_dir)
    assert futian.default_split == "test"


@pytest.mark.slow
def test_a_live_corpus(cache, small_set, tmp_path):
    """What the corpus does not hold is left out; what cannot be answered is asked."""
    corpus_dir = tmp_path / "mine"
    corpus_dir.mkdir()
    text = (small_set() / "documents" / "port.md").read_text("utf-8")
    (corpus_dir / "port.md").write_text(text + "\n后来添的一段。\n", "utf-8")
    settings = IndexSettings(cache_dir=cache, corpus_dir=corpus_dir, index_dir=tmp_path / "built")
    library = Library(settings)
    library.update()
    library.close()
    found = read_set(str(tmp_path / "small"), corpus_dir=corpus_dir)
    task = prepare(found, settings, RagSettings(), split="all", live=True)
    assert [case.id for case in task.cases] == ["0-0", "0-1", "0-4", "0-5"]
    assert task.left_out == 2
    records = list(evaluate(task.assistant, task.cases))
    assert records[0].measures["recall@1"] == 1
    task.library.close()


def test_the_command_line(cache, small_set, tmp_path, capsys):
    out = tmp_path / "run.json"
    command = ["run", str(small_set()), "--json", str(out)]
    assert main([*command, "--retriever", "dense", "--generator", "extractive"]) == 0
    run = read_run(out)
    assert [record.id for record in run.records] == [f"0-{i}" for i in range(6)]
    assert run.fingerprint["answering"]["retriever"] == "dense"
    printed = capsys.readouterr()
    assert f"cases   {MEASURES['recall@1'].says}" in printed.out
    assert str(out) in printed.err
    assert not out.with_suffix(".partial.jsonl").exists()


@pytest.mark.slow
def test_a_sample(cache, small_set, tmp_path):
    folder = small_set(copies=4)
    out = {size: tmp_path / f"{size}.json" for size in (5, 9)}
    for size, path in out.items():
        assert main(["run", str(folder), "--json", str(path), "--sample", str(size)]) == 0
    small, large = (read_run(path) for path in out.values())
    asked = [record.id for record in large.records]
    assert [record.id for record in small.records] == asked[:5]
    assert len({name.partition("-")[0] for name in asked}) > 2  # from all over the set
    assert (small.fingerprint["sample"], large.fingerprint["sample"]) == (5, 9)
    found = compare(small, large)
    assert (found.only_before, found.only_after) == (0, 4)
    with pytest.raises(SystemExit) as stop:
        main(["run", str(folder), "--sample", "0"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["run", "nowhere"], "futian"),
        (["run", "futian", "--retriever", "psychic"], "dense"),
        (["run", "futian", "--generator", "psychic"], "extractive"),
        (["import", "squad", "nowhere.json", "--name", "x"], "Cannot read nowhere.json"),
        (["compare", "a.json", "b.json"], "Cannot read a.json"),
    ],
)
def test_what_cannot_be_done_is_said(command, said, capsys):
    assert main(command) == 1
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done(cache, small_set, tmp_path):
    out = tmp_path / "run.json"
    kept = tmp_path / "run.partial.jsonl"
    command = [sys.executable, "-m", "eval", "run", str(small_set(copies=40)), "--json", str(out)]
    environment = {**os.environ, "WENZHENG_CACHE_DIR": str(cache)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
        while not kept.exists() or kept.read_text("utf-8").count("\n") < 2:
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
    assert process.returncode == 130, said
    assert "--resume" in said
    first = kept.read_text("utf-8").split("\n")[1:-1]
    assert 1 <= len(first) < 240
    subprocess.run([*command, "--resume"], cwd=ROOT, env=environment, check=True)
    records = json.loads(out.read_text("utf-8"))["cases"]
    assert records[: len(first)] == [json.loads(line) for line in first]
    assert [record["id"] for record in records] == [f"{i}-{j}" for i in range(40) for j in range(6)]
