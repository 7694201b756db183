"""One document as HTML: with its chunks, and what can be changed of it."""

from collections import deque
from collections.abc import Sequence

from markupsafe import Markup

from index.corpus import Sidecar
from index.search.database import DocumentSummary
from index.types import Chunk, Document, Metadata
from webui.drawing.lines import structured
from webui.drawing.markup import EMPTY, event, join, lang_of, link
from webui.drawing.originals import READ_AS_TEXT, address, suffix_of
from webui.drawing.tables import Paint
from webui.texts import Texts


def document_panel(document: Document, chunks: Sequence[Chunk], texts: Texts) -> str:
    """Return the panel of a document with a marker where each chunk starts."""
    head = Markup('{}{}<p class="chunk-count">{}</p>').format(
        about(document.metadata, document.doc_id, None, texts),
        tools(document.doc_id, texts, listed=True),
        texts.chunks_shown.format(count=len(chunks)),
    )
    body = Markup('<div class="document" dir="auto" {}>{}</div>').format(
        lang_of(document.text),
        structured(
            document.text,
            0,
            len(document.text),
            _with_starts(document.text, chunks, texts),
            pages=document.pages,
            texts=texts,
        ),
    )
    return panel(texts.view, document.metadata.title, head, body, texts)


def tools(doc_id: str, texts: Texts, *, view: str = "", listed: bool = False) -> Markup:
    """Return what leads from a panel to the file and to the list, and what searches in the text.

    `view`: which of the two views of a PDF is shown, "" for no choice. `listed`: the list is there.
    """
    view_button = Markup(
        '<button type="button" class="action" data-view="{}" aria-pressed="{}">{}</button>'
    )
    parts = []
    if view:
        parts += [
            view_button.format("page", "true", texts.page_view),
            view_button.format("text", "false", texts.text_view),
        ]
    if suffix_of(doc_id) in READ_AS_TEXT:
        parts.append(
            Markup('<a class="action" href="{}?open" target="_blank" rel="noopener">{}</a>').format(
                address(doc_id), texts.open_original
            )
        )
    parts += [
        Markup('<a class="action" href="{}" download>{}</a>').format(
            address(doc_id), texts.download_original
        ),
        EMPTY
        if listed
        else Markup('<button type="button" class="action" data-entry="{}">{}</button>').format(
            doc_id, texts.to_entry
        ),
    ]
    return Markup(
        '<div class="panel-tools">{}</div><div class="panel-search"><input type="search" '
        'aria-label="{}" placeholder="{}" autocomplete="off" spellcheck="false" dir="auto">'
        '<span role="status" data-none="{}"></span></div>'
    ).format(join(parts), texts.find_in_text, texts.find_in_text, texts.found_nothing)


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
    head = about(Metadata(known.title), summary.doc_id, None, texts)
    return panel(texts.edit, known.title, head, body, texts)


def panel(
    label: str, title: str, head: Markup, body: Markup, texts: Texts, *, view: str = ""
) -> str:
    """Return a panel beside the page: title and close button, a head, a body that scrolls.

    `view`: which of two views is shown at first, "" where there is one.
    """
    return Markup(
        '<section class="panel" aria-label="{}" data-view="{}"><div class="panel-title">'
        '<h2 tabindex="-1" dir="auto">{}</h2>'
        '<button type="button" class="small close" aria-label="{}" title="{} (Esc)" {}>×</button>'
        '</div><div class="panel-head">{}</div>'
        '<div class="panel-body" tabindex="0" role="region" aria-label="{}">{}</div></section>'
    ).format(label, view, title, texts.close, texts.close, event("close", {}), head, title, body)


def fault(text: str) -> str:
    """Return one sentence on what a reader has to correct."""
    return Markup('<p class="error" role="alert">{}</p>').format(text)


def hint(text: str) -> Markup:
    """Return a remark in small print."""
    return Markup('<p class="hint">{}</p>').format(text)


def message(text: str) -> str:
    """Return one sentence on what happened."""
    return Markup('<p class="message" role="status">{}</p>').format(text)


def progress(
    label: str, count: str, done: int, total: int, left: float | None, texts: Texts
) -> str:
    """Return how far something has come: `count` says how much of it is done, "" for not known.

    `left`: the seconds that it will take still, None where that is not known yet.
    """
    said = "" if left is None else texts.time_left.format(seconds=round(left))
    return Markup(
        '<div class="progress"><span class="what" dir="auto">{}</span><span>{}</span>'
        '<progress max="{}" value="{}" aria-label="{}"></progress><span>{}</span></div>'
    ).format(label, count, max(total, 1), done, label, said)


def about(metadata: Metadata, doc_id: str, where: str | None, texts: Texts) -> Markup:
    """Return what is known of a document, and `where` in it something stands."""
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


def disabled(condition: bool) -> Markup:
    """Return the attribute of a button that cannot be pressed."""
    return Markup("disabled") if condition else EMPTY


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
