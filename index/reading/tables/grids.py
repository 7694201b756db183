"""A grid of cells -> the tables in it, each with its titles, its heads and its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.reading.tables.cells import (
    GridRow,
    Merged,
    Row,
    is_lone,
    is_number,
    kind,
    numeric_columns,
)
from index.reading.tables.heads import (
    LOOKED_AT,
    has_numbers_below,
    head_rows,
    is_form,
    joined,
    spread,
)


@dataclass(slots=True)
class Table:
    """One table of a grid: what stands above it, its heads as they are and as joined, its rows.

    Titles are rows of a single text.
    `form` says that each row is names and values; `column` is where it begins beside others.
    """

    titles: list[GridRow]
    body: list[GridRow]
    heads: Sequence[GridRow] = ()
    names: Sequence[str] = ()
    form: bool = False
    column: int = 0


def told(grid: Sequence[GridRow], heads: int) -> Table:
    """Return the one table of a grid whose heads are known."""
    rows = [row for row in grid if row]
    heads -= sum(not row for row in grid[:heads])
    if len(rows) <= heads:  # nothing but heads: better said without them than not at all
        heads = 0
    titles = [row for row in rows[:heads] if row[0] and len(row) > 1 and is_lone(row)]
    above = [row for row in rows[:heads] if row not in titles]
    return Table(titles, rows[heads:], above, joined(above))


def found(grid: Sequence[GridRow]) -> Iterator[Table]:
    """Yield the tables of a grid in order, those side by side from the left."""
    waiting: list[GridRow] = []  # titles with an empty row below them
    last: Table | None = None
    for table in (table for block in _blocks(_without_empty_columns(grid)) for table in block):
        if not table.body:
            waiting += table.titles
        elif last and not waiting and _continues(last, table):
            last.body += [*table.heads, *table.body]
        else:
            if last:
                yield last
            last = replace(table, titles=[*waiting, *table.titles])
            waiting = []
    if last:
        yield last
    if waiting:
        yield Table(waiting, [])


def _without_empty_columns(grid: Sequence[GridRow]) -> Sequence[GridRow]:
    """Return the rows without columns that are empty at their left end: margins of sheets."""
    margin = min((next(i for i, cell in enumerate(row) if cell) for row in grid if row), default=0)
    return [row.part(margin) for row in grid] if margin else grid


def _blocks(grid: Sequence[GridRow]) -> Iterator[Iterator[Table]]:
    """Yield the tables of each run of rows without an empty one, but for one below heads."""
    heads: list[GridRow] = []
    for rows in (list(rows) for filled, rows in groupby(grid, key=bool) if filled):
        if heads and not _are_heads(heads, rows):
            yield _side_by_side(heads)
            heads = []
        if len(rows) == 1 or all(map(is_lone, rows[:-1])):
            heads = rows
        else:
            yield _side_by_side([*heads, *rows])
            heads = []
    if heads:
        yield _side_by_side(heads)


def _are_heads(above: Sequence[GridRow], rows: Sequence[GridRow]) -> bool:
    """Whether titles and a row, with an empty one below, are the heads of the rows below that.

    So where there are as many names as columns, three at least, and the rows have no heads.
    """
    names = [name for name in above[-1] if not isinstance(name, Merged)]
    if len(rows) < 2 or len(above[-1]) != max(map(len, rows)) or not all(map(_is_word, names)):
        return False
    if len(set(names)) < max(len(names), 3):
        return False
    ahead = rows[:LOOKED_AT]
    return not (head_rows(ahead) and has_numbers_below(ahead))


def _is_word(cell: str) -> bool:
    return bool(cell) and kind(cell) == "text"


def _side_by_side(block: list[GridRow]) -> Iterator[Table]:
    """Yield the tables of a block: those with empty columns between them are several, if alike."""
    regions = _regions(block)
    if len(regions) > 1 and all(end - start > 1 for start, end in regions):
        parts = [[row for r in block if any(row := r.part(start, end))] for start, end in regions]
        corners = {_first_full(part)[0] for part in parts}
        alike = len(corners) == 1 or len({len(part) for part in parts}) > 1
        if alike and all(any(t.heads for t in _stacked(part[:LOOKED_AT])) for part in parts):
            for (start, _), part in zip(regions, parts, strict=True):
                yield from (replace(table, column=start) for table in _stacked(part))
            return
    yield from _stacked(block)


def _regions(block: Sequence[Row]) -> list[tuple[int, int]]:
    """Return where columns begin and end that no empty one parts."""
    used = [False] * (max(map(len, block)) + 1)
    for row in block:
        if all(row) and all(used[: len(row)]):
            continue
        for column, cell in enumerate(row):
            if cell:
                used[column] = True
    edges = [i for i in range(len(used)) if used[i] != (i > 0 and used[i - 1])]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _first_full(rows: Sequence[Row]) -> Row:
    return next((row for row in rows if not is_lone(row)), rows[0])


def _stacked(rows: list[GridRow]) -> Iterator[Table]:
    """Yield the tables of rows that no empty row parts: a new head begins a new one."""
    start = 0
    while start < len(rows):
        first = _first_of_table(rows, start)
        ahead = rows[first : first + LOOKED_AT]
        form = bool(ahead) and is_form(ahead)
        heads = rows[first : first + (0 if form else head_rows(ahead))]
        body = first + len(heads)
        known = {tuple(row) for row in heads}
        end = body + bool(heads)
        while end < len(rows) and not (heads and _begins(rows, end, heads, known)):
            end += 1
        above = rows[start:first]
        pairs = [i for i, row in enumerate(above) if not is_lone(row)]
        if pairs:
            lone = [row for row in above[: pairs[-1]] if is_lone(row)]
            yield Table(lone, [above[i] for i in pairs], form=True)
            above = above[pairs[-1] + 1 :]
        yield Table(above, rows[body:end], heads, joined(spread(heads)), form)
        start = max(end, start + 1)


def _first_of_table(rows: Sequence[Row], start: int) -> int:
    """Return where the table begins below its titles and what else stands above it."""
    ahead = rows[start : start + LOOKED_AT]
    full = max(sum(map(bool, row)) for row in ahead)
    if full == 1:
        return start if max(map(len, ahead)) == 1 and len(ahead) > 1 else start + len(ahead)
    sparse = [is_lone(row) or 2 * sum(map(bool, row)) <= full for row in ahead]
    first = sparse.index(False) if False in sparse else 0
    first -= bool(first and _is_of_groups(ahead[first - 1], ahead[first]))
    return start + first


def _is_of_groups(row: Row, head: Row) -> bool:
    """Whether a row heads groups of columns: each cell stands above the first of its group."""
    places = [i for i, cell in enumerate(row) if cell]
    if is_lone(row):
        return places[0] == 1 and sum(map(bool, head)) > 2
    return places not in ([0, 1], [0, 1, 2, 3])  # names with their values


def _begins(
    rows: Sequence[Row], at: int, heads: Sequence[Row], known: set[tuple[str, ...]]
) -> bool:
    """Whether another table begins at a row below `heads`: a title and a head, or another head."""
    row = rows[at]
    if not is_lone(row):
        if row[0] not in {head[0] for head in heads} or tuple(row) in known:
            return False
        ahead = rows[at : at + LOOKED_AT]
        return head_rows(ahead) > 0 and (bool(row[0]) or has_numbers_below(ahead))
    head = next((i for i in range(at, min(at + 4, len(rows))) if not is_lone(rows[i])), len(rows))
    ahead = rows[head : head + LOOKED_AT]
    if not ahead:
        return False
    return tuple(ahead[0]) in known or (head_rows(ahead) > 0 and has_numbers_below(ahead))


def _continues(last: Table, table: Table) -> bool:
    """Whether a table below an empty row goes on with the one before."""
    rows = [*table.heads, *table.body[:LOOKED_AT]]
    row = rows[0]
    if not last.heads or table.titles or table.form or table.column != last.column:
        return False
    if table.heads and has_numbers_below(rows) and tuple(row) not in map(tuple, last.heads):
        return False
    if len(row) > len(last.names) or (row[0] and row[0] == last.heads[0][0]):
        return len(row) <= len(last.names) and tuple(row) in map(tuple, last.heads)
    numeric = numeric_columns(last.body[:LOOKED_AT])
    if not numeric:
        return sum(map(bool, row)) == sum(map(bool, last.names))
    cells = [row[i] for row in rows for i in numeric if i < len(row) and row[i]]
    return bool(cells) and all(map(is_number, cells))
