"""The benchmark of full-text indexes: its texts, and one small run with our own."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench_lexical import kill, synthetic_documents
from index.terms import terms


def test_made_up_texts_are_their_own_terms_and_always_the_same() -> None:
    documents = list(synthetic_documents(50))
    assert [(number, len(texts)) for number, texts in documents] == [(0, 20), (1, 20), (2, 10)]
    for _, texts in documents:
        for text in texts:
            assert terms(text) == text.split()
            assert len(text.split()) == 250
    assert documents == list(synthetic_documents(50))
    assert documents[0] != next(synthetic_documents(50, seed=1))


def test_speed_and_quality_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paragraphs = [
        {"context": context, "qas": [{"question": question}]}
        for context, question in [
            ("青石港有三个码头。", "青石港有几个码头？"),
            ("天文台建于1974年。👩‍👩‍👧", "天文台何时建成？"),
            ("这里提到码头。", "谁喜欢喝茶？"),
        ]
    ]
    path = tmp_path / "zh.json"
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}), "utf-8")
    words = ["--engine", "sqlite", "--chunks", "60", "--questions", "5", "--quality", str(path)]
    assert main(["bench", "lexical", *words]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| sqlite")]
    speed, quality = ([cell.strip() for cell in line.split("|")[2:-1]] for line in lines)
    assert len(speed) == 9
    assert all(float(cell) >= 0 for cell in speed)
    assert quality == ["ours", "0.667", "0.667", "3"]


def test_what_was_acknowledged_is_there_after_a_kill() -> None:
    acknowledged, lost, broken = kill("sqlite", 1)
    assert acknowledged >= 1
    assert (lost, broken) == (0, 0)
