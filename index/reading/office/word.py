"""Word documents (docx), by way of HTML: headings, lists, tables, and what stands beside the text.

Notes are put behind the paragraph with their mark, comments and page headers at the end.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from xml.etree.ElementTree import Element, tostring

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
    words_in,
)
from index.reading.office.word_story import (
    HEADING,
    ITEM,
    PAGE_FIELD,
    PLAIN,
    Story,
    Surroundings,
    Tally,
    value_of_relation,
)
from index.reading.sections import Sections
from index.reading.text.markup import as_text

_STYLES = "\n".join(
    (
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => h2:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        "p[style-name='标题'] => h1:fresh",
        *(f"p.{HEADING}{level} => h{level}:fresh" for level in range(1, 7)),
        f"p.{ITEM} => item:fresh",
        f"p.{PLAIN} => p:fresh",
    )
)
_BETWEEN_ITEMS = "</item><item>"
_CHECKBOX = regex.compile(r'<input type="checkbox"( checked="checked")? ?/>')
_WORDS = frozenset({"t", "tab", "br", "instrText", "fldSimple"})
_LETTER = regex.compile(r"\p{L}")
_ANCHOR_CHARS = 80
_T = TypeVar("_T")


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return text and properties of a docx. Raises CorpusError when it is none or has a password.

    `encoding` does not matter: the format has its own.
    """
    with zipfile.ZipFile(whole_document(name, raw, sections)) as archive:
        stated = sections.read("docProps/core.xml", partial(core_properties, archive)) or {}
        document = _Document(archive, sections)
        simplified = document.simplified()
    try:
        text = _structured(simplified)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (the library's own, of every kind)
        sections.leave_out("headings, lists and tables", error)
        text = printable("\n\n".join(document.lines()))
    return Content(
        text,
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        file_date=properties.created(stated),
        notes=(*document.tally.notes, *sections.notes),
    )


def _structured(simplified: io.BytesIO) -> str:
    """Return the text of a docx with its headings, lists and tables."""
    import mammoth

    html: str = mammoth.convert_to_html(
        simplified,
        style_map=_STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
    ).value
    html = html.replace(_BETWEEN_ITEMS, "<br />").replace("item>", "p>")
    return as_text(printable(_CHECKBOX.sub(lambda found: "☒" if found[1] else "☐", html)))


@dataclass(slots=True)
class _Notes:
    """Footnotes or endnotes that are still to be told; `style` is that of their marks."""

    by_id: dict[str, Element]
    story: Story
    style: str
    told: int = 0

    def next(self, identifier: str) -> tuple[str, list[Element]] | None:
        """Return the mark of a note and its paragraphs, which begin with it; None after that."""
        element = self.by_id.pop(identifier, None)
        if element is None:
            return None
        self.told += 1
        mark = written(self.told, self.style) or str(self.told)
        first = child(element, "p")
        if first is not None:
            at = 0 if child(first, "pPr") is None else 1
            first.insert(at, self.story.run(f"[{mark}] "))
        return mark, list(element)


class _Document:
    """The parts of a document, each read by itself: a bad one costs itself alone."""

    def __init__(self, archive: zipfile.ZipFile, sections: Sections) -> None:
        self.tally = Tally()
        self._archive = archive
        self._sections = sections
        self._styles = Styles(None)
        self._notes: dict[str, _Notes] = {}
        self._drawn: set[str] = set()
        self._body: Element | None = None

    def lines(self) -> Iterator[str]:
        """Yield the paragraphs of what was simplified, without their structure."""
        return filter(None, _lines(self._body)) if self._body is not None else iter(())

    def simplified(self) -> io.BytesIO:
        """Return a docx of the same text, in what mammoth reads.

        Raises what `Story` and `part` do of the document's main part.
        """
        path = self._main_path()
        related = self._related(path)
        paths = {kind: target for kind, target in reversed(related.values())}
        styles, numbering = (self._root(paths.get(kind)) for kind in ("styles", "numbering"))
        self._styles = Styles(styles)
        root = part(self._archive, path)
        body = child(root, "body")
        if root is None or body is None:
            raise ValueError("it holds no document")
        for kind, style in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            if story := self._story(paths.get(f"{kind}s")):
                by_id = {value(e, "id") or "": e for e in children(story.root, kind)}
                self._notes[kind] = _Notes(by_id, story, style)
        story = Story(root, self._styles, self.tally)
        story.simplify(self._around(related))
        text = words_in(body)
        asides = {
            "comments": self._comments(body, paths.get("comments")),
            "page_heads": self._page_heads(root, related, self._root(paths.get("settings"))),
        }
        story.number(Numbering(numbering, self._styles))
        self._body = body
        for name, lines in asides.items():
            if lines:
                body.append(story.paragraph(label(name, text), f"{HEADING}{LEVEL}"))
                body.extend(map(story.paragraph, lines))
        return _zipped({"document": root, "styles": styles, "numbering": _unlinked(numbering)})

    def _main_path(self) -> str:
        paths = (path for kind, path in self._related("").values() if kind == "officeDocument")
        return next((p for p in paths if p in self._archive.namelist()), "word/document.xml")

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        return (
            self._sections.read(f"relations of {path}", lambda: targets(self._archive, path)) or {}
        )

    def _root(self, path: str | None) -> Element | None:
        return self._sections.read(path, lambda: part(self._archive, path)) if path else None

    def _story(self, path: str | None) -> Story | None:
        """Return another part than the main one, simplified."""
        root = self._root(path)
        if root is None or path is None:
            return None
        related = self._related(path)
        story = self._sections.read(path, lambda: Story(root, self._styles, self.tally))
        if story:
            story.simplify(self._around(related))
        return story

    def _around(self, related: dict[str, tuple[str, str]]) -> Surroundings:
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

    def _comments(self, body: Element, path: str | None) -> list[str]:
        """Return each comment with its author and what it is on."""
        story = self._story(path)
        if story is None:
            return []
        anchors = _anchors(body)
        lines = []
        for comment in children(story.root, "comment"):
            text = " ".join(filter(None, _lines(comment)))
            author = value(comment, "author") or ""
            said = f"{author}: {text}" if author else text
            anchor = anchors.get(value(comment, "id") or "", "")
            if text:
                lines.append(f"“{anchor}” – {said}" if anchor else said)
        return lines

    def _page_heads(
        self, root: Element, related: dict[str, tuple[str, str]], settings: Element | None
    ) -> list[str]:
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
        stories = filter(None, map(self._story, paths))
        lines = (line for story in stories for line in _lines(story.root))
        return list(dict.fromkeys(line for line in lines if _LETTER.search(line)))


def _anchors(body: Element) -> dict[str, str]:
    """Return the beginning of what each comment is on, by the comment's id."""
    anchors: dict[str, str] = {}
    open_ones: dict[str, None] = {}
    for element in body.iter():
        name = local_name(element)
        if name == "commentRangeStart":
            identifier = value(element, "id") or ""
            anchors[identifier], open_ones[identifier] = "", None
        elif name == "commentRangeEnd":
            open_ones.pop(value(element, "id") or "", None)
        elif open_ones and (text := " " if name == "p" else name == "t" and element.text):
            for identifier in list(open_ones):
                anchors[identifier] += text
                if len(anchors[identifier]) > _ANCHOR_CHARS:
                    anchors[identifier] = anchors[identifier][:_ANCHOR_CHARS] + "…"
                    del open_ones[identifier]
    return {identifier: " ".join(anchor.split()) for identifier, anchor in anchors.items()}


def _lines(root: Element) -> Iterator[str]:
    """Yield the text of each paragraph; between tabs, what tells the number of the page is not."""
    for paragraph in descendants(root, "p"):
        pieces, pages = [""], set()
        for element in (e for run in paragraph for e in _words(run)):
            name = local_name(element)
            if name == "tab":
                pieces.append("")
            elif name == "t":
                pieces[-1] += element.text or ""
            elif name == "br":
                pieces[-1] += " "
            elif PAGE_FIELD.match(element.text or value(element, "instr") or ""):
                pages.add(len(pieces) - 1)
        kept = (" ".join(p.split()) for at, p in enumerate(pieces) if at not in pages)
        yield "  ".join(filter(None, kept))


def _words(run: Element) -> Iterator[Element]:
    """Yield what in a run, or what holds runs, is text, parts it, or is a field."""
    if local_name(run) != "pPr":  # which says where tabs stop, and holds none
        yield from descendants(run, *_WORDS)


def _unlinked(numbering: Element | None) -> Element | None:
    """Return the lists without what styles they are for: each paragraph now says its list."""
    for level in () if numbering is None else numbering.iter():
        for link in list(children(level, "pStyle")):
            level.remove(link)
    return numbering


def _zipped(roots: dict[str, Element | None]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, root in roots.items():
            if root is not None:
                archive.writestr(f"word/{name}.xml", tostring(root, "utf-8"))
    file.seek(0)
    return file
