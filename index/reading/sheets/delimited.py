"""Tables in text files (csv, tsv) as statements, whatever their delimiter and encoding."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

import regex

from index.errors import CorpusError
from index.notes import Note
from index.reading.content import Content, labelled
from index.reading.encodings import decode
from index.reading.sections import Sections
from index.reading.sheets.sheet_grid import Cell, Line, grid
from index.reading.tables import tables

_MAX_CELLS = 2_000_000
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 16_384
"""As many as Excel has; rows without a cell count too."""
_SAMPLE_CHARS = 16_384
_SAMPLE_ROWS = 200
_DELIMITERS = "\t;|,"
"""The first of those that fit as well is it: "1,5;2,5" has as many commas as semicolons."""
# What Excel writes for itself, and reads.
_STATED = regex.compile(r'"?sep=(.)"?[ \t]*\r?\n', regex.IGNORECASE)


def read_csv(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the rows of a table in a text file.

    Raises CorpusError when it is of no encoding that can be told.
    """
    decoded = decode(name, raw, encoding=encoding)
    stated = _STATED.match(decoded.text)
    text = decoded.text[stated.end() :] if stated else decoded.text
    delimiter = stated[1] if stated else _delimiter(text)
    if any(line.count(delimiter) > _MAX_COLUMNS for line in io.StringIO(text)):
        raise CorpusError(
            f"{name} has a row of more than {_MAX_COLUMNS} columns: it is no table. "
            "Rename it to .txt, or save it again from the program that made it.",
            code="broken",
        )
    lines, cut = _lines(text, delimiter)
    notes = (Note("table_cut", f"{lines[-1].number} rows"),) if cut else ()
    rows, numbers, _ = grid(lines, most=0)
    text, places = labelled(
        (line, f"row {numbers[cells.row]}" if cells else "") for line, cells in tables.lines(rows)
    )
    return Content(
        text,
        places=places,
        encoding=decoded.encoding,
        notes=decoded.notes + notes,
        edited=True,
    )


def _delimiter(text: str) -> str:
    """Return what divides a text into rows of the same number of cells, as far as they are."""
    sample = text[:_SAMPLE_CHARS]
    if len(text) > len(sample):
        # Whole lines: a line cut short has fewer columns.
        sample = sample.rpartition("\n")[0] or sample
    return max(_DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))


def _regularity(sample: str, delimiter: str) -> float:
    """Return the share of rows that have as many cells as most have, 0 where that is one."""
    widths: Counter[int] = Counter()
    try:
        for row in _rows(sample, delimiter):
            if any(row):
                widths[len(row)] += 1
            if widths.total() >= _SAMPLE_ROWS:
                break
    except csv.Error:
        return 0.0
    # A title or a note above the table has one cell.
    wide = {width: count for width, count in widths.items() if width > 1}
    return max(wide.values()) / widths.total() if wide else 0.0


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)


def _lines(text: str, delimiter: str) -> tuple[list[Line], bool]:
    """Return the rows that hold something, and whether there were more than are read."""
    lines: list[Line] = []
    count = 0
    for number, row in enumerate(_rows(text, delimiter), 1):
        count += len(row)
        if count > _MAX_CELLS or number > _MAX_ROWS:
            return lines, True
        cells = [
            Cell(column, shown)
            for column, value in enumerate(row, 1)
            if (shown := " ".join(value.split()))
        ]
        if cells:
            lines.append(Line(number, cells))
    return lines, False
