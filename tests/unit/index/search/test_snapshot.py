"""What answers while others write: of one moment, at once, and the same as if made anew."""

import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

import index.search.chunks
import index.search.documents
import index.search.lexical
from index.keeping.library import Library, Source
from index.search.database import Store
from index.search.document_rows import DocumentRows
from index.search.scope import matcher
from index.search.snapshot import Snapshot
from index.search.summaries import Summaries
from index.search.terms import terms
from index.search.vectors import DenseIndex
from index.search.vocabulary import Words
from index.settings import IndexSettings
from index.text.pinyin import Names
from index.types import Scope
from tests.unit.index.search.test_lexical import entry, made_anew, new_store, put

ASKED = ["青石港的船", "the harbour of Penrow", "Wassermühle 5G"]
names = st.sampled_from(["a.txt", "b.md", "目录/c.txt", "d.txt"])
texts = st.lists(st.sampled_from([*ASKED, "the the the", "港", "🗼 маяк"]), min_size=1, max_size=4)
histories = st.lists(
    st.tuples(names, st.one_of(st.none(), texts), st.sampled_from(["", "青石", "Penrow"])),
    min_size=1,
    max_size=10,
)


@pytest.fixture
def all_terms_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is known of every term be carried on."""
    monkeypatch.setattr(index.search.lexical, "COMMON", 0)


@examples(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories, st.sets(st.integers(0, 9)))
def test_the_next_snapshot_is_one_made_anew(
    all_terms_common: None, history: list[tuple[str, list[str] | None, str]], asked: set[int]
) -> None:
    with new_store() as (store, _):
        now = Snapshot.of(store, DenseIndex.empty(1))
        for step, (doc_id, held, title) in enumerate(history):
            if held is None:
                store.delete([doc_id])
            else:
                put(store, entry(doc_id, held, title))
            if step == 5:
                store.make_terms_anew()
            if step not in asked:  # several changes at once, too
                now = now.of_now(store)
                anew = made_anew(store)
                for question in ASKED:
                    found = now.lexical.search(store, terms(question), 50)
                    assert found == anew.search(store, terms(question), 50)
                assert sorted(now.vectors.ids()) == sorted(store.vector_ids())


@examples(max_examples=40, deadline=None)
@given(histories, st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9), max_size=2))
def test_words_and_lists_that_follow_are_those_counted_anew(
    history: list[tuple[str, list[str] | None, str]], asked: set[int], purged: set[int]
) -> None:
    with new_store() as (store, _):
        words, lines, there = Words(), Summaries(), dict[str, tuple[list[str], str]]()
        for step, (doc_id, held, title) in enumerate(history):
            there.pop(doc_id, None)
            if held is None:
                store.delete([doc_id])
            else:
                there[doc_id] = [f"{piece}\n# 标题{step}" for piece in held], title
                put(store, entry(doc_id, *there[doc_id]))
            if step in purged:
                store.purge()
            if step == 5:
                store.make_terms_anew()
            if step not in asked:
                words = words if words.follow(store) else anew(store)
                lines = lines.of_now(store)
                check_words(words, there)
                assert lines.lines == Summaries().of_now(store).lines == store.summaries()
                assert [line.doc_id for line in lines.lines] == sorted(there)
                titles = Counter(t for _, title in there.values() for t in set(terms(title)))
                telling = {t for t, count in titles.items() if 2 * count <= len(there)}
                assert store.names_among({*titles, "none"}) == telling
        assert not store.terms_faults()


SCOPES = [Scope(("a.txt", "*.md")), Scope(("目录",)), Scope(("?.*",), since="2021"), Scope(("x",))]
dates = st.sampled_from([None, "2020", "2021-05-01"])


@examples(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(names, st.one_of(st.none(), texts, st.just([])), dates), max_size=12),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11), max_size=2),
)
def test_rows_of_documents_that_follow_are_those_of_the_chunks(
    history: list[tuple[str, list[str] | None, str | None]], asked: set[int], purged: set[int]
) -> None:
    with new_store() as (store, _):
        following = DocumentRows()
        for step, (doc_id, held, date) in enumerate(history):
            if held is None:
                store.delete([doc_id])
            else:  # one more beside it: several are stored at once
                put(store, entry(doc_id, held, date=date), entry("e.md", ["港"] * (step % 3)))
            if step in purged:
                store.purge()
            if step not in asked:
                continue
            following = following.of_now(store)
            now = Snapshot.of(store, DenseIndex.empty(1))
            chunks = store.chunks_in_rows(now.rows.rows.tolist())
            dated = {line.doc_id: line.metadata.date for line in store.summaries()}
            for scope in SCOPES:
                holds = matcher(scope)
                expected = [holds(chunk.doc_id, dated[chunk.doc_id]) for chunk in chunks]
                for _ in range(2):  # the second time remembered
                    assert following.in_scope(now.rows.rows, scope).tolist() == expected
                assert DocumentRows().of_now(store).where(now.rows.rows, holds).tolist() == expected


def anew(store: Store) -> Words:
    words = Words()
    assert words.follow(store)
    return words


def check_words(words: Words, there: dict[str, tuple[list[str], str]]) -> None:
    counts = Counter(
        term
        for pieces, title in there.values()
        for piece in pieces
        for term in {*terms(title), *terms(piece)}
    )
    latin = {t: n for t, n in counts.items() if t.isascii() and t.isalpha()}
    assert words.latin == latin
    assert words.han == {
        t: n for t, n in counts.items() if len(t) == 2 and min(t) >= "一" and n >= 3
    }
    assert sorted(w for near in words.near.values() for w in near) == sorted(latin)
    assert all((w[0], len(w)) == place for place, near in words.near.items() for w in near)
    headings = [
        heading
        for pieces, title in there.values()
        for heading in (title, *(piece.partition("# ")[2] for piece in pieces))
        if max(heading, default="") >= "一"
    ]
    assert sorted(words.headings) == sorted(headings)
    names, new = words.names, Names(words.han)
    new.change(headings, [])
    for typed in ("qingshi", "biaoti", "qingshigang", "gang"):
        assert names.spelled(typed) == new.spelled(typed)
    assert sorted(t for near in names.near.values() for t in near) == sorted(
        t for near in new.near.values() for t in near
    )


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a text of a few characters be kept in several parts."""
    for module in (index.search.documents, index.search.chunks):
        monkeypatch.setattr(module, "PART_CHARACTERS", 3)


@examples(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_a_chunk_is_cut_out_by_characters(short_parts: None, held: list[str]) -> None:
    with new_store() as (store, _):
        stored = entry("a.txt", held)
        put(store, stored)
        chunks = store.document_chunks("a.txt")
        assert sorted(chunks, key=lambda c: (c.start, c.end)) == stored.chunks
        rows = sorted(store.rows_there().tolist(), reverse=True)
        assert [chunk.text for chunk in store.chunks_in_rows(rows)] == held[::-1]
        assert store.document("a.txt").text == store.text("a.txt") == stored.document.text
        (summary,) = store.summaries()
        assert (summary.characters, summary.chunks) == (len(stored.document.text), len(held))


@pytest.mark.slow
def test_of_a_book_of_many_chunks_each_is_cut_out_at_once() -> None:
    with new_store() as (store, _):
        stored = entry(
            "书.txt",
            [f"第{number}行：青石港🗼的船要到秋天才会从北方回来。" * 2 for number in range(5000)],
        )
        put(store, stored)
        start = time.thread_time()
        assert store.document_chunks("书.txt") == stored.chunks
        assert time.thread_time() - start < 0.5


def traced(told: list[str]) -> type[sqlite3.Connection]:
    """Connections that tell what is run over them."""

    class Traced(sqlite3.Connection):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)
            self.set_trace_callback(told.append)

    return Traced


def test_a_list_a_poll_and_a_search_read_no_whole_text(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()
    read: list[str] = []
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=traced(read)))
    library.documents()
    library.info()
    before, _ = library.generation, read.clear()
    assert library.generation == before
    assert [one for one in read if one.startswith("SELECT")] == [read[-1]]
    library.search_dense(library.embedder.embed(["青石港"], "query")[0], 3)
    library.search_lexical(["青石"], 3)
    texts_read = [one for one in read if "FROM texts" in one]
    assert texts_read
    assert all("part BETWEEN start /" in one for one in texts_read)


def test_files_that_were_only_touched_are_noted_together(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = library.settings.corpus_dir
    library.add([Source(f"{number}.txt", f"第{number}艘船".encode()) for number in range(20)])
    for path in folder.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    library.close()
    read: list[str] = []
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=traced(read)))
    before = library.generation
    assert library.pending().stale.keys() >= {f"{number}.txt" for number in range(20)}
    assert library.update() == []
    assert not library.pending()
    assert library.generation == before
    assert read.count("BEGIN IMMEDIATE") == 1


def test_every_change_is_another_generation(library: Library) -> None:
    seen = [library.generation]

    def changes(do: Callable[[], object]) -> None:
        do()
        assert library.generation not in seen
        assert library.generation == library.generation
        seen.append(library.generation)

    changes(lambda: library.add([Source("new.txt", "新的一页。".encode())]))
    changes(lambda: library.edit("new.txt", title="云梯"))
    changes(lambda: library.remove("new.txt"))
    changes(library.build)
    changes(library.build)


def test_questions_go_on_while_documents_come_and_go(library: Library) -> None:
    """No error, nothing that was never there, and what was added is found at once."""
    library.add([Source("stays.txt", "青石港的灯塔一直亮着。".encode())])
    query = library.embedder.embed(["青石港的灯塔一直亮着。"], "query")[0]
    failures: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                dense = [chunk for chunk, _ in library.search_dense(query, 4)]
                lexical = [hit.chunk for hit in library.search_lexical(["青石", "灯塔"], 4)]
                for chunks in (dense, lexical):
                    assert "stays.txt" in {chunk.doc_id for chunk in chunks}
                    assert len({chunk.chunk_id for chunk in chunks}) == len(chunks)
            except Exception as error:  # noqa: BLE001
                failures.append(error)

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(12):
        library.add([Source("one.txt", f"第{number}座桥。".encode()), Source("x.txt", b"an x")])
        hits = library.search_lexical(terms(f"第{number}座桥"), 1)
        assert hits[0].chunk.text == f"第{number}座桥。"
        library.remove("x.txt")
        assert library.search_lexical(["x"], 1) == []
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_another_process_is_followed_and_a_reader_holds_its_moment(
    settings: IndexSettings, library: Library, tmp_path: Path
) -> None:
    other = Library(settings, embedder=library.embedder)
    query = library.embedder.embed(["青石港"], "query")[0]
    assert len(other.search_dense(query, 9)) == 3
    with other._builds.reading() as build, build.snapshot() as now:
        library.add([Source("new.txt", "青石港的新码头。".encode())])
        library.build()
        assert len(now.nearest(build.store, query, 9, None)) == 3
        assert len(build.store.summaries()) == 3
    assert other.search_dense(query, 9)[0][0].doc_id in ("new.txt", "harbour.md")
    assert len(other.search_dense(query, 9)) == 4
    other.close()
