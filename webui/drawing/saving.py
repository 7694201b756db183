"""What takes a conversation or the notebook elsewhere."""

from markupsafe import Markup

from webui.drawing.markup import event, join
from webui.exporting import NAMES
from webui.texts import Texts


def export_menu(texts: Texts) -> Markup:
    """Return what unfolds to a button for each format."""
    buttons = join(
        Markup('<button type="button" class="action" {}>{}</button>').format(
            event("export", {"format": ending}), name
        )
        for ending, name in NAMES.items()
    )
    return Markup(
        '<details class="export"><summary class="action">{}</summary><div>{}</div></details>'
    ).format(texts.export, buttons)
