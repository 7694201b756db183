"""The server killed and started again, the writer killed: nothing acknowledged is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.embedders.fake import FakeEmbedder
from index.errors import IndexAwayError
from index.keeping.library import Library
from index.settings import IndexSettings, MilvusAddress
from tests.support.milvus_servers import Server
from tests.support.serving import ROOT
from tests.system.index.milvus.test_contract import fill, of, seen

QUESTION = "第3号灯塔高多少米？"


def vector(library: Library):
    return library.encode_questions([QUESTION])[0].pooled


def after_start(server: Server) -> None:
    """Kill the server, and start it again half a second later."""
    server.kill()
    time.sleep(0.5)
    server.start()


@pytest.mark.slow
def test_server_killed_in_an_import_and_in_a_search(tmp_path: Path, own_server: Server) -> None:
    fill(tmp_path / "corpus", 2, count=60)
    files = IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built")
    expected = Library(files, embedder=FakeEmbedder())
    expected.update()
    library = Library(of(files, own_server), embedder=FakeEmbedder())
    reports: list[object] = []
    importing = threading.Thread(target=lambda: reports.extend(library.update()))
    importing.start()
    while not _has_some(library):
        time.sleep(0.05)
    after_start(own_server)
    importing.join()
    assert len(reports) == 60
    assert seen(library) == seen(expected)
    asking, found, is_back = vector(library), set[int | str](), threading.Event()

    def ask() -> None:
        while not is_back.is_set():
            try:
                found.add(len(library.search_dense(asking, 5)))
            except IndexAwayError as error:  # it was away for longer than a reader waits
                found.add(error.code)

    searching = threading.Thread(target=ask)
    searching.start()
    after_start(own_server)
    is_back.set()
    searching.join()
    assert 5 in found
    assert found <= {5, "index_away"}
    assert seen(library) == seen(expected)
    library.close()


def _has_some(library: Library) -> bool:
    try:
        return library.info().generation > 0
    except Exception:  # noqa: BLE001  (there is no build yet, or none of the documents)
        return False


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_writer_killed(tmp_path: Path, hybrid: Server, seed: int) -> None:
    """Each document that was acknowledged answers, once and whole, and none that was removed."""
    corpus = tmp_path / "corpus"
    fill(corpus, seed, count=3)
    settings = of(IndexSettings(corpus_dir=corpus), hybrid)
    for round_number in range(3):
        lines = killed_writer(
            corpus, settings.index_dir, 10 * seed + round_number, lines_at_least=6
        )
        library = Library(settings, embedder=FakeEmbedder())
        library.open()
        there = {summary.doc_id for summary in library.documents()}
        state: dict[str, bool | None] = {}  # None: it was being changed
        for line in lines:
            verb, name = line.split(" ", 1)
            state[name] = {"BEGIN": None, "DONE": True, "REMOVED": False}[verb]
        for name, is_there in state.items():
            if is_there is not None:
                assert (name in there) == is_there
        for doc_id in there:
            document, chunks = library.document(doc_id), library.chunks(doc_id)
            assert document.text == (corpus / doc_id).read_text("utf-8")
            assert all(document.text[c.start : c.end] == c.text for c in chunks)
            assert len({chunk.start for chunk in chunks}) == len(chunks)
        hits = library.search_dense(vector(library), 1000)
        assert {chunk.doc_id for chunk, _ in hits} == there
        assert len(hits) == sum(summary.chunks for summary in library.documents())
        assert all(finding.state == "well" for finding in library.examine())
        library.close()


def killed_writer(corpus: Path, address: object, seed: int, *, lines_at_least: int) -> list[str]:
    """Run a writer, kill it in the midst of something, and return what it said."""
    command = [sys.executable, "-m", "tests.support.milvus_writer"]
    writer = subprocess.Popen(
        [*command, str(corpus), str(address), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert writer.stdout is not None
    lines = []
    for line in writer.stdout:
        if line != "READY\n":
            lines.append(line.strip())
        if len(lines) >= lines_at_least and line.startswith("BEGIN"):
            break
    time.sleep(0.05 * (seed % 7))
    os.killpg(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    return [*lines, *rest]


@pytest.mark.slow
def test_a_server_that_is_away_is_named(tmp_path: Path, own_lite: Server) -> None:
    fill(tmp_path / "corpus", 3, count=3)
    settings = of(IndexSettings(corpus_dir=tmp_path / "corpus"), own_lite)
    library = Library(settings, embedder=FakeEmbedder())
    library.update()
    asking = vector(library)
    own_lite.kill()
    started = time.monotonic()
    with pytest.raises(
        IndexAwayError, match=r"milvus://127.0.0.1:\d+/\w+ does not answer.*milvus.md"
    ):
        library.search_dense(asking, 5)
    assert time.monotonic() - started < 20
    own_lite.start()
    assert len(library.search_dense(asking, 2)) == 2  # and goes on by itself
    library.close()


def test_nothing_listens(tmp_path: Path) -> None:
    fill(tmp_path / "corpus", 3, count=1)
    address = MilvusAddress("milvus://127.0.0.1:1/name")
    library = Library(IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=address))
    with pytest.raises(IndexAwayError, match="Is it running"):
        library.documents()
