"""One document as HTML: the evidence in place, its chunks, what can be changed of it."""

from collections.abc import Sequence

from markupsafe import Markup

from index.corpus import Sidecar
from index.store import DocumentSummary
from index.types import Chunk, Document, Metadata
from rag.types import Citation
from webui.markup import EMPTY, Mark, event, join, lang_of, link, marked
from webui.render import place
from webui.texts import Texts

WINDOW_CHARS = 60_000
"""How much of a document is shown on each side of a quote. A whole book would stall the page."""

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
