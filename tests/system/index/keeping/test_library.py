"""Adding, updating, building, removing: what the index holds is what the corpus holds."""

import json
import multiprocessing
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from index.embedders.embedding import Embedder
from index.embedders.token_codes import TitledText
from index.errors import CorpusError, IndexMismatchError, IndexNotBuiltError
from index.keeping.library import Library, Source
from index.search.vector_file import VectorFile
from index.search.vectors import DenseIndex
from index.settings import IndexSettings
from tests.conftest import CountingEmbedder


def contents(library: Library) -> dict[str, object]:
    """Everything a reader can see of the index."""
    return {
        summary.doc_id: (summary, library.document(summary.doc_id), library.chunks(summary.doc_id))
        for summary in library.documents()
    }


def found(library: Library, text: str) -> set[str]:
    """The documents among the ten chunks nearest to a text."""
    hits = library.search_dense(library.embedder.embed([text], "query")[0], 10)
    return {chunk.doc_id for chunk, _ in hits}


def outcomes(reports) -> list[tuple[str, str]]:
    return [(report.outcome, report.name) for report in reports]


def test_offsets_point_at_the_chunks(library: Library) -> None:
    for doc_id in ("harbour.md", "observatory.txt", "muehle.txt"):
        document = library.document(doc_id)
        chunks = library.chunks(doc_id)
        assert chunks
        for chunk in chunks:
            assert document.text[chunk.start : chunk.end] == chunk.text
        assert document.text == (library.settings.corpus_dir / doc_id).read_text("utf-8")


def test_the_list_is_made_anew_only_when_a_file_or_the_index_has_changed(library: Library) -> None:
    first = library.documents()
    assert {line.doc_id for line in first} == set(contents(library))
    assert library.documents() is first
    path = library.settings.corpus_dir / "harbour.md"
    path.rename(library.settings.corpus_dir.parent / "away.md")  # another program takes it out
    assert library.documents() == tuple(line for line in first if line.doc_id != path.name)
    (library.settings.corpus_dir.parent / "away.md").rename(path)
    assert library.documents() == first
    library.edit(path.name, title="Another")
    assert {line.metadata.title for line in library.documents()} >= {"Another"}


def test_it_can_be_closed_while_it_reads_ahead(library: Library) -> None:
    """What the thread meets then is an error of nobody; that it ends is seen by pytest."""
    for _ in range(20):
        other = Library(library.settings, embedder=library.embedder)
        assert other.open() == []
        other.close()
    assert found(library, "harbour") == found(other, "harbour")
    other.close()


def test_an_update_with_nothing_changed_embeds_nothing(library: Library, counting) -> None:
    before, generation = len(counting.embedded), library.info().generation
    assert library.update() == []
    assert (len(counting.embedded), library.info().generation) == (before, generation)


def test_an_update_with_nothing_changed_loads_no_model(
    settings: IndexSettings, embedder: Embedder
) -> None:
    for path in settings.corpus_dir.iterdir():
        os.utime(path, (1_900_000_000, 1_900_000_000))  # not changed just now
    made = Library(settings, embedder=embedder)
    made.update()
    made.close()
    library = Library(settings)
    assert library.update() == []
    assert "model" not in vars(library._embedder)
    library.close()
    with pytest.raises(IndexMismatchError, match="index build"):
        Library(settings, embedder=CountingEmbedder()).update()


def test_only_changed_pieces_are_embedded_again(library: Library, counting) -> None:
    path = library.settings.corpus_dir / "long.md"
    paragraphs = [f"Absatz {n}: " + f"Wort{n} " * 40 + "Ende." for n in range(12)]
    path.write_text("\n\n".join(paragraphs), "utf-8")
    (added,) = library.update()
    assert added.embedded == added.chunks >= 12
    counting.embedded.clear()
    paragraphs[5] = "Ein neuer Satz. " * 12
    path.write_text("\n\n".join(paragraphs), "utf-8")
    (replaced,) = library.update()
    assert replaced.outcome == "replaced"
    assert len(counting.embedded) == replaced.embedded == 1
    assert "neuer Satz" in counting.embedded[0]


def test_a_renamed_file_is_not_embedded_again(library: Library, counting) -> None:
    counting.embedded.clear()
    folder = library.settings.corpus_dir
    (folder / "harbour.md").rename(folder / "port.md")
    assert outcomes(library.update()) == [("added", "port.md"), ("removed", "harbour.md")]
    assert counting.embedded == []
    assert "port.md" in found(library, "青石港")


def test_same_size_edit_within_the_clock_tick_is_seen(library: Library) -> None:
    path = library.settings.corpus_dir / "muehle.txt"
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"12.500", b"99.999"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    library.open()
    assert "99.999" in library.document("muehle.txt").text


def test_add_says_what_became_of_each_source(library: Library) -> None:
    known = (library.settings.corpus_dir / "harbour.md").read_bytes()
    reports = library.add(
        [
            Source("new.txt", "Ein neuer Text über Kraniche.".encode()),
            Source("copy.md", known),
            Source("harbour.md", "# 青石港\n\n全新的内容。".encode()),
            Source("bad.bin", b"\0\1"),
            Source("../sneaky.txt", "こっそり入る文書。".encode()),
        ]
    )
    assert outcomes(reports) == [
        ("added", "new.txt"),
        ("unchanged", "copy.md"),
        ("replaced", "harbour.md"),
        ("refused", "bad.bin"),
        ("added", "../sneaky.txt"),
    ]
    assert reports[4].doc_id == "sneaky.txt"
    assert reports[1].doc_id == "harbour.md"
    assert "sneaky.txt" in found(library, "こっそり入る文書。")
    assert "全新的内容" in library.document("harbour.md").text


def test_nothing_that_was_acknowledged_is_lost_in_one_call(library: Library) -> None:
    folder = library.settings.corpus_dir
    old = (folder / "harbour.md").read_bytes()
    (folder / "harbour.md").write_text("改成了别的内容。", "utf-8")  # not indexed yet
    reports = library.add(
        [
            Source("z.md", old),
            Source("x.md", "同一段话。".encode()),
            Source("y.md", "同一段话。".encode()),
            Source("x.md", "另一段话。".encode()),
        ]
    )
    assert outcomes(reports) == [
        ("added", "z.md"),
        ("added", "x.md"),
        ("unchanged", "y.md"),
        ("added", "x.md"),
    ]
    assert reports[3].doc_id == "x (2).md"
    assert library.document("x.md").text == "同一段话。"
    assert library.document("x (2).md").text == "另一段话。"
    assert library.document("z.md").text.encode() == old
    assert library.document("harbour.md").text == "改成了别的内容。"


def test_a_deleted_documents_sidecar_is_not_inherited(library: Library) -> None:
    folder = library.settings.corpus_dir
    (folder / "harbour.md.meta.json").write_text('{"title": "Old"}', "utf-8")
    (folder / "harbour.md").unlink()
    library.add([Source("harbour.md", b"# Something else\n\nEntirely.")])
    assert library.document("harbour.md").metadata.title == "Something else"


def test_a_pasted_text_keeps_the_title_it_was_given(library: Library) -> None:
    library.add([Source("note.txt", b"The first line. And more.", title="会议纪要")])
    assert library.document("note.txt").metadata.title == "会议纪要"


@pytest.mark.parametrize("times", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_readers_go_on_while_builds_are_swapped_in(library: Library, times: int) -> None:
    failures: list[Exception] = []
    done = threading.Event()
    query = library.embedder.embed(["青石港"], "query")[0]

    def read() -> None:
        while not done.is_set():
            try:
                assert len(library.documents()) == 3
                assert library.document("muehle.txt").text
                assert library.chunks("muehle.txt")
                assert library.info().documents == 3
                assert len(library.search_dense(query, 3)) == 3
            except Exception as error:  # noqa: BLE001
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    other = Library(library.settings, embedder=library.embedder)
    for builder in (library, other) * times:
        builder.build()
    done.set()
    for reader in readers:
        reader.join()
    other.close()
    assert failures == []


def test_a_deleted_index_is_noticed_by_who_still_reads_it(library: Library) -> None:
    shutil.rmtree(library.settings.index_dir)
    other = Library(library.settings, embedder=library.embedder)
    other.add([Source("new.txt", "Neues über Kraniche.".encode())])
    other.close()
    assert "new.txt" in found(library, "Kraniche")


def test_info_does_not_call_a_fresh_index_behind(library: Library) -> None:
    library.add([Source("fresh.txt", b"just written")])
    info = library.info()
    assert (info.new, info.gone) == ((), ())
    (library.settings.corpus_dir / "later.txt").write_text("not indexed yet")
    assert library.info().new == ("later.txt",)


def test_an_unreadable_folder_is_an_error_and_not_a_removal(library: Library) -> None:
    before = contents(library)
    moved = library.settings.corpus_dir.rename(library.settings.corpus_dir.with_name("away"))
    with pytest.raises(CorpusError, match="no corpus folder"):
        library.open()
    moved.rename(library.settings.corpus_dir)
    assert contents(library) == before


def test_adding_again_keeps_what_someone_has_edited(library: Library) -> None:
    folder = library.settings.corpus_dir
    library.add([Source("note.txt", b"first version of the note")])
    beside = folder / "note.txt.meta.json"
    beside.write_text(json.dumps({**json.loads(beside.read_text()), "title": "Mine"}))
    library.add([Source("note.txt", b"second version of the note")])
    assert library.document("note.txt").metadata.title == "Mine"


def test_an_edited_sidecar_takes_effect_without_embedding(library: Library, counting) -> None:
    counting.embedded.clear()
    beside = library.settings.corpus_dir / "harbour.md.meta.json"
    beside.write_text('{"author": "林望舒", "date": "2032-01-05"}', "utf-8")
    library.open()
    assert library.document("harbour.md").metadata.date == "2032-01-05"
    assert counting.embedded == []


def test_removed_documents_are_gone_from_everything(library: Library) -> None:
    assert "harbour.md" in found(library, "青石港")
    library.remove("harbour.md")
    assert "harbour.md" not in found(library, "青石港")
    assert not (library.settings.corpus_dir / "harbour.md").exists()
    assert "harbour.md" not in contents(library)
    for doc_id in ("harbour.md", "./muehle.txt", "README.md", "muehle.txt.meta.json", "../x.txt"):
        with pytest.raises(CorpusError, match="index list"):
            library.remove(doc_id)
    assert set(contents(library)) == {"observatory.txt", "muehle.txt"}


def test_a_document_whose_file_is_gone_is_not_served(library: Library) -> None:
    assert "harbour.md" in found(library, "青石港")
    (library.settings.corpus_dir / "harbour.md").unlink()
    assert found(library, "青石港") == {"observatory.txt", "muehle.txt"}
    assert "harbour.md" not in contents(library)
    with pytest.raises(CorpusError):
        library.document("harbour.md")
    assert outcomes(library.open()) == [("removed", "harbour.md")]


def test_a_file_that_became_unreadable_stops_answering(library: Library) -> None:
    (library.settings.corpus_dir / "harbour.md").write_bytes(b"\x00\x01\x02" * 40)
    (report,) = library.update()
    assert report.outcome == "refused"
    assert "harbour.md" not in contents(library)


def test_delete_the_built_folder_and_rebuild(library: Library) -> None:
    library.add([Source("extra.txt", "Eine Notiz über Kraniche am See.".encode())])
    library.remove("observatory.txt")
    before, hits = contents(library), found(library, "Kraniche")
    library.close()
    shutil.rmtree(library.settings.index_dir)
    with pytest.raises(IndexNotBuiltError, match="python -m index build"):
        library.open()
    library.build()
    assert contents(library) == before
    assert found(library, "Kraniche") == hits


def test_build_swaps_in_and_leaves_one_build(library: Library) -> None:
    reader = Library(library.settings, embedder=library.embedder)
    reader.open()
    before = contents(reader)
    library.build()
    library.build()
    assert contents(reader) == before  # the reader follows the swap
    assert len(list(library.settings.index_dir.glob("build-*"))) == 1
    reader.close()


def test_another_embedder_is_refused_with_the_remedy(library: Library, counting) -> None:
    counting.fingerprint = "another"
    other = Library(library.settings, embedder=counting)
    with pytest.raises(IndexMismatchError, match="index build"):
        other.search_dense(counting.embed(["x"], "query")[0], 3)
    other.build()
    assert found(other, "青石港")
    other.close()


def test_a_damaged_database_is_said_with_the_remedy(library: Library) -> None:
    library.close()
    (database,) = library.settings.index_dir.glob("build-*/store.sqlite3")
    for junk in database.parent.glob("store.sqlite3-*"):
        junk.unlink()
    database.write_bytes(b"not a database" * 100)
    with pytest.raises(IndexMismatchError, match="python -m index doctor"):
        library.open()
    library.update()  # all of it is derived: made anew
    assert len(contents(library)) == 3


def test_a_lost_or_broken_vector_file_is_made_again(library: Library) -> None:
    expected = found(library, "青石港")
    (vectors,) = library.settings.index_dir.glob("build-*/dense.vectors")
    library.close()
    vectors.write_bytes(vectors.read_bytes()[:40])
    assert found(library, "青石港") == expected
    library.close()
    vectors.unlink()
    assert found(library, "青石港") == expected


def test_a_smaller_cap_takes_effect_by_update(library: Library, counting) -> None:
    smaller = Library(replace(library.settings, max_chunk_tokens=40), embedder=counting)
    assert {report.outcome for report in smaller.update()} == {"replaced"}
    for doc_id in contents(smaller):
        assert max(counting.count_tokens([c.text for c in smaller.chunks(doc_id)], "passage")) <= 40
    smaller.close()


def _add_from_process(settings: IndexSettings, embedder, number: int) -> None:
    own = Library(settings, embedder=embedder)
    for n in range(5):
        own.add([Source(f"p{number}-{n}.txt", f"process {number} note {n}".encode())])
    own.close()


def test_two_processes_adding_at_once_both_succeed(library: Library, counting) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_add_from_process, args=(library.settings, counting, number))
        for number in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert len(contents(library)) == 3 + 10


NAMES = st.sampled_from(["a.txt", "b.md", "sub/c.txt", "福田.txt"])
BODIES = st.sampled_from(["红色的灯塔。", "a green door", "zwei blaue Vögel", "四只猫在屋顶上。"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NAMES, BODIES),
        st.tuples(st.just("write"), NAMES, BODIES),
        st.tuples(st.just("remove"), NAMES, st.just("")),
        st.tuples(st.just("unlink"), NAMES, st.just("")),
        st.tuples(st.just("reopen"), NAMES, st.just("")),
    ),
    max_size=12,
)


@examples(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_history_ends_in_what_the_corpus_holds(tmp_path_factory, counting, steps) -> None:
    root = tmp_path_factory.mktemp("history")
    (root / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built")
    library = Library(settings, embedder=counting)
    library.update()
    for action, name, body in steps:
        path = settings.corpus_dir / name
        if action == "add":
            library.add([Source(name, body.encode())])
        elif action == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(body, "utf-8")
        elif action == "remove" and path.exists():
            library.remove(name)
        elif action == "unlink":
            path.unlink(missing_ok=True)
        elif action == "reopen":
            library.close()
            library.open()
    library.open()
    on_disk = {
        p.relative_to(settings.corpus_dir).as_posix(): p.read_text("utf-8")
        for p in settings.corpus_dir.rglob("*")
        if p.suffix in (".txt", ".md")
    }
    assert {d: library.document(d).text for d in contents(library)} == on_disk
    assert found(library, "红色的灯塔") == set(on_disk)
    library.close()


def rows_of(dense: DenseIndex) -> list[bytes]:
    return sorted(row.tobytes() for row in dense.vectors())


def check_vectors(library: Library, embedder: CountingEmbedder) -> None:
    """What is searched is what the embedder makes of the chunks, bit for bit, on disk too."""
    passages = [
        TitledText(library.document(doc_id).metadata.title, chunk.text).read
        for doc_id in contents(library)
        for chunk in library.chunks(doc_id)
    ]
    expected = sorted(embedder.embed([text], "passage")[0].tobytes() for text in passages)
    with library._builds.reading() as build, build.snapshot() as now:
        assert rows_of(now.vectors) == expected
    saved = VectorFile(library.settings.index_dir / library.info().build, embedder.dim).load()
    assert saved.generation == library.info().generation
    assert rows_of(saved) == expected


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["add", "title", "title", "date", "remove", "rename", "build", "reopen"]),
        NAMES,
        st.sampled_from(["红色的灯塔。", "a green door", "四只猫在屋顶上。", "", "🗼 маяк"]),
    ),
    min_size=2,
    max_size=10,
)


@examples(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=EDITS)
def test_after_any_edits_the_vectors_searched_are_those_of_what_is_read(
    tmp_path_factory, counting, steps
) -> None:
    root = tmp_path_factory.mktemp("edits")
    (root / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built")
    library = Library(settings, embedder=counting)
    twins = [Source(name, f"{name}两份同样的文字。".encode()) for name in ("a.txt", "b.md")]
    library.add([*twins, Source("福田.txt", "四只猫在屋顶上。".encode(), title="猫")])
    do: dict[str, Callable[[str, str], object]] = {
        "add": lambda name, text: library.add([Source(name, (text or "x").encode())]),
        "title": lambda name, text: library.edit(name, title=text),
        "date": lambda name, text: library.edit(name, date="2031-05" if text else ""),
        "remove": lambda name, text: library.remove(name),
        "rename": lambda name, text: (settings.corpus_dir / name).rename(
            settings.corpus_dir / "c.md"
        ),
        "build": lambda name, text: library.build(),
        "reopen": lambda name, text: library.close(),
    }
    for action, name, text in steps:
        with suppress(CorpusError, FileNotFoundError):  # of a document that is not there
            do[action](name, text)
        library.open()
        check_vectors(library, counting)
    library.close()
    check_vectors(library, counting)
    library.close()


def test_a_document_with_another_title_is_searched_by_it(library: Library) -> None:
    query = library.embedder.embed(["云梯桥"], "query")[0]
    library.search_dense(query, 3)  # in memory
    library.edit("harbour.md", title="云梯桥云梯桥云梯桥云梯桥")
    before = dict(library.search_dense(query, 9))
    library.close()
    library.build()
    assert dict(library.search_dense(query, 9)) == before


@pytest.mark.parametrize("gone", [119, 120])
def test_files_that_are_gone_cost_a_question_one_look_at_the_folder(
    library: Library, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    names = [f"{number}.txt" for number in range(117)]
    library.add([Source(name, f"青石港的第{name}份报告。".encode()) for name in names])
    library.close()
    read: list[str] = []

    class Traced(sqlite3.Connection):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)
            self.set_trace_callback(read.append)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Traced))
    folder = library.settings.corpus_dir
    left = [*names, "harbour.md", "muehle.txt", "observatory.txt"][gone:]
    for path in folder.glob("*.*"):
        if path.is_file() and path.name not in left:
            path.unlink()
    query = library.embedder.embed(["青石港"], "query")[0]
    assert [chunk.doc_id for chunk, _ in library.search_dense(query, 5)] == left
    # "the" is in the one document that may be left.
    hits = library.search_lexical(["青石", "the"], 5)
    assert [hit.chunk.doc_id for hit in hits] == left
    texts = [
        statement for statement in read if " FROM texts" in statement or "JOIN texts" in statement
    ]
    assert 0 < len(texts) <= 4
