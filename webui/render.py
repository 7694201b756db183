"""Answers as HTML. Pure functions of what was answered; nothing here looks anything up."""

from collections.abc import Iterator, Sequence
from typing import Any

import regex
from markupsafe import Markup

from index.types import EVERYTHING, Scope
from rag.types import Answer, Citation, Sentence
from webui.conversations import (
    Conversation,
    Exchange,
    Found,
    Listing,
    citation_to_json,
    shorten,
)
from webui.markup import EMPTY, event, join, lang_of
from webui.texts import Texts

_REFERENCE = regex.compile(r"(?<!\s)\s*+[\[［【](\d{1,9}+(?:\s*+[,，、]\s*+\d{1,9}+)*+)[\]］】]")
_SNIPPET_CHARS = 110
_LEAST_SECONDS = 0.01
"""Less is not worth telling."""
_JUDGED = (None, "not_in_documents")
"""Reasons of answers that can be wrong; all others answer no question to the documents."""
_CHOICE_CHARS = 400


def transcript(conversation: Conversation, texts: Texts, *, pending: Exchange | None = None) -> str:
    """Return a whole conversation. `pending` is the exchange that is still being answered."""
    exchanges = conversation.exchanges
    parts = [
        _exchange(exchange, texts, last=pending is None and exchange is exchanges[-1])
        for exchange in exchanges
    ]
    if pending is not None:
        parts.append(_exchange(pending, texts, growing=True))
    return Markup(
        '<div class="transcript" role="log" aria-live="polite" aria-label="{}">{}</div>'
    ).format(texts.transcript, join(parts))


def welcome(texts: Texts, *, examples: Sequence[str], documents: int | None) -> str:
    """Return what stands where no question has been asked yet. `documents` None: not known yet."""
    if documents == 0:
        return Markup('<div class="welcome"><h2>{}</h2><p>{}</p></div>').format(
            texts.empty_corpus, texts.empty_corpus_text
        )
    buttons = join(
        Markup('<li><button type="button" class="example" dir="auto" {}>{}</button></li>').format(
            event("ask", {"question": question}), question
        )
        for question in examples
    )
    shown = (
        Markup('<h3>{}</h3><ul class="examples">{}</ul>').format(texts.examples, buttons)
        if buttons
        else EMPTY
    )
    return Markup('<div class="welcome"><h2>{}</h2><p>{}</p>{}<p class="keys">{}</p></div>').format(
        texts.welcome, texts.welcome_text, shown, texts.keys
    )


def conversation_list(listing: Listing | None, texts: Texts) -> str:
    """Return the kept conversations, the open one marked. None: not known yet."""
    known = listing or Listing()
    items = join(
        _conversation(one, title, texts, current=one == known.open_id)
        for one, title in known.conversations
    )
    if listing is None:
        hint = texts.reading_conversations
    else:
        hint = texts.kept_here if items else texts.no_conversations
    return Markup(
        '<details class="conversations"><summary>{}</summary>'
        '<button type="button" class="new" {}>{}</button>{}{}'
        '<p class="hint">{}</p></details>'
    ).format(
        texts.conversations,
        event("fresh", {}),
        texts.new_conversation,
        join(_room(known, texts)),
        Markup("<ul>{}</ul>").format(items) if items else EMPTY,
        hint,
    )


def _room(listing: Listing, texts: Texts) -> Iterator[Markup]:
    """Yield what there is to say when the browser has no room for all conversations."""
    notice = Markup('<p class="notice" role="status">{}</p>')
    if listing.dropped:
        yield notice.format(texts.oldest_dropped.format(count=listing.dropped))
    if listing.full:
        yield notice.format(texts.not_kept)


def copyable(exchange: Exchange, texts: Texts) -> str:
    """Return an exchange as plain text with its quotes, for the clipboard."""
    answer = exchange.answer
    lines = [answer.question, "", answer.text]
    if answer.model:
        lines += ["", texts.written_by.format(model=answer.model)]
    cited = answer.citations or tuple(found.citation for found in exchange.found)
    if cited:
        lines += ["", texts.sources if answer.citations else texts.nearest]
    lines += [copyable_citation(citation, texts) for citation in cited]
    return "\n".join(lines)


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


def place(citation: Citation, texts: Texts) -> str:
    """Return where a quote stands: its page, if any, and its characters, counted from 1."""
    characters = texts.characters_range.format(start=citation.start + 1, end=citation.end)
    return texts.list_separator.join(filter(None, (page(citation, texts), characters)))


def page(citation: Citation, texts: Texts) -> str:
    """Return the page that a quote is on, empty where its document has none."""
    return "" if citation.page is None else texts.page.format(page=citation.page)


def scope_in_words(scope: Scope, texts: Texts) -> str:
    """Return which documents a scope holds: the patterns and the dates as they were typed."""
    between = texts.from_until if scope.since and scope.until else texts.from_on
    dates = (texts.up_to if scope.since is None else between).format(
        since=scope.since, until=scope.until
    )
    dated = scope.since is not None or scope.until is not None
    return texts.list_separator.join((*scope.patterns, *([dates] if dated else [])))


# -- one exchange ---------------------------------------------------------------------------------


def _exchange(
    exchange: Exchange, texts: Texts, *, last: bool = False, growing: bool = False
) -> Markup:
    answer = exchange.answer
    return Markup(
        '<article class="exchange" data-exchange="{}" {}>'
        '<div class="question"><h2 class="sr-only">{}</h2>'
        '<div class="said" dir="auto" {}>{}</div></div>'
        '<div class="answer"><h2 class="sr-only">{}</h2>{}</div></article>'
    ).format(
        exchange.exchange_id,
        Markup('aria-busy="true"') if growing else EMPTY,
        texts.you,
        lang_of(answer.question),
        answer.question,
        texts.answer,
        join(_answer(exchange, texts, last=last, growing=growing)),
    )


def _answer(exchange: Exchange, texts: Texts, *, last: bool, growing: bool) -> Iterator[Markup]:
    answer = exchange.answer
    yield from _remarks(exchange, texts)
    if answer.text:
        yield Markup('<div class="{}" dir="auto" {}>{}</div>').format(
            "text declined" if answer.declined else "text",
            lang_of(answer.text),
            answer_text(answer, texts),
        )
    elif growing:
        yield Markup('<p class="searching">{}</p>').format(texts.searching)
    if answer.citations:
        yield _evidence_list(texts.sources, answer.citations, "cited", texts, said=answer.text)
    if growing:
        return
    if answer.declined and exchange.found:
        near = [found.citation for found in exchange.found]
        yield _evidence_list(texts.nearest, near, "found", texts)
    if exchange.found:
        yield _why(exchange.found, texts)
    yield _actions(exchange, texts, last=last)
    if exchange.error is None and not exchange.stopped and answer.reason in _JUDGED:
        yield _judgement(exchange, texts)


def _remarks(exchange: Exchange, texts: Texts) -> Iterator[Markup]:
    """Yield what there is to say about the answer, ahead of it."""
    answer = exchange.answer
    if exchange.error is not None:
        yield Markup('<p class="error" role="alert">{}</p>').format(exchange.error)
    if exchange.stopped:
        yield Markup('<p class="notice">{}</p>').format(texts.stopped)
    if exchange.scope != EVERYTHING:
        yield Markup(
            '<p class="scope-used" dir="auto">{} '
            '<button type="button" class="plain" {}>{}</button></p>'
        ).format(
            texts.scope_used.format(scope=scope_in_words(exchange.scope, texts)),
            event("unscope", {}),
            texts.scope_clear,
        )
    if answer.completed_question:
        yield Markup('<p class="understood" dir="auto">{}</p>').format(
            texts.understood_as.format(question=answer.completed_question)
        )
    if answer.notice:
        yield Markup('<p class="notice" dir="auto">{}</p>').format(answer.notice)


def answer_text(answer: Answer, texts: Texts) -> Markup:
    """Return the answer's text with a button for every citation and unsupported sentences marked.

    What was lifted out of a quotation, a figure or a name, stands out when the answer begins with
    it. A number in brackets that cites nothing stays the text that it is.
    """
    flag = Markup('<span class="flag" title="{}">{}</span>').format(
        texts.unsupported_text, texts.unsupported
    )
    parts, done = [], 0
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, done) if sentence.text else -1
        if start < 0:
            continue
        parts.append(_with_buttons(answer, answer.text[done:start], texts))
        done = start + len(sentence.text)
        said = _with_buttons(answer, sentence.text, texts)
        if not sentence.supported:
            said = Markup('<span class="unsupported">{}{}</span>').format(said, flag)
        elif start == 0 and _is_lifted(sentence, answer.citations):
            said = Markup('<strong class="lead">{}</strong>').format(said)
        parts.append(said)
    parts.append(_with_buttons(answer, answer.text[done:], texts))
    return join(parts)


def _is_lifted(sentence: Sentence, citations: Sequence[Citation]) -> bool:
    quotes = [one.quote for one in citations if one.number in sentence.citations]
    return any(sentence.text in quote and sentence.text != quote for quote in quotes)


def _with_buttons(answer: Answer, text: str, texts: Texts) -> Markup:
    by_number = {citation.number: citation for citation in answer.citations}
    parts: list[str] = []
    done = 0
    for match in _REFERENCE.finditer(text):
        numbers = [int(digits) for digits in regex.findall(r"\d+", match[1])]
        if not all(number in by_number for number in numbers):
            continue
        parts.append(text[done : match.start()])
        parts += [_reference(by_number[number], answer.citations, texts) for number in numbers]
        done = match.end()
    return join([*parts, text[done:]])


def _reference(citation: Citation, citations: Sequence[Citation], texts: Texts) -> Markup:
    return Markup(
        '<button type="button" class="cite" aria-label="{}" title="{}" {}>{}</button>'
    ).format(
        texts.citation.format(number=citation.number, title=citation.metadata.title),
        shorten(citation.quote, _SNIPPET_CHARS),
        open_event(citation, citations, "cited"),
        citation.number,
    )


def open_event(citation: Citation, among: Sequence[Citation], group: str) -> Markup:
    """Return the attributes of a button that opens a citation as one of several."""
    return event(
        "evidence",
        {
            "citation": citation_to_json(citation),
            "group": group,
            "index": [one.number for one in among].index(citation.number),
            "total": len(among),
        },
    )


def _evidence_list(
    heading: str, citations: Sequence[Citation], group: str, texts: Texts, *, said: str = ""
) -> Markup:
    """Return a button per citation; a quote that the answer has just said is not repeated."""
    label = texts.citation if group == "cited" else texts.passage
    items = join(
        Markup(
            '<li><button type="button" class="source" aria-label="{}" {}>'
            '<span class="number">{}</span>'
            '<span class="what"><span class="title" dir="auto">{}</span>'
            '<span class="date">{}</span><span class="page">{}</span>{}</span></button></li>'
        ).format(
            label.format(number=citation.number, title=citation.metadata.title),
            open_event(citation, citations, group),
            citation.number,
            citation.metadata.title,
            citation.metadata.date or "",
            page(citation, texts),
            _snippet(citation) if citation.quote not in said else EMPTY,
        )
        for citation in citations
    )
    return Markup('<section class="sources {}"><h3>{}</h3><ol>{}</ol></section>').format(
        group, heading, items
    )


def _snippet(citation: Citation) -> Markup:
    return Markup('<q class="snippet" dir="auto" {}>{}</q>').format(
        lang_of(citation.quote), shorten(citation.quote, _SNIPPET_CHARS)
    )


def _why(found: Sequence[Found], texts: Texts) -> Markup:
    seen = {name for one in found for name in one.why}
    columns = [
        (name, label)
        for name, label in texts.why_labels
        if seen & {name, f"{name}_score", f"{name}_rank"}
    ]
    head = join(Markup('<th scope="col">{}</th>').format(label) for _, label in columns)
    among = [one.citation for one in found]
    rows = join(
        Markup(
            '<tr><th scope="row"><button type="button" class="source-name" dir="auto" {}>{}. {}'
            "</button></th><td>{}</td>{}</tr>"
        ).format(
            open_event(one.citation, among, "found"),
            one.citation.number,
            shorten(one.citation.quote, 24),
            f"{one.score:.3f}",
            join(
                Markup("<td>{}</td>").format(_seen_by(name, one.why, texts)) for name, _ in columns
            ),
        )
        for one in found
    )
    return Markup(
        '<details class="why"><summary>{}</summary><p>{}</p><div class="scroll" tabindex="0" '
        'role="region" aria-label="{}"><table><thead><tr><th scope="col">{}</th>'
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div></details>'
    ).format(texts.why, texts.why_text, texts.why, texts.nearest, texts.why_score, head, rows)


def _seen_by(name: str, why: dict[str, Any], texts: Texts) -> str:
    """Return what one side of the search saw in a passage: score and rank, or what matched."""
    if matched := why.get(name):
        chips = (Markup('<li dir="auto">{}</li>').format(one) for one in matched)
        return Markup('<ul class="chips">{}</ul>').format(join(chips))
    score, rank = why.get(f"{name}_score"), why.get(f"{name}_rank")
    known = (
        None if score is None else f"{score:.3f}",
        None if rank is None else texts.why_rank.format(rank=rank),
    )
    return join(Markup("<span>{}</span> ").format(each) for each in known if each) or "–"


def _actions(exchange: Exchange, texts: Texts, *, last: bool) -> Markup:
    retry = (
        Markup('<button type="button" class="action" {}>{}</button>').format(
            event("retry", {}), texts.retry
        )
        if last
        else EMPTY
    )
    clear = (
        Markup('<button type="button" class="action" data-confirm="{}" {}>{}</button>').format(
            texts.clear_confirm, event("clear", {}), texts.clear
        )
        if last
        else EMPTY
    )
    copy = (
        Markup(
            '<button type="button" class="action" data-copy="{}" data-copied="{}">{}</button>'
        ).format(copyable(exchange, texts), texts.copied, texts.copy)
        if exchange.error is None
        else EMPTY
    )
    seconds = exchange.answer.seconds.total
    made = [
        texts.written_by.format(model=exchange.answer.model) if exchange.answer.model else "",
        texts.seconds.format(seconds=f"{seconds:.2f}") if seconds >= _LEAST_SECONDS else "",
    ]
    said = " · ".join(filter(None, made))
    timing = Markup('<span class="timing">{}</span>').format(said) if said else EMPTY
    return Markup('<div class="actions">{}{}{}{}</div>').format(copy, retry, clear, timing)


def _judgement(exchange: Exchange, texts: Texts) -> Markup:
    """Return what says that an answer is wrong: the first press opens it, the second chooses."""
    if exchange.judged:
        return Markup('<p class="thanks" role="status" tabindex="-1">{}</p>').format(
            texts.wrong_thanks
        )
    choice = Markup('<li><button type="button" class="choice" {}>{}</button></li>')
    choices = [
        choice.format(
            event("judge", {"exchange": exchange.exchange_id, "passage": index}),
            Markup(
                '<span class="title" dir="auto">{}</span><q class="passage" dir="auto" {}>{}</q>'
            ).format(
                found.citation.metadata.title,
                lang_of(found.citation.quote),
                shorten(found.citation.quote, _CHOICE_CHARS),
            ),
        )
        for index, found in enumerate(exchange.found)
    ]
    wrong = event("judge", {"exchange": exchange.exchange_id, "passage": None})
    none = choice.format(wrong, texts.wrong_none)
    return Markup(
        '<details class="wrong"><summary>{}</summary><p>{}</p><ol>{}</ol></details>'
    ).format(texts.wrong, texts.wrong_text, join([*choices, none]))


def _conversation(conversation_id: str, title: str, texts: Texts, *, current: bool) -> Markup:
    detail = {"conversation_id": conversation_id}
    return Markup(
        '<li {}><button type="button" class="open" dir="auto" {} {}>{}</button>'
        '<button type="button" class="small" aria-label="{}" title="{}" data-prompt="{}" '
        'data-value="{}" {}>✎</button>'
        '<button type="button" class="small" aria-label="{}" title="{}" data-confirm="{}" {}>×'
        "</button></li>"
    ).format(
        Markup('class="current"') if current else EMPTY,
        Markup('aria-current="true"') if current else EMPTY,
        event("open", detail),
        title,
        f"{texts.rename}: {title}",
        texts.rename,
        texts.rename_prompt,
        title,
        event("rename", detail),
        f"{texts.delete}: {title}",
        texts.delete,
        texts.delete_confirm.format(title=title),
        event("delete", detail),
    )
