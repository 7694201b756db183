"""Asking, reading the answer, seeing the evidence in place."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing import ask, confirm, is_inside, question_box, visiting
from tests.support.serving import DOCUMENTS, Server


@pytest.mark.parametrize(
    ("locale", "question", "doc_id", "quoted", "title"),
    [
        (
            "zh-CN",
            "青石港2031年装卸了多少集装箱？",
            "青石港年报.md",
            "418万箱",
            "青石港二〇三一年年报",
        ),
        pytest.param(
            "en-GB",
            "When did the Larkspur observatory open?",
            "observatory.txt",
            "1974",
            "The Larkspur",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "en-GB",
            "Wie viele Gäste kommen jährlich?",
            "muehle.txt",
            "12.500 Gäste",
            "Die Wasser",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "zh-CN",
            "كم يبلغ ارتفاع المنارة؟",
            "منارة.txt",
            "43 مترًا",
            "منارة الخليج",
            marks=pytest.mark.slow,  # test_access.py asks it, and opens its quote
        ),
        pytest.param(
            "zh-CN", "灯台の高さは？", "灯台.txt", "28メートル", "岬の灯台", marks=pytest.mark.slow
        ),
    ],
)
def test_a_citation_opens_the_quote_highlighted_in_its_document(
    server: Server,
    browser: Browser,
    locale: str,
    question: str,
    doc_id: str,
    quoted: str,
    title: str,
) -> None:
    with visiting(browser, server.url, locale=locale) as page:
        exchange = ask(page, question)
        assert quoted in exchange.locator(".text").inner_text()

        exchange.locator(".cite").first.click()

        mark = page.locator(".panel #quote")
        expect(mark).to_contain_text(quoted)
        shown = page.locator(".panel .document").evaluate("element => element.textContent")
        assert shown == DOCUMENTS[doc_id]
        assert is_inside(mark, page.locator(".panel-body"))
        assert title in page.locator(".panel h2").inner_text()
        assert doc_id in page.locator(".panel .about").inner_text()

        page.locator(".panel [data-entry]").click()
        expect(page.locator("#search").locator("input, textarea")).to_have_value(doc_id)
        expect(page.locator("table.documents tbody tr")).to_have_count(1)
        expect(page.locator("table.documents .doc-id")).to_have_text(doc_id)


@pytest.mark.slow
def test_another_text_is_not_searched_and_its_entry_is_found(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url) as page:
        ask(page, "青石港2031年装卸了多少集装箱？").locator(".cite").first.click()
        sought = page.locator(".panel-search input")
        sought.fill("码头")
        expect(page.locator(".panel-search [role=status]")).to_contain_text("1 / ")

        ask(page, "When did the Larkspur observatory open?").locator(".cite").first.click()
        expect(page.locator(".panel h2")).to_contain_text("The Larkspur")
        expect(sought).to_have_value("")

        page.locator(".panel [data-entry]").click()
        expect(page.locator("#search").locator("input, textarea")).to_have_value("observatory.txt")
        rows = page.locator("table.documents tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("The Larkspur")


@pytest.mark.slow
def test_a_quote_far_down_a_long_document_is_scrolled_to(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, viewport={"width": 1200, "height": 420}) as page:
        exchange = ask(page, "青石港的观景步道有几公里？")
        exchange.locator(".cite").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("三公里")
        assert page.locator(".panel-body").evaluate("element => element.scrollTop") > 0
        assert is_inside(page.locator(".panel #quote"), page.locator(".panel-body"))


def test_next_and_previous_walk_through_the_evidence(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        exchange = ask(page, "今年的黄金价格是多少？")
        sources = exchange.locator(".sources .source")
        total = sources.count()
        assert 1 < total <= 3

        sources.first.click()
        position = page.locator(".panel .steps span")
        expect(position).to_have_text(f"第 1 处，共 {total} 处")
        first = page.locator(".panel #quote").inner_text()
        expect(page.get_by_role("button", name="上一处")).to_be_disabled()

        page.get_by_role("button", name="下一处").click()
        expect(position).to_have_text(f"第 2 处，共 {total} 处")
        assert page.locator(".panel #quote").inner_text() != first

        page.get_by_role("button", name="上一处").click()
        expect(position).to_have_text(f"第 1 处，共 {total} 处")
        assert page.locator(".panel #quote").inner_text() == first


@pytest.mark.slow
def test_a_refusal_shows_what_was_nearest(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, locale="en-US") as page:
        exchange = ask(page, "今年的黄金价格是多少？")
        expect(exchange.locator(".not_found")).to_be_visible()
        assert exchange.locator(".cite").count() == 0
        exchange.locator(".sources.found .source").first.click()
        expect(page.locator(".panel #quote")).to_be_visible()


@pytest.mark.slow
def test_why_these_passages_is_told_on_demand(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        exchange = ask(page, "三号码头什么时候启用？")
        table = exchange.locator(".why table")
        expect(table).to_be_hidden()
        exchange.locator(".why summary").click()
        expect(table).to_be_visible()
        assert table.locator("tbody tr").count() > 0
        table.locator(".source-name").first.click()
        expect(page.locator(".panel #quote")).to_be_visible()


def test_the_keyboard_alone_is_enough(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        expect(question_box(page)).to_be_focused()
        page.keyboard.type("青石港2031年")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("装卸了多少集装箱？")
        expect(question_box(page)).to_have_value("青石港2031年\n装卸了多少集装箱？")
        page.keyboard.press("Enter")
        page.locator(".exchange .actions").wait_for()
        expect(question_box(page)).to_have_value("")
        expect(question_box(page)).to_be_focused()

        for _ in range(
            30
        ):  # backwards from the question box, through the actions, to the citations
            page.keyboard.press("Shift+Tab")
            if page.evaluate("document.activeElement.matches('.cite')"):
                break
        page.keyboard.press("Enter")
        expect(page.locator(".panel h2")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".panel")).to_have_count(0)
        assert page.evaluate("document.activeElement.matches('.cite')")


def test_an_answer_is_copied_with_its_citations(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        exchange = ask(page, "青石港2031年装卸了多少集装箱？")
        exchange.get_by_role("button", name="复制（含出处）").click()
        expect(exchange.get_by_role("button", name="已复制")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        text = DOCUMENTS["青石港年报.md"]
        start = text.index("青石港在2031年")
        assert copied.startswith("青石港2031年装卸了多少集装箱？")
        assert "[1] “青石港在2031年共装卸集装箱418万箱，比上一年增加7%。”" in copied
        assert "《青石港二〇三一年年报》" in copied
        assert f"第 {start + 1}–" in copied
        assert "SHA-256" in copied


def test_retry_answers_again_and_clear_empties(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        ask(page, "三号码头什么时候启用？")
        exchange = ask(page, "灯塔博物馆在哪里？")
        expect(exchange.locator(".said")).to_be_in_viewport()
        expect(exchange.locator(".actions")).to_be_in_viewport()  # scrolled to as it grew
        exchange.get_by_role("button", name="重新回答").click()
        expect(page.locator(".exchange[aria-busy]")).to_have_count(0)
        expect(page.locator(".exchange")).to_have_count(2)
        page.locator(".exchange").nth(1).locator(".actions").wait_for()

        page.get_by_role("button", name="清空对话").click()
        confirm(page)
        expect(page.locator(".exchange")).to_have_count(0)
        expect(page.locator(".welcome")).to_be_visible()
        expect(page.locator(".conversations li")).to_have_count(0)


def test_examples_come_from_the_corpus_and_are_answered(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        example = page.locator(".example").first
        question = example.inner_text()
        example.click()
        page.locator(".exchange .actions").wait_for()
        assert page.locator(".exchange .said").inner_text() == question
        assert page.locator(".exchange .cite").count() > 0
