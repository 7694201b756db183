"""Do the passages answer the question? A calibrated probability from several signs.

A logistic model (Platt 1999) over what retrieval saw: how well passage and sentence fit, what the
question names that the passage lacks, how far the passage stands out. Scores are lower across
languages than within one, so each has a model of its own. The coefficients are fitted by
`python -m eval calibrate SET` and hold for one embedder; the shipped ones for the embedded model.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.errors import ChatbotError
from index.terms import terms
from rag.encoding import EncodedQuestion
from rag.evidence import Evidence
from rag.figures import lacks_figure
from rag.language import detect
from rag.names import Token, missing_names
from rag.types import Passage

FEATURES = (
    *("token_score", "sentence_score", "dense_score", "lexical_share"),
    *("weak_tokens", "tokens_elsewhere", "terms_elsewhere"),
    *("margin", "titles_missing", "name_missing", "number_missing", "figure_missing"),
)
"""What the models weigh, in the order of their coefficients. Each is a number about 0 to 1."""

SHIPPED = Path(__file__).with_name("calibration.json")

_UNKNOWN = 0.5
_WEAK = 0.1
# What a reader sees; deeper passages, as evaluation asks for, change nothing.
_LOOKED_AT = 5


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
class Calibration:
    """What `eval calibrate` fits, and what it was fitted on.

    `threshold`: with less confidence the answer is that the documents do not say. `curve` holds
    (coverage, risk) pairs of the cross-fitted confidences, `sets` the name and SHA-256 of each set.
    """

    embedder: str
    features: tuple[str, ...]
    within: Logistic
    across: Logistic
    threshold: float
    curve: tuple[tuple[float, float], ...]
    sets: tuple[tuple[str, str], ...]

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The probability that the passages answer the question, and whether that is too little."""

    confidence: float
    declines: bool


class Gate:
    """Judges whether passages answer a question.

    Without a calibration, and for passages without token matches, it lets everything pass.
    """

    def __init__(self, calibration: Calibration | None) -> None:
        """Use this calibration."""
        self._calibration = calibration

    @property
    def is_calibrated(self) -> bool:
        """Whether confidences mean anything."""
        return self._calibration is not None

    def judge(
        self, question: EncodedQuestion, passages: Sequence[Passage], evidence: Sequence[Evidence]
    ) -> Verdict:
        """Return the verdict; passages and evidence are best first."""
        if not evidence:
            return Verdict(0.0, declines=True)
        if self._calibration is None or not len(passages[0].matches):
            return Verdict(_UNKNOWN, declines=False)
        within = same_language(question, evidence)
        model = self._calibration.within if within else self._calibration.across
        confidence = model(features(question, passages, evidence))
        return Verdict(confidence, declines=confidence < self._calibration.threshold)


def same_language(question: EncodedQuestion, evidence: Sequence[Evidence]) -> bool:
    """Return whether the best sentence is in the language of the question."""
    return detect(question.text) == detect(evidence[0].quote)


def features(
    question: EncodedQuestion, passages: Sequence[Passage], evidence: Sequence[Evidence]
) -> tuple[float, ...]:
    """Return the features by `FEATURES`. There must be evidence."""
    passages, best = passages[:_LOOKED_AT], evidence[0]
    top, others = passages[0], passages[1:]
    found = np.stack([each.matches for each in passages])  # (passages, tokens)
    held = _terms_of(top)
    known = set().union(*map(_terms_of, others))
    asked = set(question.terms)
    numbers = {term for term in asked if term[:1].isdigit()}
    return (
        float(np.mean(top.matches)),
        float(best.matches.mean()),
        float(top.why.get("dense_score", 0.0)),
        float(top.why.get("lexical_share", 0.0)),
        float(np.quantile(top.matches, _WEAK)),
        float((found.max(axis=0) - best.matches).mean()),
        len((known - held) & asked) / max(len(asked), 1),
        float(top.score - np.mean([each.score for each in others])) if others else 0.0,
        len(question.names - held) / max(len(question.names), 1),
        float(any(not set(terms(name)) <= held for name in _missing_names(question, top))),
        float(bool(numbers - held)),
        float(lacks_figure(question.text, best.quote)),
    )


def _missing_names(question: EncodedQuestion, passage: Passage) -> Iterator[str]:
    """Yield the names in the question that the passage does not hold."""
    tokens = [
        Token(span.start, span.end, closeness)
        for span, closeness in zip(question.vectors.spans, passage.matches, strict=True)
    ]
    german = detect(question.text) == "de"
    return missing_names(question.text, passage.chunk.text, tokens, nouns_are_capital=german)


def _terms_of(passage: Passage) -> set[str]:
    """Return the terms of a passage, and those of the question that its title has."""
    return {*terms(passage.chunk.text), *passage.why.get("matched_terms", ())}


def load_gate(fingerprint: str, cache_dir: Path) -> Gate:
    """Return the gate for an embedder: the user's own calibration, else the shipped one, or none.

    Raises ChatbotError when a calibration cannot be read.
    """
    for path in (own_path(fingerprint, cache_dir), SHIPPED):
        if path.is_file():
            calibration = read_calibration(path)
            if (calibration.embedder, calibration.features) == (fingerprint, FEATURES):
                return Gate(calibration)
    return Gate(None)


def own_path(fingerprint: str, cache_dir: Path) -> Path:
    """Return where the user's own calibration for an embedder is kept."""
    digest = hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
    return cache_dir / "calibrations" / f"{digest}.json"


def read_calibration(path: Path) -> Calibration:
    """Return a calibration that was written. Raises ChatbotError when the file is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
        return Calibration(
            embedder=value["embedder"],
            features=tuple(value["features"]),
            within=_logistic(value["within"]),
            across=_logistic(value["across"]),
            threshold=float(value["threshold"]),
            curve=tuple((float(coverage), float(risk)) for coverage, risk in value["curve"]),
            sets=tuple((str(name), str(digest)) for name, digest in value["sets"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ChatbotError(
            f"{path} is no calibration ({type(error).__name__}: {error}). Delete it, or make it "
            "anew: python -m eval calibrate futian"
        ) from error


def _logistic(value: dict[str, object]) -> Logistic:
    coefficients = value["coefficients"]
    if not isinstance(coefficients, list):
        raise TypeError(f"{coefficients!r} is no list")
    return Logistic(float(str(value["intercept"])), tuple(map(float, coefficients)))
