"""Bytes to text: encodings, line ends, titles, refusals."""

import pytest

from index.errors import CorpusError
from index.extraction import extract

TEXT = "第一行\nzweite Zeile\nثالث سطر 🎉 e\u0301 ＡＢＣ"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings(encoding: str) -> None:
    assert extract("a.txt", TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_become_newlines_and_nothing_else_changes(line_end: str) -> None:
    assert extract("a.txt", TEXT.replace("\n", line_end).encode()).text == TEXT


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "intro\n# 真正的标题\nbody", "真正的标题"),
        ("a.md", "## Second **level**\nbody", "Second **level"),
        ("a.txt", "\n\n  First line  \nsecond", "First line"),
        ("report.txt", "12345\n678", "report"),
        ("a.txt", "长" * 500, "长" * 120),
    ],
)
def test_titles(name: str, text: str, title: str) -> None:
    assert extract(name, text.encode()).title == title


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.pdf", b"%PDF", "type cannot be read"),
        ("a.txt", "中文".encode("gb18030"), "iconv -f GB18030"),
        ("a.txt", b"", "no text"),
        ("a.txt", " \n\t。！".encode(), "no text"),
        ("a.txt", b"abc\0def", "control characters"),
        ("a.txt", b"\xff\xfeabc", "UTF-16"),
    ],
)
def test_refusals_name_the_reason(name: str, raw: bytes, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        extract(name, raw)
