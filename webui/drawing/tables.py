"""Rows of tables, which are stored a line a row, shown as the tables that they were.

A row is stored as `- 街道：粤海；基站数：2100` (`index/cutting/rows.py`). Lines that can be taken
apart in one way only, and whose heads come again in the lines around them, are shown as a table;
every other line stays as it is. Cells are places in the text, so that marks in it fall into them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import regex
from markupsafe import Markup

from index.cutting.rows import Cell, cells_of
from index.types import Span
from webui.drawing.markup import EMPTY, join

Paint = Callable[[int, int], Markup]
"""Returns characters `start` to `end` of the text as HTML, with what is marked in them."""

_LINE = regex.compile(r"^- .*+$", regex.MULTILINE)
_MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the text, its line break left out; without cells it is shown as it is."""

    line: Span
    cells: tuple[Cell, ...] = ()


@dataclass(slots=True)
class Table:
    """Rows that follow each other, and the heads of their cells, in order."""

    heads: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def takes(self, row: Row) -> bool:
        """Add the heads of a row, return whether it fits: it shares one, none is out of order."""
        if self.heads and not any(cell.head and cell.head in self.heads for cell in row.cells):
            return False
        heads, at = list(self.heads), len(self.heads)
        for cell in reversed(row.cells):
            known = heads.index(cell.head) if cell.head in heads else -1
            if known >= at:
                return False
            if known < 0:
                heads.insert(at, cell.head)
            else:
                at = known
        if len(heads) > _MAX_COLUMNS:
            return False
        self.heads = heads
        return True


def tables(text: str, start: int = 0, end: int | None = None) -> list[Table]:
    """Return the tables between two places of the text, in order."""
    end = len(text) if end is None else end
    found: list[Table] = []
    for block in _blocks(text, start, end):
        found += _tables(block)
    return found


def shown(text: str, start: int, end: int, paint: Paint, between: Paint | None = None) -> Markup:
    """Return characters `start` to `end` of the text as HTML, its tables as tables.

    `paint` is given each stretch that is shown, in order; what only says which cell is meant (heads
    and separators) is not given to it. `between` draws what is in no table, in its place.
    """
    between = between or paint
    parts: list[Markup] = []
    for table in tables(text, start, end):
        first, last = table.rows[0].line.start, table.rows[-1].line.end
        parts += [between(start, first), _shown(table, paint)]
        start = min(last + 1, end)  # the line break goes with the table
    return join([*parts, between(start, end)])


def row_shown(text: str, start: int, end: int, paint: Paint) -> Markup | None:
    """Return a line as a table of one row; None where it is no row of several cells."""
    line = Span(start, end)
    cells = cells_of(text, line)
    if len(cells) < 2 or not all(cell.head for cell in cells):
        return None
    return _shown(Table([cell.head for cell in cells], [Row(line, cells)]), paint)


# -- parts ----------------------------------------------------------------------------------------


def _blocks(text: str, start: int, end: int) -> Iterator[list[Row]]:
    """Yield lines that follow each other, each whole, taken apart where that can be done."""
    block: list[Row] = []
    for match in _LINE.finditer(text, start, end):
        line = Span(*match.span())
        if line.end == end < len(text) and text[end] != "\n":
            continue
        if block and line.start != block[-1].line.end + 1:
            yield block
            block = []
        block.append(Row(line, cells_of(text, line)))
    yield block


def _tables(block: Sequence[Row]) -> Iterator[Table]:
    """Yield the tables of lines that follow each other.

    A head of one line only may be part of the cell before it: such lines are rows of one cell.
    """
    times = Counter(cell.head for row in block for cell in row.cells)
    table, doubtful, sure = Table(), list[Row](), 0
    for row in block:
        if not row.cells or any(times[cell.head] < 2 for cell in row.cells):
            doubtful.append(Row(row.line))
        elif table.takes(row):
            table.rows += [*(doubtful if sure else ()), row]
            doubtful, sure = [], sure + 1
        else:
            if sure > 1 and len(table.heads) > 1:
                yield table
            table, doubtful, sure = Table(), [], 1
            table.takes(row)
            table.rows.append(row)
    if sure > 1 and len(table.heads) > 1:
        yield table


def _shown(table: Table, paint: Paint) -> Markup:
    heads = join(Markup('<th scope="col" dir="auto">{}</th>').format(head) for head in table.heads)
    rows = join(
        Markup("<tr>{}</tr>").format(join(_row(row, table.heads, paint))) for row in table.rows
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="rows">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(", ".join(filter(None, table.heads)), heads, rows)


def _row(row: Row, heads: Sequence[str], paint: Paint) -> Iterator[Markup]:
    if not row.cells:
        yield _cell(len(heads), paint(*row.line))
        return
    column = 0
    for cell in row.cells:
        place = heads.index(cell.head)
        if place > column:  # one for all that are missing: rows of few cells stay short
            yield _cell(place - column, EMPTY)
        yield _cell(1, paint(*cell.place))
        column = place + 1
    if column < len(heads):
        yield _cell(len(heads) - column, EMPTY)


def _cell(columns: int, content: Markup) -> Markup:
    if columns == 1:
        return Markup('<td dir="auto">{}</td>').format(content)
    return Markup('<td dir="auto" colspan="{}">{}</td>').format(columns, content)
