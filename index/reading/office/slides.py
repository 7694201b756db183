"""PowerPoint slides (pptx): titles as headings, lists, tables, charts, notes; a slide is a page."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from index.notes import Note
from index.reading.content import Content, joined, noted, one_line, ranges
from index.reading.office import properties
from index.reading.office.archive import opened_mended, whole_document
from index.reading.office.charts import read_chart, read_diagram
from index.reading.office.equations import as_line
from index.reading.office.labels import LEVEL, label
from index.reading.office.number_styles import written
from index.reading.office.parts import (
    child,
    children,
    core_properties,
    descendants,
    local_name,
    value,
    words_in,
)
from index.reading.office.reading_order import Box, reading_order
from index.reading.sections import Sections
from index.reading.tables.tables import Merged, statements

_MAX_GROUP_DEPTH = 20
_ROOTS = {"slides": "sld", "notesSlides": "notes"}
_EMPTY = (
    '<p:{0} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree>'
    "<p:nvGrpSpPr/><p:grpSpPr/></p:spTree></p:cSld></p:{0}>"
)
# buAutoNum's types (ECMA-376 part 1, 20.1.10.61): how the number is written, and what is around it.
_NUMBERS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "circleNum": "decimalEnclosedCircle",
    "ea1": "chineseCounting",
}
_AROUND = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Minus": "{} -"}
_ON_EVERY_SLIDE = frozenset({"dt", "sldNum"})


@dataclass(slots=True)
class _Tally:
    """What was left out of the slides, and what is at their foot."""

    hidden_slides: list[int] = field(default_factory=list)
    hidden_shapes: int = 0
    pictures: int = 0
    embedded: Counter[str] = field(default_factory=Counter)
    feet: dict[str, None] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def first_time(self, part: Any) -> bool:  # noqa: ANN401 (python-pptx is untyped)
        """Whether a part has not been read yet: however often it is shown, it is read once."""
        known = str(part.partname) in self.told
        self.told.add(str(part.partname))
        return not known

    @property
    def notes(self) -> Iterator[Note]:
        """What the user should know."""
        return noted(
            ("hidden_slides", ranges(self.hidden_slides)),
            ("hidden_shapes", self.hidden_shapes),
            ("pictures", self.pictures),
            ("embedded", self.embedded),
        )


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text, slides and properties of a pptx.

    Raises CorpusError when it is none or has a password. `encoding` does not matter.
    """
    slides, stated = opened_mended(
        whole_document(name, raw, sections), sections, _opened, blank=_blank
    )
    tally = _Tally()
    texts = [
        (
            number,
            sections.read(f"slide {number}", partial(_slide_text, slide, number, sections, tally))
            or "",
        )
        for number, slide in enumerate(slides, 1)
    ]
    text, pages = joined(texts)
    feet = "\n\n".join(tally.feet)
    if feet:
        text = f"{text}\n\n{_headed('page_heads', text)}\n\n{feet}"
    return Content(
        text,
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        file_date=properties.created(stated),
        pages=tuple(pages),
        notes=(*tally.notes, *sections.notes),
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
    if path.startswith(("ppt/charts/", "ppt/diagrams/", "ppt/comments/")) and "_rels" not in path:
        return b"<empty/>"
    return _EMPTY.format(root).encode() if root and path.endswith(".xml") else None


# python-pptx and its elements are untyped.


def _slide_text(slide: Any, number: int, sections: Sections, tally: _Tally) -> str:  # noqa: ANN401
    if slide._element.get("show") in ("0", "false"):
        tally.hidden_slides.append(number)
        return ""
    _resolve_alternatives(slide._element)
    title = slide.shapes.title
    heading = one_line(title.text_frame.text) if title is not None else None
    others = [s for s in slide.shapes if title is None or s.shape_id != title.shape_id]
    blocks = [f"## {heading}"] if heading else []
    for shape in _ordered(others, tally):
        try:
            blocks.append(_shape_text(shape, tally))
        except Exception as error:  # noqa: BLE001 (one shape costs itself alone)
            sections.leave_out(f"slide {number}: {one_line(shape.name)}", error)
    text = "\n\n".join(filter(None, blocks))
    for name, lines in (("comments", _comments(slide, tally)), ("speaker_notes", _notes(slide))):
        if lines:
            text += f"\n\n{_headed(name, text + lines[0])}\n\n" + "\n\n".join(lines)
    return text


def _headed(name: str, text: str) -> str:
    return f"{'#' * LEVEL} {label(name, text)}"


def _resolve_alternatives(root: Any) -> None:  # noqa: ANN401
    """Put the first of several forms of a shape in its place; python-pptx passes over them all."""
    for element in reversed([e for e in root.iter() if local_name(e) == "AlternateContent"]):
        forms = [*children(element, "Choice"), *children(element, "Fallback")]
        for kept in list(forms[0]) if forms else []:
            element.addprevious(kept)
        element.getparent().remove(element)


def _notes(slide: Any) -> list[str]:  # noqa: ANN401
    if not slide.has_notes_slide or slide.notes_slide.notes_text_frame is None:
        return []
    return list(filter(None, (slide.notes_slide.notes_text_frame.text.strip(),)))


def _comments(slide: Any, tally: _Tally) -> list[str]:  # noqa: ANN401
    """Return the comments on a slide, of the old and of the new kind."""
    from defusedxml.ElementTree import fromstring

    parts = [r.target_part for r in slide.part.rels.values() if r.reltype.endswith("/comments")]
    lines = []
    for part in filter(tally.first_time, parts):
        for element in descendants(fromstring(part.blob), "text", "txBody"):
            lines.append(
                (element.text or "") if local_name(element) == "text" else words_in(element)
            )
    return [line for line in map(one_line, lines) if line]


def _ordered(shapes: Iterable[Any], tally: _Tally, depth: int = 0) -> Iterator[Any]:
    """Yield shapes and those inside groups in the order in which they are read."""
    seen = [shape for shape in shapes if _is_seen(shape, tally)]
    for shape in _as_read(seen):
        inner = getattr(shape, "shapes", None)
        if inner is not None and depth < _MAX_GROUP_DEPTH:
            yield from _ordered(inner, tally, depth + 1)
        else:
            yield shape


def _is_seen(shape: Any, tally: _Tally) -> bool:  # noqa: ANN401
    """Whether a shape is to be read with its slide: not hidden, no picture, not at its foot."""
    kind = local_name(shape._element)
    named = next(descendants(shape._element, "cNvPr"), None)
    if value(named, "hidden") in ("1", "true"):
        tally.hidden_shapes += 1
        return False
    if kind == "pic":
        tally.pictures += 1
    elif shape.is_placeholder and shape.element.ph.get("type") == "ftr" and shape.has_text_frame:
        if foot := one_line(shape.text_frame.text):
            tally.feet[foot] = None
    elif not (shape.is_placeholder and shape.element.ph.get("type") in _ON_EVERY_SLIDE):
        return kind in ("sp", "grpSp", "graphicFrame")
    return False


def _as_read(shapes: Sequence[Any]) -> list[Any]:
    places = [(s.left, s.top, s.width, s.height) for s in shapes]
    if any(None in place for place in places):
        return list(shapes)
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height in places]
    return [shapes[at] for at in reading_order(boxes)]


def _shape_text(shape: Any, tally: _Tally) -> str:  # noqa: ANN401
    if getattr(shape, "has_table", False):
        return statements(_rows(shape.table))
    if local_name(shape._element) == "graphicFrame":
        return "\n\n".join(filter(None, _drawn(shape, tally)))
    if not shape.has_text_frame:
        return ""
    lines = [line for line in _lines(shape.text_frame.paragraphs) if line[2]]
    # Several paragraphs in one shape are its bullets.
    if len(lines) < 2:
        return "".join(f"{mark}{text}" for _, mark, text in lines)
    return "\n".join(f"{'  ' * level}{mark or '- '}{text}" for level, mark, text in lines)


def _rows(table: Any) -> list[list[str]]:  # noqa: ANN401
    """Return the rows of a table with its merged cells wherever they lie."""
    rows = [[cell.text.replace("\v", " ") for cell in row.cells] for row in table.rows]
    origins = [
        (i, j, cell)
        for i, row in enumerate(table.rows)
        for j, cell in enumerate(row.cells)
        if cell.is_merge_origin
    ]
    room = sum(map(len, rows))  # merged cells do not overlap
    for i, j, cell in origins:
        room -= len(rows[i : i + cell.span_height]) * len(rows[i][j : j + cell.span_width])
        if room < 0:
            break
        for row in rows[i : i + cell.span_height]:
            end = min(j + cell.span_width, len(row))
            row[j:end] = [rows[i][j], *[Merged(rows[i][j])] * (end - j - 1)]
    return rows


def _lines(paragraphs: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    """Yield the level, the automatic number and the text of each paragraph."""
    counts: dict[int, tuple[str, int]] = {}
    for paragraph in paragraphs:
        text = " ".join("".join(map(_words, paragraph._p)).split())
        numbered = child(child(paragraph._p, "pPr"), "buAutoNum")
        for deeper in [at for at in counts if at > paragraph.level]:
            del counts[deeper]
        mark = ""
        if numbered is None:
            if text:
                counts.pop(paragraph.level, None)
        elif text:
            kind, start = value(numbered, "type") or "", value(numbered, "startAt") or "1"
            before, last = counts.get(paragraph.level, ("", 0))
            number = last + 1 if before == kind else int(start[:5])
            counts[paragraph.level] = (kind, number)
            mark = _mark(kind, number)
        yield paragraph.level, mark, text


def _mark(kind: str, number: int) -> str:
    style = next((s for name, s in _NUMBERS.items() if kind.startswith(name)), "decimal")
    around = next((a for name, a in _AROUND.items() if kind.endswith(name)), "{}")
    return around.format(written(number, style) or number) + " "


def _words(piece: Any) -> str:  # noqa: ANN401
    """Return the text of a piece of a paragraph: a run, a field, a line break, an equation."""
    if local_name(piece) == "br":
        return " "
    if local_name(piece) == "m":  # holds equations, as a14:m
        return " ".join(map(as_line, piece))
    return (t.text or "") if (t := child(piece, "t")) is not None else ""


def _drawn(frame: Any, tally: _Tally) -> Iterator[str]:  # noqa: ANN401
    """Yield what a chart or a diagram is drawn from."""
    from defusedxml.ElementTree import fromstring

    for element in descendants(frame._element, "chart", "relIds", "oleObj"):
        name = local_name(element)
        if name == "oleObj":
            tally.embedded[element.get("progId") or "?"] += 1
            continue
        wanted = "id" if name == "chart" else "dm"
        identifier = next(v for k, v in element.items() if k.rpartition("}")[2] == wanted)
        part = frame.part.related_part(identifier)
        if not tally.first_time(part):
            continue
        root = fromstring(part.blob)
        if name == "relIds":
            lines = read_diagram(root)
            yield "\n".join(f"{'  ' * min(level, 9)}- {text}" for level, text in lines)
        else:
            chart = read_chart(root)
            yield chart.title
            yield from (statements(rows, heads=1) for rows in chart.tables)
