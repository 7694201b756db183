"""The file of common terms: with it or without, after any history, the same is found."""

import shutil
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

import index.search.lexical
import index.search.term_file
from index.search.database import Store
from index.search.lexical import LexicalIndex
from index.search.snapshot import Snapshot
from index.search.term_file import SavedTerms, TermFile
from index.search.terms import terms
from index.search.vectors import DenseIndex
from tests.unit.index.search.test_lexical import DATABASE, entry, made_anew, new_store, put

ASKED = ["青石港的船", "the harbour of Penrow", "Wassermühle 5G"]
names = st.sampled_from(["a.txt", "b.md", "目录/c.txt", "d.txt"])
texts = st.lists(
    st.sampled_from([*ASKED, "the the the", "港港港", "🗼 маяк"]), min_size=1, max_size=4
)
histories = st.lists(st.tuples(names, st.one_of(st.none(), texts)), min_size=1, max_size=10)


@pytest.fixture
def all_terms_common(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index.search.lexical, index.search.term_file):
        monkeypatch.setattr(module, "COMMON", 1)


def check(store: Store, saved: SavedTerms | None) -> None:
    rows = store.chunk_rows()
    index = LexicalIndex(store.generation, rows, saved)
    for question in ASKED:
        for _ in range(2):
            found = index.search(store, terms(question), 50)
            assert found == made_anew(store).search(store, terms(question), 50)


@examples(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories, st.integers(0, 9), st.integers(0, 9))
def test_after_any_history_the_same_is_found(
    all_terms_common: None, history: list[tuple[str, list[str] | None]], saved_at: int, anew_at: int
) -> None:
    with new_store() as (store, path):
        file = TermFile(path.parent)
        now = Snapshot.of(store, DenseIndex.empty(1), file)
        for step, (doc_id, held) in enumerate(history):
            if held is None:
                store.delete([doc_id])
            else:
                put(store, entry(doc_id, held))
            if step == anew_at:
                store.make_terms_anew()
            if step == saved_at:
                assert file.make(store, list)
                rows = store.chunk_rows()
                now = now.of_now(store).with_terms(file.load(store, rows))
                assert now.lexical.loose == 0
            assert not file.faults(store)
            now = now.of_now(store)
            for question in ASKED:
                found = now.lexical.search(store, terms(question), 50)
                assert found == made_anew(store).search(store, terms(question), 50)
            saved = file.load(store, store.chunk_rows())
            if step == saved_at:
                assert saved is not None
                assert all(name in saved.names() for name in store.terms_held(1))
            check(store, saved)


def test_a_file_of_another_database_is_not_used(all_terms_common: None) -> None:
    with new_store() as (store, path), TemporaryDirectory() as other:
        put(store, entry("a.txt", ASKED[:1]))
        older = Path(shutil.copytree(path.parent, Path(other) / "older")) / DATABASE
        put(store, entry("b.txt", ["the harbour"]), entry("c.txt", ["港港港"]))
        file = TermFile(path.parent)
        assert file.make(store, list)
        assert file.load(store, store.chunk_rows()) is not None
        with closing(Store(older)) as copy:  # it gives the same rows to other chunks
            for number in range(3):
                put(copy, entry(f"{number}.txt", ["the船"]))
            assert file.load(copy, copy.chunk_rows()) is None


def test_a_file_that_has_changed_on_the_disk_changes_no_answer(all_terms_common: None) -> None:
    with new_store() as (store, path):
        put(store, entry("a.txt", [*ASKED, "the the the"]), entry("b.txt", ASKED))
        file = TermFile(path.parent)
        assert file.make(store, list)
        made = path.with_name("common.terms")
        whole = made.read_bytes()
        for place in range(0, len(whole), 3):
            made.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
            check(store, file.load(store, store.chunk_rows()))
        for length in (0, 7, 40, len(whole) // 2, len(whole) - 1):
            made.write_bytes(whole[:length])
            check(store, file.load(store, store.chunk_rows()))


def test_what_was_purged_while_it_was_made_is_in_no_file(all_terms_common: None) -> None:
    with new_store() as (store, path):
        put(store, entry("a.txt", ["axolotl"]), entry("b.txt", ASKED))
        file = TermFile(path.parent)

        def purge() -> None:
            store.delete(["a.txt"])
            store.purge()

        assert file.make(store, purge)
        assert [each.name for each in path.parent.iterdir() if "term" in each.name] == [
            "terms.lock"
        ]
        assert file.make(store, list)
        assert b"axolotl" not in path.with_name("common.terms").read_bytes()
        check(store, file.load(store, store.chunk_rows()))
        file.delete()
        assert file.load(store, store.chunk_rows()) is None


def test_a_term_that_a_chunk_holds_very_often_is_left_out(all_terms_common: None) -> None:
    with new_store() as (store, path):
        put(store, entry("a.txt", ["the " * 256, "harbour " * 255]), entry("b.txt", ASKED))
        file = TermFile(path.parent)
        assert file.make(store, list)
        saved = file.load(store, store.chunk_rows())
        assert saved is not None
        assert "the" not in saved.names()
        assert "harbour" in saved.names()
        check(store, saved)
