"""Damage of every kind, done one by one to an index of the real model: found, mended, or said."""

import json
import os
import shlex
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.__main__ import main
from index.embedders.embedding import Embedder
from index.keeping.library import Library, Source
from index.search.terms import terms
from index.search.vector_file import VectorFile
from index.search.vectors import DenseIndex
from index.settings import IndexSettings

MORE = {
    "灯塔.md": "# 灯塔\n\n" + "灯塔高九十九米，建于1902年 🗼。守塔人每夜点灯。\n\n" * 40,
    "marché.txt": "Le marché s'ouvre à l'aube; on y vend des œufs et du café. " * 30,
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, embedder: Embedder) -> Path:
    """A corpus with its index, whole."""
    root = tmp_path_factory.mktemp("pristine")
    (root / "corpus").mkdir()
    library = Library(settings_in(root), embedder=embedder)
    library.add([Source(name, text.encode()) for name, text in MORE.items()])
    library.close()
    return root


@pytest.fixture
def root(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "here"))


def settings_in(root: Path) -> IndexSettings:
    return IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built")


def build(root: Path) -> Path:
    return root / "built" / (root / "built" / "current").read_text()


def sql(*statements: str) -> Callable[[Path], None]:
    """Return a function that damages the database by these statements."""

    def damage(root: Path) -> None:
        with sqlite3.connect(build(root) / "store.sqlite3") as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return damage


def overwrite(name: str, middle: bytes) -> Callable[[Path], None]:
    """Return a function that writes over the middle of a file of the build."""

    def damage(root: Path) -> None:
        (path,) = build(root).glob(name)
        raw = bytearray(path.read_bytes())
        place = len(raw) // 2
        raw[place : place + len(middle)] = middle
        path.write_bytes(raw)

    return damage


def edit_unseen(root: Path) -> None:
    path = root / "corpus" / "marché.txt"
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"aube", b"midi"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def swap_vectors(root: Path) -> None:
    """Write a file of vectors that belong to other chunks."""
    index = VectorFile(build(root), 384).load()
    wrong = DenseIndex.empty(384).changed(
        index.generation, gone=index.ids()[:0], new=index.ids(), vectors=index.vectors()[::-1]
    )
    VectorFile(build(root), 384).save(wrong, anew=True)


DERIVED = {
    "no index": ("database", lambda root: shutil.rmtree(root / "built")),
    "no database": ("database", lambda root: (build(root) / "store.sqlite3").unlink()),
    "another format": ("database", sql("UPDATE facts SET value = '0' WHERE name = 'schema'")),
    "no database at all": (
        "database",
        lambda root: (build(root) / "store.sqlite3").write_bytes(b"no database" * 1000),
    ),
    "pages overwritten": ("database", overwrite("store.sqlite3", b"\xff" * 9000)),
    "a text changed": ("database", sql("UPDATE texts SET text = replace(text, '灯', '火')")),
    "pages that are none": ("database", sql("UPDATE texts SET pages = '['")),
    "a count of characters": ("database", sql("UPDATE documents SET characters = 7")),
    "a text lost": ("database", sql("DELETE FROM texts WHERE doc_id = '灯塔.md'")),
    "no UTF-8": ("database", sql("UPDATE documents SET title = CAST(x'ff' AS TEXT)")),
    "a chunk lost": ("database", sql("DELETE FROM chunks WHERE row = 1")),
    "the last chunk lost": (
        "database",
        sql("DELETE FROM chunks WHERE row = (SELECT max(row) FROM chunks)"),
    ),
    "an offset moved": ("database", sql("UPDATE chunks SET start = start + 1 WHERE row = 2")),
    "a chunk of no document": ("database", sql("UPDATE chunks SET doc_id = 'x' WHERE row = 2")),
    "a vector lost": (
        "database",
        sql("DELETE FROM vectors WHERE key = (SELECT vector_key FROM chunks WHERE row = 2)"),
    ),
    "a vector of zeros": ("database", sql("UPDATE vectors SET vector = zeroblob(1536)")),
    "a vector too short": ("database", sql("UPDATE vectors SET vector = x'00'")),
    "no token codes": ("database", sql("UPDATE vectors SET tokens = NULL")),
    "half a token code": ("database", sql("UPDATE vectors SET tokens = substr(tokens, 8)")),
    "no means of token codes": ("database", sql("DELETE FROM facts WHERE name = 'token_means'")),
    "terms overwritten": (
        "terms",
        sql("UPDATE lexical_data SET block = x'00ff00ff' WHERE id > 10"),
    ),
    "terms lost": ("terms", sql("INSERT INTO lexical (lexical) VALUES ('delete-all')")),
    "terms of one lost": (
        "terms",
        sql(
            "CREATE TEMP TABLE one AS"
            " SELECT doc, term FROM occurrences WHERE term LIKE 'marche%' LIMIT 1",
            "INSERT INTO lexical (lexical, rowid, terms) SELECT 'delete', doc, term FROM one",
        ),
    ),
    "terms of none": ("terms", sql("INSERT INTO lexical (rowid, terms) VALUES (9999, '鬼')")),
    "terms miscounted": ("terms", sql("UPDATE chunks SET terms = terms + 1")),
    "no file of vectors": (
        "vectors",
        lambda root: [path.unlink() for path in build(root).glob("dense.vectors")],
    ),
    "a file of vectors overwritten": ("vectors", overwrite("dense.vectors", b"\x3f" * 64)),
    "a file of other vectors": ("vectors", swap_vectors),
    "an interrupted build": ("leftovers", lambda root: (root / "built" / "build-0000aaaa").mkdir()),
    "an interrupted file": (
        "leftovers",
        lambda root: (build(root) / ".new-12ab_cde").write_bytes(b"x"),
    ),
    "an interrupted swap": ("leftovers", lambda root: (root / "built" / ".new-ab_12cd4").touch()),
    "a new file": ("documents", lambda root: (root / "corpus" / "b.txt").write_text("Neu.")),
    "a lost file": ("documents", lambda root: (root / "corpus" / "marché.txt").unlink()),
    "an edit that is not seen": ("documents", edit_unseen),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DERIVED)
def test_what_is_derived_is_mended(damage: str, root: Path, embedder: Embedder) -> None:
    check, do = DERIVED[damage]
    do(root)
    library = Library(settings_in(root), embedder=embedder)
    states = {finding.check: finding.state for finding in library.examine()}
    if damage == "a lost file":  # its sidecar is the user's
        assert states.pop("sidecars") == "needs you"
    assert states[check] == "mended"
    assert set(states.values()) == {"well", "mended"}
    if check != "database":  # nothing else was wrong
        assert [name for name in states if states[name] == "mended"] == [check]
    is_whole(root, library)
    library.close()
    again = Library(settings_in(root), embedder=embedder)
    assert {f.state for f in again.examine() if f.check != "sidecars"} == {"well"}
    is_whole(root, again)
    again.close()


def is_whole(root: Path, library: Library) -> None:
    """Every document is as it is in the corpus, and is found by vectors and by terms."""
    files = {
        path.relative_to(root / "corpus").as_posix(): path.read_text("utf-8")
        for path in (root / "corpus").rglob("*")
        if path.suffix in (".md", ".txt")
    }
    assert {s.doc_id: library.document(s.doc_id).text for s in library.documents()} == files
    for doc_id, text in files.items():
        line = text.strip().split("\n")[-1][:60]
        query = library.embedder.embed([line], "query")[0]
        assert library.search_dense(query, 1)[0][0].doc_id == doc_id
        assert library.search_lexical(terms(line), 1)[0].chunk.doc_id == doc_id
        assert None not in library.token_codes(library.chunks(doc_id))


@pytest.fixture
def doctor(root: Path, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs the command and returns its exit status and findings."""

    def call(*words: str) -> tuple[int, list[dict[str, str]]]:
        settings = settings_in(root)
        folders = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
        capsys.readouterr()
        status = main(["doctor", "--json", *folders, *words])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def test_the_command_says_what_the_user_must_do(root: Path, doctor) -> None:
    assert doctor()[0] == 0
    (root / "corpus" / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    (root / "corpus" / "gone.txt.meta.json").write_text("{}")
    (root / "corpus" / "marché.txt.meta.json").write_text("[")
    (build(root) / "store.sqlite3").write_bytes(b"nothing")
    code, findings = doctor()
    assert code == 1
    needed = [found["detail"] for found in findings if found["state"] == "needs you"]
    assert len(needed) == 3
    assert "broken.pdf" in needed[0]
    assert "Mend or delete it" in needed[1]
    assert f"rm {shlex.quote(str(root / 'corpus' / 'gone.txt.meta.json'))}" in needed[2]
    assert {f["check"] for f in findings if f["state"] == "mended"} == {"database", "documents"}


def test_an_index_of_another_embedder_is_left_alone(root: Path, counting) -> None:
    library = Library(settings_in(root), embedder=counting)
    before = (build(root) / "store.sqlite3").read_bytes()
    with pytest.raises(Exception, match="Name that one with --embedder"):
        library.examine()
    assert (build(root) / "store.sqlite3").read_bytes() == before
    library.close()
