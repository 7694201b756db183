"""The notebook: answers that were kept, each with its evidence and its reader's remark."""

from collections.abc import Sequence

from markupsafe import Markup

from webui.drawing.exchanges import listed, remarks
from webui.drawing.markup import event, join, lang_of
from webui.drawing.refusals import nearest
from webui.drawing.replies import answer_text, lead
from webui.drawing.saving import export_menu
from webui.notes import MAX_REMARK_CHARS, Note
from webui.texts import Texts


def notebook(notes: Sequence[Note], texts: Texts) -> str:
    """Return the notes, in their order."""
    if not notes:
        return Markup('<p class="empty">{}</p>').format(texts.notebook_empty)
    return Markup('<div class="top"><p class="hint">{}</p>{}</div>{}').format(
        texts.notebook_hint, export_menu(texts), join(_note(note, texts) for note in notes)
    )


def notebook_frame() -> str:
    """Return the place of the notebook, which the browser puts into it."""
    return '<div class="notebook"></div>'


def _note(note: Note, texts: Texts) -> Markup:
    exchange, answer = note.exchange, note.exchange.answer
    sources = listed(exchange, texts) if answer.citations else nearest(exchange, texts)
    return Markup(
        '<article class="note" data-note="{}"><h2 dir="auto" {}>{}</h2>'
        '{}<div class="reply {}">{}<div class="text" dir="auto" {}>{}</div></div>{}'
        '<form class="remark"><label>{}<textarea name="remark" rows="2" maxlength="{}" '
        'placeholder="{}" dir="auto">{}</textarea></label>'
        '<div class="actions"><button type="submit" class="action" {}>{}</button>'
        '<button type="button" class="action danger" data-confirm="{}" data-ok="{}" {}>{}</button>'
        '<span class="saved" role="status" data-saved="{}" data-unsaved="{}"></span>'
        "</div></form></article>"
    ).format(
        note.note_id,
        lang_of(answer.question),
        answer.question,
        join(remarks(exchange, texts)),
        answer.state,
        lead(exchange, texts),
        lang_of(answer.text),
        answer_text(exchange, texts),
        sources,
        texts.remark,
        MAX_REMARK_CHARS,
        texts.remark_hint,
        note.remark,
        event("remark", {"note_id": note.note_id}),
        texts.save_remark,
        texts.remove_note_confirm.format(question=answer.question),
        texts.remove_note,
        event("note", {"note_id": note.note_id}),
        texts.remove_note,
        texts.remark_saved,
        texts.remark_unsaved,
    )
