"""Bars and curves: what they show against the shares counted by hand."""

import dataclasses

import pytest
import regex

from eval.judging.summary import summarise
from eval.runs.charts import bars_svg, curve, rank_bars, risk_coverage_svg, total_bars

OUTCOMES = {f"问{i}": i % 3 > 0 for i in range(60)}  # 40 of 60 are right


def widths(svg: str) -> list[float]:
    return [float(width) for width in regex.findall(r'class="bar".*? width="([\d.]+)"', svg)]


def test_bars_are_as_long_as_what_they_stand_for(make_run):
    run = make_run(OUTCOMES)
    even = sum(ok for i, ok in enumerate(OUTCOMES.values()) if i % 2 == 0) / 30
    odd = sum(ok for i, ok in enumerate(OUTCOMES.values()) if i % 2) / 30
    bars = total_bars(summarise(run.records).by_language, "right")
    svg = bars_svg(bars, "<b>é🚢</b>", "份额")
    assert widths(svg) == pytest.approx([400 * even, 400 * odd], abs=0.1)
    assert "<b>" not in svg
    ranks = bars_svg(rank_bars(run.records), "", "")  # the ranks 1 to 10, and none
    assert widths(ranks) == pytest.approx([400 * 40 / 60, *[0] * 9, 400 * 20 / 60], abs=0.1)
    points = regex.findall(r"[\d.]+,[\d.]+ ", risk_coverage_svg(curve(run.records), "", ("", "")))
    assert len(points) == len(curve(run.records))


def test_gold_is_complete_where_the_last_quote_of_the_best_alternative_is(make_run):
    record = dataclasses.replace(
        make_run({"问": True}).records[0], ranks=((1, 7), (None, 1), (2, 3))
    )
    assert [bar.label for bar in rank_bars((record,)) if bar.value] == ["3"]
