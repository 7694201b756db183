"""Training: it learns, it goes on where it was stopped, and the rate does what its source says."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from eval.errors import EvaluationError
from eval.training.examples import Examples
from eval.training.reading_sets import read_sets
from eval.training.train_reader import mean, rate, train
from index.console import say
from index.embedders.e5_pack import model_folder
from index.settings import IndexSettings
from rag.reader.network import ReaderNetwork
from rag.reader.weights import save_weights
from tests.unit.eval.training.test_examples import squad


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    folder = tmp_path_factory.mktemp("sets")
    (folder / "depots.en.json").write_text(json.dumps(squad("en", 120)), "utf-8")
    return Examples(read_sets(folder), "7")


def run(
    examples: Examples, out: Path, *, stop_at: int | None = None, resume: bool = False
) -> dict[str, torch.Tensor]:
    def progress(done: int, total: int) -> None:
        if stop_at is not None and done > stop_at:
            raise KeyboardInterrupt

    network = train(
        examples,
        [examples[number] for number in range(10_000, 10_012)],
        model_folder(IndexSettings().cache_dir, say),
        out,
        total=32,
        resume=resume,
        check_every=16,
        progress=progress,
    )
    return network.trained()


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(examples: Examples, tmp_path: Path):
    whole = run(examples, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(examples, tmp_path / "stopped", stop_at=20)
    again = run(examples, tmp_path / "stopped", resume=True)
    assert again.keys() == whole.keys()
    for name, tensor in whole.items():
        torch.testing.assert_close(again[name], tensor, rtol=1e-4, atol=1e-6)
    for folder in ("whole", "stopped"):
        log = (tmp_path / folder / "log.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["pairs"] for line in log] == [16, 32]


def test_there_must_be_something_to_go_on_with(examples: Examples, tmp_path: Path):
    with pytest.raises(EvaluationError, match="without --resume"):
        run(examples, tmp_path / "none", resume=True)


def test_the_rate_warms_up_stays_and_falls():
    assert rate(0, 100_000) < 0.01
    assert rate(50_000, 100_000) == 1.0
    assert rate(75_000, 100_000) == pytest.approx(0.5)
    assert rate(100_000, 100_000) == 0.0


def test_a_reader_of_fewer_layers_is_averaged_with_the_base_in_their_place(tmp_path: Path):
    folder = model_folder(IndexSettings().cache_dir, say)
    base = {name: each.numpy() for name, each in ReaderNetwork(folder).trained().items()}
    other = {name: 3 * each for name, each in base.items()}
    fewer = {name: each for name, each in other.items() if not name.startswith("upper.0.")}
    moved = {
        re.sub(r"(?<=^upper\.)\d", lambda m: str(int(m[0]) - 1), k): v for k, v in fewer.items()
    }
    save_weights(base, tmp_path / "base")
    save_weights(moved, tmp_path / "fewer")
    found = mean([tmp_path / "base", tmp_path / "fewer"], folder)
    for name, each in base.items():
        expected = each if name.startswith("upper.0.") else 2 * each
        error = np.abs(found[name].numpy() - expected).max()
        assert error <= np.abs(each).max() * 4 / 127, name
