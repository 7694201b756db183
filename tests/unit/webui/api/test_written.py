"""An answer as Markdown for other programs: what is streamed is what is written whole."""

from dataclasses import replace

import pytest

from index.types import Metadata
from rag.texts import texts
from rag.types import Answer, Citation, ShortAnswer
from webui.api.written import Writing, without_sources, written

QUOTE = "青石港在2031年共装卸集装箱418万箱，\n比上一年增加7%。🚢"
CITED = Citation(1, "年报.md", 10, 45, QUOTE, "0" * 64, Metadata("年报", date="2032-01-05"), page=3)
ANSWER = Answer("多少箱？", "zh", "文档中写道：418万箱。[1]", citations=(CITED,))


def streamed(answers: list[Answer]) -> str:
    writing = Writing()
    return "".join(map(writing.more, answers)) + writing.rest(answers[-1])


def test_marks_have_their_quotations_below() -> None:
    text = written(ANSWER)
    assert text.startswith(ANSWER.text)
    assert "**[1]** 年报 · 2032-01-05 · p. 3 · 年报.md:10-45" in text
    quoted = [line[2:] for line in text.splitlines() if line.startswith("> ")]
    assert quoted == QUOTE.splitlines()


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        replace(ANSWER, state="possible"),
        replace(ANSWER, short=ShortAnswer("418万箱", 1, 20, 25), notice="两份文档说法不同。"),
        Answer("?", "en", texts("en").declined, state="not_found"),
    ],
)
def test_what_is_streamed_is_what_is_written(answer: Answer) -> None:
    growing = [replace(answer, text=answer.text[:n]) for n in range(len(answer.text) + 1)]
    assert streamed(growing) == written(answer)
    assert streamed([answer]) == written(answer)


def test_an_answer_that_is_replaced_is_told_below_what_was_sent() -> None:
    draft = replace(ANSWER, text="大约五百万箱。", citations=())
    sent = streamed([draft, ANSWER])
    assert sent.startswith(draft.text)
    assert sent.endswith(written(ANSWER))


def test_what_was_said_comes_back_without_its_quotations() -> None:
    assert without_sources(written(ANSWER)) == ANSWER.text
    own = "一条线：\n\n---\n\n下面还是答案。"
    assert without_sources(own) == own
