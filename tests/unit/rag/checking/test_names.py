"""Names and quotations that a source holds, or does not."""

import pytest

from rag.checking.names import Token, missing_names, missing_quotes

PASSAGE = (
    "Dr. Amara Osei leads the Larkspur observatory of Eastmere, founded by Morgan & Sons of Canada."
)


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Amara Osei's observatory is in Eastmere.", []),
        ("AMARA OSEI leads it.", []),
        ("Today the Canadian firm of Morgan & Sons is gone.", []),
        ("Director Amara Osei leads it.", []),
        ("It was founded by Fletcher & Sons.", ["Fletcher"]),
        ("Helen Marsh leads it.", ["Helen", "Marsh"]),
        ("It is in Westmere.", ["Westmere"]),
        ("Everything there runs on IPv6 and 5G.", ["IPv6", "5G"]),
        ("In the evening, visitors come.", []),
        ("- Amara Osei\n- Visitors", []),
        ("Amára Öséi leads it.", []),
    ],
)
def test_capitals(sentence, missing):
    assert list(missing_names(sentence, PASSAGE, ())) == missing


def test_german_nouns_are_no_names():
    passage = "Die Mühle von Eschenbach gehört Frau Petra Lang."
    said = "Das Gebäude von Petra Lang dient der Forschung, sagt Ilse Kofler."
    assert list(missing_names(said, passage, (), nouns_are_capital=True)) == ["Ilse", "Kofler"]


def tokens(*parts):
    """The sentence and its tokens from parts: (text, closeness)."""
    made, place = [], 0
    for text, closeness in parts:
        made.append(Token(place, place + len(text), closeness))
        place += len(text)
    return "".join(text for text, _ in parts), made


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ([("周", 0.3), ("砚", 0.3), ("秋", 0.4), ("介绍", 0.5)], ["周砚秋"]),
        ([("林", 0.9), ("望", 0.9), ("舒", 0.9), ("表示", 0.5)], []),
        ([("能", 0.5), ("坐", 0.4), ("下", 0.4)], []),
        ([("东芝", 0.4), ("公司", 0.9)], ["东芝"]),
        ([("上海", 0.5), ("举办", 0.5)], ["上海"]),
        ([("这座", 0.4), ("桥", 0.9)], []),
        ([("建设", 0.4), ("码头", 0.9)], []),
        ([(char, 0.4) for char in "门驿站养着几匹马"], ["门驿站"]),
    ],
)
def test_chinese(parts, missing):
    sentence, made = tokens(*parts)
    source = "港务局局长林望舒说，星野公司新建了码头和桥。"
    assert list(missing_names(sentence, source, made)) == missing


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("这叫“四个一”。", []),
        ("他写了《盐路》。", []),
        ("这叫“五个一”。", ["五个一"]),
        ("He calls it “the four ones, or so”.", ["the four ones, or so"]),
        ("「四个一」と『盐路』", []),
    ],
)
def test_quotes(sentence, missing):
    assert list(missing_quotes(sentence, "推行“四 个一”，见《盐路》。")) == missing
