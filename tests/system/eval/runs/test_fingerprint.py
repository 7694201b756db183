"""What a run's fingerprint covers: any file of the three halves, the reader, the calibration."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.runs.fingerprint import code_version, fingerprint
from index.keeping.library import Library
from rag.assistant import Assistant
from rag.finding.gate import SHIPPED, Gate, Limits, read_calibration
from rag.finding.retrieval import late
from rag.reader.load import load_reader
from rag.settings import RagSettings
from rag.writing.generation import ExtractiveGenerator


@pytest.fixture
def code(tmp_path: Path) -> Path:
    for name in ("index/reading/pdf/lines.py", "rag/finding/calibration.json", "eval/run.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("1", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        *("index/reading/pdf/lines.py", "index/new.py", "rag/finding/calibration.json"),
        *("rag/词表.txt", "eval/run.py", "eval/judging.py"),
    ],
)
def test_whatever_changes_is_another_version(code: Path, name: str) -> None:
    before = code_version(code)
    (code / name).write_text("2", "utf-8")
    assert code_version(code) != before
    assert code_version(code) == code_version(code)


def test_a_file_that_is_elsewhere_is_another_version(code: Path) -> None:
    before = code_version(code)
    (code / "eval/run.py").rename(code / "rag/run.py")
    assert code_version(code) != before


@pytest.mark.parametrize("name", ["index/built", "eval/sets", "eval/results", "rag/__pycache__"])
def test_what_is_derived_or_named_by_itself_is_no_code(code: Path, name: str) -> None:
    before = code_version(code)
    (code / name).mkdir()
    (code / name / "new.json").write_text("2", "utf-8")
    assert code_version(code) == before


def test_the_reader_and_the_calibration_in_use_are_in_it(real_library: Library) -> None:
    """Whose calibration it is does not matter: `load_gate` takes the user's own first."""
    shipped = read_calibration(SHIPPED)
    reader = load_reader(RagSettings(), real_library.settings.cache_dir, real_library.embedder)

    def with_gate(gate: Gate) -> dict[str, object]:
        parts = real_library, late, reader, gate, ExtractiveGenerator()
        assistant = Assistant(*parts, RagSettings())
        return fingerprint(real_library, assistant, RagSettings())

    found = with_gate(Gate(shipped))
    assert found["reader"] == shipped.models[1]
    assert with_gate(Gate(shipped)) == found
    for other in (Gate(replace(shipped, within=Limits(0.99, 0.99))), Gate(None)):
        changed = with_gate(other)
        assert {name for name in found if found[name] != changed[name]} == {"calibration"}
