"""Where lines stand in their files, against where other libraries have put them."""

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
import regex
import xlsxwriter
from reportlab.lib import colors
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import canvas
from reportlab.platypus import Table, TableStyle

from index.errors import IndexMismatchError
from index.keeping.library import Library
from index.places import Box, Place, Places, boxes_of, label_of
from index.reading.extraction import Extracted, extract
from index.reading.processes import READERS
from index.reading.tables.tables import lines
from index.settings import IndexSettings
from tests.conftest import CountingEmbedder

FIRST = "The store was moved to the cellar in spring because the roof above it was"
SECOND = "leaking, and nobody could say since when. Nothing was lost."
SIZE = 10


def pdf(*pages: Callable[[canvas.Canvas], object]) -> bytes:
    file = io.BytesIO()
    sheet = canvas.Canvas(file, pagesize=(595, 842), invariant=1)
    for draw in pages:
        sheet.setFont("Helvetica", SIZE)
        draw(sheet)
        sheet.showPage()
    sheet.save()
    return file.getvalue()


def shown(found: Extracted) -> list[tuple[str, Place]]:
    return [(found.text[place.start : place.end], place) for place in found.places]


def is_around(box: Box | None, x: float, y: float, width: float, size: float = SIZE) -> bool:
    """Whether a box holds a line drawn at a place, and little else: type has room above it."""
    assert box is not None
    left, bottom, right, top = box
    return (
        (left, right) == pytest.approx((x, x + width), abs=1)
        and y - 0.4 * size < bottom < y
        and y + 0.6 * size < top < y + 1.2 * size
    )


def test_a_paragraph_over_two_pages_has_its_box_on_each() -> None:
    found = extract(
        "a.pdf",
        pdf(
            lambda sheet: sheet.drawString(60, 700, FIRST),
            lambda sheet: sheet.drawString(80, 500, SECOND),
        ),
    )
    assert found.text == f"{FIRST} {SECOND}"
    assert [(text, place.page) for text, place in shown(found)] == [(FIRST, 1), (SECOND, 2)]
    one, two = found.places
    assert is_around(one.box, 60, 700, stringWidth(FIRST, "Helvetica", SIZE))
    assert is_around(two.box, 80, 500, stringWidth(SECOND, "Helvetica", SIZE))
    assert [at.page for at in boxes_of(found.places.within(len(FIRST) - 3, len(FIRST) + 9))] == [
        1,
        2,
    ]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_boxes_are_the_pages_own_however_the_text_is_turned(quarters: int) -> None:
    text = "Turned by so many quarters on its page"

    def draw(sheet: canvas.Canvas) -> None:
        sheet.translate(300, 400)
        sheet.rotate(90 * quarters)
        sheet.drawString(0, 0, text)

    ((said, place),) = shown(extract("a.pdf", pdf(draw)))
    assert (said, place.page) == (text, 1)
    assert place.box is not None
    # Turned back about the place where it was drawn, it lies as if it had never been turned.
    corners = [(place.box[0] - 300, place.box[1] - 400), (place.box[2] - 300, place.box[3] - 400)]
    for _ in range(quarters):
        corners = [(y, -x) for x, y in corners]
    (x0, x1), (y0, y1) = (sorted(edges) for edges in zip(*corners, strict=True))
    assert is_around((x0, y0, x1, y1), 0, 0, stringWidth(text, "Helvetica", SIZE))


@pytest.mark.parametrize("ruled", [True, False])
def test_a_row_of_a_table_has_the_box_of_its_own_cells(ruled: bool) -> None:
    cells = [
        ["Leistung", "2024", "2025"],
        ["Hund", "38,00", "41,50"],
        ["Fischerei", "25,00", "26,00"],
    ]
    cells.append(["Sperrzeit", "110,00", "115,00"])

    def draw(sheet: canvas.Canvas) -> None:
        table = Table(cells, colWidths=[80, 60, 60], rowHeights=18)
        grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] * ruled
        table.setStyle(TableStyle(grid))
        table.wrapOn(sheet, 500, 500)
        table.drawOn(sheet, 60, 600)

    found = shown(extract("a.pdf", pdf(draw)))
    assert [text for text, _ in found] == [
        f"- Leistung: {name}; 2024: {one}; 2025: {other}" for name, one, other in cells[1:]
    ]
    for row, (_, place) in enumerate(reversed(found)):
        assert place.box is not None
        left, bottom, right, top = place.box
        assert 60 < left < 70
        assert 200 < right < 260
        assert 600 + 18 * row <= bottom < top <= 600 + 18 * (row + 1)


def test_rows_of_a_sheet_have_excels_names_of_their_cells() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Umsatz 二")
    sheet.write("B2", "Umsatz nach Ort")
    for row, cells in enumerate(
        [["Ort", "Q1", "Q2"], ["Wien", 3, 4], ["Graz", 5, 6], ["Linz", 7, 8]]
    ):
        sheet.write_row(3 + row, 1, cells)
    for row, cells in enumerate([["Name", "Preis"], ["Rad", 30]]):
        sheet.write_row(3 + row, 6, cells)
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column("C:C", None, None, {"hidden": True})
    book.add_worksheet("b").write_row(0, 0, ["x" * 300, "y" * 300, "z" * 300])
    book.close()
    found = shown(extract("a.xlsx", file.getvalue()))
    assert [(text, place.label) for text, place in found[:4]] == [
        ("Umsatz nach Ort", "Umsatz 二!B2"),
        ("- Ort: Wien; Q2: 4", "Umsatz 二!B5:D5"),
        ("- Ort: Linz; Q2: 8", "Umsatz 二!B7:D7"),
        ("- Name: Rad; Preis: 30", "Umsatz 二!G5:H5"),
    ]
    assert {place.label for _, place in found[4:]} == {"b!A1:C1"}
    assert len(found) > 5  # a long row is several lines


def test_rows_of_a_csv_are_counted_as_spreadsheets_count_them() -> None:
    found = extract("a.csv", '城市,人口\n\n福田,15\n"南\n山",22\n罗湖,9\n'.encode())
    assert [(text, place.label) for text, place in shown(found)] == [
        ("- 城市：人口", "row 1"),
        ("- 福田：15", "row 3"),
        ("- 南 山：22", "row 4"),
        ("- 罗湖：9", "row 5"),
    ]
    assert label_of(found.places.within(9, len(found.text))) == "row 3 – row 5"
    assert label_of(found.places.within(7, 9)) is None  # between two lines


def test_the_process_that_reads_gives_the_same() -> None:
    raw = b"Ort;Q1\n" + b"".join(b"Wien %d;%d\n" % (i, i) for i in range(3000))
    assert READERS.extract("a.csv", raw) == extract("a.csv", raw)
    one = pdf(lambda sheet: sheet.drawString(60, 700, FIRST))
    assert READERS.extract("a.pdf", one) == extract("a.pdf", one)
    assert not READERS.extract("a.txt", FIRST.encode()).places


def test_the_index_keeps_places_and_tells_when_they_are_damaged(
    settings: IndexSettings, counting: CountingEmbedder
) -> None:
    raw = b"Ort;Q1\n" + b"".join(b"Ort %d;%d\n" % (i, i) for i in range(30))
    (settings.corpus_dir / "a.csv").write_bytes(raw)
    two = pdf(
        lambda sheet: sheet.drawString(60, 700, FIRST),
        lambda sheet: sheet.drawString(80, 500, SECOND),
    )
    (settings.corpus_dir / "b.pdf").write_bytes(two)
    with closing(Library(settings, embedder=counting)) as library:
        library.update()
        assert library.document("a.csv").places == extract("a.csv", raw).places
        assert library.document("b.pdf").places == extract("b.pdf", two).places
        assert not library.document("harbour.md").places
        (database,) = settings.index_dir.glob("build-*/store.sqlite3")
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(
                "UPDATE layouts SET places = zeroblob(length(places)) WHERE doc_id = 'a.csv'"
            )
        with pytest.raises(IndexMismatchError, match="index doctor"):
            library.document("a.csv")


def test_places_are_found_as_by_looking_at_all() -> None:
    many = [
        Place(7 * i + 3, 7 * i + 8, i // 40 + 1, box=(1.5, i / 10, 9, i + 0.5)) for i in range(2500)
    ]
    places = Places.of(iter(many))
    assert list(places) == many
    for start, end in ((0, 3), (0, 4), (7000, 7020), (6999, 7000), (17_498, 20_000), (50, 50)):
        assert places.within(start, end) == [
            at for at in many if max(at.start, start) < min(at.end, end)
        ]
    rows = [Place(7 * i, 7 * i + 6, label=f"Umsatz!A{i}:C{i}") for i in range(10_000)]
    assert len(Places.of(rows).packed) < 5 * len(rows)


def test_each_line_of_tables_is_made_of_its_own_cells() -> None:
    """Each value is like no other, so that a line tells by itself which cells it was made of."""
    numbers = range(10, 40)
    towns = [["Ort", "Q1", "Q2"], *([f"Ort {n}", f"1{n}", f"2{n}"] for n in numbers)]
    goods = [["Name", "Preis"], *([f"Ding {n}", f"3{n} €"] for n in range(10, 32))]
    roads = [["Weg", "Länge"], *([f"Weg {n}", f"4{n}0 m"] for n in numbers)]
    beside = [[*row, "", *other] for row, other in zip(goods, roads, strict=False)]
    wide = [["Nr", *(f"Spalte {n}" for n in range(60))], ["W1", *(f"5{n:02}00" for n in range(60))]]
    grid = [["Stand"], [], *towns, [], ["", "Handel"], *beside, *[["", "", "", *roads[-1]]], []]
    grid += [["Anhang"], *wide]
    place = {
        cell: (row, column) for row, cells in enumerate(grid) for column, cell in enumerate(cells)
    }
    checked = 0
    for text, cells in lines(grid):
        values = [part.rpartition(": ")[2] for part in text.removeprefix("- ").split("; ")]
        known = {place[value] for value in values if regex.search(r"\d", value)}
        if known and cells:
            assert {row for row, _ in known} == {cells.row}
            columns = {column for _, column in known}
            assert cells.first <= min(columns) <= max(columns) <= cells.last
            assert (cells.first, cells.last) == (min(columns), max(columns)) or "W1" in text
            checked += len(known)
    assert checked >= 3 * 30 + 4 * 22 + 60
