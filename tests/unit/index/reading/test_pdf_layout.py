"""PDFs drawn by reportlab, which knows what it draws where, against the text that is read."""

import io
import textwrap
from collections.abc import Callable, Sequence

import pytest
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import LongTable, SimpleDocTemplate, Table, TableStyle

from index.reading.extraction import Extracted, extract
from index.reading.pdf.layout import Line, paragraphs

LEFT = (
    "The depot at Hallmoor was opened in the wet summer of 1974 and has been rebuilt twice. Its "
    "roof is carried by forty oak beams that came from a mill. In the eastern hall stand nine "
    "trams, three of which still run on holidays."
)
RIGHT = (
    "Visitors may ride on the open wagon from April to October. Tickets cost 4.50 euros and are "
    "sold by the driver. The workshop gives courses in welding for young people of the district. "
    "Whoever finishes all six evenings receives a certificate."
)
HEADING = "Opening hours of the depot and of the museum shop that stands beside the gate"
Draw = Callable[[canvas.Canvas], None]


def read(*pages: Draw, size: tuple[int, int] = (595, 842)) -> Extracted:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    sheet = canvas.Canvas(file, pagesize=size, invariant=1)
    for draw in pages:
        sheet.setFont("Helvetica", 10)
        draw(sheet)
        sheet.showPage()
    sheet.save()
    return extract("a.pdf", file.getvalue())


def _rows(
    sheet: canvas.Canvas, rows: Sequence[Sequence[str]], xs: Sequence[int], y: int = 700
) -> int:
    for row in rows:
        for x, text in zip(xs, row, strict=True):
            sheet.drawString(x, y, text)
        y -= 13
    return y


def _columns(sheet: canvas.Canvas, *, lines_first: bool, top: int = 760) -> None:
    left, right = textwrap.wrap(LEFT, 46), textwrap.wrap(RIGHT, 46)
    if lines_first:
        _rows(sheet, list(zip(left, right, strict=False)), (60, 310), top)
        _rows(sheet, [[line] for line in right[len(left) :]], [310], top - 13 * len(left))
    else:
        _rows(sheet, [[line] for line in left], [60], top)
        _rows(sheet, [[line] for line in right], [310], top - 5)


@pytest.mark.parametrize("lines_first", [True, False])
def test_columns_are_read_one_after_the_other_around_a_heading(lines_first: bool) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        _columns(sheet, lines_first=lines_first)
        sheet.setFont("Helvetica-Bold", 13)
        sheet.drawString(60, 620, HEADING)
        sheet.setFont("Helvetica", 10)
        _columns(sheet, lines_first=lines_first, top=590)

    assert read(draw).text.split("\n\n") == [LEFT, RIGHT, HEADING, LEFT, RIGHT]


def test_an_unruled_table_of_rows_of_several_lines_is_statements() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 760, "Stock of the spare parts store at the end of 2024, in pieces:")
        xs = (60, 220, 330, 440)
        _rows(sheet, [("Part", "Shelf", "Supplier", "Pieces")], xs, 730)
        _rows(sheet, [("Axle bearing for the", "B 12", "Ostwerk", "31")], xs, 709)
        _rows(sheet, [("narrow wagon", "", "", "")], xs, 696)
        _rows(sheet, [("Brake shoe", "C 3", "Lindner & Sohn", "7")], xs, 675)
        _rows(sheet, [("Whistle", "A 1", "Own make", "17")], xs, 654)

    assert read(draw).text.split("\n\n")[1].splitlines() == [
        "- Part: Axle bearing for the narrow wagon; Shelf: B 12; Supplier: Ostwerk; Pieces: 31",
        "- Part: Brake shoe; Shelf: C 3; Supplier: Lindner & Sohn; Pieces: 7",
        "- Part: Whistle; Shelf: A 1; Supplier: Own make; Pieces: 17",
    ]


def test_a_ruled_table_keeps_its_merged_cells() -> None:
    cells = [
        ["Leistung", "Gebühr", "", "Amt"],
        ["", "2024", "2025", ""],
        ["Hund", "38,00", "41,50", "Steueramt"],
        ["Fischerei", "25,00", "26,00", "Ordnungsamt"],
        ["Sperrzeit", "110,00", "115,00", ""],
    ]
    merged = [((1, 0), (2, 0)), ((0, 0), (0, 1)), ((3, 0), (3, 1)), ((3, 3), (3, 4))]

    def draw(sheet: canvas.Canvas) -> None:
        table = Table(cells, colWidths=[60, 40, 40, 80], rowHeights=18)
        spans = [("SPAN", *span) for span in merged]
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), *spans]))
        table.wrapOn(sheet, 500, 500)
        table.drawOn(sheet, 60, 600)

    assert read(draw).text.splitlines() == [
        "- Leistung: Hund; Gebühr · 2024: 38,00; Gebühr · 2025: 41,50; Amt: Steueramt",
        "- Leistung: Fischerei; Gebühr · 2024: 25,00; Gebühr · 2025: 26,00; Amt: Ordnungsamt",
        "- Leistung: Sperrzeit; Gebühr · 2024: 110,00; Gebühr · 2025: 115,00; Amt: Ordnungsamt",
    ]


def test_a_table_with_rules_between_its_columns_alone_keeps_its_rows_and_dashes() -> None:
    rows = [
        ("Offences against the", "", ""),
        ("family . . . . . . . . . . .", "92.4", "3.7"),
        ("Robbery. . . . . . . . . . .", "102.1", "25.5"),
        ("Embezzlement . . . . . . .", "14.6", "–"),
        ("Vagrancy . . . . . . . . . .", "–", "2.2"),
        ("Arson . . . . . . . . . . . . .", "9.8", "4.3"),
        ("Fraud . . . . . . . . . . . . .", "–", "–"),
    ]

    def draw(sheet: canvas.Canvas) -> None:
        xs = (60, 200, 270)
        _rows(sheet, [("Offence", "Men", "Women")], xs, 700)
        _rows(sheet, rows, xs, 684)
        for y in (714, 696, 590):
            sheet.line(56, y, 330, y)
        for x in (190, 260):
            sheet.line(x, 714, x, 590)

    lines = read(draw).text.splitlines()
    assert lines[-5:] == [
        "- Offence: Robbery; Men: 102.1; Women: 25.5",
        "- Offence: Embezzlement; Men: 14.6; Women: –",
        "- Offence: Vagrancy; Men: –; Women: 2.2",
        "- Offence: Arson; Men: 9.8; Women: 4.3",
        "- Offence: Fraud; Men: –; Women: –",
    ]


def test_dashes_in_an_unruled_table_stay_in_their_columns() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        xs = (60, 220, 330, 440)
        _rows(sheet, [("Ort", "2022", "2023", "2024")], xs, 730)
        _rows(sheet, [("Alsen", "12", "–", "14")], xs, 714)
        _rows(sheet, [("Bergen", "–", "–", "31")], xs, 698)
        _rows(sheet, [("Cuxhaven", "8", "9", "–")], xs, 682)

    assert read(draw).text.splitlines()[-3:] == [
        "- Ort: Alsen; 2022: 12; 2023: –; 2024: 14",
        "- Ort: Bergen; 2022: –; 2023: –; 2024: 31",
        "- Ort: Cuxhaven; 2022: 8; 2023: 9; 2024: –",
    ]


def test_a_line_made_higher_by_what_is_in_it_does_not_end_its_paragraph() -> None:
    lines = [
        Line("Several people have requested an easy mechanism for", 0, 300, 100, 91),
        Line("the distribution of packages under the licence of this", 0, 300, 88, 76),
        Line("system. The old file was unsuitable as a licence.", 0, 290, 75, 66),
    ]
    assert len(paragraphs(lines)) == 1
    assert len(paragraphs([lines[0], lines[1]._replace(text="The distribution")])) == 2


def test_a_sentence_over_a_page_break_is_one_and_pages_stay_spans() -> None:
    first = ["The store was moved to the cellar in spring because the roof", "above it was"]
    second = ["leaking, and nobody could say since when. Nothing was lost.", "So it stays."]
    pages = [
        lambda sheet: _rows(sheet, [[line] for line in first], [60]),
        lambda sheet: _rows(sheet, [[line] for line in second], [60]),
    ]
    found = read(*pages)
    assert "above it was leaking, and nobody" in found.text
    one, two = found.pages
    assert found.text[one.start : one.end].endswith("above it was")
    assert found.text[two.start : two.end].startswith("leaking")


NUMBERS = [
    ("Ort", "Amt", "Zahl"),
    *((f"Ort {c}", f"Amt {c}", f"{7 * i}") for i, c in enumerate("ABCDEFGHIJKLMNOPQRS")),
]
YEARS = [("港口", "2022", "2023"), *((f"港{i}", f"{i * 5}", f"{i * 7}") for i in range(19))]
WORDS = [
    ("Ort", "Amt", "Leitung"),
    *((f"Ort{c}", f"Amt{c}", f"Frau {c}am") for c in "ABCDEFGHIJKLMNOPQRS"),
]


@pytest.mark.parametrize("cells", [NUMBERS, YEARS, WORDS], ids=["numbers", "years", "words"])
@pytest.mark.parametrize("is_ruled", [True, False])
@pytest.mark.parametrize("heads", [0, 1])
def test_a_table_over_pages_keeps_its_heads_said_again_or_not(
    cells: Sequence[tuple[str, ...]], is_ruled: bool, heads: int
) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    table = LongTable(cells, colWidths=[110] * 3, repeatRows=heads)
    rules = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if is_ruled else []
    table.setStyle(TableStyle([("FONTNAME", (0, 0), (-1, -1), "STSong-Light"), *rules]))
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=(400, 250), topMargin=40, bottomMargin=40).build([table])

    found = extract("a.pdf", file.getvalue())
    assert len(found.pages) == 3
    colon, between = ("：", "；") if cells is YEARS else (": ", "; ")
    assert [line for line in found.text.splitlines() if line] == [
        "- "
        + between.join(f"{head}{colon}{cell}" for head, cell in zip(cells[0], row, strict=True))
        for row in cells[1:]
    ]


def test_a_table_with_other_heads_on_the_next_page_is_another() -> None:
    pages = [
        [("Ort", "Zahl", "Jahr"), ("Ulm", "12", "1990"), ("Bonn", "9", "1991")],
        [("Schiff", "Last", "Bau"), ("Anna", "70", "1950"), ("Emma", "55", "1961")],
    ]
    found = read(*(lambda sheet, rows=rows: _rows(sheet, rows, (60, 200, 300)) for rows in pages))
    assert found.text.splitlines()[-1] == "- Schiff: Emma; Last: 55; Bau: 1961"


def test_what_is_turned_beside_a_text_does_not_come_between_its_pages() -> None:
    first = ["The store was moved to the cellar in spring because the roof", "above it was"]
    second = ["leaking, and nobody could say since when. Nothing was lost.", "So it stays."]

    def draw(sheet: canvas.Canvas) -> None:
        _rows(sheet, [[line] for line in first], [60])
        sheet.translate(560, 300)
        sheet.rotate(90)
        sheet.drawString(0, 0, "Archive copy of the town hall kept under")

    found = read(draw, lambda sheet: _rows(sheet, [[line] for line in second], [60]))
    assert found.text.split("\n\n") == [
        "Archive copy of the town hall kept under",
        " ".join([*first, *second]),
    ]


def test_running_heads_are_told_once_and_a_last_cell_is_no_page_number() -> None:
    def page(number: int) -> Draw:
        def draw(sheet: canvas.Canvas) -> None:
            sheet.drawString(60, 810, "Hallmoor depot, annual report")
            sheet.drawString(290, 30, f"Page {number} of 4")
            rows = [(f"Tram {number}{i}", "hall", str(30 + i)) for i in range(6)]
            _rows(sheet, [("Name", "Place", "Age"), *rows], (60, 200, 300), 760)

        return draw

    found = read(*map(page, range(1, 5)))
    assert [note.detail for note in found.notes if note.code == "running_heads"] == [
        "Hallmoor depot, annual report; Page 1 of 4"
    ]
    assert "annual report" not in found.text
    assert found.text.count("Age: 35") == 4


def test_letters_drawn_twice_are_read_once_and_ligatures_whole() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont("STSong-Light", 18)
        for shift in (0, 0.4):
            sheet.drawString(60 + shift, 700, "河湾镇水文站观测简报")
        sheet.setFont("Helvetica", 10)
        for shift in (0, 0.3):
            sheet.drawString(60 + shift, 600, "All pupils spell mississippi.")

    assert read(draw).text.split("\n\n") == [
        "河湾镇水文站观测简报",
        "All pupils spell mississippi.",
    ]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages_are_read_line_by_line(angle: int) -> None:
    lines = [f"Line {i} of the page about the old mill." for i in range(1, 5)]

    def draw(sheet: canvas.Canvas) -> None:
        sheet.translate(300, 400)
        sheet.rotate(angle)
        for i, line in enumerate(lines):
            sheet.drawString(-150, 100 - 30 * i, line)

    assert read(draw).text == " ".join(lines)


def test_vertical_chinese_is_read_from_the_right() -> None:
    columns = [
        "渡口在镇南三里石阶四十八级建于清末每逢大水",
        "船家便把缆绳系在老槐树上等水退了再开船。",
    ]

    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont("STSong-Light", 14)
        for x, column in zip((500, 475), columns, strict=True):
            for i, char in enumerate(column):
                sheet.drawString(x, 760 - 16 * i, char)

    assert read(draw).text == "".join(columns)


def test_what_might_be_columns_or_a_table_is_said_to_be_unsure() -> None:
    rows = [
        ("The north quay with two cranes and a shed", "Walkers may enter it all through the year"),
        ("Fish hall by the old mole", "Closed while it is rebuilt"),
        ("Pilot house at the lock", "Seen only with a guide"),
        ("Gate of the upper yard", "Opened on two Sundays"),
    ]

    found = read(lambda sheet: _rows(sheet, rows, (40, 310)))
    assert ("order_unsure", "1") in {(note.code, note.detail) for note in found.notes}
    # Nothing of both sides is in one sentence.
    assert not any("quay" in line and "Walkers" in line for line in found.text.splitlines())
