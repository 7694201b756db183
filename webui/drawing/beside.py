"""What stands beside a conversation and before its first question: the list of all, a welcome."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from webui.conversations import Listing
from webui.drawing.markup import EMPTY, event, join
from webui.texts import Texts


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
