"""Long answers, doubtful ones and errors: what the page makes of a difficult assistant."""

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.browsing import ask, question_box, visiting
from tests.ui.scripted_page import PIECES
from tests.ui.serving import DOCUMENTS, Server


@pytest.fixture(scope="module")
def scripted(serve) -> Server:
    return serve(DOCUMENTS, command=("tests/ui/scripted_page.py",))


def test_stop_ends_the_answer_and_keeps_what_there_is(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange .text")).to_contain_text("第3句。")
        page.locator("#stop").click()
        expect(page.locator(".exchange .notice")).to_have_text("已停止，回答不完整。")
        stopped = page.locator(".exchange .text").inner_text()
        page.wait_for_timeout(1000)
        assert page.locator(".exchange .text").inner_text() == stopped
        assert f"第{PIECES}句。" not in stopped
        expect(page.locator("#send")).to_be_visible()
        expect(page.locator("#stop")).to_be_hidden()

        # What was kept is what was shown, and the next question is answered.
        expect(page.locator(".conversations li")).to_have_count(1)
        page.reload()
        expect(page.locator(".exchange .text")).to_have_text(stopped)
        ask(page, "三号码头什么时候启用？")
        expect(page.locator(".exchange")).to_have_count(2)


def test_text_appears_while_the_answer_grows(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        assert page.locator("[role=log][aria-live=polite] .exchange[aria-busy=true]").count() == 1
        first = page.locator(".exchange .text").inner_text()
        expect(page.locator(".exchange .text")).not_to_have_text(first)


def test_doubtful_sentences_and_invented_numbers(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        exchange = ask(page, "DOUBT 集装箱")
        expect(exchange.locator(".unsupported")).to_have_count(1)
        expect(exchange.locator(".unsupported")).to_contain_text("没有依据的一句。")
        expect(exchange.locator(".flag")).to_have_text("未获证实")
        expect(exchange.locator(".text")).to_contain_text("编造的编号[99]。")
        expect(exchange.locator(".notice")).to_have_text("两份文档说法不同。")
        expect(exchange.locator(".understood")).to_have_text("理解为：青石港的集装箱吞吐量是多少？")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "UNREACHABLE",
            "没有成功：The server <b>at</b> localhost:11434 does not answer. Start it.",
        ),
        ("BROKEN", "出了意外的错误，没有完成。详情已记入服务器日志，请重试。"),
    ],
)
def test_an_error_is_a_sentence(
    scripted: Server, browser: Browser, question: str, sentence: str
) -> None:
    with visiting(browser, scripted.url) as page:
        exchange = ask(page, question)
        expect(exchange.get_by_role("alert")).to_have_text(sentence)
        assert "secret detail" not in page.content()
        assert "Traceback" not in page.content()
        ask(page, "三号码头什么时候启用？")
        expect(page.locator(".exchange").nth(1).locator(".cite").first).to_be_visible()
