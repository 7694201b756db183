"""Stopping what is added: what is complete stays, nothing else is left, nobody loses a file."""

import threading

from index import corpus
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from tests.conftest import CountingEmbedder
from webui.documents.importing import Import

BUOYS = [
    Source(
        f"浮标/{n:03}.txt", f"第{n}号浮标 🛟 位于{n * 7}号礁石以东，{'灯质为一闪。' * 360}".encode()
    )
    for n in range(24)
]


def everything(settings: IndexSettings) -> dict[str, bytes]:
    """The documents of the corpus by name."""
    files = (path for path in settings.corpus_dir.rglob("*") if path.is_file())
    return {
        str(path.relative_to(settings.corpus_dir)): path.read_bytes()
        for path in files
        if not path.name.endswith(".meta.json")
    }


def test_what_is_not_complete_is_left_out(library: Library, settings: IndexSettings) -> None:
    before, stop = everything(settings), threading.Event()

    def tell(name: str, done: int, total: int) -> None:
        if total and done > total / 2:
            stop.set()

    reports = library.add(BUOYS, tell, stop=stop)
    left = everything(settings)
    added = {report.doc_id for report in reports}
    assert 0 < len(added) < len(BUOYS)
    assert {report.outcome for report in reports} == {"added"}
    assert left.keys() == before.keys() | added
    assert {summary.doc_id for summary in library.documents()} == left.keys()
    assert all(report.characters and report.chunks for report in reports)
    assert library.update() == []  # nothing is left to bring in
    assert {report.outcome for report in library.add(BUOYS)} == {"added", "unchanged"}


def test_what_was_to_be_replaced_is_back(library: Library, settings: IndexSettings) -> None:
    library.edit("harbour.md", title="港口年报 ⚓")
    before, known, stop = everything(settings), library.documents(), threading.Event()

    def tell(name: str, done: int, total: int) -> None:
        if total:  # all is written, nothing embedded
            stop.set()

    assert library.add([Source("harbour.md", "另一篇，أخرى。".encode())], tell, stop=stop) == []
    assert everything(settings) == before
    assert library.sidecar("harbour.md").title == "港口年报 ⚓"
    library.update()
    assert library.documents() == known


def test_stopping_deletes_nothing_that_another_writer_added(
    settings: IndexSettings, counting: CountingEmbedder
) -> None:
    """Two writers add documents of one name; the one that waited for the other is stopped."""
    waits, holds = threading.Event(), threading.Event()
    first = Library(settings, embedder=counting)
    first.update()

    def hold(name: str, done: int, total: int) -> None:
        if total:  # it is read, and written: nobody else may write now
            holds.set()
            waits.wait(30)

    theirs = "他们的文档，不是我的。".encode()
    writer = threading.Thread(target=lambda: first.add([Source("同名.txt", theirs)], hold))
    writer.start()

    second = Library(settings, embedder=CountingEmbedder(), notify=lambda message: waits.set())
    assert holds.wait(30)
    importing = Import(second, lambda: [Source("同名.txt", "我的文档。".encode())])
    for step in importing.steps():
        if step.name == "同名.txt" and waits.is_set():
            importing.stop()
    writer.join(30)

    assert importing.error is None
    assert importing.reports == []
    assert (settings.corpus_dir / "同名.txt").read_bytes() == theirs
    first.update()
    assert first.document("同名.txt").text == theirs.decode()
    for library in (first, second):
        library.close()


def test_a_file_put_there_by_hand_is_left_alone(library: Library, settings: IndexSettings) -> None:
    stop, path = threading.Event(), settings.corpus_dir / "手记.txt"

    def tell(name: str, done: int, total: int) -> None:
        if total and not stop.is_set():
            path.write_text("刚刚由人放进来的。", "utf-8")
            stop.set()

    assert library.add([Source("手记.txt", "导入的。".encode())], tell, stop=stop) == []
    assert path.read_text("utf-8") == "刚刚由人放进来的。"
    library.update()
    assert library.document("手记.txt").text == "刚刚由人放进来的。"
    assert corpus.exists(settings.corpus_dir, "harbour.md")
