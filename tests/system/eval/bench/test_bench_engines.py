"""Both engines over one library find the same, and it is told whose time a question takes."""

import re
from collections.abc import Iterator

import pytest

from eval.__main__ import main
from tests.support.milvus_servers import Lite, lite


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lite]:
    yield from lite(tmp_path_factory.mktemp("milvus-lite") / "data")


def bench(milvus: Lite, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    address = f"milvus://127.0.0.1:{milvus.port}/bench"
    assert main(["bench", "engines", "--milvus", address, *flags, "--questions", "4"]) == 0
    return capsys.readouterr().out


@pytest.mark.slow
def test_both_engines_find_the_same(
    milvus: Lite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZHENG_MILVUS_INDEX", "FLAT")
    printed = bench(milvus, capsys, "--sizes", "100")
    for way in ("dense", "lexical", "late"):  # of others that are equal, each has an order
        assert f"both    {way}: first passage the same 1.000" in printed


@pytest.mark.slow
def test_the_server_alone(milvus: Lite, capsys: pytest.CaptureFixture[str]) -> None:
    printed = bench(milvus, capsys, "--sizes", "100", "--alone")
    assert "folder" not in printed
    assert "first passage" not in printed
    told = re.findall(r"own ([\d.]+); of the processor ours ([\d.]+), pymilvus ([\d.]+)", printed)
    assert len(told) == len(("dense", "lexical", "late"))
    # milvus-lite is Python: what it takes is a multiple of what we do.
    assert all(0 < float(over) < 1 for over, _, _ in told)
    assert all(0 < float(ours) < 100 and 0 < float(own) < 100 for _, ours, own in told)
