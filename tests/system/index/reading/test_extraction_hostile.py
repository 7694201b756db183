"""Files made to break readers: refused with a code, or read safely, soon and in little memory."""

import io
import resource
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import CorpusError
from index.file_types import SUFFIXES
from index.reading.extraction import Extracted
from index.reading.office import archive
from index.reading.processes import READERS
from tests.support import documents_made as made

extract = READERS.extract

SECRET = "gehe1mes Wort"
MEGABYTE = 2**20
SECONDS = 20
EXTRA_MEGABYTES = 900

WORD = made.word()
SLIDES = made.slides()
SHEETS = made.workbook({"a": [["h", "i"], [1, 2]]})
BOOK = made.book(["<p>hello there</p>"])
PDF = made.pdf([[made.PARAGRAPH]] * 3)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha ha ha ha ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY j SYSTEM "file://{}">]>'


def _word_xml(head: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "<w:body><w:p><w:r><w:t>hello &j;</w:t></w:r></w:p></w:body>"
    return f'{head}<w:document xmlns:w="{space}">{body}</w:document>'.encode()


def _slide_xml(head: str) -> bytes:
    office = "http://schemas.openxmlformats.org"
    return (
        f'{head}<p:sld xmlns:p="{office}/presentationml/2006/main" '
        f'xmlns:a="{office}/drawingml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/><p:sp>'
        '<p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
        "<a:bodyPr/><a:p><a:r><a:t>hello &j;</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
        "</p:cSld></p:sld>"
    ).encode()


def _sheet_xml(head: str, rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'{head}<worksheet xmlns="{space}">{rows}</worksheet>'.encode()


INLINE = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>hello &j;</t></is></c></row></sheetData>'
)
CORNERS = (
    '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
)


def _pdf_of(stream: bytes, filters: bytes, *, pages: bytes = b"/Count 1/Kids[3 0 R]") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages"
        + pages
        + b">>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length "
        + str(len(stream)).encode()
        + b"/Filter"
        + filters
        + b">>stream\n"
        + stream
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )


def _spaces(megabytes: int) -> bytes:
    """Return deflated spaces; one block of 16 MB is packed, and stands there as often as needed."""
    packer = zlib.compressobj(9)
    first = packer.compress(b" " * (16 * MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    other = packer.compress(b" " * (16 * MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + other * (megabytes // 16)


def _lying_zip() -> bytes:
    """Return a docx whose directory says that its main part is short."""
    raw = bytearray(made.zipped({"word/document.xml": b"x" * 100_000, "[Content_Types].xml": b"x"}))
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"PK\x01\x02"))
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(raw)


def _understated_zip(method: int, megabytes: int) -> bytes:
    """Return a zip whose directory says that its one text, of many megabytes, is short."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed, packed.open("ppt/a.txt", "w") as member:
        for _ in range(megabytes):
            member.write(b" " * MEGABYTE)
    raw = bytearray(file.getvalue())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(raw)


def _encrypted_zip() -> bytes:
    """Return a zip whose member says that it has a password."""
    raw = bytearray(made.zipped({"word/document.xml": b"abc"}))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


# Name, bytes (made when the test runs), the codes that it may be refused with; "" for being read.
ROWS: list[tuple[str, Callable[[], bytes], str]] = [
    ("laughs.docx", lambda: made.replaced(WORD, "word/document.xml", _word_xml(LAUGHS)), "broken"),
    (
        "laughs.pptx",
        lambda: made.replaced(SLIDES, "ppt/slides/slide1.xml", _slide_xml(LAUGHS)),
        "",
    ),
    (
        "laughs.xlsx",
        lambda: made.replaced(SHEETS, "xl/worksheets/sheet1.xml", _sheet_xml(LAUGHS, INLINE)),
        "broken",
    ),
    ("laughs.epub", lambda: made.book(["<p>hello &j;</p>"], head=LAUGHS), ""),
    (
        "laughs-opf.epub",
        lambda: made.replaced(
            BOOK, "OEBPS/content.opf", f"{LAUGHS}<package>&j;</package>".encode()
        ),
        "broken",
    ),
    (
        "laughs-core.docx",
        lambda: made.replaced(WORD, "docProps/core.xml", f"{LAUGHS}<c>&j;</c>".encode()),
        "",
    ),
    ("laughs.html", lambda: f"{LAUGHS}<html><body><p>hello &j;</p>".encode(), ""),
    (
        "laughs.md",
        lambda: (
            "---\na0: &a0 [x, x]\n"
            + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(12))
            + "author: *a12\n---\ntext"
        ).encode(),
        "",
    ),
    (
        "bomb.docx",
        lambda: made.replaced(WORD, "word/document.xml", b"<a>" + b" " * (70 * MEGABYTE)),
        "bomb",
    ),
    ("bomb.pptx", lambda: made.replaced(SLIDES, "ppt/media/x.png", bytes(70 * MEGABYTE)), "bomb"),
    (
        "bomb.xlsx",
        lambda: made.replaced(SHEETS, "xl/sharedStrings.xml", bytes(70 * MEGABYTE)),
        "bomb",
    ),
    ("bomb.epub", lambda: made.replaced(BOOK, "OEBPS/0 .xhtml", b"<p>" * (20 * MEGABYTE)), "bomb"),
    (
        "many.docx",
        lambda: made.zipped({str(i): b"" for i in range(archive.MAX_MEMBERS + 1)}),
        "too_large",
    ),
    ("lying.docx", _lying_zip, "broken"),
    ("password.docx", _encrypted_zip, "broken encrypted"),
    ("old.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "encrypted"),
    (
        "corners.xlsx",
        lambda: made.replaced(SHEETS, "xl/worksheets/sheet1.xml", _sheet_xml("", CORNERS)),
        "",
    ),
    (
        "row.xlsx",
        lambda: made.replaced(
            SHEETS,
            "xl/worksheets/sheet1.xml",
            _sheet_xml(
                "",
                '<sheetData><row r="9999999999"><c r="A9999999999"><v>2</v></c></row></sheetData>',
            ),
        ),
        "empty broken",
    ),
    ("protected.epub", lambda: made.book(["<p>x</p>"], encrypted=True), "encrypted"),
    ("words.pptx", lambda: WORD, "broken"),
    ("words.xlsx", lambda: WORD, "broken"),
    ("words.epub", lambda: WORD, "broken"),
    ("sheets.docx", lambda: SHEETS, "broken"),
    ("words.txt", lambda: WORD, "binary"),
    ("text.docx", lambda: b"hello", "broken"),
    ("cut.docx", lambda: WORD[: len(WORD) // 2], "broken"),
    ("picture.txt", lambda: PNG, "binary"),
    ("picture.md", lambda: PNG, "binary"),
    ("picture.csv", lambda: PNG, "binary"),
    ("picture.html", lambda: PNG, "binary"),
    ("picture.pdf", lambda: PNG, "broken"),
    ("page.pdf", lambda: b"<html><body><p>hallo</p></body></html>", "broken"),
    ("pdf.html", lambda: PDF, "binary"),
    ("pdf.txt", lambda: PDF, "binary"),
    ("password.pdf", lambda: made.pdf([["x"]], password="geheim"), "encrypted"),
    ("cut.pdf", lambda: PDF[: len(PDF) // 2], "broken"),
    ("head.pdf", lambda: b"%PDF-1.7\n" + bytes(1000), "broken"),
    (
        "endless.pdf",
        lambda: _pdf_of(b"", b"[]", pages=b"/Count 1000000000/Kids[2 0 R 2 0 R 3 0 R]"),
        "broken empty",
    ),
    (
        "bomb.pdf",
        lambda: _pdf_of(zlib.compress(_spaces(20_000), 9), b"[/FlateDecode/FlateDecode]"),
        "broken",
    ),
    ("control.txt", lambda: b"abc\x02\x03def", "binary"),
    ("nul.txt", lambda: b"abc\0def" * 10, "binary"),
    ("blank.html", lambda: b" \n ", "empty"),
    ("comment.html", lambda: b"<!-- only this -->", "empty broken"),
    ("space.txt", lambda: b"\n" * MEGABYTE, "empty"),
    ("line.txt", lambda: ("河湾镇" * 7_000_000).encode(), ""),
    ("line.md", lambda: b"# " * (10 * MEGABYTE) + b"x", ""),
    ("line.html", lambda: b"<p>" + b"hello world " * (MEGABYTE // 8), ""),
    ("large.html", lambda: b"x" * (17 * MEGABYTE), "too_large"),
    ("deep.html", lambda: b"<div>x" * 20_000, ""),
    ("lists.html", lambda: b"<ul><li>" * 2000 + b"x", ""),
    ("commas.csv", lambda: b"," * (30 * MEGABYTE) + b"a", "broken"),
    ("quote.csv", lambda: b'a,"' + b"b" * MEGABYTE, "broken"),
    ("surrogates.html", lambda: b"<title>&#xd800;</title><p>hello &#xd800; there", ""),
    ("matter.md", lambda: b"---\n" + b"[" * 60_000 + b"\n---\ntext", ""),
    *[(f"empty{suffix}", lambda: b"", "empty") for suffix in sorted(SUFFIXES)],
]


@pytest.fixture
def _bounded() -> Iterator[None]:
    """Fail a test that takes much time, or much more memory than all before it have taken."""
    started, used = _processor_seconds(), _peak_megabytes()
    yield
    assert _processor_seconds() - started < SECONDS
    assert _peak_megabytes() - used < EXTRA_MEGABYTES


def _processor_seconds() -> float:
    """What this process and those that read for it have taken; a busy machine changes nothing."""
    here = psutil.Process()
    taken = 0.0
    for process in (*here.children(recursive=True), here):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            taken += times.user + times.system + times.children_user + times.children_system
    return taken


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MEGABYTE if sys.platform == "darwin" else 1024)


@pytest.mark.usefixtures("_bounded")
@pytest.mark.parametrize(("name", "make", "codes"), ROWS, ids=[row[0] for row in ROWS])
def test_hostile_files_are_refused_or_read(
    name: str, make: Callable[[], bytes], codes: str
) -> None:
    found = _outcome(name, make())
    if isinstance(found, CorpusError):
        assert found.code in codes.split()
    else:
        assert not codes


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx", ".epub", ".html"])
def test_no_external_file_is_read(suffix: str, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    head = OUTSIDE.format(secret)
    raw = {
        ".docx": made.replaced(WORD, "word/document.xml", _word_xml(head)),
        ".pptx": made.replaced(SLIDES, "ppt/slides/slide1.xml", _slide_xml(head)),
        ".xlsx": made.replaced(SHEETS, "xl/worksheets/sheet1.xml", _sheet_xml(head, INLINE)),
        ".epub": made.book(["<p>hello &j;</p>"], head=head),
        ".html": f"{head}<html><body><p>hello &j;</p>".encode(),
    }[suffix]
    found = _outcome(f"a{suffix}", raw)
    assert SECRET not in (str(found) if isinstance(found, CorpusError) else found.text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(sorted(SUFFIXES)))
def test_random_bytes_never_raise_another_error(raw: bytes, suffix: str) -> None:
    _outcome(f"a{suffix}", raw)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([WORD, SLIDES, SHEETS, BOOK, PDF]), st.data())
def test_damaged_files_never_raise_another_error(raw: bytes, data: st.DataObject) -> None:
    suffix = {WORD: ".docx", SLIDES: ".pptx", SHEETS: ".xlsx", BOOK: ".epub", PDF: ".pdf"}[raw]
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(raw), len(raw) // 2, len(raw) - 50]))
    _outcome(f"a{suffix}", bytes(damaged[:cut]))


def _outcome(name: str, raw: bytes) -> Extracted | CorpusError:
    """Return what was read, or why not; both fit to be stored and shown."""
    try:
        found = extract(name, raw)
    except CorpusError as error:
        found = error
    if isinstance(found, CorpusError):
        assert found.code
        assert name in str(found)
        return found
    # No lone surrogate, which no database and no page takes.
    "".join(filter(None, (found.text, found.title, found.author, found.source))).encode()
    assert all(0 <= p.start < p.end <= len(found.text) for p in found.pages)
    return found


# Archives of documents


def _members(raw: bytes) -> dict[str, bytes | str]:
    """Return what is in an archive; of a refused file, the code."""
    return {
        name: found.code if isinstance(found, CorpusError) else found
        for name, found in archive.members("a.zip", io.BytesIO(raw))
    }


def test_members_of_an_archive() -> None:
    raw = made.zipped(
        {
            "报告/一.txt": b"1",
            "b.md": b"2",
            "__MACOSX/._b.md": b"x",
            ".DS_Store": b"x",
            "报告/Thumbs.db": b"x",
            "folder/": b"",
            "inner.zip": b"x",
            "../out.txt": b"x",
            "a/../../out.txt": b"x",
            "/root.txt": b"x",
            "C:/x.txt": b"x",
        }
    )
    assert _members(raw) == {
        "报告/一.txt": b"1",
        "b.md": b"2",
        "inner.zip": "nested",
        "../out.txt": "member_name",
        "a/../../out.txt": "member_name",
        "/root.txt": "member_name",
        "C:/x.txt": "member_name",
    }


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ["福田报告.txt", "会议纪要/第一季度.docx", "通知.md"]),
        ("gbk", ["报告.txt"]),
        ("cp932", ["図書館の資料.txt", "会議の記録.docx"]),
        ("utf-8", ["福田报告.txt"]),
    ],
)
def test_names_of_older_programs_are_decoded(encoding: str, names: list[str]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(_OldName(name.encode(encoding)), b"x")
    assert sorted(_members(file.getvalue())) == sorted(names)


class _OldName(zipfile.ZipInfo):
    """A member whose name is written as these bytes, without the flag that says UTF-8."""

    def __init__(self, name: bytes) -> None:
        super().__init__(name.hex())
        self.raw = name

    def _encodeFilenameFlags(self):
        return self.raw, 0


def test_whole_archives_are_refused() -> None:
    for raw, code in (
        (b"no zip", "broken"),
        (made.zipped({"a.txt": bytes(300 * MEGABYTE)}), "bomb"),
        (made.zipped({str(i): b"" for i in range(archive.MAX_MEMBERS + 1)}), "too_large"),
    ):
        with pytest.raises(CorpusError) as caught:
            list(archive.members("a.zip", io.BytesIO(raw)))
        assert caught.value.code == code


def test_a_member_with_a_password_or_damage_is_refused_alone() -> None:
    assert _members(_encrypted_zip()) == {"word/document.xml": "encrypted"}
    raw = bytearray(made.zipped({"a.txt": b"hello " * 100, "b.txt": b"there"}))
    raw[40] ^= 0xFF
    assert _members(bytes(raw)) == {"a.txt": "broken", "b.txt": b"there"}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_more_than_an_archive_claims_is_not_unpacked(method: int) -> None:
    raw = _understated_zip(method, 60)
    tracemalloc.start()
    assert _members(raw) == {"ppt/a.txt": "broken"}
    found = _outcome("a.pptx", raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, CorpusError)
    assert found.code == "broken"
    assert peak < 20 * MEGABYTE
