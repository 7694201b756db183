"""Word documents (docx): the text of their main part, and what stands beside it.

Notes are put behind the paragraph with their mark, comments and page headers at the end.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from xml.etree.ElementTree import Element

import regex

from index.reading.content import Content, printable
from index.reading.office import properties
from index.reading.office.archive import whole_document
from index.reading.office.charts import read_chart, read_diagram
from index.reading.office.labels import LEVEL, label
from index.reading.office.number_styles import written
from index.reading.office.numbering import Numbering, Styles, is_on
from index.reading.office.parts import (
    child,
    children,
    core_properties,
    descendants,
    local_name,
    part,
    targets,
    value,
)
from index.reading.office.word_story import (
    Block,
    Story,
    Surroundings,
    Tally,
    as_text,
    is_too_deep,
    value_of_relation,
)
from index.reading.sections import Sections

_LETTER = regex.compile(r"\p{L}")
_T = TypeVar("_T")
_Related = dict[str, tuple[str, str]]


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text and properties of a docx. Raises CorpusError when it is none or has a password.

    `encoding` does not matter: the format has its own.
    """
    with zipfile.ZipFile(whole_document(name, raw, sections)) as archive:
        stated = sections.read("docProps/core.xml", partial(core_properties, archive)) or {}
        document = _Document(archive, sections)
        text = document.text()
    return Content(
        printable(text),
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        file_date=properties.created(stated),
        notes=(*document.tally.notes, *sections.notes),
    )


@dataclass(slots=True)
class _Notes:
    """Footnotes or endnotes that are still to be told; `style` is that of their marks."""

    by_id: dict[str, Element]
    story: Story
    style: str
    told: int = 0

    def next(self, identifier: str) -> tuple[str, list[Block]] | None:
        """Return the mark of a note and its paragraphs, which begin with it; None after that."""
        element = self.by_id.pop(identifier, None)
        if element is None:
            return None
        self.told += 1
        mark = written(self.told, self.style) or str(self.told)
        first, *others = list(self.story.blocks(element)) or [Block("")]
        return mark, [Block(f"[{mark}] {first.text}".strip()), *others]


class _Document:
    """The parts of a document, each read by itself: a bad one costs itself alone."""

    def __init__(self, archive: zipfile.ZipFile, sections: Sections) -> None:
        self.tally = Tally()
        self._archive = archive
        self._sections = sections
        self._styles = Styles(None)
        self._notes: dict[str, _Notes] = {}
        self._drawn: set[str] = set()

    def text(self) -> str:
        """Return the text. Raises ValueError and what `part` does of the document's main part."""
        path = self._main_path()
        related = self._related(path)
        paths = {kind: target for kind, target in reversed(related.values())}
        self._styles = Styles(self._root(paths.get("styles")))
        root = part(self._archive, path)
        body = child(root, "body")
        if root is None or body is None or is_too_deep(root):
            raise ValueError("it holds no document, or one nested too deep")
        for kind, style in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            if beside := self._beside(paths.get(f"{kind}s")):
                notes, story = beside
                by_id = {value(e, "id") or "": e for e in children(notes, kind)}
                self._notes[kind] = _Notes(by_id, story, style)
        numbering = Numbering(self._root(paths.get("numbering")), self._styles)
        story = Story(self._styles, numbering, self.tally, self._around(related))
        text = as_text(story.blocks(body))
        asides = {
            "comments": self._comments(story.anchors, paths.get("comments")),
            "page_heads": self._page_heads(root, related, self._root(paths.get("settings"))),
        }
        for name, lines in asides.items():
            if lines:
                text += "\n\n".join(("", f"{'#' * LEVEL} {label(name, text)}", *lines))
        return text.strip("\n")

    def _main_path(self) -> str:
        paths = (path for kind, path in self._related("").values() if kind == "officeDocument")
        return next((p for p in paths if p in self._archive.namelist()), "word/document.xml")

    def _related(self, path: str) -> _Related:
        reading = partial(targets, self._archive, path)
        return self._sections.read(f"relations of {path}", reading) or {}

    def _root(self, path: str | None) -> Element | None:
        """Return a part other than the main one."""
        return self._sections.read(path, lambda: part(self._archive, path)) if path else None

    def _beside(self, path: str | None) -> tuple[Element, Story] | None:
        """Return another part than the main one that holds text, and what reads it."""
        root = self._root(path)
        if root is None or path is None:
            return None
        if is_too_deep(root):
            self._sections.leave_out(path)
            return None
        return root, Story(self._styles, None, self.tally, self._around(self._related(path)))

    def _around(self, related: _Related) -> Surroundings:
        def drawn(reading: Callable[[Element], _T], identifier: str) -> _T | None:
            _, path = related.get(identifier, ("", ""))
            if path in self._drawn:
                return None
            self._drawn.add(path)

            def read_part() -> _T:
                root = part(self._archive, path)
                if root is None:
                    raise ValueError("there is no such part")
                return reading(root)

            return self._sections.read(path or "chart", read_part)

        return Surroundings(
            chart=partial(drawn, read_chart),
            diagram=partial(drawn, read_diagram),
            note=lambda kind, identifier: (
                self._notes[kind].next(identifier) if kind in self._notes else None
            ),
        )

    def _comments(self, anchors: dict[str, str], path: str | None) -> list[str]:
        """Return each comment with its author and what it is on."""
        beside = self._beside(path)
        if beside is None:
            return []
        root, story = beside
        lines = []
        for comment in children(root, "comment"):
            text = " ".join(block.text for block in story.blocks(comment))
            author = value(comment, "author") or ""
            said = f"{author}: {text}" if author else text
            anchor = " ".join(anchors.get(value(comment, "id") or "", "").split())
            if text:
                lines.append(f"“{anchor}” – {said}" if anchor else said)
        return lines

    def _page_heads(self, root: Element, related: _Related, settings: Element | None) -> list[str]:
        """Return the lines of the page headers and footers that are shown, each once."""
        two_sided = is_on(child(settings, "evenAndOddHeaders"))
        paths: dict[str, None] = {}
        for section in descendants(root, "sectPr"):
            shown = {"default": True, "first": is_on(child(section, "titlePg")), "even": two_sided}
            for element in section:
                if local_name(element) in ("headerReference", "footerReference"):
                    _, path = related.get(value_of_relation(element, "id"), ("", ""))
                    if path and shown.get(value(element, "type") or "default"):
                        paths[path] = None
        heads = filter(None, map(self._beside, paths))
        lines = (block.text for head, story in heads for block in story.blocks(head))
        return list(dict.fromkeys(line for line in lines if _LETTER.search(line)))
