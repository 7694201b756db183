"""What was asked is found again, asked anew, kept in the notebook, and taken elsewhere."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import mammoth
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.__main__ import main
from tests.support.browsing import (
    FILL,
    ask,
    confirm,
    open_chat,
    open_notebook,
    question_box,
    serious,
    visiting,
)
from tests.support.serving import Server

QUESTION = "青石港2031年装卸了多少集装箱？"
TERMINAL = "三号码头什么时候启用？"
LARKSPUR = "When did the Larkspur observatory open?"


def start_anew(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".exchange")).to_have_count(0)


def titles(page: Page) -> list[str]:
    return page.locator(".conversations li .open .title").all_inner_texts()


def exported(page: Page, place: str, name: str, folder: Path) -> Path:
    page.locator(f"{place} .export summary").click()
    with page.expect_download() as download:
        page.locator(f"{place} .export").get_by_role("button", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def verified(path: Path, server: Server) -> tuple[int, str]:
    """Return the exit status of `python -m rag verify` and what it says."""
    with redirect_stdout(io.StringIO()) as said, redirect_stderr(said):
        status = main(["verify", str(path), *server.folders])
    return status, said.getvalue()


OLDER = """(days) => {
  const isExchange = (key) => /^wenzheng-conversation\\/[^/]+\\/./.test(key);
  for (const key of Object.keys(localStorage).filter(isExchange)) {
    const one = JSON.parse(localStorage[key]);
    for (const time of ["asked_ms", "changed_ms"]) one[time] -= days * 86_400_000;
    localStorage[key] = JSON.stringify(one);
  }
}"""


ALL_KEPT = """() => {
  const kept = Object.entries(localStorage).map(([key, value]) => [key.split("/")[2], value]);
  const isKept = ({ exchange, changed }) =>
    kept.some(([id, value]) => id === exchange && value.includes(`"changed_ms":${changed},`));
  return [...document.querySelectorAll(".exchange")].every((one) => isKept(one.dataset));
}"""
"""Whether all that is shown is kept: that comes a moment after it is drawn."""


def test_a_conversation_is_found_pinned_and_deleted(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        ask(page, LARKSPUR)
        page.evaluate(OLDER, 1)
        start_anew(page)
        ask(page, QUESTION)
        ask(page, TERMINAL)
        expect(page.locator(".conversations h2")).to_have_text(["今天", "昨天"])
        assert titles(page) == [QUESTION, LARKSPUR]
        assert serious(page) == []

        page.locator("[data-find]").fill("三号 集装箱")
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".conversations .asked")).to_have_text(TERMINAL)
        page.locator("[data-find]").fill("")
        expect(page.locator(".conversations li")).to_have_count(2)

        # Without a mouse: the buttons of a conversation come after it, and the focus stays there.
        page.locator(".conversations li .open").last.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".conversations h2")).to_have_text(["置顶", "今天"])
        pin = page.get_by_role("button", name=f"置顶: {LARKSPUR}")
        expect(pin).to_be_focused()
        expect(pin).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(page.locator(".conversations h2")).to_have_text(["置顶", "今天"])
        for button in page.locator(".conversations .tools button").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24

        page.get_by_role("button", name=f"删除对话: {LARKSPUR}").click()
        expect(page.locator("dialog button.primary")).to_have_text("删除对话")
        confirm(page)
        expect(page.locator(".conversations li")).to_have_count(1)
        assert not page.evaluate("Object.keys(localStorage).some((key) => key.includes('pinned'))")


def test_an_edited_question_is_answered_in_its_place(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        for question in (QUESTION, TERMINAL, LARKSPUR):
            ask(page, question)
        second = page.locator(".exchange").nth(1)
        second.get_by_role("button", name="修改问题").click()
        field = second.locator("textarea")
        expect(field).to_have_value(TERMINAL)
        field.press("Escape")
        expect(second.locator(".said")).to_be_visible()

        second.get_by_role("button", name="修改问题").click()
        field.fill("岬の灯台の高さは？")
        field.press("Enter")
        expect(page.locator(".exchange")).to_have_count(2)
        expect(page.locator(".exchange .actions")).to_have_count(2)
        page.wait_for_function(ALL_KEPT)
        page.reload()
        expect(page.locator(".exchange .actions")).to_have_count(2)
        asked = page.locator(".exchange .said").all_inner_texts()
        assert asked == [QUESTION, "岬の灯台の高さは？"]
        assert titles(page) == [QUESTION]

        first = page.locator(".exchange").first
        first.get_by_role("button", name="修改问题").click()
        first.locator("textarea").fill(LARKSPUR)
        first.locator("textarea").press("Enter")
        expect(page.locator(".exchange")).to_have_count(1)
        expect(page.locator(".exchange .text")).to_contain_text("1974")
        expect(page.locator(".conversations li .open")).to_have_text([LARKSPUR])


def test_the_notebook_outlives_its_conversation_and_its_export_holds(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    with visiting(browser, server.url) as page:
        exchange = ask(page, QUESTION)
        note = exchange.get_by_role("button", name="存入笔记")
        note.click()
        expect(exchange.get_by_role("button", name="已在笔记里")).to_have_attribute(
            "aria-pressed", "true"
        )
        whole = exported(page, ".exchange", "JSON", tmp_path)
        assert verified(whole, server)[0] == 0

        page.get_by_role("button", name="删除对话").click()
        confirm(page)
        expect(page.locator(".exchange")).to_have_count(0)
        open_notebook(page)
        kept = page.locator(".note")
        expect(kept.locator("h2").first).to_have_text(QUESTION)
        kept.get_by_label("批注").fill("核对过 <b>✔</b>")
        kept.get_by_role("button", name="保存批注").click()
        expect(kept.locator(".saved")).to_have_text("批注已保存。")
        kept.locator(".cite").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")
        sealed = page.evaluate("JSON.stringify(localStorage)")
        assert "核对过" not in sealed
        assert "418万箱" not in sealed

        page.reload()
        open_notebook(page)
        expect(kept.get_by_label("批注")).to_have_value("核对过 <b>✔</b>")
        word = exported(page, ".notebook", "Word", tmp_path)
        with word.open("rb") as file:
            text = mammoth.extract_raw_text(file).value
        for part in (QUESTION, "418万箱", "核对过 <b>✔</b>"):
            assert part in text
        status, said = verified(exported(page, ".notebook", "JSON", tmp_path), server)
        assert status == 0, said
        assert "1 of 1 quotations hold." in said

        kept.get_by_role("button", name="移出笔记").click()
        confirm(page)
        expect(page.locator(".notebook .empty")).to_be_visible()


@pytest.mark.slow
def test_another_tab_follows_what_is_noted_and_edited(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as first:
        ask(first, QUESTION)
        ask(first, TERMINAL)
        second = first.context.new_page()
        second.goto(server.url)
        question_box(second).wait_for()
        expect(second.locator(".exchange")).to_have_count(2)
        first.locator(".exchange").first.get_by_role("button", name="存入笔记").click()
        expect(second.get_by_role("button", name="已在笔记里")).to_have_count(1)
        first.locator(".exchange").first.get_by_role("button", name="修改问题").click()
        first.locator(".exchange textarea").fill(LARKSPUR)
        first.locator(".exchange textarea").press("Enter")
        expect(second.locator(".exchange .said")).to_have_text([LARKSPUR])
        expect(second.get_by_role("button", name="已在笔记里")).to_have_count(0)
        open_notebook(second)
        expect(second.locator(".note h2").first).to_have_text(QUESTION)
        second.locator(".notebook .export summary").click()
        assert serious(second) == []
        open_chat(second)
        second.get_by_role("button", name="修改问题").click()
        assert serious(second) == []


DAMAGED = """() => {
  const some = ["5", "null", "[1]", '"x"', "{}", '{"title": 5, "named_ms": "x"}', "no json",
    '{"sealed": "x", "asked_ms": null, "changed_ms": "now", "kept_ms": "now"}'];
  some.forEach((text, n) => {
    const of = [`conversation/d${n}`, `conversation/d${n}/e`, `conversation/e/${n}`, `note/${n}`];
    for (const key of of) {
      localStorage.setItem(`wenzheng-${key}`, text);
    }
  });
  localStorage.setItem("wenzheng-conversation/", "5");
  localStorage.setItem("wenzheng-deleted/x", "no json");
}"""


def test_damaged_entries_take_nothing_else_away(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        ask(page, QUESTION).get_by_role("button", name="存入笔记").click()
        page.evaluate(DAMAGED)
        page.reload()
        expect(page.locator(".exchange .actions")).to_have_count(1)
        assert titles(page) == [QUESTION]
        page.locator("[data-find]").fill("集装箱")
        expect(page.locator(".conversations li")).to_have_count(1)
        open_notebook(page)
        expect(page.locator(".note h2").first).to_have_text(QUESTION)


@pytest.mark.slow
def test_a_remark_without_room_is_not_called_saved(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        ask(page, QUESTION).get_by_role("button", name="存入笔记").click()
        page.get_by_role("button", name="删除对话").click()  # none is left that could make room
        confirm(page)
        expect(page.locator(".exchange")).to_have_count(0)
        page.evaluate(FILL, 200)
        open_notebook(page)
        field = page.get_by_label("批注")
        remark = "".join(chr(0x4E00 + 7919 * n % 20_000) for n in range(1500))  # seals to no less
        field.fill(remark)
        page.get_by_role("button", name="保存批注").click()
        expect(page.locator(".saved")).to_contain_text("没有保存")
        expect(field).to_have_value(remark)
        page.evaluate("localStorage.removeItem('filler')")
        page.get_by_role("button", name="保存批注").click()
        expect(page.locator(".saved")).to_have_text("批注已保存。")
