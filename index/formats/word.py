"""Word documents (docx), by way of HTML: headings, lists, tables, notes, tracked insertions."""

import io
import zipfile

import regex

from index.formats import properties
from index.formats.archive import opened_mended, whole_document
from index.formats.content import Content, printable
from index.formats.dates import iso_date
from index.formats.markup import as_text
from index.formats.parts import core_properties
from index.formats.sections import Sections

# Mammoth's link from a footnote back to its place.
_BACK_LINK = regex.compile(r" ?↑$", regex.MULTILINE)
_STYLES = "\n".join(
    (
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => h2:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        "p[style-name='标题'] => h1:fresh",
    )
)


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text and properties of a docx. Raises CorpusError when it is none or has a password.

    `encoding` does not matter: the format has its own.
    """
    html, stated = opened_mended(
        whole_document(name, raw, sections), sections, _opened, blank=lambda path: None
    )
    return Content(
        _BACK_LINK.sub("", as_text(printable(html))),
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        date=iso_date(stated.get("created")),
        notes=sections.notes,
    )


def _opened(file: io.BytesIO) -> tuple[str, dict[str, str]]:
    """Return a document as HTML, and its properties."""
    import mammoth

    with zipfile.ZipFile(file) as archive:
        stated = core_properties(archive)
    html = mammoth.convert_to_html(
        file,
        style_map=_STYLES,
        convert_image=lambda image: [],
        include_embedded_style_map=False,
        external_file_access=False,
    ).value
    return html, stated
