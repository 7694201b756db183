"""Stored rows shown as tables: against what the index stores, and against a strict HTML parser."""

import time

import lxml.html
import pytest

from index.cutting.rows import cells_of
from index.reading.tables.tables import statements
from index.types import Chunk, Document, Metadata, Span
from rag.types import Citation
from webui.drawing import evidence, reading
from webui.drawing.tables import tables
from webui.texts import EN, ZH

PEOPLE = [
    ["街道", "基站数", "时间", "备注"],
    ["粤海", "2100", "8：30", "含临时"],
    ["招商", "", "9：00", ""],
    ["沙头", "1850", "", "📡 <b>"],
    ["福田", "990", "", ""],
]
PRICES = [["Name", "Price · net", "Link"], ["A5", "12 €", "http://a.b/c: d"], ["B6", "8 €", "–"]]


def document(text: str) -> Document:
    return Document("表.xlsx", text, Metadata("表"))


def shown(text: str, place: Span, short: tuple[int, int] | None = None) -> lxml.html.HtmlElement:
    """The panel of a citation of some characters of a text."""
    quote = text[slice(*place)]
    one = document(text)
    cited = Citation(1, one.doc_id, *place, quote, one.sha256, one.metadata)
    panel = evidence.evidence(cited, one, ZH, index=0, total=1, group="cited", short=short)
    return lxml.html.fromstring(panel)


@pytest.mark.parametrize(
    ("rows", "colon", "between"), [(PEOPLE, "：", "；"), (PRICES, ": ", "; ")], ids=["zh", "en"]
)
def test_cells_joined_are_the_line_and_the_table_is_the_one_stored(
    rows: list[list[str]], colon: str, between: str
) -> None:
    text = f"前文\n\n{statements(rows)}\n\n后文"
    (table,) = tables(text)
    assert table.heads == rows[0]
    assert len(table.rows) == len(rows) - 1
    for row, source in zip(table.rows, rows[1:], strict=True):
        said = [f"{cell.head}{colon}{text[slice(*cell.place)]}" for cell in row.cells]
        assert "- " + between.join(said) == text[slice(*row.line)]
        filled = {head: cell for head, cell in zip(rows[0], source, strict=True) if cell}
        assert {cell.head: text[slice(*cell.place)] for cell in row.cells} == filled
    page = shown(text, Span(0, 2))
    assert [th.text_content() for th in page.iter("th")] == rows[0]
    grid = [
        [
            text
            for td in tr.iter("td")
            for text in [td.text_content()] + [""] * (int(td.get("colspan", 1)) - 1)
        ]
        for tr in page.iter("tr")
    ][1:]
    assert grid == rows[1:]
    (table,) = page.xpath("//*[@class='scroll']")
    around = [
        "".join(part.text_content() for part in table.itersiblings(preceding=preceding))
        for preceding in (True, False)
    ]
    assert ("前文" in around[0], around[1]) == (True, "\n后文")


@pytest.mark.parametrize(
    "text",
    [
        "- 街道：粤海；备注：甲；乙\n- 街道：招商；备注：丙；丁",
        "- 街道：粤海；2100\n- 街道：招商；1800",
        "- 姓名：李明\n- 性别：男\n- 年龄：34",
        "- 街道：粤海；基站数：2100",
        "- 注：一\n- 注：二\n- 注：三",
        "- 比例（1：2；3：4）；甲：1\n- 比例（1：2；3：4）；甲：2",
        "- Name: A5; Price: 1\n\n- Name: B6; Price: 2",
        "- Name：A5；Price：1\n- Name：B6；Price：2",
        "街道：粤海；基站数：2100\n街道：招商；基站数：1800",
        "- 甲：1；甲：2\n- 甲：3；甲：4",
        "- 甲：1；乙：2\n- 乙：3；甲：4",
    ],
)
def test_what_can_be_read_otherwise_stays_as_it_is(text: str) -> None:
    assert tables(text) == []
    page = shown(text, Span(0, 3))
    assert page.xpath("string(//div[@class='document'])") == text


def test_a_doubtful_line_between_rows_is_one_cell_with_every_character() -> None:
    line = "- 街道：招商；备注：甲；乙：丙"
    text = f"- 街道：粤海；备注：丁\n{line}\n- 街道：沙头；备注：戊"
    assert [td.text_content() for td in shown(text, Span(0, 1)).iter("td")] == [
        "粤海", "丁", line, "沙头", "戊",
    ]  # fmt: skip


def test_a_title_or_section_before_the_heads_is_one_cell() -> None:
    line = "- 2031年；上半年；街道：粤海；人口：15"
    cells = [(cell.head, line[slice(*cell.place)]) for cell in cells_of(line, Span(0, len(line)))]
    assert cells == [("", "2031年；上半年"), ("街道", "粤海"), ("人口", "15")]


def test_quote_and_short_answer_are_marked_in_their_cells() -> None:
    text = statements(PEOPLE)
    line = "- 街道：沙头；基站数：1850；备注：📡 <b>"
    start = text.index(line)
    number = text.index("1850")
    page = shown(text, Span(start, start + len(line)), (number, number + 4))
    assert [mark.text_content() for mark in page.xpath("//td/mark")] == ["沙头", "1850", "📡 <b>"]
    assert page.xpath("//*[@id='quote']")[0].text_content() == "沙头"
    assert [mark.text_content() for mark in page.xpath("//mark[@class='words']")] == ["1850"]


def test_every_chunk_has_its_marker_and_starts_in_its_row() -> None:
    text = f"前\n\n{statements(PEOPLE)}"
    starts = [0, text.index("- 街道：招商"), text.index("- 街道：福田")]
    chunks = [
        Chunk("表.xlsx", start, end, text[start:end])
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]
    page = lxml.html.fromstring(reading.document_panel(document(text), chunks, EN))
    assert [span.text for span in page.find_class("chunk-start")] == ["1", "2", "3"]
    marked = [td.text_content() for td in page.iter("td") if td.find_class("chunk-start")]
    assert marked == ["2招商", "3福田"]


def test_a_window_that_cuts_a_row_leaves_it_a_line() -> None:
    text = statements([["街道", "人口"], *([str(i), "15"] for i in range(6))])
    (table,) = tables(text, 1, len(text) - 1)
    assert [text[slice(*row.cells[0].place)] for row in table.rows] == list("1234")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"- a: 1; h{i}: 2\n" * 2 for i in range(5_000)),
        "- " + "a: 1; " * 40_000,
        "- 甲：" * 40_000,
        "- a: 1; " + "; ".join(f"h{i}: 2" for i in range(20_000)) + "\n- a: 1; b: 2" * 5_000,
        "- a: 1; z: 2\n" + "- ；" * 5_000 + "\n" + "- a: 1; z: 2\n" * 20_000,
    ],
)
def test_hostile_lines_take_time_as_their_length(text: str) -> None:
    start = time.thread_time()
    page = reading.document_panel(document(text), [], EN)
    assert time.thread_time() - start < 4
    assert len(page) < 60 * len(text)
