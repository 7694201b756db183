"""Wrapped lines, HTML in Markdown, note marks: what the stored text of a file of text is."""

import textwrap
import time

import pytest

from index.cutting.paragraphs import split_blocks
from index.reading.extraction import extract
from index.reading.text.unwrapping import unwrapped

GERMAN = (
    "Wir haben die Abrechnung für das Jahr 2020 noch einmal geprüft und dabei festgestellt, dass "
    "der Zählerstand falsch abgelesen worden ist. Der Unterschied beträgt 214 Kilowattstunden; "
    "wir erstatten Ihnen daher den Betrag bis Ende April. Bei Rückfragen erreichen Sie uns "
    "werktags unter der bekannten Nummer, auch am Donnerstag bis neunzehn Uhr."
)
ENGLISH = (
    "The standby had been switched off in February for maintenance and nobody switched it on "
    "again. I have added a check to the nightly job, so this cannot happen unnoticed, and it "
    "sends a mail to the whole team when the replica lags behind by more than a minute."
)
CHINESE = (
    "本年度全区共开展消防安全检查一千二百余次，发现隐患三百四十七处，已整改三百一十九处，其余二十八"
    "处正在整改之中。检查范围覆盖全区十个街道的商场、学校、医院和养老机构，其中重点单位检查率达到"
    "百分之百。下半年组织演练四十六场，参加人数超过两万人，发现的主要问题是疏散通道被占用。"
)


@pytest.mark.parametrize("width", [40, 60, 72, 100])
@pytest.mark.parametrize("paragraph", [GERMAN, ENGLISH])
def test_what_a_program_wraps_is_whole_again(paragraph: str, width: int) -> None:
    """`textwrap` is the other side."""
    written = "\n\n".join(["Betreff", paragraph, "Kurz.", paragraph.replace("2", "3")])
    wrapped = "\n".join(
        line for part in written.split("\n") for line in textwrap.wrap(part, width) or [""]
    )
    assert wrapped.count("\n") >= written.count("\n") + 4
    assert unwrapped(wrapped) == written


@pytest.mark.parametrize("width", [20, 32, 40])
def test_chinese_is_joined_without_a_space(width: int) -> None:
    lines = [CHINESE[i : i + width] for i in range(0, len(CHINESE), width)]
    assert unwrapped("题目\n\n" + "\n".join(lines)) == f"题目\n\n{CHINESE}"
    indented = "\n".join(["　　" + lines[0], *lines[1:]])
    assert unwrapped(f"{indented}\n{indented}") == f"　　{CHINESE}\n　　{CHINESE}"


def test_quotations_of_a_mail_and_items_keep_their_marks() -> None:
    quoted = textwrap.fill(ENGLISH, 60, initial_indent="> ", subsequent_indent="> ")
    item = textwrap.fill(ENGLISH, 60, initial_indent="1. ", subsequent_indent="   ")
    text = f"{quoted}\nMine.\n\n{item}\n{item.replace('1.', '2.')}"
    assert unwrapped(text) == f"> {ENGLISH}\nMine.\n\n1. {ENGLISH}\n2. {ENGLISH}"


def test_divided_words_are_spelt_as_elsewhere() -> None:
    lines = [
        "Der Turm mißt neun Meter im Durch-",
        "messer und ist mit einer Fern-",
        "Steuerung versehen, auch am Ein-",
        "und Ausgang; der E-Mail-Server mel-",
        "det das, wie in einem Online-",
        "kurs beschrieben wird.",
    ]
    elsewhere = "Siehe Online-kurs."
    assert unwrapped("\n".join(lines) + "\n\n" + elsewhere) == (
        "Der Turm mißt neun Meter im Durchmesser und ist mit einer Fern-Steuerung versehen, auch "
        "am Ein- und Ausgang; der E-Mail-Server meldet das, wie in einem Online-kurs "
        f"beschrieben wird.\n\n{elsewhere}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "The water runs beneath the leaning trees,\nAnd carries down the yellow leaves of fall;\n"
        "The miller's dog lies sleeping by the wall,\nAnd smoke goes up and leans upon the breeze.",
        "风从河上吹来，\n带着一点点凉意，\n柳树弯下了腰，\n像是在听谁说话。",
        "山路弯弯入白云\n松风阵阵满衣襟\n回头不见来时路\n只有泉声伴客吟",
        "+--------+      +--------+\n|  pump  |----->| filter |\n+--------+      +--------+",
        "def read(path, encoding='utf-8'):\n    with open(path, encoding=encoding) as file:\n"
        "        return file.read()\n\ntotal = sum(len(line) for line in read('data.txt'))\n"
        "print(total)",
        "```\nlines of fenced code stay as they are, even where\nthey look like prose.\n```",
        "- 第一项内容相当长但是没有换行符号在里面\n- 第二项内容同样相当长也没有换行符号在里",
        "关于开展二〇二三年度安全生产大检查工作的通知\n各街道办事处、区直各部门、各有关企事业单位：\n"
        "为进一步做好安全生产工作，现将有关事项通知如下。",
        "Telefon: 030 1234567, werktags von acht bis zwölf\nTelefax: 030 1234568, rund um die Uhr",
        "Stadtwerke Grünau GmbH\nAm Mühlbach 12\n98765 Grünau",
        # Without any punctuation, lines are sentences.
        "so today we talk about the budget for next year and what we\n"
        "need for the new pumps and the people who run them in winter\n"
        "first the pumps cost about forty thousand each and we need\nthree of them before november",
        "One paragraph that an editor wrote as one long line of the file, with a full stop here.\n"
        "Another paragraph of its own, which stands in a line of the file as long as that one.",
        "A hard break of Markdown ends the line here, at this place,  \n"
        "so that the next one begins where its writer wanted it to be,  \nas in an address.",
    ],
)
def test_lines_that_nobody_wrapped_stay(text: str) -> None:
    assert unwrapped(text) == text


def test_one_character_a_line_is_a_line() -> None:
    assert unwrapped("温度\n\n" + "\n".join("每10分钟采样一次。")) == "温度\n\n每10分钟采样一次。"
    assert unwrapped("\n".join("12345678901")) == "\n".join("12345678901")


@pytest.mark.slow
def test_unwrapping_takes_linear_time() -> None:
    def seconds(text: str, chars: int) -> float:
        """Of three tries the fastest: other threads and the collector of garbage take theirs."""
        taken = []
        for _ in range(3):
            started = time.thread_time()
            unwrapped(text * (chars // len(text)))
            taken.append(time.thread_time() - started)
        return min(taken)

    for text in ("a\n", "> " * 50 + "x\n", "word " * 12 + "\n", "- x\n", "字\n", " " * 99 + "b\n"):
        assert seconds(text, 400_000) < 0.2 + 24 * seconds(text, 50_000)


MARKDOWN = """## 缓存穿透<br/>
<a name="abc12"></a>
### <font style="color:rgb(0,0,0);">布隆过滤器</font>
甲。<br />乙&nbsp;&lt;&nbsp;5，见 `<b>` 和 List<String>、<https://example.org>。
<!-- 不显示 -->
<details><summary>更多</summary>

<p align="center">丙<sup>2</sup></p>
</details>

```html
<p>代码</p>
```

<table><tr><th>年</th><th>人</th></tr><tr><td>2019</td><td>1204</td></tr></table>
"""


def test_html_in_markdown_is_shown_as_its_text() -> None:
    text = extract("a.md", MARKDOWN.encode()).text
    for shown in (
        "## 缓存穿透\n### 布隆过滤器\n甲。\n乙 < 5，见 `<b>` 和 List<String>、<https://example.org>。",
        "更多\n\n丙²\n",
        "```html\n<p>代码</p>\n```",
    ):
        assert shown in text
    assert not any(tag in text for tag in ("<br", "<a ", "font", "不显示", "<table", "</d"))
    assert "1204" in text
    assert extract("a.txt", MARKDOWN.encode()).text == MARKDOWN


def test_note_marks_are_no_part_of_words() -> None:
    text = "Das Teleskop¹ steht auf 12 km² bei 5 m³; siehe Anhang②."
    assert extract("a.txt", text.encode()).text == (
        "Das Teleskop ¹ steht auf 12 km² bei 5 m³; siehe Anhang ②."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Q: How do I reset it?\nA: Hold the button.\nQ: Own modem?\nA: Yes, if it can.",
        "问：多久到账？\n答：三天。\n\n问：能退吗？\n答：能。",
        "**Q1:** What is it?\n**A1:** That.\n\n**Q2:** Why?\n**A2:** So.",
    ],
)
def test_a_question_heads_its_answer(text: str) -> None:
    blocks = list(split_blocks(text))
    assert [block.section for block in blocks] == [1, 2]
    heads = [text[block.lines[0].start : block.body] for block in blocks]
    assert all("?" in head or "？" in head for head in heads)
    assert not any("?" in text[block.body : block.lines[-1].end] for block in blocks)


def test_what_is_indented_below_a_step_belongs_to_it() -> None:
    steps = "1. Open the lid\n   Take care: it is hot\n2. Close the lid\n\n   Lock it.\n3. Go"
    text = f"Steps\n\n{steps}\n\nThe end of this text."
    blocks = [text[block.body : block.lines[-1].end] for block in split_blocks(text)]
    assert blocks == [steps, "The end of this text."]
    # Paragraphs below numbered headings are indented as well.
    text = "一、背景\n    项目开始于二〇二〇年。\n二、目标\n    目标是建成。"
    assert [block.section for block in split_blocks(text)] == [1, 2]


def test_lines_of_one_sign_keep_their_indent() -> None:
    code = "int main() {\n    if (ready)\n    {\n        go();\n    }\n}"
    assert unwrapped(code) == code
