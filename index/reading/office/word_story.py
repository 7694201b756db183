"""The XML of a Word document -> the same text in the plainest XML, for mammoth to make HTML of.

What mammoth passes over (text boxes, charts, diagrams, equations, automatic numbers) becomes
ordinary paragraphs and tables; what a reader of the page does not see (deleted and hidden text)
goes out and is counted. ECMA-376 part 1, 17.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import regex

from index.notes import Note
from index.reading.content import noted
from index.reading.office.charts import Chart
from index.reading.office.equations import as_line
from index.reading.office.numbering import Bullet, Number, Numbering, Styles, is_on
from index.reading.office.parts import child, children, descendants, local_name, value, words_in

HEADING, ITEM, PLAIN = "wenzhengHeading", "wenzhengItem", "wenzhengPlain"
"""Ids of styles of paragraphs: of headings (with a level 1–6), of numbered items, of others."""

MAX_DEPTH = 256
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARKERS = frozenset(
    {"bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "softHyphen"}
    | {"lastRenderedPageBreak", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart"}
    | {"moveToRangeEnd", "sdtPr", "sdtEndPr", "tblPrEx"}
)
_HOLDERS = {"customXml": "", "smartTag": "", "dir": "", "bdo": "", "oMathPara": ""}
_HOLDERS |= {"sdt": "sdtContent", "ruby": "rubyBase"}
"""What only holds the text, and the name of the child that has it, "" for itself."""
_INSERTED, _DELETED = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_RESOLVED = _MARKERS | _HOLDERS.keys() | _INSERTED | _DELETED | {"tr"}
_RESOLVED |= {"AlternateContent", "oMath", "fldSimple"}
PAGE_FIELD = regex.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
"""The code of a field that tells the number of a page or of all pages."""
_RENAMED = {"cr": "br", "ptab": "tab"}
_DRAWN = frozenset({"drawing", "pict", "object"})
_TELLING = frozenset({"t", "chart", "relIds", "oMath"})
_SOLID_MARKS = ("、", "）", "．", "：", "】", "〕")
_ITEM_NUMBER = regex.compile(
    r"\d{1,3}[.)、．）]|[(（](?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）]|[a-zA-Z][.)]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]"
)
"""Numbers of short items, which stand line by line; others (第三条, 1.2.3) begin a paragraph."""


@dataclass(slots=True)
class Tally:
    """What was dropped or changed on the way, to be told to the user."""

    inserted: int = 0
    deleted: int = 0
    hidden_chars: int = 0
    pictures: int = 0
    unread_numbers: int = 0
    embedded: Counter[str] = field(default_factory=Counter)

    @property
    def notes(self) -> Iterator[Note]:
        """What the user should know."""
        changed = self.inserted or self.deleted
        return noted(
            ("tracked", f"+{self.inserted}, −{self.deleted}" if changed else ""),
            ("hidden_text", self.hidden_chars),
            ("numbers_unread", self.unread_numbers),
            ("pictures", self.pictures),
            ("embedded", self.embedded),
        )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a part refers to: each gives None for what cannot be read or was given before."""

    chart: Callable[[str], Chart | None]
    diagram: Callable[[str], list[tuple[int, str]] | None]
    note: Callable[[str, str], tuple[str, list[Element]] | None]


class Story:
    """A part of a document that holds text: its body, a note, a comment, a header."""

    def __init__(self, root: Element, styles: Styles, tally: Tally) -> None:
        """Raises ValueError for elements nested deeper than any program writes them."""
        self.root = root
        self._space = str(root.tag).rpartition("}")[0] + "}"
        self._styles = styles
        self._tally = tally
        if _depth(root) > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")

    def simplify(self, around: Surroundings) -> None:
        """Leave paragraphs, runs and tables alone in it."""
        self._unwrap()
        self._take_out_hidden()
        self._take_out_drawings(around)

    def number(self, numbering: Numbering) -> None:
        """Write out the numbers of all paragraphs, which are in their final order."""
        for paragraph in list(self._all("p")):
            properties = child(paragraph, "pPr")
            if is_on(child(child(properties, "rPr"), "del")) is not None:
                continue  # its text joins the next one's
            number = numbering.next(properties)
            style = self._heading_style(properties)
            if number is not None or style is not None:
                self._write_number(paragraph, number, style)

    def _write_number(
        self, paragraph: Element, number: Number | Bullet | None, style: str | None
    ) -> None:
        properties = self._properties(paragraph)
        for old in list(children(properties, "numPr")):
            properties.remove(old)
        if isinstance(number, Bullet):
            properties.append(self._list_place(number))
        elif number is not None:
            self._tally.unread_numbers += number.text is None
            text = number.text or ""
            style = style or (ITEM if _ITEM_NUMBER.fullmatch(text) else PLAIN)
            gap = "" if text.endswith(_SOLID_MARKS) else number.follows
            if text:
                paragraph.insert(list(paragraph).index(properties) + 1, self.run(text + gap))
        if style:
            self._set_style(properties, style)

    def paragraph(self, text: str, style: str = "") -> Element:
        """Return a new paragraph."""
        element = Element(self._name("p"))
        if style:
            self._set_style(self._properties(element), style)
        element.append(self.run(text))
        return element

    def run(self, text: str) -> Element:
        """Return a new run of text."""
        run, words = Element(self._name("r")), Element(self._name("t"), {_XML_SPACE: "preserve"})
        words.text = text
        run.append(words)
        return run

    def _name(self, local: str) -> str:
        return self._space + local

    def _all(self, *local: str) -> Iterator[Element]:
        names = {self._name(name) for name in local}
        return (e for e in self.root.iter() if e.tag in names)

    def _properties(self, paragraph: Element) -> Element:
        found = child(paragraph, "pPr")
        if found is None:
            found = Element(self._name("pPr"))
            paragraph.insert(0, found)
        return found

    def _set_style(self, properties: Element, style: str) -> None:
        for old in list(children(properties, "pStyle")):
            properties.remove(old)
        properties.insert(0, Element(self._name("pStyle"), {self._name("val"): style}))

    def _list_place(self, bullet: Bullet) -> Element:
        place = Element(self._name("numPr"))
        for name, number in (("ilvl", str(bullet.level)), ("numId", bullet.list_id)):
            place.append(Element(self._name(name), {self._name("val"): number}))
        return place

    def _heading_style(self, properties: Element | None) -> str | None:
        """Return our style for a paragraph that is a heading by its level in the outline."""
        stated = value(child(properties, "outlineLvl"))
        level = (
            int(stated)
            if stated and stated.isdecimal() and len(stated) == 1
            else self._styles.outline_level(value(child(properties, "pStyle")))
        )
        return f"{HEADING}{level + 1}" if level is not None and level < 6 else None

    def _unwrap(self) -> None:
        """Resolve alternatives, containers and tracked changes, the innermost first."""
        for element in reversed(list(self.root.iter())):
            name = local_name(element)
            if name in _RENAMED:
                element.tag = self._name(_RENAMED[name])
            elif name == "tr":
                self._fill_row(element)
            if any(local_name(e) in _RESOLVED for e in element):
                element[:] = [kept for e in element for kept in self._instead(e)]

    def _instead(self, element: Element) -> list[Element]:
        """Return what is to stand in the place of an element."""
        name = local_name(element)
        if name in _MARKERS:
            return []
        if name in _HOLDERS:
            held = element if _HOLDERS[name] == "" else child(element, _HOLDERS[name])
            return [] if held is None else list(held)
        if name == "AlternateContent":
            return _chosen(element)
        if name == "oMath":
            return [self.run(as_line(element))]
        if name == "fldSimple" and not PAGE_FIELD.match(value(element, "instr") or ""):
            return list(element)
        return self._accepted(element)

    def _accepted(self, element: Element) -> list[Element]:
        """Return what is left of an element when tracked changes are accepted."""
        name = local_name(element)
        if name == "tr" and child(child(element, "trPr"), "del") is not None:
            self._tally.deleted += 1
            return []
        if len(element) == 0 or name not in _INSERTED | _DELETED:
            return [element]  # an empty one says of a paragraph's end or a row that it is new
        if name in _INSERTED:
            self._tally.inserted += 1
            return list(element)
        self._tally.deleted += 1
        return []

    def _fill_row(self, row: Element) -> None:
        """Give a row that begins further right, or is new, the cells that it has not."""
        properties = child(row, "trPr")
        before = value(child(properties, "gridBefore")) or ""
        if child(properties, "ins") is not None:
            self._tally.inserted += 1
        if before.isdecimal() and 0 < int(before[:3]) < 64:
            at = next((i for i, e in enumerate(row) if local_name(e) == "tc"), len(row))
            for _ in range(int(before[:3])):
                row.insert(at, self._cell(""))

    def _take_out_hidden(self) -> None:
        for paragraph in self._all("p"):
            by_style = self._styles.is_hidden(value(child(child(paragraph, "pPr"), "pStyle")))
            for parent in [paragraph, *(e for e in paragraph if local_name(e) != "pPr")]:
                hidden = [r for r in children(parent, "r") if self._is_hidden(r, by_style)]
                if hidden:
                    gone = set(hidden)
                    parent[:] = [e for e in parent if e not in gone]
                    self._tally.hidden_chars += sum(len(words_in(run)) for run in hidden)

    def _is_hidden(self, run: Element, by_style: bool) -> bool:
        properties = child(run, "rPr")
        stated = is_on(child(properties, "vanish"))
        if stated is not None:
            return stated
        style = value(child(properties, "rStyle"))
        return by_style or self._styles.is_hidden(style)

    def _take_out_drawings(self, around: Surroundings) -> None:
        """Put what drawings hold, and notes, behind the paragraphs that they stand in."""
        parents = {inner: outer for outer in self.root.iter() for inner in outer}
        behind: dict[Element, list[list[Element]]] = {}
        notes = self._marked_notes(around)
        # From the end, so that what stands in a text box has been dealt with when the box is.
        for element in reversed(list(self.root.iter())):
            if any(inner in behind for inner in element):
                element[:] = [
                    e for inner in element for e in (inner, *_in_order(behind.pop(inner, ())))
                ]
            blocks = notes[element] if element in notes else self._drawn(element, around)
            if (
                blocks
                and (place := self._place(element, parents, outermost=element in notes)) is not None
            ):
                behind.setdefault(place, []).append(blocks)
        self._count_drawings()
        for element in self.root.iter():
            if any(local_name(e) in _DRAWN for e in element):
                element[:] = [e for e in element if local_name(e) not in _DRAWN]

    def _marked_notes(self, around: Surroundings) -> dict[Element, list[Element]]:
        """Make text of the marks of notes; return the notes by their marks."""
        notes = {}
        for element in list(self._all("footnoteReference", "endnoteReference")):
            kind = local_name(element).removesuffix("Reference")
            if note := around.note(kind, value(element, "id") or ""):
                mark, notes[element] = note
                element.tag, element.text = self._name("t"), f"[{mark}]"
        return notes

    def _place(
        self, element: Element, parents: dict[Element, Element], *, outermost: bool
    ) -> Element | None:
        """Return the paragraph that an element is in, or what of the body it is in."""
        above: Element | None = element
        found = None
        body = (self._name("body"), self.root.tag)
        while above is not None:
            outer = parents.get(above)
            if above.tag == self._name("p"):
                found = above
                if not outermost:
                    return found
            if outer is not None and outer.tag in body:
                return above if outermost else found
            above = outer
        return found

    def _count_drawings(self) -> None:
        for element in self.root.iter():
            name = local_name(element)
            if name == "OLEObject":
                self._tally.embedded[element.get("ProgID") or "?"] += 1
                self._tally.pictures -= 1  # the one that stands for it
            elif name == "altChunk":
                self._tally.embedded["altChunk"] += 1
            elif name in ("pic", "imagedata"):
                self._tally.pictures += 1
            elif name == "hyperlink":
                element.attrib.clear()

    def _drawn(self, element: Element, around: Surroundings) -> list[Element]:
        """Return what a text box, a chart or a diagram holds, as paragraphs and tables."""
        name = local_name(element)
        if name == "txbxContent":
            blocks = list(element)
            element.clear()
            return blocks
        if name == "relIds":
            lines = around.diagram(value_of_relation(element, "dm")) or []
            return [self.paragraph(text) for _, text in lines]
        chart = around.chart(value_of_relation(element, "id")) if name == "chart" else None
        if chart is None:
            return []
        title = [self.paragraph(chart.title)] if chart.title else []
        return title + [self._table(rows) for rows in chart.tables]

    def _table(self, rows: Sequence[Sequence[str]]) -> Element:
        table = Element(self._name("tbl"))
        for number, cells in enumerate(rows):
            row = Element(self._name("tr"))
            if number == 0:
                properties = Element(self._name("trPr"))
                properties.append(Element(self._name("tblHeader")))
                row.append(properties)
            row.extend(map(self._cell, cells))
            table.append(row)
        return table

    def _cell(self, text: str) -> Element:
        cell = Element(self._name("tc"))
        cell.append(self.paragraph(text))
        return cell


def value_of_relation(element: Element, name: str) -> str:
    """Return an attribute that refers to another part, of whatever namespace."""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == name), "")


def _chosen(alternatives: Element) -> list[Element]:
    """Return the first of several forms of the same content that holds something to read."""
    forms = [*children(alternatives, "Choice"), *children(alternatives, "Fallback")]
    telling = (f for f in forms if next(descendants(f, *_TELLING), None) is not None)
    # A picture of a chart of a newer kind says less than the chart.
    form = next(telling, forms[-1] if forms else None)
    return [] if form is None else list(form)


def _in_order(groups: Iterable[list[Element]]) -> Iterator[Element]:
    """Yield the blocks of groups that were gathered from the end."""
    return (block for group in reversed(list(groups)) for block in group)


def _depth(root: Element) -> int:
    """Return how deep elements are nested, or MAX_DEPTH + 1 for more than that."""
    level, row = 0, [root]
    while row and level <= MAX_DEPTH:
        level += 1
        row = [inner for outer in row for inner in outer]
    return level
