"""A full disk and read-only folders: a clear error, and the old index answers."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import CorpusError
from index.keeping.library import Library, Source
from index.settings import IndexSettings

WRITER = Path(__file__).parents[3] / "support" / "hindered_writer.py"
ROOT = WRITER.parents[2]
OLD = {"harbour.md", "muehle.txt", "observatory.txt"}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for each in (folder, *folder.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)
    shutil.rmtree(folder)


def outcomes(how: str, root: Path) -> list[dict]:
    done = subprocess.run(
        [sys.executable, str(WRITER), how, str(root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_full_disk(library: Library) -> None:
    library.close()
    *added, removed = outcomes("full_disk", library.settings.corpus_dir.parent)
    errors = [outcome["error"] for outcome in added]
    assert "0.txt" in errors[0]  # into the corpus
    assert errors[0].startswith("Cannot write")
    assert errors[1].startswith("Cannot write the index")
    assert errors[-1] is None
    for number, outcome in enumerate(added):
        assert set(outcome["dense"]) == set(outcome["lexical"]) >= OLD
        if outcome["error"] is None:
            assert f"{number}.txt" in outcome["dense"]
    assert removed["error"] is None or "Cannot write the index" in removed["error"]
    assert "harbour.md" not in {*removed["dense"], *removed["lexical"]}
    # With room again, all that the corpus took is there.
    library.update()
    on_disk = {path.name for path in library.settings.corpus_dir.glob("*.*")}
    held = {summary.doc_id for summary in library.documents()}
    assert held == {name for name in on_disk if not name.endswith(".meta.json")}
    assert held > OLD - {"harbour.md"}
    assert {f.state for f in library.examine() if f.check != "sidecars"} <= {"well", "mended"}


@pytest.mark.parametrize(
    "locked",
    [("corpus",), ("built",), pytest.param(("corpus", "built"), marks=pytest.mark.slow)],
)
def test_read_only_folders(
    locked: tuple[str, ...], settings: IndexSettings, counting, open_folder: Path
) -> None:
    library = Library(
        IndexSettings(corpus_dir=open_folder / "corpus", index_dir=open_folder / "built"),
        embedder=counting,
    )
    shutil.copytree(settings.corpus_dir, library.settings.corpus_dir)
    library.update()
    library.close()
    before = tree(open_folder)
    for path in (open_folder, *open_folder.rglob("*")):
        if os.getuid() == 0:
            os.chown(path, 65534, 65534)
    for name in locked:
        for folder in (open_folder / name, *(open_folder / name).rglob("*")):
            folder.chmod(0o555 if folder.is_dir() else 0o444)
    added, removed, examined, built = outcomes("read_only", open_folder)
    for outcome in (added, removed):
        assert outcome["error"].startswith("Cannot")
        assert any(str(open_folder / name) in outcome["error"] for name in locked)
    if "built" in locked:
        assert str(open_folder / "built") in examined["error"]
        assert built["error"]
        assert tree(open_folder) == before
    for outcome in (added, removed, examined, built):
        assert set(outcome["dense"]) == set(outcome["lexical"]) == OLD


@contextmanager
def reader_in(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of another user who may only read; it answers each line."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER), "reading", str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"
    with process:
        yield process
        process.stdin.close()
        assert process.wait() == 0


def said_by(reader: subprocess.Popen[str]) -> dict:
    reader.stdin.write("\n")
    reader.stdin.flush()
    return json.loads(reader.stdout.readline())


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be two users")
def test_a_reader_sees_what_another_user_writes(
    settings: IndexSettings, counting, open_folder: Path
) -> None:
    library = Library(
        IndexSettings(corpus_dir=open_folder / "corpus", index_dir=open_folder / "built"),
        embedder=counting,
    )
    shutil.copytree(settings.corpus_dir, library.settings.corpus_dir)
    library.update()
    library.close()
    held = {d.doc_id: library.document(d.doc_id).text for d in library.documents()}
    library.close()
    with reader_in(open_folder) as reader:
        assert said_by(reader) == {"held": held, "found": sorted(held)}
        for number in range(4):
            held[f"{number}.txt"] = f"青石港的第{number}份报告。" * 200
            library.add([Source(f"{number}.txt", held[f"{number}.txt"].encode())])
            if number % 2:
                library.close()
            assert said_by(reader) == {"held": held, "found": sorted(held)}
        library.remove("harbour.md", purge=True)
        del held["harbour.md"]
        assert said_by(reader) == {"held": held, "found": sorted(held)}

        def write() -> None:
            for number in range(12):
                library.add([Source("0.txt", f"第{number}稿。青石港。".encode() * 500)])
                library.close()

        writer = threading.Thread(target=write)
        writer.start()
        while writer.is_alive():
            said = said_by(reader)
            if "error" in said:
                assert "Try again" in said["error"]
            else:
                drafts = {f"第{number}稿。青石港。" * 500 for number in range(12)}
                assert said["held"].pop("0.txt") in {*drafts, held["0.txt"]}
                assert said["held"] == {d: text for d, text in held.items() if d != "0.txt"}
        writer.join()
        assert said_by(reader)["held"]["0.txt"].startswith("第11稿")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with little room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a disk to fill")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_where_no_byte_is_left_what_is_there_answers(
    settings: IndexSettings, counting, small_disk: Path
) -> None:
    shutil.copytree(settings.corpus_dir, small_disk / "corpus")
    here = IndexSettings(corpus_dir=small_disk / "corpus", index_dir=small_disk / "built")
    library = Library(here, embedder=counting)
    library.update()
    library.close()
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        for size in (65536, 1):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue
    assert shutil.disk_usage(small_disk).free == 0
    query = counting.embed(["青石港"], "query")[0]
    for _ in range(2):
        library.open()
        assert {summary.doc_id for summary in library.documents()} == OLD
        assert {chunk.doc_id for chunk, _ in library.search_dense(query, 9)} == OLD
        assert library.info().documents == 3
        with pytest.raises(CorpusError, match="Cannot write"):
            library.add([Source("new.txt", "新的文字。".encode())])
        with pytest.raises(CorpusError, match="Cannot write"):
            library.build()
    (small_disk / "filler").unlink()
    (report,) = library.add([Source("new.txt", "新的文字。".encode())])  # by the same program
    assert report.outcome == "added"
    assert {finding.state for finding in library.examine()} <= {"well", "mended"}
    library.close()


def test_what_may_not_be_read_is_said(settings: IndexSettings, counting, open_folder: Path) -> None:
    library = Library(
        IndexSettings(corpus_dir=open_folder / "corpus", index_dir=open_folder / "built"),
        embedder=counting,
    )
    shutil.copytree(settings.corpus_dir, library.settings.corpus_dir)
    (library.settings.corpus_dir / "harbour.md.meta.json").write_text('{"title": "港"}', "utf-8")
    library.update()
    library.close()
    if os.getuid() == 0:
        for path in (open_folder, *open_folder.rglob("*")):
            os.chown(path, 65534, 65534)
    said = outcomes("unreadable", open_folder)
    assert len(said) >= 9 * 5
    errors = [one["error"] for one in said if "error" in one]
    assert errors
    for error in errors:
        assert re.search(
            r"May this user|may this user|this user may|Put it back|Cannot list|python -m", error
        )
    # Whatever could not be read, the rest answered or the error was said; now all is there again.
    library.update()
    assert {f.state for f in library.examine() if f.check != "sidecars"} <= {"well", "mended"}
    assert {summary.doc_id for summary in library.documents()} == OLD
    library.close()


def tree(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "lock"
    }
