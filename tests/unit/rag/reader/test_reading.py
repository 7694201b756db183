"""Readings against brute force; windows cover their passage; weights survive their file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EmbedderError
from index.search.matching import sentences
from index.types import Chunk, Span
from rag.reader.reading import Reading
from rag.reader.weights import SHIPPED, SHIPPED_SHA256, load_weights, save_weights
from rag.reader.windows import about_tokens, windows
from rag.types import Passage


def reading(scores: list[tuple[float, float]]) -> Reading:
    """Tokens of two characters each, in a row."""
    logs = np.array(scores, np.float32)
    logs -= np.log(np.exp(logs).sum(axis=0))
    spans = np.array([(2 * i, 2 * i + 2) for i in range(len(scores))], np.int32)
    return Reading(0.0, logs[:, 0], logs[:, 1], spans)


SCORES = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=60)


@given(SCORES, st.integers(0, 40), st.integers(1, 60))
def test_the_best_span_is_that_of_brute_force(scores, start, length):
    read = reading(scores)
    sentence = Span(start, start + length)
    inside = [i for i in range(len(scores)) if 2 * i + 2 > sentence.start and 2 * i < sentence.end]
    found = read.best_span(sentence)
    if not inside:
        assert found is None
        return
    best = max(read.starts[i] + read.ends[j] for i in inside for j in inside if i <= j < i + 40)
    assert found is not None
    assert found[1] == pytest.approx(float(best), abs=1e-5)
    assert sentence.start <= found[0].start <= found[0].end <= sentence.end or not found[0]


@given(SCORES)
def test_the_shares_of_all_sentences_add_up(scores):
    read = reading(scores)
    middle = 2 * (len(scores) // 2)
    whole = read.share(Span(0, middle)) + read.share(Span(middle, 2 * len(scores)))
    assert whole == pytest.approx(1.0, abs=1e-4)


TEXT = st.lists(
    st.sampled_from(
        ["福田区有5260个5G基站。", "A short one. ", "Ein längerer Satz, der weitergeht, weiter. "]
    ),
    min_size=1,
    max_size=80,
).map("".join)


@given(TEXT)
def test_windows_hold_every_sentence_and_are_verbatim(text):
    passage = Passage(Chunk("a.txt", 7, 7 + len(text), text), 1.0)
    seen = set()
    for window in windows(passage, "标题"):
        assert text.startswith(window.window.text, window.start)
        assert about_tokens(window.window.text) <= 130
        for span in window.sentences:
            seen.add((window.start + span.start, window.start + span.end))
    assert seen == set(sentences(text))


def test_headings_stand_above_the_window():
    text = "# 收费\n\n## 停车\n\n每小时五元。\n"
    (window,) = windows(Passage(Chunk("a.md", 0, len(text), text), 1.0), "园区手册")
    assert window.window.title.startswith("园区手册 · ")
    assert "停车" in window.window.title
    assert window.window.text == "每小时五元。"


def test_weights_come_back_within_half_a_step(tmp_path: Path):
    rng = np.random.default_rng(0)
    made = {
        "matrix": rng.standard_normal((7, 33)).astype(np.float32),
        "bias": rng.standard_normal(33).astype(np.float32),
        "zero": np.zeros((2, 3), np.float32),
    }
    digest = save_weights(made, tmp_path / "w.safetensors")
    again = load_weights(tmp_path / "w.safetensors", digest)
    assert set(again) == set(made)
    steps = np.abs(made["matrix"]).max(axis=1, keepdims=True) / 127
    assert (np.abs(again["matrix"] - made["matrix"]) <= steps * 0.56).all()
    np.testing.assert_allclose(again["bias"], made["bias"], rtol=1e-3)
    assert not again["zero"].any()


def test_damaged_weights_are_refused_with_the_remedy(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    digest = save_weights({"a": np.ones((2, 2), np.float32)}, path)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(EmbedderError, match="git checkout"):
        load_weights(path, digest)
    with pytest.raises(EmbedderError, match="cannot be read"):
        load_weights(tmp_path / "none", digest)


def test_the_shipped_weights_are_whole_and_small():
    assert SHIPPED.stat().st_size <= 15_000_000
    assert load_weights(SHIPPED, SHIPPED_SHA256)
