"""Records -> totals. The measures of a run, by name, are in `MEASURES`."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from eval.judging import measures
from eval.judging.judge import Record
from eval.judging.measures import Estimate, Floats, Statistic
from rag.types import State

Values = Callable[[Record], tuple[float, ...] | None]
Totals = dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is taken from each record, or None where it does not apply, and what is made of it."""

    says: str
    values: Values
    statistic: Statistic = field(default=lambda column: np.asarray(column.mean(-1)))
    lower_is_better: bool = False

    def columns(self, records: Sequence[Record]) -> tuple[Floats, ...]:
        """Return the values of the records to which the measure applies, a column each."""
        rows = [row for record in records if (row := self.values(record)) is not None]
        return tuple(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals over all records, by language and by kind. A measure stands only where it applies.

    `meta` counts the messages that are no questions to the documents: (cases, declined). `states`
    counts the answers to all others by how sure they are.
    """

    all: Totals
    by_language: dict[str, Totals]
    by_kind: dict[str, Totals]
    meta: tuple[int, int]
    states: dict[State, int]


def summarise(records: Sequence[Record]) -> Summary:
    """Return the totals of a run's records."""
    meta = [record for record in records if record.kind == "meta"]
    states = Counter(record.state for record in records if record.kind != "meta")
    return Summary(
        all=totals(records),
        by_language=_grouped(records, lambda record: record.language),
        by_kind=_grouped(records, lambda record: record.kind),
        meta=(len(meta), sum(record.declined for record in meta)),
        states={state: states[state] for state in get_args(State)},
    )


def totals(records: Sequence[Record]) -> Totals:
    """Return each measure that applies to some of the records, with its 95 % interval."""
    columns = {name: measure.columns(records) for name, measure in MEASURES.items()}
    return {
        name: found
        for name, values in columns.items()
        if values and not math.isnan((found := estimate(name, values)).value)
    }


def estimate(name: str, columns: tuple[Floats, ...]) -> Estimate:
    """Return a measure of these columns with its 95 % interval."""
    return measures.estimate(MEASURES[name].statistic, *columns)


def supported(record: Record) -> bool:
    """Whether the passages that a reader sees hold all that an answer needs."""
    return record.measures.get("recall@5") == 1.0


def _grouped(records: Sequence[Record], key: Callable[[Record], str]) -> dict[str, Totals]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return {name: totals(group) for name, group in sorted(groups.items())}


def _own(name: str) -> Values:
    """Return what takes a measure of the case itself."""
    return lambda record: (record.measures[name],) if name in record.measures else None


def _supported(record: Record) -> tuple[float, ...] | None:
    return None if record.kind == "meta" else (record.confidence, float(supported(record)))


def _written_gold(record: Record) -> tuple[float, ...] | None:
    """Return the gold in what a model wrote: quotations that took its place are not its merit."""
    written = record.measures.get("fallback") == 0.0
    return _own("answer_contains_gold")(record) if written else None


def _seconds(record: Record) -> tuple[float, ...]:
    return (record.seconds,)


def _percentile(percent: float) -> Statistic:
    return lambda column: np.asarray(np.percentile(column, percent, axis=-1))


_SAYS = {
    "right": "answered with all quotes that are needed, or declined where there is no answer",
    "recall@1": "share of the needed quotes in the first passage",
    "recall@3": "share of the needed quotes in the first 3 passages",
    "recall@5": "share of the needed quotes in the first 5 passages",
    "recall@10": "share of the needed quotes in the first 10 passages",
    "mrr@10": "1 / rank of the first passage with a needed quote",
    "ndcg@10": "order of the passages against the ideal one",
    "citation_precision": "share of the citations that hold gold",
    "citation_recall": "share of the needed quotes that are cited",
    "gold_in_first_quote": "the first citation holds gold",
    "gold_in_any_quote": "some citation holds gold",
    "answer_contains_gold": "the answer contains a gold answer",
    "exact_match": "the answer is a gold answer",
    "f1": "tokens shared with the best gold answer",
    "quotes_verbatim": "every quote stands where it is said to",
    "supported_share": "share of a model's sentences that what they cite supports; 0 if none was",
}
"""Means over the cases, higher is better."""

MEASURES: dict[str, Measure] = {
    **{name: Measure(says, _own(name)) for name, says in _SAYS.items()},
    "model_contains_gold": Measure("the answer of a model contains a gold answer", _written_gold),
    "false_refusal": Measure(
        "answerable, but declined", _own("false_refusal"), lower_is_better=True
    ),
    "false_answer": Measure(
        "not answerable, but answered", _own("false_answer"), lower_is_better=True
    ),
    "fallback": Measure(
        "a model was to answer, but the documents are quoted",
        _own("fallback"),
        lower_is_better=True,
    ),
    "auroc": Measure(
        "chance that a question that the first 5 passages answer has more confidence than another",
        _supported,
        measures.auroc,
    ),
    "aurc": Measure(
        "mean risk over all coverages; wrong is what the first 5 passages do not answer",
        _supported,
        measures.area_under_risk_coverage,
        lower_is_better=True,
    ),
    "calibration_error": Measure(
        "distance of confidence from the share that the first 5 passages answer",
        _supported,
        measures.calibration_error,
        lower_is_better=True,
    ),
    "seconds_p50": Measure(
        "seconds of the median question", _seconds, _percentile(50), lower_is_better=True
    ),
    "seconds_p95": Measure(
        "seconds that 95 of 100 questions do not exceed",
        _seconds,
        _percentile(95),
        lower_is_better=True,
    ),
}
