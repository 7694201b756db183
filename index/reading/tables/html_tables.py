"""Tables of HTML -> paragraphs and lists, so that whatever turns HTML into text reads them right.

Each row becomes an item with the heads of its cells (`index/reading/tables/tables.py`). Tables that
only lay out a page become blocks of text.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest
from typing import Any

from index.reading.tables.tables import Merged, statements

_MAX_COLUMN_SPAN = 1000
"""As browsers have it (HTML, 4.9.12)."""
_MAX_CELLS = 1_000_000
"""Once a table has more, cells are read only where they begin: wide spans are cheap to write."""
_MAX_INNER = 2
"""Tables within tables deeper than this lay out a page."""
_CELLS = ("td", "th")
_PARTS = ("thead", "tbody", "tfoot")
_ORDER = {"thead": 0, "tfoot": 2}
_BLOCKS = """
    address article aside blockquote br caption dd div dl dt figcaption figure footer h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul
"""
_BLOCK_SET = frozenset(_BLOCKS.split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOX_CHARS = 80
"""In a table of a single row, cells longer than this are columns of a page."""
_LINKED = 0.9
"""A table without heads and with so much of its text in links is a menu."""

_Element = Any  # lxml is untyped


@dataclass(frozen=True, slots=True)
class _Cell:
    element: _Element
    text: str

    @property
    def is_head(self) -> bool:
        return bool(self.element.tag == "th")

    def span(self, name: str) -> int:
        """Return over how many columns or rows the cell reaches; 0 stands for all of them."""
        stated = (self.element.get(name) or "").strip()
        return int(stated[:9]) if stated.isascii() and stated.isdigit() else 1


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of cells; `part` is the number of the part of the table that it is in."""

    cells: Sequence[_Cell]
    part: int
    in_head: bool

    @property
    def is_head(self) -> bool:
        heads = sum(cell.is_head for cell in self.cells)
        only = all(cell.is_head or not cell.text for cell in self.cells)
        return self.in_head or (only and heads > 1)

    @property
    def is_title(self) -> bool:
        """Whether the row is a single head, over all columns or the first."""
        said = [cell for cell in self.cells if cell.text]
        return len(said) == 1 and said[0].is_head and said[0] is self.cells[0]


def rewrite_tables(tree: _Element) -> None:
    """Put paragraphs and lists in the place of tables of data, blocks in that of others.

    `tree` is changed. Inner tables become lists within the cells of outer ones.
    """
    inner: dict[_Element, int] = defaultdict(int)  # how deep tables are nested in a table
    inner_chars: dict[_Element, int] = defaultdict(int)
    for table in reversed(list(tree.iter("table"))):
        rows = _rows(table) if inner[table] <= _MAX_INNER else []
        chars = sum(len(cell.text) for row in rows for cell in row.cells)
        outer = next(table.iterancestors("table"), None)
        if outer is not None:
            inner[outer] = max(inner[outer], inner[table] + 1)
            inner_chars[outer] += chars
        if not rows or _is_layout(table, rows) or inner_chars[table] * 2 > chars:
            _unwrap(table)
        else:
            _replace(table, list(_as_list(table, rows)))


def _rows(table: _Element) -> list[_Row]:
    """Return the rows in the order in which browsers show them: the table's head is the first."""
    found: list[_Row] = []
    for number, part in enumerate(sorted(table, key=lambda part: _ORDER.get(part.tag, 1))):
        is_part = part.tag in _PARTS
        for row in part if is_part else [part]:
            cells = row if row.tag == "tr" else [row]  # cells may be outside of any row
            texts = [_Cell(cell, _text(cell)) for cell in cells if cell.tag in _CELLS]
            if texts:
                found.append(_Row(texts, number if is_part else -1, part.tag == "thead"))
    return found


def _is_layout(table: _Element, rows: Sequence[_Row]) -> bool:
    """Whether a table is there for the looks of a page: what it holds is read cell by cell."""
    if (table.get("role") or "").strip().lower() in ("presentation", "none"):
        return True
    cells = [cell for row in rows for cell in row.cells if cell.text]
    if any(cell.is_head for row in rows for cell in row.cells):
        return False
    if len(cells) < 2 or max(len(row.cells) for row in rows) == 1:
        return True
    if any(True for cell in cells for _ in cell.element.iter(*_HEADINGS)):
        return True
    linked = sum(len(_text(link)) for cell in cells for link in cell.element.iter("a"))
    if linked > _LINKED * sum(len(cell.text) for cell in cells):
        return True
    is_single = sum(any(cell.text for cell in row.cells) for row in rows) == 1
    return is_single and any(len(cell.text) > _BOX_CHARS for cell in cells)


def _unwrap(table: _Element) -> None:
    own = [*table, *(row for part in table if part.tag in _PARTS for row in part)]
    own += [cell for row in own if row.tag == "tr" for cell in row]
    for element in (table, *own):
        if element.tag in ("table", "tr", "caption", *_PARTS, *_CELLS):
            element.tag = "div"
            element.attrib.clear()


def _as_list(table: _Element, rows: Sequence[_Row]) -> Iterator[_Element]:
    """Yield a table as paragraphs and lists, its caption first."""
    from lxml.html import builder

    captions = [text for child in table if child.tag == "caption" and (text := _text(child))]
    yield from map(builder.P, captions)
    grid = list(_grid(rows))
    if _heads_are_beside(rows) and max(map(len, grid)) > 2:  # columns are what rows are elsewhere
        titles = [row.cells[0].text for row in rows if row.is_title]
        yield from map(builder.P, titles)
        across = [cells for row, cells in zip(rows, grid, strict=True) if not row.is_title]
        yield from _as_elements(statements(zip_longest(*across, fillvalue=""), heads=1))
        return
    for start, end in pairwise([0, *_later_heads(rows), len(rows)]):
        yield from _as_elements(statements(grid[start:end], heads=_heads(rows[start:end])))


def _as_elements(text: str) -> Iterator[_Element]:
    """Yield paragraphs and lists of what `statements` returns."""
    from lxml.html import builder

    for block in filter(None, text.split("\n\n")):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            yield builder.UL(*(builder.LI(line[2:]) for line in lines))
        else:
            yield from map(builder.P, lines)


def _later_heads(rows: Sequence[_Row]) -> Iterator[int]:
    """Yield where, below rows of cells, other heads begin, with their titles."""
    start = next((i for i, row in enumerate(rows) if not row.is_head), 0)
    title = None
    for i in range(start + 1, len(rows)):
        if rows[i].is_head and not rows[i - 1].is_head:
            yield i if title is None else title
        title = (i if title is None else title) if rows[i].is_title else None


def _heads(rows: Sequence[_Row]) -> int | None:
    """Return how many rows, from the first on, are marked as heads; None when that is not known."""
    titles = len(list(takewhile(lambda row: row.is_title and not row.is_head, rows)))
    heads = len(list(takewhile(lambda row: row.is_head, rows[titles:])))
    if heads:
        return titles + heads if titles + heads < len(rows) else None
    return 0 if _heads_are_beside(rows) else None


def _heads_are_beside(rows: Sequence[_Row]) -> bool:
    """Whether each row begins with its head and none is of heads alone."""
    others = [row.cells for row in rows if not row.is_title]
    return bool(others) and all(c[0].is_head and not c[-1].is_head for c in others)


def _grid(rows: Sequence[_Row]) -> Iterator[list[str]]:
    """Yield the rows with merged cells wherever they lie."""
    below: dict[int, tuple[int, str]] = {}  # column -> rows that a cell still reaches, its text
    room = _MAX_CELLS
    last = {row.part: i for i, row in enumerate(rows)}
    for at, row in enumerate(rows):
        if at and row.part != rows[at - 1].part:
            below = {}
        cells: list[str] = []
        for cell in row.cells:
            _fill(cells, below)
            left = last[row.part] + 1 - at
            wide = min(cell.span("colspan") or 1, _MAX_COLUMN_SPAN)
            high = min(cell.span("rowspan") or left, left)
            if wide * high > 1:
                room -= wide * high
                if room < 0:
                    wide = high = 1
            texts = [cell.text, *[Merged(cell.text)] * (wide - 1)]
            if high > 1:
                below |= {len(cells) + i: (high, text) for i, text in enumerate(texts)}
            cells += texts
        _fill(cells, below)
        below = {column: (high - 1, text) for column, (high, text) in below.items() if high > 1}
        yield cells


def _fill(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Put into a row what reaches down to the next columns of it."""
    while (cell := below.get(len(cells))) is not None:
        cells.append(cell[1])


def _text(element: _Element) -> str:
    """Return the text of an element on one line, with marks before the items of lists."""
    from lxml import etree

    if not len(element):
        return " ".join((element.text or "").split())
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        block = inner.tag in _BLOCK_SET
        if event == "start":
            parts += [" • " if inner.tag == "li" else " " if block else "", inner.text or ""]
        else:
            parts += [" " if block else "", (inner.tail or "") if inner is not element else ""]
    return " ".join("".join(parts).split())


def _replace(element: _Element, made: Sequence[_Element]) -> None:
    """Put elements in the place of one, before the text that follows it."""
    for new in made:
        element.addprevious(new)
    element.drop_tree()
