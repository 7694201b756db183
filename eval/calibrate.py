"""Sets -> a calibration of the gate: when do the passages answer the question?

Each case gives the gate's features and whether the first 5 passages hold all that an answer needs.
All cases of a topic (of an imported file: an article) are in one fold, in every language, so the
cross-fitted figures speak of topics that the model has not seen. The sets count alike, whatever
their size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval import measures
from eval.errors import EvaluationError
from eval.judge import judge
from eval.measures import Estimate
from eval.run import RETRIEVED, scratch_library
from eval.sets import EvaluationSet
from eval.summary import supported
from index.embedding import Embedder
from index.settings import IndexSettings
from rag.gate import FEATURES, Calibration, Logistic, features, same_language
from rag.load import load_assistant
from rag.settings import RagSettings
from rag.types import Answer, Query

Floats = NDArray[np.float64]

_FOLDS = 5
_BATCH_SIZE = 32
_CURVE_POINTS = 50
_NEARLY_EQUAL = 0.02
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Observations:
    """What was seen of a set's cases, a row each.

    `x` holds the gate's features, `answered` whether the passages answer, `within` whether question
    and evidence are of one language, `topics` what may not be in two folds.
    """

    name: str
    sha256: str
    x: Floats
    answered: Floats
    within: NDArray[np.bool_]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration, and what its cross-fitted confidences are worth on each set, by measure."""

    calibration: Calibration
    figures: dict[str, dict[str, Estimate]]


def observe(
    evaluation_set: EvaluationSet, settings: IndexSettings, embedder: Embedder
) -> Observations:
    """Return what the gate sees of the cases that are for fitting: the half `calibrate`, or all."""
    library = scratch_library(evaluation_set, settings, embedder=embedder)
    try:
        assistant = load_assistant(library, RagSettings(top_k=RETRIEVED))
        cases = [case for case in evaluation_set.half("calibrate") if case.kind != "meta"]
        document = cache(library.document)
        rows: list[tuple[tuple[float, ...], bool, bool, str]] = []
        for start in range(0, len(cases), _BATCH_SIZE):
            batch = cases[start : start + _BATCH_SIZE]
            findings = assistant.find([Query(case.question, case.history) for case in batch])
            for case, found in zip(batch, findings, strict=True):
                if not found.evidence or not len(found.passages[0].matches):
                    continue
                answer = Answer(case.question, case.language, passages=tuple(found.passages))
                rows.append(
                    (
                        features(found.question, found.passages, found.evidence),
                        supported(judge(case, answer, document)),
                        same_language(found.question, found.evidence),
                        case.topic or case.id,
                    )
                )
    finally:
        library.close()
    if not rows:
        raise EvaluationError(
            f"{evaluation_set.name}: no case can be used. The gate needs an embedder with token "
            "vectors, and cases of the half 'calibrate' or of no half."
        )
    x, answered, within, topics = zip(*rows, strict=True)
    return Observations(
        evaluation_set.name,
        evaluation_set.sha256,
        np.array(x, dtype=np.float64),
        np.array(answered, dtype=np.float64),
        np.array(within, dtype=bool),
        topics,
    )


def fit(observed: Sequence[Observations], fingerprint: str) -> Fit:
    """Return the calibration for the embedder of this fingerprint, from all sets together.

    Raises EvaluationError where all cases are answered, or none is.
    """
    x = np.concatenate([each.x for each in observed])
    answered = np.concatenate([each.answered for each in observed])
    within = np.concatenate([each.within for each in observed])
    weights = np.concatenate([np.full(len(each.x), 1 / len(each.x)) for each in observed])
    confidences = np.full(len(x), np.nan)
    for train, test in _folds([topic for each in observed for topic in each.topics]):
        models = _models(x[train], answered[train], within[train], weights[train])
        confidences[test] = _confidences(models, x[test], within[test])
    threshold = _threshold(confidences, answered, weights)
    same, other = _models(x, answered, within, weights)
    calibration = Calibration(
        embedder=fingerprint,
        features=FEATURES,
        within=same,
        across=other,
        threshold=round(threshold, _DIGITS),
        curve=_curve(confidences, answered),
        sets=tuple((each.name, each.sha256) for each in observed),
    )
    ends = np.cumsum([len(each.x) for each in observed])
    parts = np.split(confidences, ends[:-1])
    figures = {
        each.name: _figures(part, each.answered, threshold)
        for each, part in zip(observed, parts, strict=True)
    }
    return Fit(calibration, figures)


def _folds(topics: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import GroupKFold

    folds = min(_FOLDS, len(set(topics)))
    if folds < 2:
        raise EvaluationError("All cases are of one topic: nothing can be held out.")
    yield from GroupKFold(folds).split(topics, groups=topics)


def _models(
    x: Floats, answered: Floats, within: NDArray[np.bool_], weights: Floats
) -> tuple[Logistic, Logistic]:
    """Return the models within a language and across; where one has no cases, both are of all.

    Raises EvaluationError where all cases are answered, or none is.
    """
    if len(set(answered.tolist())) < 2:
        raise EvaluationError(
            "All cases are answered, or none is, in the whole or in all topics but one: there is "
            "nothing to learn."
        )

    def model(chosen: NDArray[np.bool_]) -> Logistic:
        enough = chosen if len(set(answered[chosen].tolist())) == 2 else np.ones(len(x), bool)
        return _logistic(x[enough], answered[enough], weights[enough])

    return model(within), model(~within)


def _logistic(x: Floats, answered: Floats, weights: Floats) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    means, scales = x.mean(axis=0), x.std(axis=0) + 1e-9
    fitted: Any = LogisticRegression(max_iter=1000)
    fitted.fit((x - means) / scales, answered, sample_weight=weights * len(x) / weights.sum())
    coefficients = fitted.coef_[0] / scales
    intercept = float(fitted.intercept_[0] - coefficients @ means)
    return Logistic(
        round(intercept, _DIGITS), tuple(round(float(each), _DIGITS) for each in coefficients)
    )


def _confidences(
    models: tuple[Logistic, Logistic], x: Floats, within: NDArray[np.bool_]
) -> list[float]:
    same, other = models
    return [(same if own else other)(row) for row, own in zip(x.tolist(), within, strict=True)]


def _threshold(confidences: Floats, answered: Floats, weights: Floats) -> float:
    """Return where refused answers and answers to what cannot be answered weigh least together.

    That is where Youden's index (1950) is largest; of nearly equal ones the lowest, for what is
    answered shows its evidence and can be judged.
    """
    order = np.argsort(confidences)
    lost = np.cumsum((weights * answered)[order]) / (weights * answered).sum()
    kept_out = np.cumsum((weights * (1 - answered))[order]) / (weights * (1 - answered)).sum()
    index = kept_out - lost
    if index.max() <= 0:  # no better than chance: nothing is declined
        return 0.0
    best = int(np.argmax(index >= index.max() - _NEARLY_EQUAL))
    ordered = confidences[order]
    return float(ordered[best : best + 2].mean())


def _curve(confidences: Floats, answered: Floats) -> tuple[tuple[float, float], ...]:
    points = measures.risk_coverage(confidences, answered)
    chosen = np.unique(np.linspace(0, len(points) - 1, _CURVE_POINTS).round().astype(int))
    return tuple((round(points[i][0], 4), round(points[i][1], 4)) for i in chosen.tolist())


def _figures(confidences: Floats, answered: Floats, threshold: float) -> dict[str, Estimate]:
    declined = (confidences < threshold).astype(np.float64)

    def share(column: Floats) -> Floats:
        return np.asarray(column.mean(-1))

    found = {
        "auroc": measures.estimate(measures.auroc, confidences, answered),
        "calibration_error": measures.estimate(measures.calibration_error, confidences, answered),
    }
    if (answered == 1).any():
        found["declined though answered"] = measures.estimate(share, declined[answered == 1])
    if (answered == 0).any():
        found["let through though not"] = measures.estimate(share, 1 - declined[answered == 0])
    return found
