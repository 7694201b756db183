"""What stays in the browser: across reloads, restarts of the server and changes of documents."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from index.embedding import Embedder
from tests.ui.browsing import ask, confirm, visiting
from tests.ui.serving import DOCUMENTS, Server, build_index

QUESTION = "青石港2031年装卸了多少集装箱？"


@pytest.fixture(scope="module")
def own_server(serve) -> Server:
    """A server that may be restarted, over documents that may be changed."""
    return serve(DOCUMENTS)


def kept(exchange: Locator) -> list[str | None]:
    """What the buttons of an exchange carry: its citations, whole."""
    return [button.get_attribute("data-detail") for button in exchange.locator(".cite").all()]


def listed(page: Page) -> list[str]:
    return page.locator(".conversations li .open").all_inner_texts()


def test_a_conversation_is_the_same_after_reload_and_restart(
    own_server: Server, browser: Browser
) -> None:
    with visiting(browser, own_server.url) as page:
        exchange = ask(page, QUESTION)
        before, text = kept(exchange), exchange.locator(".text").inner_text()
        assert before
        expect(page.locator(".conversations li")).to_have_count(1)

        page.reload()
        expect(page.locator(".exchange .text")).to_have_text(text, use_inner_text=True)
        assert kept(page.locator(".exchange")) == before

        own_server.restart()
        page.reload()
        expect(page.locator(".exchange .text")).to_have_text(text, use_inner_text=True)
        assert kept(page.locator(".exchange")) == before
        assert listed(page) == [QUESTION]
        page.locator(".exchange .cite").first.click()
        expect(page.locator(".panel mark")).to_contain_text("418万箱")


def test_a_changed_document_is_said_to_be_changed(
    own_server: Server, browser: Browser, embedder: Embedder
) -> None:
    with visiting(browser, own_server.url) as page:
        exchange = ask(page, QUESTION)
        path = own_server.corpus / "青石港年报.md"
        path.write_text("# 新版\n\n" + DOCUMENTS[path.name].replace("418", "420"), "utf-8")
        build_index(own_server.corpus, own_server.index, embedder)
        exchange.locator(".cite").first.click()
        expect(page.locator(".panel .notice")).to_contain_text("有改动")
        expect(page.locator(".panel mark")).to_contain_text("418万箱")


def test_conversations_are_listed_renamed_and_deleted(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
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

        page.get_by_role("button", name="删除: 港口").click()
        confirm(page)
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".exchange")).to_have_count(0)
        page.reload()
        expect(page.locator(".conversations li")).to_have_count(1)
        assert listed(page) == ["三号码头什么时候启用？"]


def test_two_readers_at_once_see_their_own_answers(server: Server, browser: Browser) -> None:
    with (
        visiting(browser, server.url) as one,
        visiting(browser, server.url, locale="en-US") as other,
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


def test_a_second_tab_does_not_lose_what_the_first_one_kept(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url) as first:
        second = first.context.new_page()
        second.goto(server.url)
        second.locator("#question textarea").wait_for()
        ask(second, QUESTION)
        expect(second.locator(".conversations li")).to_have_count(1)
        # A headless browser gives every tab the focus; this is what a real one says.
        first.evaluate("dispatchEvent(new Event('focus'))")
        expect(first.locator(".conversations li")).to_have_count(1)
        first.get_by_role("button", name="新对话").click()
        expect(first.locator(".exchange")).to_have_count(0)
        ask(first, "三号码头什么时候启用？")
        expect(first.locator(".conversations li")).to_have_count(2)
