"""The panel of a citation: the document as it is, with the quotation marked in it."""

import json
from dataclasses import replace

from markupsafe import Markup

from index.places import boxes_of
from index.types import Document
from rag.types import Citation
from webui.drawing.citations import place, short_mark
from webui.drawing.lines import structured
from webui.drawing.markup import EMPTY, lang_of, marked
from webui.drawing.originals import page_address, suffix_of
from webui.drawing.reading import about, disabled, hint, panel, tools
from webui.drawing.tables import Paint
from webui.texts import Texts

WINDOW_CHARS = 60_000
"""How much of a document is shown on each side of a quote. A whole book would stall the page."""
WINDOW_ROWS = 20
"""How many rows of a sheet are shown on each side of those that are quoted."""

_SHEETS = frozenset((".xlsx", ".csv", ".tsv"))


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

    Characters `short` of the document, within the quote, are marked in it as the short answer. Of a
    PDF the page is shown as it is, with boxes around what is quoted, and the text on demand. Where
    the document has changed since, or is gone (None), the panel says so and shows the quote that
    the citation stored.
    """
    view = ""
    if document is None:
        body = _stored(citation, short, texts.document_gone, texts)
    elif document.sha256 != citation.doc_sha256:
        body = _stored(citation, short, texts.document_changed, texts)
    else:
        body = _in_place(citation, short, document, texts)
        if suffix_of(document.doc_id) == ".pdf" and citation.page is not None:
            body, view = _leaf(citation, citation.page, document, texts) + body, "page"
    head = Markup("{}{}{}").format(
        about(citation.metadata, citation.doc_id, place(citation, texts), texts),
        tools(citation.doc_id, texts, view=view) if document else EMPTY,
        _steps(texts, index=index, total=total, group=group),
    )
    return panel(texts.evidence, citation.metadata.title, head, body, texts, view=view)


def with_quote(
    text: str, quote: tuple[int, int], short: tuple[int, int] | None, texts: Texts
) -> Paint:
    """Return what paints a text with the quote highlighted, line by line and cell by cell.

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


# -- parts ----------------------------------------------------------------------------------------


def _in_place(
    citation: Citation, short: tuple[int, int] | None, document: Document, texts: Texts
) -> Markup:
    text = document.text
    first, last, said = _window(citation, document, texts)
    cut = hint(said) if (first, last) != (0, len(text)) else EMPTY
    paint = with_quote(text, (citation.start, citation.end), short, texts)
    return Markup('{}<div class="document" dir="auto" {}>{}</div>').format(
        cut,
        lang_of(text),
        structured(text, first, last, paint, pages=document.pages, texts=texts),
    )


def _window(citation: Citation, document: Document, texts: Texts) -> tuple[int, int, str]:
    """Return from where to where the document is shown, and what is said of that."""
    text = document.text
    if suffix_of(document.doc_id) not in _SHEETS:
        first = max(0, citation.start - WINDOW_CHARS)
        last = min(len(text), citation.end + WINDOW_CHARS)
        return first, last, texts.shortened.format(limit=WINDOW_CHARS)
    first, last = citation.start, citation.end - 1
    for _ in range(WINDOW_ROWS + 1):
        first = max(text.rfind("\n", 0, first), 0)
        last = text.find("\n", last + 1)
        last = len(text) if last < 0 else last
    first = first + 1 if text[first : first + 1] == "\n" else first
    return first, last, texts.rows_around.format(limit=WINDOW_ROWS)


def _stored(
    citation: Citation, short: tuple[int, int] | None, explanation: str, texts: Texts
) -> Markup:
    text = citation.quote
    within = short and (short[0] - citation.start, short[1] - citation.start)
    paint = with_quote(text, (0, len(text)), within, texts)
    return Markup(
        '<p class="notice" role="status">{}</p><blockquote class="document" dir="auto" {} '
        'aria-label="{}">{}</blockquote>'
    ).format(
        explanation,
        lang_of(citation.quote),
        texts.stored_quote,
        structured(text, 0, len(text), paint, texts=texts),
    )


def _leaf(citation: Citation, page: int, document: Document, texts: Texts) -> Markup:
    """Return the page of a PDF as an image, and what turns to the next; see scripts/panel.js."""
    framed = {at.page for at in boxes_of(document.places.within(citation.start, citation.end))}
    last = document.pages[-1].number if document.pages else page
    button = Markup('<button type="button" class="action" data-turn="{}" {}>{}</button>')
    return Markup(
        '<figure class="page-view" data-page="{}" data-last="{}" data-framed="{}" data-said="{}" '
        'data-alt="{}" data-alt-framed="{}"><nav class="steps" aria-label="{}">{}'
        '<span role="status">{}</span>{}</nav>'
        '<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}"></a>'
        '<figcaption class="hint" hidden>{}</figcaption></figure>'
    ).format(
        page,
        last,
        json.dumps(sorted(framed)),
        texts.page_of,
        texts.page_image,
        texts.page_image_framed,
        texts.page_view,
        button.format(-1, disabled(page <= 1), texts.previous_page),
        texts.page_of.format(page=page, total=last),
        button.format(1, disabled(page >= last), texts.next_page),
        at := page_address(document.doc_id, page, citation.start, citation.end),
        at,
        (texts.page_image_framed if page in framed else texts.page_image).format(page=page),
        texts.page_failed,
    )


def _steps(texts: Texts, *, index: int, total: int, group: str) -> Markup:
    if total < 2:
        return EMPTY
    button = Markup(
        '<button type="button" class="action" data-step="{}" data-group="{}" {}>{}</button>'
    )
    return Markup('<nav class="steps" aria-label="{}">{}<span>{}</span>{}</nav>').format(
        texts.evidence,
        button.format(index - 1, group, disabled(index == 0), texts.previous),
        texts.position.format(index=index + 1, total=total),
        button.format(index + 1, group, disabled(index == total - 1), texts.following),
    )
