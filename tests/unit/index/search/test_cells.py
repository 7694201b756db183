"""Vectors in cells against all of them one by one, and their file against any history."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.search.cells
from index.search.cells import CellIndex
from index.search.vector_file import VectorFile, changes
from index.search.vectors import DenseIndex, VectorIndex

NONE = np.zeros(0, np.int64)
DIM = 24
FEW = 300


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few vectors be too many to be searched one by one."""
    monkeypatch.setattr(index.search.cells, "EXACT_AT_MOST", FEW)


def clustered(rng: np.random.Generator, count: int) -> np.ndarray:
    """Unit rows around topics that lie in fields, all on one side, as those of embedders do."""
    always = np.random.default_rng(0)
    fields = always.standard_normal((40, DIM))
    topics = fields[always.integers(40, size=400)] + always.standard_normal((400, DIM)) * 0.7
    rows = topics[rng.integers(400, size=count)] + rng.standard_normal((count, DIM)) * 0.4 + 1.0
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def some_ids(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.choice(2**62, size=count, replace=False).astype(np.int64)


def in_cells(folder: Path, ids: np.ndarray, rows: np.ndarray) -> VectorIndex:
    dense = DenseIndex.empty(DIM).changed(1, gone=NONE, new=ids, vectors=rows)
    file = VectorFile(folder, DIM)
    file.save(dense)
    file.put_in_cells(dense, list)
    return file.load()


def shares_found(
    cells: VectorIndex, ids: np.ndarray, rows: np.ndarray, queries: np.ndarray, among: np.ndarray
) -> float:
    """Of the ten nearest by a product with every row, the share that a search finds."""
    places = np.flatnonzero(np.isin(ids, among))
    found = 0
    for query in queries:
        nearest = ids[places[np.argsort(-(rows[places] @ query))[:10]]]
        hits = cells.search(query, 10, among=np.sort(among) if len(among) < len(ids) else None)
        assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)
        at = {i: place for place, i in enumerate(ids.tolist())}
        for number, score in hits:
            assert score == pytest.approx(float(rows[at[number]] @ query), abs=1e-5)
        found += len(set(nearest.tolist()) & {i for i, _ in hits})
    return found / 10 / len(queries)


def test_nearly_all_of_the_nearest_are_found_by_looking_at_few(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows, queries = clustered(rng, 20_000), clustered(rng, 200)
    ids = some_ids(rng, 20_000)
    index = in_cells(tmp_path, ids, rows)
    assert isinstance(index, CellIndex)
    assert index.loose == 0
    assert index.cells.enough < 20_000 / 5
    assert shares_found(index, ids, rows, queries, ids) >= 0.97
    half = ids[np.argsort(rows[:, 0])[:10_000]]  # on one side: whole cells are not asked for
    assert shares_found(index, ids, rows, queries, half) >= 0.97
    assert shares_found(index, ids, rows, queries, rng.choice(ids, 5000, replace=False)) >= 0.97
    assert shares_found(index, ids, rows, queries, rng.choice(ids, FEW, replace=False)) == 1.0


def test_so_many_are_looked_at_that_a_thousandth_of_all_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That many lie as near to a vector as the nearest of a question do to it."""
    rng = np.random.default_rng(4)
    rows, ids = clustered(rng, 20_000), some_ids(rng, 20_000)
    places = {i: place for place, i in enumerate(ids.tolist())}

    def found(parts: int) -> tuple[float, int]:
        """Of the 400 nearest, the share that is found where so large a part of all should be."""
        monkeypatch.setattr(index.search.cells, "_NEIGHBOURS", parts)
        (folder := tmp_path / str(parts)).mkdir()
        cells = in_cells(folder, ids, rows)
        assert isinstance(cells, CellIndex)
        shares = []
        for query in rows[:100]:
            nearest = np.argpartition(-(rows @ query), 400)[:400]
            hits = {places[i] for i, _ in cells.search(query, 400)}
            shares.append(len(hits & set(nearest.tolist())) / 400)
        return float(np.mean(shares)), cells.cells.enough

    (few, least), (many, most) = found(20_000 // 50), found(20_000 // 400)
    assert many > 0.96 > few
    assert least < most < 20_000 / 2


def test_of_few_vectors_that_are_asked_for_all_are_looked_at(tmp_path: Path) -> None:
    """The same hits with the same scores, bit for bit."""
    rng = np.random.default_rng(2)
    rows, ids = clustered(rng, 2000), some_ids(rng, 2000)
    dense = DenseIndex.empty(DIM).changed(1, gone=NONE, new=ids, vectors=rows)
    index = in_cells(tmp_path, ids, rows)
    for query in clustered(rng, 20):
        few = np.sort(rng.choice(ids, FEW, replace=False))
        assert index.search(query, 12, among=few) == dense.search(query, 12, among=few)
    left = index.changed(2, gone=ids[FEW:], new=NONE, vectors=rows[:0])
    also = dense.changed(2, gone=ids[FEW:], new=NONE, vectors=rows[:0])
    for query in clustered(rng, 20):
        assert left.search(query, 12) == also.search(query, 12)


def test_what_came_since_and_what_is_gone(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows, ids = clustered(rng, 3000), some_ids(rng, 3000)
    index = in_cells(tmp_path, ids[:2500], rows[:2500])
    index = index.changed(2, gone=ids[:700], new=ids[2500:], vectors=rows[2500:])
    index = index.changed(3, gone=ids[2500:2600], new=ids[:100], vectors=rows[:100])  # some again
    assert index.loose == 500
    here = np.concatenate([ids[700:2500], ids[2600:], ids[:100]])
    assert sorted(index.ids()) == sorted(here)
    there = np.isin(ids, here)
    assert shares_found(index, ids[there], rows[there], clustered(rng, 50), here) >= 0.95
    for place in (50, 2700):
        assert index.search(rows[place], 1)[0][0] == ids[place]
    assert ids[300] not in {i for i, _ in index.search(rows[300], 50)}
    again = VectorFile(tmp_path / "again", DIM)
    (tmp_path / "again").mkdir()
    again.put_in_cells(index, list)
    assert again.load().loose == 0
    assert again.load().cells.centres.shape == index.cells.centres.shape  # they serve again


def held(vectors: VectorIndex) -> dict[int, bytes]:
    """What an index holds, by id."""
    return told(vectors.ids(), vectors.vectors())


def told(ids: np.ndarray, rows: np.ndarray) -> dict[int, bytes]:
    return {i: row.tobytes() for i, row in zip(ids.tolist(), rows, strict=True)}


events = ["go on", "go on", "cells", "cells", "reload", "other", "cut", "anew"]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(events)), min_size=2, max_size=10),
    st.integers(0, 2**32 - 1),
)
def test_any_history_leaves_what_is_there(history: list[tuple[float, str]], seed: int) -> None:
    """Every index stays what it was, and the file is the last one, whoever wrote before."""
    rng = np.random.default_rng(seed)
    rows, ids, query = clustered(rng, 1500), some_ids(rng, 1500), clustered(rng, 1)[0]
    current: VectorIndex = DenseIndex.empty(DIM)
    known: list[tuple[VectorIndex, np.ndarray]] = []
    with TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "dense.vectors"
        file = VectorFile(folder, DIM)
        for generation, (share, event) in enumerate(history):
            if event == "other":
                file = VectorFile(folder, DIM)  # another process goes on
            elif event == "reload":
                current = VectorFile(folder, DIM).load()
            elif event == "cut" and path.exists():
                part = path.read_bytes()[: int(share * path.stat().st_size)]
                path.unlink()  # a file that is mapped may not become shorter
                path.write_bytes(part)
            elif event == "cells" and current.loose > 1:
                file.put_in_cells(current, list)
                saved = file.load()
                assert saved.loose == 0
                assert held(saved) == held(current)
                current = saved
            some = rng.random(1500) < share
            is_new = some & ~np.isin(ids, current.ids())
            gone = np.setdiff1d(current.ids(), ids[some])
            current = current.changed(generation, gone=gone, new=ids[is_new], vectors=rows[is_new])
            file.save(current, anew=event == "anew")
            known.append((current, some))
            saved = VectorFile(folder, DIM).load()
            expected = dict(
                zip(ids[some].tolist(), map(np.ndarray.tobytes, rows[some]), strict=True)
            )
            assert saved.generation == generation
            assert held(saved) == held(current) == expected
            if event == "anew":  # nothing of what is gone is left in the file
                raw = path.read_bytes()
                assert not any(rows[place].tobytes() in raw for place in np.flatnonzero(~some)[:20])
        for each, some in known:
            among = np.sort(ids[some][:FEW])
            places = np.flatnonzero(np.isin(ids, among))
            nearest = places[np.argsort(-(rows[places] @ query), kind="stable")][:5]
            assert [i for i, _ in each.search(query, 5, among=among)] == ids[nearest].tolist()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**9), st.booleans())
def test_damage_is_not_believed(place: int, is_cut: bool) -> None:
    rng = np.random.default_rng(place)
    rows, ids = clustered(rng, 400), some_ids(rng, 400)
    with TemporaryDirectory() as name:
        index = in_cells(Path(name), ids, rows)
        index = index.changed(2, gone=ids[:9], new=NONE, vectors=rows[:0])
        VectorFile(Path(name), DIM).save(index)
        path = Path(name) / "dense.vectors"
        raw = bytearray(path.read_bytes())
        place %= len(raw)
        if is_cut:
            del raw[place:]
        else:
            raw[place] ^= 1 << place % 8
        path.unlink()
        path.write_bytes(raw)
        loaded = held(VectorFile(Path(name), DIM).load())
        whole = told(ids, rows)
        padding = 44 <= place < 48 and not is_cut
        assert loaded in ({}, whole) or (padding and loaded == held(index))


def test_where_another_is_at_it_nothing_happens(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rows, ids = clustered(rng, 500), some_ids(rng, 500)
    dense = DenseIndex.empty(DIM).changed(1, gone=NONE, new=ids, vectors=rows)
    file = VectorFile(tmp_path, DIM)
    file.save(dense)
    with FileLock(tmp_path / "cells.lock"):
        file.put_in_cells(dense, list)
    assert file.load().loose == 500
    (tmp_path / "cells").mkdir()  # by a process that was killed
    (tmp_path / "cells" / ".new-12345678").write_bytes(b"half")
    file.put_in_cells(dense, list)
    assert file.load().loose == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.lock", "dense.vectors"]


@given(
    before=st.lists(st.integers(0, 200), unique=True, max_size=120),
    gone=st.sets(st.integers(0, 200)),
    new=st.lists(st.integers(300, 400), unique=True, max_size=9),
    is_in_order=st.booleans(),
)
def test_what_changed_between_two_lists_of_ids(
    before: list[int], gone: set[int], new: list[int], is_in_order: bool
) -> None:
    now = [*(i for i in before if i not in gone), *new]
    now = now if is_in_order else now[::-1]
    left, places = changes(np.array(before, np.int64), np.array(now, np.int64))
    assert set(left.tolist()) == gone & set(before)
    assert [now[place] for place in places.tolist()] == [i for i in now if i >= 300]
