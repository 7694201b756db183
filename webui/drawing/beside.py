"""What stands beside a conversation and before its first question: the list of all, a welcome."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from babel.dates import format_skeleton
from markupsafe import Markup

from rag.types import shorten
from webui.drawing.markup import EMPTY, event, join
from webui.listings import MAX_SEARCH_CHARS, Listed, Listing
from webui.texts import Texts

_PIN = Markup(
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 1h6v1.5l-1 1v3.2l2 1.8V10H8.7v4.5'
    'L8 15.5l-.7-1V10H4V8.5l2-1.8V3.5l-1-1z"/></svg>'
)
_ASKED_CHARS = 90
"""What is shown of a question that was searched for."""


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


def still_answering(texts: Texts) -> str:
    """Return what is said of a question that is typed while the one before is being answered."""
    return Markup('<p class="still hint" role="status">{}</p>').format(texts.still_answering)


def conversations_frame(texts: Texts) -> str:
    """Return the place of the list of conversations, which the browser puts into it."""
    return Markup(
        '<details class="conversations"><summary>{}</summary>'
        '<button type="button" class="new" {}>{}</button>'
        '<input type="search" class="find" data-find aria-label="{}" placeholder="{}" '
        'maxlength="{}" autocomplete="off" spellcheck="false" dir="auto">'
        '<div class="list">{}</div></details>'
    ).format(
        texts.conversations,
        event("fresh", {}),
        texts.new_conversation,
        texts.find_conversation,
        texts.find_conversation,
        MAX_SEARCH_CHARS,
        Markup(conversation_list(None, texts)),
    )


def conversation_list(listing: Listing | None, texts: Texts) -> str:
    """Return the kept conversations by date, the open one marked. None: not known yet."""
    known = listing or Listing()
    groups = groupby(known.conversations, key=attrgetter("group"))
    shown = join(_group(name, list(some), known, texts) for name, some in groups)
    if listing is None:
        hint = texts.reading_conversations
    elif known.search and not shown:
        hint = texts.nothing_found
    else:
        hint = texts.kept_here if shown else texts.no_conversations
    return Markup('{}{}<p class="hint" role="status">{}</p>{}').format(
        join(_room(known, texts)), shown, hint, _earlier(known, texts)
    )


def _group(name: str, some: Sequence[Listed], listing: Listing, texts: Texts) -> Markup:
    items = join(
        _conversation(one, texts, current=one.conversation_id == listing.open_id) for one in some
    )
    return Markup("<section><h2>{}</h2><ul>{}</ul></section>").format(_period(name, texts), items)


def _period(group: str, texts: Texts) -> str:
    """Return what a group is called: a month in the words of the language."""
    if group in texts.periods:
        return texts.periods[group]
    month = date.fromisoformat(f"{group}-01")
    return format_skeleton("yMMMM", month, locale=texts.language)


def _room(listing: Listing, texts: Texts) -> Iterator[Markup]:
    """Yield what there is to say when there is no room for all conversations."""
    notice = Markup('<p class="notice" role="status">{}</p>')
    if listing.dropped:
        yield notice.format(texts.oldest_dropped.format(count=listing.dropped))
    if listing.full:
        yield notice.format(texts.not_kept)


def _earlier(listing: Listing, texts: Texts) -> Markup:
    """Return what can be done with what the browser keeps from before its reader logged in."""
    if not listing.earlier:
        return EMPTY
    return Markup(
        '<div class="earlier"><p class="hint">{}</p>'
        '<button type="button" class="action" {}>{}</button>'
        '<button type="button" class="action danger" data-confirm="{}" data-ok="{}" {}>{}</button>'
        "</div>"
    ).format(
        texts.earlier.format(count=listing.earlier),
        event("take_earlier", {}),
        texts.take_earlier,
        texts.forget_earlier_confirm.format(count=listing.earlier),
        texts.forget_earlier,
        event("forget_earlier", {}),
        texts.forget_earlier,
    )


def _conversation(listed: Listed, texts: Texts, *, current: bool) -> Markup:
    detail = {"conversation_id": listed.conversation_id}
    title, pinned = listed.title, listed.group == "pinned"
    pin = texts.unpin if pinned else texts.pin
    return Markup(
        '<li {} data-conversation="{}"><button type="button" class="open" title="{}" {} {}>'
        '<span class="title" dir="auto">{}</span>{}</button><span class="tools">'
        '<button type="button" class="small" aria-label="{}" title="{}" aria-pressed="{}" {}>{}'
        "</button>"
        '<button type="button" class="small" aria-label="{}" title="{}" data-prompt="{}" '
        'data-value="{}" {}>✎</button>'
        '<button type="button" class="small" aria-label="{}" title="{}" data-confirm="{}" '
        'data-ok="{}" {}>×</button></span></li>'
    ).format(
        Markup('class="current"') if current else EMPTY,
        listed.conversation_id,
        title,
        Markup('aria-current="true"') if current else EMPTY,
        event("open", detail),
        title,
        Markup('<span class="asked" dir="auto">{}</span>').format(
            shorten(listed.question, _ASKED_CHARS)
        )
        if listed.question
        else EMPTY,
        f"{texts.pin}: {title}",
        pin,
        "true" if pinned else "false",
        event("pin", detail),
        _PIN,
        f"{texts.rename}: {title}",
        texts.rename,
        texts.rename_prompt,
        title,
        event("rename", detail),
        f"{texts.delete}: {title}",
        texts.delete,
        texts.delete_confirm.format(title=title),
        texts.delete,
        event("delete", detail),
    )
