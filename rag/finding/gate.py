"""Do the passages answer the question? A calibrated probability, and three states made of it.

A logistic model (Platt 1999) over what the reader says, what retrieval saw and a few hard facts:
what the question names that passage and title do not. Each sign counts the way that sense demands;
the fit may only say how much. The coefficients are fitted by `python -m eval calibrate SET …` on
questions that the reader has not learned from, and hold for one embedder and reader.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.errors import ChatbotError
from index.search.terms import terms
from rag.finding.evidence import Finding
from rag.finding.lacking import figures_missing, names_missing
from rag.types import Signals, State
from rag.understanding.language import is_other_language

FEATURES: Mapping[str, int] = {
    "reader": 1,
    "share": 1,
    "token_score": 1,
    "titles_missing": -1,
    "names_missing": -1,
    "figures_missing": -1,
    "other_language": 0,
}
"""What the model weighs, in the order of the coefficients: each with the sign it may have."""
OTHER_LANGUAGE = list(FEATURES).index("other_language")

SHIPPED = Path(__file__).with_name("calibration.json")

_UNKNOWN = 0.5
_MOST_ODDS = 6.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: sigmoid(intercept + coefficients · features)."""

    intercept: float
    coefficients: tuple[float, ...]

    def __call__(self, features: Sequence[float]) -> float:
        """Return the probability, from 0 to 1."""
        z = self.intercept + float(np.dot(self.coefficients, features))
        return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


@dataclass(frozen=True, slots=True)
class Limits:
    """With less confidence than `found` nothing counts as found; from `sure` on it is sure."""

    found: float
    sure: float

    def state(self, confidence: float) -> State:
        """Return what is made of a confidence."""
        if confidence < self.found:
            return "not_found"
        return "answered" if confidence >= self.sure else "possible"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `eval calibrate` fits, and what it was fitted on.

    `models` are the fingerprints of embedder and reader. `within` are the limits where question and
    passage are in one language, `across` those for two, where the reader is less often right.
    `sets` holds the name and SHA-256 of each set.
    """

    models: tuple[str, str]
    features: tuple[str, ...]
    model: Logistic
    within: Limits
    across: Limits
    sets: tuple[tuple[str, str], ...]

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The probability that the passages answer the question, and what is made of it.

    Where `is_judged` is false nothing could be told: the answer is no more than possible.
    """

    confidence: float
    state: State
    is_judged: bool = True


class Gate:
    """Judges whether passages answer a question.

    It cannot without a calibration, nor where the passages lack a signal that the calibration
    weighs: a retriever that does not look there has left it None. Then all is let through, as
    possible and not judged.
    """

    def __init__(self, calibration: Calibration | None) -> None:
        """Use this calibration."""
        self._calibration = calibration

    @property
    def fingerprint(self) -> str:
        """What names the calibration, "none" without one."""
        if self._calibration is None:
            return "none"
        return hashlib.sha256(self._calibration.to_json().encode()).hexdigest()[:12]

    def judge(self, finding: Finding) -> Verdict:
        """Return the verdict on what was found."""
        if not finding.evidence:
            return Verdict(0.0, "not_found")
        calibration = self._calibration
        signals = finding.evidence[0].passage.signals
        if calibration is None or not _has_all(signals, calibration):
            return Verdict(_UNKNOWN, "possible", is_judged=False)
        row = features(finding)
        confidence = calibration.model(row)
        limits = calibration.across if row[OTHER_LANGUAGE] > 0 else calibration.within
        return Verdict(confidence, limits.state(confidence))


def _has_all(signals: Signals, calibration: Calibration) -> bool:
    """Return whether the search looked at all that the calibration weighs."""
    weight = calibration.model.coefficients[calibration.features.index("token_score")]
    return not weight or signals.token_score is not None


def features(finding: Finding) -> tuple[float, ...]:
    """Return the features by `FEATURES`. There must be evidence."""
    question, best = finding.question, finding.evidence[0]
    document = finding.documents[best.passage.chunk.doc_id]
    held = {*terms(best.passage.chunk.text), *terms(finding.title)}
    return (
        min(max(best.log_odds, -_MOST_ODDS), _MOST_ODDS) / _MOST_ODDS,
        best.share,
        best.passage.signals.token_score or 0.0,
        len(question.names - held) / max(len(question.names), 1),
        float(bool(names_missing(finding, [best.passage]))),
        float(bool(figures_missing(finding, [best.passage]))),
        float(is_other_language(question.text, best.quote, best.passage.chunk.text, document.text)),
    )


def load_gate(models: tuple[str, str], cache_dir: Path) -> Gate:
    """Return the gate for embedder and reader: the user's calibration, else the shipped, or none.

    Raises ChatbotError when a calibration cannot be read.
    """
    for path in (own_path(models, cache_dir), SHIPPED):
        if path.is_file():
            calibration = read_calibration(path)
            if (calibration.models, calibration.features) == (models, tuple(FEATURES)):
                return Gate(calibration)
    return Gate(None)


def own_path(models: tuple[str, str], cache_dir: Path) -> Path:
    """Return where the user's own calibration for an embedder and a reader is kept."""
    digest = hashlib.sha256("\n".join(models).encode()).hexdigest()[:16]
    return cache_dir / "calibrations" / f"{digest}.json"


def read_calibration(path: Path) -> Calibration:
    """Return a calibration that was written. Raises ChatbotError when the file is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
        embedder, reader = value["models"]
        return Calibration(
            models=(str(embedder), str(reader)),
            features=tuple(value["features"]),
            model=_logistic(value["model"]),
            within=_limits(value["within"]),
            across=_limits(value["across"]),
            sets=tuple((str(name), str(digest)) for name, digest in value["sets"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ChatbotError(
            f"{path} is no calibration ({type(error).__name__}: {error}). Delete it, or make it "
            "anew: python -m eval calibrate futian"
        ) from error


def _limits(value: dict[str, object]) -> Limits:
    return Limits(float(str(value["found"])), float(str(value["sure"])))


def _logistic(value: dict[str, object]) -> Logistic:
    coefficients = value["coefficients"]
    if not isinstance(coefficients, list):
        raise TypeError(f"{coefficients!r} is no list")
    return Logistic(float(str(value["intercept"])), tuple(map(float, coefficients)))
