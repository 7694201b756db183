"""The benchmark of scale makes what it says, and says what it measured."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench.made_up_texts import SCRIPTS, Texts
from eval.bench.stock import made_up, stock
from index.embedders.fake import NAME
from index.keeping.library import Library
from index.settings import IndexSettings


def test_texts_are_the_same_for_the_same_seed_and_hardly_repeat() -> None:
    texts, again = Texts(7), Texts(7)
    made = [texts.document(3000, script) for script in SCRIPTS for _ in range(5)]
    assert [s.raw for s in made] == [
        again.document(3000, script).raw for script in SCRIPTS for _ in range(5)
    ]
    assert len({source.name for source in made}) == 20
    assert all(2500 < len(source.raw.decode()) <= 3000 for source in made)
    sentences = [s for source in made for s in re.split("[.。]", source.raw.decode())]
    assert len(set(sentences)) > 0.95 * len(sentences)


def test_a_stock_is_what_indexing_its_files_gives(tmp_path: Path) -> None:
    settings = replace(
        IndexSettings(), corpus_dir=tmp_path, index_dir=tmp_path / "built", embedder=NAME
    )
    stock(settings, documents=8, chunks=7, chunk_characters=400, sentences=made_up(200))
    library = Library(settings)
    assert library.update() == []
    assert all(finding.state == "well" for finding in library.examine())
    made = {line.doc_id: line for line in library.documents()}
    texts = {doc_id: library.document(doc_id).text for doc_id in made}
    library.build()
    for line in library.documents():
        assert line.metadata.title == made[line.doc_id].metadata.title
        assert library.document(line.doc_id).text == texts[line.doc_id]
    library.close()


@pytest.mark.slow
def test_it_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--documents", "10", "--characters", "2000", "--chunks", "40", "--sentences", "100"]
    assert main(["bench", "scale", *sizes, "--threads", "3", "--more", "2"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1 documents, 2 chunks, ")
    assert "\n10 documents, 20 chunks, " in printed
    for name in (
        *("list of documents", "look for changes", "glance of the watcher", "one follow-up"),
        *("in a scope", "list after one more", "question after one more"),
    ):
        assert len(re.findall(rf"{name} +[\d.]+ ms", printed)) == 2, name
    assert len(re.findall(r"one question |one more document ", printed)) == 8
    for name in ("dense search", "lexical search", "start to first hits", "anonymous memory"):
        assert len(re.findall(rf"{name} +[\d.]+ (?:ms|MB)", printed)) == 3, name
    assert re.search(r"12 questions, 0 errors", printed)
    assert re.search(r"while 2 are added .*p95 +[\d.]+ ms.* 0 errors", printed)
    assert re.search(r"times that before +[\d.]+", printed)
