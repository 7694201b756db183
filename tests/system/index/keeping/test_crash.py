"""A process is killed at a random moment of every verb: nothing acknowledged is lost or lingers."""

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

from index.embedders.embedding import Embedder
from index.embedders.token_codes import TitledText, TokenCodec, encode_passages
from index.keeping.library import Library
from index.search.terms import terms
from index.settings import IndexSettings
from index.types import Chunk

WRITER = Path(__file__).parents[3] / "support" / "crash_writer.py"
ROOT = WRITER.parents[2]
KILLS_IN_TEST = 1
KILLS_IN_TEST_ALL = 64

_spec = importlib.util.spec_from_file_location("crash_writer", WRITER)
crash_writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(crash_writer)


def run_and_kill(seed: int, root: Path) -> tuple[int, int]:
    """Return how many steps the writer had begun and how many it had done when it was killed.

    Each seed has its verb: the writer is killed in it, or soon after.
    """
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), str(seed), str(root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout is not None
    chance = random.Random(seed)
    said: list[str] = []
    for line in writer.stdout:
        said += line.split()
        if line == f"BEGIN {crash_writer.verb_of(seed)}\n" and chance.random() < 0.5:
            break
    time.sleep(chance.uniform(0.0, 0.3))
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    return said.count("BEGIN"), said.count("DONE")


def expected(seed: int, count: int) -> dict[str, str]:
    """What the corpus holds after so many steps."""
    held: dict[str, str] = {}
    for action, name, text in itertools.islice(crash_writer.steps(seed), count):
        if action in crash_writer.REMOVING:
            del held[name]
        elif text:
            held[name] = text
    return held


def check_answers(chunks: list[Chunk], held: dict[str, str]) -> None:
    """What a search finds is of these documents, of each of them, whole, and nothing twice."""
    assert {chunk.doc_id for chunk in chunks} == set(held)
    assert len(chunks) == len({chunk.chunk_id for chunk in chunks})
    for chunk in chunks:
        assert held[chunk.doc_id][chunk.start : chunk.end] == chunk.text


def check_codes(library: Library, held: dict[str, str]) -> None:
    """Each chunk has the token codes that its text gives."""
    codec = TokenCodec.for_embedder(library.embedder)
    for doc_id in held:
        chunks = library.chunks(doc_id)
        title = library.document(doc_id).metadata.title
        passages = [TitledText(title, chunk.text) for chunk in chunks]
        fresh = encode_passages(library.embedder, codec, passages)
        for stored, expected in zip(library.token_codes(chunks), fresh, strict=True):
            assert stored is not None
            assert (stored.spans == expected.tokens.spans).all()
            # Texts that run in another batch differ in the last digit, and so now and then in sign.
            assert (stored.signs != expected.tokens.signs).mean() < 0.03  # bf16 rounds by batch


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
        line = text.split("\n")[0]
        dense = library.search_dense(embedder.embed([line], "query")[0], 10_000)
        check_answers([chunk for chunk, _ in dense], held)
        assert doc_id in {chunk.doc_id for chunk, _ in dense[:5]}
        # All texts share terms: each chunk is found, the one with the most of these terms first.
        lexical = [hit.chunk for hit in library.search_lexical(terms(line), 10_000)]
        check_answers(lexical, held)
        assert doc_id in {chunk.doc_id for chunk in lexical[:5]}
        assert {chunk.chunk_id for chunk in lexical} == {chunk.chunk_id for chunk, _ in dense}
    check_codes(library, held)
    chunks = {doc_id: library.chunks(doc_id) for doc_id in held}
    # A killed step may leave a sidecar alone, which is the user's to delete; all else is mended.
    states = {finding.state for finding in library.examine() if finding.check != "sidecars"}
    assert states <= {"well", "mended"}
    assert {doc_id: library.chunks(doc_id) for doc_id in held} == chunks
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
