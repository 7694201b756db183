"""The benchmark of very many chunks measures what it says, of a library that can be kept."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.bench.among import CANDIDATES, among
from eval.bench.filling import Sizes, filled
from eval.bench.many import _nearest
from eval.bench.stock import made_up, sentences_of
from index.embedders.fake import NAME
from index.keeping.library import Source
from index.search.vectors import DenseIndex

MEASURED = (
    *("start", "documents, chunks", "index on the disk", "dense search", "recall@10"),
    *("lexical search, many", "lexical search, once", "both, and late", "whole retrieval"),
    *("both sides in [a-m]*", "both sides in 4 documents", "list of documents", "look for changes"),
    *("glance of the watcher", "update, nothing", "one more document", "  of that embedding"),
    *("list after one more", "glance after", "one is removed", "anonymous memory"),
)


def test_it_prints_its_figures_and_keeps_the_library_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.bench.many.SENTENCES", 300)  # enough for forty chunks
    sizes = ["--chunks", "40", "--questions", "6", "--embedder", NAME]
    command = ["bench", "many", *sizes, "--keep", str(tmp_path / "kept")]
    for _ in range(2):
        assert main(command) == 0
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) == len(MEASURED)
        for line, name in zip(printed, MEASURED, strict=True):
            assert line.startswith(name)
            assert re.search(r"\d", line.removeprefix(name))
        assert " 4, 40" in printed[1]
        assert printed[4].endswith(" 1.000")
    command[3] = "80"
    assert main(command) == 1
    assert "Name another folder" in capsys.readouterr().err


def test_what_is_nearest_is_found_in_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.bench.many._ROWS_AT_ONCE", 16)
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((100, 8)).astype(np.float32)
    ids = rng.choice(2**62, 100, replace=False).astype(np.int64)
    index = DenseIndex.empty(8).changed(1, gone=ids[:0], new=ids, vectors=rows)
    queries = rng.standard_normal((5, 8)).astype(np.float32)
    expected = ids[np.argsort(-(queries @ rows.T), axis=1)[:, :10]]
    assert np.array_equal(_nearest(index, queries), expected)


def test_sentences_of_a_paragraph_are_near_each_other() -> None:
    """Vectors lie closer than those of sentences drawn at random."""
    with filled(Sizes(20, 5, 200), made_up(100), NAME) as library:
        (question,) = library.encode_questions(["?"])
        hits = library.search_dense(question.pooled, 100)
        texts = [chunk.text for chunk, _ in hits]
        assert len(set(texts)) == 100
        vectors = library.embedder.embed(texts, "passage")
        every = np.sort(vectors @ vectors.T, axis=1)
        assert np.median(every[:, -2]) > np.median(every) + 0.05


def test_sentences_of_a_set_are_by_language() -> None:
    found = sentences_of(["futian"], Path("corpus"))
    assert set(found) == {"zh"}
    assert len(found["zh"]) == len(set(found["zh"])) > 50
    assert sentences_of(["futian", "futian"], Path("corpus")) == found


def test_how_often_the_right_paragraph_is_first_among_others(tmp_path: Path) -> None:
    """Among documents that say what is asked word for word, it is found alone and not among all."""
    document = "The lighthouse keeper of Skagen painted the harbour door blue in 1931."
    asked = "In which year did the lighthouse keeper of Skagen paint the harbour door?"
    with filled(Sizes(20, 2, 100), made_up(100), NAME) as library:
        (tmp_path / "set" / "documents").mkdir(parents=True)
        (tmp_path / "set" / "documents" / "skagen.md").write_text(document, "utf-8")
        gold = [[{"doc": "skagen.md", "quote": document}]]
        case = {"id": "1", "question": asked, "language": "en", "kind": "fact", "answerable": True}
        (tmp_path / "set" / "cases.jsonl").write_text(json.dumps({**case, "gold": gold}), "utf-8")
        names = [str(tmp_path / "set")]
        (line,) = among(library, names)
        assert line[0].startswith("R@1 of 1 questions")
        assert re.findall(r"[\d.]+(?= \()", line[1]) == ["1.000"] * len(CANDIDATES)
        for number in range(3):  # the question itself is nearer to it than what answers it
            library.add([Source(f"echo-{number}.md", f"{asked} {asked}".encode())])
        ((_, told),) = among(library, names)
        assert told.startswith("alone 1.000;")
        assert re.findall(r"[\d.]+(?= \()", told) == ["0.000"] * len(CANDIDATES)
