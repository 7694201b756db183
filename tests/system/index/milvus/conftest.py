"""The servers that a file of tests shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.milvus_servers import Lite, Server, Standalone, lite, standalone


@pytest.fixture(scope="module")
def hybrid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lite]:
    yield from lite(tmp_path_factory.mktemp("milvus-lite") / "data")


@pytest.fixture(scope="module")
def dense_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    yield from standalone(tmp_path_factory.mktemp("milvus") / "data")


@pytest.fixture(params=["milvus-lite 3", pytest.param("milvus 2.3.5", marks=pytest.mark.slow)])
def milvus(request: pytest.FixtureRequest) -> Server:
    """Each of the servers that there are."""
    name = "hybrid" if request.param == "milvus-lite 3" else "dense_only"
    return request.getfixturevalue(name)


@pytest.fixture(params=["milvus-lite 3", pytest.param("milvus 2.3.5", marks=pytest.mark.slow)])
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server for one test, which may kill it."""
    made = lite if request.param == "milvus-lite 3" else standalone
    yield from made(tmp_path / "server")


@pytest.fixture
def own_lite(tmp_path: Path) -> Iterator[Server]:
    """A server of milvus-lite for one test, which may kill it."""
    yield from lite(tmp_path / "server")
