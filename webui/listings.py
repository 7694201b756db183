"""The list of conversations as the browser sends it: in groups, or those that were searched for."""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field, OnErrorOmit, TypeAdapter, ValidationError

from index.text.folding import fold
from webui.conversations import turn_from_json
from webui.sealing import Seal

MAX_SEARCH_CHARS = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation of the list.

    `group` is "pinned", "today", "yesterday", "week" (the last seven days), a month, "2031-02", by
    the reader's clock, or "earlier". `question`: one that holds what was searched for, where the
    title does not.
    """

    conversation_id: str
    title: str
    group: str = "today"
    question: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Conversations, group by group and newest first, and which of them is open.

    `search`: what they were searched for. `dropped`: how many had to go for want of room. `full`:
    not even the open one could be kept. `earlier`: how many, notes among them, the browser keeps
    from before its reader logged in.
    """

    conversations: tuple[Listed, ...] = ()
    open_id: str = ""
    search: str = ""
    dropped: int = 0
    full: bool = False
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    conversation_id: str
    title: str
    group: Annotated[
        str, Field(pattern=r"^(pinned|today|yesterday|week|earlier|\d{4}-(0[1-9]|1[0-2]))$")
    ]
    turns: tuple[OnErrorOmit[str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    conversations: tuple[OnErrorOmit[_Kept], ...] = ()
    open_id: str = ""
    search: Annotated[str, Field(max_length=MAX_SEARCH_CHARS)] = ""
    dropped: int = 0
    full: bool = False
    earlier: int = 0


_SENT = TypeAdapter(_Sent)


def listing_from_json(kept: object, seal: Seal) -> Listing:
    """Return the list that the browser sends, without what is no conversation of this server's.

    Where something is searched for, those are left whose title and questions hold all its words.
    """
    try:
        sent = _SENT.validate_python(kept)
    except ValidationError:
        return Listing()
    words = fold(sent.search).split()
    found = (_found(one, words, seal) for one in sent.conversations)
    some = tuple(one for one in found if one is not None)
    return Listing(some, sent.open_id, sent.search.strip(), sent.dropped, sent.full, sent.earlier)


def _found(kept: _Kept, words: list[str], seal: Seal) -> Listed | None:
    """Return the conversation with a question that holds a word; None where one is nowhere."""
    title = seal.open(kept.title)
    if not title:
        return None
    listed = Listed(kept.conversation_id, str(title), kept.group)
    in_title = fold(listed.title)
    missing = [word for word in words if word not in in_title]
    if not missing:
        return listed
    turns = (turn_from_json(seal.open(one)) for one in kept.turns)
    asked = [(turn.question, fold(turn.question)) for turn in turns if turn is not None]
    if not all(any(word in folded for _, folded in asked) for word in missing):
        return None
    first = next(question for question, folded in asked if missing[0] in folded)
    return replace(listed, question=first)
