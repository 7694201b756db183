"""An export as a Word document, in Word's own styles, so that its readers can restyle it."""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rag.export.outline import Kind, Part, outline
from rag.export.values import Export

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_STYLES: dict[Kind, str] = {
    "title": "Title",
    "question": "Heading 1",
    "sources": "Heading 2",
    "quote": "Quote",
    "remark": "Intense Quote",
}
_BIG_CHINESE_FONT = "Microsoft YaHei"
"""Word's own template names none for Chinese, and then takes a Japanese one in some languages."""


def drawn(export: Export, language: str) -> bytes:
    """Return the export as the bytes of a .docx file."""
    import docx

    document = docx.Document()
    parts = list(outline(export, language))
    _about(document, parts[0].text)
    for part in parts:
        _add(document, part)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _about(document: "Document", title: str) -> None:
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.title = title[:255]
    properties.author = "Wenzheng 问证"
    properties.comments = ""
    properties.created = properties.modified = datetime.now(UTC)
    for name in ("Normal", *_STYLES.values()):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _BIG_CHINESE_FONT)


def _add(document: "Document", part: Part) -> "Paragraph":
    paragraph = document.add_paragraph(style=_STYLES.get(part.kind, "Normal"))
    if part.label:
        paragraph.add_run(f"{part.label} ").bold = True
    run = paragraph.add_run(part.text)
    run.bold = True if part.kind == "short" else None
    if part.kind in ("about", "note", "where"):
        run.italic = True
    if part.kind in ("quote", "question", "sources"):
        paragraph.paragraph_format.keep_with_next = True
    return paragraph
