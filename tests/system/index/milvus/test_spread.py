"""A build on a Ray cluster of two nodes, both on this machine; a worker killed in its midst."""

import os
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from index.embedders.fake import FakeEmbedder
from index.errors import ChatbotError
from index.keeping.library import Library
from index.settings import IndexSettings
from tests.support.milvus_servers import Server
from tests.system.index.milvus.test_contract import fill, of, seen

NO_RAY = "Ray is not installed: pip install -r requirements-ray.txt"
# Ray leaves sockets and processes to the interpreter's end.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(find_spec("ray") is None, reason=NO_RAY),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
    made = Cluster(initialize_head=True, head_node_args=small)
    made.add_node(**small)
    yield made.address
    ray.shutdown()
    made.shutdown()


def workers() -> list[psutil.Process]:
    """The processes that write documents."""
    return [p for p in psutil.process_iter(["cmdline"]) if "MapWorker" in str(p.info["cmdline"])]


def test_a_killed_worker_loses_nothing(tmp_path: Path, hybrid: Server, cluster: str) -> None:
    fill(tmp_path / "corpus", 7, count=120)
    files = IndexSettings(
        corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built", embedder="fake"
    )
    expected = Library(files, embedder=FakeEmbedder())
    expected.update()
    library = Library(of(files, hybrid))
    killed: list[int] = []

    def kill_one(name: str, done: int, total: int) -> None:
        if not killed and workers():
            killed.append(workers()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    reports = library.build_spread(cluster, kill_one)
    assert killed
    assert len(reports) == 120
    assert {report.outcome for report in reports} == {"added"}
    assert seen(library) == seen(expected)
    assert all(finding.state == "well" for finding in library.examine())
    library.close()


def test_a_build_that_broke_off_is_gone_on_with(
    tmp_path: Path, hybrid: Server, cluster: str
) -> None:
    fill(tmp_path / "corpus", 8, count=120)
    files = IndexSettings(
        corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built", embedder="fake"
    )
    library = Library(of(files, hybrid))

    class Stopped(Exception):
        pass

    def stop(name: str, done: int, total: int) -> None:
        if done > total / 3:
            raise Stopped

    with pytest.raises(Stopped):
        library.build_spread(cluster, stop)
    (removed,) = sorted((tmp_path / "corpus").glob("*.txt"))[:1]
    removed.unlink()
    reports = library.build_spread(cluster)
    assert {report.outcome for report in reports} == {"added", "unchanged"}
    assert len(reports) == 119
    expected = Library(files, embedder=FakeEmbedder())
    expected.update()
    assert seen(library) == seen(expected)
    library.close()


def test_an_index_in_files_is_not_spread(settings: IndexSettings) -> None:
    with pytest.raises(ChatbotError, match="milvus://HOST:PORT/NAME"):
        Library(settings).build_spread("local")
