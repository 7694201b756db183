"""A question and its answer as HTML. Pure functions of what was answered."""

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from index.types import EVERYTHING, Scope
from rag.texts import texts as answer_texts
from rag.types import MAX_QUESTION_CHARS, shorten
from webui.conversations import Exchange
from webui.drawing.citations import copyable_citation, evidence_list, open_event, verbatim
from webui.drawing.markup import EMPTY, event, join, lang_of
from webui.drawing.refusals import NEAREST, advice, nearest, refused
from webui.drawing.replies import answer_text, lead, quoted
from webui.drawing.saving import export_menu
from webui.texts import Texts

_LEAST_SECONDS = 0.01
"""Less is not worth telling."""
_JUDGED = (None, "not_in_documents")
"""Reasons of answers that can be wrong; all others answer no question to the documents."""
_CHOICE_CHARS = 400


def pieces(exchange: Exchange, texts: Texts, *, growing: bool = False) -> list[str]:
    """Return an exchange as HTML in pieces, to be put together in order.

    As an answer grows, few of them change: the others need not be sent again.
    """
    answer = exchange.answer
    opening = Markup(
        '<article class="exchange" data-exchange="{}" data-asked="{}" data-changed="{}" {}>'
        '<div class="question"><h2 class="sr-only">{}</h2>{}'
        '<div class="said" dir="auto" {}>{}</div></div>'
        '<div class="answer"><h2 class="sr-only">{}</h2>'
    ).format(
        exchange.exchange_id,
        exchange.asked_ms,
        exchange.changed_ms,
        Markup('aria-busy="true"') if growing else EMPTY,
        texts.you,
        EMPTY if growing else _edit(exchange, texts),
        lang_of(answer.question),
        answer.question,
        texts.answer,
    )
    reply = _reply(exchange, texts, growing=growing)
    cited = listed(exchange, texts)
    below = EMPTY if growing else join(_below(exchange, texts))
    said = join(remarks(exchange, texts))
    return [str(one) for one in (opening, said, *reply, cited, below, "</div></article>")]


def transcript(texts: Texts) -> str:
    """Return the place of a conversation, where the browser puts its exchanges.

    What is heard of an answer, once it is whole, the browser puts into the line below.
    """
    return Markup(
        '<div class="transcript" role="log" aria-live="off" aria-label="{}"></div>'
        '<p class="sr-only" role="status" id="told"></p>'
    ).format(texts.transcript)


def copyable(exchange: Exchange, texts: Texts) -> str:
    """Return an exchange as plain text with its quotes, for the clipboard."""
    answer = exchange.answer
    lines = [answer.question, ""]
    if answer.state == "possible":
        lines += [possible(texts), ""]
    if (short := verbatim(answer)) and not answer.text.startswith(short.cited):
        lines += [short.cited, ""]
    lines.append(refused(exchange))
    if answer.model:
        lines += ["", texts.written_by.format(model=answer.model)]
    cited = answer.citations or exchange.among("found")[:NEAREST]
    if cited:
        lines += ["", texts.sources if answer.citations else texts.nearest]
    lines += [copyable_citation(citation, texts) for citation in cited]
    return "\n".join(lines)


def possible(texts: Texts) -> str:
    """Return what stands above a possible answer, in the words of the command line."""
    return answer_texts(texts.language).possible


def scope_in_words(scope: Scope, texts: Texts) -> str:
    """Return which documents a scope holds: the patterns and the dates as they were typed."""
    between = texts.from_until if scope.since and scope.until else texts.from_on
    dates = (texts.up_to if scope.since is None else between).format(
        since=scope.since, until=scope.until
    )
    dated = scope.since is not None or scope.until is not None
    return texts.list_separator.join((*scope.patterns, *([dates] if dated else [])))


def _reply(exchange: Exchange, texts: Texts, *, growing: bool) -> tuple[str, str, str]:
    """Return what is answered, its text apart from what is around that."""
    answer = exchange.answer
    if not answer.text:
        doing = texts.thinking if answer.thoughts else texts.searching
        searching = Markup('<p class="searching">{}</p>').format(doing)
        return (searching if growing else EMPTY), EMPTY, EMPTY
    opening = Markup('<div class="reply {}">{}').format(answer.state, lead(exchange, texts))
    said = answer_text(exchange, texts)
    if not said:  # the lead was all
        return opening, EMPTY, Markup("</div>")
    place = Markup('<div class="text" dir="auto" {}>').format(lang_of(answer.text))
    return opening + place, said, Markup("</div></div>")


def _below(exchange: Exchange, texts: Texts) -> Iterator[Markup]:
    """Yield what stands below an answer that is complete."""
    if exchange.answer.thoughts:
        yield _thoughts(exchange.answer.thoughts, texts)
    if exchange.answer.reason in _JUDGED and exchange.answer.declined:
        yield nearest(exchange, texts)
        yield advice(exchange, scope_in_words(exchange.scope, texts), texts)
    if exchange.found and exchange.answer.reason in _JUDGED:
        yield _why(exchange, texts)
    yield _actions(exchange, texts)
    if exchange.error is None and not exchange.stopped and exchange.answer.reason in _JUDGED:
        yield _judgement(exchange, texts)


def listed(exchange: Exchange, texts: Texts) -> Markup:
    """Return the list of what is cited and not quoted: a quotation says where it stands."""
    told = quoted(exchange.answer)
    indices = [i for i in range(len(exchange.answer.citations)) if i not in told]
    return evidence_list(exchange, indices, texts)


def remarks(exchange: Exchange, texts: Texts) -> Iterator[Markup]:
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
    if answer.state == "possible":
        icon = Markup('<span class="icon" aria-hidden="true">?</span>')
        yield Markup('<p class="state">{}{}</p>').format(icon, possible(texts))


def _thoughts(thoughts: str, texts: Texts) -> Markup:
    return Markup(
        '<details class="why thoughts"><summary>{}</summary><p>{}</p>'
        '<div class="thought" dir="auto" {}>{}</div></details>'
    ).format(texts.thoughts, texts.thoughts_text, lang_of(thoughts), thoughts.strip())


def _why(exchange: Exchange, texts: Texts) -> Markup:
    found = exchange.found
    seen = {name for one in found for name in one.why}
    columns = [
        (name, label)
        for name, label in texts.why_labels
        if seen & {name, f"{name}_score", f"{name}_rank"}
    ]
    head = join(Markup('<th scope="col">{}</th>').format(label) for _, label in columns)
    rows = join(
        Markup(
            '<tr><th scope="row"><button type="button" class="source-name" dir="auto" {}>{}. {}'
            "</button></th><td>{}</td>{}</tr>"
        ).format(
            open_event(exchange, "found", index),
            one.citation.number,
            shorten(one.citation.quote, 24),
            f"{one.score:.3f}",
            join(
                Markup("<td>{}</td>").format(_seen_by(name, one.why, texts)) for name, _ in columns
            ),
        )
        for index, one in enumerate(found)
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


def _edit(exchange: Exchange, texts: Texts) -> Markup:
    """Return the button that makes a field of the question: see scripts/editing.js."""
    return Markup(
        '<button type="button" class="small edit" aria-label="{0}" title="{0}" data-edit="{1}" '
        'data-hint="{2}" data-send="{3}" data-cancel="{4}" data-max="{5}">✎</button>'
    ).format(
        texts.edit_question,
        json.dumps({"exchange": exchange.exchange_id}),
        texts.edit_question_hint,
        texts.send,
        texts.cancel,
        MAX_QUESTION_CHARS,
    )


def _actions(exchange: Exchange, texts: Texts) -> Markup:
    answer, seconds = exchange.answer, exchange.answer.seconds.total
    button = Markup('<button type="button" class="action{}" {}>{}</button>')
    copy = Markup('data-copy="{}" data-copied="{}"').format(copyable(exchange, texts), texts.copied)
    asked = Markup('data-confirm="{}" data-ok="{}" {}').format(
        texts.clear_confirm, texts.clear, event("clear", {})
    )
    note = Markup('aria-pressed="false" data-noted="{}" data-remarked="{}" data-ok="{}" {}').format(
        texts.noted,
        texts.remove_note_confirm.format(question=answer.question),
        texts.remove_note,
        event("note", {"note_id": exchange.note_id}),
    )
    retry = event("retry", {"exchange": exchange.exchange_id})
    made = [
        texts.written_by.format(model=answer.model) if answer.model else "",
        texts.seconds.format(seconds=f"{seconds:.2f}") if seconds >= _LEAST_SECONDS else "",
    ]
    said = " · ".join(filter(None, made))
    # style.css shows what is for the last exchange only in that.
    return Markup('<div class="actions">{}{}{}{}{}{}</div>').format(
        button.format("", copy, texts.copy) if exchange.error is None else EMPTY,
        button.format("", note, texts.note) if exchange.error is None else EMPTY,
        button.format(" for-last", retry, texts.retry),
        Markup('<span class="for-last">{}</span>').format(export_menu(texts)),
        button.format(" for-last", asked, texts.clear),
        Markup('<span class="timing">{}</span>').format(said) if said else EMPTY,
    )


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
