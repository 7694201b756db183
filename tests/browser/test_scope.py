"""Asking some of the documents only."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from index.embedders.embedding import Embedder
from tests.support.browsing import ask, question_box, serious, visiting
from tests.support.pages import holding
from tests.support.serving import Server

QUESTION = "白沙港有几座灯塔？"
DOCUMENTS = {
    "旧/白沙港.md": "# 白沙港旧志\n\n白沙港有三座灯塔，都是石头砌成的。",
    "旧/白沙港.md.meta.json": json.dumps({"date": "1980"}),
    "新/白沙港 [2].md": "# 白沙港新志\n\n白沙港有九座灯塔，其中两座无人值守。",
    "新/白沙港 [2].md.meta.json": json.dumps({"date": "2031-05-06"}),
    "新/برج.txt": "برج الرمال البيضاء\n\nيبلغ ارتفاعه 43 مترًا. 🗼\n",
}


@pytest.fixture(scope="module")
def scoped(server: Server, embedder: Embedder) -> Iterator[Server]:
    with holding(server, DOCUMENTS, embedder):
        yield server


def unfold(page: Page) -> None:
    page.locator("#scope .label-wrap").click()
    page.locator("#scope-within input").wait_for()


def choose(page: Page, typed: str, option: str) -> None:
    page.locator("#scope-within input").fill(typed)
    page.get_by_role("option", name=option).first.click()


def field(page: Page, name: str):
    return page.locator(f"#scope-{name}").locator("input, textarea")


def line(page: Page):
    return page.locator("#scope .label-wrap")


def test_a_scope_narrows_the_answer_and_one_press_clears_it(
    scoped: Server, browser: Browser
) -> None:
    with visiting(browser, scoped.url) as page:
        expect(line(page)).to_contain_text("范围：全部文档")
        unfold(page)
        choose(page, "旧", "旧/（文件夹，1 份）")
        expect(line(page)).to_contain_text("范围：旧/")
        old = ask(page, QUESTION)
        assert "三座灯塔" in old.locator(".text").inner_text()
        assert "九座" not in old.locator(".answer").inner_text()
        expect(old.locator(".scope-used")).to_contain_text("只查找了：旧/")

        old.get_by_role("button", name="清除范围").click()
        expect(line(page)).to_contain_text("范围：全部文档")
        expect(page.get_by_role("button", name="清除范围")).to_have_count(0)
        both = ask(page, QUESTION)
        assert "九座" in both.locator(".answer").inner_text()
        expect(both.locator(".scope-used")).to_have_count(0)

        # What was looked in stays beside the answer, after a reload too.
        page.reload()
        question_box(page).wait_for()
        expect(page.locator(".scope-used")).to_have_count(1)
        expect(page.locator(".scope-used")).to_contain_text("只查找了：旧/")


@pytest.mark.slow
def test_dates_and_several_documents_narrow_it(scoped: Server, browser: Browser) -> None:
    with visiting(browser, scoped.url, locale="en-US") as page:
        unfold(page)
        field(page, "since").fill("2031")
        expect(line(page)).to_contain_text("Scope: since 2031")
        new = ask(page, QUESTION)
        assert "九座" in new.locator(".answer").inner_text()
        assert "三座" not in new.locator(".answer").inner_text()

        page.locator("#scope-clear").click()
        expect(field(page, "since")).to_have_value("")
        expect(page.locator("#scope-within input")).to_be_hidden()  # folded when it was asked
        unfold(page)
        choose(page, "[2]", "白沙港新志")
        choose(page, "برج", "برج الرمال البيضاء")
        expect(line(page)).to_contain_text("新/白沙港 [2].md, 新/برج.txt")
        narrowed = ask(page, QUESTION)
        assert "三座" not in narrowed.locator(".answer").inner_text()


@pytest.mark.slow
def test_what_is_no_scope_is_said(scoped: Server, browser: Browser) -> None:
    with visiting(browser, scoped.url) as page:
        unfold(page)
        field(page, "since").fill("去年")
        expect(page.locator("#scope .error")).to_contain_text("日期不对")
        expect(line(page)).to_contain_text("有误")
        wrong = ask(page, QUESTION)
        expect(wrong.locator(".error")).to_contain_text("日期不对")
        expect(wrong.locator(".text")).to_have_count(0)

        unfold(page)
        field(page, "since").fill("2031")
        field(page, "until").fill("1980")
        expect(page.locator("#scope .error")).to_contain_text("起始日期晚于截止日期")
        page.locator("#scope-clear").click()
        expect(page.locator("#scope .error")).to_have_count(0)

        page.locator("#scope-within input").fill("没有这个")
        page.keyboard.press("Enter")
        expect(page.locator("#scope .error")).to_contain_text("不存在")
        assert serious(page) == []


def test_a_part_of_a_name_is_enough(scoped: Server, browser: Browser) -> None:
    with visiting(browser, scoped.url) as page:
        unfold(page)
        page.locator("#scope-within input").fill("白沙")
        page.keyboard.press("Enter")
        expect(line(page)).to_contain_text("范围：*白沙*")
        expect(page.locator("#scope .error")).to_have_count(0)
