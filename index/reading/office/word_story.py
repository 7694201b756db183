"""The XML of a Word document -> its text: paragraphs, headings, lists, tables, in their order.

What a reader of the page sees: tracked changes are accepted, hidden text is left out, numbers that
Word makes are written out. What a paragraph only holds or refers to (text boxes, charts, diagrams,
notes) stands behind it. ECMA-376 part 1, 17.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

import regex

from index.notes import Note
from index.reading.content import noted
from index.reading.office.charts import Chart
from index.reading.office.equations import as_line
from index.reading.office.numbering import Bullet, Numbering, Styles, is_on
from index.reading.office.parts import child, children, descendants, local_name, value, words_in
from index.reading.tables.tables import Merged, statements

MAX_DEPTH = 256
_HOLDERS = {
    **dict.fromkeys(("customXml", "smartTag", "dir", "bdo", "hyperlink", "oMathPara"), ""),
    **{"fldSimple": "", "sdt": "sdtContent", "ruby": "rubyBase"},
}
"""What only holds the text, and the name of the child that has it, "" for itself."""
_INSERTED, _DELETED = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_PAGE_FIELD = regex.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_PAGE_NUMBER = "\f"
"""Stands in the text for a field that tells the number of a page or of all pages."""
_TELLING = frozenset({"t", "chart", "relIds", "oMath"})
_SIGNS = {"t": "", "tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011"}
_SYMBOLS = {"FE": "☑", "FD": "☒", "A8": "☐", "6F": "☐", "FC": "✓", "FB": "✗", "E0": "→"}
"""Of Wingdings, what forms and lists are marked with."""
_SPACE = regex.compile(r"[ \t\r]+")
_SOLID_MARKS = ("、", "）", "．", "：", "】", "〕")
_ITEM_NUMBER = regex.compile(
    r"\d{1,3}[.)、．）]|[(（](?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）]|[a-zA-Z][.)]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]"
)
"""Numbers of short items, which stand line by line; others (第三条, 1.2.3) begin a paragraph."""
_BOX_CHARS = 80
"""In a table of a single row, cells longer than this are columns of a page."""
_ANCHOR_CHARS = 80
_MOST_COLUMNS = 63


class Block(NamedTuple):
    """A paragraph, or a whole table, as text. Those of a kind "bullet" or "item" stand in lists."""

    text: str
    kind: str = ""


def as_text(blocks: Iterable[Block]) -> str:
    """Return blocks as one text: items line by line, all else parted by empty lines."""
    parts: list[str] = []
    last = ""
    for block in blocks:
        gap = "\n" if block.kind == last and last in ("bullet", "item") else "\n\n"
        parts += (gap if parts else "", block.text)
        last = block.kind
    return "".join(parts)


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
    note: Callable[[str, str], tuple[str, list[Block]] | None]


class Story:
    """A part of a document that holds text: its body, its notes, comments, a header.

    `anchors` are the beginnings of what comments are on, by their ids.
    """

    def __init__(
        self, styles: Styles, numbering: Numbering | None, tally: Tally, around: Surroundings
    ) -> None:
        """Read nothing yet; without `numbering`, no numbers are written before paragraphs."""
        self.anchors: dict[str, str] = {}
        self._styles, self._numbering, self._tally, self._around = styles, numbering, tally, around
        self._open: set[str] = set()
        self._joins: list[str] = []
        self._behind: list[Block] = []
        self._notes: list[Block] = []
        self._tables = 0

    def blocks(self, element: Element) -> Iterator[Block]:
        """Yield the paragraphs and tables of an element that holds such."""
        for inner in self._held(element):
            name = local_name(inner)
            if name == "p":
                yield from self._paragraph(inner)
            elif name == "tbl":
                self._tables += 1
                yield from self._table(inner)
                self._tables -= 1
            elif name == "altChunk":
                self._tally.embedded[name] += 1
            else:
                self._mark(inner)
            if self._notes and not self._tables:
                yield from self._notes
                self._notes = []

    # What holds the text

    def _held(self, element: Element) -> Iterator[Element]:
        """Yield what an element holds: containers are opened, tracked changes accepted."""
        for inner in element:
            name = local_name(inner)
            if name in _INSERTED and len(inner):
                self._tally.inserted += 1
                yield from self._held(inner)
            elif name in _DELETED and len(inner):
                self._tally.deleted += 1
            elif name == "AlternateContent":
                chosen = _chosen(inner)
                yield from () if chosen is None else self._held(chosen)
            elif name in _HOLDERS:
                if _PAGE_FIELD.match(value(inner, "instr") or ""):
                    yield Element("instrText", {"code": "PAGE"})
                    continue
                held = inner if _HOLDERS[name] == "" else child(inner, _HOLDERS[name])
                yield from () if held is None else self._held(held)
            else:
                yield inner

    def _mark(self, element: Element) -> None:
        """Note where a comment's range begins or ends."""
        identifier = value(element, "id") or ""
        if local_name(element) == "commentRangeStart":
            self.anchors.setdefault(identifier, "")
            self._open.add(identifier)
        elif local_name(element) == "commentRangeEnd":
            self._open.discard(identifier)

    def _anchor(self, text: str) -> None:
        for identifier in list(self._open) if text else ():
            self.anchors[identifier] += text
            if len(self.anchors[identifier]) > _ANCHOR_CHARS:
                self.anchors[identifier] = self.anchors[identifier][:_ANCHOR_CHARS] + "…"
                self._open.remove(identifier)

    # Paragraphs

    def _paragraph(self, element: Element) -> Iterator[Block]:
        properties = child(element, "pPr")
        behind, self._behind = self._behind, []
        hidden = self._styles.is_hidden(value(child(properties, "pStyle")))
        words, self._joins = self._joins, []
        words.extend(self._words(element, hidden=hidden))
        self._anchor(" ")
        # Where its end is deleted, the next one goes on with it.
        is_joined = is_on(child(child(properties, "rPr"), "del")) is not None
        self._joins = words if is_joined else []
        block = self._numbered(properties, self._shown("".join(words))) if not is_joined else None
        if block and block.text.strip("# "):
            yield block
        yield from self._behind
        self._behind = behind

    def _shown(self, text: str) -> str:
        """Return a text as it is read; in heads of pages, without what tells a page's number."""
        if self._numbering is None:
            text = "\t".join(part for part in text.split("\t") if _PAGE_NUMBER not in part)
        lines = _SPACE.sub(" ", text.replace(_PAGE_NUMBER, "")).split("\n")
        return "\n".join(filter(None, (line.strip(" ") for line in lines)))

    def _numbered(self, properties: Element | None, text: str) -> Block:
        """Return a paragraph with the mark of its heading or list, and the number Word makes."""
        number = self._numbering.next(properties) if self._numbering else None
        level = self._styles.heading_level(properties)
        if isinstance(number, Bullet):
            if level is None and text:
                indent = "  " * number.level
                return Block(f"{indent}- {text.replace(chr(10), f'{chr(10)}{indent}  ')}", "bullet")
        elif number is not None and (text or number.text is None):
            self._tally.unread_numbers += number.text is None
            kind = "item" if _ITEM_NUMBER.fullmatch(number.text or "") else ""
            gap = "" if (number.text or "").endswith(_SOLID_MARKS) else number.follows
            text = f"{number.text}{gap}{text}" if number.text else text
            if level is None:
                return Block(text, kind)
        return Block(text) if level is None else Block(f"{'#' * level} {' '.join(text.split())}")

    def _words(self, element: Element, *, hidden: bool) -> Iterator[str]:
        """Yield the text of a paragraph or a run; drawings and notes go behind it."""
        for inner in self._held(element):
            name = local_name(inner)
            if name == "r":
                yield from self._run(inner, hidden=hidden)
            elif name == "oMath":
                yield as_line(inner)
            elif name == "instrText":
                is_page = inner.get("code") or _PAGE_FIELD.match(inner.text or "")
                yield _PAGE_NUMBER if is_page else ""
            else:
                self._mark(inner)

    def _run(self, run: Element, *, hidden: bool) -> Iterator[str]:
        properties = child(run, "rPr")
        stated = is_on(child(properties, "vanish"))
        by_style = hidden or self._styles.is_hidden(value(child(properties, "rStyle")))
        if by_style if stated is None else stated:
            self._tally.hidden_chars += len(words_in(run))
            return
        for inner in self._held(run):
            if local_name(inner) == "r":  # below a ruby
                yield from self._run(inner, hidden=hidden)
            else:
                text = self._sign(inner)
                self._anchor(text)
                yield text

    def _sign(self, element: Element) -> str:
        """Return the text of what a run holds, "" for what has none or is written elsewhere."""
        name = local_name(element)
        if name in _SIGNS:
            return _SIGNS[name] or element.text or ""
        if name == "br":
            return "" if value(element, "type") in ("page", "column") else "\n"
        if name == "sym":
            return _SYMBOLS.get((value(element, "char") or "")[-2:].upper(), "")
        if name == "instrText":
            return _PAGE_NUMBER if _PAGE_FIELD.match(element.text or "") else ""
        if name == "fldChar" and (box := next(descendants(element, "checkBox"), None)) is not None:
            checked = is_on(child(box, "checked"))
            return "☒" if (is_on(child(box, "default")) if checked is None else checked) else "☐"
        if name in ("footnoteReference", "endnoteReference"):
            note = self._around.note(name.removesuffix("Reference"), value(element, "id") or "")
            self._notes += note[1] if note else ()
            return f"[{note[0]}]" if note else ""
        if name in ("drawing", "pict", "object"):
            self._draw(element)
        return ""

    def _draw(self, element: Element) -> None:
        """Put what a text box, a chart or a diagram holds behind the paragraph that it is in."""
        for inner in self._held(element):
            name = local_name(inner)
            if name == "txbxContent":
                self._behind += list(self.blocks(inner))
            elif name == "relIds":
                lines = self._around.diagram(value_of_relation(inner, "dm")) or []
                self._behind += [Block(text) for _, text in lines]
            elif name == "chart":
                chart = self._around.chart(value_of_relation(inner, "id"))
                tables = [statements(rows, heads=1) for rows in chart.tables] if chart else []
                self._behind += [Block(t) for t in (chart.title if chart else "", *tables) if t]
            elif name == "OLEObject":
                self._tally.embedded[inner.get("ProgID") or "?"] += 1
                self._tally.pictures -= 1  # the one that stands for it
            elif name in ("pic", "imagedata"):
                self._tally.pictures += 1
            else:
                self._draw(inner)

    # Tables

    def _table(self, table: Element) -> Iterator[Block]:
        rows = [row for row in self._held(table) if local_name(row) == "tr"]
        grid: list[list[str]] = []
        held: list[Block] = []
        heads = 0
        for row in rows:
            properties = child(row, "trPr")
            self._tally.inserted += child(properties, "ins") is not None
            if child(properties, "del") is not None:
                self._tally.deleted += 1
                continue
            heads += heads == len(grid) and bool(is_on(child(properties, "tblHeader")))
            cells = [""] * _count(child(properties, "gridBefore"))
            for cell in (cell for cell in self._held(row) if local_name(cell) == "tc"):
                blocks = list(self.blocks(cell))
                held += blocks
                cells += self._cells(cell, blocks, grid[-1][len(cells) :] if grid else [])
            grid.append(cells)
        if _is_layout(grid, held):
            yield from held
        elif text := statements(grid, heads=heads if 0 < heads < len(grid) else None):
            yield Block(text, "table")

    def _cells(self, cell: Element, blocks: list[Block], above: list[str]) -> list[str]:
        """Return a cell as often as it is wide; merged with the one above, it says the same."""
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        wide = max(_count(child(properties, "gridSpan")), 1)
        if merged is not None and value(merged) != "restart" and len(above) >= wide:
            return above[:wide]
        lines = (line for block in blocks for line in block.text.split("\n"))
        text = " ".join(regex.sub(r"^\s*- ", "• ", line).strip("# ") for line in lines)
        return [text, *[Merged(text)] * (wide - 1)]


def _is_layout(grid: list[list[str]], held: list[Block]) -> bool:
    """Whether a table is there for the looks of a page: what it holds is read cell by cell."""
    chars = sum(len(block.text) for block in held)
    inner = sum(len(block.text) for block in held if block.kind == "table")
    full = [row for row in grid if any(row)]
    return (
        len(held) < 2
        or max(map(len, grid)) == 1
        or any(block.text.startswith("#") for block in held)
        or inner * 2 > chars
        or (len(full) == 1 and any(len(cell) > _BOX_CHARS for cell in full[0]))
    )


def _count(element: Element | None) -> int:
    stated = value(element) or ""
    return min(int(stated), _MOST_COLUMNS) if stated.isdecimal() and len(stated) < 8 else 0


def value_of_relation(element: Element, name: str) -> str:
    """Return an attribute that refers to another part, of whatever namespace."""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == name), "")


def _chosen(alternatives: Element) -> Element | None:
    """Return the first of several forms of the same content that holds something to read."""
    forms = [*children(alternatives, "Choice"), *children(alternatives, "Fallback")]
    telling = (f for f in forms if next(descendants(f, *_TELLING), None) is not None)
    # A picture of a chart of a newer kind says less than the chart.
    return next(telling, forms[-1] if forms else None)


def is_too_deep(root: Element) -> bool:
    """Whether elements are nested deeper than any program writes them."""
    level, row = 0, [root]
    while row and level <= MAX_DEPTH:
        level += 1
        row = [inner for outer in row for inner in outer]
    return level > MAX_DEPTH
