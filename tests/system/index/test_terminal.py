"""What others wrote never acts on a terminal, nor breaks out of a command that is to be typed."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from index.console import bar_stream
from index.terminal import on_one_line, typed, visible

ROOT = Path(__file__).resolve().parents[3]
OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.txt\u2066\x7f"
NAMES = [
    "转\x1b]0;owned\x07移.txt",
    "b\nremoved   everything.txt",
    "c'; touch pwned; echo '.txt",
    "d\u202egpj.txt",
    "é\x9b31m🎉.md",
]


def acts(char: str) -> bool:
    """Told from Unicode's own tables."""
    category, direction = unicodedata.category(char), unicodedata.bidirectional(char)
    return category in ("Cc", "Cs") or direction in OVERRIDES


def test_every_character_that_a_terminal_obeys_is_shown() -> None:
    for code in range(0x3000):
        char = chr(code)
        if not acts(char) and char not in "\u2028\u2029\u061c":
            assert visible(char) == on_one_line(char) == char
        elif char in "\n\t\u2028\u2029":
            assert visible(char) == char
            assert on_one_line(char) == f"\\u{code:04x}"
        else:
            assert visible(char) == on_one_line(char) == f"\\u{code:04x}"
    assert visible("\ud83d \udfff") == r"\ud83d \udfff"
    assert visible("سلام\u200f، שלום\u200e 👩\u200d🔬") == "سلام\u200f، שלום\u200e 👩\u200d🔬"


@pytest.mark.parametrize("value", [EVIL, "中\u202e\n\t", "\ud83d", "\x00\x85\u2028"])
def test_json_stays_the_same_value(value: str) -> None:
    for ascii_alone in (True, False):
        shown = visible(json.dumps({"title": value}, ensure_ascii=ascii_alone))
        assert json.loads(shown) == {"title": value}
        shown.encode()


@pytest.mark.parametrize(
    "name", [*NAMES, "-rf", "$(touch pwned)", "`touch pwned`", 'a"b\\c%s', "a b", "\udcff%n\x1b-"]
)
def test_a_command_is_typed_for_one_file(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    for each in (name, "kept.txt"):
        (folder / each).write_text("text")
    command = f"rm {typed(name)}"
    assert not any(map(acts, command))
    subprocess.run(["/bin/sh", "-c", command], cwd=folder, check=True)
    assert [path.name for path in folder.iterdir()] == ["kept.txt"]


def test_the_bar_goes_where_messages_go() -> None:
    assert bar_stream() is sys.stderr


@pytest.mark.slow
def test_commands_show_names_and_titles_without_obeying_them(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, name in enumerate(NAMES):
        (corpus / name).write_text(f"港口在20{number:02}年启用了第{number + 2}座\u202e码头。")
        (corpus / f"{name}.meta.json").write_text(json.dumps({"title": f"标题{number}\n{EVIL}"}))
    alone = corpus / f"{NAMES[0]}\x1b'; touch pwned; '.meta.json"
    alone.write_text("{}")

    def call(*words: str, status: int = 0) -> str:
        folders = ["--corpus", str(corpus), "--index-dir", str(tmp_path / "built")]
        done = subprocess.run(
            [sys.executable, "-m", *words, *folders], capture_output=True, cwd=ROOT, check=False
        )
        assert done.returncode == status, done.stderr
        # A progress bar goes back to the start of its line.
        shown = (done.stdout + done.stderr.replace(b"\r", b"")).decode()
        assert not [char for char in shown.replace("\n", "").replace("\t", "") if acts(char)]
        return done.stdout.decode()

    call("index", "update")
    listed = call("index", "list")
    assert r"转\u001b]0;owned\u0007移.txt" in listed
    assert "\nremoved" not in listed
    assert len(listed.splitlines()) == 2 * len(NAMES)
    records = [json.loads(line) for line in call("index", "list", "--json").splitlines()]
    assert sorted(record["doc_id"] for record in records) == sorted(NAMES)
    call("index", "remove", f"no such {EVIL}", status=1)
    call("index", "no such verb", EVIL, status=2)
    assert "标题1" in call("rag", "ask", "有哪些文件？")
    answer = json.loads(call("rag", "ask", "哪一年启用了第3座码头？\u202e", "--json"))
    assert answer["question"].endswith("\u202e")
    (found,) = [each for each in call("index", "doctor", status=1).splitlines() if " rm " in each]
    subprocess.run(["/bin/sh", "-c", found.partition("Delete it: ")[2]], cwd=tmp_path, check=True)
    assert not alone.exists()
    assert len(list(corpus.iterdir())) == 2 * len(NAMES)
    assert not list(tmp_path.rglob("pwned"))
