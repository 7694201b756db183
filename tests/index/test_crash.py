"""A process that writes is killed at a random moment: nothing acknowledged is lost or lingers."""

import importlib.util
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.library import Library
from index.settings import IndexSettings

WRITER = Path(__file__).with_name("crash_writer.py")
ROOT = WRITER.parents[2]
KILLS_IN_TEST = 6
KILLS_IN_TEST_ALL = 60

_spec = importlib.util.spec_from_file_location("crash_writer", WRITER)
crash_writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(crash_writer)


def run_and_kill(seed: int, root: Path) -> tuple[int, int]:
    """Return how many steps the writer had begun and how many it had done when it was killed."""
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), str(seed), str(root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "READY\n"
    time.sleep(random.Random(seed).uniform(0.0, 1.5))
    writer.send_signal(signal.SIGKILL)
    said = writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    return said.count("BEGIN"), said.count("DONE")


def expected(seed: int, count: int) -> dict[str, str]:
    """What the corpus holds after so many steps."""
    held: dict[str, str] = {}
    for action, name, text in itertools.islice(crash_writer.steps(seed), count):
        held.pop(name, None)
        if action != "remove":
            held[name] = text
    return held


def check(seed: int, root: Path, embedder: Embedder) -> None:
    (root / "corpus").mkdir(parents=True)
    begun, done = run_and_kill(seed, root)
    library = Library(
        IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built"), embedder=embedder
    )
    library.open()
    held = {s.doc_id: library.document(s.doc_id).text for s in library.documents()}
    assert held in (expected(seed, done), expected(seed, begun))
    # Every document is found by its own words, and nothing but these documents answers.
    for doc_id, text in held.items():
        query = embedder.embed([text.split("\n")[0]], "query")[0]
        hits = library.search_dense(query, 10_000)
        assert doc_id in {chunk.doc_id for chunk, _ in hits[:5]}
        assert {chunk.doc_id for chunk, _ in hits} == set(held)
        assert len(hits) == len({chunk.chunk_id for chunk, _ in hits})
        for chunk, _ in hits:
            assert held[chunk.doc_id][chunk.start : chunk.end] == chunk.text
    chunks = {doc_id: library.chunks(doc_id) for doc_id in held}
    assert not list((root / "corpus").rglob(".incoming-*")) or begun > done
    library.build()
    assert {doc_id: library.chunks(doc_id) for doc_id in held} == chunks
    library.close()


@pytest.mark.parametrize("seed", range(KILLS_IN_TEST))
def test_killed_while_writing(seed: int, tmp_path: Path, embedder: Embedder) -> None:
    check(seed, tmp_path, embedder)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(KILLS_IN_TEST, KILLS_IN_TEST_ALL))
def test_killed_while_writing_many_times(seed: int, tmp_path: Path, embedder: Embedder) -> None:
    check(seed, tmp_path, embedder)
