"""The benchmark of scale makes what it says, and says what it measured."""

import re

import pytest

from eval.__main__ import main
from eval.bench.scale import _Texts


def test_texts_are_the_same_for_the_same_seed_and_hardly_repeat() -> None:
    texts, again = _Texts(7), _Texts(7)
    made = [texts.document(3000) for _ in range(20)]
    assert [source.raw for source in made] == [again.document(3000).raw for _ in range(20)]
    assert len({source.name for source in made}) == 20
    assert all(2500 < len(source.raw) <= 3000 for source in made)
    sentences = [s for source in made for s in source.raw.decode().split(". ")]
    assert len(set(sentences)) > 0.99 * len(sentences)


def test_it_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--documents", "4", "--characters", "2000", "--chunks", "40"]
    assert main(["bench", "scale", *sizes, "--threads", "3", "--more", "2"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("4 documents of 2000 characters, ")
    for name in ("list of documents", "look for changes", "one follow-up", "in a scope"):
        assert re.search(rf"{name} +[\d.]+ ms", printed), name
    assert len(re.findall(r"one question |one more document ", printed)) == 5
    assert re.search(r"12 questions, 0 errors", printed)
    assert re.search(r"while 2 are added .*p95 +[\d.]+ ms.* 0 errors", printed)
