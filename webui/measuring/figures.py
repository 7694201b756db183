"""Runs and comparisons as HTML: totals, plots, the cases that went wrong, what changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from eval.judging.measures import Estimate
from eval.judging.summary import MEASURES, Summary, Totals, summarise
from eval.questions.sets import Case
from eval.runs.charts import Bar, bars_svg, curve, failed, rank_bars, risk_coverage_svg, total_bars
from eval.runs.compare import Comparison, Difference
from eval.runs.results import Run
from webui.drawing.markup import EMPTY, join
from webui.drawing.reading import hint
from webui.measuring.cases import failures, pairs
from webui.texts import Texts

FIRST = (
    *("right", "false_refusal", "false_answer"),
    *("recall@5", "citation_precision", "seconds_p50"),
)
"""What a run is judged by at first sight; all other measures are folded below."""


def results(
    run: Run, cases: Sequence[Case], texts: Texts, *, baseline: Comparison | None = None
) -> str:
    """Return totals, plots and failed cases of a run, or of as much of it as there is.

    `cases` are those of its set as it is now, `baseline` the comparison of one with this run.
    """
    summary = summarise(run.records)
    return Markup('<div class="figures">{}{}{}{}</div>').format(
        _totals(summary, baseline, texts),
        _settings(run, texts),
        _plots(run, summary, texts),
        failures(
            failed(run.records),
            {case.id: case for case in cases},
            f"{run.fingerprint['set']}-{run.fingerprint['split']}",
            texts,
        ),
    )


def comparison(found: Comparison, texts: Texts) -> str:
    """Return the differences with their intervals, and the cases won and lost side by side."""
    head = (texts.measure, texts.before, texts.after, texts.change, texts.interval, texts.cases)
    rows = join(_difference(each, texts) for each in found.differences)
    not_shared = (
        hint(texts.not_shared.format(before=found.only_before, after=found.only_after))
        if found.only_before or found.only_after
        else EMPTY
    )
    return Markup('<div class="figures">{}{}{}{}</div>').format(
        not_shared,
        _table(texts.compare, head, rows),
        pairs(texts.won, found.won, texts),
        pairs(texts.lost, found.lost, texts),
    )


def compare_heading(texts: Texts) -> str:
    """Return what stands above the choice of two runs."""
    return Markup('<div class="figures"><h2>{}</h2>{}</div>').format(
        texts.compare, hint(texts.compare_hint)
    )


# -- totals and plots -----------------------------------------------------------------------------


def _totals(summary: Summary, baseline: Comparison | None, texts: Texts) -> Markup:
    head = [texts.measure, texts.value, texts.interval, texts.cases]
    differences = {}
    if baseline is not None:
        head.insert(1, texts.against_baseline)
        differences = {each.name: each for each in baseline.differences}
    rows = {
        name: _total(name, found, differences.get(name), baseline is not None, texts)
        for name, found in summary.all.items()
    }
    first = join(rows.pop(name) for name in FIRST if name in rows)
    apart = summary.meta[0]
    return Markup("<h2>{}</h2>{}{}{}{}{}").format(
        texts.totals,
        hint(texts.states_counted.format(**summary.states)),
        hint(texts.meta_apart.format(count=apart)) if apart else EMPTY,
        hint(texts.baseline_text) if baseline is not None else EMPTY,
        _table(texts.totals, head, first),
        Markup("<details><summary>{}</summary>{}</details>").format(
            texts.more_measures.format(count=len(rows)),
            _table(texts.totals, head, join(rows.values())),
        ),
    )


def _total(
    name: str, found: Estimate, difference: Difference | None, compared: bool, texts: Texts
) -> Markup:
    return Markup("<tr>{}{}<td>{}</td><td>{}</td><td>{}</td></tr>").format(
        _measure(name, texts),
        Markup("<td>{}</td>").format(_light(difference, texts)) if compared else EMPTY,
        f"{found.value:.3f}",
        f"{found.low:.3f} – {found.high:.3f}",
        found.cases,
    )


def _light(difference: Difference | None, texts: Texts) -> Markup:
    """Return whether a measure is better or worse than the baseline's, for sure."""
    if difference is None:
        return Markup("–")
    direction = _direction(difference)
    sign, said = {
        "better": ("▲", texts.better),
        "worse": ("▼", texts.worse),
        "unsure": ("＝", texts.same),
    }[direction]
    return Markup(
        '<span class="light {}"><span aria-hidden="true">{}</span> {}</span> '
        '<span class="by">{}</span>'
    ).format(direction, sign, said, _signed(difference.change.value))


def _settings(run: Run, texts: Texts) -> Markup:
    """Return all that shaped a run."""
    rows = join(
        Markup('<div><dt dir="ltr">{}</dt><dd dir="ltr">{}</dd></div>').format(name, value)
        for name, value in _flat(run.fingerprint)
    )
    return Markup('<details><summary>{}</summary><dl class="about">{}</dl></details>').format(
        texts.run_settings, rows
    )


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        elif value is not None:
            yield name, str(value)


def _measure(name: str, texts: Texts) -> Markup:
    says = dict(texts.measures)[name]
    lower = f" · {texts.lower_is_better}" if MEASURES[name].lower_is_better else ""
    return Markup(
        '<th scope="row"><bdi class="measure" dir="ltr">{}</bdi><span>{}{}</span></th>'
    ).format(name, says, lower)


def _plots(run: Run, summary: Summary, texts: Texts) -> Markup:
    kinds = {dict(texts.kinds)[name]: found for name, found in summary.by_kind.items()}
    ranks, points = rank_bars(run.records), curve(run.records)
    plots = [
        _bars(texts.right_by_language, _right(summary.by_language), texts.right_axis),
        _bars(texts.right_by_kind, _right(kinds), texts.right_axis),
        _bars(texts.gold_ranks, ranks, texts.ranks_axis),
    ]
    if points:
        axes = texts.coverage_axis, texts.risk_axis
        svg = risk_coverage_svg(points, texts.risk_coverage, axes)
        plots.append(
            Markup("<section><h2>{}</h2>{}{}</section>").format(
                texts.risk_coverage, hint(texts.risk_coverage_text), svg
            )
        )
    return Markup('<div class="plots">{}</div>').format(join(plots))


def _right(groups: dict[str, Totals]) -> list[Bar]:
    return total_bars(groups, "right")


def _bars(title: str, bars: Sequence[Bar], axis: str) -> Markup:
    if not bars:
        return EMPTY
    return Markup("<section><h2>{}</h2>{}</section>").format(title, bars_svg(bars, title, axis))


# -- comparisons ----------------------------------------------------------------------------------


def _difference(each: Difference, texts: Texts) -> Markup:
    direction = _direction(each)
    return Markup(
        '<tr>{}<td>{}</td><td>{}</td><td class="{}">{}</td><td>{}</td><td>{}</td></tr>'
    ).format(
        _measure(each.name, texts),
        f"{each.before:.3f}",
        f"{each.after:.3f}",
        direction,
        _signed(each.change.value),
        f"{_signed(each.change.low)} – {_signed(each.change.high)}",
        each.change.cases,
    )


def _direction(each: Difference) -> str:
    """Return whether a measure is better or worse, or not surely so: the interval holds 0."""
    sure = each.change.low > 0 or each.change.high < 0
    return ("worse" if each.drop > 0 else "better") if sure else "unsure"


def _signed(value: float) -> str:
    """Return a change with its sign; one that rounds to nothing has none."""
    return f"{value:+.3f}" if round(value, 3) else "0.000"


def _table(label: str, head: Sequence[str], rows: Markup) -> Markup:
    """Return a table with its heads; `rows` are its rows."""
    columns = join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(label, columns, rows)
