"""Tables (xlsx, csv): a row is a line that repeats the heads of its columns.

`- 年份: 2020 | 人口: 155`: so a row is understood wherever the table is cut into chunks. Sheets are
under their names.
"""

import csv
import datetime
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from index.encodings import decode
from index.errors import CorpusError
from index.formats import properties
from index.formats.archive import opened_mended, whole_document
from index.formats.content import MAX_TEXT_CHARS, Content, Note, one_line, printable
from index.formats.dates import iso_date
from index.formats.parts import core_properties
from index.formats.sections import Sections

_MAX_CELLS = 2_000_000
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 16_384
"""As many as Excel has; rows without a cell count too."""
_SNIFFED_CHARS = 8192
_DELIMITERS = ",;\t|"
_HEAD_SEARCHED_ROWS = 20
_EMPTY_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/>'
    b"</worksheet>"
)

_Row = Sequence[str]


def read_workbook(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the sheets of an xlsx as text, and its properties.

    Raises CorpusError when it is none or has a password. `encoding` does not matter.
    """
    workbook, stated = opened_mended(
        whole_document(name, raw, sections), sections, _opened, blank=_blank
    )
    notes: list[Note] = []
    with closing(workbook):
        blocks = [
            sections.read(one_line(sheet.title) or "?", partial(_sheet, sheet, notes))
            for sheet in workbook.worksheets
        ]
    return Content(
        printable("\n\n".join(filter(None, blocks))),
        title=properties.title(stated.get("title")),
        author=properties.author(stated.get("creator")),
        date=iso_date(stated.get("created")),
        notes=(*notes, *sections.notes),
    )


def _opened(file: io.BytesIO) -> tuple[Any, dict[str, str]]:
    """Return a workbook, and its properties."""
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        stated = core_properties(archive)
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    return workbook, stated


def _blank(path: str) -> bytes | None:
    """Return an empty sheet for a sheet, None for what says nothing of the cells.

    Without its strings or styles a workbook would be read wrongly: what is returned is no XML.
    """
    if path.startswith("xl/worksheets/"):
        return _EMPTY_SHEET
    return b"" if path.startswith("xl/") else None


def _sheet(sheet: Any, notes: list[Note]) -> str:  # noqa: ANN401 (openpyxl is untyped)
    """Return the rows of a sheet under its name, "" for an empty one."""
    # What a sheet says of its size may be anything: only rows that are there count.
    sheet.reset_dimensions()
    rows = _Bounded(sheet.iter_rows(values_only=True))
    text = rows_as_text(_strings(rows.taken))
    if rows.cut:
        notes.append(Note("table_cut", f"{sheet.title}, {rows.count} rows"))
    return f"## {one_line(sheet.title)}\n\n{text}" if text else ""


def read_csv(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the rows of a table in a text file, whatever its delimiter and encoding.

    Raises CorpusError when it is of no encoding that can be told.
    """
    decoded = decode(name, raw, encoding=encoding)
    dialect = _dialect(decoded.text)
    if any(line.count(dialect.delimiter) > _MAX_COLUMNS for line in io.StringIO(decoded.text)):
        raise CorpusError(
            f"{name} has a row of more than {_MAX_COLUMNS} columns: it is no table. "
            "Rename it to .txt, or save it again from the program that made it.",
            code="broken",
        )
    rows = _Bounded(csv.reader(io.StringIO(decoded.text, newline=""), dialect))
    text = rows_as_text(_strings(rows.taken))
    notes = (Note("table_cut", f"{rows.count} rows"),) if rows.cut else ()
    return Content(
        printable(text), encoding=decoded.encoding, notes=decoded.notes + notes, edited=True
    )


class _Bounded:
    """Rows up to a number of cells; afterwards `cut` says whether there were more."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self._rows = iter(rows)
        self.count = 0
        self.cut = False

    @property
    def taken(self) -> Iterator[Sequence[object]]:
        cells = 0
        for row in self._rows:
            if cells > _MAX_CELLS or self.count >= _MAX_ROWS:
                self.cut = True
                return
            cells += len(row)
            self.count += 1
            yield row


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        # Whole lines: a line cut short has fewer columns.
        sample = text[:_SNIFFED_CHARS].rpartition("\n")[0] or text[:_SNIFFED_CHARS]
        return csv.Sniffer().sniff(sample, _DELIMITERS)
    except csv.Error:
        return csv.excel


def _strings(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """Yield rows with their cells as text on one line, empty rows left out."""
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _cell(value: object) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(str(value).split())


def rows_as_text(rows: Iterable[_Row]) -> str:
    """Return a table as text, each row on a line with the heads of its columns.

    The head is the first row of several cells, if none of them is a number; rows above it are
    the table's title.

    >>> print(rows_as_text([["各街道人口"], ["街道", "人口"], ["福田", "15"], ["沙头", "22"]]))
    各街道人口
    <BLANKLINE>
    - 街道: 福田 | 人口: 15
    - 街道: 沙头 | 人口: 22
    """
    remaining = iter(rows)
    start = list(itertools.islice(remaining, _HEAD_SEARCHED_ROWS))
    at = next((i for i, row in enumerate(start) if sum(map(bool, row)) > 1), None)
    titles, head = (start[:at], start[at]) if at is not None else ([], [])
    below = itertools.chain(start[len(titles) :], remaining)
    has_head = head and not any(map(_is_number, head)) and at is not None and len(start) > at + 1
    if has_head:
        next(below)
    else:
        head = []
    lines = [" ".join(filter(None, row)) for row in titles]
    rows_below = _until_too_long(_line(head, row) for row in below)
    return "\n".join([*lines, *([""] if lines else []), *rows_below])


def _until_too_long(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines until they are more than a document may hold: long heads make much of little."""
    chars = 0
    for line in lines:
        yield line
        chars += len(line)
        if chars > MAX_TEXT_CHARS:
            return


def _line(head: _Row, row: _Row) -> str:
    heads = itertools.chain(head, itertools.repeat(""))
    cells = (
        f"{name}: {cell}" if name else cell for name, cell in zip(heads, row, strict=False) if cell
    )
    return "- " + " | ".join(cells)


def _is_number(cell: str) -> bool:
    return bool(cell) and cell.strip("+-%¥$€").replace(",", "").replace(".", "", 1).isdigit()
