"""Reading in processes of their own: limits, bad sections, stopping, and nobody kept waiting."""

import contextlib
import io
import resource
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from index.errors import CorpusError
from index.keeping.library import Library, Source
from index.reading.processes import LIMITS, Limits, Readers
from index.settings import IndexSettings
from tests.conftest import CountingEmbedder
from tests.support import documents_made as made
from webui.documents.importing import Import

ROOT = Path(__file__).resolve().parents[4]
MEGABYTE = 2**20
SHORT = Limits(seconds=5, section_seconds=2, memory_bytes=400 * MEGABYTE)
SLOW = "".join(f"<p>第{i}段 {made.hash_of(i)}<b>x</b></p>" for i in range(250_000)).encode()
"""Takes much processor time, as many paragraphs do that a page's main text is looked for in."""
GOOD = "<p>这一章读得出来。</p>"


@pytest.fixture
def readers() -> Iterator[Readers]:
    some = Readers(SHORT)
    yield some
    some.end()


@pytest.fixture
def patient() -> Iterator[Readers]:
    """Readers that would read for longer than a test takes."""
    some = Readers(LIMITS)
    yield some
    some.end()


def library_in(folder: Path, readers: Readers) -> Library:
    settings = IndexSettings(folder / "corpus", folder / "built")
    settings.corpus_dir.mkdir(exist_ok=True)
    return Library(settings, embedder=CountingEmbedder(), readers=readers)


def outcome(readers: Readers, name: str, raw: bytes) -> tuple[str, str, list[str]]:
    """Return the code of the refusal, the text, and what the notes say was left out."""
    try:
        found = readers.extract(name, raw)
    except CorpusError as error:
        return error.code, "", []
    return "", found.text, [n.detail for n in found.notes if n.code == "chapter_skipped"]


def seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# -- limits ---------------------------------------------------------------------------------------

ATTRIBUTES = " ".join(f"a{i}='1'" for i in range(100_000))
FAR_ROWS = "".join(
    f'<row r="{i}"><c r="XFD{i}"><v>{i}</v></c></row>' for i in range(1, 1_048_576, 48)
)
MERGED = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 300_000))
CELL = '<row r="1"><c r="A1"><v>7</v></c></row>'
LONG_CHAPTER = "".join(f"<p>{made.hash_of(i)}<b>x</b></p>" for i in range(60_000))

BOMBS: list[tuple[str, Callable[[], bytes], str]] = [
    ("paragraphs.docx", lambda: made.long_word(60_000), ""),
    ("paragraphs.html", lambda: SLOW, "too_slow too_large"),
    ("far.xlsx", lambda: made.sheet_of(FAR_ROWS), ""),
    ("merged.xlsx", lambda: made.sheet_of(CELL, f"<mergeCells>{MERGED}</mergeCells>"), "broken "),
    ("chapter.epub", lambda: made.book([LONG_CHAPTER, GOOD]), ""),
    ("attributes.html", lambda: f"<p {ATTRIBUTES}>hello there".encode(), ""),
    ("attributes.epub", lambda: made.book([f"<p {ATTRIBUTES}>x</p>", GOOD]), ""),
    ("deep.html", lambda: b"<div>" * 100_000 + b"hello", ""),
    ("columns.csv", lambda: b"a," * 1_000_000, "broken"),
    ("brackets.md", lambda: b"[" * MEGABYTE + b" text", ""),
    ("memory.txt", lambda: ("🎉" + "a" * (60 * MEGABYTE)).encode(), "too_large"),
    ("objects.pdf", lambda: _pdf_of_objects(100_000), "broken empty"),
    ("hidden.docx", lambda: _hidden_markup("word/media/a.png"), "bomb"),
]
TELLING = {"paragraphs.docx", "attributes.epub", "columns.csv", "memory.txt", "hidden.docx"}
"""One for each way to end."""


def _pdf_of_objects(count: int) -> bytes:
    objects = b"".join(b"%d 0 obj<</A %d 0 R>>endobj\n" % (i, i + 1) for i in range(3, count))
    pages = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0>>endobj\n"
    return b"%PDF-1.4\n" + pages + objects + b"trailer<</Root 1 0 R>>\n"


def _hidden_markup(path: str) -> bytes:
    """Return a docx that holds more markup than may be read, under the name of a picture."""
    words = b"".join(b"<a>%d</a>" % i for i in range(6_500_000))
    return made.replaced(made.word(), path, words)


@pytest.mark.skipif(sys.platform == "win32", reason="has no limits for a process")
@pytest.mark.parametrize(
    ("name", "make", "codes"),
    [
        pytest.param(*row, id=row[0], marks=() if row[0] in TELLING else pytest.mark.slow)
        for row in BOMBS
    ],
)
def test_reading_ends_within_its_limits(
    readers: Readers, name: str, make: Callable[[], bytes], codes: str
) -> None:
    raw, before = make(), seconds_of_children()
    code, text, _ = outcome(readers, name, raw)
    readers.end()
    assert code in codes.split(" ") or (not code and not codes), code
    assert bool(text) == (code == "")
    # Ends of seconds, starts of processes, and what was read again.
    assert seconds_of_children() - before < SHORT.seconds + 2 * SHORT.section_seconds


def test_the_text_is_that_which_is_read_without_a_process(readers: Readers) -> None:
    from index.reading.extraction import extract

    for name, raw in (
        ("报告.docx", made.word()),
        ("a.pdf", made.pdf([[made.PARAGRAPH], [made.GERMAN]], author="林一")),
        ("文.txt", "Ça va 🎉 か゚ \x85 \u2028 ＡＢＣ".encode()),
        ("a.pptx", made.slides()),
    ):
        assert readers.extract(name, raw) == extract(name, raw)


# -- bad sections ---------------------------------------------------------------------------------

SHEETS = made.workbook({"好": [["街道", "人口"], ["福田", 15]], "坏": [["a", "b"], [1, 2]]})


def damaged_part(raw: bytes, path: str) -> bytes:
    """Return a zip with a byte of one part changed, where it is packed."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        member = archive.getinfo(path)
        at = member.header_offset + 30 + len(member.orig_filename.encode()) + 4
    return raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :]


MALFORMED = b"<a><b></a>"
BROKEN_OFF = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">'
)
BOOK = made.book(["<p>一</p>", GOOD])
BAD: list[tuple[str, bytes, str, str]] = [
    ("a.epub", damaged_part(BOOK, "OEBPS/0 .xhtml"), "这一章读得出来。", "OEBPS/0 .xhtml"),
    (
        "a.xlsx",
        made.replaced(SHEETS, "xl/worksheets/sheet2.xml", BROKEN_OFF),
        "- 街道：福田；人口：15",
        "sheet2.xml",
    ),
    (
        "b.xlsx",
        damaged_part(SHEETS, "xl/worksheets/sheet2.xml"),
        "- 街道：福田；人口：15",
        "sheet2.xml",
    ),
    (
        "a.pptx",
        made.replaced(made.slides(), "ppt/slides/slide2.xml", MALFORMED),
        "图书馆年度报告",
        "slide2.xml",
    ),
    (
        "a.docx",
        made.replaced(made.word(), "word/numbering.xml", MALFORMED),
        made.PARAGRAPH,
        "numbering.xml",
    ),
    ("b.docx", made.replaced(made.word(), "docProps/core.xml", MALFORMED), made.GERMAN, "core.xml"),
]


@pytest.mark.parametrize(("name", "raw", "kept", "lost"), BAD, ids=[f"{b[0]} {b[3]}" for b in BAD])
def test_a_bad_section_is_left_out_and_named(
    readers: Readers, name: str, raw: bytes, kept: str, lost: str
) -> None:
    code, text, left_out = outcome(readers, name, raw)
    assert code == ""
    assert kept in text
    assert len(left_out) == 1
    assert lost in left_out[0]


def test_a_section_over_which_the_process_ends_is_left_out_and_named(readers: Readers) -> None:
    bomb = "".join(f"<p>{made.hash_of(i)}<b>x</b></p>" for i in range(60_000))
    code, text, left_out = outcome(readers, "a.epub", made.book([GOOD, bomb, "<p>末章。</p>"]))
    assert (code, text) == ("", "末章。\n\n这一章读得出来。")
    assert left_out == ["OEBPS/1 .xhtml"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.epub", damaged_part(made.book(["<p>一</p>"]), "OEBPS/0 .xhtml")),
        (
            "a.xlsx",
            made.replaced(made.workbook({"a": [[1]]}), "xl/worksheets/sheet1.xml", MALFORMED),
        ),
    ],
)
def test_a_document_with_nothing_readable_is_refused(
    readers: Readers, name: str, raw: bytes
) -> None:
    assert outcome(readers, name, raw)[0] == "broken"


# -- stopping, dying ------------------------------------------------------------------------------


class _Stopped(Exception):
    pass


def working_children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    ]


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_waits_can_stop_the_reading(patient: Readers) -> None:
    calls = 0

    def waiting() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise _Stopped

    before = len(working_children())
    with pytest.raises(_Stopped):
        patient.extract("a.html", SLOW, waiting=waiting)
    assert calls == 5
    assert len(working_children()) == before
    assert patient.extract("a.txt", "后来".encode()).text == "后来"


def test_a_killed_process_costs_its_document_alone(patient: Readers) -> None:
    found: list[str] = []
    before = set(working_children())
    reading = threading.Thread(target=lambda: found.append(outcome(patient, "a.html", SLOW)[0]))
    reading.start()
    until(lambda: any(_used(child) > 2 for child in set(working_children()) - before))
    for child in set(working_children()) - before:
        child.kill()
    reading.join()
    assert found == ["crashed"]
    # One that dies while it is idle is not noticed at all.
    assert patient.extract("a.txt", "一".encode()).text == "一"
    for child in set(working_children()) - before:
        child.kill()
    assert patient.extract("a.txt", "二".encode()).text == "二"


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize(
    "how",
    [signal.SIGKILL, signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)],
)
def test_a_reading_does_not_outlive_the_command(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "a.html").write_bytes(SLOW)
    places = ["--corpus", str(tmp_path / "corpus"), "--index-dir", str(tmp_path / "built")]
    command = subprocess.Popen(
        [sys.executable, "-m", "index", "add", str(tmp_path / "a.html"), *places],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    parent = psutil.Process(command.pid)
    until(lambda: any(child.cpu_times().user > 0.5 for child in parent.children()))
    children = parent.children()
    command.send_signal(how)
    said = command.communicate(timeout=60)[1]
    psutil.wait_procs(children, timeout=60)
    assert not [child for child in children if child.is_running()]
    if how == signal.SIGINT:
        assert command.returncode == 130
        assert "the same command" in said
        assert "Traceback" not in said
    assert not (tmp_path / "corpus" / "a.html").exists()


# -- nobody is kept waiting -----------------------------------------------------------------------


def test_others_add_while_a_slow_document_is_read(tmp_path: Path, patient: Readers) -> None:
    library = library_in(tmp_path, patient)
    reading, stop = threading.Event(), threading.Event()

    def progress(name: str, done: int, total: int) -> None:
        reading.set()
        if stop.is_set():
            raise _Stopped

    def add_slow() -> None:
        with contextlib.suppress(_Stopped):
            library.add([Source("slow.html", SLOW)], progress)

    slow = threading.Thread(target=add_slow)
    slow.start()
    assert reading.wait(60)
    # Another library on the same folders, as another process would have.
    other = library_in(tmp_path, patient)
    (report,) = other.add([Source("quick.txt", "快的先到。".encode())])
    assert report.outcome == "added"
    assert slow.is_alive()
    stop.set()
    slow.join(60)
    assert not slow.is_alive()
    assert [summary.doc_id for summary in other.documents()] == ["quick.txt"]
    other.close()
    library.close()


def test_stop_ends_an_import_that_is_reading(tmp_path: Path, patient: Readers) -> None:
    library = library_in(tmp_path, patient)
    before = set(working_children())
    sources = [Source("slow.html", SLOW), Source("other.txt", "另一篇".encode())]
    importing = Import(library, lambda: sources)
    steps = importing.steps()
    assert next(steps).name == "slow.html"
    until(lambda: bool(set(working_children()) - before))
    importing.stop()
    assert list(steps) is not None
    assert importing.error is None
    assert importing.reports == []
    assert set(working_children()) == before
    assert not list(library.settings.corpus_dir.glob("*.*"))
    library.close()


def test_each_document_is_read_once(tmp_path: Path) -> None:
    """What one reading takes bounds what adding takes: the slower half of it is the reading."""
    readers = Readers(replace(LIMITS, seconds=30))
    library = library_in(tmp_path, readers)
    raw = made.long_word(5_000)
    before = set(working_children())
    readers.extract("warm.docx", made.word())
    (process,) = set(working_children()) - before
    started = _used(process)
    readers.extract("once.docx", raw)
    once = _used(process) - started
    (report,) = library.add([Source("added.docx", raw)])
    assert report.outcome == "added"
    assert _used(process) - started - once < 1.8 * once  # twice it would be 2 and more
    library.close()
    readers.end()


@pytest.mark.slow
def test_what_is_refused_in_the_corpus_is_tried_once(tmp_path: Path) -> None:
    """Every change looks at all that is not indexed: what takes long must not be read each time."""
    readers = Readers(SHORT)
    library = library_in(tmp_path, readers)
    (library.settings.corpus_dir / "slow.html").write_bytes(SLOW)
    (refused,) = library.update()
    assert refused.code in ("too_slow", "too_large")
    before = seconds_of_children()
    assert [report.outcome for report in library.add([Source("a.txt", "一".encode())])] == ["added"]
    assert [report.code for report in library.update()] == [refused.code]
    readers.end()
    assert seconds_of_children() - before < SHORT.seconds
    library.close()


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def test_nothing_is_started_where_nothing_is_read(tmp_path: Path, patient: Readers) -> None:
    before = set(working_children())
    with pytest.raises(CorpusError):
        patient.extract("a.exe", b"MZ")
    library = library_in(tmp_path, patient)
    library.update()
    library.add([])
    library.close()
    assert set(working_children()) == before
