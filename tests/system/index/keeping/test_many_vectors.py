"""Putting vectors in cells: others ask and write meanwhile, and a killed process loses nothing."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import index.keeping.build
import index.search.cells
import index.search.vector_file
from index.embedders.fake import NAME
from index.keeping.library import Library, Source
from index.search.cells import CellIndex, Plan, planned
from index.search.vectors import VectorIndex
from index.settings import IndexSettings
from index.types import EVERYTHING, Scope

ROOT = Path(__file__).resolve().parents[4]
WRITER = ROOT / "tests" / "support" / "cells_writer.py"
FEW = 20
THINGS = ["灯塔", "harbour", "Wassermühle", "灯台", "маяк", "🗼", "منارة"]


def texts(start: int, end: int) -> list[Source]:
    """Documents of a sentence each, no two alike, in two folders."""
    return [
        Source(
            f"{'甲' if number % 2 else '乙'}/{number}.txt",
            f"{THINGS[number % 7]} {number}: {number * number} {THINGS[number % 5]}".encode(),
        )
        for number in range(start, end)
    ]


@pytest.fixture
def many(settings: IndexSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library of more vectors than are searched one by one."""
    for module in (index.search.cells, index.keeping.build):
        monkeypatch.setattr(module, "EXACT_AT_MOST", FEW)
    library = Library(replace(settings, embedder=NAME))
    library.update()
    library.add(texts(0, 150))
    yield library
    library.close()


def vectors_of(library: Library) -> VectorIndex:
    with library._builds.reading() as build, build.snapshot() as now:
        return now.vectors


def check(library: Library, gone: set[str] = frozenset(), *, is_saved: bool = True) -> None:
    """Each document is found by its own words, in its folder, too; those that are gone are not."""
    found: set[str] = set()
    for summary in library.documents():
        document = library.document(summary.doc_id)
        (query,) = library.embedder.embed(
            [f"{document.metadata.title}\n{document.text}"], "passage"
        )
        scope = Scope((summary.doc_id.partition("/")[0],))
        for within in (EVERYTHING, scope):
            hits = library.search_dense(query, 5, within)
            assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)
            assert summary.doc_id in {chunk.doc_id for chunk, _ in hits}
            found |= {chunk.doc_id for chunk, _ in hits}
    assert not found & gone
    with library._builds.reading() as build:
        stored = build.store.vector_ids()
        assert sorted(vectors_of(library).ids()) == sorted(stored)
        assert build.vector_faults() == [] or not is_saved


def test_who_asks_and_who_writes_does_not_wait_and_is_in_time(
    many: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(vectors: VectorIndex) -> Plan:
        begun.set()
        assert go_on.wait(60)
        return planned(vectors)

    monkeypatch.setattr(index.search.vector_file, "planned", slowly)
    assert vectors_of(many).loose == 153
    putting = threading.Thread(target=many.make_files)
    putting.start()
    assert begun.wait(60)
    many.add(texts(150, 180))
    many.remove("乙/10.txt")
    many.add([Source("甲/11.txt", "现在说的是别的事。".encode())])
    check(many, {"乙/10.txt"})
    other = Library(many.settings)
    other.add(texts(180, 190))  # as another process would
    go_on.set()
    putting.join(60)
    now = vectors_of(many)
    assert isinstance(now, CellIndex)
    assert 30 <= now.loose <= 41 + 1
    check(many, {"乙/10.txt"})
    many.make_files()
    assert vectors_of(many).loose == 0
    (build,) = many.settings.index_dir.glob("build-*")
    assert (build / "common.terms").exists()
    many.remove("乙/20.txt", purge=True)
    assert not (build / "common.terms").exists()
    check(many, {"乙/10.txt", "乙/20.txt"})
    many.make_files()
    assert (build / "common.terms").exists()
    check(many, {"乙/10.txt", "乙/20.txt"})
    # Another process goes on with its own vectors, and takes the file where it has too many.
    other.add(texts(190, 230))
    check(other, {"乙/10.txt", "乙/20.txt"})
    monkeypatch.undo()
    other.close()


def test_what_another_process_has_put_in_cells_is_taken(many: Library) -> None:
    other = Library(many.settings)
    assert vectors_of(other).loose == 153
    many.make_files()
    before = next(many.settings.index_dir.glob("build-*/dense.vectors")).stat()
    other.make_files()
    after = next(many.settings.index_dir.glob("build-*/dense.vectors")).stat()
    assert vectors_of(other).loose == 0
    assert before == after
    check(other)
    other.close()


def test_a_build_from_nothing_ends_with_cells(many: Library) -> None:
    many.build()
    many.close()
    assert vectors_of(many).loose == 0
    check(many)


def test_a_folder_that_cannot_be_written_is_told(many: Library) -> None:
    said: list[str] = []
    library = Library(many.settings, notify=said.append)
    check(library)
    (build,) = many.settings.index_dir.glob("build-*")
    (build / "cells").write_text("a file in the way", "utf-8")
    (build / "cells.lock").mkdir()
    library.make_files()
    assert any("take longer" in sentence for sentence in said)
    check(library)
    library.close()


@pytest.mark.parametrize(
    "pause", [0.02, *(pytest.param(pause, marks=pytest.mark.slow) for pause in (0.0, 0.05))]
)
def test_killed_at_any_moment_nothing_is_lost(many: Library, pause: float) -> None:
    root = many.settings.corpus_dir.parent
    many.close()
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), str(root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout is not None
    said = [writer.stdout.readline(), writer.stdout.readline(), writer.stdout.readline()]
    assert said == ["BEGIN\n", "DONE\n", "BEGIN\n"]
    time.sleep(pause)
    writer.kill()
    writer.wait()
    writer.stdout.close()
    many.open()
    assert vectors_of(many).loose == 0
    check(many, is_saved=False)  # killed before it was said of which moment the new file is
    many.add(texts(150, 180))
    many.make_files()
    assert vectors_of(many).loose == 0
    check(many)
    (build,) = many.settings.index_dir.glob("build-*")
    assert not (build / "cells").exists()
    assert np.all([finding.state == "well" for finding in many.examine()])
