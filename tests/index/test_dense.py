"""FAISS against brute force in numpy, and its file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import DenseIndex


def _unit_rows(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    rows = rng.standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(generation: int, ids: np.ndarray, rows: np.ndarray) -> DenseIndex:
    """An index of these rows."""
    index = DenseIndex.empty(rows.shape[1])
    index.become(generation, ids, vectors_of(ids, rows))
    return index


def vectors_of(ids: np.ndarray, rows: np.ndarray):
    """Return the function that an index asks for vectors."""
    row_of = {chunk_id: row for row, chunk_id in enumerate(ids.tolist())}
    return lambda asked: rows[[row_of[chunk_id] for chunk_id in asked.tolist()]]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_search_equals_brute_force(count: int, top_k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, queries = _unit_rows(rng, count, 16), _unit_rows(rng, 3, 16)
    ids = rng.choice(2**62, size=count, replace=False).astype(np.int64)
    index = made(1, ids, rows)
    for query in queries:
        hits = index.search(query, top_k)
        cosines = rows @ query
        best = np.argsort(-cosines)[:top_k]
        assert [chunk_id for chunk_id, _ in hits] == ids[best].tolist()
        np.testing.assert_allclose([score for _, score in hits], cosines[best], atol=1e-6)


def test_save_and_load(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = _unit_rows(rng, 50, 8)
    index = made(7, np.arange(50, dtype=np.int64), rows)
    made(6, np.arange(50, dtype=np.int64), rows).save(tmp_path)
    index.save(tmp_path)
    (path,) = tmp_path.iterdir()  # the older one is gone
    assert path.name.startswith("dense-7-")
    loaded = DenseIndex.load(tmp_path, 8)
    assert loaded.generation == 7
    assert loaded.search(rows[3], 5) == index.search(rows[3], 5)
    assert len(DenseIndex.load(tmp_path, 9)) == 0  # of another embedder


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_it_was_it_becomes_what_is_asked(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, query = _unit_rows(rng, 60, 16), _unit_rows(rng, 1, 16)[0]
    ids = rng.choice(2**62, size=60, replace=False).astype(np.int64)
    index = DenseIndex.empty(16)
    for generation in range(4):
        some = rng.random(60) < rng.random()
        had = set(index.ids().tolist())
        asked: list[int] = []

        def answer(wanted: np.ndarray, asked: list[int] = asked) -> np.ndarray:
            asked += wanted.tolist()
            return vectors_of(ids, rows)(wanted)

        index.become(generation, rng.permutation(ids[some]), answer)
        assert set(asked) == set(ids[some].tolist()) - had  # none is read again
        assert index.search(query, 60) == made(0, ids[some], rows[some]).search(query, 60)
        held = dict(zip(index.ids().tolist(), index.vectors(), strict=True))
        assert all((held[i] == row).all() for i, row in zip(ids[some], rows[some], strict=True))


@pytest.mark.parametrize("keep", [0, 1, 20, 100])
def test_a_truncated_file_is_not_loaded(tmp_path: Path, keep: int) -> None:
    made(1, np.arange(5, dtype=np.int64), np.eye(5, 64, dtype=np.float32)).save(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:keep])
    assert len(DenseIndex.load(tmp_path, 64)) == 0


def test_an_empty_index_finds_nothing() -> None:
    empty = DenseIndex.empty(8)
    assert empty.search(np.ones(8, dtype=np.float32), 5) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_a_search_among_some_equals_an_index_of_these(count: int, top_k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, query = _unit_rows(rng, count, 16), _unit_rows(rng, 1, 16)[0]
    ids = rng.choice(2**62, size=count, replace=False).astype(np.int64)
    some = rng.random(count) < 0.3
    alone = made(1, ids[some], rows[some]).search(query, top_k)
    among = made(1, ids, rows).search(query, top_k, among=ids[some])
    assert [chunk_id for chunk_id, _ in among] == [chunk_id for chunk_id, _ in alone]
