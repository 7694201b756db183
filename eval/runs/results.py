"""Runs on disk: a journal that grows with each case, and the finished run as one JSON file.

The journal stands beside the result as `NAME.partial.jsonl`: its first line is the fingerprint of
the run, each other line a record. Whatever stops a run, what is judged is kept.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from eval.judging.judge import Cited, Record
from eval.judging.measures import Estimate
from eval.judging.summary import Summary, Totals
from index.files import write
from rag.types import Sentence

RESULTS_DIR = Path(__file__).resolve().parents[1] / "results"
RETRIEVED = 10
"""Passages a case: deep enough for MRR@10 and nDCG@10; what is read does not depend on it."""

_FORMAT = 1
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `fingerprint` names all that shaped it, `seconds` what it took (index, answers)."""

    fingerprint: dict[str, Any]
    started: str
    seconds: dict[str, float]
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """What tables call the run: set, half and code version."""
        return " ".join(str(self.fingerprint[key]) for key in ("set", "split", "code"))


def default_path(fingerprint: dict[str, Any], results_dir: Path = RESULTS_DIR) -> Path:
    """Return the file of a run that names none: the same for the same fingerprint."""
    digest = hashlib.sha256(json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()
    return results_dir / f"{fingerprint['set']}-{fingerprint['split']}-{digest[:8]}.json"


class Journal:
    """The records of a run that is under way, each on the disk as soon as it is judged."""

    def __init__(self, result: Path, fingerprint: dict[str, Any], *, resume: bool) -> None:
        """Begin anew, or with `resume` go on with what is there.

        Raises EvaluationError when what is there was made by another set or with other settings.
        """
        self._path = result.with_suffix(".partial.jsonl")
        self.records: list[Record] = []
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if resume and self._path.is_file():
            self.records = _read_journal(self._path, fingerprint)
        lines = [fingerprint, *map(asdict, self.records)]
        kept = "".join(f"{_line(value)}\n" for value in lines)
        write(self._path, kept)
        self._file = self._path.open("a", encoding="utf-8")

    def append(self, record: Record) -> None:
        """Keep a record."""
        self._file.write(f"{_line(asdict(record))}\n")
        self._file.flush()
        self.records.append(record)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def remove(self) -> None:
        """Delete the journal: the run is written."""
        self._path.unlink()


def write_run(run: Run, summary: Summary, path: Path) -> None:
    """Write a run and its totals as JSON, a record a line."""
    head = {
        "format": _FORMAT,
        "fingerprint": run.fingerprint,
        "started": run.started,
        "seconds": {name: round(value, 1) for name, value in run.seconds.items()},
        "totals": {"cases": len(run.records), **summary_as_dict(summary)},
    }
    fields = [f"{_line(name)}: {_line(value)}" for name, value in head.items()]
    records = ",\n".join(_line(asdict(record)) for record in run.records)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, "{" + ",\n".join([*fields, f'"cases": [\n{records}\n]']) + "}\n")


def read_run(path: Path) -> Run:
    """Return a run that was written. Raises EvaluationError when the file is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
        if value["format"] != _FORMAT:
            raise EvaluationError(f"{path} was written by another version. Make it anew.")
        records = tuple(_record(record) for record in value["cases"])
        return Run(value["fingerprint"], value["started"], value["seconds"], records)
    except OSError as error:
        raise EvaluationError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} is no run ({type(error).__name__}: {error}). "
            "Make one: python -m eval run SET --json OUT"
        ) from error


def summary_as_dict(summary: Summary) -> dict[str, Any]:
    """Return the totals as plain values."""
    return {
        "meta": {"cases": summary.meta[0], "declined": summary.meta[1]},
        "states": summary.states,
        "all": _plain(summary.all),
        "language": {name: _plain(group) for name, group in summary.by_language.items()},
        "kind": {name: _plain(group) for name, group in summary.by_kind.items()},
    }


def _plain(totals: Totals) -> dict[str, Any]:
    return {name: _rounded(estimate) for name, estimate in totals.items()}


def _rounded(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": round(estimate.value, _DIGITS),
        "low": round(estimate.low, _DIGITS),
        "high": round(estimate.high, _DIGITS),
        "cases": estimate.cases,
    }


def _read_journal(path: Path, fingerprint: dict[str, Any]) -> list[Record]:
    first, *lines = path.read_text("utf-8").split("\n")
    if first != _line(fingerprint):
        raise EvaluationError(
            f"{path} was begun with another set, other settings or another version of the code. "
            "Start anew: leave --resume out."
        )
    return [_record(json.loads(line)) for line in lines[:-1]]  # a torn line has no end


def _record(value: dict[str, Any]) -> Record:
    return Record(
        # Older runs know two states and have no sentences.
        **{"state": "not_found" if value["declined"] else "answered"}
        | value
        | {
            "citations": tuple(Cited(**cited) for cited in value["citations"]),
            "ranks": tuple(tuple(ranks) for ranks in value["ranks"]),
            "sentences": tuple(
                Sentence(said["text"], tuple(said["citations"]), said["supported"])
                for said in value.get("sentences", ())
            ),
        }
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
