"""A full disk and read-only folders: a clear error, and the old index answers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.settings import IndexSettings

WRITER = Path(__file__).with_name("hindered_writer.py")
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


@pytest.mark.parametrize("locked", [("corpus",), ("built",), ("corpus", "built")])
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


def tree(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "lock"
    }
