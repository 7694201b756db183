"""For everybody: axe-core, languages, narrow and wide screens, themes, fonts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support.browsing import (
    WAIT_MS,
    ask,
    log_in,
    open_chat,
    open_documents,
    question_box,
    serious,
    visiting,
)
from tests.support.serving import Server


@pytest.mark.parametrize("locale", ["zh-CN", pytest.param("en-US", marks=pytest.mark.slow)])
def test_axe_finds_nothing_serious(server: Server, browser: Browser, locale: str) -> None:
    with visiting(browser, server.url, locale=locale) as page:
        page.locator(".example").first.wait_for()
        assert serious(page) == []

        ask(page, "今年的黄金价格是多少？").locator(".source").first.click()
        ask(page, "三号码头什么时候启用？").locator(".why summary").click()
        page.locator(".panel #quote").wait_for()
        assert serious(page) == []

        open_documents(page)
        page.locator("table.documents .action").first.click()
        page.locator(".panel .chunk-start").first.wait_for()
        assert serious(page) == []
        page.locator("table.documents .danger").first.click()
        page.locator("dialog").wait_for()
        assert serious(page) == []


@pytest.mark.slow
def test_axe_would_find_it(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        page.locator(".masthead").evaluate(
            """element => element.insertAdjacentHTML(
                "beforeend", "<button></button><p style='color: #bbb; background: #fff'>pale</p>"
            )"""
        )
        found = " ".join(serious(page))
        assert "light: button-name" in found
        assert "light: color-contrast" in found
        assert "dark: color-contrast" in found


def test_an_answer_is_heard_once_when_it_is_whole(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        page.evaluate(
            """() => {
                const told = document.querySelector("#told");
                window.heard = [];
                new MutationObserver(() => window.heard.push(told.textContent)).observe(
                    told, { childList: true, characterData: true, subtree: true });
            }"""
        )
        exchange = ask(page, "三号码头什么时候启用？")
        exchange.locator(".why").wait_for()
        page.wait_for_function("window.heard.length >= 2")
        searching, answer = page.evaluate("window.heard")
        assert searching == "正在查找依据…"
        assert "2033年春天" in answer
        assert page.locator("[role=log]").get_attribute("aria-live") == "off"


def test_what_is_pressed_has_a_name_and_a_state_and_the_focus_goes_on(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url) as page:
        ask(page, "三号码头什么时候启用？")
        expect(page.locator("#asking")).to_match_aria_snapshot(
            """
            - button "范围：全部文档" [expanded=false]
            - button "回答：摘录文档原文" [expanded=false]
            - text: 问题
            - textbox "问题"
            - button "发送"
            """
        )
        page.locator("#generator .label-wrap").click()
        opened = page.get_by_role("button", name="回答：摘录文档原文", expanded=True)
        expect(opened).to_have_count(1)
        assert serious(page) == []

        page.get_by_role("button", name="新对话").press("Enter")
        expect(question_box(page)).to_be_focused()
        page.locator(".conversations .open").first.press("Enter")
        expect(page.locator(".conversations .current .open")).to_be_focused()


def test_the_language_follows_the_browser_and_the_choice_is_remembered(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url, locale="en-US") as page:
        assert page.url == f"{server.url}/en"
        assert page.locator("html").get_attribute("lang") == "en"
        expect(page.get_by_role("tab", name="Documents")).to_be_visible()
        ask(page, "三号码头什么时候启用？")

        page.get_by_role("link", name="中文").click()
        expect(page.get_by_role("tab", name="文档")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        expect(page.locator(".exchange")).to_have_count(1)

        page.goto(server.url)
        expect(page.get_by_role("tab", name="文档")).to_be_visible()
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("tab", name="Documents")).to_be_visible()
        page.goto(server.url)
        expect(page.get_by_role("tab", name="Documents")).to_be_visible()


def test_nothing_is_wider_than_the_screen(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, viewport={"width": 360, "height": 800}) as page:
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        exchange = ask(page, "青石港2031年装卸了多少集装箱？" + "很长" * 60 + "x" * 200)
        for width in (360, 1440, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(overflow) == 0
            box = question_box(page).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800
            exchange.locator(".source, .origin").first.click()
            panel = page.locator(".panel")
            panel.wait_for()
            shown = panel.bounding_box()
            assert shown is not None
            assert shown["x"] >= 0
            assert shown["x"] + shown["width"] <= width
            assert shown["y"] + shown["height"] <= 800
            page.keyboard.press("Escape")
            expect(panel).to_have_count(0)
            open_documents(page)
            page.locator("table.documents").wait_for()
            assert page.evaluate(overflow) == 0
            open_chat(page)


def test_text_runs_in_its_own_direction_and_language(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        exchange = ask(page, "كم يبلغ ارتفاع المنارة؟")
        exchange.locator(".cite").first.click()
        page.locator(".panel #quote").wait_for()
        direction = "element => getComputedStyle(element).direction"
        assert exchange.locator(".said").evaluate(direction) == "rtl"
        assert page.locator(".panel .document").evaluate(direction) == "rtl"
        assert page.locator(".panel .document").get_attribute("lang") == "ar"
        assert page.locator("html").evaluate(direction) == "ltr"


def test_the_theme_is_switched_and_remembered(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, color_scheme="light") as page:
        expect(page.locator("body")).not_to_have_class("dark")
        page.get_by_role("button", name="深色或浅色").click()
        expect(page.locator("body")).to_have_class("dark")
        page.reload()
        question_box(page).wait_for()
        expect(page.locator("body")).to_have_class("dark")


def test_readers_log_in_and_an_empty_corpus_says_what_to_do(
    guarded: Server, browser: Browser
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        log_in(page, guarded.url)
        expect(page.locator(".welcome h2")).to_have_text("还没有文档")
        assert ask(page, "有什么？").locator(".cite").count() == 0


@pytest.mark.parametrize(
    ("locale", "log_in_name", "leave", "other"),
    [
        ("zh-CN", "登录", "退出登录", "English"),
        pytest.param("en-US", "Log in", "Log out", "中文", marks=pytest.mark.slow),
    ],
)
def test_a_reader_logs_in_with_the_keyboard_stays_and_logs_out(
    guarded: Server, browser: Browser, locale: str, log_in_name: str, leave: str, other: str
) -> None:
    with browser.new_context(locale=locale, viewport={"width": 360, "height": 740}) as context:
        context.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        page = context.new_page()
        page.goto(guarded.url)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.locator("html").get_attribute("lang") == locale.removesuffix("-US")
        assert page.evaluate(overflow) == 0
        expect(page.get_by_role("link", name=other)).to_be_visible()
        expect(page.locator("[autocomplete=username]")).to_be_focused()
        page.keyboard.type("anna")
        page.keyboard.press("Tab")
        page.keyboard.type("wrong horse")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("[autocomplete=current-password]")).to_be_focused()
        expect(page.locator("[autocomplete=username]")).to_have_value("anna")
        page.keyboard.type("correct horse")
        page.get_by_role("button", name=log_in_name).press("Enter")

        question_box(page).wait_for()
        page.reload()
        question_box(page).wait_for()
        assert page.evaluate(overflow) == 0
        page.get_by_role("button", name=leave).click()
        page.get_by_role("button", name=log_in_name).wait_for()
        page.goto(guarded.url)
        page.get_by_role("button", name=log_in_name).wait_for()


def test_the_log_in_page_needs_no_script_and_axe_finds_nothing(
    guarded: Server, browser: Browser
) -> None:
    with browser.new_context(locale="en-US", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(guarded.url)
        page.get_by_role("link", name="中文").click()
        page.get_by_label("用户名").fill("anna")
        page.get_by_label("密码").fill("correct horse")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{guarded.url}/")  # in Chinese, as was chosen here
    with browser.new_context(locale="zh-CN", bypass_csp=True) as context:
        page = context.new_page()
        page.goto(guarded.url)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert Axe().run(page).response["violations"] == []


def test_who_is_no_longer_logged_in_is_told_and_loses_no_word(
    guarded: Server, browser: Browser
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        log_in(page, guarded.url)
        question_box(page).wait_for()
        context.request.post(f"{guarded.url}/logout")  # in another tab
        question_box(page).fill("有什么？")
        page.keyboard.press("Enter")
        expect(page.get_by_text("登录已经失效").first).to_be_visible(timeout=WAIT_MS)
        expect(question_box(page)).to_have_value("有什么？")
