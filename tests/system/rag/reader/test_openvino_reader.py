"""The reader that ships: the same in OpenVINO and torch, and it reads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from index.console import say
from index.embedders.e5_pack import model_folder
from index.settings import IndexSettings
from index.types import Span
from rag.reader.inputs import MAX_TOKENS, batch, encode
from rag.reader.load import load_reader
from rag.reader.network import ReaderNetwork
from rag.reader.openvino_reader import OpenVinoReader
from rag.reader.reading import Window
from rag.reader.weights import SHIPPED, SHIPPED_SHA256, load_weights
from rag.settings import RagSettings

HARBOUR = Window(
    "青石港2031年年报",
    "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。新建的三号码头将在2033年春天启用。",
)
MILL = Window(
    "", "Die Wassermühle mahlte bis 1958 Getreide. Am 3. Oktober 1987 wurde sie ein Museum."
)
ASKED = [
    ("青石港2031年装卸了多少万箱？", HARBOUR, "418"),
    ("When will the third pier open?", HARBOUR, "2033"),
    ("Wann wurde die Mühle ein Museum?", MILL, "1987"),
]


@pytest.fixture(scope="module")
def reader() -> OpenVinoReader:
    made = load_reader(RagSettings(), IndexSettings().cache_dir, None)  # type: ignore[arg-type]
    assert isinstance(made, OpenVinoReader)
    return made


def test_it_is_the_network_of_torch(reader: OpenVinoReader):
    folder = model_folder(IndexSettings().cache_dir, say)
    network = ReaderNetwork(folder).eval()
    weights = load_weights(SHIPPED, SHIPPED_SHA256)
    network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    questions, windows = [q for q, _, _ in ASKED], [w for _, w, _ in ASKED]
    inputs = encode(reader._tokenizer, questions, windows)
    with torch.inference_mode():
        spans, odds = network(*(torch.from_numpy(array) for array in batch(inputs)))
    readings = reader.read(questions, windows)
    np.testing.assert_allclose([r.log_odds for r in readings], odds, atol=0.15)  # bf16 there
    for row, (each, made) in enumerate(zip(inputs, readings, strict=True)):
        own = torch.from_numpy(each.spans[each.first : len(each.ids) - 1, 1] > 0)
        scores = spans[row, each.first : len(each.ids) - 1].clone()
        scores[~own] = -1e4
        scores = scores.log_softmax(0).numpy()
        assert np.exp(made.starts) == pytest.approx(np.exp(scores[:, 0]), abs=0.08)


@pytest.mark.parametrize(("question", "window", "words"), ASKED)
def test_it_finds_the_words(reader: OpenVinoReader, question: str, window: Window, words: str):
    (right, wrong) = reader.read(
        [question, question], [window, MILL if window is HARBOUR else HARBOUR]
    )
    assert right.log_odds > wrong.log_odds
    found = right.best_span(Span(0, len(window.text)))
    assert found is not None
    assert words in window.text[found[0].start : found[0].end]


def test_what_the_title_says_too_is_found_in_the_window(reader: OpenVinoReader):
    text = "Der Stein von Ölsdorf wiegt 31 Tonnen."
    (reading,) = reader.read(["Wie schwer ist der Stein?"], [Window(text, text)])
    assert reading.share(Span(0, len(text))) == pytest.approx(1.0, abs=1e-3)


def test_threads_share_it(reader: OpenVinoReader):
    alone = [reader.read([q], [w])[0].log_odds for q, w, _ in ASKED]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(reader.read, [q], [w]) for q, w, _ in ASKED * 5]
        together = [job.result()[0].log_odds for job in jobs]
    np.testing.assert_allclose(together, alone * 5, atol=1e-4)


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "👩‍👩‍👧" * 40, "哈" * 5000, "a" * 5000, "é" * 9]
)
def test_any_text_can_be_read(reader: OpenVinoReader, text: str):
    readings = reader.read([text, "谁？"], [HARBOUR, Window(text, text)])
    for reading, whole in zip(readings, (HARBOUR.text, text), strict=True):
        assert np.isfinite(reading.log_odds)
        assert len(reading.spans) <= MAX_TOKENS
        found = reading.best_span(Span(0, len(whole)))
        assert found is None or 0 <= found[0].start <= found[0].end <= len(whole)


def test_nothing_to_read_gives_nothing(reader: OpenVinoReader):
    assert reader.read([], []) == []
