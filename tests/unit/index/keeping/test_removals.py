"""Removals that can be undone: never answered from meanwhile, whole again, gone in the end."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from index import aside
from index.errors import CorpusError
from index.keeping import removals
from index.keeping.library import Library
from index.search import database
from index.settings import IndexSettings
from tests.conftest import TEXTS, CountingEmbedder

NAME = "muehle.txt"
WORD = "mahlte"


def found(library: Library) -> set[str]:
    return {hit.chunk.doc_id for hit in library.search_lexical([WORD], 5)}


def files(settings: IndexSettings) -> list[Path]:
    both = (*settings.corpus_dir.rglob("*"), *settings.index_dir.rglob("*"))
    return [path for path in both if path.is_file()]


def test_a_removed_document_does_not_answer_and_comes_back_whole(
    library: Library, counting: CountingEmbedder
) -> None:
    library.edit(NAME, title="Die Mühle 水车", date="1987-10-03")
    before, chunks, noted = library.document(NAME), library.chunks(NAME), library.sidecar(NAME)
    counting.embedded.clear()

    removal = library.removals.set_aside(NAME)

    assert (removal.doc_id, removal.title) == (NAME, "Die Mühle 水车")
    assert found(library) == set()
    assert NAME not in {one.doc_id for one in library.documents()}
    assert library.removals.pending() == [removal]
    assert library.update() == []  # the end of the minute is not there yet

    report = library.removals.put_back(removal.token)

    assert (report.outcome, report.doc_id) == ("added", NAME)
    assert (library.document(NAME), library.chunks(NAME), library.sidecar(NAME)) == (
        before,
        chunks,
        noted,
    )
    assert found(library) == {NAME}
    assert not counting.embedded
    assert library.removals.pending() == []
    with pytest.raises(CorpusError) as late:
        library.removals.put_back(removal.token)
    assert late.value.code == "not_aside"


def test_beside_a_new_document_of_its_name_it_gets_a_free_one(
    library: Library, settings: IndexSettings
) -> None:
    removal = library.removals.set_aside(NAME)
    (settings.corpus_dir / NAME).write_text("Etwas ganz anderes steht hier jetzt.", "utf-8")
    library.update()
    report = library.removals.put_back(removal.token)
    assert report.doc_id == "muehle (2).txt"
    assert library.document(report.doc_id).text == TEXTS[NAME]
    assert "anderes" in library.document(NAME).text


def test_another_process_finds_what_a_killed_one_had_set_aside(
    library: Library, settings: IndexSettings, counting: CountingEmbedder
) -> None:
    removal = library.removals.set_aside(NAME)
    other = Library(settings, embedder=counting)
    other.open()
    assert found(other) == set()
    assert other.removals.put_back(removal.token).doc_id == NAME
    assert found(other) == {NAME}
    other.close()


@pytest.mark.parametrize("purge", [False, True])
def test_in_the_end_it_is_deleted(
    library: Library, settings: IndexSettings, purge: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = library.removals.set_aside(NAME, purge=purge)
    library.removals.settle()
    assert any(WORD.encode() in path.read_bytes() for path in files(settings))  # can be undone

    monkeypatch.setattr(removals, "UNDO_SECONDS", 0.0)
    with pytest.raises(CorpusError):
        library.removals.put_back(removal.token)
    library.update()

    in_corpus = [path for path in files(settings) if settings.corpus_dir in path.parents]
    assert not any(WORD.encode() in path.read_bytes() for path in in_corpus)
    if purge:
        assert not any(WORD.encode() in path.read_bytes() for path in files(settings))
    assert found(library) == set()


def test_files_stay_until_no_byte_is_left_in_the_index(
    library: Library, settings: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the index cannot be purged now, that is not forgotten."""
    library.removals.set_aside(NAME, purge=True)
    monkeypatch.setattr(removals, "UNDO_SECONDS", 0.0)
    monkeypatch.setattr(database, "_LONGEST_READ_SECONDS", 0)
    path = next(settings.index_dir.glob("build-*/store.sqlite3"))
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchall()
        with pytest.raises(CorpusError):
            library.update()
    assert aside.removals(settings.corpus_dir)
    library.update()
    assert not aside.removals(settings.corpus_dir)
    assert not any(WORD.encode() in path.read_bytes() for path in files(settings))


def test_nothing_is_deleted_while_another_writes_unless_that_is_waited_for(
    library: Library, settings: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.removals.set_aside(NAME)
    monkeypatch.setattr(removals, "UNDO_SECONDS", 0.0)
    with FileLock(settings.index_dir / "lock"):
        assert library.update(wait=False) == []
    assert aside.removals(settings.corpus_dir)


def test_a_link_to_a_document_is_put_back_as_it_was(
    library: Library, settings: IndexSettings
) -> None:
    link = settings.corpus_dir / "link.txt"
    link.symlink_to(NAME)
    library.update()
    removal = library.removals.set_aside(link.name)
    assert library.removals.pending() == [removal]
    assert library.removals.put_back(removal.token).doc_id == link.name
    assert link.is_symlink()
    assert library.document(link.name).text == TEXTS[NAME]


def test_half_a_removal_loses_nothing(library: Library, settings: IndexSettings) -> None:
    """Killed before the rename: the document is there, and what was begun goes in the end."""
    begun = settings.corpus_dir / ".removed" / "0123456789abcdef"
    begun.mkdir(parents=True)
    (begun / "removal.json").write_text('{"doc_id": "muehle.txt"}', "utf-8")
    assert library.removals.pending() == []
    assert aside.discard(settings.corpus_dir, before=time.time()) == []
    assert not begun.exists()
    library.update()
    assert found(library) == {NAME}


def test_removed_between_rename_and_index_it_does_not_answer(
    library: Library, settings: IndexSettings
) -> None:
    """Killed behind the rename: the index still holds it, and serves nothing of it."""
    removal = aside.set_aside(settings.corpus_dir, NAME, title="Mühle", purge=False)
    assert found(library) == set()
    assert library.removals.put_back(removal.token).outcome == "unchanged"
    assert found(library) == {NAME}

    removal = aside.set_aside(settings.corpus_dir, NAME, title="Mühle", purge=False)
    library.update()
    assert library.removals.put_back(removal.token).doc_id == NAME
    assert found(library) == {NAME}
