"""The documents of the benchmark are read as they were meant, and it measures what it says."""

from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench.mixed_documents import write_documents
from index import corpus
from index.reading.extraction import extract


def test_documents_of_every_format_hold_their_sentences(tmp_path: Path) -> None:
    write_documents(tmp_path, 36)
    documents = corpus.scan(tmp_path).documents
    assert len(documents) == 36
    assert len({doc_id.split("/")[0] for doc_id in documents}) == 9
    assert {doc_id.split(".")[0][-2:] for doc_id in documents} == {"zh", "en", "de"}
    for doc_id in documents:
        extracted = extract(doc_id, corpus.read(tmp_path / doc_id))
        ends = {"zh": "。", "en": ".", "de": "."}[doc_id.split(".")[0][-2:]]
        assert extracted.text.count(ends) >= 12, doc_id


@pytest.mark.slow
def test_it_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "adding", "--documents", "9"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("9 documents, ")
    for name in ("reading", "chunking", "embedding", "of its rate", "peak memory", "doctor"):
        assert name in printed
