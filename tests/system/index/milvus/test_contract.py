"""What both engines promise, and that both give the same: files in a folder, and Milvus.

The engine in files is the measure: whatever happens to the corpus, Milvus answers as it does. The
server 2.3.5 has no sparse fields: of it, all but the lexical search.
"""

import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import index.milvus.counts
from index.embedders.fake import FakeEmbedder
from index.errors import CorpusError, IndexMismatchError, IndexNotBuiltError
from index.keeping.library import Library, Source
from index.milvus.moments import FRESH_SECONDS
from index.search.terms import terms
from index.settings import IndexSettings, MilvusAddress
from index.types import Scope
from tests.support.crash_writer import TOPICS, body
from tests.support.milvus_servers import Server
from tests.support.waiting import soon

SCOPES = [
    Scope(),
    Scope(("港口",)),
    Scope(("notes/", "灯塔-1.txt")),
    Scope(("n*s/*[13579].md", "?塔-*")),
    Scope(since="2020-06"),
    Scope(until="2020"),
    Scope(("notes",), since="2019", until="2020-10-14"),
    Scope(("a_b", "50%")),
]
QUESTIONS = [
    "第3号灯塔高多少米？",
    "How high is the lighthouse, 2,400 m?",
    "Wann wurde der Leuchtturm gebaut",
    "emoji 🗼 und ｆｕｌｌ",
]


def fill(folder: Path, seed: int, count: int = 40) -> None:
    """Write documents in several folders and scripts, some dated, some with hostile names."""
    rng = random.Random(seed)
    folders = ["", "notes/", "港口/", "a_b/", "50%/", 'say "hi"/', "back\\slash/"]
    for number in range(count):
        place = (
            folder
            / f"{rng.choice(folders)}{rng.choice(TOPICS)}-{number}.{rng.choice(['md', 'txt'])}"
        )
        place.parent.mkdir(parents=True, exist_ok=True)
        dated = rng.choice(["", "2020-10-14\n\n", "2019年3月\n\n", "2021\n\n"])
        place.write_text(
            f"# {rng.choice(TOPICS)} {number} 🗼\n\n{dated}{body(rng, number)}\n", "utf-8"
        )


def of(settings: IndexSettings, server: Server | None) -> IndexSettings:
    """The same settings, with the index in a server, in exact vectors."""
    if server is None:
        return settings
    address = MilvusAddress(f"milvus://127.0.0.1:{server.port}/t{secrets.token_hex(6)}")
    return replace(settings, index_dir=address, milvus_index="FLAT")


@pytest.fixture
def corpus(tmp_path: Path) -> IndexSettings:
    fill(tmp_path / "corpus", 1)
    return IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built")


@pytest.fixture
def both(corpus: IndexSettings, milvus: Server) -> Iterator[tuple[Library, Library]]:
    """One corpus, indexed by both engines."""
    made = [Library(of(corpus, each), embedder=FakeEmbedder()) for each in (None, milvus)]
    for library in made:
        library.update()
    yield made[0], made[1]
    for library in made:
        library.close()


@pytest.fixture(
    params=["files", "milvus-lite 3", pytest.param("milvus 2.3.5", marks=pytest.mark.slow)]
)
def place(request: pytest.FixtureRequest, corpus: IndexSettings) -> IndexSettings:
    """Settings for each engine; nothing is built yet."""
    names = {"milvus-lite 3": "hybrid", "milvus 2.3.5": "dense_only"}
    name = names.get(request.param)
    return of(corpus, request.getfixturevalue(name) if name else None)


def seen(library: Library) -> dict[str, object]:
    """All that can be read of a library."""
    words = library.vocabulary().words
    return {
        "documents": library.documents(),
        "texts": [library.document(d.doc_id) for d in library.documents()],
        "chunks": [library.chunks(d.doc_id) for d in library.documents()],
        "codes": [
            codes and codes.to_bytes()
            for d in library.documents()
            for codes in library.token_codes(library.chunks(d.doc_id))
        ],
        "names": library.names_among(terms(" ".join((*TOPICS, "第3号 notes")))),
        "titles": library.titles([d.doc_id for d in library.documents()]),
        "latin": words.latin,
        "han": words.han,
        "headings": sorted(words.headings),
        "languages": words.languages,
    }


def dense(library: Library, scope: Scope) -> list[list[tuple[object, float]]]:
    vectors = library.encode_questions(QUESTIONS)
    return [
        [(chunk, round(score, 4)) for chunk, score in library.search_dense(v.pooled, 8, scope)]
        for v in vectors
    ]


def lexical(library: Library, scope: Scope) -> list[list[tuple[object, ...]]]:
    found = [library.search_lexical(terms(question), 8, scope) for question in QUESTIONS]
    return [
        sorted(
            (-round(h.score, 3), h.chunk.doc_id, h.chunk.start, round(h.share, 4), h.terms)
            for h in hits
        )
        for hits in found
    ]


def assert_same(both: tuple[Library, Library], *, with_terms: bool) -> None:
    files, milvus = both
    assert seen(milvus) == seen(files)
    for scope in SCOPES:
        # Scores that differ in the last digit may stand in another order.
        for one, other in zip(dense(milvus, scope), dense(files, scope), strict=True):
            assert [score for _, score in one] == pytest.approx([s for _, s in other], abs=2e-4)
            assert {c for c, _ in one[:-1]} <= {c for c, _ in other}
        if with_terms:
            assert lexical(milvus, scope) == lexical(files, scope)


def test_answers_as_the_engine_in_files(both: tuple[Library, Library], milvus: Server) -> None:
    has_terms = bool(both[1].search_lexical(terms("灯塔"), 1))
    assert has_terms == (type(milvus).__name__ == "Lite")
    assert_same(both, with_terms=has_terms)
    # A history: replaced, edited, removed, added, renamed.
    folder = both[0].settings.corpus_dir
    names = [summary.doc_id for summary in both[0].documents()]
    (folder / names[0]).write_text("# 新标题\n\n一座新的灯塔，高99米。\n", "utf-8")
    (folder / names[1]).unlink()
    (folder / names[2]).rename(folder / "renamed.txt")
    both[1].edit(names[3], title="Ein anderer Titel", date="2018-02")
    both[1].remove(names[4])
    both[1].add([Source("added.txt", "港口 and lighthouse, once more.".encode())])
    for library in both:
        library.update()
    assert_same(both, with_terms=has_terms)


def test_adds_and_removes_are_idempotent(place: IndexSettings) -> None:
    library = Library(place, embedder=FakeEmbedder())
    library.update()
    before = seen(library)
    text = "独一无二的句子，关于鲸鱼。".encode()
    for _ in range(3):
        library.add([Source("whale.txt", text)])
        assert [d.doc_id for d in library.documents()].count("whale.txt") == 1
        assert len(library.chunks("whale.txt")) == 1
    vector = library.encode_questions(["鲸鱼的句子"])[0].pooled
    assert any(c.doc_id == "whale.txt" for c, _ in library.search_dense(vector, 50))
    library.remove("whale.txt")
    with pytest.raises(CorpusError, match="no document"):
        library.remove("whale.txt")
    assert seen(library) == before
    library.close()


def test_what_was_removed_never_answers(place: IndexSettings) -> None:
    """Neither in the process that removed it, nor in another, and not while the index is behind."""
    one, other = (Library(place, embedder=FakeEmbedder()) for _ in range(2))
    one.update()
    other.open()
    vector = other.encode_questions([QUESTIONS[0]])[0].pooled
    for verb in ("remove", "file", "aside"):
        doc_id = other.search_dense(vector, 1)[0][0].doc_id
        if verb == "remove":
            one.remove(doc_id)
        elif verb == "aside":
            one.removals.set_aside(doc_id)
        else:
            (place.corpus_dir / doc_id).unlink()
        for library in (one, other):
            hits = library.search_dense(vector, 20)
            assert len(hits) == 20
            assert doc_id not in {chunk.doc_id for chunk, _ in hits}
            assert doc_id not in {
                h.chunk.doc_id for h in library.search_lexical(terms(QUESTIONS[0]), 50)
            }
            assert doc_id not in {d.doc_id for d in library.documents()}
            assert library.titles([doc_id]) == {}
    one.close()
    other.close()


def test_two_processes_share_one_index(place: IndexSettings) -> None:
    """What is added by one is found by the other within two seconds."""
    one, other = (Library(place, embedder=FakeEmbedder()) for _ in range(2))
    one.update()
    other.open()
    other.vocabulary().words  # noqa: B018  (what is in its memory is of before)
    other.documents()
    one.add([Source("鲸.md", "# 鲸鱼\n\nThe narwhal dives 1,500 metres deep.".encode())])
    vector = other.encode_questions(["narwhal"])[0].pooled
    assert soon(lambda: any(c.doc_id == "鲸.md" for c, _ in other.search_dense(vector, 50)))
    assert "narwhal" in other.vocabulary().words.latin
    assert "鲸.md" in {d.doc_id for d in other.documents()}
    assert other.open() == []
    one.close()
    other.close()


def test_an_index_by_another_embedder_is_refused(place: IndexSettings) -> None:
    class Another(FakeEmbedder):
        fingerprint = "another-64-v1"

    library = Library(place, embedder=FakeEmbedder())
    library.update()
    library.close()
    library = Library(place, embedder=Another())
    with pytest.raises(IndexMismatchError, match="was made with the embedder fake-64-v1"):
        library.encode_questions(["?"])
    (place.corpus_dir / "new.txt").write_text("new")
    with pytest.raises(IndexMismatchError, match="python -m index build"):
        library.update()
    library.build()
    assert library.encode_questions(["?"])
    library.close()


@pytest.mark.slow
def test_a_build_is_swapped_in(place: IndexSettings) -> None:
    library, other = (Library(place, embedder=FakeEmbedder()) for _ in range(2))
    with pytest.raises(IndexNotBuiltError, match="python -m index build"):
        library.open()
    library.build()
    before, names = seen(library), library.info()
    assert seen(other) == before
    library.build()
    assert library.info().build != names.build
    assert seen(other) == seen(library) == before
    assert all(finding.state == "well" for finding in library.examine())
    library.close()
    other.close()


def test_a_corpus_that_is_not_there_empties_nothing(place: IndexSettings) -> None:
    """A drive that is not mounted is no reason to forget what is indexed."""
    library = Library(place, embedder=FakeEmbedder())
    library.update()
    before = library.info().generation
    place.corpus_dir.rename(place.corpus_dir.with_name("elsewhere"))
    for verb in (library.update, library.open, library.documents, library.build):
        with pytest.raises(CorpusError, match="There is no corpus folder"):
            verb()
    assert not place.corpus_dir.exists()
    place.corpus_dir.with_name("elsewhere").rename(place.corpus_dir)
    assert library.info().generation == before
    assert library.documents()
    library.close()


@pytest.mark.slow
def test_what_the_server_has_written_it_loads_from_its_disk(
    tmp_path: Path, dense_only: Server
) -> None:
    """2.3.5 can map no file in which no row has any bytes, and none of 4 GB.

    The first is that of documents without a date; the second comes of merging what is long.
    """
    from pymilvus import MilvusClient

    settings = IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built")
    settings.corpus_dir.mkdir()
    library = Library(of(settings, dense_only), embedder=FakeEmbedder())
    client = MilvusClient(f"http://127.0.0.1:{dense_only.port}")
    name = str(library.settings.index_dir).rpartition("/")[2]

    def pieces(table: str) -> int:
        return len(client.list_persistent_segments(collections[table]))

    def is_loaded(table: str) -> bool:
        written = client.get_collection_stats(collections[table])["row_count"]
        segments = client.list_loaded_segments(collections[table])
        return 0 < written == sum(each.num_rows for each in segments)

    times = 8
    for number in range(times):
        text = f"# 灯塔 {number}\n\n{body(random.Random(number), number)}\n"
        (settings.corpus_dir / f"{number}.txt").write_text(text, "utf-8")
        library.update()
        collections = {
            each.rpartition("_")[2]: each
            for each in client.list_collections()
            if each.startswith(name)
        }
        assert len(collections) == 4
        before = dense(library, Scope())
        for each in collections.values():
            client.flush(each)
    for table in collections:
        assert soon(lambda table=table: is_loaded(table), 60), table
    assert dense(library, Scope()) == before
    assert soon(lambda: pieces("documents") < times, 60)  # the server does merge
    assert pieces("vectors") == times
    assert pieces("parts") >= times
    library.close()


@pytest.mark.slow
def test_a_chunk_longer_than_a_field(place: IndexSettings) -> None:
    """A run that no tokenizer knows is one token, however long: it is kept in one chunk."""
    long = "\U00012000" * 30_000  # cuneiform: four bytes each
    (place.corpus_dir / "long.txt").write_text(f"# long\n\n{long}\n\nThe end.\n", "utf-8")
    library = Library(place, embedder=FakeEmbedder())
    library.update()
    document = library.document("long.txt")
    assert long in document.text
    for chunk in library.chunks("long.txt"):
        assert document.text[chunk.start : chunk.end] == chunk.text
    library.close()


@pytest.mark.slow
def test_counts_of_terms_are_put_together(
    corpus: IndexSettings, hybrid: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many changes made them, and whoever has read some of these before."""
    monkeypatch.setattr(index.milvus.counts, "_CHANGES_AT_MOST", 3)
    monkeypatch.setattr(index.milvus.counts, "_TERMS_PER_CHANGE", 10**9)
    settings = of(corpus, hybrid)
    library, follower = (Library(settings, embedder=FakeEmbedder()) for _ in range(2))
    library.update()
    follower.open()
    words = ["narwhal", "otter", "puffin", "quail", "raven", "seal", "tern", "urchin"]
    for number, word in enumerate(words):
        library.add([Source(f"{number}.txt", f"{word} of change {number % 3}".encode())])
        if number % 3 == 1:
            library.remove(f"{number}.txt")
        if number in (2, 6):
            time.sleep(FRESH_SECONDS)
            assert word in follower.vocabulary().words.latin
    time.sleep(FRESH_SECONDS)
    files = Library(corpus, embedder=FakeEmbedder())
    files.update()
    fresh = Library(settings, embedder=FakeEmbedder())
    for each in (library, follower, fresh):
        assert each.vocabulary().words.latin == files.vocabulary().words.latin
        assert lexical(each, Scope()) == lexical(files, Scope())
        each.close()
    files.close()
