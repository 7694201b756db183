"""What is shown as the short answer: rows in many languages, and what holds for any text."""

import unicodedata
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from rag.writing.list_blocks import list_block
from rag.writing.short_answer import short_answer, unit_in_head

FIGURES = [
    ("全区已建成约5260个基站。", "5260", "约5260个"),
    ("全区已建成约5260个基站。", "5", "约5260个"),
    ("目前有280多个项目。", "280", "280多个"),
    ("面积为1,400平方公里以上。", "400", "1,400平方公里以上"),
    ("同比增长3.5%左右。", "3", "3.5%左右"),
    ("争取在2022年年底以前建成。", "2022年", "争取在2022年年底以前"),
    ("本办法自1月3日起施行。", "3", "自1月3日起"),
    ("项目计划投资3亿元。", "3亿元", "计划投资3亿元"),
    ("骨干中八成以上曾在境外工作。", "八成", "八成以上"),
    ("每班不超过45人，共6班。", "45", "不超过45人"),
    ("营业时间为9:00至17:00。", "17", "9:00至17:00"),
    ("招收数百名学员。", "百", "数百名"),
    ("It runs at up to 15 km/h on ice.", "15", "up to 15 km/h"),
    ("It takes 30 to 40 people.", "40", "30 to 40"),
    ("It opened on 14 October 2020 in Bonn.", "October", "14 October 2020"),
    (
        "It will be ready by the end of 2022.",
        "2022",
        "will be ready by the end of 2022",
    ),
    ("At least 1,200 came.", "200", "At least 1,200"),
    ("It costs £30 million a year.", "30", "£30 million a year"),
    ("The port handled 1.2 million containers in 2020.", "1.2", "1.2 million"),
    ("It cost US$30 million in 2020.", "30", "US$30 million"),
    ("One hundred and twenty people came.", "twenty", "One hundred and twenty"),
    ("It holds about half a million books.", "million", "about half a million"),
    ("Il faut payer 1 250,00 € par an.", "250", "1 250,00 € par an"),
    ("共有１２９９个座位。", "９９", "１２９９个"),
    ("共有两千三百多个座位。", "三百", "两千三百多个"),
    ("约三分之一以上的人参加。", "三", "约三分之一以上"),
    ("حضر حوالي ١٬٢٩٩ شخصا.", "٢٩٩", "حوالي ١٬٢٩٩"),
    ("The store is kept at -5 °C.", "5", "-5 °C"),
    ("The tree is twenty-five years old.", "five", "twenty-five years"),
    ("Jährlich kommen rund 12.500 Gäste.", "12", "rund 12.500"),
    ("Der Bau soll bis Ende 2022 dauern.", "2022", "soll bis Ende 2022"),
    ("Er dauert mindestens 3 Jahre.", "3", "mindestens 3 Jahre"),
    ("会員は約300人以上だ。", "300", "約300人以上"),
    ("駅は2033年4月に開業する予定だ。", "2033年", "2033年4月に開業する予定"),
    ("회원은 약 300명 이상이다.", "300", "약 300명 이상"),
    ("Il y vient plus de 3 000 visiteurs.", "000", "plus de 3 000"),
    ("Costó más de 1,5 millones de euros.", "1,5", "más de 1,5 millones de euros"),
    ("Пришло более 300 человек.", "300", "более 300"),
    ("يبلغ الطول أكثر من 300 متر تقريبا.", "300", "أكثر من 300 متر تقريبا"),
    ("Có khoảng 300 người.", "300", "khoảng 300"),
]
WORDS = [
    ("It was written by Anna Schmidt-Meier.", "Schmidt", "Schmidt-Meier"),
    ("It is in the U.S. and Canada.", "the U.S", "the U.S."),
    ("由市水务局（下称水务局）负责。", "市水务局（下称", "市水务局（下称水务局）"),
    ("He said “keep calm” twice.", "“keep", "“keep calm”"),
    ("Das Schiff heißt „Frische Brise“.", "„Frische", "„Frische Brise“"),
    ("首都是北京，人口最多。", "北京，", "北京"),
    ("본사는 서울에서 운영한다.", "서울", "서울"),
    ("كتبه أحمد سالم.", "أحمد سا", "أحمد سالم"),
    ("Книгу написал Пётр Волков.", "Пётр Вол", "Пётр Волков"),
]
NOTHING = [
    ("他来了。", "。"),
    ("因为" + "这件事情很复杂" * 12 + "。", "因为" + "这件事情很复杂" * 12),
]


def spans(sentence: str, found: str) -> tuple[Span, Span]:
    at = sentence.index(found)
    return Span(0, len(sentence)), Span(at, at + len(found))


@pytest.mark.parametrize(("sentence", "found", "answer"), FIGURES + WORDS)
def test_what_is_shown(sentence, found, answer):
    inside, at = spans(sentence, found)
    before = "前文。 "  # offsets count from the beginning of the document
    moved = [Span(len(before) + span.start, len(before) + span.end) for span in (inside, at)]
    shown = short_answer("", before + sentence, *moved)
    assert shown is not None
    assert (before + sentence)[shown.start : shown.end] == answer


ASKED = [
    ("北礁灯塔的塔身有多高？", "塔身高三十九米。", "身高三十九米", "塔身高三十九米"),
    ("它的電纜有多長？", "电缆长三十九米。", "缆长三十九米", "电缆长三十九米"),
    ("青石港的塔身有多高？", "它的塔身三十九米。", "身三十九米", "三十九米"),
    ("青石区有多少个学校？", "青石区有12所学校。", "有12所学校", "12所学校"),
    ("谁是青石港的局长？", "青石港的局长林望舒。", "长林望舒", "青石港的局长林望舒"),
    ("谁是青石港的局长？", "青石港的局长林望舒。", "林望舒", "林望舒"),
    ("哪座城市是首都？", "首都是青石市。", "青石市", "青石市"),
    ("How high is the tower?", "The tower is 39 m high.", "39 m", "39 m"),
]


@pytest.mark.parametrize(("question", "sentence", "found", "answer"), ASKED)
def test_it_begins_within_no_word_of_the_question(question, sentence, found, answer):
    shown = short_answer(question, sentence, *spans(sentence, found))
    assert shown is not None
    assert sentence[shown.start : shown.end] == answer


@pytest.mark.parametrize(("sentence", "found"), NOTHING)
def test_what_answers_nothing(sentence, found):
    assert short_answer("", sentence, *spans(sentence, found)) is None


PIECES = st.sampled_from(
    [
        *(
            "约",
            "5260",
            "个",
            "平方公里",
            "以上",
            "2022年",
            "年底",
            "，",
            "、",
            "。",
            "和",
            "的",
            "是",
        ),
        *("（", "）", "《", "》", "“", "”", "「", "」", "(", ")", '"', "[", "]", "„", "«", "»"),
        *(
            "word ",
            "Mary-Ann",
            " and ",
            ", ",
            "more than ",
            "3.5",
            "%",
            " km",
            "é",
            "e\u0301",
            "👩‍🚀",
        ),
        *(
            "🇨🇳",
            "한국",
            "에서",
            "は",
            "を",
            "مدينة",
            "و",
            "ไทย",
            "นี่",
            " ",
            "？",
            ":",
            "等",
            "1,400",
        ),
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=16).map("".join)
PAIRS = dict(zip("）》”」)]»", "（《“「([«", strict=True))
LATIN_WORD = regex.compile(r"[\p{Latin}\p{N}][\p{Latin}\p{M}\p{N}]*+")


def is_balanced(text: str) -> bool:
    """Return whether brackets and curved quotation marks close in order."""
    open_marks: list[str] = []
    for mark in text:
        if mark in PAIRS.values():
            open_marks.append(mark)
        elif mark in PAIRS and (not open_marks or open_marks.pop() != PAIRS[mark]):
            return False
    return not open_marks and text.count('"') % 2 == 0


@given(TEXTS, TEXTS, TEXTS, st.data())
def test_what_holds_for_any_text(before, sentence, behind, data):
    text = before + sentence + behind
    inside = Span(len(before), len(before) + len(sentence))
    start = data.draw(st.integers(0, len(text)))
    found = Span(start, data.draw(st.integers(start, len(text))))
    shown = short_answer(text, text, inside, found)
    if shown is None:
        return
    words = text[shown.start : shown.end]
    assert inside.start <= shown.start < shown.end <= inside.end
    assert any(unicodedata.category(character)[0] in "LN" for character in words)
    clusters = [inside.start, *(inside.start + m.end() for m in regex.finditer(r"\X", sentence))]
    assert shown.start in clusters
    assert shown.end in clusters
    if is_balanced(sentence) and "„" not in sentence and '"' not in sentence:
        assert is_balanced(words)
    for word in LATIN_WORD.finditer(text, *inside):
        assert not word.start() < shown.start < word.end()
        assert not word.start() < shown.end < word.end()


STEPS = (
    "# 办理\n办理流程如下：\n第一步，取号。\n带好证件。\n第二步，填表。\n第三步，领证。\n\n"
    "## 收费\n- 免费\n- 不收"
)
NESTED = "Do this:\n1. Open it.\n   - click\n   - wait\n2. Close it.\n\nDone.\n- other"
BLOCKS = [
    (
        "怎么办理？",
        STEPS,
        "第二步",
        ["第一步，取号。\n带好证件。", "第二步，填表。", "第三步，领证。"],
    ),
    (
        "怎么办理？",
        STEPS,
        "办理流程如下：",
        ["第一步，取号。\n带好证件。", "第二步，填表。", "第三步，领证。"],
    ),
    (
        "怎么办理？",
        STEPS,
        "带好证件。",
        ["第一步，取号。\n带好证件。", "第二步，填表。", "第三步，领证。"],
    ),
    ("谁办理？", STEPS, "第二步", []),
    ("收费有哪些？", STEPS, "不收", ["- 免费", "- 不收"]),
    ("How to open it?", NESTED, "Do this:", ["1. Open it.\n   - click\n   - wait", "2. Close it."]),
    ("How to open it?", NESTED, "wait", ["- click", "- wait"]),
    ("How to open it?", NESTED, "Done.", []),
    ("哪些材料？", "材料：\n一、表\n二、照片\n以上。", "照片", ["一、表", "二、照片"]),
    ("有哪些？", "说明\n① 甲\n② 乙\n", "乙", ["① 甲", "② 乙"]),
    ("Was sind die Teile?", "Teile:\na) Dach\nb) Wand\n", "Teile:", ["a) Dach", "b) Wand"]),
    ("手順は？", "手順1 開く\n手順2 押す\n", "押す", ["手順1 開く", "手順2 押す"]),
    ("有哪些？", "- 只有一项\n", "只有", []),
]


@pytest.mark.parametrize(("question", "text", "sentence", "items"), BLOCKS)
def test_list_block(question, text, sentence, items):
    at = text.index(sentence)
    found = list_block(question, text, Span(at, at + len(sentence)))
    assert [text[start:end] for start, end in found] == items


LINES = st.lists(
    st.sampled_from(["- a", "  - b", "1. c", "2. d", "3. e", "text.", "# h", "一、f", "", "步骤："])
)


@given(LINES.map("\n".join), st.data())
def test_items_are_in_order_and_apart(text, data):
    at = data.draw(st.integers(0, len(text)))
    found = list_block("有哪些步骤？", text, Span(at, min(at + 3, len(text))))
    assert all(first.end < second.start for first, second in pairwise(found))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
    assert len(found) != 1


@pytest.mark.parametrize(
    ("row", "answer", "unit"),
    [
        ("- 乡镇：柳塘乡；茶园面积（亩）：6100；接待游客（万人次）：18", "18", "万人次"),
        ("- 乡镇：柳塘乡；茶园面积（亩）：6100；接待游客（万人次）：18", "6100", "亩"),
        ("- Name: Elm; Height (m): 1,250.5; Note: old", "1,250.5", "m"),
        ("- Name: Elm; Change (%): -3.5; Note: old", "-3.5", "%"),
        # It has one already, or there is none.
        ("- Route: Elm; Fare (adults): £18; Time: 2 h", "£18", ""),
        ("- Name: Elm; Height: 12; Note: old", "12", ""),
        ("- Name: Elm; Child (4–15): 12; Note: old", "12", ""),
        ("- Name (official): Elm; Height: 12", "Elm", ""),
        ("It has (in all) 12 halls.", "12", ""),
    ],
)
def test_the_unit_of_a_cell_is_in_its_head(row: str, answer: str, unit: str) -> None:
    start = row.index(answer)
    assert unit_in_head(row, Span(start, start + len(answer))) == unit
