"""What OpenVINO made of a network is kept beside it: loaded again, never trusted blindly."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.console import say
from index.embedders.e5_pack import model_folder
from index.embedders.network import Network, compiled
from index.embedders.openvino_embedder import OpenVinoEmbedder
from index.settings import IndexSettings
from index.types import FloatArray

TEXTS = ["河边有几座图书馆？", "The new bridge 🌉 is open.", "ﷺ e\u0323\u0302"]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedder's network without what is kept beside it."""
    model = model_folder(IndexSettings().cache_dir, say)
    OpenVinoEmbedder(model, notify=say)  # converts it where nobody has yet
    folder = tmp_path_factory.mktemp("network")
    for path in model.with_name(f"{model.name}-openvino2").glob("model.*"):
        shutil.copy2(path, folder)
    return folder / "model.xml"


def states(network: Path, precision: str) -> tuple[bool, FloatArray]:
    """Whether it was compiled before, and what it makes of some tokens."""
    model = compiled(network, precision)
    ids = np.array([[0, 41, 5, 917, 24_000, 249_999, 2]], np.int64)
    outputs = model.create_infer_request().infer({"input_ids": ids, "attention_mask": ids * 0 + 1})
    return model.get_property("LOADED_FROM_CACHE"), np.array(outputs[1])


def test_it_is_compiled_once_for_each_precision(network: Path) -> None:
    (fresh, first), (kept, second) = states(network, "f32"), states(network, "f32")
    assert (fresh, kept) == (False, True)
    assert np.array_equal(first, second)
    kept, _ = states(network, "bf16")
    assert not kept


@pytest.mark.parametrize("left", [0, pytest.param(400_000, marks=pytest.mark.slow)])
def test_what_a_killed_writer_left_is_made_anew(network: Path, left: int) -> None:
    _, whole = states(network, "f32")
    for path in (network.parent / "streams-f32").iterdir():
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:left])
    kept, states_now = states(network, "f32")
    assert not kept
    assert np.array_equal(states_now, whole)
    assert states(network, "f32")[0]


def test_another_network_in_its_place_is_compiled(network: Path) -> None:
    states(network, "f32")
    network.touch()
    assert not states(network, "f32")[0]


def test_who_cannot_keep_it_goes_without(network: Path) -> None:
    _, whole = states(network, "f32")
    shutil.rmtree(network.parent / "streams-f32")
    (network.parent / "streams-f32").write_text("in the way")
    kept, states_now = states(network, "f32")
    assert not kept
    assert np.array_equal(states_now, whole)


def test_many_batches_are_run_beside_each_other_with_the_same_results(network: Path) -> None:
    generator = np.random.default_rng(3)
    batches = []
    for number in range(20):
        ids = generator.integers(4, 250_000, (1 + number % 3, 5 + number), dtype=np.int64)
        batches.append({"input_ids": ids, "attention_mask": np.ones_like(ids)})
    both = Network(network, "f32")
    beside = dict(both.run(batches))
    assert sorted(beside) == list(range(20))
    for number, batch in enumerate(batches):
        alone = both.infer(batch)
        for one, other in zip(alone, beside[number], strict=True):
            assert np.allclose(one, other, atol=1e-4)


def test_threads_share_a_network(network: Path) -> None:
    ids = np.arange(4, 40, dtype=np.int64)[None]
    batch = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    shared = Network(network, "f32")
    alone = shared.infer(batch)
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(lambda _: dict(shared.run([batch] * 9)), range(8)):
            assert all(np.allclose(each[0], alone[0], atol=1e-4) for each in found.values())


_FIRST_LOOK = """
import sys
from pathlib import Path
import numpy as np
from index.embedders.network import Network
network = Network(Path(sys.argv[1]), "f32")
ids = np.arange(4, 20, dtype=np.int64)[None]
sys.setswitchinterval(1e-5)
assert len(list(network.run([{"input_ids": ids, "attention_mask": ids * 0 + 1}] * 6))) == 6
"""


@pytest.mark.parametrize(
    "time", [1, *(pytest.param(time, marks=pytest.mark.slow) for time in (2, 3))]
)
def test_threads_that_come_first_do_not_wait_for_each_other(network: Path, time: int) -> None:
    command = [sys.executable, "-c", _FIRST_LOOK, str(network)]
    subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[4])
