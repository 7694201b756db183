"""Tables of any format -> statements: a row is a line with the heads that apply to its cells.

`- 街道：粤海；基站数：2100`: so a row is found, read and quoted alone, wherever the table is cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, zip_longest

import regex

from index.cutting.rows import BULLET, separators
from index.reading.content import MAX_TEXT_CHARS
from index.reading.tables import grids
from index.reading.tables.cells import Cells, GridRow, Merged, Row, is_lone, kind, only
from index.reading.tables.grids import Table
from index.reading.tables.heads import LOOKED_AT, has_numbers_below, head_rows

__all__ = ["Cells", "Merged", "Row", "lines", "statements"]

_MAX_CONTEXT_CHARS = 60
_MAX_LINE_CHARS = 400
"""Rows longer than this become several lines, each with the row's first cell."""
_UNIT = regex.compile(
    r"[(（]?(?:(?:金额|数量|计量|货币)?单位|單位|単位|units?|einheit)\s?[:：].{1,40}",
    regex.IGNORECASE,
)
_UNIT_IN = regex.compile(
    r"in\s(?:millions?|billions?|thousands?|tsd|tausend|mio|mrd|%|percent|prozent|\p{Sc}|[A-Z]{3}\b)",
    regex.IGNORECASE,
)
_NOTE = regex.compile(
    r"[*†※¹²]|(?:注|备注|備注|资料来源|来源|出典|source|notes?|quelle)\s?[:：]|.{0,60}[。.!?]$",
    regex.IGNORECASE,
)


def statements(rows: Iterable[Row], *, heads: int | None = None) -> str:
    """Return tables as text: their titles, then a line for each row, with the heads of its columns.

    `heads` is how many rows, from the first on, are heads, where the format says so. Where it does
    not, they are looked for, and a grid may hold several tables.

    >>> print(statements([["各街道人口"], ["街道", "人口"], ["福田", "15"], ["沙头", "22"]]))
    各街道人口
    <BLANKLINE>
    - 街道：福田；人口：15
    - 街道：沙头；人口：22
    >>> print(statements([["Name", "Price"], ["", "net"], ["A5", "12 €"]], heads=2))
    - Name: A5; Price · net: 12 €
    >>> print(statements([["姓名", "李明"], ["性别", "男"], ["年龄", "34"]]))
    - 姓名：李明
    - 性别：男
    - 年龄：34
    """
    return "\n".join(text for text, _ in lines(rows, heads=heads))


def lines(rows: Iterable[Row], *, heads: int | None = None) -> Iterator[tuple[str, Cells | None]]:
    """Yield the lines of `statements`, each with its cells in the grid; empty lines have none.

    >>> list(lines([["Name", "Age"], ["Li", "34"]], heads=1))
    [('- Name: Li; Age: 34', Cells(row=1, first=0, last=1))]
    """
    grid = [GridRow(_cleaned(row), number) for number, row in enumerate(rows)]
    tables = list(grids.found(grid)) if heads is None else [grids.told(grid, heads)]
    titled = sum(bool(table.titles) for table in tables) > 1
    is_begun = False
    for part in (part for table in tables for part in _parts(table, titled=titled)):
        for number, (text, row) in enumerate(part):
            if is_begun and not number:
                yield "", None
            yield text, row.filled
            is_begun = True


def heads_of(rows: Sequence[Row], *, heads: int | None) -> list[Row]:
    """Return the heads of the last of the tables in a grid; `heads` is as for `statements`.

    >>> heads_of([["Name", "Age"], ["Li", "34"], ["Wu", "51"]], heads=None)
    [['Name', 'Age']]
    """
    if heads is not None:
        return list(rows[:heads])
    tables = list(grids.found([GridRow(_cleaned(row), i) for i, row in enumerate(rows)]))
    return [rows[head.number] for head in tables[-1].heads] if tables else []


def begins_anew(rows: Sequence[Row], *, beside: bool) -> bool:
    """Whether rows below a table have heads of their own.

    Where all cells are words, none of them tells: rows that stand `beside` the table's are its own.
    """
    ahead = rows[:LOOKED_AT]
    return head_rows(ahead) > 0 and (not beside or has_numbers_below(ahead))


def _cleaned(row: Row) -> Row:
    cells = [
        cell if cell.isalnum() else type(cell)(" ".join(cell.split())) if cell else ""
        for cell in row
    ]
    while cells and not cells[-1]:
        cells.pop()
    return cells


_Lines = Iterable[tuple[str, GridRow]]
"""Lines of text, each with the row that it was made of."""


def _parts(table: Table, *, titled: bool) -> Iterator[_Lines]:
    """Yield what stands above a table, then its rows; an empty line goes between the two.

    With `titled`, its titles go into its rows, as others have theirs.
    """
    titles = [only(row) for row in table.titles]
    units = [title for title in titles if table.body and _is_unit(title)]
    context = [
        title
        for title in titles
        if title not in units
        and (titled and table.body and len(title) <= _MAX_CONTEXT_CHARS and not _NOTE.match(title))
    ]
    above = [title not in units and title not in context for title in titles]
    yield compress(zip(titles, table.titles, strict=True), above)
    yield _until_too_long(_body(table, context, units))


def _body(table: Table, context: Sequence[str], units: Sequence[str]) -> _Lines:
    """Yield the lines of a table's rows."""
    said = False
    for line in _lines(table, context, units):
        said = True
        yield line
    if not said and table.heads:  # each row is the head again: it is said once
        names = [("", name) for name in table.names if name]
        yield from ((text, table.heads[-1]) for text in _line(context, names, units))


def _is_unit(title: str) -> bool:
    return len(title) <= _MAX_CONTEXT_CHARS and bool(
        _UNIT_IN.match(title.lstrip("(（[ ")) or _UNIT.fullmatch(title)
    )


def _lines(table: Table, context: Sequence[str], units: Sequence[str]) -> _Lines:
    """Yield the rows of a table as lines, without those that are its heads again."""
    section: list[str] = []
    paired = table.form or max(map(len, table.body), default=0) == 2
    for place, row in enumerate(table.body):
        if row in table.heads:
            continue
        if _is_section(row) or (len(row) == 1 < len(table.names) and _NOTE.match(row[0])):
            lone = only(row)
            follows = place + 1 < len(table.body) and not _is_section(table.body[place + 1])
            if follows and len(lone) <= _MAX_CONTEXT_CHARS and not _NOTE.match(lone):
                section = [lone]
            else:
                yield f"{BULLET}{lone}", row
            continue
        parts = _named(table.names, row, paired=paired)
        yield from ((text, row) for text in _line([*context, *section], parts, units))


def _is_section(row: Row) -> bool:
    """Whether a row is one text merged over several columns, the head of the rows below it."""
    return len(row) > 1 and bool(row[0]) and row[1] == row[0] and is_lone(row)


def _named(names: Sequence[str], row: Row, *, paired: bool) -> list[tuple[str, str]]:
    """Return the cells of a row with their names; without heads, `paired` ones name each other.

    >>> _named(["Name", "Age"], ["Li", "34"], paired=False)
    [('Name', 'Li'), ('Age', '34')]
    >>> _named([], ["Name:", "Li", "Age:", "34"], paired=True)
    [('Name', 'Li'), ('Age', '34')]
    """
    if names:
        before = [None, *names]
        return [
            (name, cell)
            for name, cell, last in zip_longest(names, row, before[: len(row)], fillvalue="")
            if cell and not (name == last and isinstance(cell, Merged))
        ]
    cells = [
        cell
        for i, cell in enumerate(row)
        if not (i and cell and cell == row[i - 1])
        or not (isinstance(cell, Merged) or kind(cell) == "text")
    ]
    left = cells[::2]
    if not paired or any(kind(c) != "text" or len(c) > _MAX_CONTEXT_CHARS for c in left if c):
        return [("", cell) for cell in cells if cell]
    both = zip_longest(left, cells[1::2], fillvalue="")
    pairs = [(name.rstrip(" :："), value) if value else ("", name) for name, value in both]
    return [(name, value) for name, value in pairs if value]


def _line(
    context: Sequence[str], parts: Sequence[tuple[str, str]], units: Sequence[str]
) -> Iterator[str]:
    """Yield a row as a line, as several if it is long, each with the row's first cell."""
    colon, between = separators("\n".join(name or cell for name, cell in parts))
    said = [f"{name}{colon}{cell}" if name else cell for name, cell in parts]
    first = [*context, *said[:1]]
    line, chars = list(first), sum(map(len, first))
    repeated = first if chars <= 2 * _MAX_CONTEXT_CHARS else list(context)
    for part in said[1:]:
        if chars + len(part) > _MAX_LINE_CHARS and line != repeated:
            yield BULLET + between.join([*line, *units])
            line, chars = list(repeated), sum(map(len, repeated))
        line.append(part)
        chars += len(part) + len(between)
    yield BULLET + between.join([*line, *units])


def _until_too_long(lines: _Lines) -> _Lines:
    """Yield lines until they are more than a document may hold: long heads make much of little."""
    chars = 0
    for text, row in lines:
        yield text, row
        chars += len(text)
        if chars > MAX_TEXT_CHARS:
            return
