"""The table of all documents as HTML, and what came of adding some."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from index.aside import Removal
from index.reports import Report, total
from index.search.database import DocumentSummary
from rag.texts import language_name
from webui.drawing.markup import EMPTY, event, join, lang_of
from webui.drawing.reading import disabled, hint
from webui.texts import Texts

PAGE_ROWS = 100
"""How many documents are shown at once."""
SHOWN_RESULTS = 200
"""How many documents of one import are named, those first that were not simply added."""

COLUMNS: dict[str, Callable[[DocumentSummary], Any]] = {
    "title": lambda summary: summary.metadata.title.casefold(),
    "date": lambda summary: summary.metadata.date or "",
    "characters": lambda summary: summary.characters,
    "chunks": lambda summary: summary.chunks,
    "added": lambda summary: summary.imported or "",
}
"""What the table can be sorted by."""


class Order(NamedTuple):
    """How the table is sorted, and which page of it is shown, counted from 0."""

    column: str = "added"
    descending: bool = True
    page: int = 0


ReliedOn = Mapping[str, Mapping[str, int]]
"""doc_id -> name of an evaluation set -> how many of its cases quote the document."""


def listed(state: str, search: str, shown: str) -> str:
    """Return what is shown of the documents, and the state and the search that it shows."""
    return Markup('<div data-state="{}" data-search="{}">{}</div>').format(state, search, shown)


def matching(
    summaries: Sequence[DocumentSummary], *, search: str, order: Order
) -> list[DocumentSummary]:
    """Return the documents whose title, author, source or id holds every word, sorted."""
    words = search.casefold().split()

    def fits(summary: DocumentSummary) -> bool:
        known = summary.metadata
        held = " ".join(filter(None, (known.title, known.author, known.source, summary.doc_id)))
        return all(word in held.casefold() for word in words)

    chosen = sorted((s for s in summaries if fits(s)), key=lambda summary: summary.doc_id)
    return sorted(chosen, key=COLUMNS[order.column], reverse=order.descending)


def table(
    summaries: Sequence[DocumentSummary],
    relied_on: ReliedOn,
    texts: Texts,
    *,
    search: str,
    order: Order,
    may_edit: bool = True,
) -> str:
    """Return one page of the documents as a table whose columns can be sorted by.

    Who may not edit sees nothing to edit or remove by.
    """
    chosen = matching(summaries, search=search, order=order)
    if not chosen:
        message = texts.nothing_matches.format(search=search) if summaries else texts.no_documents
        return Markup('<p class="hint" role="status">{}</p>').format(message)
    last = (len(chosen) - 1) // PAGE_ROWS
    page = min(order.page, last)  # documents may have gone since
    first = page * PAGE_ROWS
    shown = chosen[first : first + PAGE_ROWS]
    head = join(_column(name, texts, order) for name in COLUMNS)
    rows = join(
        _row(summary, relied_on.get(summary.doc_id, {}), texts, may_edit=may_edit)
        for summary in shown
    )
    return Markup(
        '<p class="hint" role="status">{}</p>{}<div class="scroll" tabindex="0" role="region" '
        'aria-label="{}"><table class="documents"><thead><tr>{}<th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(
        texts.table_count.format(count=len(chosen)),
        _pages(page, last, first, len(shown), texts),
        texts.documents_tab,
        head,
        texts.column_actions,
        rows,
    )


def results(
    reports: Sequence[Report], seconds: float, texts: Texts, *, stopped: bool = False
) -> str:
    """Return what became of an import: sums in a line, then each document in words."""
    sums = total(reports, seconds)
    outcomes = dict(texts.outcomes)
    said = [outcomes[name].format(count=count) for name, count in sums.outcomes.items()]
    if sums.chunks:
        said.append(
            texts.import_sums.format(
                characters=f"{sums.characters:,}",
                chunks=f"{sums.chunks:,}",
                seconds=f"{seconds:.1f}",
                rate=f"{sums.chunks_per_second:.1f}",
            )
        )
    if stopped:
        said.append(texts.import_stopped)
    # What needs a look comes first; the rest keeps its order.
    ordered = sorted(reports, key=lambda report: not (report.code or report.notes))
    more = len(ordered) - SHOWN_RESULTS
    return Markup(
        '<div class="imported" role="status"><p class="message">{}</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="{}">'
        '<ul class="results" aria-label="{}">{}</ul></div>{}</div>'
    ).format(
        "".join(one if one.endswith("。") else f"{one} " for one in said).strip(),
        texts.results,
        texts.results,
        join(_result(report, texts) for report in ordered[:SHOWN_RESULTS]),
        hint(texts.more_results.format(count=more)) if more > 0 else EMPTY,
    )


def removed(removals: Sequence[Removal], texts: Texts) -> str:
    """Return what was removed and can be undone, each with the button that does."""
    return join(
        Markup(
            '<p class="message undoable" role="status">{} '
            '<button type="button" class="action" {}>{}</button></p>'
        ).format(
            (texts.purged if one.purge else texts.removed).format(title=one.title),
            event("undo", {"token": one.token}),
            texts.undo,
        )
        for one in removals
    )


# -- parts ----------------------------------------------------------------------------------------


def _result(report: Report, texts: Texts) -> Markup:
    """Return one document of an import: what became of it, and what was lost on the way."""
    outcomes = {
        "added": texts.result_added,
        "replaced": texts.result_replaced,
        "unchanged": texts.result_unchanged,
        "refused": texts.result_refused,
    }
    said = outcomes[report.outcome].format(
        characters=f"{report.characters:,}",
        chunks=f"{report.chunks:,}",
        doc_id=report.doc_id,
        reason=texts.errors.get(report.code, report.reason or ""),
    )
    known = (
        said,
        report.encoding,
        language_name(report.language, texts.language) if report.language else None,
        texts.seconds.format(seconds=f"{report.seconds:.1f}") if report.seconds else None,
    )
    renamed = report.outcome in ("added", "replaced") and report.doc_id != report.name
    notes = join(
        Markup('<span class="note" dir="auto">{}</span>').format(
            texts.notes[note.code].format(detail=note.detail)
        )
        for note in report.notes
    )
    return Markup('<li class="{}"><b dir="auto">{}</b> <span>{}</span>{}{}</li>').format(
        report.outcome,
        report.name,
        texts.list_separator.join(filter(None, known)),
        Markup('<span class="note" dir="auto">{}</span>').format(
            texts.stored_as.format(doc_id=report.doc_id)
        )
        if renamed
        else EMPTY,
        notes,
    )


def _pages(page: int, last: int, first: int, shown: int, texts: Texts) -> Markup:
    if not last:
        return EMPTY
    button = Markup('<button type="button" class="action" {} {}>{}</button>')
    return Markup('<nav class="steps pages" aria-label="{}">{}<span>{}</span>{}</nav>').format(
        texts.documents_tab,
        button.format(event("turn", {"page": page - 1}), disabled(page == 0), texts.previous_page),
        texts.rows_shown.format(first=first + 1, last=first + shown),
        button.format(event("turn", {"page": page + 1}), disabled(page == last), texts.next_page),
    )


def _column(name: str, texts: Texts, order: Order) -> Markup:
    label = getattr(texts, f"column_{name}")
    state = "none"
    if name == order.column:
        state = "descending" if order.descending else "ascending"
    arrow = {"ascending": "▲", "descending": "▼", "none": ""}[state]
    return Markup(
        '<th scope="col" class="{}" aria-sort="{}"><button type="button" title="{}" {}>{}'
        '<span aria-hidden="true"> {}</span></button></th>'
    ).format(
        name,
        state,
        texts.sort_by.format(column=label),
        event("sort", {"column": name}),
        label,
        arrow,
    )


def _row(
    summary: DocumentSummary, relied_on: Mapping[str, int], texts: Texts, *, may_edit: bool
) -> Markup:
    title, detail = summary.metadata.title, {"doc_id": summary.doc_id}
    return Markup(
        '<tr><th scope="row"><bdi class="title" {}>{}</bdi>'
        '<bdi class="doc-id" dir="ltr">{}</bdi></th>'
        '<td class="date">{}</td><td class="characters">{}</td><td class="chunks">{}</td>'
        '<td class="added">{}</td><td class="row-actions">'
        '<button type="button" class="action" aria-label="{}" {}>{}</button>{}</td></tr>'
    ).format(
        lang_of(title),
        title,
        summary.doc_id,
        summary.metadata.date or "–",
        f"{summary.characters:,}",
        f"{summary.chunks:,}",
        (summary.imported or "–")[:16].replace("T", " "),
        f"{texts.view}: {title}",
        event("view", detail),
        texts.view,
        _editing(title, detail, relied_on, texts) if may_edit else EMPTY,
    )


def _editing(
    title: str, detail: dict[str, Any], relied_on: Mapping[str, int], texts: Texts
) -> Markup:
    return Markup(
        '<button type="button" class="action" aria-label="{}" {}>{}</button>'
        '<button type="button" class="action danger" aria-label="{}" data-confirm="{}" '
        'data-check="{}" {}>{}</button>'
    ).format(
        f"{texts.edit}: {title}",
        event("edit", detail),
        texts.edit,
        f"{texts.remove}: {title}",
        _removal(title, relied_on, texts),
        texts.purge,
        event("remove", detail | {"title": title}),
        texts.remove,
    )


def _removal(title: str, relied_on: Mapping[str, int], texts: Texts) -> str:
    """Return what is asked before a document is removed."""
    asked = texts.remove_confirm.format(title=title)
    if not relied_on:
        return asked
    sets = (texts.relying_set.format(name=name, count=n) for name, n in relied_on.items())
    return f"{asked}\n\n{texts.relied_on.format(sets=texts.list_separator.join(sets))}"
