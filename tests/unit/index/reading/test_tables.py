"""Tables as statements: what a person reads from a table is what each line says.

The lines expected are written by hand, from the table as its program shows it.
"""

import io
import re
import time
from collections.abc import Sequence

import docx
import pptx
import pytest
from docx.oxml.parser import OxmlElement

from index.cutting.sentences import split_sentences
from index.reading.extraction import extract
from index.reading.tables.tables import Merged, statements
from index.reading.text.markdown import shown
from index.reading.text.markup import as_text

GROUPED = [
    ["部门", "2022年", "", "2023年", ""],
    ["", "计划", "实际", "计划", "实际"],
    ["市场部", "120", "118", "150", "161"],
    ["研发部", "300", "290", "320", "305"],
]
GROUPED_LINES = (
    "- 部门：市场部；2022年 · 计划：120；2022年 · 实际：118；"
    "2023年 · 计划：150；2023年 · 实际：161\n"
    "- 部门：研发部；2022年 · 计划：300；2022年 · 实际：290；"
    "2023年 · 计划：320；2023年 · 实际：305"
)
MERGES = [((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (0, 4))]


@pytest.mark.parametrize(
    ("grid", "lines"),
    [
        (GROUPED, GROUPED_LINES.split("\n")),
        ([["Oslo", "709000", "NO"], ["Bergen", "291000", "NO"]], ["- Oslo; 709000; NO"]),
        ([["", "2022", "2023"], ["粤海", "1950", "2100"]], ["- 粤海；2022：1950；2023：2100"]),
        ([["Ort", "Höhe"], ["A", "1"], ["Ort", "Höhe"], ["B", "2"]], ["- Ort: B; Höhe: 2"]),
        (
            [["収入"], ["単位：万円"], ["支店", "額"], ["東京", "35"]],
            ["- 支店：東京；額：35；単位：万円"],
        ),
        (
            [["Umsatz"], ["in Mio. €"], ["Sparte", "Wert"], ["Gas", "8"]],
            ["- Sparte: Gas; Wert: 8; in Mio. €"],
        ),
        ([["Name:", "Solberg"], ["Port:", "Bergen"]], ["- Name: Solberg", "- Port: Bergen"]),
        (
            [["姓名", "李明", "性别", "男"], ["地址", "深圳", Merged("深圳"), Merged("深圳")]],
            ["- 姓名：李明；性别：男", "- 地址：深圳"],
        ),
        (
            [["Posten", "Wert"], ["Aktiva", Merged("Aktiva")], ["Kasse", "n/a"], ["Bank", "5"]],
            ["- Aktiva; Posten: Kasse; Wert: n/a", "- Aktiva; Posten: Bank; Wert: 5"],
        ),
        (
            [["Tag", "9–12 Uhr", "12–15 Uhr"], ["Mo", "zu", Merged("zu")], ["Di", "auf", "zu"]],
            ["- Tag: Mo; 9–12 Uhr: zu; 12–15 Uhr: zu"],
        ),
        (
            [["Ort", "", "Höhe"], ["Nord", "neu", "offen"], ["Süd", "alt", "12"]],
            ["- Ort: Nord; neu; Höhe: offen", "- Ort: Süd; alt; Höhe: 12"],
        ),
        (
            [
                ["Foglio", Merged("Foglio"), "Contenuto", "Variabili"],
                [],
                ["casi", Merged("casi"), "Casi per data", "data del caso"],
                [Merged("casi"), Merged("casi"), Merged("Casi per data"), "regione"],
                ["decessi", Merged("decessi"), "Decessi per data", "data"],
            ],
            [
                "- Foglio: casi; Contenuto: Casi per data; Variabili: data del caso",
                "- Foglio: casi; Contenuto: Casi per data; Variabili: regione",
            ],
        ),
        (
            [["المدينة", "السكان", "السكان"], ["المدينة", "2010", "2020"], ["إربد", "1", "2"]],
            ["- المدينة: إربد; السكان · 2010: 1; السكان · 2020: 2"],
        ),
    ],
)
def test_heads_are_found(grid: list[list[str]], lines: list[str]) -> None:
    found = statements(grid).split("\n")
    assert [line for line in lines if line not in found] == []
    assert len(found) <= len(grid) + 1


@pytest.mark.parametrize("between", [[], [[]]])
def test_several_tables_in_a_grid_keep_to_their_own_heads(between: list[list[str]]) -> None:
    tables = [
        [[f"{year}年"], ["街道", "基站数"], ["粤海", count]]
        for year, count in ((2022, "7"), (2023, "9"))
    ]
    assert statements([*tables[0], *between, *tables[1]]).split() == [
        "-", "2022年；街道：粤海；基站数：7", "-", "2023年；街道：粤海；基站数：9",
    ]  # fmt: skip
    beside = [
        ["Name", "Alter", "", "Ware", "Preis"],
        ["Anna", "30", "", "Brot", "3"],
        ["Bert", "41"],
    ]
    assert (
        statements(beside)
        == "- Name: Anna; Alter: 30\n- Name: Bert; Alter: 41\n\n- Ware: Brot; Preis: 3"
    )


def test_a_note_below_a_table_is_no_row_of_it() -> None:
    grid = [["姓名", "电话"], ["王", "1234"], [], ["合计", "1"], [], ["制表人", "李明"]]
    assert statements(grid).split("\n") == [
        "- 姓名：王；电话：1234",
        "- 姓名：合计；电话：1",
        "",
        "- 制表人：李明",
    ]


def test_nothing_but_heads_is_still_said() -> None:
    for heads in (None, 1, 2):
        assert {"Nur", "Kopf"} <= set(
            re.findall(r"\w+", statements([["Nur", "Kopf"]], heads=heads))
        )
    assert statements([["a", "b"]] * 3) == "- a; b"


def test_each_part_of_a_wide_row_names_the_row() -> None:
    grid = [["街道", *(f"指标{i}" for i in range(200))], ["粤海", *map(str, range(200))]]
    lines = statements(grid).split("\n")
    assert len(lines) > 3
    assert all(line.startswith("- 街道：粤海；指标") and len(line) < 500 for line in lines)
    said = re.findall(r"指标(\d+)：(\d+)", "\n".join(lines))
    assert said == [(str(i), str(i)) for i in range(200)]


def test_a_row_is_a_sentence() -> None:
    text = statements(
        [["Amt", "Aufgabe", "Seit"], *(["Dr. Li", "Prüft Akten.", "3. Mai 2020"] for _ in range(9))]
    )
    assert [text[start:end] for start, end in split_sentences(text)] == text.split("\n")


# Formats


def _word(rows: Sequence[Sequence[str]], merges: Sequence, marked: int) -> bytes:  # type: ignore[type-arg]
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    for first, last in merges:
        text = table.cell(*first).text
        table.cell(*first).merge(table.cell(*last)).text = text
    for row in list(table.rows)[:marked]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize("marked", [0, 2])
def test_merged_cells_of_word(marked: int) -> None:
    assert extract("a.docx", _word(GROUPED, MERGES, marked)).text == GROUPED_LINES


def test_merged_cells_of_slides() -> None:
    deck = pptx.Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
    table = shapes.add_table(4, 5, 0, 0, 10**6, 10**6).table
    for i, row in enumerate(GROUPED):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    for first, last in MERGES:
        table.cell(*first).merge(table.cell(*last))
    file = io.BytesIO()
    deck.save(file)
    assert extract("a.pptx", file.getvalue()).text == GROUPED_LINES


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            "<caption>Einwohner</caption><tfoot><tr><td>Summe<td>3<td>4</tfoot><thead><tr>"
            "<th rowspan=2>Ort<th colspan=2>2023<tr><th>Männer<th>Frauen</thead>"
            "<tr><td>Ulm<td>1<td>2",
            "Einwohner\n\n- Ort: Ulm; 2023 · Männer: 1; 2023 · Frauen: 2\n"
            "- Ort: Summe; 2023 · Männer: 3; 2023 · Frauen: 4",
        ),
        (
            "<tr><th>Land<th>Stadt<tr><td rowspan=0>Hessen<td>Kas<b>sel</b><br>a|b<tr><td>Fulda",
            "- Land: Hessen; Stadt: Kassel a|b\n- Land: Hessen; Stadt: Fulda",
        ),
        (
            "<tr><th>Zweck<th>Dauer<tr><td>Werbung:<ul><li>Kunden<li>Gäste</ul><td>6 Monate",
            "- Zweck: Werbung: • Kunden • Gäste; Dauer: 6 Monate",
        ),
        (
            "<tr><th>Gerät<th>Werte<tr><td>X1<td>siehe <table><tr><td>Watt<td>300</table>",
            "- Gerät: X1; Werte: siehe • Watt: 300",
        ),
        (
            "<tr><th colspan=2>Brücke<tr><th>Länge<td>120 m<tr><th>Baujahr<td>1998",
            "- Brücke; Länge: 120 m\n- Brücke; Baujahr: 1998",
        ),
        (
            "<tr><th>Phase<td>Planung<td>Bau<tr><th>Dauer<td>2 Jahre<td>3 Jahre",
            "- Phase: Planung; Dauer: 2 Jahre\n- Phase: Bau; Dauer: 3 Jahre",
        ),
        (
            "<tr><th>Ort<th>Höhe<tr><td>A<td>1<tr><th colspan=2>Flüsse<tr><th>Fluss<th>km"
            "<tr><td>B<td>9",
            "- Ort: A; Höhe: 1\n\nFlüsse\n\n- Fluss: B; km: 9",
        ),
        ("<tr><td>Menü<td><h2>Über uns</h2><p>Text.</p>", "Menü\n\n## Über uns\n\nText."),
        ("<tr><td><a href=x>Start</a><td><a href=y>Hilfe</a>", "Start\n\nHilfe"),
    ],
)
def test_tables_of_html(table: str, text: str) -> None:
    assert as_text(f"<p>Oben</p><table>{table}</table><p>unten</p>") == f"Oben\n\n{text}\n\nunten"


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            "| a | b |\n|---|:-:|\n| 1 \\| x | 2<br>3 |\n|  | 3 | 4 |",
            "- a: 1 | x; b: 2 3\n- b: 3; 4",
        ),
        ("a | b\n--- | ---\n1 | 2\nkein Strich", "- a: 1; b: 2\nkein Strich"),
        (
            "| 部门 | 年 | 年 |\n| 部门 | 甲 | 乙 |\n|---|---|\n| 市 | 1 | 2 |",
            "- 部门：市；年 · 甲：1；年 · 乙：2",
        ),
        ("| a | b |\n\n|---|---|\n\n| 1 | 2 |\n\n| 3 | 4 |", "- a: 1; b: 2\n- a: 3; b: 4"),
        ("|  |  |\n|---|---|\n| 姓名 | 李明 |\n| 性别 | 男 |", "- 姓名：李明\n- 性别：男"),
        ("> | a | b |\n> |-|-|\n> | 1 | - |", "> - a: 1; b: -"),
        ("<TABLE>\n<tr><th>A<th>B\n\n<tr><td>1<td>**2**\n</TABLE>", "- A: 1; B: **2**"),
        ("- x\n\n      | a | b |\n      |---|---|\n      | 1 | 2 |", "- x\n\n      - a: 1; b: 2"),
    ],
)
def test_tables_of_markdown(table: str, text: str) -> None:
    around = "# 题  \n\n\tx | y\n\n{}\n\nif a || b:  \n"
    assert shown(around.format(table)) == around.format(text)


@pytest.mark.parametrize(
    "text",
    [
        "```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n",
        "~~~~\n~~~\n<table><tr><td>1</table>\n| a |\n|---|\n~~~~",
        "Inline `<table>` und `</table>`, dann | und ||\n\n---\n| nur eine |\n",
    ],
)
def test_what_is_no_table_in_markdown_stays(text: str) -> None:
    assert shown(text) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "<table><tr><td rowspan=99999 colspan=9999999999>x<td>y",
        "<table><tr><th>a<th>b",
        "<table></table>",
        "| a | b |\n\n",
        "| a | b |\n|---|---|\n",
        "|\n",
        "<table>\n",
        "</table>\n",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(count: int) -> float:
        begun = time.thread_time()
        shown(unit * count + "</table>")
        return time.thread_time() - begun

    seconds(100)
    assert seconds(8000) < 20 * seconds(2000) + 0.5
