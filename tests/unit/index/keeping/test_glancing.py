"""A glance finds each kind of change in time, and nothing else: against a full look."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import index.keeping.glancing
import index.names
from index.keeping.library import Library, Source
from index.keeping.update import Pending

TICK_NS = 20_000_000  # of the file systems that tests run on; see `index/names.py`
OF_A_THOUSAND = 3


@pytest.fixture
def folder(library: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of eleven documents, three of which are looked at in a glance."""
    monkeypatch.setattr(index.names, "_CLOCK_TICK_NS", TICK_NS)
    monkeypatch.setattr(index.keeping.glancing, "GLANCED_AT", OF_A_THOUSAND)
    corpus_dir = library.settings.corpus_dir
    library.add([Source(f"港/{n}号.txt", f"第{n}号码头 ⚓".encode()) for n in range(8)])
    (corpus_dir / "港" / "7号.txt.meta.json").unlink()
    (corpus_dir / "README.md").write_text("No document.")
    (corpus_dir / "chart.xyz").write_text("of another type")
    age(corpus_dir)
    library.update()
    time.sleep(3 * TICK_NS / 1e9)
    return corpus_dir


def age(folder: Path) -> None:
    """Let files be older than a tick of the clock, so that their signatures are settled."""
    for path in folder.rglob("*.*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def rewritten(path: Path) -> None:
    """Edit a file where it stands: the folder that it is in does not change."""
    with path.open("r+b") as file:
        file.write(b"\xef\xbb\xbf!")


def replaced(path: Path) -> None:
    """Edit as most editors do: a new file takes the name of the old one."""
    new = path.with_name(".new")
    new.write_text("新的", "utf-8")
    new.rename(path)


def to_a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda folder: (folder / "港" / "新.txt").write_text("新的码头", "utf-8"),
    "a file in a new folder": lambda folder: shutil.copytree(folder / "港", folder / "旧" / "港"),
    "a file deleted": lambda folder: (folder / "港" / "3号.txt").unlink(),
    "a folder deleted": lambda folder: shutil.rmtree(folder / "港"),
    "a file renamed": lambda folder: (folder / "muehle.txt").rename(folder / "Mühle.txt"),
    "a folder renamed": lambda folder: (folder / "港").rename(folder / "埠"),
    "a file moved into a folder": lambda folder: (folder / "muehle.txt").rename(
        folder / "港" / "muehle.txt"
    ),
    "a folder made a file": lambda folder: (
        shutil.rmtree(folder / "港"),
        (folder / "港").write_text("no type"),
    ),
    "two folders exchanged, with the times of the other": lambda folder: (
        shutil.copytree(folder / "港", folder / "a"),
        (folder / "港" / "3号.txt").unlink(),
        shutil.copystat(folder / "a", folder / "港"),
    ),
}
IN_TURN: dict[str, Callable[[Path], object]] = {
    "a file edited where it stands": lambda folder: rewritten(folder / "港" / "5号.txt"),
    "a file edited by renaming": lambda folder: replaced(folder / "港" / "6号.txt"),
    "a sidecar edited": lambda folder: (folder / "港" / "5号.txt.meta.json").write_text("{}"),
    "a new sidecar": lambda folder: (folder / "港" / "7号.txt.meta.json").write_text("{}"),
    "a sidecar deleted": lambda folder: (folder / "港" / "1号.txt.meta.json").unlink(),
    "a file touched": lambda folder: os.utime(folder / "港" / "2号.txt", (1, 1)),
    "a file made a link that leads out": lambda folder: to_a_link(folder / "港" / "4号.txt"),
    "nothing": lambda folder: None,
}


def seen(library: Library, numbers: range) -> tuple[dict[str, str], set[str]]:
    """What these glances say together."""
    stale: dict[str, str] = {}
    gone: set[str] = set()
    for number in numbers:
        found: Pending = library.pending(glance=number)
        stale |= found.stale
        gone |= set(found.gone)
    return stale, gone


def in_full(library: Library) -> tuple[dict[str, str], set[str]]:
    everything = library.pending()
    return everything.stale, set(everything.gone)


@pytest.mark.parametrize("change", CHANGES)
def test_names_that_come_or_go_are_seen_at_the_next_glance(
    library: Library, folder: Path, change: str
) -> None:
    assert seen(library, range(7)) == ({}, set())
    CHANGES[change](folder)
    told = seen(library, range(7, 8))
    assert told == in_full(library) != ({}, set())
    library.update()
    assert seen(library, range(8, 20)) == in_full(library)


@pytest.mark.parametrize("change", IN_TURN)
@pytest.mark.parametrize("first", [0, 3])
def test_what_changes_where_it_stands_is_seen_in_turn(
    library: Library, folder: Path, change: str, first: int
) -> None:
    parts = len(library.documents()) // OF_A_THOUSAND + 1
    assert parts == 4
    assert seen(library, range(first)) == ({}, set())
    IN_TURN[change](folder)
    assert seen(library, range(first, first + parts)) == in_full(library)
    library.update()
    assert seen(library, range(9)) == in_full(library)
    age(folder)
    library.update()
    assert seen(library, range(9)) == in_full(library) == ({}, set())


@pytest.mark.parametrize("change", CHANGES)
def test_where_a_folder_keeps_its_time_names_are_seen_in_the_end(
    library: Library, folder: Path, change: str
) -> None:
    seen(library, range(3))
    names = library._writing.names
    before = dict(names._folders)
    CHANGES[change](folder)
    library._writing.names.of_now()
    # As if no folder had told of the change: each with the stamp of now, and the names of before.
    for below, known in before.items():
        if now := names._folders.get(below):
            names._folders[below] = known._replace(stamp=now.stamp, is_settled=True)
    names._files = frozenset().union(*(known.files for known in before.values()))
    told = seen(library, range(3, 3 + index.names.LISTED_EVERY))
    assert told == in_full(library) != ({}, set())


def test_a_folder_that_has_just_changed_is_listed_again(library: Library, folder: Path) -> None:
    """Within one tick of the clock it keeps its time: here, for as long as this takes."""
    index.names._CLOCK_TICK_NS = 3_600_000_000_000  # put back by the fixture
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"{number} 号", "utf-8")
        state = folder.stat()
        assert set(library.pending(glance=number).stale) >= {f"{number}.txt"}
        os.utime(folder, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_another_process_is_followed(library: Library, folder: Path) -> None:
    seen(library, range(3))
    other = Library(library.settings, embedder=library.embedder)
    (folder / "new.txt").write_text("Neu.", "utf-8")
    age(folder / "new.txt")
    rewritten(folder / "港" / "5号.txt")
    other.update()
    other.remove("muehle.txt")
    assert seen(library, range(3, 9)) == in_full(library)
    other.build()
    other.close()
    assert seen(library, range(9, 15)) == in_full(library)


def test_a_glance_reads_no_names_and_no_rows_where_nothing_changed(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(library, range(1, 9))
    listed: list[object] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(path), scandir(path))[1])
    seen(library, range(9, 40))
    library.documents()
    assert listed == []
    (folder / "new.txt").write_text("Neu.", "utf-8")
    seen(library, range(40, 41))
    assert [Path(str(path)) for path in listed] == [folder]
