"""Sets -> a calibration of the gate: when do the passages answer the question?

Each case gives the gate's features and whether the first 5 passages hold all that an answer needs.
All cases of a topic (of an imported file: an article) are in one fold, in every language, so the
cross-fitted figures speak of topics that the model has not seen. The sets count alike, whatever
their size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.errors import EvaluationError
from eval.judging import measures
from eval.judging.judge import judge
from eval.judging.measures import Estimate
from eval.judging.summary import supported
from eval.questions.sets import EvaluationSet
from eval.runs.results import RETRIEVED
from eval.runs.run import scratch_library
from index.embedders.embedding import Embedder
from index.settings import IndexSettings
from rag.finding.gate import FEATURES, OTHER_LANGUAGE, Calibration, Limits, Logistic, features
from rag.load import load_assistant
from rag.settings import RagSettings
from rag.types import Answer, Query

Floats = NDArray[np.float64]

_FOLDS = 5
_BATCH_SIZE = 32
_NEARLY_EQUAL = 0.04
_RIDGE = 1e-3
_SURE, _SURE_ACROSS = 0.8, 0.9
"""What reads another language than the question's is harder to check: more of it must be right."""
_REFUSED_COUNTS = 2.0
_BOUNDS: Mapping[int, tuple[float | None, float | None]] = {
    1: (0.0, None),
    -1: (None, 0.0),
    0: (None, None),
}
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Observations:
    """What was seen of a set's cases, a row each.

    `x` holds the gate's features, `answered` whether the passages answer, `topics` what may not be
    in two folds.
    """

    name: str
    sha256: str
    x: Floats
    answered: Floats
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration, and what its cross-fitted confidences are worth on each set, by measure."""

    calibration: Calibration
    figures: dict[str, dict[str, Estimate]]


def observe(
    evaluation_set: EvaluationSet,
    settings: IndexSettings,
    answering: RagSettings,
    embedder: Embedder,
) -> Observations:
    """Return what the gate sees of the cases that are for fitting: the half `calibrate`, or all."""
    library = scratch_library(evaluation_set, settings, embedder=embedder)
    try:
        assistant = load_assistant(library, replace(answering, top_k=RETRIEVED))
        cases = [case for case in evaluation_set.half("calibrate") if case.kind != "meta"]
        document = cache(library.document)
        rows: list[tuple[tuple[float, ...], bool, str]] = []
        for start in range(0, len(cases), _BATCH_SIZE):
            batch = cases[start : start + _BATCH_SIZE]
            findings = assistant.find([Query(case.question, case.history) for case in batch])
            for case, found in zip(batch, findings, strict=True):
                if not found.evidence:
                    continue
                answer = Answer(case.question, case.language, passages=tuple(found.passages))
                rows.append(
                    (
                        features(found),
                        supported(judge(case, answer, document)),
                        case.topic or case.id,
                    )
                )
    finally:
        library.close()
    if not rows:
        raise EvaluationError(
            f"{evaluation_set.name}: no case can be used. The gate needs cases of the half "
            "'calibrate' or of no half, and documents."
        )
    x, answered, topics = zip(*rows, strict=True)
    return Observations(
        evaluation_set.name,
        evaluation_set.sha256,
        np.array(x, dtype=np.float64),
        np.array(answered, dtype=np.float64),
        topics,
    )


def fit(observed: Sequence[Observations], models: tuple[str, str]) -> Fit:
    """Return the calibration for embedder and reader (fingerprints), from all sets together.

    Raises EvaluationError where all cases are answered, or none is.
    """
    x = np.concatenate([each.x for each in observed])
    answered = np.concatenate([each.answered for each in observed])
    weights = np.concatenate([np.full(len(each.x), 1 / len(each.x)) for each in observed])
    confidences = np.full(len(x), np.nan)
    for train, test in _folds([topic for each in observed for topic in each.topics]):
        model = _logistic(x[train], answered[train], weights[train])
        confidences[test] = [model(row) for row in x[test].tolist()]
    across = x[:, OTHER_LANGUAGE] > 0
    within, over = (
        _limits(confidences, answered, weights, rows, sure)
        for rows, sure in ((~across, _SURE), (across, _SURE_ACROSS))
    )
    calibration = Calibration(
        models=models,
        features=tuple(FEATURES),
        model=_logistic(x, answered, weights),
        within=within,
        across=over,
        sets=tuple((each.name, each.sha256) for each in observed),
    )
    ends = np.cumsum([len(each.x) for each in observed])
    parts = np.split(confidences, ends[:-1])
    found = np.split(np.where(across, over.found, within.found), ends[:-1])
    figures = {
        each.name: _figures(part, each.answered, limits)
        for each, part, limits in zip(observed, parts, found, strict=True)
    }
    return Fit(calibration, figures)


def _folds(topics: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import GroupKFold

    folds = min(_FOLDS, len(set(topics)))
    if folds < 2:
        raise EvaluationError("All cases are of one topic: nothing can be held out.")
    yield from GroupKFold(folds).split(topics, groups=topics)


def _logistic(x: Floats, answered: Floats, weights: Floats) -> Logistic:
    """Return the model that fits best among those whose signs make sense (`FEATURES`).

    Raises EvaluationError where all cases are answered, or none is.
    """
    from scipy.optimize import minimize

    if len(set(answered.tolist())) < 2:
        raise EvaluationError(
            "All cases are answered, or none is, in the whole or in all topics but one: there is "
            "nothing to learn."
        )
    means, scales = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - means) / scales
    share = weights / weights.sum()
    sides = np.where(answered == 1, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margins = sides * (parameters[0] + z @ parameters[1:])
        pulls = -share * sides / (1 + np.exp(np.clip(margins, -500, 500)))
        gradient = np.concatenate([[pulls.sum()], pulls @ z + 2 * _RIDGE * parameters[1:]])
        value = share @ np.logaddexp(0, -margins) + _RIDGE * (parameters[1:] ** 2).sum()
        return float(value), gradient

    bounds = [(None, None), *(_BOUNDS[sign] for sign in FEATURES.values())]
    fitted: Any = minimize(loss, np.zeros(1 + len(means)), jac=True, bounds=bounds)
    coefficients = fitted.x[1:] / scales
    intercept = float(fitted.x[0] - coefficients @ means)
    return Logistic(
        round(intercept, _DIGITS), tuple(round(float(each), _DIGITS) for each in coefficients)
    )


def _limits(
    confidences: Floats,
    answered: Floats,
    weights: Floats,
    rows: NDArray[np.bool_],
    sure: float,
) -> Limits:
    """Return the limits for some rows: those for all where these hold nothing to learn from."""
    if len(set(answered[rows].tolist())) == 2:
        confidences, answered, weights = confidences[rows], answered[rows], weights[rows]
    found = _threshold(confidences, answered, weights)
    sure_from = max(found, _sure(confidences, answered, weights, sure))
    return Limits(round(found, _DIGITS), round(sure_from, _DIGITS))


def _sure(confidences: Floats, answered: Floats, weights: Floats, sure: float) -> float:
    """Return the least confidence from which on the share `sure` of what passes is answered."""
    order = np.argsort(-confidences)
    right = np.cumsum((weights * answered)[order]) / np.cumsum(weights[order])
    enough = np.flatnonzero(right >= sure)
    return float(confidences[order][enough[-1]]) if len(enough) else 1.0


def _threshold(confidences: Floats, answered: Floats, weights: Floats) -> float:
    """Return where refused answers and answers to what cannot be answered weigh least together.

    That is where Youden's index (1950) is largest, with refused answers counting twice: what is
    let through shows its evidence, and is said to be no more than possible where it is not sure. Of
    nearly equal thresholds it is the lowest.
    """
    order = np.argsort(confidences)
    lost = np.cumsum((weights * answered)[order]) / (weights * answered).sum()
    kept_out = np.cumsum((weights * (1 - answered))[order]) / (weights * (1 - answered)).sum()
    index = kept_out - _REFUSED_COUNTS * lost
    if index.max() <= 0:  # no better than chance: nothing is declined
        return 0.0
    best = int(np.argmax(index >= index.max() - _NEARLY_EQUAL))
    ordered = confidences[order]
    return float(ordered[best : best + 2].mean())


def _figures(confidences: Floats, answered: Floats, threshold: Floats) -> dict[str, Estimate]:
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
