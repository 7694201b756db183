"""The commands as users type them, in processes of their own, with the real model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.settings import IndexSettings

ROOT = Path(__file__).parent.parent


@pytest.fixture
def run(settings: IndexSettings):
    """Return a function that runs a command on the scratch corpus."""
    folders = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]

    def call(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words, *folders],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )

    return call


def test_build_ask_add_remove(run, tmp_path: Path) -> None:
    missing = run("rag", "ask", "Who leads the observatory?")
    assert missing.returncode == 1
    assert "python -m index build" in missing.stderr
    assert "Traceback" not in missing.stderr

    built = run("index", "build")
    assert built.returncode == 0, built.stderr
    assert "3 added" in built.stderr

    asked = run("rag", "ask", "Who leads the observatory?", "--json")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert any("Amara Osei" in citation["quote"] for citation in answer["citations"])

    note = tmp_path / "便笺.txt"
    note.write_text("云梯桥由工程师沈若谷设计。", "utf-8")
    added = run("index", "add", str(note), str(tmp_path / "none.txt"))
    assert added.returncode == 1
    assert "added     便笺.txt" in added.stderr
    assert "Cannot read" in added.stderr
    assert "沈若谷" in run("rag", "ask", "云梯桥是谁设计的？").stdout

    listed = [json.loads(line) for line in run("index", "list", "--json").stdout.splitlines()]
    assert [row["doc_id"] for row in listed] == [
        *("harbour.md", "muehle.txt", "observatory.txt", "便笺.txt")
    ]
    assert run("index", "remove", "便笺.txt").returncode == 0
    gone = run("index", "remove", "便笺.txt")
    assert gone.returncode == 1
    assert "index list" in gone.stderr
    assert "沈若谷" not in run("rag", "ask", "云梯桥是谁设计的？").stdout
    info = json.loads(run("index", "info", "--json").stdout)
    assert (info["documents"], info["new"], info["gone"]) == (3, [], [])


def test_a_batch_gives_one_json_object_a_line(run) -> None:
    assert run("index", "update").returncode == 0
    lines = [
        '{"id": "a", "question": "三号码头哪一年启用？"}',
        "",
        '{"id": "b", "question": "Who leads it?", "history": [{"question": "q", "answer": "a"}]}',
        '{"id": "c", "question": "三号码头哪一年启用？", "lang": "de"}',
    ]
    done = run("rag", "ask", "--batch", "-", "--json", stdin="\n".join(lines))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert answers[2]["language"] == "de"
    broken = run("rag", "ask", "--batch", "-", "--json", stdin='{"id": 1}\n')
    assert broken.returncode == 1
    assert "line 1" in broken.stderr


def test_only_documents_in_the_scope_are_asked(run, settings: IndexSettings) -> None:
    folder = settings.corpus_dir / "历年"
    folder.mkdir()
    for year, cranes in ((2029, 31), (2030, 44)):
        file = folder / f"{year}.txt"
        file.write_text(f"青石港共有{cranes}台岸桥起重机。", "utf-8")
        sidecar = file.with_name(f"{file.name}.meta.json")
        sidecar.write_text(json.dumps({"date": f"{year}-12"}), "utf-8")
    assert run("index", "update").returncode == 0
    question = "青石港有多少台岸桥起重机？"

    def asked(*words: str) -> set[str]:
        done = run("rag", "ask", question, "--json", *words)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        return {passage["doc_id"] for passage in answer["passages"]}

    assert len(asked()) == 5
    assert asked("--in", "历年") == {"历年/2029.txt", "历年/2030.txt"}
    assert asked("--in", "历年", "--since", "2030") == {"历年/2030.txt"}
    assert asked("--in", "历年/*29*", "--in", "harbour.md") == {"历年/2029.txt", "harbour.md"}
    assert asked("--until", "2029-12-24") == {"历年/2029.txt"}
    assert asked("--since", "2031") == set()

    line = json.dumps({"id": "1", "question": question}, ensure_ascii=False)
    batch = ["rag", "ask", "--batch", "-", "--json", "--until", "2029"]
    (answer,) = map(json.loads, run(*batch, stdin=f"{line}\n").stdout.splitlines())
    assert {passage["doc_id"] for passage in answer["passages"]} == {"历年/2029.txt"}

    for words, said in (
        (["--in", "历史"], "index list"),
        (["--since", "yesterday"], "2020-10-14"),
        (["--since", "2030", "--until", "2029"], "Exchange"),
    ):
        refused = run("rag", "ask", question, *words)
        assert refused.returncode == 1
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rag", "ask"], 2, "QUESTION or --batch"),
        (["rag", "ask", "q", "--lang", "xx"], 2, "invalid choice"),
        (["rag", "ask", "--batch", "/nowhere.jsonl"], 1, "Cannot read"),
        (["index", "add"], 2, "PATH"),
        (["index", "update", "--backend", "abacus"], 1, "openvino, torch"),
        (["index", "update", "--embedder", "/no/such/folder"], 1, "neither a folder nor"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(run, words: list[str], code: int, said: str) -> None:
    done = run(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_asking_imports_neither_torch_nor_transformers(run) -> None:
    assert run("index", "update").returncode == 0
    script = (
        "import sys, rag.__main__ as m; code = m.main(sys.argv[1:]);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio'} & set(sys.modules);"
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    (_, _, _, *folders) = run("index", "info").args
    done = subprocess.run(
        [sys.executable, "-c", script, "ask", "Who leads the observatory?", *folders[1:]],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Amara Osei" in done.stdout
    assert done.stderr.strip().endswith("[]")


def test_a_reader_that_hangs_up_is_no_error(run) -> None:
    assert run("index", "update").returncode == 0
    (_, _, _, *rest) = run("index", "list").args
    command = " ".join([sys.executable, "-m", "index", *rest])
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "question": null}',
        '{"id": 1, "question": "q", "lang": "xx"}',
        '{"id": 1, "question": "q", "lang": ["zh"]}',
        '{"id": 1, "question": "\\ud800"}',
        '{"id": 1, "question": "q", "history": [{}]}',
        "[" * 100_000,
        "not json",
    ],
)
def test_a_bad_line_is_named(run, line: str) -> None:
    done = run("rag", "ask", "--batch", "-", "--json", stdin=line)
    assert done.returncode == 1
    assert "-, line 1: expected" in done.stderr
    assert "Traceback" not in done.stderr


def test_adding_what_is_in_the_corpus_already_copies_nothing(run, settings: IndexSettings) -> None:
    done = run("index", "add", str(settings.corpus_dir))
    assert done.returncode == 0, done.stderr
    assert "3 added" in done.stderr
    assert len(list(settings.corpus_dir.iterdir())) == 3
