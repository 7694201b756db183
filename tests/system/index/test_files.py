"""Files are there whole or not at all, whoever is killed, and only for whom they are meant."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.files import LEFT_BEHIND, discard, replacing, unlink, write

ROOT = Path(__file__).resolve().parents[3]
TEXT = "青石港 Ｈａｆｅｎ cafe\u0301 🐦\r\nمرفأ"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "a", TEXT)
    write(tmp_path / "b", b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == TEXT.encode("utf-8")
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    write(tmp_path / "a", "shorter")
    assert (tmp_path / "a").read_bytes() == b"shorter"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def fail(path: Path, way: Path | None, error: type[BaseException]) -> None:
    with replacing(path, by_way_of=way) as new:
        new.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, error) -> None:
    path, other = tmp_path / "kept", tmp_path / "other"
    other.mkdir()
    write(path, "old")
    for way in (None, other):
        with pytest.raises(error):
            fail(path, way, error)
    assert path.read_text() == "old"
    assert sorted(tmp_path.rglob("*")) == [path, other]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_what_is_private_is_so_from_the_start(tmp_path: Path) -> None:
    with replacing(tmp_path / "secret", private=True) as new:
        assert mode(new) == 0o600
    with replacing(tmp_path / "open") as new:
        assert mode(new) == 0o600
    assert (mode(tmp_path / "secret"), mode(tmp_path / "open")) == (0o600, 0o644)


_WRITER = """
import sys, time
from pathlib import Path
from index.files import replacing
with replacing(Path(sys.argv[1])) as new:
    new.write_text("half of it")
    print("writing", flush=True)
    time.sleep(600)
"""


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    write(path, "old")
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        writer.send_signal(signal.SIGKILL)
    assert path.read_text() == "old"
    (left,) = set(tmp_path.iterdir()) - {path}
    assert re.fullmatch(LEFT_BEHIND, left.name)


def test_anything_is_discarded_and_what_a_link_leads_to_is_not(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    (kept / "inside").mkdir(parents=True)
    (tmp_path / "link").symlink_to(kept)
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    (tmp_path / "file").touch()
    for name in ("link", "folder", "file", "none"):
        discard(tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == [kept, kept / "inside"]


def test_a_file_goes_with_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    unlink(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        unlink(tmp_path / "a")


_MAKE = """
import sys, time
from pathlib import Path
from index.files import make_once

def fill(folder):
    (folder / "first").write_text("1")
    print("filling", flush=True)
    time.sleep(float(sys.argv[2]))
    (folder / "second").write_text("2")

make_once(Path(sys.argv[1]), fill)
print("done", flush=True)
"""


def _make(folder: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _MAKE, str(folder), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_two_processes_at_once_both_get_the_folder_and_one_makes_it(tmp_path: Path):
    makers = [_make(tmp_path / "model", 0.5) for _ in range(2)]
    said = sorted(maker.communicate()[0].split() for maker in makers)
    assert said == [["done"], ["filling", "done"]]
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["first", "second"]


def test_killed_maker_leaves_nothing_that_counts(tmp_path: Path):
    folder = tmp_path / "model"
    with _make(folder, 600) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "filling\n"
        maker.send_signal(signal.SIGKILL)
    assert not folder.exists()
    with _make(folder, 0) as maker:
        assert maker.communicate()[0] == "filling\ndone\n"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["model"]
    assert sorted(path.name for path in folder.iterdir()) == ["first", "second"]
