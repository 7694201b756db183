"""What is removed with `--purge` is in no byte of any file, whatever the history before."""

import random
import sqlite3
from pathlib import Path

import pytest

from index.embedders.embedding import Embedder
from index.errors import CorpusError
from index.keeping.library import Library, Source
from index.search.terms import terms
from index.settings import IndexSettings

SECRETS = {
    "密件.md": "# 银杏计划\n\n密钥是蓝鲸七号，由欧阳青竹保管 🔑。潜艇在海沟深处。\n",
    "secret.txt": "The quicksilver lies beneath the orangery; ask Zebulon Ffoulkes. Ünïcödé.\n",
}
PHRASES = [
    *("银杏计划", "蓝鲸七号", "欧阳青竹", "潜艇", "🔑"),
    *("quicksilver", "orangery", "Zebulon", "Ffoulkes", "ffoulkes", "Ünïcödé", "unicode"),
    *("密件.md", "secret.txt"),
]
PLACES = (
    "河边的步道很长。",
    "Am Hafen liegt ein Schiff. ",
    "The mill grinds slowly. ",
    "水車は回る。",
)


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder):
    (tmp_path / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built")
    made = Library(settings, embedder=embedder)
    made.update()
    yield made
    made.close()


def held(library: Library) -> set[str]:
    """Those of the phrases and their terms that are in a byte of a file or in a file's name."""
    wanted = {*PHRASES, *(term for text in SECRETS.values() for term in terms(text))}
    wanted = {each for each in wanted if len(each.encode()) > 3} - {"lies", "beneath", "secret"}
    folders = library.settings.corpus_dir, library.settings.index_dir
    files = [path for folder in folders for path in folder.rglob("*")]
    assert any(path.suffix == ".sqlite3" for path in files)
    raw = b"\0".join(
        str(path.name).encode() + b"\0" + (path.read_bytes() if path.is_file() else b"")
        for path in files
    )
    return {each for each in wanted if each.encode() in raw}


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))]
)
def test_no_byte_is_left(seed: int, library: Library) -> None:
    rng = random.Random(seed)
    others = [
        Source(
            f"{seed}-{number}.txt",
            f"{number}. {rng.choice(PLACES) * rng.randrange(1, 60)}".encode(),
        )
        for number in range(30)
    ]
    secrets = [
        Source(name, (text + rng.choice(PLACES) * rng.randrange(200)).encode(), title="银杏计划")
        for name, text in SECRETS.items()
    ]
    library.add(others[:10])
    library.add(secrets)
    library.add(others[10:20])
    # It was there in other versions too, and pages have been split, merged and freed.
    library.add([Source("密件.md", (SECRETS["密件.md"] * rng.randrange(2, 40)).encode())])
    for source in others[:15]:
        library.remove(source.name)
    library.add(others[20:])
    assert set(PHRASES) - {"unicode", "ffoulkes"} <= held(library)  # the search can find
    library.remove("密件.md")
    (database,) = library.settings.index_dir.glob("build-*/store.sqlite3")
    left = database.with_name(".new-0a1b2c3d")  # by a writer that was killed
    left.write_text(SECRETS["密件.md"], "utf-8")
    library.remove("secret.txt", purge=True)
    assert held(library) == set()
    assert {s.doc_id for s in library.documents()} == {source.name for source in others[15:]}
    assert {finding.state for finding in library.examine()} == {"well"}


def test_nothing_finds_what_another_process_has_removed(library: Library) -> None:
    library.add([Source(name, text.encode()) for name, text in SECRETS.items()])
    reader = Library(library.settings, embedder=library.embedder)
    assert "密件.md" in answers(reader)
    library.remove("密件.md")
    assert answers(reader) == answers(library) == {"secret.txt"}
    for each in (reader, library):
        assert each.chunks("密件.md") == []
        with pytest.raises(CorpusError, match="index list"):
            each.document("密件.md")
    reader.close()


def answers(library: Library) -> set[str]:
    """The documents that any search or list names."""
    text = SECRETS["密件.md"]
    dense = library.search_dense(library.embedder.embed([text], "query")[0], 100)
    lexical = library.search_lexical([*terms(text), "the"], 100)
    return (
        {chunk.doc_id for chunk, _ in dense}
        | {hit.chunk.doc_id for hit in lexical}
        | {summary.doc_id for summary in library.documents()}
    )


def test_a_reader_that_does_not_end_is_said(library: Library) -> None:
    library.add([Source(name, text.encode()) for name, text in SECRETS.items()])
    (database,) = library.settings.index_dir.glob("build-*/store.sqlite3")
    reader = sqlite3.connect(database)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM documents").fetchone() == (2,)
    with pytest.raises(CorpusError, match="index doctor"):
        library.remove("密件.md", purge=True)
    assert answers(library) == {"secret.txt"}
    reader.close()
    assert held(library) & set(terms(SECRETS["密件.md"]))
    library.examine()
    assert held(library) & set(terms(SECRETS["密件.md"])) == set()
