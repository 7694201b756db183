"""What strangers may put before us: refused with a reason or indexed safely, and nothing else.

Each row is added as a user would add it, to a library that has documents. Whatever it is, the
others are still there, nothing is written outside of the corpus, and memory is bounded.
"""

import io
import json
import os
import random
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from index.file_types import SUFFIXES
from index.keeping.library import Library, Source
from index.keeping.sources import from_paths
from index.reports import Report
from tests.conftest import TEXTS
from tests.support import documents_made as made
from tests.system.index.reading.test_extraction_hostile import ROWS as FILES
from webui.texts import TEXTS as PAGE_TEXTS

ROOT = Path(__file__).resolve().parents[4]
MEGABYTE = 2**20
TEXT = "港口 🚢 Café مرفأ Straße か゚ ".encode()
READ = ""
EITHER = "*"

Make = Callable[[Path, Library], Iterable[Source | Report]]


def named(name: str) -> Make:
    return lambda folder, library: [Source(name, TEXT)]


def holding(name: str, make: Callable[[], bytes], **known: str) -> Make:
    return lambda folder, library: [Source(name, make(), **known)]


def packed(make: Callable[[], bytes]) -> Make:
    def sources(folder: Path, library: Library) -> Iterable[Source | Report]:
        (folder / "p.zip").write_bytes(make())
        return from_paths([folder / "p.zip"])

    return sources


def on_disk(make: Callable[[Path, Path], Path]) -> Make:
    """Return the sources of what `make` lays down in a folder, knowing the corpus."""
    return lambda folder, library: from_paths([make(folder, library.settings.corpus_dir)])


# -- names: all are made safe ---------------------------------------------------------------------

RESERVED = ("con", "PRN.txt", "aux", "nul", "COM1", "lpt9", "conin$")
NAMES = [
    "../../etc/passwd.txt",
    "..\\..\\windows\\system.txt",
    "....//....//x.txt",
    "/etc/shadow.txt",
    "C:\\secret.txt",
    "\\\\server\\share\\x.txt",
    "%2e%2e%2fx.txt",
    "~/x.txt",
    "a\0b.txt",
    "a.txt\0.md",
    "a.txt:stream.txt",
    "x" * 300 + ".txt",
    "福" * 300 + ".txt",
    "🚢" * 300 + ".md",
    "a/" * 2000 + "deep.txt",
    "很深/" * 300 + "x.md",
    "\u202etxt.exe.md",
    "\u2066a\u2069\u200f.txt",
    "a\u200bb\ufeff.txt",
    "\ud800.txt",
    "a\udcff.txt",
    "new\nline\r\t.txt",
    "\x1b[31mred\x07.txt",
    "...txt",
    " .txt",
    ".hidden.txt",
    ".incoming/x.txt",
    "README.md",
    "harbour.md.meta.json.txt",
    "a:b*c?d<e>f|g.txt",
    "$(touch owned);`id`.txt",
    "-rf.txt",
    "<img src=x onerror=alert(1)>.md",
    "cafe\u0301.txt",
    "مرفأ.txt",
    *[f"{word}.txt" for word in RESERVED],
]


# -- files on the disk ----------------------------------------------------------------------------


def link(target: str) -> Callable[[Path, Path], Path]:
    def make(folder: Path, own: Path) -> Path:
        inner = folder / "given"
        inner.mkdir()
        (inner / "link.txt").symlink_to(target.format(own=own, folder=folder))
        return inner

    return make


def pipe(folder: Path, own: Path) -> Path:
    os.mkfifo(folder / "pipe.txt")
    return folder / "pipe.txt"


def device(folder: Path, own: Path) -> Path:
    (folder / "zero.txt").symlink_to("/dev/zero")
    return folder / "zero.txt"


def unnamable(folder: Path, own: Path) -> Path:
    path = os.fsencode(folder) + b"/\xff\xfe\n.txt"
    Path(os.fsdecode(path)).write_bytes(TEXT)
    return Path(os.fsdecode(path))


def one_line_of_200_megabytes(folder: Path, own: Path) -> Path:
    with (folder / "line.txt").open("wb") as file:
        for _ in range(200):
            file.write(b"x" * MEGABYTE)
    return folder / "line.txt"


def link_in_the_corpus(folder: Path, own: Path) -> Path:
    (folder / "outside.txt").write_text("mine")
    (own / "linked.txt").symlink_to(folder / "outside.txt")
    (folder / "linked.txt").write_bytes(TEXT)
    return folder / "linked.txt"


def linked_folder_in_the_corpus(folder: Path, own: Path) -> Path:
    (folder / "elsewhere").mkdir()
    (own / "given").symlink_to(folder / "elsewhere")
    (folder / "given").mkdir()
    (folder / "given" / "a.txt").write_bytes(TEXT)
    return folder / "given"


def beside(content: str) -> Callable[[Path, Path], Path]:
    """Lay a sidecar beside a document of the corpus, and give another version of that."""

    def make(folder: Path, own: Path) -> Path:
        (own / "harbour.md.meta.json").write_text(content)
        (folder / "harbour.md").write_bytes(TEXT)
        return folder / "harbour.md"

    return make


def linked_sidecar(folder: Path, own: Path) -> Path:
    (folder / "secret.json").write_text('{"title": "geheim"}')
    (own / "harbour.md.meta.json").symlink_to(folder / "secret.json")
    (folder / "harbour.md").write_bytes(TEXT)
    return folder / "harbour.md"


def folder_of_that_name(folder: Path, own: Path) -> Path:
    (own / "taken.txt").mkdir()
    (folder / "taken.txt").write_bytes(TEXT)
    return folder / "taken.txt"


def file_as_folder(folder: Path, own: Path) -> Path:
    (folder / "harbour.md").mkdir()
    (folder / "harbour.md" / "a.txt").write_bytes(TEXT)
    return folder / "harbour.md"


DISK: list[tuple[str, Make, str]] = [
    ("link out", on_disk(link("/etc/passwd")), "outside"),
    ("link to a folder", on_disk(link("/etc")), "outside"),
    ("link to the corpus", on_disk(link("{own}/harbour.md")), "outside"),
    ("ring of links", on_disk(link("link.txt")), "outside"),
    ("link to nothing", on_disk(link("none.txt")), "unreadable"),
    ("pipe", on_disk(pipe), "unreadable"),
    ("endless device", on_disk(device), "unreadable"),
    ("missing", on_disk(lambda folder, own: folder / "none.txt"), "unreadable"),
    ("name too long", on_disk(lambda folder, own: folder / ("x" * 300 + ".txt")), "unreadable"),
    ("NUL in the path", on_disk(lambda folder, own: folder / "a\0b.txt"), "unreadable"),
    ("name of no encoding", on_disk(unnamable), READ),
    ("200 MB of one line", on_disk(one_line_of_200_megabytes), "too_large"),
    ("link in the corpus", on_disk(link_in_the_corpus), "outside"),
    ("linked folder in the corpus", on_disk(linked_folder_in_the_corpus), "outside"),
    ("folder of that name", on_disk(folder_of_that_name), "unwritable"),
    ("file as a folder", on_disk(file_as_folder), "unwritable"),
    ("sidecar: no JSON", on_disk(beside("{")), "sidecar"),
    ("sidecar: deep", on_disk(beside("[" * 100_000)), "sidecar"),
    ("sidecar: surrogate", on_disk(beside('{"title": "\\ud800"}')), "sidecar"),
    ("sidecar: odd encoding", on_disk(beside('{"encoding": "base64"}')), READ),
    ("sidecar: link out", on_disk(linked_sidecar), "outside"),
]


# -- archives -------------------------------------------------------------------------------------


def with_link() -> bytes:
    """Return a zip whose member says that it is a link."""
    member = zipfile.ZipInfo("link.txt")
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, "../../../etc/passwd")
    return file.getvalue()


def with_password() -> bytes:
    raw = bytearray(made.zipped({"a.txt": TEXT}))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def overlapping() -> bytes:
    """Return a zip whose many members all lie in the same place (Fifield 2019)."""
    raw = made.zipped({"a.txt": b" " * MEGABYTE})
    start = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    count = 10_000
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, count * (end - start), start, 0
    )
    return raw[:start] + raw[start:end] * count + tail


ARCHIVES: list[tuple[str, Make, str]] = [
    ("zip slip", packed(lambda: made.zipped({"../../x.txt": TEXT})), "member_name"),
    ("zip slip, absolute", packed(lambda: made.zipped({"/x.txt": TEXT})), "member_name"),
    ("zip slip, Windows", packed(lambda: made.zipped({"..\\..\\x.txt": TEXT})), "member_name"),
    ("zip, drive", packed(lambda: made.zipped({"C:/x.txt": TEXT})), "member_name"),
    ("zip, link", packed(with_link), READ),
    ("zip bomb", packed(lambda: made.zipped({"a.txt": bytes(300 * MEGABYTE)})), "bomb"),
    ("zip bomb, overlapping", packed(overlapping), "bomb"),
    (
        "zip, many",
        packed(lambda: made.zipped({f"{i}.txt": b"" for i in range(20_001)})),
        "too_large",
    ),
    ("zip in zip", packed(lambda: made.zipped({"a.zip": made.zipped({"b.txt": TEXT})})), "nested"),
    ("zip, password", packed(with_password), "encrypted"),
    ("zip, no zip", packed(lambda: b"PK\x03\x04" + bytes(100)), "broken"),
    ("zip, cut", packed(lambda: made.zipped({"a.txt": TEXT})[:-30]), "broken"),
    ("zip, empty name", packed(lambda: made.zipped({"/": b"", "b.txt": TEXT})), READ),
    ("zip, controls", packed(lambda: made.zipped({"a\x01\u202e.txt": TEXT})), READ),
    ("zip, sidecar", packed(lambda: made.zipped({"a.txt.meta.json": b"{}"})), "type"),
    ("zip, long name", packed(lambda: made.zipped({"x" * 60_000 + ".txt": TEXT})), READ),
    ("zip, deep", packed(lambda: made.zipped({"a/" * 20_000 + "x.txt": TEXT})), READ),
]


# -- contents -------------------------------------------------------------------------------------


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(20_000)


# What takes longest there is left to the test of the readers.
SLOW = {"bomb.epub", "bomb.pdf", "line.txt", "line.md", "commas.csv", "deep.html", "endless.pdf"}
CONTENTS: list[tuple[str, Make, str]] = [
    *[(name, holding(name, make), codes) for name, make, codes in FILES if name not in SLOW],
    *[
        (
            f"noise{suffix}",
            holding(f"noise{suffix}", lambda n=n: noise(n)),
            "binary broken encoding",
        )
        for n, suffix in enumerate(sorted(SUFFIXES))
    ],
    *[
        (f"nul{suffix}", holding(f"nul{suffix}", lambda: bytes(5000)), "binary broken empty")
        for suffix in sorted(SUFFIXES)
    ],
    ("binary.exe", holding("a.exe", lambda: b"MZ"), "type"),
    ("no suffix", holding("Makefile", lambda: TEXT), "type"),
    ("double suffix", holding("a.txt.exe", lambda: TEXT), "type"),
    (
        "mojibake",
        holding("a.txt", lambda: ("中国，人口。" * 9).encode().decode("latin-1").encode()),
        "mojibake",
    ),
    ("UTF-16 cut", holding("a.txt", lambda: "\ufeff港口".encode("utf-16-le") + b"x"), "encoding"),
    ("lone surrogate", holding("a.txt", lambda: b"abc \xed\xa0\x80 def"), EITHER),
    ("bidi text", holding("a.txt", lambda: "abc \u202e\u2066 fed".encode()), READ),
    ("combining", holding("a.txt", lambda: ("e" + "\u0301" * 100_000).encode()), READ),
    ("no encoding", holding("a.txt", lambda: TEXT, encoding="klingon"), "unknown_encoding"),
    ("codec of bytes", holding("a.txt", lambda: TEXT, encoding="base64"), "unknown_encoding"),
    ("odd encoding", holding("a.txt", lambda: TEXT, encoding="\0" * 5000), "unknown_encoding"),
    ("title", holding("a.txt", lambda: TEXT, title="\ud800\0\u202e" + "x" * 100_000), READ),
    ("title of nothing", holding("a.txt", lambda: TEXT, title="\0 \n"), READ),
]

ROWS = [
    *[(f"name {name[:30]!r}", named(name), READ) for name in NAMES],
    *DISK,
    *ARCHIVES,
    *CONTENTS,
]


def test_there_are_rows_enough() -> None:
    assert len(ROWS) >= 60


LONG = {"line.html", "space.txt", "matter.md"}
"""Read for seconds: what takes no longer than it may is seen in test_extraction_hostile.py."""


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        pytest.param(make, codes, id=name, marks=[pytest.mark.slow] if name in LONG else [])
        for name, make, codes in ROWS
    ],
)
def test_refused_or_indexed_safely(
    library: Library, tmp_path: Path, make: Make, codes: str
) -> None:
    given = tmp_path / "elsewhere" / "given"
    given.mkdir(parents=True)
    sources = make(given, library)
    outside = _files(tmp_path, but=library)
    reports = library.add(sources)
    assert reports
    for report in reports:
        _check_report(report, codes)
    assert _files(tmp_path, but=library) == outside
    _check_library(library, [str(r.doc_id) for r in reports if r.outcome == "added"])


def _check_report(report: Report, codes: str) -> None:
    json.dumps(report.name, ensure_ascii=False).encode()  # no surrogate, which no page takes
    assert report.name
    if report.outcome == "refused":
        assert codes == EITHER or report.code in codes.split(), report
        assert report.reason
        report.reason.encode()
        assert all(report.code in texts.errors for texts in PAGE_TEXTS.values())
    else:
        assert codes in (READ, EITHER), report
        assert report.outcome in ("added", "replaced")


def _check_library(library: Library, added: list[str]) -> None:
    folder = library.settings.corpus_dir
    held = {summary.doc_id for summary in library.documents()}
    assert {*TEXTS, *added} - {"harbour.md"} <= held
    for doc_id in held:
        assert (folder / doc_id).resolve().is_relative_to(folder.resolve())
        document = library.document(doc_id)
        document.text.encode()
        document.metadata.title.encode()
        assert all(c.text == document.text[c.start : c.end] for c in library.chunks(doc_id))
    # No more documents than were there and were said to be added; and nothing is left to do.
    assert held <= {*TEXTS, *added}
    assert not list(folder.glob(".incoming/*"))
    assert all(report.outcome == "refused" for report in library.update())


def _files(folder: Path, *, but: Library) -> dict[Path, tuple[int, int]]:
    """Return sizes and times of all files outside of the library's own folders."""
    own = (but.settings.corpus_dir, but.settings.index_dir)
    return {
        path: (state.st_size, state.st_mtime_ns)
        for path in folder.rglob("*")
        if not any(path.is_relative_to(one) for one in own)
        if stat.S_ISREG((state := path.lstat()).st_mode)
    }


# -- memory ---------------------------------------------------------------------------------------

_MEASURED = """
import resource, sys
from pathlib import Path
import numpy as np
from index.keeping.library import Library
from index.settings import IndexSettings
from index.keeping.sources import from_paths

class Even:
    # An embedder that takes no time and no memory: what is measured is the rest.
    fingerprint, dim, max_tokens, has_token_vectors = "even", 8, 512, False
    def embed(self, texts, kind):
        return np.full((len(texts), 8), 8**-0.5, np.float32)
    def count_tokens(self, texts, kind):
        return [len(text) + 2 for text in texts]

root = Path(sys.argv[1])
library = Library(IndexSettings(root / "corpus", root / "built"), embedder=Even())
library.update()
(small,) = library.add(from_paths([root / "small.txt"]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(report,) = library.add(from_paths([Path(sys.argv[2])]))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(report.outcome, report.code or "-", report.chunks, (after - before) // 1024)
"""


def _measured(root: Path, path: Path) -> tuple[str, str, int, int]:
    """Add a file in a process of its own; return outcome, code, chunks, and megabytes it took."""
    (root / "corpus").mkdir()
    (root / "small.txt").write_bytes(TEXT)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(root), str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome, code, chunks, megabytes = done.stdout.split()
    return outcome, code, int(chunks), int(megabytes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make", "code", "max_megabytes"),
    [
        ("line.txt", lambda path: one_line_of_200_megabytes(path, path), "too_large", 150),
        ("p.zip", lambda path: (path / "p.zip").write_bytes(overlapping()), "bomb", 100),
        (
            "p.zip",
            lambda path: (path / "p.zip").write_bytes(
                made.zipped({"a.txt": bytes(500 * MEGABYTE)})
            ),
            "bomb",
            100,
        ),
    ],
)
def test_refusing_takes_little_memory(tmp_path, name, make, code, max_megabytes) -> None:
    make(tmp_path)
    outcome, found, _, megabytes = _measured(tmp_path, tmp_path / name)
    assert (outcome, found) == ("refused", code)
    assert megabytes < max_megabytes


def _long_line(path: Path, megabytes: int) -> Path:
    """Write one line without a space or sentence end, of characters that hardly repeat."""
    rng = random.Random(1)
    path.write_text(
        "".join(map(chr, rng.choices(range(0x4E00, 0x9000), k=megabytes * MEGABYTE // 3)))
    )
    return path


@pytest.mark.slow
def test_one_line_of_many_megabytes_is_read(tmp_path: Path) -> None:
    outcome, _, chunks, megabytes = _measured(tmp_path, _long_line(tmp_path / "line.txt", 6))
    assert outcome == "added"
    assert chunks > 5000
    assert megabytes < 200


@pytest.mark.slow
def test_one_line_of_60_megabytes_is_read(tmp_path: Path) -> None:
    outcome, _, chunks, megabytes = _measured(tmp_path, _long_line(tmp_path / "line.txt", 60))
    assert outcome == "added"
    assert chunks > 50_000
    assert megabytes < 700
