"""PowerPoint slides (pptx): titles as headings, lists, tables, notes; a slide is a page."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from index.formats import properties
from index.formats.archive import opened_mended, whole_document
from index.formats.content import Content, joined, one_line
from index.formats.dates import iso_date
from index.formats.markup import table
from index.formats.parts import core_properties
from index.formats.sections import Sections

_MAX_GROUP_DEPTH = 20
_ROOTS = {"slides": "sld", "notesSlides": "notes"}
_EMPTY = (
    '<p:{0} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree>'
    "<p:nvGrpSpPr/><p:grpSpPr/></p:spTree></p:cSld></p:{0}>"
)


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text, slides and properties of a pptx.

    Raises CorpusError when it is none or has a password. `encoding` does not matter.
    """
    slides, stated = opened_mended(
        whole_document(name, raw, sections), sections, _opened, blank=_blank
    )
    texts = (
        (number, sections.read(f"slide {number}", partial(_slide_text, slide)))
        for number, slide in enumerate(slides, 1)
    )
    text, pages = joined((number, text or "") for number, text in texts)
    return Content(
        text,
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        date=iso_date(stated.get("created")),
        pages=tuple(pages),
        notes=sections.notes,
    )


def _opened(file: io.BytesIO) -> tuple[Any, dict[str, str]]:
    """Return the slides of a presentation, and its properties."""
    from pptx import Presentation

    with zipfile.ZipFile(file) as archive:
        stated = core_properties(archive)
    return Presentation(file).slides, stated


def _blank(path: str) -> bytes | None:
    """Return a slide, or the notes of one, without anything on it; None for other parts."""
    root = next((r for folder, r in _ROOTS.items() if path.startswith(f"ppt/{folder}/")), None)
    return _EMPTY.format(root).encode() if root and path.endswith(".xml") else None


# python-pptx is untyped.


def _slide_text(slide: Any) -> str:  # noqa: ANN401
    title = slide.shapes.title
    heading = one_line(title.text_frame.text) if title is not None else None
    blocks = [f"## {heading}"] if heading else []
    others = (shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
    blocks += [block for shape in _flat(others) if (block := _shape_text(shape))]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        blocks.append(slide.notes_slide.notes_text_frame.text.strip())
    return "\n\n".join(block for block in blocks if block)


def _flat(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """Yield shapes and those inside groups."""
    for shape in shapes:
        inner = getattr(shape, "shapes", None)
        if inner is not None and depth < _MAX_GROUP_DEPTH:
            yield from _flat(inner, depth + 1)
        else:
            yield shape


def _shape_text(shape: Any) -> str:  # noqa: ANN401
    if getattr(shape, "has_table", False):
        rows = [
            [one_line(cell.text, max_chars=2000) or "" for cell in row.cells]
            for row in shape.table.rows
        ]
        return table(rows)
    if not shape.has_text_frame:
        return ""
    lines = [(p.level, p.text.replace("\v", " ").strip()) for p in shape.text_frame.paragraphs]
    lines = [(level, line) for level, line in lines if line]
    # Several paragraphs in one shape are its bullets.
    if len(lines) < 2:
        return "".join(line for _, line in lines)
    return "\n".join(f"{'  ' * level}- {line}" for level, line in lines)
