"""The cases of runs as HTML, and those that went wrong as a table to take along."""

import base64
import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from eval.judging.judge import Record
from eval.questions.sets import Case
from webui.drawing.markup import EMPTY, join, lang_of
from webui.drawing.reading import hint
from webui.texts import Texts

SHOWN_CASES = 100
_UNFOLDED_CASES = 10
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell of a spreadsheet that is to be computed begins with."""


def failures(wrong: Sequence[Record], gold: Mapping[str, Case], name: str, texts: Texts) -> Markup:
    """Return the cases that went wrong, and a link that keeps all of them as NAME.csv."""
    if not wrong:
        return Markup("<h2>{}</h2>").format(texts.no_failed_cases)
    table = base64.b64encode(failed_csv(wrong, gold).encode("utf-8-sig")).decode()
    link = Markup(
        '<p class="hint"><a class="action" download="{}.csv" href="data:text/csv;base64,{}">{}</a>'
        "</p>"
    ).format(name, table, texts.failed_csv)
    shown = [_failed(record, _case_of(record, gold), texts) for record in wrong[:SHOWN_CASES]]
    return _listed(texts.failed_cases.format(count=len(wrong)), shown, len(wrong), texts) + link


def failed_csv(wrong: Sequence[Record], gold: Mapping[str, Case]) -> str:
    """Return the cases as CSV: what was asked, what should have been quoted, what was.

    A text that a spreadsheet would compute begins with an apostrophe.
    """
    rows = io.StringIO()
    write = csv.writer(rows)
    write.writerow(
        ("id", "question", "language", "kind", "answer", "state", "confidence", "gold", "cited")
    )
    for record in wrong:
        case = _case_of(record, gold)
        alternatives = case.gold if case else ()
        needed = (f"{quote.doc}: {quote.text}" for quotes in alternatives for quote in quotes)
        cited = (f"{each.doc_id}: {each.quote}" for each in record.citations)
        texts = (record.id, record.question, record.language, record.kind, record.answer)
        more = (record.state, f"{record.confidence:.2f}", "\n".join(needed), "\n".join(cited))
        write.writerow([f"'{one}" if one.startswith(_FORMULA) else one for one in (*texts, *more)])
    return rows.getvalue()


def _case_of(record: Record, gold: Mapping[str, Case]) -> Case | None:
    """Return the case of a record, None where the set has it no more."""
    case = gold.get(record.id)
    return case if case and case.question == record.question else None


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
        '<div class="sides"><section><h3>{}</h3>{}</section><section><h3>{}</h3>{}</section></div>'
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
    if case is None:
        return hint(texts.gold_unknown)
    if not case.gold:
        return hint(texts.no_gold)
    return join(_quotes((quote.doc, quote.text) for quote in quotes) for quotes in case.gold)


def _question(record: Record, texts: Texts) -> Markup:
    kind = dict(texts.kinds)[record.kind]
    return Markup('<bdi {}>{}</bdi> <span class="hint">{} · {}</span>').format(
        lang_of(record.question), record.question, record.language, kind
    )


def _said(record: Record, label: str) -> Markup:
    return Markup('<h3>{}</h3><p class="said-then" dir="auto" {}>{}</p>').format(
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


def pairs(heading: str, both: Sequence[tuple[Record, Record]], texts: Texts) -> Markup:
    """Return cases of two runs, each with what was answered before and after."""
    items = [
        Markup(
            '<details class="case"><summary>{}</summary><div class="sides"><section>{}</section>'
            "<section>{}</section></div></details>"
        ).format(_question(after, texts), _said(before, texts.before), _said(after, texts.after))
        for before, after in both[:SHOWN_CASES]
    ]
    return _listed(heading.format(count=len(both)), items, len(both), texts)


def _listed(heading: str, items: Sequence[Markup], count: int, texts: Texts) -> Markup:
    """Return cases under their heading, folded when there are many of them."""
    if not items:
        return Markup("<h2>{}</h2>").format(heading)
    more = count - len(items)
    return Markup('<details class="failed" {}><summary><h2>{}</h2></summary>{}{}</details>').format(
        EMPTY if count > _UNFOLDED_CASES else Markup("open"),
        heading,
        join(items),
        hint(texts.failed_more.format(count=more)) if more > 0 else EMPTY,
    )
