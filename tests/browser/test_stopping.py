"""Long answers, doubtful ones and errors: what the page makes of a difficult assistant."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing import ask, question_box, serious, visiting
from tests.support.scripted_page import PIECES
from tests.support.serving import DOCUMENTS, Server

ONE_KEPT = """() => {
  const isExchange = (key) => /^wenzheng-conversation\\/[^/]+\\/./.test(key);
  return Object.keys(localStorage).filter(isExchange).length === 1;
}"""
"""Whether one exchange is kept, and no more."""


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


@pytest.mark.slow
def test_a_citation_opens_while_the_answer_is_given_anew(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        page.locator("#scope .label-wrap").click()
        page.locator("#scope-until").locator("input, textarea").fill("1900")
        question_box(page).fill("SLOW 青石港2031年装卸了多少集装箱？")
        question_box(page).press("Enter")
        exchange = page.locator(".exchange")
        expect(exchange.locator(".text")).to_contain_text("第1句。")
        page.locator("#stop").click()
        exchange.locator(".actions").wait_for()
        expect(exchange.locator(".source")).to_have_count(0)
        exchange.get_by_role("button", name="清除范围").click()
        expect(page.locator("#scope .label-wrap")).to_contain_text("范围：全部文档")
        page.get_by_role("button", name="重新回答").click()
        page.locator(".exchange[aria-busy=true] .source").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")


@pytest.mark.slow
def test_what_followed_an_edited_question_stays_away_when_its_answer_is_stopped(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        ask(page, "青石港2031年装卸了多少集装箱？")
        ask(page, "三号码头什么时候启用？")
        expect(page.locator(".conversations li")).to_have_count(1)
        first = page.locator(".exchange").first
        first.get_by_role("button", name="修改问题").click()
        first.locator("textarea").fill("SLOW 集装箱")
        first.locator("textarea").press("Enter")
        expect(page.locator(".exchange")).to_have_count(1)
        expect(page.locator(".exchange .text")).to_contain_text("第3句。")
        page.locator("#stop").click()
        expect(page.locator(".exchange .notice")).to_have_text("已停止，回答不完整。")
        expect(page.locator(".exchange .actions")).to_have_count(1)
        page.wait_for_function(ONE_KEPT)
        page.reload()
        expect(page.locator(".exchange .said")).to_have_text(["SLOW 集装箱"])


@pytest.mark.slow
def test_text_appears_while_the_answer_grows(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        assert page.locator("[role=log] .exchange[aria-busy=true]").count() == 1
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


def test_a_possible_answer_is_told_and_its_words_are_marked(
    scripted: Server, browser: Browser
) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with visiting(browser, scripted.url, permissions=permissions) as page:
        exchange = ask(page, "三号码头什么时候启用？ POSSIBLE 2033年春天")
        expect(exchange.locator(".state")).to_contain_text("可能的答案，请对照原文核实。")
        expect(exchange.locator(".short .lead")).to_have_text("2033年春天")
        expect(exchange.locator(".text mark")).to_have_text("2033年春天")
        exchange.get_by_role("button", name="复制简短回答").click()
        expect(exchange.get_by_role("button", name="已复制")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == "2033年春天"

        exchange.locator(".short .cite").click()
        expect(page.locator(".panel #quote mark")).to_have_text("2033年春天")
        shown = page.locator(".panel .document").evaluate("element => element.textContent")
        assert shown == DOCUMENTS["青石港年报.md"]
        spoken = page.locator(".panel .document").aria_snapshot()
        assert "[简短回答开始] 2033年春天 [简短回答结束]" in spoken
        assert serious(page) == []

        page.reload()
        expect(page.locator(".exchange .short .lead")).to_have_text("2033年春天")


def test_an_error_is_a_sentence(scripted: Server, browser: Browser) -> None:
    said = {
        "UNREACHABLE": (
            "没有成功：The server <b>at</b> localhost:11434 does not answer. Start it."
        ),
        "BROKEN": "出了意外的错误，没有完成。详情已记入服务器日志，请重试。",
    }
    with visiting(browser, scripted.url) as page:
        for question, sentence in said.items():
            exchange = ask(page, question)
            expect(exchange.get_by_role("alert")).to_have_text(sentence)
            assert "secret detail" not in page.content()
            assert "Traceback" not in page.content()
        ask(page, "三号码头什么时候启用？")
        expect(page.locator(".exchange").nth(2).locator(".cite").first).to_be_visible()
