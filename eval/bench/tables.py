"""How many rows of tables are read in a second, beside the library that reads the format."""

import csv
import io
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import openpyxl
import pptx
from defusedxml.ElementTree import fromstring
from pptx.util import Cm

from eval.bench.mixed_documents import word_of, word_paragraph
from index.reading.extraction import extract

_HEADS = ("Number", "Harbour", "Founded", "Share", "Remark")
_ROWS_A_SLIDE = 20
_Rows = Sequence[Sequence[str | int | float]]


def lines(count: int) -> Iterator[str]:
    """Yield a line for each format: rows a second of processor time, and the library's alone."""
    ports = ((i, f"Port {i}", 1800 + i % 200, i / 7, f"quay {i % 9}") for i in range(count))
    rows: _Rows = [_HEADS, *ports]
    for suffix, make, alone in _FORMATS:
        raw = make(rows)
        extract(f"a.{suffix}", make(rows[:3]))  # imports
        library = count / _seconds(partial(alone, raw))
        ours = count / _seconds(partial(extract, f"a.{suffix}", raw))
        yield f"{suffix:5}{ours:9,.0f} rows/s; the library alone {library:9,.0f}"


def _seconds(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def _csv(rows: _Rows) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _workbook(rows: _Rows) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Ports")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _word(rows: _Rows) -> bytes:
    cells = (("".join(f"<w:tc>{word_paragraph(str(cell))}</w:tc>" for cell in row)) for row in rows)
    return word_of(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>")


def _slides(rows: _Rows) -> bytes:
    deck = pptx.Presentation()
    for start in range(1, len(rows), _ROWS_A_SLIDE):
        shown = [rows[0], *rows[start : start + _ROWS_A_SLIDE]]
        shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
        table = shapes.add_table(len(shown), len(_HEADS), 0, 0, Cm(20), Cm(15)).table
        for cell, value in zip(table.iter_cells(), (v for row in shown for v in row), strict=True):
            cell.text = str(value)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _read_workbook(raw: bytes) -> object:
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    return [list(sheet.values) for sheet in book.worksheets]


def _read_word(raw: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return list(fromstring(archive.read("word/document.xml")).itertext())


def _read_slides(raw: bytes) -> object:
    slides = pptx.Presentation(io.BytesIO(raw)).slides
    return [
        [cell.text for cell in row.cells]
        for slide in slides
        for shape in slide.shapes
        for row in shape.table.rows
    ]


_FORMATS: tuple[tuple[str, Callable[[_Rows], bytes], Callable[[bytes], object]], ...] = (
    ("csv", _csv, lambda raw: list(csv.reader(io.StringIO(raw.decode())))),
    ("xlsx", _workbook, _read_workbook),
    ("docx", _word, _read_word),
    ("pptx", _slides, _read_slides),
)
