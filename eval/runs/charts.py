"""A run as bars and curves, and which of its cases went wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from eval.judging.judge import Record
from eval.judging.measures import risk_coverage
from eval.judging.summary import Totals, supported
from eval.runs.results import RETRIEVED

_NOT_FOUND = "—"


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled share from 0 to 1, with its interval where it has one."""

    label: str
    value: float
    note: str
    low: float | None = None
    high: float | None = None


def failed(records: Sequence[Record]) -> list[Record]:
    """Return the records that are not right. Messages that are no question are never among them."""
    return [record for record in records if record.measures.get("right", 1.0) < 1.0]


def bars_svg(bars: Sequence[Bar], title: str, axis: str) -> str:
    """Return the bars as SVG (markupsafe), for a page that has the style sheet of the charts.

    `axis` says what their length from 0 to 1 is.
    """
    svg: str = _charts().bars(bars, title, axis)
    return svg


def risk_coverage_svg(
    points: Sequence[tuple[float, float]], title: str, axes: tuple[str, str]
) -> str:
    """Return a risk–coverage curve as SVG (markupsafe). `axes` say what goes right and what up."""
    svg: str = _charts().risk_coverage(points, title, *axes)
    return svg


def rank_bars(records: tuple[Record, ...]) -> list[Bar]:
    """Return, for each rank, the share of cases whose gold is complete there."""
    ranks = [_complete_at(record) for record in records if record.ranks]
    counts = Counter(ranks)
    return [
        Bar(str(rank or _NOT_FOUND), counts[rank] / len(ranks), str(counts[rank]))
        for rank in (*range(1, RETRIEVED + 1), None)
        if ranks
    ]


def total_bars(groups: dict[str, Totals], name: str) -> list[Bar]:
    """Return a bar for each group that has the measure."""
    return [
        Bar(group, found.value, f"{found.value:.2f} ({found.cases})", found.low, found.high)
        for group, totals in groups.items()
        if (found := totals.get(name))
    ]


def curve(records: tuple[Record, ...]) -> list[tuple[float, float]]:
    """Return the risk–coverage curve of the questions to the documents."""
    asked = [record for record in records if record.kind != "meta"]
    if not asked:
        return []
    confidences = np.array([record.confidence for record in asked])
    return risk_coverage(confidences, np.array([float(supported(record)) for record in asked]))


def _complete_at(record: Record) -> int | None:
    """Return the rank at which all quotes of some alternative are found."""
    complete = [
        max(rank for rank in ranks if rank is not None)
        for ranks in record.ranks
        if None not in ranks
    ]
    return min(complete, default=None)


def _charts() -> Any:  # noqa: ANN401 (a module of jinja2, with the macros)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("charts.html").module
