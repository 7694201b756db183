"""Exports held against a corpus, by the command that anybody may run."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ChatbotError
from index.keeping.library import Library
from index.settings import IndexSettings
from index.types import Document, Metadata
from rag.__main__ import main
from rag.export.formats import FORMATS
from rag.export.reading import MAX_BYTES, read
from rag.export.values import Export
from rag.export.verifying import Stored, check, verify
from rag.serialisation import to_dict
from tests.unit.rag.export.exported import EXPORTS, citation, export_of

QUOTE = "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。"


@pytest.fixture
def folders(settings: IndexSettings) -> list[str]:
    """The scratch corpus, indexed without a model."""
    made = Library(replace(settings, embedder="fake"))
    made.update()
    made.close()
    named = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    return [*named, "--embedder", "fake"]


@pytest.fixture
def verified(folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Return a function that verifies what is in a file: the exit status and what is said."""

    def call(content: bytes) -> tuple[int, str]:
        (tmp_path / "export.json").write_bytes(content)
        capsys.readouterr()
        status = main(["verify", str(tmp_path / "export.json"), *folders])
        out, err = capsys.readouterr()
        return status, out + err

    return call


@pytest.fixture
def export(folders: list[str], settings: IndexSettings) -> Export:
    """An export of the scratch corpus, where everything holds."""
    library = Library(replace(settings, embedder="fake"))
    harbour, observatory = map(library.document, ("harbour.md", "observatory.txt"))
    library.close()
    return export_of(
        citation(harbour, QUOTE), citation(observatory, "opened in 1974", 2), words="418万"
    )


def as_json(export: Export) -> bytes:
    return FORMATS["json"](export, "en")


def test_what_was_exported_holds(verified, export: Export) -> None:
    status, said = verified(as_json(export))
    assert status == 0
    assert "✓ [1] harbour.md:" in said
    assert "2 of 2 quotations hold." in said


def test_answers_of_the_command_line_hold_line_by_line(verified, export: Export) -> None:
    line = json.dumps(to_dict(export.entries[0].answer), ensure_ascii=False).encode()
    for content in (line, line + b"\n\n" + line + b"\n", b"\xef\xbb\xbf" + line):
        assert verified(content)[0] == 0
    pretty = json.dumps(to_dict(export.entries[0].answer), indent=4).encode()
    assert verified(pretty)[0] == 0
    status, said = verified(line + b"\n{}\n")
    assert status == 2
    assert "Line 2" in said


def altered(export: Export, **changes: object) -> bytes:
    (entry,) = export.entries
    first, second = entry.answer.citations
    answer = replace(entry.answer, citations=(replace(first, **changes), second))
    return as_json(replace(export, entries=(replace(entry, answer=answer),)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quote": QUOTE.replace("418", "481")}, "does not stand in the document"),
        ({"quote": QUOTE + " "}, "does not stand in the document"),
        ({"start": 0, "end": 3}, "it stands at 14-"),
        ({"doc_sha256": "0" * 64}, "has changed since; the quotation still stands in it, at 14-"),
        ({"doc_sha256": "0" * 64, "quote": "nowhere"}, "stands in it no longer"),
        ({"doc_id": "none.md"}, "document not there"),
        ({"doc_id": "../../etc/passwd"}, "document not there"),
        ({"doc_id": "a\x00b\x1b[31m"}, "document not there"),
        ({"doc_id": "x" * 5000}, "document not there"),
    ],
)
def test_what_was_altered_fails(
    verified, export: Export, changes: dict[str, Any], told: str
) -> None:
    status, said = verified(altered(export, **changes))
    assert status == 1
    assert told in said
    assert "1 of 2 quotations hold." in said
    assert "\x1b" not in said


def test_a_short_answer_that_is_not_in_its_quotation_fails(verified, export: Export) -> None:
    content = as_json(export).replace(b'"text": "418\xe4\xb8\x87"', b'"text": "900\xe4\xb8\x87"')
    status, said = verified(content)
    assert status == 1
    assert "the short answer does not stand" in said


def test_a_document_that_changed_or_went_is_said(
    verified, export: Export, settings: IndexSettings
) -> None:
    harbour = settings.corpus_dir / "harbour.md"
    harbour.write_text("# 新版\n\n" + harbour.read_text("utf-8"), "utf-8")
    status, said = verified(as_json(export))
    assert status == 1
    assert "has changed since; the quotation still stands" in said
    harbour.write_text(harbour.read_text("utf-8").replace("418", "420"), "utf-8")
    assert "stands in it no longer" in verified(as_json(export))[1]
    harbour.unlink()
    status, said = verified(as_json(export))
    assert status == 1
    assert "document not there" in said


def test_without_an_index_nothing_is_checked(tmp_path: Path, export: Export, capsys) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(as_json(export))
    status = main(
        ["verify", str(path), "--corpus", str(tmp_path), "--index-dir", str(tmp_path / "no")]
    )
    assert status == 2
    assert "python -m index" in capsys.readouterr().err


DEEP = 100_000
UNREADABLE = [
    b"", b"{}", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b"PK\x03\x04", b"[" * DEEP,
    b'{"format":' + b"[" * DEEP, b'{"a":' * DEEP, b'{"format": "wenzheng-export"}', b"NaN",
    b'{"format": "wenzheng-export", "version": 2, "kind": "notebook", "title": "", '
    b'"exported": "", "answers": []}',
    b'{"question": "q", "answer": "a", "citations": [{"number": 1, "doc_id": "\\ud800"}]}',
    b'{"question": "q", "answer": "a", "citations": {}}',
    b'{"question": "q", "answer": "a", "citations": [], "confidence": NaN}',
    b'{"question": "q", "answer": "a", "citations": [], "confidence": 1e999}',
    b'{"question": ' + b"9" * 10_000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("content", UNREADABLE, ids=lambda content: repr(content[:24]))
def test_what_is_no_export_is_unreadable(verified, content: bytes) -> None:
    status, said = verified(content)
    assert status == 2
    assert "Cannot read" in said
    assert len(said) < 1000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("start", value) for value in ("0", -1, 1.5, True, None, 10**30, [])],
        *[("number", value) for value in (0, "1", None)],
        *[("quote", value) for value in ("", 1, None, ["x"])],
        *[("doc_id", value) for value in ("", 1, None)],
    ],
)
def test_a_field_of_another_type_is_unreadable_and_named(
    verified, export: Export, field: str, value: object
) -> None:
    whole = json.loads(as_json(export))
    whole["answers"][0]["citations"][1][field] = value
    status, said = verified(json.dumps(whole).encode())
    assert status == 2
    assert f"answers.0.citations.1.{field}" in said


def test_a_file_that_is_too_large_or_not_there_is_said(tmp_path: Path, folders, capsys) -> None:
    with pytest.raises(ChatbotError, match="64 MB"):
        read(b" " * (MAX_BYTES + 1))
    for name in (str(tmp_path), str(tmp_path / "none"), "a\0b"):
        assert main(["verify", name, *folders]) == 2
        assert "Cannot read" in capsys.readouterr().err


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


def mutated(value: Any, random: random.Random, other: object) -> Any:
    """The value with one place of it replaced by `other`."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.1:
        return other
    key = random.choice(list(value) if isinstance(value, dict) else range(len(value)))
    copy = value.copy()
    copy[key] = mutated(value[key], random, other)
    return copy


def no_document(doc_id: str) -> Document:
    return Document(doc_id, doc_id * 3, Metadata(doc_id))


@settings(deadline=None)
@given(EXPORTS, ANY_JSON, st.randoms(use_true_random=False))
def test_any_change_of_an_export_is_read_or_refused(
    export: Export, other: object, random: random.Random
) -> None:
    changed = mutated(json.loads(as_json(export)), random, other)
    with suppress(ChatbotError):  # anything else is a fault
        report = verify(read(json.dumps(changed).encode()), no_document)
        assert all("\n" not in line and "\x1b" not in line for line in report.lines)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(ChatbotError):
        read(raw)


@settings(deadline=None)
@given(st.text("ab", max_size=12), st.text("ab", min_size=1, max_size=4), st.integers(0, 14))
def test_a_verdict_is_what_looking_everywhere_says(text: str, quote: str, start: int) -> None:
    document = Document("d", text, Metadata("d"))
    places = [at for at in range(len(text)) if text[at : at + len(quote)] == quote]
    quoted = citation(Document("d", quote, Metadata("d")), quote)
    quoted = replace(quoted, start=start, end=start + len(quote))
    same = check(replace(quoted, doc_sha256=document.sha256), Stored.of(document))
    other = check(quoted, Stored.of(Document("d", text + "!", Metadata("d"))))
    assert same.verdict == ("holds" if start in places else "misplaced" if places else "altered")
    assert other.verdict == ("changed" if places else "changed_lost")
    if places:
        assert same.at == other.at == (start if start in places else places[0])


def test_export_draws_what_ask_prints(tmp_path: Path, export: Export, capsys) -> None:
    source = tmp_path / "answers.jsonl"
    source.write_text(json.dumps(to_dict(export.entries[0].answer)) + "\n", "utf-8")

    def draws(name: str, *more: str) -> int:
        return main(["export", str(source), str(tmp_path / name), *more])

    for name in ("a.md", "a.html", "a.docx", "a.json", "A.MD"):
        assert draws(name) == 0
        assert (tmp_path / name).stat().st_size > 500
    assert "依据" in (draws("zh.md", "--lang", "zh"), (tmp_path / "zh.md").read_text("utf-8"))[1]
    assert read((tmp_path / "a.json").read_bytes()).entries[0].answer == export.entries[0].answer
    assert draws("a.odt") == 1
    assert "md, html, docx, json" in capsys.readouterr().err
    assert draws("no/such/a.md") == 1
