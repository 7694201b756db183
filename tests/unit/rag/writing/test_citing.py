"""Citations in what a model writes, whatever the pieces that it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.writing.citing import CitationParser
from rag.writing.prompting import Quoted, answer_prompt


def read(pieces, passages=3):
    parser = CitationParser(passages)
    shown = [parser.feed(piece) for piece in pieces] + [parser.finish()]
    return "".join(shown), parser.cited, parser.marks


@pytest.mark.parametrize(
    ("written", "shown", "cited"),
    [
        ("建成5260个[1]。", "建成5260个[1]。", [1]),
        ("建成5260个【2】。", "建成5260个[1]。", [2]),
        ("建成5260个［３］。", "建成5260个[1]。", [3]),
        ("Built [[2]], opened [1].", "Built[1], opened[2].", [2, 1]),
        ("Both [1,2] agree.", "Both[1][2] agree.", [1, 2]),
        ("Both [2][1] agree.", "Both[1][2] agree.", [2, 1]),
        ("All [1-3].", "All[1][2][3].", [1, 2, 3]),
        ("都有［1、3］。", "都有[1][2]。", [1, 3]),
        ("All [2–99].", "All[1][2].", [2, 3]),
        ("Twice [1, 1].", "Twice[1].", [1]),
        ("Invented [7] and [0].", "Invented and.", []),
        ("Half invented [2, 9].", "Half invented[1].", [2]),
        ("Im Jahr [2020] war es so [1].", "Im Jahr [2020] war es so[1].", [1]),
        ("Not closed [1", "Not closed [1", []),
        ("A list [a, b] and [] and [ ].", "A list [a, b] and [] and [ ].", []),
        ("`a[1]` but [1]", "`a[1]` but[1]", [1]),
        ("``a`[1]`` but [1]", "``a`[1]`` but[1]", [1]),
        ("```\nx = a[1]\n\ny[2]\n```\nso [3]", "```\nx = a[1]\n\ny[2]\n```\nso[1]", [3]),
        ("one ` tick\nand [2]", "one ` tick\nand[1]", [2]),
        ("👩‍🔬 e\u0301[1]", "👩‍🔬 e\u0301[1]", [1]),
        ("[[1], [2]]", "[[1],[2]]", [1, 2]),
        ("<text-0123456789>\nA <b> b [1].\n</text-0123456789>", "\nA <b> b[1].\n", [1]),
        ("<text-0123456789 [1] “A” (2031)\nB [2].", "\nB[1].", [2]),
        ("Two\n[1\n] lines", "Two\n[1\n] lines", []),
    ],
)
def test_forms(written, shown, cited):
    text, order, marks = read([written])
    assert (text, order) == (shown, cited)
    for place, number in marks:
        assert text.startswith(f"[{number}]", place)
    assert read(written) == (text, order, marks)  # a character a piece


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["[", "]", "[[", "【", "】", "［", "1", "2", "9", ",", "-", " ", "`", "\n"]
            ),
            st.sampled_from(
                [
                    "[1]",
                    "[1,2]",
                    "[[3]]",
                    "【1】",
                    "<text-0123456789>",
                    "<",
                    "```",
                    "句子。",
                    "word ",
                    "🗼",
                    "e\u0301",
                ]
            ),
        ),
        max_size=40,
    ),
    st.data(),
)
def test_any_split_gives_the_same(parts, data):
    written = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(written)), max_size=12)))
    pieces = [written[a:b] for a, b in zip([0, *cuts], [*cuts, len(written)], strict=True)]
    assert read(pieces) == read([written])


@given(st.text(alphabet="ab[]12 `\n【】", max_size=60))
def test_what_is_shown_never_shrinks_and_nothing_else_is_lost(written):
    text, _, _ = read(written, passages=0)
    kept = [c for c in written if c not in "[]【】0123456789 "]
    assert [c for c in text if c not in "[]【】0123456789 "] == kept


def test_the_marks_of_a_prompt_are_not_repeated():
    passage = Quoted("A <b>harbour</b> " * 30, "2031-12", "418万箱")
    messages, _ = answer_prompt("?", "zh", [passage], count_tokens=len, budget=4000)
    written = messages[-1].content
    assert "<text-" in written
    shown, cited, _ = read(written)
    assert "418万箱" in shown
    assert "text-" not in shown
    assert "harbour" not in shown
    assert cited == []


@pytest.mark.parametrize(
    "unit", ["[", "[1", " ", "`", "[[1", "[1,", "[1 , ", "字[1]", "[1] ", "<text-0123456789 "]
)
def test_little_is_held_back_whatever_comes(unit):
    """What is held is read again with the next piece: a bound on it makes the time linear."""
    parser = CitationParser(3)
    for _ in range(2_000):
        parser.feed(unit)
        assert len(parser._held) < 230
