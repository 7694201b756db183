"""Vectors against brute force, and their file against any history and any damage."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.vector_file import VectorFile
from index.search.vectors import DenseIndex

NONE = np.zeros(0, np.int64)


def _unit_rows(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    rows = rng.standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(generation: int, ids: np.ndarray, rows: np.ndarray) -> DenseIndex:
    """An index of these rows."""
    return DenseIndex.empty(rows.shape[1]).changed(generation, gone=NONE, new=ids, vectors=rows)


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
    VectorFile(tmp_path, 8).save(index)
    loaded = VectorFile(tmp_path, 8).load()
    assert loaded.generation == 7
    assert loaded.search(rows[3], 5) == index.search(rows[3], 5)
    assert len(VectorFile(tmp_path, 9).load().ids()) == 0  # of another embedder


def held(index: DenseIndex) -> dict[int, bytes]:
    """What an index holds, by id."""
    return {i: row.tobytes() for i, row in zip(index.ids().tolist(), index.vectors(), strict=True)}


histories = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["go on", "reload", "other", "cut", "fork"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(histories, st.integers(0, 2**32 - 1))
def test_any_history_leaves_what_is_there_in_memory_and_in_the_file(
    history: list[tuple[float, str]], seed: int
) -> None:
    """Every index stays what it was, and the file is the last one, whoever wrote before."""
    rng = np.random.default_rng(seed)
    rows, query = _unit_rows(rng, 3000, 4), _unit_rows(rng, 1, 4)[0]
    ids = rng.choice(2**62, size=3000, replace=False).astype(np.int64)
    index, known = DenseIndex.empty(4), []
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = VectorFile(folder, 4)
        for generation, (share, event) in enumerate(history):
            if event == "reload":
                index = VectorFile(folder, 4).load()
            elif event == "fork" and known:
                index = known[0][0]  # two made of one
            elif event == "other":
                file = VectorFile(folder, 4)  # another process goes on
            elif event == "cut" and (path := folder / "dense.vectors").exists():
                path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
            some = rng.random(3000) < share
            is_new = some & ~np.isin(ids, index.ids())
            gone = np.setdiff1d(index.ids(), ids[some])
            index = index.changed(generation, gone=gone, new=ids[is_new], vectors=rows[is_new])
            file.save(index)
            known.append((index, some))
            saved = VectorFile(folder, 4).load()
            assert saved.generation == generation
            expected = {
                i: row.tobytes() for i, row in zip(ids[some].tolist(), rows[some], strict=True)
            }
            assert held(saved) == held(index) == expected
        for index, some in known:
            cosines = rows[some] @ query
            best = np.argsort(-cosines)[:5]
            assert [i for i, _ in index.search(query, 5)] == ids[some][best].tolist()


def test_one_more_vector_does_not_write_the_others_again(tmp_path: Path) -> None:
    rows = _unit_rows(np.random.default_rng(0), 5001, 16)
    ids = np.arange(5001, dtype=np.int64)
    file = VectorFile(tmp_path, 16)
    index = made(1, ids[:5000], rows[:5000])
    file.save(index)
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    file.save(index.changed(2, gone=ids[:1], new=ids[5000:], vectors=rows[5000:]))
    assert path.read_bytes()[: len(before)] == before
    assert len(path.read_bytes()) - len(before) < 200
    file.save(index.changed(3, gone=ids[:4900], new=ids[:0], vectors=rows[:0]))
    file.save(index.changed(4, gone=ids[:4900], new=ids[5000:], vectors=rows[5000:]))
    assert len(path.read_bytes()) < 200 * (4 * 16 + 8)  # most were gone


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.integers(0, 2**32 - 1))
def test_what_is_damaged_is_not_believed(place: int, is_cut: bool, seed: int) -> None:
    """Only whole blocks before the damage are read."""
    rng = np.random.default_rng(seed)
    rows, ids = _unit_rows(rng, 60, 4), rng.choice(2**62, size=60, replace=False).astype(np.int64)
    with TemporaryDirectory() as name:
        file, index, states = VectorFile(Path(name), 4), DenseIndex.empty(4), [{}]
        for n in range(6):
            new = slice(10 * n, 10 * n + 10)
            index = index.changed(n, gone=index.ids()[:3], new=ids[new], vectors=rows[new])
            file.save(index)
            states.append(held(index))
        (path,) = Path(name).iterdir()
        raw = bytearray(path.read_bytes())
        place %= len(raw)
        if is_cut:
            del raw[place:]
        else:
            raw[place] ^= 1 << seed % 8
        path.write_bytes(raw)
        loaded = VectorFile(Path(name), 4).load()
        assert held(loaded) == states[loaded.generation + 1]
        assert loaded.generation < 5
        file.save(index)
        assert held(VectorFile(Path(name), 4).load()) == held(index)


def test_an_empty_index_finds_nothing() -> None:
    empty = DenseIndex.empty(8)
    assert empty.search(np.ones(8, dtype=np.float32), 5) == []


@pytest.mark.parametrize("shape", [(3,), (5,), (1, 4), ()])
def test_a_question_of_another_shape_is_a_mistake(shape: tuple[int, ...]) -> None:
    index = made(1, np.arange(2, dtype=np.int64), np.eye(2, 4, dtype=np.float32))
    with pytest.raises(ValueError, match="shape"):
        index.search(np.ones(shape, np.float32), 1)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_a_search_among_some_equals_an_index_of_these(count: int, top_k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, query = _unit_rows(rng, count, 16), _unit_rows(rng, 1, 16)[0]
    ids = rng.choice(2**62, size=count, replace=False).astype(np.int64)
    some = rng.random(count) < 0.3
    alone = made(1, ids[some], rows[some]).search(query, top_k)
    among = made(1, ids, rows).search(query, top_k, among=np.sort(ids[some]))
    assert [chunk_id for chunk_id, _ in among] == [chunk_id for chunk_id, _ in alone]
