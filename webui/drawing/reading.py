"""One document as HTML: the evidence in place, its chunks, what can be changed of it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from index.corpus import Sidecar
from index.search.database import DocumentSummary
from index.types import Chunk, Document, Metadata
from rag.types import Citation
from webui.drawing.citations import place, short_mark
from webui.drawing.markup import EMPTY, event, join, lang_of, link, marked
from webui.drawing.tables import Paint, shown
from webui.texts import Texts

WINDOW_CHARS = 60_000
"""How much of a document is shown on each side of a quote. A whole book would stall the page."""


def evidence(
    citation: Citation,
    document: Document | None,
    texts: Texts,
    *,
    index: int,
    total: int,
    group: str,
    short: tuple[int, int] | None = None,
) -> str:
    """Return the panel of a citation: the document with the quote highlighted.

    Characters `short` of the document, within the quote, are marked in it as the short answer.
    Where the document has changed since, or is gone (None), the panel says so and shows the quote
    that the citation stored.
    """
    if document is None:
        body = _stored(citation, short, texts.document_gone, texts)
    elif document.sha256 != citation.doc_sha256:
        body = _stored(citation, short, texts.document_changed, texts)
    else:
        body = _in_place(citation, short, document, texts)
    head = Markup("{}{}").format(
        _about(citation.metadata, citation.doc_id, place(citation, texts), texts),
        _steps(texts, index=index, total=total, group=group),
    )
    return panel(texts.evidence, citation.metadata.title, head, body, texts)


def document_panel(document: Document, chunks: Sequence[Chunk], texts: Texts) -> str:
    """Return the panel of a document with a marker where each chunk starts."""
    head = Markup('{}<p class="chunk-count">{}</p>').format(
        _about(document.metadata, document.doc_id, None, texts),
        texts.chunks_shown.format(count=len(chunks)),
    )
    body = Markup('<div class="document" dir="auto" {}>{}</div>').format(
        lang_of(document.text),
        shown(document.text, 0, len(document.text), _with_starts(document.text, chunks, texts)),
    )
    return panel(texts.view, document.metadata.title, head, body, texts)


def edit_panel(summary: DocumentSummary, sidecar: Sidecar, texts: Texts) -> str:
    """Return a panel with what can be changed of a document: what stands there counts.

    An empty field is told from the file: what it is then stands in it in grey.
    """
    known = summary.metadata
    fields = (
        ("title", texts.column_title, sidecar.title, known.title, texts.from_file),
        ("author", texts.author, sidecar.author, known.author, texts.from_file),
        ("date", texts.date, sidecar.date, known.date, texts.date_hint),
        ("source", texts.source, sidecar.source, known.source, texts.from_file),
        ("encoding", texts.encoding, sidecar.encoding, summary.encoding, ""),
    )
    body = Markup(
        '<form class="editing"><p class="hint">{}</p>{}<div class="actions">'
        '<button type="submit" class="new primary" {}>{}</button></div></form>'
    ).format(
        texts.edit_text,
        join(
            Markup(
                '<label>{}<input name="{}" value="{}" placeholder="{}" dir="auto" maxlength="500" '
                'autocomplete="off" spellcheck="false"></label>'
            ).format(label, name, noted or "", found or hint)
            for name, label, noted, found, hint in fields
            if name != "encoding" or found  # of a file of text
        ),
        event("save", {"doc_id": summary.doc_id}),
        texts.save,
    )
    head = _about(Metadata(known.title), summary.doc_id, None, texts)
    return panel(texts.edit, known.title, head, body, texts)


def panel(label: str, title: str, head: Markup, body: Markup, texts: Texts) -> str:
    """Return a panel beside the page: title and close button, a head, a body that scrolls."""
    return Markup(
        '<section class="panel" aria-label="{}"><div class="panel-title">'
        '<h2 tabindex="-1" dir="auto">{}</h2>'
        '<button type="button" class="small close" aria-label="{}" title="{} (Esc)" {}>×</button>'
        '</div><div class="panel-head">{}</div>'
        '<div class="panel-body" tabindex="0" role="region" aria-label="{}">{}</div></section>'
    ).format(label, title, texts.close, texts.close, event("close", {}), head, title, body)


def fault(text: str) -> str:
    """Return one sentence on what a reader has to correct."""
    return Markup('<p class="error" role="alert">{}</p>').format(text)


def hint(text: str) -> str:
    """Return one sentence on what may be given."""
    return Markup('<p class="hint">{}</p>').format(text)


def message(text: str) -> str:
    """Return one sentence on what happened."""
    return Markup('<p class="message" role="status">{}</p>').format(text)


# -- parts ----------------------------------------------------------------------------------------


def _with_starts(text: str, chunks: Sequence[Chunk], texts: Texts) -> Paint:
    """Return what paints a text, stretch by stretch in order, with a marker for each chunk."""
    markers = deque(
        (
            chunk.start,
            Markup(
                '<span class="chunk-start" role="img" aria-label="{}" title="{}">{}</span>'
            ).format(
                texts.chunk.format(number=number),
                f"{texts.chunk.format(number=number)}: {chunk.start}–{chunk.end}",
                number,
            ),
        )
        for number, chunk in enumerate(chunks, start=1)
    )

    def paint(start: int, end: int) -> Markup:
        pieces: list[str] = []
        while markers and markers[0][0] < end:
            place, marker = markers.popleft()
            place = max(place, start)
            pieces += [text[start:place], marker]
            start = place
        return join([*pieces, text[start:end]])

    return paint


def _with_quote(
    text: str, quote: tuple[int, int], short: tuple[int, int] | None, texts: Texts
) -> Paint:
    """Return what paints a text with the quote highlighted, cell by cell in a table.

    A short answer that does not lie in the quote is none.
    """
    marks = []
    if short is not None and quote[0] <= short[0] < short[1] <= quote[1]:
        start, end = (place - quote[0] for place in short)
        mark = short_mark(text[slice(*quote)], start, end, texts)
        marks.append(replace(mark, start=quote[0] + mark.start, end=quote[0] + mark.end))
    names = iter([Markup(' id="quote"')])

    def paint(start: int, end: int) -> Markup:
        first, last = max(start, quote[0]), min(end, quote[1])
        if first >= last:
            return Markup("{}").format(text[start:end])
        return Markup("{}<mark{}>{}</mark>{}").format(
            text[start:first],
            next(names, EMPTY),
            marked(text, marks, first, last),
            text[last:end],
        )

    return paint


def _in_place(
    citation: Citation, short: tuple[int, int] | None, document: Document, texts: Texts
) -> Markup:
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
        shown(text, first, last, _with_quote(text, (citation.start, citation.end), short, texts)),
    )


def _stored(
    citation: Citation, short: tuple[int, int] | None, explanation: str, texts: Texts
) -> Markup:
    text = citation.quote
    within = short and (short[0] - citation.start, short[1] - citation.start)
    quote = shown(text, 0, len(text), _with_quote(text, (0, len(text)), within, texts))
    return Markup(
        '<p class="notice" role="status">{}</p><blockquote class="document" dir="auto" {} '
        'aria-label="{}">{}</blockquote>'
    ).format(explanation, lang_of(citation.quote), texts.stored_quote, quote)


def _about(metadata: Metadata, doc_id: str, where: str | None, texts: Texts) -> Markup:
    known = (
        (texts.author, metadata.author),
        (texts.date, metadata.date),
        (texts.file_date, None if metadata.date else metadata.file_date),
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
