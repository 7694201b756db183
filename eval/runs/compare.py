"""Two runs of one set -> what changed, measure by measure and case by case."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from eval.errors import EvaluationError
from eval.judging.judge import Record
from eval.judging.measures import Estimate, Floats
from eval.judging.measures import estimate as paired_estimate
from eval.judging.summary import MEASURES
from eval.runs.results import Run

# What is lost in writing and adding up is no drop.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure on the cases that both runs have. `change`: after less before, paired."""

    name: str
    before: float
    after: float
    change: Estimate

    @property
    def drop(self) -> float:
        """How much worse it is now; below 0 where it is better."""
        return self.change.value if MEASURES[self.name].lower_is_better else -self.change.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. `won` and `lost`: cases that are right now, or no more, before and after."""

    before: Run
    after: Run
    differences: tuple[Difference, ...]
    won: tuple[tuple[Record, Record], ...]
    lost: tuple[tuple[Record, Record], ...]
    only_before: int
    only_after: int


def compare(before: Run, after: Run) -> Comparison:
    """Return what changed on the cases that both runs have: same id, same question.

    Raises EvaluationError when there are none.
    """
    earlier = {(record.id, record.question): record for record in before.records}
    pairs = [
        (earlier[key], record)
        for record in after.records
        if (key := (record.id, record.question)) in earlier
    ]
    if not pairs:
        raise EvaluationError(
            f"The runs have no case in common: {before.name}; {after.name}. Compare two of one set."
        )
    found = (_difference(name, pairs) for name in MEASURES)
    gain = [b.measures.get("right", 0.0) - a.measures.get("right", 0.0) for a, b in pairs]
    return Comparison(
        before=before,
        after=after,
        differences=tuple(difference for difference in found if difference),
        won=tuple(pair for pair, more in zip(pairs, gain, strict=True) if more > 0),
        lost=tuple(pair for pair, more in zip(pairs, gain, strict=True) if more < 0),
        only_before=len(before.records) - len(pairs),
        only_after=len(after.records) - len(pairs),
    )


def drops(comparison: Comparison, allowed: Mapping[str, float]) -> list[Difference]:
    """Return the measures that are worse by more than is allowed.

    Raises EvaluationError when one of them cannot be had on these cases.
    """
    found = {difference.name: difference for difference in comparison.differences}
    if missing := [name for name in allowed if name not in found]:
        raise EvaluationError(
            f"These cases have no {', '.join(missing)}. Measured are: {', '.join(found)}."
        )
    return [found[name] for name, most in allowed.items() if found[name].drop > most + _ROUNDING]


def _difference(name: str, pairs: list[tuple[Record, Record]]) -> Difference | None:
    """Return a measure on the pairs to both of which it applies; None where it has no value."""
    measure = MEASURES[name]
    both = [pair for pair in pairs if all(measure.values(record) is not None for record in pair)]
    if not both:
        return None
    columns = [measure.columns([pair[side] for pair in both]) for side in (0, 1)]
    before, after = (float(measure.statistic(*side)) for side in columns)
    if math.isnan(before) or math.isnan(after):
        return None
    width = len(columns[0])

    def change(*resampled: Floats) -> Floats:
        return measure.statistic(*resampled[width:]) - measure.statistic(*resampled[:width])

    return Difference(name, before, after, paired_estimate(change, *columns[0], *columns[1]))
