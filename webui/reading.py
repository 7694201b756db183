"""Documents as HTML: the evidence in place, a document with its chunks, the table of them all."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from index.store import DocumentSummary
from index.types import Chunk, Document, Metadata
from index.update import Report
from rag.types import Citation
from webui.markup import EMPTY, Mark, event, join, lang_of, link, marked
from webui.render import place
from webui.texts import Texts

WINDOW_CHARS = 60_000
"""How much of a document is shown on each side of a quote. A whole book would stall the page."""

TABLE_ROWS = 200

COLUMNS: dict[str, Callable[[DocumentSummary], Any]] = {
    "title": lambda summary: summary.metadata.title.casefold(),
    "date": lambda summary: summary.metadata.date or "",
    "characters": lambda summary: summary.characters,
    "chunks": lambda summary: summary.chunks,
    "added": lambda summary: summary.imported or "",
}
"""What the table can be sorted by."""

_HIGHLIGHT = Markup('<mark id="quote">'), Markup("</mark>")


def evidence(
    citation: Citation,
    document: Document | None,
    texts: Texts,
    *,
    index: int,
    total: int,
    group: str,
) -> str:
    """Return the panel of a citation: the document with the quote highlighted.

    Where the document has changed since, or is gone (None), the panel says so and shows the quote
    that the citation stored.
    """
    if document is None:
        body = _stored(citation, texts.document_gone, texts)
    elif document.sha256 != citation.doc_sha256:
        body = _stored(citation, texts.document_changed, texts)
    else:
        body = _in_place(citation, document, texts)
    head = Markup("{}{}").format(
        _about(citation.metadata, citation.doc_id, place(citation, texts), texts),
        _steps(texts, index=index, total=total, group=group),
    )
    return panel(texts.evidence, citation.metadata.title, head, body, texts)


def document_panel(document: Document, chunks: Sequence[Chunk], texts: Texts) -> str:
    """Return the panel of a document with a marker where each chunk starts."""
    pieces, done = [], 0
    for number, chunk in enumerate(chunks, start=1):
        start = max(chunk.start, done)
        pieces.append(document.text[done:start])
        pieces.append(
            Markup(
                '<span class="chunk-start" role="img" aria-label="{}" title="{}">{}</span>'
            ).format(
                texts.chunk.format(number=number),
                f"{texts.chunk.format(number=number)}: {chunk.start}–{chunk.end}",
                number,
            )
        )
        done = start
    pieces.append(document.text[done:])
    head = Markup('{}<p class="chunk-count">{}</p>').format(
        _about(document.metadata, document.doc_id, None, texts),
        texts.chunks_shown.format(count=len(chunks)),
    )
    body = Markup('<div class="document" dir="auto" {}>{}</div>').format(
        lang_of(document.text), join(pieces)
    )
    return panel(texts.view, document.metadata.title, head, body, texts)


def panel(label: str, title: str, head: Markup, body: Markup, texts: Texts) -> str:
    """Return a panel beside the page: title and close button, a head, a body that scrolls."""
    return Markup(
        '<section class="panel" aria-label="{}"><div class="panel-title">'
        '<h2 tabindex="-1" dir="auto">{}</h2>'
        '<button type="button" class="small close" aria-label="{}" title="{} (Esc)" {}>×</button>'
        '</div><div class="panel-head">{}</div>'
        '<div class="panel-body" tabindex="0" role="region" aria-label="{}">{}</div></section>'
    ).format(label, title, texts.close, texts.close, event("close", {}), head, title, body)


def matching(
    summaries: Sequence[DocumentSummary], *, search: str, sort: str, descending: bool
) -> list[DocumentSummary]:
    """Return the documents whose title, author, source or id holds every word, sorted."""
    words = search.casefold().split()

    def fits(summary: DocumentSummary) -> bool:
        known = summary.metadata
        held = " ".join(filter(None, (known.title, known.author, known.source, summary.doc_id)))
        return all(word in held.casefold() for word in words)

    chosen = sorted((s for s in summaries if fits(s)), key=lambda summary: summary.doc_id)
    return sorted(chosen, key=COLUMNS[sort], reverse=descending)


def table(
    summaries: Sequence[DocumentSummary], texts: Texts, *, search: str, sort: str, descending: bool
) -> str:
    """Return the documents as a table whose columns can be sorted by."""
    chosen = matching(summaries, search=search, sort=sort, descending=descending)
    if not chosen:
        message = texts.nothing_matches.format(search=search) if summaries else texts.no_documents
        return Markup('<p class="hint" role="status">{}</p>').format(message)
    head = join(_column(name, texts, sort=sort, descending=descending) for name in COLUMNS)
    rows = join(_row(summary, texts) for summary in chosen[:TABLE_ROWS])
    count = texts.table_count.format(count=len(chosen))
    more = texts.table_more.format(shown=TABLE_ROWS) if len(chosen) > TABLE_ROWS else ""
    return Markup(
        '<p class="hint" role="status">{} {}</p><div class="scroll" tabindex="0" role="region" '
        'aria-label="{}"><table class="documents"><thead><tr>{}<th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(count, more, texts.documents_tab, head, texts.column_actions, rows)


def results(reports: Sequence[Report], texts: Texts) -> str:
    """Return what became of each document that was added, in words."""
    outcomes = {
        "added": texts.result_added,
        "replaced": texts.result_replaced,
        "unchanged": texts.result_unchanged,
        "refused": texts.result_refused,
    }
    items = join(
        Markup('<li class="{}"><b dir="auto">{}</b> <span>{}</span></li>').format(
            report.outcome,
            report.name,
            outcomes[report.outcome].format(
                characters=report.characters,
                chunks=report.chunks,
                seconds=f"{report.seconds:.1f}",
                doc_id=report.doc_id,
                reason=texts.errors.get(report.code, report.reason or ""),
            ),
        )
        for report in reports
    )
    return Markup('<ul class="results" role="status" aria-label="{}">{}</ul>').format(
        texts.results, items
    )


def progress(name: str, done: int, total: int, texts: Texts) -> str:
    """Return how far adding has come: which document, and bytes done of all."""
    label = texts.indexing.format(name=name) if total else texts.waiting
    return Markup(
        '<div class="progress"><span>{} {}</span><progress max="{}" value="{}" aria-label="{}">'
        "</progress></div>"
    ).format(label, f"{done / total:.0%}" if total else "", max(total, 1), done, label)


def fault(text: str) -> str:
    """Return one sentence on what a reader has to correct."""
    return Markup('<p class="error" role="alert">{}</p>').format(text)


def message(text: str) -> str:
    """Return one sentence on what happened."""
    return Markup('<p class="message" role="status">{}</p>').format(text)


# -- parts ----------------------------------------------------------------------------------------


def _in_place(citation: Citation, document: Document, texts: Texts) -> Markup:
    text = document.text
    first = max(0, citation.start - WINDOW_CHARS)
    last = min(len(text), citation.end + WINDOW_CHARS)
    cut = (
        Markup('<p class="hint">{}</p>').format(texts.shortened.format(limit=WINDOW_CHARS))
        if (first, last) != (0, len(text))
        else EMPTY
    )
    return Markup('{}<div class="document" dir="auto" {}>{}</div>').format(
        cut,
        lang_of(text),
        marked(text, [Mark(citation.start, citation.end, *_HIGHLIGHT)], first, last),
    )


def _stored(citation: Citation, explanation: str, texts: Texts) -> Markup:
    return Markup(
        '<p class="notice" role="status">{}</p><blockquote class="document" dir="auto" {} '
        'aria-label="{}"><mark id="quote">{}</mark></blockquote>'
    ).format(explanation, lang_of(citation.quote), texts.stored_quote, citation.quote)


def _about(metadata: Metadata, doc_id: str, where: str | None, texts: Texts) -> Markup:
    known = (
        (texts.author, metadata.author),
        (texts.date, metadata.date),
        (texts.source, link(metadata.source) if metadata.source else None),
        (
            texts.place,
            Markup('<bdi dir="ltr">{}</bdi>{}').format(doc_id, (where and f" · {where}") or ""),
        ),
    )
    return Markup('<dl class="about">{}</dl>').format(
        join(
            Markup("<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>").format(name, value)
            for name, value in known
            if value
        )
    )


def _steps(texts: Texts, *, index: int, total: int, group: str) -> Markup:
    if total < 2:
        return EMPTY
    button = Markup(
        '<button type="button" class="action" data-step="{}" data-group="{}" {}>{}</button>'
    )
    return Markup('<nav class="steps" aria-label="{}">{}<span>{}</span>{}</nav>').format(
        texts.evidence,
        button.format(index - 1, group, _disabled(index == 0), texts.previous),
        texts.position.format(index=index + 1, total=total),
        button.format(index + 1, group, _disabled(index == total - 1), texts.following),
    )


def _disabled(condition: bool) -> Markup:
    return Markup("disabled") if condition else EMPTY


def _column(name: str, texts: Texts, *, sort: str, descending: bool) -> Markup:
    label = getattr(texts, f"column_{name}")
    state = ("descending" if descending else "ascending") if name == sort else "none"
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


def _row(summary: DocumentSummary, texts: Texts) -> Markup:
    title, detail = summary.metadata.title, {"doc_id": summary.doc_id}
    return Markup(
        '<tr><th scope="row"><bdi class="title" {}>{}</bdi>'
        '<bdi class="doc-id" dir="ltr">{}</bdi></th>'
        '<td class="date">{}</td><td class="characters">{}</td><td class="chunks">{}</td>'
        '<td class="added">{}</td><td class="row-actions">'
        '<button type="button" class="action" aria-label="{}" {}>{}</button>'
        '<button type="button" class="action danger" aria-label="{}" data-confirm="{}" {}>{}'
        "</button></td></tr>"
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
        f"{texts.remove}: {title}",
        texts.remove_confirm.format(title=title),
        event("remove", detail | {"title": title}),
        texts.remove,
    )
