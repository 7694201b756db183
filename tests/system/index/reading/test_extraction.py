"""Files to text: every format, pages, metadata, refusals."""

import csv
import io
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.cutting.paragraphs import split_blocks, split_paragraphs
from index.errors import CorpusError
from index.notes import NOTE_CODES, Note
from index.reading.extraction import Extracted
from index.reading.pdf import ocr
from index.reading.processes import READERS
from index.reading.text.markup import as_text
from index.types import Document, Metadata
from tests.support import documents_made as made

extract = READERS.extract

TEXT = "第一行\nzweite Zeile\nثالث سطر 🎉 e\u0301 ＡＢＣ"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings(encoding: str) -> None:
    assert extract("a.txt", TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_become_newlines_and_nothing_else_changes(line_end: str) -> None:
    assert extract("a.txt", TEXT.replace("\n", line_end).encode()).text == TEXT


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "intro\n# 真正的标题\nbody", "真正的标题"),
        ("a.md", "## Second **level**\nbody", "Second **level"),
        ("a.txt", "\n\n  First line  \nsecond", "First line"),
        ("report.txt", "12345\n678", "report"),
        ("a.txt", "长" * 500, "a"),
        ("a.md", "# " + "长" * 500, "长" * 120),
        # A sentence, a greeting, what introduces, the whole text: none of them is a title.
        ("锅炉.txt", "锅炉房每天八点供暖。\n费用见附表。", "锅炉"),
        ("brief.txt", "Sehr geehrte Frau Weiß,\n\nvielen Dank.", "brief"),
        ("密码.txt", "密码有这些：\n1. k7Qd\n2. m2Za", "密码"),
        ("faq.txt", "Q: How?\nA: So.", "faq"),
        ("units.txt", "\n".join("温湿度记录仪每十分钟采样"), "units"),
        ("x.md", "```\n# no title\n```\n\n## 备份\n", "备份"),
        ("x.txt", "What is a mill?\n\nA house with wheels.", "What is a mill?"),
    ],
)
def test_titles(name: str, text: str, title: str) -> None:
    assert extract(name, text.encode()).title == title


@pytest.mark.parametrize(
    ("name", "raw", "code", "message"),
    [
        ("a.doc", b"x", "type", "type cannot be read.*docx"),
        ("a", b"x", "type", "type cannot be read"),
        ("a.txt", b"", "empty", "no text"),
        ("a.txt", " \n\t。！".encode(), "empty", "no text"),
        ("a.txt", b"abc\x02def", "binary", "control characters"),
        ("a.txt", b"\xff\xfeabc", "encoding", "UTF-16"),
    ],
)
def test_refusals_name_the_reason(name: str, raw: bytes, code: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message) as caught:
        extract(name, raw)
    assert caught.value.code == code


# Formats


def test_the_users_encoding_and_the_detected_one_are_said() -> None:
    raw = made.PARAGRAPH.encode("gb18030")
    assert extract("a.txt", raw).encoding == "GB18030"
    assert extract("a.txt", made.PARAGRAPH.encode("big5", "ignore"), "big5").encoding == "Big5"
    assert extract("a.csv", "名,数\n书,3".encode("gb18030"), "gbk").text == "- 名：书；数：3"
    assert extract("a.docx", made.word(), "big5").encoding is None


def test_front_matter_is_read_and_left_out() -> None:
    matter = "---\ntitle: 河湾：图书馆\nauthor: [陈一, 陈二]\ndate: 2020-10-14\nurl: https://e.org/1\n---\n"
    found = extract("a.md", f"{matter}\n# 别的标题\n正文。".encode())
    assert found == Extracted(
        text="# 别的标题\n正文。",
        title="河湾：图书馆",
        author="陈一, 陈二",
        date="2020-10-14",
        source="https://e.org/1",
        encoding="UTF-8",
    )
    # In a text file the same lines are text, as is a rule that begins a Markdown file.
    assert extract("a.txt", f"{matter}正文".encode()).text == f"{matter}正文"
    assert extract("a.md", "---\n正文\n---\n更多".encode()).text == "---\n正文\n---\n更多"


PAGE = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><title>粮仓变书屋 - 河湾新闻网</title>
<meta property="og:title" content="粮仓变书屋"><meta name="author" content="陈小燕">
<meta property="article:published_time" content="2020-10-14T09:30:00+08:00">
<link rel="canonical" href="https://news.example.org/a/1.html"></head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/n">新闻</a></li></ul></nav>
<article><h1>粮仓变书屋</h1><p>{made.PARAGRAPH}</p><h2>一、由来</h2>
<p>{made.PARAGRAPH}<b>馆名</b>由<a href="/x">居民</a>选出，费用为 3*4*5 元，见 a_b_c。</p>
<ul><li>借书证免费</li><li>每人六本</li></ul>
<table><tr><th>年份</th><th>人数</th></tr><tr><td>2019</td><td>1204</td></tr></table></article>
<footer>版权所有 河湾新闻网 关于我们</footer><script>var x = "不是正文";</script></body></html>"""


def test_a_web_page_gives_its_main_text() -> None:
    found = extract("a.html", PAGE.encode("gb18030"))
    lines = found.text.split("\n")
    assert "# 粮仓变书屋" in lines
    assert "## 一、由来" in lines
    assert f"{made.PARAGRAPH}馆名由居民选出，费用为 3*4*5 元，见 a_b_c。" in lines
    assert [line for line in lines if line.startswith("- ")] == [
        "- 借书证免费",
        "- 每人六本",
        "- 年份：2019；人数：1204",
    ]
    assert not any(word in found.text for word in ("首页", "版权", "不是正文"))
    assert (found.title, found.author, found.date) == ("粮仓变书屋", "陈小燕", "2020-10-14")
    assert (found.source, found.encoding) == ("https://news.example.org/a/1.html", "GB18030")
    (note,) = found.notes
    assert note.code == "boilerplate"
    assert int(note.detail) >= len("首页新闻版权所有河湾新闻网关于我们")


def test_line_ends_in_html_are_what_a_browser_shows() -> None:
    wrapped = (
        "<p>Set <code>depth\n of</code> the quay,\n  then <em>the\nlock</em>.<!-- no\nword --></p>"
        "<p>\n  老码头在洪水\n  之后<code>重修</code>。\n</p><pre>a\n  b</pre>"
    )
    told = ["Set `depth of` the quay, then the lock.", "老码头在洪水之后`重修`。"]
    assert as_text(wrapped).split("\n\n") == [*told, "```\na\n  b\n```"]
    page = f"<html><body><article><h1>Quay</h1>{wrapped * 3}</article></body></html>"
    assert extract("a.html", page.encode()).text.split("\n\n")[1:4] == [*told, "a\n  b"]


def test_linked_data_names_title_authors_and_date() -> None:
    page = (
        '<html><head><title>T</title><script type="application/ld+json">{"@graph": [{"@type": '
        '"WebSite"}, {"@type": "NewsArticle", "headline": "题目", "author": [{"name": "李四"}, '
        '{"name": "王五"}], "datePublished": "2021-02-03T04:05:06Z"}]}</script></head>'
        "<body><p>短短一句话。</p></body></html>"
    )
    found = extract("a.htm", page.encode())
    assert found.text == "短短一句话。"
    assert (found.title, found.author, found.date) == ("题目", "李四, 王五", "2021-02-03")


def test_a_page_that_never_closes_its_elements_loses_nothing() -> None:
    words = [f"词{i}" for i in range(600)]
    page = "<html><body>" + "".join(f"<font size=2>{word} " for word in words)
    text = extract("a.html", page.encode()).text
    assert [word for word in words if word not in text] == []


def test_pdf_pages_are_spans_of_the_text() -> None:
    pages = [
        [f"第{i}页的开头。", *[made.PARAGRAPH] * i, f"{made.PARAGRAPH}这是第{i}页。", "一、由来"]
        for i in range(1, 5)
    ]
    raw = made.pdf(pages, title="Microsoft Word - x.doc", author="陈小燕", header="河湾镇年报")
    found = extract("报告.pdf", raw)
    assert [page.number for page in found.pages] == [1, 2, 3, 4]
    for page, paragraphs in zip(found.pages, pages, strict=True):
        # Lines are joined again, running heads and page numbers are gone.
        assert found.text[page.start : page.end] == "\n\n".join(paragraphs)
    assert (found.title, found.author) == ("报告", "陈小燕")
    document = Document("报告.pdf", found.text, Metadata(found.title), found.pages)
    places = [found.text.index(f"这是第{i}页") for i in range(1, 5)]
    assert [document.page_at(place) for place in places] == [1, 2, 3, 4]


def test_a_short_line_ends_its_paragraph() -> None:
    lines = ["Der erste Absatz ist hier zu Ende.", "Der zweite beginnt."]
    found = extract("a.pdf", made.pdf([[made.GERMAN * 3, *lines]], width=60))
    assert found.text.split("\n\n")[1:] == lines


def test_pdfs_are_read_from_several_threads_at_once() -> None:
    made_of = {f"第{i}份": made.pdf([[f"第{i}份", made.PARAGRAPH]] * i) for i in range(1, 9)}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda raw: extract("a.pdf", raw), made_of.values()))
    assert [(e.title, len(e.pages)) for e in found] == [(f"第{i}份", i) for i in range(1, 9)]


def test_scanned_pages_are_named_one_by_one() -> None:
    both = pdf_of_images_and_text()
    found = extract("a.pdf", both)
    codes = {note.code: note.detail for note in found.notes}
    if ocr.is_available():
        assert codes == {"ocr": "2–3"}
        assert "library" in found.text
    else:
        assert codes == {"scanned": "2–3"}
        assert "requirements-ocr.txt" in found.notes[0].message
    assert found.pages[0].number == 1


def pdf_of_images_and_text() -> bytes:
    """Return a text page, then two that are images, then an empty one."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    scanned = made.scanned_pdf(["The library opened in 2018"])
    for raw in (made.pdf([[made.PARAGRAPH]]), scanned, scanned, made.pdf([[]])):
        part = pypdfium2.PdfDocument(raw)
        whole.import_pages(part)
        part.close()
    file = io.BytesIO()
    whole.save(file)
    whole.close()
    return file.getvalue()


@pytest.mark.skipif(ocr.is_available(), reason="needs to be without requirements-ocr.txt")
def test_a_wholly_scanned_pdf_says_what_to_install() -> None:
    with pytest.raises(CorpusError, match="pip install -r requirements-ocr.txt") as caught:
        extract("a.pdf", made.scanned_pdf(["hello world"]))
    assert caught.value.code == "scanned"


def test_word_documents_keep_their_structure() -> None:
    found = extract("a.docx", made.word())
    assert found.text.split("\n\n") == [
        "# 河湾镇图书馆",
        "# 一、由来",
        f"{made.PARAGRAPH}馆名由居民投票选出。",
        "- 借书证免费办理\n- 每人可借六本",
        "- 年份：2019；读者人数：1204\n- 年份：2020；读者人数：3571",
        made.GERMAN,
    ]
    assert (found.title, found.author) == ("河湾镇图书馆", "陈小燕")


def test_slides_are_pages() -> None:
    found = extract("a.pptx", made.slides())
    assert [(page.number, found.text[page.start : page.end]) for page in found.pages] == [
        (1, "## 图书馆年度报告\n\n河湾镇"),
        (
            2,
            "## 开放时间\n\n- 工作日九点到二十点\n- 周末十点到十八点\n\n"
            "#### 演讲者备注\n\n节假日另行通知。",
        ),
        (3, "## 读者人数\n\n- 年份：2019；读者人数：1204\n- 年份：2020；读者人数：3571"),
    ]
    assert found.title == "图书馆年度报告"  # not PowerPoint's own


def test_rows_of_sheets_repeat_the_heads_of_their_columns() -> None:
    sheets = {
        "街道": [
            ["各街道人口"],
            [],
            ["街道", "人口", "备注"],
            ["福田", 15.5],
            ["沙头", 22, "含新区"],
        ],
        "空": [],
        "无表头": [[1, 2], [3, 4]],
    }
    found = extract("统计.xlsx", made.workbook(sheets))
    assert found.text == (
        "## 街道\n\n各街道人口\n\n"
        "- 街道：福田；人口：15.5\n- 街道：沙头；人口：22；备注：含新区\n\n"
        "## 无表头\n\n- 1; 2\n- 3; 4"
    )
    assert (found.title, found.author) == ("统计", "赵敏")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    rows = [["姓名", "城市", "年龄"], ["王芳", "广州 天河", "30"], ["Jürgen", 'Köln "Süd"', "41"]]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    found = extract("名单.csv", file.getvalue().encode())
    assert found.text == (
        '- 姓名：王芳；城市：广州 天河；年龄：30\n- 姓名：Jürgen；城市：Köln "Süd"；年龄：41'
    )
    assert found.title == "名单"


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    raw = made.book(
        ["<h2>夏</h2><p>热。</p>", "<h2>春</h2><p>雨<i>水</i>多。</p><ol><li>甲</li></ol>"]
    )
    found = extract("a.epub", raw)
    assert found.text == "## 春\n\n雨水多。\n\n1. 甲\n\n## 夏\n\n热。"
    assert (found.title, found.author, found.date) == ("河湾的四季", "林一, 林二", "2019-05-04")


def test_every_format_survives_chunking() -> None:
    """Headings, lists and tables are what the paragraphs module takes them for."""
    for raw, name in ((made.word(), "a.docx"), (PAGE.encode("gb18030"), "a.html")):
        text = extract(name, raw).text
        blocks = [text[b.lines[0].start : b.lines[-1].end] for b in split_blocks(text)]
        assert any("\n- 每人六本" in b or "\n- 每人可借六本" in b for b in blocks)
        assert any(
            b.startswith("# 河湾镇图书馆\n\n# 一、由来") or b.startswith("## 一、由来")
            for b in blocks
        )
        lines = [text[start:end] for start, end in split_paragraphs(text)]
        assert any(line.startswith("- 年份：2019；") for line in lines)


# What a document is


@pytest.mark.parametrize(
    ("line", "author", "date", "source"),
    [
        ("读特记者 张三 2020-10-14", "张三", "2020-10-14", None),
        ("文/李四 2021/3/5", "李四", "2021-03-05", None),
        ("来源：新华社 作者：欧阳明 王芳", "欧阳明 王芳", None, "新华社"),
        ("发布时间：2020年10月14日 09:30", None, "2020-10-14", None),
        ("2020年10月14日 星期三", None, "2020-10-14", None),
        ("By Jane Doe | October 14, 2020", "Jane Doe", "2020-10-14", None),
        ("Von Jürgen Müller, 14. Oktober 2020", "Jürgen Müller", "2020-10-14", None),
        ("記者 山田 2020年10月14日", "山田", "2020-10-14", None),
        ("Date: Wed, 14 Oct 2020 10:14:00", None, "2020-10-14", None),
        ("Grünau, den 14. Oktober 2020", None, "2020-10-14", None),
        ("二〇二〇年十月十四日", None, "2020-10-14", None),
        # What the text is about is no byline.
        ("2019年3月5日，镇里下了一场大雪。", None, None, None),
        ("记者 现场看到，很多人在排队", None, None, None),
        ("截至2020年10月14日的读者人数", None, None, None),
        ("By the river stands a mill.", None, None, None),
        ("2020-02-31", None, None, None),
    ],
)
def test_bylines(line: str, author, date, source) -> None:
    found = extract("a.txt", f"粮仓变书屋\n{line}\n{made.PARAGRAPH}".encode())
    assert (found.author, found.date, found.source) == (author, date, source)
    later = "\n".join([*[made.PARAGRAPH] * 15, line])
    assert extract("a.txt", later.encode()).author is None


@pytest.mark.parametrize(
    ("name", "text", "date"),
    [
        ("2020-10-14_report.txt", "text", "2020-10-14"),
        ("IMG_20201014.txt", "text", "2020-10-14"),
        ("月报2020年10月.txt", "text", "2020-10"),
        ("Protokoll 14.10.2020.txt", "text", "2020-10-14"),
        ("a.md", "# 2020年10月14日会议纪要\n\n正文。", "2020-10-14"),
        ("公告.txt", "停水公告\n\n周五停水。\n\n物业服务中心\n二〇二〇年十月十四日", "2020-10-14"),
        # The text says it better than the name, and these are no dates.
        ("2021-01-01.txt", "题目\n2020年10月14日\n\n正文。", "2020-10-14"),
        ("员工手册2021.txt", "text", None),
        ("order 20209914.txt", "text", None),
        ("call 020201014555.txt", "text", None),
        ("season 2019-20.txt", "text", None),
    ],
)
def test_dates_of_names_and_titles(name: str, text: str, date: str | None) -> None:
    assert extract(name, text.encode()).date == date


def test_when_a_program_made_the_file_is_no_date_of_the_text() -> None:
    found = extract("a.xlsx", made.workbook({"表": [["数"], [1], [2]]}))
    assert found.date is None
    assert found.file_date is not None
    assert extract("2020-10-14.xlsx", made.workbook({"表": [["数"], [1]]})).date == "2020-10-14"


def test_a_byline_counts_more_than_what_a_program_filled_in() -> None:
    raw = made.pdf([["粮仓变书屋", "读特记者 张三 2020-10-14", made.PARAGRAPH]], author="office")
    found = extract("a.pdf", raw)
    assert (found.author, found.date) == ("张三", "2020-10-14")


def test_every_note_has_a_message_and_every_error_a_code() -> None:
    assert all(Note(code, "3").message.count("3") == 1 for code in NOTE_CODES)
    others = [Path("index/keeping/duplicates.py"), Path("index/reading/encodings.py")]
    paths = [*Path("index/reading").rglob("*.py"), *others]
    sources = [path.read_text() for path in paths]
    used = set(re.findall(r'Note\("(\w+)"', "\n".join(sources)))
    pairs = r'\("(\w+)", (?:self\.|ranges\(|lost\)|f"\+|"; "\.join)'
    used |= set(re.findall(pairs, "\n".join(sources)))
    assert used == NOTE_CODES


def test_reading_is_imported_when_a_file_needs_it() -> None:
    program = (
        "import sys, index.reading.extraction as e; e.extract('a.txt', '中文'.encode()); "
        "print([m for m in ('chardet', 'lxml', 'bs4', 'yaml', 'openpyxl', 'pptx', "
        "'trafilatura', 'pypdfium2', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
