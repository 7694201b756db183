"""What figures and cases are drawn with."""

from collections.abc import Sequence

from markupsafe import Markup

from webui.drawing.markup import join


def table(label: str, head: Sequence[str], rows: Markup) -> Markup:
    """Return a table with its heads; `rows` are its rows."""
    columns = join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(label, columns, rows)


def hint(text: str) -> Markup:
    """Return a remark in small print."""
    return Markup('<p class="hint">{}</p>').format(text)
