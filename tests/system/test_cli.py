"""The commands as users type them, with the real model, and in processes where that matters."""

import importlib
import io
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.keeping import own_embedder
from index.reports import Notify
from index.settings import IndexSettings
from rag import __main__ as rag_main
from rag.types import MAX_QUESTION_CHARS, Answer, ShortAnswer
from tests.support import model_server
from tests.support.waiting import PATIENCE
from tests.support.web import LOOPBACK, reply, serving

ROOT = Path(__file__).resolve().parents[2]
_MANY = 80
"""More documents than are embedded in a third of a second."""


@pytest.fixture
def folders(settings: IndexSettings) -> list[str]:
    """The options that name the scratch corpus and its index."""
    return ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]


@pytest.fixture
def process(folders: list[str]):
    """Return a function that runs a command on the scratch corpus, in a process of its own."""

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words, *folders]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    return call


@pytest.fixture
def run(
    folders: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    embedder: Embedder,
):
    """Return a function that does the same within the tests' process, which is quicker.

    The embedded model is loaded once for all of them.
    """

    def load(settings: IndexSettings, notify: Notify) -> Embedder:
        wanted = (settings.embedder, settings.backend)
        is_shared = wanted == (IndexSettings.embedder, IndexSettings.backend)
        return embedder if is_shared else load_embedder(settings, notify)

    monkeypatch.setattr(own_embedder, "load_embedder", load)

    def call(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        package, *rest = words
        try:
            code = importlib.import_module(f"{package}.__main__").main([*rest, *folders])
        except SystemExit as wrong_use:
            code = wrong_use.code
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return call


@pytest.fixture
def start(folders: list[str]):
    """Return a function that starts a command on the scratch corpus."""

    def call(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", *words, *folders],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    return call


def test_build_ask_add_remove(process, run, tmp_path: Path) -> None:
    missing = run("rag", "ask", "Who leads the observatory?")
    assert missing.returncode == 1
    assert "python -m index build" in missing.stderr
    assert "Traceback" not in missing.stderr

    built = process("index", "build")
    assert built.returncode == 0, built.stderr
    assert "3 added" in built.stderr

    asked = process("rag", "ask", "Who leads the observatory?", "--json")
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


def test_what_is_printed_says_how_sure_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("q", "en", "The documents say:\n\n“It opened in 1974.”[1]")
    short = ShortAnswer("1974", 1, 13, 17)
    said = "I did not find the answer in the documents."

    def printed(**changes: object) -> list[str]:
        rag_main._print_text(None, replace(answer, **changes))
        return [line for line in capsys.readouterr().out.splitlines() if line]

    assert printed() == ["The documents say:", "“It opened in 1974.”[1]"]
    assert printed(state="possible", short=short) == [
        "? Possible answer, please check it against the text.",
        "1974[1]",
        *printed(),
    ]
    assert printed(short=short, text=f"1974[1]\n\n{answer.text}") == ["1974[1]", *printed()]
    assert printed(state="not_found", text=said) == [f"∅ {said}"]


@pytest.mark.usefixtures("indexed")
def test_a_batch_gives_one_json_object_a_line(run) -> None:
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


@pytest.mark.usefixtures("indexed")
def test_asking_imports_neither_torch_nor_transformers(folders: list[str]) -> None:
    script = (
        "import sys, rag.__main__ as m; code = m.main(sys.argv[1:]);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'pydantic'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "ask", "Who leads the observatory?", *folders],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Amara Osei" in done.stdout
    assert done.stderr.strip().endswith("[]")


@pytest.mark.usefixtures("indexed")
def test_a_reader_that_hangs_up_is_no_error(folders: list[str]) -> None:
    command = " ".join([sys.executable, "-m", "index", "list", *folders])
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


@pytest.mark.parametrize("unit", ["港", "🎉a\u0301", "how long "])
def test_a_question_that_is_too_long_is_refused(run, unit: str) -> None:
    long = (unit * MAX_QUESTION_CHARS)[:MAX_QUESTION_CHARS] + "港"
    done = run("rag", "ask", long)
    assert done.returncode == 1
    assert "4,000 characters" in done.stderr, done.stderr[-300:]
    assert done.stdout == ""
    assert len(done.stderr) < 400

    turn = {"question": long, "answer": ""}
    for asked in ({"question": long}, {"question": "q", "history": [turn]}):
        lines = [json.dumps({"question": "q"}), json.dumps(asked)]
        done = run("rag", "ask", "--batch", "-", "--json", stdin="\n".join(lines))
        assert (done.returncode, done.stdout) == (1, "")
        assert "-, line 2: A question may have 4,000 characters" in done.stderr


def test_adding_what_is_in_the_corpus_already_copies_nothing(run, settings: IndexSettings) -> None:
    done = run("index", "add", str(settings.corpus_dir))
    assert done.returncode == 0, done.stderr
    assert "3 added" in done.stderr
    assert len(list(settings.corpus_dir.iterdir())) == 3


def test_a_page_is_added_by_its_address(run) -> None:
    with serving() as site:
        site.answers["/crane.html"] = reply("<title>Kranich</title><p>云梯桥由沈若谷设计。</p>")
        url = f"http://{LOOPBACK}:{site.port}/crane.html"
        refused = run("index", "add", url)
        assert refused.returncode == 1
        assert "--allow-private" in refused.stderr
        added = run("index", "add", "--allow-private", "--json", url)
    assert added.returncode == 0, added.stderr
    (report,) = map(json.loads, added.stdout.splitlines())
    assert (report["outcome"], report["doc_id"], report["encoding"]) == (
        *("added", "crane.html"),
        "UTF-8",
    )
    answer = json.loads(run("rag", "ask", "云梯桥是谁设计的？", "--json").stdout)
    assert answer["citations"][0]["doc_id"] == "crane.html"
    (row,) = (
        row
        for row in map(json.loads, run("index", "list", "--json").stdout.splitlines())
        if row["doc_id"] == "crane.html"
    )
    assert (row["metadata"]["title"], row["metadata"]["source"]) == ("Kranich", url)


def test_the_report_says_what_was_dropped_and_sums_up(run, tmp_path: Path) -> None:
    (tmp_path / "zh.txt").write_bytes("河湾镇的旧粮仓改成了图书馆。".encode("gb18030"))
    text = "Die Mühle mahlte bis 1958 Getreide. Am 3. Oktober 1987 wurde sie ein Museum. " * 4
    page = f"<nav>Menü, Anmelden, Impressum</nav><article><p>{text}</p></article>"
    (tmp_path / "page.html").write_text(page, "utf-8")
    dropped = "21 characters of menus, notices and the like were left out."
    (tmp_path / "empty.txt").write_text("")
    names = ("zh.txt", "page.html", "empty.txt")
    done = run("index", "add", *(str(tmp_path / name) for name in names))
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert any(re.match(r"added     zh.txt: GB18030, .* 14 characters, 1 chunk", x) for x in lines)
    assert f"    {dropped}" in lines
    assert any(line.startswith("refused   empty.txt: ") for line in lines)
    sums = r"\d+ characters, 2 chunks \(2 embedded\) in [\d.]+ s, [\d.]+ chunks/s\."
    assert re.fullmatch(f"Done: 2 added, 1 refused; {sums}", lines[-1])
    (tmp_path / "page.html").write_text(page.replace("1958", "1959"), "utf-8")
    again = run("index", "add", "--json", str(tmp_path / "page.html"))
    (report,) = map(json.loads, again.stdout.splitlines())
    assert report["outcome"] == "replaced"
    assert report["notes"] == [{"code": "boilerplate", "detail": "21", "message": dropped}]


@pytest.mark.usefixtures("indexed")
def test_what_a_document_says_of_itself_is_edited(run) -> None:
    done = run("index", "edit", "harbour.md", "--title", "港口年报", "--date", "2032-01-05")
    assert done.returncode == 0, done.stderr
    assert "(1 embedded)" in done.stderr  # a passage is read behind its document's title
    (row,) = (
        row["metadata"]
        for row in map(json.loads, run("index", "list", "--json").stdout.splitlines())
        if row["doc_id"] == "harbour.md"
    )
    assert (row["title"], row["date"]) == ("港口年报", "2032-01-05")
    assert run("index", "edit", "none.md", "--title", "x").returncode == 1
    wrong = run("index", "edit", "harbour.md", "--date", "gestern")
    assert (wrong.returncode, "2020-10-14" in wrong.stderr) == (1, True)


@pytest.mark.slow
def test_two_processes_that_add_at_once_both_succeed(start, run, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("甲", "乙")]
    for folder in folders:
        folder.mkdir()
        for n in range(6):
            (folder / f"{n}.txt").write_text(f"{folder.name}组第{n}份笔记：沈若谷造桥。", "utf-8")
    running = [start("index", "add", str(folder)) for folder in folders]  # there is no index yet
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
        assert "6 added" in said.splitlines()[-1]
    listed = [json.loads(line) for line in run("index", "list", "--json").stdout.splitlines()]
    added = [row["doc_id"] for row in listed if row["doc_id"].endswith(".txt")]
    assert {f"{folder.name}/{n}.txt" for folder in folders for n in range(6)} <= set(added)
    info = json.loads(run("index", "info", "--json").stdout)
    assert (info["documents"], info["new"], info["gone"]) == (3 + 12, [], [])


@pytest.mark.slow
def test_what_an_interruption_leaves_out_is_brought_in(start, run, tmp_path: Path) -> None:
    assert run("index", "update").returncode == 0
    (tmp_path / "notes").mkdir()
    for n in range(_MANY):
        text = f"第{n}份笔记。" + "".join(f"桥{n}的第{k}根柱子高{k * n}米。" for k in range(20))
        (tmp_path / "notes" / f"{n}.txt").write_text(text, "utf-8")
    process = start("index", "add", str(tmp_path / "notes"))
    corpus_dir = tmp_path / "corpus" / "notes"
    while len(list(corpus_dir.glob("*.txt"))) < _MANY:
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "the same command" in said
    assert "Traceback" not in said
    done = run("index", "update")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Done: \d+ added", done.stderr)
    assert json.loads(run("index", "info", "--json").stdout)["documents"] == 3 + _MANY


@pytest.mark.usefixtures("indexed")
def test_what_a_model_could_not_show_is_marked_and_a_failure_is_said(run) -> None:
    def write(messages):
        yield "Dr. Amara Osei leads the Larkspur observatory [1]. It has 9 domes [1]."

    ask = ("rag", "ask", "Who leads the Larkspur observatory?", "--generator", "openai")
    with model_server.serving(write) as server:
        model = ("--model", "good", "--base-url", server.url)
        written = run(*ask, *model).stdout
        assert "observatory[1]. It has 9 domes[1]." in written
        assert "? Not supported by the documents:\n    It has 9 domes[1]." in written
        assert "Osei leads" not in written.partition("? Not supported")[2]
        failed = run(*ask, "--model", "missing", *model[2:]).stdout
        assert "! The language model did not finish" in failed
        assert "does not know the model missing" in failed


@pytest.mark.slow
@pytest.mark.usefixtures("indexed")
def test_ctrl_c_ends_an_answer_that_a_server_does_not_begin(start) -> None:
    question = "Who leads the Larkspur observatory?"
    with model_server.serving() as server:
        model = ("--generator", "openai", "--model", "silent", "--base-url", server.url)
        process = start("rag", "ask", question, *model)
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        assert server.hung_up.wait(PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in said
