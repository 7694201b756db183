"""The corpus folder: names, sidecars, durable writing, what counts as a document."""

import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import corpus
from index.errors import CorpusError
from index.names import Names

HOSTILE_NAMES = [
    "../../etc/passwd.txt",
    "..\\..\\windows\\system.txt",
    "/etc/shadow.txt",
    "C:\\secret.txt",
    "a\0b.txt",
    "con.txt",
    "LPT1.md",
    "x" * 300 + ".txt",
    "福" * 300 + ".txt",
    "\u202etxt.exe.md",
    "a/../../b.txt",
    "...",
    ".hidden.txt",
    " .txt",
    "README.md",
    "a:b*c?d.txt",
    "new\nline.txt",
    "",
    "\ud800.txt",
    "很深/" * 400 + "a.txt",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_stay_inside_and_can_be_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "outer" / "corpus"
    doc_id = corpus.safe_doc_id(name)
    corpus.write(folder, doc_id, b"text", corpus.Sidecar())
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p.read_bytes() == b"text"]
    assert [p.relative_to(folder).as_posix() for p in written] == [doc_id]
    assert list(corpus.scan(folder).documents) == [doc_id]


def test_names_that_differ_stay_two() -> None:
    long = "深圳市" * 30
    names = [
        "a:b.md",
        "a*b.md",
        "a_b.md",
        f"{long}（上）.md",
        f"{long}（下）.md",
        "a\u200b.md",
        "a.md",
    ]
    assert len({corpus.safe_doc_id(name) for name in names}) == len(names)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    names = ("/dev/zero", "pipe.txt", "", "none.txt", "a\0b.txt", "x" * 300)
    for path in (tmp_path / name for name in names):
        with pytest.raises(CorpusError):
            corpus.read(path)


@given(st.text(max_size=400))
def test_any_name_gives_a_safe_id_that_is_its_own(name: str) -> None:
    doc_id = corpus.safe_doc_id(name)
    assert corpus.safe_doc_id(doc_id) == doc_id
    assert not doc_id.startswith("/")
    for part in doc_id.split("/"):
        assert part.strip(" .")
        assert not part.startswith(".")
        assert len(part.encode()) <= 220
        assert not any(unicodedata.category(c)[0] == "C" for c in part)


def test_scan_takes_documents_only(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in (
        "a.txt",
        "sub/b.MD",
        "README.md",
        "a.txt.meta.json",
        ".c.txt",
        ".git/d.txt",
        "e.xyz",
    ):
        (folder / name).write_text("text")
    (folder / "link.txt").symlink_to(outside)
    (folder / "ring.txt").symlink_to(folder / "ring.txt")
    (folder / "linked").symlink_to(tmp_path)
    (folder / ("长" * 83 + ".txt")).write_text("the sidecar's name would be too long")
    os.mkfifo(folder / "pipe.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text("text")
    scan = corpus.scan(folder)
    assert list(scan.documents) == ["a.txt", "sub/b.MD"]
    assert len(scan.ignored) == 7
    assert {"e.xyz", "link.txt", "linked", "pipe.txt", "ring.txt"} < set(scan.ignored)


def test_signature_follows_file_and_sidecar(tmp_path: Path) -> None:
    corpus.write(tmp_path, "a.txt", b"one", corpus.Sidecar())
    first = corpus.scan(tmp_path).documents["a.txt"]
    corpus.write(tmp_path, "a.txt", b"one", corpus.Sidecar(title="T"))
    second = corpus.scan(tmp_path).documents["a.txt"]
    os.utime(tmp_path / "a.txt", ns=(1, 1))
    third = corpus.scan(tmp_path).documents["a.txt"]
    assert len({first, second, third}) == 3
    assert corpus.size(third) == 3


def test_sidecar_round_trip_and_errors(tmp_path: Path) -> None:
    sidecar = corpus.Sidecar(title="标题", author="作者", date="2020-10-14")
    corpus.write(tmp_path, "a.txt", b"text", sidecar)
    assert corpus.read_sidecar(tmp_path, "a.txt") == sidecar
    assert corpus.read_sidecar(tmp_path, "none.txt") == corpus.Sidecar()
    path = tmp_path / "a.txt.meta.json"
    assert json.loads(path.read_text("utf-8"))["title"] == "标题"
    broken_ones = ("{", "[]", '"text"', '{"title": ["a"]}', '{"title": "\\ud800"}', "[" * 100_000)
    for broken in broken_ones:
        path.write_text(broken, "utf-8")
        with pytest.raises(CorpusError, match="Mend or delete it"):
            corpus.read_sidecar(tmp_path, "a.txt")


def test_a_failed_write_leaves_the_old_file_and_no_scraps(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CorpusError, match="Cannot write"):
        corpus.write(tmp_path, "file/a.txt", b"text", corpus.Sidecar())
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["file"]


@pytest.mark.parametrize("doc_id", ["../x.txt", "a/../../x.txt", "/etc/passwd", "a\0.txt"])
def test_ids_that_lead_out_are_refused(tmp_path: Path, doc_id: str) -> None:
    with pytest.raises(CorpusError, match="not inside"):
        corpus.locate(tmp_path / "corpus", doc_id)


def test_a_sidecar_that_leads_out_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    corpus.write(folder, "a.txt", b"text", corpus.Sidecar())
    (tmp_path / "secret.json").write_text('{"title": "secret"}')
    (folder / "a.txt.meta.json").unlink()
    (folder / "a.txt.meta.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(CorpusError) as caught:
        corpus.read_sidecar(folder, "a.txt")
    assert caught.value.code == "outside"


def test_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    folder, outside = tmp_path / "corpus", tmp_path / "outside.txt"
    outside.write_text("text")
    corpus.write(folder, "notes/福田 报告.md", b"text", corpus.Sidecar())
    (folder / "link.txt").symlink_to(outside)
    (folder / "dead.txt").symlink_to(tmp_path / "gone.txt")
    assert corpus.exists(folder, "notes/福田 报告.md")
    assert corpus.exists(folder, "link.txt")
    none = ["", "notes", "gone.txt", "dead.txt", "x" * 5000, "a\0.txt", "\ud800.txt", str(outside)]
    assert [doc_id for doc_id in none if corpus.exists(folder, doc_id)] == []


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no document gone.txt"):
        corpus.delete(tmp_path, "gone.txt")


def test_no_folder_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--corpus"):
        corpus.scan(tmp_path / "nowhere")


def test_one_signature_and_all_names_are_those_of_a_scan(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (tmp_path / "outside").mkdir()
    corpus.write(folder, "部/报告.md", b"one", corpus.Sidecar(title="T"))
    (folder / "plain.txt").write_text("no sidecar")
    (folder / "README.md").write_text("the folder's own")
    (folder / "e.xyz").write_text("another type")
    (folder / "link.txt").symlink_to(folder / "plain.txt")
    (folder / "broken.txt").symlink_to(folder / "none.txt")
    (folder / "inner").symlink_to(folder / "部")
    (folder / "outer").symlink_to(tmp_path / "outside")
    (folder / ".hidden.txt").write_text("hidden")
    found = corpus.scan(folder).documents
    assert list(found) == ["link.txt", "plain.txt", "部/报告.md"]
    others = ("inner/报告.md", "outer/a.txt", "README.md", "e.xyz", ".hidden.txt", "broken.txt")
    for doc_id in (
        *found,
        *others,
        "gone.txt",
        "部/报告.md.meta.json",
        "../corpus/plain.txt",
        "./plain.txt",
    ):
        assert corpus.signature(folder, doc_id) == found.get(doc_id), doc_id
    assert Names(folder).of_now() == {*found, "README.md", "e.xyz"}
