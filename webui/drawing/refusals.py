"""An answer that found nothing: what was not found, what is nearest to it, what can be done."""

from collections.abc import Iterator

from markupsafe import Markup

from index.cutting.sentences import split_sentences
from index.types import EVERYTHING
from rag.texts import texts as answer_texts
from rag.types import shorten
from webui.conversations import Exchange, Found
from webui.drawing.citations import open_event, page
from webui.drawing.markup import EMPTY, event, join, lang_of
from webui.texts import Texts

NEAREST = 3
"""How many passages are shown where nothing was found."""
_CUT_CHARS = 160


def refused(exchange: Exchange) -> str:
    """Return what a refusal says was not found, without what it says of the passages below.

    Any other text is returned as it is.
    """
    answer = exchange.answer
    said = answer_texts(answer.language).declined
    if answer.reason != "not_in_documents" or not answer.text.endswith(said):
        return answer.text
    first = split_sentences(said)[0]
    return answer.text.removesuffix(said).strip() or said[first.start : first.end].strip()


def nearest(exchange: Exchange, texts: Texts) -> Markup:
    """Return the nearest passages, each cut around its best sentence, under their documents."""
    by_document: dict[str, list[int]] = {}
    for index, found in enumerate(exchange.found[:NEAREST]):
        by_document.setdefault(found.citation.doc_id, []).append(index)
    if not by_document:
        return EMPTY
    return Markup('<section class="sources found"><h3>{}</h3>{}</section>').format(
        texts.nearest,
        join(_document(exchange, indices, texts) for indices in by_document.values()),
    )


def advice(exchange: Exchange, scope: str, texts: Texts) -> Markup:
    """Return what can be done where nothing was found. `scope`: its scope in words."""
    items = join(Markup("<li>{}</li>").format(one) for one in _advice(exchange, scope, texts))
    return Markup('<section class="advice"><h3>{}</h3><ul>{}</ul></section>').format(
        texts.what_to_do, items
    )


def _advice(exchange: Exchange, scope: str, texts: Texts) -> Iterator[Markup]:
    yield Markup("{}").format(texts.ask_otherwise)
    button = Markup('<button type="button" class="plain" {}>{}</button>')
    if exchange.scope != EVERYTHING:
        yield button.format(event("unscope", {}), texts.widen.format(scope=scope))
    yield button.format(Markup("data-documents"), texts.add_document)


def _document(exchange: Exchange, indices: list[int], texts: Texts) -> Markup:
    citation = exchange.found[indices[0]].citation
    rows = join(
        Markup(
            '<li><button type="button" class="source" {}>'
            '<q class="near" dir="auto" {}>{}</q>{}</button></li>'
        ).format(
            open_event(exchange, "found", index),
            lang_of(found.citation.quote),
            _cut(found),
            Markup('<span class="page">{}</span>').format(where)
            if (where := page(found.citation, texts))
            else EMPTY,
        )
        for index, found in ((index, exchange.found[index]) for index in indices)
    )
    return Markup(
        '<h4><span class="title" dir="auto">{}</span> <span class="date">{}</span></h4><ol>{}</ol>'
    ).format(citation.metadata.title, citation.metadata.date or "", rows)


def _cut(found: Found) -> str:
    """Return the best sentence of a passage on one line, and that something stands around it."""
    quote, best = found.citation.quote, found.best
    if best is None:
        return shorten(quote, _CUT_CHARS)
    start, end = (place - found.citation.start for place in best)
    said = shorten(quote[start:end].lstrip("#-* "), _CUT_CHARS)
    before = "…" if quote[:start].strip() else ""
    after = "…" if quote[end:].strip() and not said.endswith("…") else ""
    return f"{before}{said}{after}"
