"""The watcher against real changes of a real folder, in a thread and as a command of its own."""

import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import ChatbotError, CorpusError
from index.keeping.library import Library, Source
from index.keeping.watching import watch
from index.reports import Report
from index.settings import IndexSettings
from index.types import Kind, TokenVectors
from tests.conftest import CountingEmbedder

ROOT = Path(__file__).resolve().parents[4]
# Long enough for a busy machine; nothing here waits for as long where all is well.
PATIENCE = 60.0


class Watched:
    """A library that a thread keeps up to date, and what that thread says."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.folder = library.settings.corpus_dir
        self.said: queue.Queue[list[Report] | ChatbotError] = queue.Queue()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            watch(self.library, self.stop, on_reports=self.said.put, on_error=self.said.put)
        except ChatbotError as error:
            self.said.put(error)

    def next(self) -> list[tuple[str, str]]:
        reports = self.said.get(timeout=PATIENCE)
        assert isinstance(reports, list), reports
        return sorted((report.outcome, report.name) for report in reports)


@pytest.fixture
def watched(library: Library) -> Iterator[Watched]:
    made = Watched(library)
    made.thread.start()
    assert made.next() == []  # up to date, and watching
    yield made
    made.stop.set()
    made.thread.join(PATIENCE)
    assert not made.thread.is_alive()


def found(library: Library, text: str) -> set[str]:
    hits = library.search_dense(library.embedder.embed([text], "query")[0], 10)
    return {chunk.doc_id for chunk, _ in hits}


def test_what_is_changed_in_the_folder_is_in_the_index(watched: Watched) -> None:
    (watched.folder / "新的").mkdir()
    (watched.folder / "新的" / "钟楼.txt").write_text("钟楼有六座铜钟 🔔。", "utf-8")
    assert watched.next() == [("added", "新的/钟楼.txt")]
    assert "新的/钟楼.txt" in found(watched.library, "钟楼有六座铜钟")

    (watched.folder / "新的" / "钟楼.txt").write_text("钟楼现在有七座铜钟。", "utf-8")
    assert watched.next() == [("replaced", "新的/钟楼.txt")]
    (watched.folder / "新的" / "钟楼.txt.meta.json").write_text('{"title": "钟"}', "utf-8")
    assert watched.next() == [("replaced", "新的/钟楼.txt")]

    (watched.folder / "新的").rename(watched.folder / "旧的")
    assert watched.next() == [("added", "旧的/钟楼.txt"), ("removed", "新的/钟楼.txt")]
    (watched.folder / "旧的" / "钟楼.txt").unlink()
    assert watched.next() == [("removed", "旧的/钟楼.txt")]


def test_a_file_is_read_once_it_is_written_to_its_end(watched: Watched) -> None:
    with (watched.folder / "slow.txt").open("w") as file:
        for line in range(12):
            file.write(f"Die Zeile {line} kommt langsam herüber.\n")
            file.flush()
            time.sleep(0.25)
    assert watched.next() == [("added", "slow.txt")]
    assert "Zeile 11" in watched.library.document("slow.txt").text
    assert watched.said.empty()


def test_a_refused_file_is_named_once(watched: Watched) -> None:
    (watched.folder / "bad.txt").write_bytes(b"\0\1\2" * 50)
    assert watched.next() == [("refused", "bad.txt")]
    (watched.folder / "good.txt").write_text("Ein guter Text.", "utf-8")
    assert watched.next() == [("added", "good.txt")]
    (watched.folder / "bad.txt").write_bytes(b"\0\1\2" * 60)
    assert watched.next() == [("refused", "bad.txt")]


def test_what_another_adds_is_not_told_and_nobody_waits(watched: Watched) -> None:
    (report,) = watched.library.add([Source("own.txt", "Selbst hinzugefügt.".encode())])
    assert report.outcome == "added"
    (watched.folder / "other.txt").write_text("Von anderswo.", "utf-8")
    assert watched.next() == [("added", "other.txt")]


def test_a_folder_that_goes_and_comes_back(watched: Watched) -> None:
    away = watched.folder.rename(watched.folder.with_name("away"))
    error = watched.said.get(timeout=PATIENCE)
    assert isinstance(error, CorpusError)
    assert "no corpus folder" in str(error)
    (away / "more.txt").write_text("Noch ein Text.", "utf-8")
    away.rename(watched.folder)
    assert watched.next() == [("added", "more.txt")]


@pytest.mark.slow
def test_a_deleted_index_is_made_again(watched: Watched) -> None:
    # Nothing changes in the corpus: this is what a look without a notification finds.
    for path in sorted(watched.library.settings.index_dir.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    assert [outcome for outcome, _ in watched.next()] == ["added"] * 3


class Failing(CountingEmbedder):
    """Fails as the code of others does, until it is told not to."""

    fails = True

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        if self.fails and kind == "passage":
            raise RuntimeError("an inference request ran out of luck")
        return super().embed_tokens(texts, kind)


def goes_on(watched: Watched, after: Callable[[], None]) -> ChatbotError:
    """Return the trouble that is told once; watching goes on when that has passed."""
    watched.thread.start()
    error = watched.said.get(timeout=PATIENCE)
    assert isinstance(error, ChatbotError)
    time.sleep(1.0)
    (watched.folder / "塔.txt").write_text("塔有九层。", "utf-8")  # another look, the same trouble
    time.sleep(4.0)
    assert watched.said.empty()
    assert watched.thread.is_alive()
    after()
    (watched.folder / "桥.txt").write_text("桥有九孔。", "utf-8")
    assert ("added", "桥.txt") in watched.next()
    watched.stop.set()
    watched.thread.join(PATIENCE)
    assert not watched.thread.is_alive()
    watched.library.close()
    return error


@pytest.mark.slow
def test_another_embedder_is_told_and_waited_for(library: Library, counting) -> None:
    counting.fingerprint = "another"
    watched = Watched(Library(library.settings, embedder=counting))
    error = goes_on(watched, lambda: delattr(counting, "fingerprint"))
    assert "index build" in str(error)


@pytest.mark.slow
def test_what_nobody_expected_is_told_and_logged(
    settings: IndexSettings, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = Failing()
    watched = Watched(Library(settings, embedder=embedder))
    error = goes_on(watched, lambda: setattr(embedder, "fails", False))
    assert "out of luck" in str(error)
    assert "index doctor" in str(error)
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.slow
def test_a_damaged_index_is_told_and_watched_again(library: Library) -> None:
    library.close()
    (vectors,) = library.settings.index_dir.glob("build-*/dense.vectors")
    vectors.unlink()
    with closing(sqlite3.connect(vectors.with_name("store.sqlite3"))) as connection:
        connection.execute("UPDATE vectors SET vector = zeroblob(260)")
        connection.commit()
    watched = Watched(library)
    other = Library(library.settings, embedder=library.embedder)
    error = goes_on(watched, other.examine)
    assert "index doctor" in str(error)
    other.close()


def test_the_command_ends_by_ctrl_c(settings: IndexSettings) -> None:
    folders = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    process = subprocess.Popen(
        [sys.executable, "-m", "index", "update", "--watch", *folders],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    said = iter(process.stderr.readline, "")
    assert any("3 added" in line for line in said)
    (settings.corpus_dir / "海.txt").write_text("海上有一座灯塔。", "utf-8")
    assert any("added     海.txt" in line for line in said)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
