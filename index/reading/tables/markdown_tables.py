"""Tables of pipes in Markdown -> statements; all else of a text stays as it is, byte for byte.

They are those of GitHub (GFM, 4.10), and what people and programs write beside that: several rows
of heads, rows with blank lines between them, a line of dashes with other columns than the head, or
none. A parser of Markdown would leave such tables as text, and takes a minute for some megabytes of
lists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from index.reading.tables.tables import statements

_PIPE = regex.compile(r"(?<!\\)\|")
_QUOTE = regex.compile(r"^[ \t]*+(?:>[ \t]*+)*+")
_RULE = regex.compile(r"[|:+ \t]*+[-=—–][-=—–|:+ \t]*+$")
_BREAK = regex.compile(r"<br\s*+/?>", regex.IGNORECASE)
_MAX_HEADS = 6


def with_statements(text: str) -> str:
    r"""Return a Markdown text with its tables as statements.

    >>> with_statements("甲：\n\n| 街道 | 人口 |\n| --- | --- |\n| 福田 | 15 |\n\n乙 | 丙")
    '甲：\n\n- 街道：福田；人口：15\n\n乙 | 丙'
    """
    return "\n".join(_without_pipe_tables(text.split("\n"))) if "|" in text else text


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: what stands before it, as in quotations, and its words."""

    before: str
    words: str

    @property
    def has_pipe(self) -> bool:
        return "|" in self.words and _PIPE.search(self.words) is not None

    @property
    def is_rule(self) -> bool:
        """Whether the line is one of dashes between heads and rows."""
        return _RULE.match(self.words) is not None and "|" in self.words

    @property
    def is_barred(self) -> bool:
        return len(self.words) > 1 and self.words[0] == self.words[-1] == "|"

    @property
    def cells(self) -> list[str]:
        cells = [_BREAK.sub(" ", c.replace("\\|", "|")).strip() for c in _PIPE.split(self.words)]
        return cells[not cells[0] : len(cells) - (not cells[-1])]


_BLANK = _Line("", "")


def _read(line: str) -> _Line:
    words = _QUOTE.sub("", line, count=1)
    return _Line(line[: len(line) - len(words)], words.rstrip())


def _without_pipe_tables(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a text, statements in the place of its tables."""
    read = list(map(_read, lines))
    at = 0
    while at < len(lines):
        rows = _run(read, at, 1)
        step = 1
        if len(rows) == 1 and _is_rule_at(read, at + 2):
            rows, step = _run(read, at, 2), 2
        end = at + max(len(rows) - 1, 0) * step + 1
        heads = _heads(rows)
        text = "" if heads is None else _statements(rows, heads)
        yield from lines[at : at + heads.start if heads is not None and text else end]
        if text:
            yield text
        at = end


def _run(lines: Sequence[_Line], start: int, step: int) -> list[_Line]:
    """Return the lines with pipes from a place on; with a `step` of 2, blank ones are between.

    Those then have pipes at both ends: any text may have some inside.
    """
    run: list[_Line] = []
    for at in range(start, len(lines), step):
        line = lines[at]
        blank = lines[at - 1] if run and step == 2 else _BLANK
        if not line.has_pipe or blank.words:
            break
        if step == 2 and not line.is_barred:
            break
        run.append(line)
    return run


def _is_rule_at(lines: Sequence[_Line], at: int) -> bool:
    return at < len(lines) and lines[at].is_rule


def _heads(rows: Sequence[_Line]) -> range | None:
    """Return which of the rows are heads, none of them for a table without; None for no table."""
    rule = next((i for i, row in enumerate(rows) if row.is_rule), None)
    if rule is None:
        barred = len(rows) > 1 and all(row.is_barred for row in rows)
        columns = {len(row.cells) for row in rows} if barred else set()
        return range(0) if len(columns) == 1 and columns != {1} else None
    if len(rows) == 1:
        return None
    first = max(rule - 1, 0)
    while first > max(rule - _MAX_HEADS, 0) and _are_alike(rows[first - 1], rows[rule - 1]):
        first -= 1
    return range(first, rule)


def _are_alike(row: _Line, head: _Line) -> bool:
    return row.is_barred == head.is_barred and len(row.cells) == len(head.cells)


def _statements(rows: Sequence[_Line], heads: range) -> str:
    """Return the rows of a table as statements, set off as its first row is."""
    before = rows[heads.start].before
    above = [row.cells for row in rows[heads.start : heads.stop]]
    body = [row.cells for row in rows[heads.stop :] if not (row.is_rule and "--" in row.words)]
    if heads and rows[heads.stop].is_rule and "--" not in rows[heads.stop].words:
        del body[0]  # a line of single dashes
    marked = any(map(any, above))
    text = statements([*above, *body], heads=len(above) if marked else None)
    return "\n".join(before + line if line else line for line in text.split("\n"))
