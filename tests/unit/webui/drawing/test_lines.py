"""Documents and answers as they are drawn: the structure that their marks mean, every character."""

import dataclasses
import re

import lxml.html
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from index.types import Document, Metadata, Page
from rag.texts import language_name
from rag.types import Answer, Citation, Sentence, ShortAnswer
from webui.conversations import Exchange, Found
from webui.drawing import evidence, exchanges
from webui.drawing.lines import structured
from webui.texts import EN, ZH

TEXT = (
    "# 指南\n\n步骤如下：\n\n1. 填表 <b>\n2. 交费\n\n- 身份证\n  - 复印件\n* 照片 🚢\n\n"
    "- 窗口：福田；电话：1\n- 窗口：南头；电话：2\n第二页的话。\n## 小节\nمرحبا\n"
)
PARTS = (
    "# 题\n",
    "- 项\n",
    "1. 一\n",
    "文字",
    "\n",
    "\r\n",
    " - ",
    "<i>",
    "é",
    "##",
    "（1）甲\n",
    "🚢\n",
)


def drawn(text: str, pages: tuple[Page, ...] = ()) -> lxml.html.HtmlElement:
    def paint(start: int, end: int) -> Markup:
        return Markup("{}").format(text[start:end])

    whole = structured(text, 0, len(text), paint, pages=pages, texts=ZH)
    return lxml.html.fromstring(f"<div>{whole}</div>")


def test_headings_lists_tables_and_pages_are_drawn_as_such() -> None:
    second = TEXT.index("第二页")
    page = drawn(TEXT, (Page(1, 0, second), Page(2, second, len(TEXT))))
    assert [(one.tag, one.text_content()) for one in page.iter("h3", "h4")] == [
        ("h3", "# 指南\n"),
        ("h4", "## 小节\n"),
    ]
    assert [len(one.findall("li")) for one in page.iter("ul")] == [2, 3]
    assert [th.text_content() for th in page.iter("th")] == ["窗口", "电话"]
    assert [one.get("data-page") for one in page.find_class("leaf")] == ["第 1 页", "第 2 页"]
    shown = "".join(page.xpath(".//text()[not(ancestor::*[@class='sign'])]"))
    assert "填表 <b>" in shown
    assert not re.search(r"^\s*[#*-]", shown, re.MULTILINE)


@given(st.lists(st.sampled_from(PARTS)))
def test_every_character_stays(parts: list[str]) -> None:
    text = "".join(parts)
    shown = drawn(text).text_content() if text else ""
    assert shown == text.replace("\r\n", "\n")  # as a reader of HTML has it


def test_a_sheet_is_shown_around_the_rows_that_are_quoted() -> None:
    rows = [f"- 街道：第{number}街道；基站数：{number * 7}" for number in range(200)]
    document = Document("a.xlsx", "\n".join(rows), Metadata("表"))
    start = document.text.index(rows[100])
    citation = Citation(
        1, "a.xlsx", start, start + len(rows[100]), rows[100], document.sha256, document.metadata
    )
    page = lxml.html.fromstring(
        evidence.evidence(citation, document, ZH, index=0, total=1, group="cited")
    )
    firsts = [tr.find("td").text_content() for tr in page.iter("tr") if tr.find("td") is not None]
    assert firsts == [f"第{number}街道" for number in range(80, 121)]


QUOTES = ("基站有5260个。", "另有规划。", "还有说明。")
DOCUMENT = Document("a.md", "\n".join(QUOTES), Metadata("年报", date="2031-02-03"))
CITED = tuple(
    Citation(
        number,
        "a.md",
        (start := DOCUMENT.text.index(quote)),
        start + len(quote),
        quote,
        DOCUMENT.sha256,
        DOCUMENT.metadata,
    )
    for number, quote in enumerate(QUOTES, 1)
)
ANSWER = Answer(
    "How many?",
    "en",
    "5260个[1] (5,260)\n\nThe documents say (original in Chinese):\n\n"
    + "\n\n".join(f"“{one.quote}”[{one.number}]" for one in CITED),
    short=ShortAnswer("5260个", 1, 3, 8),
    citations=CITED,
    sentences=(Sentence("5260个", (1,), supported=True),),
)


def answered(answer: Answer, **known: object) -> lxml.html.HtmlElement:
    exchange = dataclasses.replace(Exchange(answer), **known)
    return lxml.html.fromstring("".join(exchanges.pieces(exchange, EN)))


def test_one_quotation_is_open_and_the_others_are_folded() -> None:
    page = answered(ANSWER)
    (short,) = page.find_class("short")
    assert "5260个 (5,260)1" in short.text_content()
    (more,) = page.find_class("more")
    assert more.find("summary").text_content() == "2 more places"
    quotations = page.find_class("quotation")
    assert [one.find("blockquote").text_content() for one in quotations] == [
        f"“{quote}”" for quote in QUOTES
    ]
    assert [one in list(more.iter()) for one in quotations] == [False, True, True]
    assert not page.find_class("sources")  # each says where it stands
    (differ,) = (answered(dataclasses.replace(ANSWER, notice="They differ.")),)
    assert not differ.find_class("more")


def test_written_sentences_have_a_row_a_document() -> None:
    written = dataclasses.replace(
        ANSWER, text="There are 5260.[1] Plans exist.[2][3]", short=None, model="m", sentences=()
    )
    rows = answered(written).find_class("source")
    assert [row.find_class("number")[0].text_content() for row in rows] == ["Evidence 1, 2, 3"]


def test_a_refusal_shows_three_sentences_under_their_title_and_what_to_do() -> None:
    found = tuple(
        Found(dataclasses.replace(CITED[0], quote="前文。\n最好的一句。\n后文。"), 0.5, best=best)
        for best in [(4, 10), (4, 10), None, (4, 10)]
    )
    declined = dataclasses.replace(
        ANSWER, text="", state="not_found", reason="not_in_documents", citations=(), short=None
    )
    said = "没有找到关于“黄金”的内容。"
    said += "没有在文档里找到答案。下面列出最接近的段落，供您判断。"
    page = answered(dataclasses.replace(declined, text=said, language="zh"), found=found)
    assert page.find_class("reply")[0].text_content() == "没有找到关于“黄金”的内容。"
    assert len(page.xpath("//section[contains(@class,'found')]/h4")) == 1
    near = [one.text_content() for one in page.find_class("near")]
    assert near == ["…最好的一句。…", "…最好的一句。…", "前文。 最好的一句。 后文。"]
    assert len(page.xpath("//section[@class='advice']//li")) == 2

    talk = dataclasses.replace(declined, text="Ask about the documents.", reason="small_talk")
    page = answered(talk, found=())
    assert not page.find_class("sources")
    assert not page.find_class("advice")


def test_languages_are_named_in_the_readers_own() -> None:
    assert language_name("zh", "en") == "Chinese"
    assert language_name("en", "zh") == "英语"
    assert language_name("xx", "en") == "xx"
