"""A question answering model from a folder, and closeness where there is none."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

from index.console import say
from index.embedders.e5_pack import model_folder
from index.embedders.embedding import Embedder
from index.embedders.hub import fingerprint_of
from index.errors import EmbedderError
from index.settings import IndexSettings
from index.types import Span
from rag.reader.load import load_reader
from rag.reader.model_reader import ModelReader
from rag.reader.reading import Window
from rag.reader.similarity_reader import SimilarityReader
from rag.settings import RagSettings

TEXT = "青石港在2031年共装卸集装箱418万箱。The pier opens in 2033."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in the manner of SQuAD with weights that mean nothing."""
    made = tmp_path_factory.mktemp("qa")
    embedded = model_folder(IndexSettings().cache_dir, say)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(embedded / name, made / name)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=250_037,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        pad_token_id=1,
    )
    BertForQuestionAnswering(config).save_pretrained(made)
    return made


@pytest.mark.slow
def test_a_models_span_and_its_odds_against_no_answer(folder: Path):
    reader = ModelReader(str(folder))
    (reading,) = reader.read(["多少箱？"], [Window("年报", TEXT)])
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForQuestionAnswering.from_pretrained(folder).eval()
    encoded = tokenizer(
        "多少箱？", "年报\n" + TEXT, return_tensors="pt", return_offsets_mapping=True
    )
    offsets = encoded.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        output = model(**encoded)
    starts, ends = output.start_logits[0].tolist(), output.end_logits[0].tolist()
    rows = [i for i, part in enumerate(encoded.sequence_ids(0)) if part == 1]
    odds = max(starts[i] for i in rows) + max(ends[i] for i in rows) - starts[0] - ends[0]
    assert reading.log_odds == pytest.approx(odds, abs=1e-4)
    in_text = [i for i in rows if offsets[i][1] > 3]
    best = max((starts[i] + ends[j], i, j) for i in in_text for j in in_text if i <= j < i + 40)
    found = reading.best_span(Span(0, len(TEXT)))
    assert found is not None
    assert (found[0].start, found[0].end) == (
        max(offsets[best[1]][0] - 3, 0),
        offsets[best[2]][1] - 3,
    )


def test_a_model_is_chosen_by_its_folder(folder: Path, embedder: Embedder):
    settings = RagSettings(reader=str(folder))
    made = load_reader(settings, IndexSettings().cache_dir, embedder)
    assert isinstance(made, ModelReader)
    assert made.fingerprint == fingerprint_of(str(folder), folder)


def test_a_model_that_is_not_there_is_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EmbedderError, match="nobody/nothing"):
        ModelReader("nobody/nothing")


def test_a_folder_without_such_a_model_is_refused_with_the_remedy(tmp_path: Path):
    with pytest.raises(EmbedderError, match="--reader NAME"):
        ModelReader(str(tmp_path))


def test_closeness_finds_the_sentence(embedder: Embedder):
    reader = SimilarityReader(embedder)
    middle = TEXT.index("The pier")
    first, last = Span(0, middle), Span(middle, len(TEXT))
    asked = ["青石港装卸了多少万箱？", "When does the pier open?"]
    one, other = reader.read(asked, [Window("", TEXT)] * 2)
    assert one.share(first) > one.share(last)
    assert other.share(last) > other.share(first)
    assert one.share(first) + one.share(last) == pytest.approx(1.0, abs=1e-3)
    assert np.isfinite(reader.read(["？"], [Window("", "")])[0].log_odds)
