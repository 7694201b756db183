"""What stays in the browser: across reloads, restarts of the server and changes of documents."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from index.embedders.embedding import Embedder
from tests.support.browsing import FILL, WAIT_MS, ask, confirm, question_box, visiting
from tests.support.pages import holding
from tests.support.scripted_page import PIECES, SECONDS_A_PIECE
from tests.support.serving import Server, build_index
from tests.support.waiting import soon

QUESTION = "青石港2031年装卸了多少集装箱？"


def listed(page: Page) -> list[str]:
    return page.locator(".conversations li .open").all_inner_texts()


def test_a_conversation_is_the_same_after_reload_and_restart(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url, locale="en-US") as page:
        exchange = ask(page, QUESTION)
        before, text = exchange.inner_html(), exchange.locator(".text").inner_text()
        expect(page.locator(".conversations li")).to_have_count(1)

        page.reload()
        expect(page.locator(".exchange .text")).to_have_text(text, use_inner_text=True)
        assert page.locator(".exchange").inner_html() == before

        page.evaluate("window.loadedOnce = true")
        scripted.interrupt()
        scripted.wait()
        question_box(page).fill("Anybody there?")
        question_box(page).press("Enter")
        gone = page.get_by_role("alert").filter(has_text="The server does not answer")
        expect(gone).to_be_visible()
        expect(page.locator(".toast-body")).to_be_hidden()  # Gradio's says it in English alone
        scripted.start()
        # Where a question was lost, Gradio loads the page anew, and nobody else may at that time.
        page.wait_for_function("!window.loadedOnce", timeout=4 * WAIT_MS)
        expect(page.locator(".exchange .text")).to_have_text(text, use_inner_text=True)
        expect(gone).to_have_count(0)
        expect(question_box(page)).to_have_value("Anybody there?")
        assert page.locator(".exchange").inner_html() == before
        assert listed(page) == [QUESTION]
        page.locator(".exchange .cite").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")


@pytest.mark.slow
def test_a_changed_document_is_said_to_be_changed(
    scripted: Server, browser: Browser, embedder: Embedder
) -> None:
    name = "渡口.txt"
    text = "白鹭渡口有七艘渡船。\n"
    with (
        holding(scripted, {name: text}, embedder),
        visiting(browser, scripted.url) as page,
    ):
        exchange = ask(page, "白鹭渡口有几艘渡船？")
        (scripted.corpus / name).write_text("新版。\n\n白鹭渡口有八艘渡船。\n", "utf-8")
        build_index(scripted.corpus, scripted.index, embedder)
        exchange.locator(".cite").first.click()
        expect(page.locator(".panel .notice")).to_contain_text("有改动")
        expect(page.locator(".panel #quote")).to_contain_text("七艘")


@pytest.mark.slow
def test_conversations_are_listed_renamed_and_deleted(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        ask(page, QUESTION)
        expect(page.locator(".conversations li")).to_have_count(1)
        page.get_by_role("button", name="新对话").click()
        expect(page.locator(".exchange")).to_have_count(0)
        ask(page, "三号码头什么时候启用？")
        expect(page.locator(".conversations li")).to_have_count(2)
        assert listed(page) == ["三号码头什么时候启用？", QUESTION]

        page.get_by_role("button", name=f"重命名: {QUESTION}").click()
        page.keyboard.type("港口 <b>数字</b>")
        page.keyboard.press("Enter")
        expect(page.locator(".conversations li").nth(1)).to_contain_text("港口 <b>数字</b>")

        page.locator(".conversations li .open").nth(1).click()
        expect(page.locator(".exchange .said")).to_have_text(QUESTION)
        expect(page.locator(".conversations li.current")).to_contain_text("港口")

        page.get_by_role("button", name="删除对话: 港口").click()
        confirm(page)
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".exchange")).to_have_count(0)
        page.reload()
        expect(page.locator(".conversations li")).to_have_count(1)
        assert listed(page) == ["三号码头什么时候启用？"]


@pytest.mark.slow
def test_two_readers_at_once_see_their_own_answers(scripted: Server, browser: Browser) -> None:
    with (
        visiting(browser, scripted.url) as one,
        visiting(browser, scripted.url, locale="en-US") as other,
    ):
        one.locator("#question textarea").fill(QUESTION)
        other.locator("#question textarea").fill("When did the Larkspur observatory open?")
        one.keyboard.press("Enter")
        other.keyboard.press("Enter")
        expect(one.locator(".exchange .text")).to_contain_text("418万箱")
        expect(other.locator(".exchange .text")).to_contain_text("1974")
        expect(one.locator(".conversations li")).to_have_count(1)
        expect(other.locator(".conversations li")).to_have_count(1)
        assert listed(one) == [QUESTION]


@contextmanager
def two_tabs(browser: Browser, url: str) -> Iterator[tuple[Page, Page]]:
    """Two tabs of one browser. Neither may be loaded anew: what is shown follows by itself."""
    with visiting(browser, url) as first:
        second = first.context.new_page()
        second.goto(url)
        question_box(second).wait_for()
        for page in (first, second):
            page.evaluate("window.loadedOnce = true")
        yield first, second
        assert first.evaluate("window.loadedOnce")
        assert second.evaluate("window.loadedOnce")


def start_anew(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".exchange")).to_have_count(0)


def questions(page: Page) -> list[str]:
    return page.locator(".exchange .said").all_inner_texts()


@pytest.mark.slow
def test_two_tabs_keep_the_conversations_of_both(scripted: Server, browser: Browser) -> None:
    asked = [QUESTION, "岬の灯台の高さは？", "三号码头什么时候启用？", "Who leads the observatory?"]
    with two_tabs(browser, scripted.url) as tabs:
        for number, question in enumerate(asked):
            if number > 1:
                start_anew(tabs[number % 2])
            ask(tabs[number % 2], question)
        for page in tabs:
            expect(page.locator(".conversations li")).to_have_count(4)
            assert listed(page) == asked[::-1]
            anew = page.context.new_page()
            anew.goto(scripted.url)
            expect(anew.locator(".conversations li")).to_have_count(4)
            assert listed(anew) == asked[::-1]
            expect(anew.locator(".exchange")).to_have_count(1)
            assert questions(anew) == [asked[3]]  # what was asked last is open


def test_two_tabs_asking_in_one_conversation_lose_nothing(
    scripted: Server, browser: Browser
) -> None:
    together = ["三号码头什么时候启用？", "كم يبلغ ارتفاع المنارة؟"]
    with two_tabs(browser, scripted.url) as (first, second):
        ask(first, QUESTION)
        second.locator(".conversations li .open").click()
        expect(second.locator(".exchange")).to_have_count(1)
        for page, question in zip((first, second), together, strict=True):
            question_box(page).fill(question)
        for page in (first, second):
            question_box(page).press("Enter")
        for page in (first, second):
            expect(page.locator(".exchange .actions")).to_have_count(3)
            assert questions(page)[0] == QUESTION
            assert sorted(questions(page)) == sorted([QUESTION, *together])
        # Each shows its own question first until it hears of the other.
        assert soon(lambda: questions(first) == questions(second))
        anew = first.context.new_page()
        anew.goto(scripted.url)
        expect(anew.locator(".exchange")).to_have_count(3)
        assert questions(anew) == questions(first)


@pytest.mark.slow
def test_a_tab_follows_what_another_renames_and_deletes(scripted: Server, browser: Browser) -> None:
    with two_tabs(browser, scripted.url) as (first, second):
        ask(first, QUESTION)
        second.locator(".conversations li .open").click()
        expect(second.locator(".exchange")).to_have_count(1)

        first.get_by_role("button", name="重命名").click()
        first.keyboard.type("港口 🚢 <i>箱</i>")
        first.keyboard.press("Enter")
        for page in (first, second):
            expect(page.locator(".conversations li.current")).to_contain_text("港口 🚢 <i>箱</i>")

        first.get_by_role("button", name="删除").click()
        confirm(first)
        for page in (first, second):
            expect(page.locator(".conversations li")).to_have_count(0)
            expect(page.locator(".exchange")).to_have_count(0)
            expect(page.locator(".welcome")).to_be_visible()


@pytest.mark.slow
def test_what_was_deleted_is_not_back_with_the_answer_of_another_tab(
    scripted: Server, browser: Browser
) -> None:
    with two_tabs(browser, scripted.url) as (first, second):
        ask(first, QUESTION)
        second.locator(".conversations li .open").click()
        expect(second.locator(".exchange")).to_have_count(1)
        question_box(second).fill("SLOW 集装箱")
        question_box(second).press("Enter")
        expect(second.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        first.get_by_role("button", name="删除").click()
        confirm(first)
        expect(second.locator(".exchange")).to_have_count(0)
        expect(second.locator("#send")).to_be_visible()
        # What a tab that has not heard of it still writes does not count either.
        second.evaluate(
            """() => {
                const [deleted] = Object.keys(localStorage).filter((k) => k.includes("deleted"));
                const id = deleted.split("/")[1];
                wenzheng.keep([{ conversation_id: id, title: "x", named_ms: 1, exchanges: [] }]);
            }"""
        )
        second.wait_for_timeout(PIECES * SECONDS_A_PIECE * 1000)
        anew = first.context.new_page()
        anew.goto(scripted.url)
        expect(anew.locator(".conversations .hint")).to_have_text("还没有保存的对话。")
        for page in (first, second, anew):
            assert listed(page) == []


RECORD = """
new MutationObserver(() => {
  const said = new Set(JSON.parse(sessionStorage.getItem("said") ?? "[]"));
  for (const hint of document.querySelectorAll(".conversations .hint")) said.add(hint.textContent);
  sessionStorage.setItem("said", JSON.stringify([...said]));
}).observe(document, { childList: true, characterData: true, subtree: true });
"""
"""Writes down whatever the list of conversations says, across loads of the page."""


@pytest.mark.slow
def test_a_restart_loses_nothing_that_was_typed_and_says_nothing_false(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        ask(page, QUESTION)
        expect(page.locator(".conversations li")).to_have_count(1)
        page.add_init_script(RECORD)
        page.reload()
        expect(page.locator(".exchange")).to_have_count(1)
        draft = "三号码头何时启用？\n第二行：«كم؟» 🚢"
        question_box(page).fill(draft)
        page.evaluate("window.loadedOnce = true")
        scripted.interrupt()
        scripted.wait()
        question_box(page).press("Enter")  # nobody is there: the page waits, and loads anew
        scripted.start()
        page.wait_for_function("!window.loadedOnce", timeout=4 * WAIT_MS)
        expect(page.locator(".exchange")).to_have_count(1, timeout=2 * WAIT_MS)
        expect(question_box(page)).to_have_value(draft)
        expect(page.locator(".conversations li")).to_have_count(1)

        question_box(page).press("Enter")
        expect(page.locator(".exchange .actions")).to_have_count(2)
        expect(question_box(page)).to_have_value("")
        page.reload()
        expect(page.locator(".exchange")).to_have_count(2)
        expect(question_box(page)).to_have_value("")
        said = page.evaluate("JSON.parse(sessionStorage.getItem('said'))")
        assert set(said) == {"正在读取对话…", "对话只保存在这个浏览器里。"}


@pytest.mark.slow
def test_what_is_typed_while_an_answer_grows_stays(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(question_box(page)).to_have_value("")
        question_box(page).press_sequentially("三号码头")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        question_box(page).press_sequentially("什么时候启用？")
        expect(page.locator(".still")).to_be_visible()
        question_box(page).press("Enter")  # not yet
        page.locator("#stop").click()
        expect(page.locator(".exchange .actions")).to_have_count(1)
        expect(page.locator(".still")).to_be_hidden()
        expect(question_box(page)).to_have_value("三号码头什么时候启用？")
        question_box(page).press("Enter")
        expect(page.locator(".exchange .actions")).to_have_count(2)
        expect(question_box(page)).to_have_value("")
        assert questions(page) == ["SLOW 集装箱", "三号码头什么时候启用？"]


@pytest.mark.slow
def test_an_answer_is_kept_in_its_own_conversation_while_another_is_open(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        start_anew(page)
        question_box(page).fill("三号码头什么时候启用？")
        question_box(page).press("Enter")  # not yet
        expect(page.locator(".still")).to_be_visible()
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".still")).to_be_hidden()
        expect(question_box(page)).to_have_value("三号码头什么时候启用？")
        question_box(page).press("Enter")
        expect(page.locator(".exchange .actions")).to_have_count(1)
        assert questions(page) == ["三号码头什么时候启用？"]
        page.get_by_role("button", name="SLOW 集装箱", exact=True).click()
        expect(page.locator(".exchange .text")).to_contain_text(f"第{PIECES}句。")
        assert questions(page) == ["SLOW 集装箱"]


@pytest.mark.slow
def test_enter_asks_nothing_while_an_answer_is_given_anew(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        page.locator("#stop").click()
        page.get_by_role("button", name="重新回答").click()
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第2句。")
        question_box(page).fill("三号码头什么时候启用？")
        question_box(page).press("Enter")  # not yet
        page.wait_for_timeout(1000)
        expect(question_box(page)).to_have_value("三号码头什么时候启用？")
        assert questions(page) == ["SLOW 集装箱"]


@pytest.mark.slow
def test_a_long_conversation_costs_no_more_and_opens_at_its_end(
    scripted: Server, browser: Browser
) -> None:
    with visiting(browser, scripted.url) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        traffic: list[int] = []
        network.on("Network.dataReceived", lambda one: traffic.append(one["dataLength"]))
        network.on(
            "Network.requestWillBeSent",
            lambda one: traffic.append(len(one["request"].get("postData", ""))),
        )
        costs = []
        for number in range(1, 9):
            traffic.clear()
            ask(page, QUESTION)
            expect(page.locator(".exchange .actions")).to_have_count(number)
            page.wait_for_timeout(1000)
            costs.append(sum(traffic))
        assert costs[-1] < 1.3 * costs[0]
        expect(page.get_by_role("button", name="重新回答")).to_have_count(1)

        page.reload()
        expect(page.locator(".exchange .actions")).to_have_count(8)
        expect(page.locator(".exchange .said").last).to_be_in_viewport()
        expect(page.locator(".exchange .said").first).not_to_be_in_viewport()
        page.locator(".exchange .cite").last.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")


def test_a_question_whose_answer_is_lost_comes_back(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        question_box(page).fill("SLOW 集装箱")
        question_box(page).press("Enter")
        expect(page.locator(".exchange[aria-busy=true] .text")).to_contain_text("第1句。")
        page.reload()
        expect(question_box(page)).to_have_value("SLOW 集装箱")


KEPT_CHARS = """Object.entries(localStorage)
  .filter(([key]) => key.startsWith("wenzheng-conversation/"))
  .reduce((sum, [key, text]) => sum + key.length + text.length, 0)"""


@pytest.mark.slow
def test_a_full_store_drops_the_oldest_with_a_word(scripted: Server, browser: Browser) -> None:
    with visiting(browser, scripted.url) as page:
        ask(page, QUESTION)
        expect(page.locator(".conversations li")).to_have_count(1)
        half = page.evaluate(KEPT_CHARS) // 2
        page.evaluate(FILL, half)
        start_anew(page)
        ask(page, "三号码头什么时候启用？")
        notice = page.locator(".conversations .notice")
        expect(notice).to_contain_text("已移除最早的 1 个对话")
        page.reload()
        expect(page.locator(".exchange")).to_have_count(1)
        assert listed(page) == ["三号码头什么时候启用？"]

        page.evaluate(FILL, half)
        ask(page, "How high is the lighthouse? 岬の灯台")
        expect(notice).to_contain_text("没有保存")
        expect(page.locator(".exchange")).to_have_count(2)
        page.reload()
        expect(page.locator(".exchange")).to_have_count(1)


@pytest.mark.slow
def test_all_together_stay_within_what_a_browser_gives(scripted: Server, browser: Browser) -> None:
    large = """() => {
      for (const n of [3, 1, 2]) {
        const sealed = "x".repeat(1_600_000);
        const exchange = JSON.stringify({ asked_ms: n, changed_ms: n, sealed });
        localStorage.setItem(`wenzheng-conversation/c${n}`, '{"title": "x", "named_ms": 0}');
        localStorage.setItem(`wenzheng-conversation/c${n}/e`, exchange);
      }
    }"""
    with visiting(browser, scripted.url) as page:
        page.evaluate(large)
        ask(page, QUESTION)
        expect(page.locator(".conversations .notice")).to_contain_text("已移除最早的 1 个对话")
        left = page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith('/e'))")
        assert sorted(left) == ["wenzheng-conversation/c2/e", "wenzheng-conversation/c3/e"]
        assert listed(page) == [QUESTION]  # nobody knows what the others are called
