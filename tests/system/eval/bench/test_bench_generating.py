"""The benchmark of language models, with one that a server of our own plays."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench.generating import KeptModel, ask, replay
from index.keeping.library import Library
from rag.load import load_assistant
from rag.models.openai_generator import OpenAiModel
from rag.models.thoughts import Thought
from rag.reader.load import load_reader
from rag.settings import RagSettings
from tests.support.model_server import serving

PIECES = (
    "<think>嗯。</think>青石港",
    "在2031年装卸集装箱",
    "418万箱 [",
    "1]。港务局局长",
    "是林望舒。",
)


def write(messages: list[dict[str, str]]) -> Iterator[str]:
    return iter(PIECES)


@pytest.fixture
def library(real_library: Library) -> Library:
    return real_library


@pytest.mark.slow
def test_what_the_model_wrote_is_written_once_more(library: Library) -> None:
    with serving(write) as server:
        model = KeptModel(OpenAiModel("good", server.url, None))
        assistant = load_assistant(library, RagSettings(), model)
        assert ask(assistant, model, "你好") is None
        written = ask(assistant, model, "青石港在2031年装卸了多少集装箱？")
    assert written is not None
    thought = "".join(each for each in written.pieces if isinstance(each, Thought))
    said = "".join(each for each in written.pieces if not isinstance(each, Thought))
    assert f"<think>{thought}</think>{said}" == "".join(PIECES)
    assert 0 < written.first_seconds < written.answer.seconds.answer
    assert len(written.answer.sentences) == 2
    reader = load_reader(RagSettings(), library.settings.cache_dir, library.embedder)
    stages = replay(library, reader, written, RagSettings().read_k)
    assert stages.sentences == 2
    assert min(stages.parsing, stages.embedding, stages.checking) > 0


def test_the_model_is_passed_through() -> None:
    model = KeptModel(OpenAiModel("m", None, None))
    assert (model.name, model.generator, model.context_tokens) == ("m", "openai", 4096)
    assert model.count_tokens("青石") == OpenAiModel("m", None, None).count_tokens("青石")


@pytest.mark.slow
def test_it_prints_its_figures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["bench", "generating", "--questions", "4", "--index-dir", str(tmp_path)]
    with serving(lambda messages: iter(["福田区建成5260个5G基站。"])) as server:
        flags = ["--generator", "openai", "--model", "good", "--base-url", server.url]
        assert main([*words, *flags]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"[1-4] of 4 questions", printed)
    for name in ("p95", "characters a second", "parsing", "embedding", "check", "with the model"):
        assert name in printed


def test_a_model_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "generating", "--questions", "1"]) == 1
    assert "--model" in capsys.readouterr().err


@pytest.mark.slow  # a name that is not known is told where a run asks for it, too
def test_a_generator_that_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "generating", "--model", "m", "--generator", "psychic"]) == 1
    assert "transformers, openai" in capsys.readouterr().err
