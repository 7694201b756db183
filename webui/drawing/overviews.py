"""What a document is about, and questions that can be asked: buttons that ask them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from webui.drawing.markup import EMPTY, event, join, lang_of
from webui.texts import Texts

if TYPE_CHECKING:
    from rag.offering import Overview


def overview(known: "Overview", texts: Texts) -> Markup:
    """Return a document at a glance: title, date, headings, questions that it answers."""
    headings = (
        Markup('<p class="headings" dir="auto" {}>{}</p>').format(
            lang_of(" ".join(known.headings)), " · ".join(known.headings)
        )
        if known.headings
        else EMPTY
    )
    date = Markup('<span class="date">{}</span>').format(known.date) if known.date else EMPTY
    return Markup('<section class="overview"><h2><bdi {}>{}</bdi>{}</h2>{}{}</section>').format(
        lang_of(known.title), known.title, date, headings, offered(known.questions, texts.examples)
    )


def further(questions: Sequence[str], exchange_id: str, texts: Texts) -> str:
    """Return what could be asked after an answer; the browser shows it below that one alone."""
    if not questions:
        return ""
    return Markup('<div class="further" data-after="{}">{}</div>').format(
        exchange_id, offered(questions, texts.further)
    )


def offered(questions: Sequence[str], label: str) -> Markup:
    """Return questions as buttons under a label; nothing where there is none."""
    if not questions:
        return EMPTY
    button = Markup('<li><button type="button" class="example" dir="auto" {} {}>{}</button></li>')
    return Markup('<h3>{}</h3><ul class="examples">{}</ul>').format(
        label,
        join(
            button.format(lang_of(one), event("put", {"question": one}), one) for one in questions
        ),
    )
