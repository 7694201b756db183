"""Sheets as Excel shows them: made by xlsxwriter, which writes what Excel would, or as XML."""

import datetime
import io

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.utils.datetime import WINDOWS_EPOCH

from index.reading.extraction import Extracted, extract
from index.reading.sheets.number_formats import shown_number
from tests.support import documents_made as made

ACCOUNTING = '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'
DAY = 45_000.0
"""The 15th of March 2023, a Wednesday."""


# What Excel's own cells show (ECMA-376, part 1, 18.8.31, and its examples).
SHOWN = [
    (0.475, "0.0 %", "47.5 %"),
    (1250, "#,##0.00\\ [$€-40C]", "1 250,00 €"),
    (1250, "#,##0.00\\ [$€-407]", "1.250,00 €"),
    (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
    (-5, "#,##0.00_);(#,##0.00)", "(5.00)"),
    (-1250, ACCOUNTING, "-1,250.00 €"),
    (0, ACCOUNTING, "- €"),
    (1.005, "0.00", "1.01"),
    (2.5, "0", "3"),
    (7, "00000", "00007"),
    (123456789, "000-00-0000", "123-45-6789"),
    (1234567, '#,##0.0,,"M"', "1.2M"),
    (12345, "0.00E+00", "1.23E+04"),
    (0.000012, "0.0E+0", "1.2E-5"),
    (150, '[>=100]"高";"低"', "高"),
    (3, '0" 个"', "3 个"),
    (0, "0.00;-0.00;", ""),
    (2020.0, "General", "2020"),
    (0.1 + 0.2, "General", "0.3"),
    (DAY, "dd.mm.yyyy", "15.03.2023"),
    (DAY, 'yyyy"年"m"月"d"日";@', "2023年3月15日"),
    (DAY, "[$-407]dddd, d. mmmm yyyy", "Mittwoch, 15. März 2023"),
    (DAY, "[$-804]aaaa", "星期三"),
    (DAY, "mm-dd-yy", "2023-03-15"),  # the system's order of day and month, which no file has
    (DAY + 0.999999, "yyyy-mm-dd h:mm", "2023-03-16 0:00"),
    (9.5 / 24, "h:mm", "9:30"),
    (0.75, "h:mm AM/PM", "6:00 PM"),
    (65.5 / 1440, "mm:ss", "05:30"),
    (26 / 24, "[h]:mm", "26:00"),
    (0.25, "# ?/?", "0.25"),  # fractions are not written
    (1e300, "dd.mm.yyyy", "1E+300"),
    (5, '"' * 300, "5"),
]


@pytest.mark.parametrize(("value", "code", "shown"), SHOWN, ids=[row[1] for row in SHOWN])
def test_numbers_are_shown_as_excel_shows_them(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code, epoch=WINDOWS_EPOCH) == shown


def test_a_workbook_is_written_in_the_one_language_that_it_names() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        euros, share, day = (
            book.add_format({"num_format": code})
            for code in ("#,##0.00\\ [$€-407]", "0.0 %", "d. mmmm yyyy")
        )
        sheet = book.add_worksheet("Haushalt")
        sheet.write_row(0, 0, ["Bereich", "Plan", "Anteil", "Seit"])
        sheet.write_row(1, 0, ["Straßen"])
        sheet.write_number(1, 1, 1250, euros)
        sheet.write_number(1, 2, 0.475, share)
        sheet.write_datetime(1, 3, datetime.datetime(2021, 5, 4), day)
    assert extract("a.xlsx", file.getvalue()).text == (
        "## Haushalt\n\n- Bereich: Straßen; Plan: 1.250,00 €; Anteil: 47,5 %; Seit: 4. Mai 2021"
    )


def notes_of(found: Extracted) -> dict[str, str]:
    return {note.code: note.detail for note in found.notes}


def test_what_is_hidden_is_left_out_and_named() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "店"
    for row in (["店", "旧价", "价"], ["甲", 1, 2], ["乙", 3, 4], ["丙", 5, 6]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet["C4"].number_format = ";;;"
    book.create_sheet("草稿").append(["不该读"])
    book["草稿"].sheet_state = "veryHidden"
    file = io.BytesIO()
    book.save(file)
    found = extract("a.xlsx", file.getvalue())
    assert found.text == "## 店\n\n- 店：甲；价：2\n- 店：丙"
    assert notes_of(found) == {"hidden": "店!3, 店!B, 店!C4, 草稿"}


def test_formulas_without_a_value_and_comments_are_named() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Month", "Sales"], ["May", 120], ["June", 80], ["Total", "=SUM(B2:B3)"]):
        sheet.append(row)
    sheet["B2"].comment = Comment("estimated", "Ann")
    file = io.BytesIO()
    book.save(file)
    found = extract("a.xlsx", file.getvalue())
    assert notes_of(found) == {"no_value": "Sheet!B4", "comments": "Sheet!B2"}
    assert "SUM" not in found.text
    assert "Sales: 120" in found.text


def test_merged_cells_stand_in_all_their_rows_and_columns() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("在庫")
        sheet.merge_range("B3:B4", "分類")
        sheet.merge_range("C3:C4", "品名")
        sheet.merge_range("D3:E3", "東京倉庫")
        sheet.write_row("D4", ["入庫", "数量"])
        sheet.merge_range("B5:B6", "文具")
        sheet.write_row("C5", ["ペン", "三月", 1200])
        sheet.write_row("C6", ["ノート", "四月", 560])
    assert extract("a.xlsx", file.getvalue()).text == (
        "## 在庫\n\n"
        "- 分類：文具；品名：ペン；東京倉庫 · 入庫：三月；東京倉庫 · 数量：1200\n"
        "- 分類：文具；品名：ノート；東京倉庫 · 入庫：四月；東京倉庫 · 数量：560"
    )


def test_damage_costs_only_the_cells_that_it_is_in() -> None:
    cells = '<c r="A{0}" t="inlineStr"><is><t>第{0}行</t></is></c>'
    rows = "".join(f'<row r="{i}">{cells.format(i)}</row>' for i in range(1, 3000))
    bad = '<c r="A1"><v>abc</v></c><c r="B1" t="s"><v>99</v></c><c r="C1"><v>7</v></c>'
    found = extract("a.xlsx", made.sheet_of(f'<row r="1">{bad}</row>'))
    assert (found.text, notes_of(found)) == ("## 表\n\n7", {"chapter_skipped": "表!A1, 表!B1"})
    raw = made.workbook({"表": [["a"]]})
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cut = f'<worksheet xmlns="{space}"><dimension ref="A1"/><sheetData>{rows}<row><c></row>'
    found = extract("a.xlsx", made.replaced(raw, "xl/worksheets/sheet1.xml", cut.encode()))
    assert "第1行" in found.text
    assert notes_of(found)["table_cut"].startswith("表, ")


def test_texts_of_boxes_on_a_sheet_are_read() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Ort", "Ulm"])
        sheet.insert_textbox("D2", "Stand: Mai\nvorläufig 🎉")
    assert extract("a.xlsx", file.getvalue()).text.endswith("\n\nStand: Mai\nvorläufig 🎉")


DELIMITED = [
    ("Ort;Temp;Regen\nUlm;1,5;2,5\nBonn;3,0;0,4\n", "- Ort: Ulm; Temp: 1,5; Regen: 2,5"),
    ("sep=;\r\nOrt;Temp\r\nUlm;1,5\r\n", "- Ort: Ulm; Temp: 1,5"),
    ('name, note, n\n"Lee, Ann", "says; hi", 3\n"Hay", "one; two", 4\n', "note: says; hi; n: 3"),
    ('品名\t备注\t价\n茶\t"第一行\n第二行"\t5\n', "- 品名：茶；备注：第一行 第二行；价：5"),
    (
        "Liste der Orte\n\nOrt;Zahl;Kreis\nUlm;5;a,b\nBonn;6;c,d\n",
        "- Ort: Ulm; Zahl: 5; Kreis: a,b",
    ),
]


@pytest.mark.parametrize(("text", "line"), DELIMITED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_files_of_text_are_cut_where_their_rows_are(text: str, line: str, encoding: str) -> None:
    assert line in extract("a.csv", text.encode(encoding)).text
