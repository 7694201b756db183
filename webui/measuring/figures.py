"""Runs and comparisons as HTML: totals, plots, the cases that went wrong, what changed."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from eval.judging.judge import Record
from eval.judging.measures import Estimate
from eval.judging.summary import MEASURES, Summary, Totals, summarise
from eval.questions.sets import Case
from eval.runs.compare import Comparison, Difference
from eval.runs.report import Bar, bars_svg, curve, failed, rank_bars, risk_coverage_svg, total_bars
from eval.runs.results import Run
from webui.drawing.markup import EMPTY, join, lang_of
from webui.texts import Texts

SHOWN_CASES = 100
_UNFOLDED_CASES = 10


def progress(label: str, done: int, total: int, seconds_left: float | None, texts: Texts) -> str:
    """Return how far a run has come. `seconds_left` None: not known yet."""
    left = "" if seconds_left is None else texts.time_left.format(seconds=round(seconds_left))
    return Markup(
        '<div class="progress"><span>{} {}</span><progress max="{}" value="{}" aria-label="{}">'
        "</progress><span>{}</span></div>"
    ).format(label, f"{done} / {total}" if total else "", max(total, 1), done, label, left)


def results(run: Run, cases: Sequence[Case], texts: Texts) -> str:
    """Return totals, plots and failed cases of a run, or of as much of it as there is."""
    summary = summarise(run.records)
    gold = {case.id: case for case in cases}
    wrong = failed(run.records)
    return Markup('<div class="figures">{}{}{}</div>').format(
        _totals(summary, texts),
        _plots(run, summary, texts),
        _listed(
            texts.failed_cases.format(count=len(wrong)),
            [_failed(record, gold.get(record.id), texts) for record in wrong[:SHOWN_CASES]],
            len(wrong),
            texts,
        )
        if wrong
        else Markup("<h3>{}</h3>").format(texts.no_failed_cases),
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
        _pairs(texts.won, found.won, texts),
        _pairs(texts.lost, found.lost, texts),
    )


def compare_heading(texts: Texts) -> str:
    """Return what stands above the choice of two runs."""
    return Markup('<div class="figures"><h3>{}</h3>{}</div>').format(
        texts.compare, hint(texts.compare_hint)
    )


# -- totals and plots -----------------------------------------------------------------------------


def _totals(summary: Summary, texts: Texts) -> Markup:
    head = (texts.measure, texts.value, texts.interval, texts.cases)
    rows = join(_total(name, found, texts) for name, found in summary.all.items())
    apart = summary.meta[0]
    return Markup("<h3>{}</h3>{}{}{}").format(
        texts.totals,
        hint(texts.states_counted.format(**summary.states)),
        hint(texts.meta_apart.format(count=apart)) if apart else EMPTY,
        _table(texts.totals, head, rows),
    )


def _total(name: str, found: Estimate, texts: Texts) -> Markup:
    return Markup("<tr>{}<td>{}</td><td>{}</td><td>{}</td></tr>").format(
        _measure(name, texts),
        f"{found.value:.3f}",
        f"{found.low:.3f} – {found.high:.3f}",
        found.cases,
    )


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
        _bars(texts.right_by_language, _right(summary.by_language)),
        _bars(texts.right_by_kind, _right(kinds)),
        _bars(texts.gold_ranks, ranks),
    ]
    if points:
        svg = risk_coverage_svg(points, texts.risk_coverage, texts.risk_coverage_axes)
        plots.append(
            Markup("<section><h3>{}</h3>{}{}</section>").format(
                texts.risk_coverage, hint(texts.risk_coverage_text), svg
            )
        )
    return Markup('<div class="plots">{}</div>').format(join(plots))


def _right(groups: dict[str, Totals]) -> list[Bar]:
    return total_bars(groups, "right")


def _bars(title: str, bars: Sequence[Bar]) -> Markup:
    if not bars:
        return EMPTY
    return Markup("<section><h3>{}</h3>{}</section>").format(title, bars_svg(bars, title))


# -- cases ----------------------------------------------------------------------------------------


def _failed(record: Record, case: Case | None, texts: Texts) -> Markup:
    """Return a case with its answer, what it should have quoted and what it did."""
    cited = [(each.doc_id, each.quote) for each in record.citations]
    remarks = [texts.confidence.format(value=f"{record.confidence:.2f}")]
    if record.ranks:
        ranks = " / ".join(
            ", ".join("–" if rank is None else str(rank) for rank in ranks)
            for ranks in record.ranks
        )
        remarks.append(texts.gold_rank.format(ranks=ranks))
    return Markup(
        '<details class="case"><summary>{}</summary><p class="hint">{}</p>{}'
        '<div class="sides"><section><h4>{}</h4>{}</section><section><h4>{}</h4>{}</section></div>'
        "</details>"
    ).format(
        _question(record, texts),
        " · ".join(remarks),
        _said(record, texts.answer),
        texts.gold,
        _gold(case, texts),
        texts.cited,
        _quotes(cited) or hint(texts.cited_nothing),
    )


def _gold(case: Case | None, texts: Texts) -> Markup:
    if case is None or not case.gold:
        return hint(texts.no_gold)
    return join(_quotes((quote.doc, quote.text) for quote in quotes) for quotes in case.gold)


def _question(record: Record, texts: Texts) -> Markup:
    kind = dict(texts.kinds)[record.kind]
    return Markup('<bdi {}>{}</bdi> <span class="hint">{} · {}</span>').format(
        lang_of(record.question), record.question, record.language, kind
    )


def _said(record: Record, label: str) -> Markup:
    return Markup('<h4>{}</h4><p class="said-then" dir="auto" {}>{}</p>').format(
        label, lang_of(record.answer), record.answer
    )


def _quotes(quotes: Iterable[tuple[str, str]]) -> Markup:
    items = join(
        Markup('<li><bdi class="doc-id" dir="ltr">{}</bdi><q dir="auto" {}>{}</q></li>').format(
            doc, lang_of(text), text
        )
        for doc, text in quotes
    )
    return Markup('<ul class="quotes">{}</ul>').format(items) if items else EMPTY


# -- comparisons ----------------------------------------------------------------------------------


def _difference(each: Difference, texts: Texts) -> Markup:
    sure = each.change.low > 0 or each.change.high < 0  # the interval does not hold 0
    direction = ("worse" if each.drop > 0 else "better") if sure else "unsure"
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


def _signed(value: float) -> str:
    """Return a change with its sign; one that rounds to nothing has none."""
    return f"{value:+.3f}" if round(value, 3) else "0.000"


def _pairs(heading: str, pairs: Sequence[tuple[Record, Record]], texts: Texts) -> Markup:
    items = [
        Markup(
            '<details class="case"><summary>{}</summary><div class="sides"><section>{}</section>'
            "<section>{}</section></div></details>"
        ).format(_question(after, texts), _said(before, texts.before), _said(after, texts.after))
        for before, after in pairs[:SHOWN_CASES]
    ]
    return _listed(heading.format(count=len(pairs)), items, len(pairs), texts)


# -- parts ----------------------------------------------------------------------------------------


def _listed(heading: str, items: Sequence[Markup], count: int, texts: Texts) -> Markup:
    """Return cases under their heading, folded when there are many of them."""
    if not items:
        return Markup("<h3>{}</h3>").format(heading)
    more = count - len(items)
    return Markup('<details class="failed" {}><summary><h3>{}</h3></summary>{}{}</details>').format(
        EMPTY if count > _UNFOLDED_CASES else Markup("open"),
        heading,
        join(items),
        hint(texts.failed_more.format(count=more)) if more > 0 else EMPTY,
    )


def _table(label: str, head: Sequence[str], rows: Markup) -> Markup:
    columns = join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(label, columns, rows)


def hint(text: str) -> Markup:
    """Return a remark in small print."""
    return Markup('<p class="hint">{}</p>').format(text)
