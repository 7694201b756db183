"""A citation in a few words: where it stands, its quote on one line, the buttons that open it."""

from collections.abc import Sequence

import regex
from markupsafe import Markup

from rag.types import Answer, Citation, ShortAnswer, shorten
from webui.conversations import Exchange, Group
from webui.drawing.markup import EMPTY, Mark, event, join, lang_of, marked, whole_characters
from webui.texts import Texts

_ROW = regex.compile(r"\brow (\d+)")
_SNIPPET_CHARS = 110
_SNIPPET_LEAD_CHARS = 16
"""What a snippet shows of its quote ahead of the short answer."""


def place(citation: Citation, texts: Texts) -> str:
    """Return where a quote stands: its page or cells, if any, its characters, counted from 1."""
    characters = texts.characters_range.format(start=citation.start + 1, end=citation.end)
    return texts.list_separator.join(filter(None, (page(citation, texts), characters)))


def page(citation: Citation, texts: Texts) -> str:
    """Return the page that a quote is on, or its cells or rows; empty where none are known."""
    if citation.page is not None:
        return texts.page.format(page=citation.page)
    if citation.place is None or "!" in citation.place:  # cells, of a sheet of any name
        return citation.place or ""
    return _ROW.sub(lambda row: texts.row.format(row=row[1]), citation.place)


def copyable_citation(citation: Citation, texts: Texts) -> str:
    """Return a citation as one line: quote, title, author, date, place and hash."""
    known = [
        texts.title_in_text.format(title=citation.metadata.title),
        citation.metadata.author,
        citation.metadata.date,
        citation.metadata.source,
        citation.doc_id,
        place(citation, texts),
        f"SHA-256 {citation.doc_sha256}",
    ]
    quote = texts.quote.format(text=citation.quote)
    return f"[{citation.number}] {quote} " + texts.list_separator.join(filter(None, known))


def verbatim(answer: Answer) -> ShortAnswer | None:
    """Return the short answer where it stands, word for word, in the quote that it cites."""
    short = answer.short
    if short is None or not short.text:
        return None
    cited = (one for one in answer.citations if _words(one, short) == short.text)
    return short if any(cited) else None


def short_in(citation: Citation, short: ShortAnswer | None) -> tuple[int, int] | None:
    """Return the characters of the short answer where this is what it cites."""
    return (short.start, short.end) if short and short.citation == citation.number else None


def short_mark(text: str, start: int, end: int, texts: Texts) -> Mark:
    """Return the mark of a short answer; style.css has it read out where it begins and ends."""
    opening = Markup('<mark class="words" data-begins="{}" data-ends="{}">').format(
        texts.short_begins, texts.short_ends
    )
    return Mark(*whole_characters(text, start, end), opening, Markup("</mark>"))


def open_event(exchange: Exchange, group: Group, index: int) -> Markup:
    """Return the attributes of a button that opens a citation: which one of a group it is."""
    detail = {"exchange": exchange.exchange_id, "group": group, "index": index}
    return event("evidence", detail)


def reference(exchange: Exchange, index: int, texts: Texts) -> Markup:
    """Return the button of a number in an answer's text: that of the citation at `index`."""
    citation = exchange.answer.citations[index]
    return Markup(
        '<button type="button" class="cite" aria-label="{}" title="{}" {}>{}</button>'
    ).format(
        texts.citation.format(number=citation.number, title=citation.metadata.title),
        shorten(citation.quote, _SNIPPET_CHARS),
        open_event(exchange, "cited", index),
        citation.number,
    )


def evidence_list(exchange: Exchange, indices: Sequence[int], texts: Texts) -> Markup:
    """Return a row a document for these of the answer's citations; nothing for none."""
    answer = exchange.answer
    short = verbatim(answer)
    by_document: dict[str, list[int]] = {}
    for index in indices:
        by_document.setdefault(answer.citations[index].doc_id, []).append(index)
    rows = join(
        Markup(
            '<li><button type="button" class="source" {}>'
            '<span class="number"><span class="sr-only">{}</span> {}</span><span class="what">'
            '<span class="title" dir="auto">{}</span><span class="date">{}</span>'
            '<span class="page">{}</span>{}</span></button></li>'
        ).format(
            open_event(exchange, "cited", some[0]),
            texts.sources,
            numbers,
            first.metadata.title,
            first.metadata.date or "",
            texts.list_separator.join(dict.fromkeys(filter(None, pages))),
            snippet(first, short_in(first, short), texts)
            if first.quote not in answer.text
            else EMPTY,
        )
        for some in by_document.values()
        for first, numbers, pages in (
            (
                answer.citations[some[0]],
                texts.list_separator.join(str(answer.citations[one].number) for one in some),
                [page(answer.citations[one], texts) for one in some],
            ),
        )
    )
    if not rows:
        return EMPTY
    return Markup('<section class="sources cited"><h3>{}</h3><ol>{}</ol></section>').format(
        texts.sources, rows
    )


def _words(citation: Citation, short: ShortAnswer) -> str | None:
    """Return what stands in the citation where the short answer is said to be."""
    start, end = short.start - citation.start, short.end - citation.start
    return citation.quote[start:end] if citation.number == short.citation and start >= 0 else None


def snippet(citation: Citation, short: tuple[int, int] | None, texts: Texts) -> Markup:
    """Return the quote on one line, from shortly before the short answer where it holds it."""
    quote = citation.quote
    if short is None:
        shown = Markup("{}").format(shorten(quote, _SNIPPET_CHARS))
    else:
        start, end = (place - citation.start for place in short)
        mark = short_mark(quote, start, end, texts)
        first, _ = whole_characters(quote, max(0, mark.start - _SNIPPET_LEAD_CHARS), mark.end)
        _, last = whole_characters(quote, first, max(mark.end, first + _SNIPPET_CHARS))
        ahead, after = ("…" if first else ""), ("…" if last < len(quote) else "")
        shown = join([ahead, marked(quote, [mark], first, last), after])
    return Markup('<q class="snippet" dir="auto" {}>{}</q>').format(lang_of(quote), shown)
