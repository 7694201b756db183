"""Files given to the question box: added there, shown at a glance, asked about at once."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import question_box, remove, visiting
from tests.support.serving import Server

STATION = (
    "# 石门驿站志\n\n## 规模\n\n石门驿站养着二百四十匹马，驿卒九十人。\n\n"
    "## 道路\n\n石门驿站到京城的官道长三百二十里，沿途设有十二座烽火台。\n"
)


def give(page: Page, event: str, files: dict[str, str]) -> None:
    """Drop files on the question box, or paste them, as a browser tells the page of it."""
    page.evaluate(
        """([event, files]) => {
          const held = new DataTransfer();
          for (const [name, text] of Object.entries(files)) held.items.add(new File([text], name));
          const about = { bubbles: true, cancelable: true };
          document.querySelector("#question textarea").dispatchEvent(
            event === "paste"
              ? new ClipboardEvent(event, { ...about, clipboardData: held })
              : new DragEvent(event, { ...about, dataTransfer: held }),
          );
        }""",
        [event, files],
    )


def test_what_is_dropped_on_the_question_is_added_and_asked_about(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url) as page:
        question_box(page).fill("打了一半的问题")
        give(page, "drop", {"驿站.md": STATION, "程序.exe": "MZ"})
        told = page.locator("#asking .results li")
        expect(told.filter(has_text="驿站.md")).to_contain_text("已加入")
        expect(told.filter(has_text="程序.exe")).to_contain_text("这种类型的文档不能读")
        glance = page.locator("#asking .overview")
        expect(glance.locator("h2")).to_have_text("石门驿站志")
        expect(glance).to_contain_text("规模 · 道路")

        glance.get_by_role("button", name="石门驿站养着多少匹马？").click()

        exchange = page.locator(".exchange")
        expect(exchange.locator(".lead")).to_contain_text("二百四十匹")
        expect(page.locator("#asking .overview")).to_have_count(0)  # the answer needs the place
        expect(question_box(page)).to_have_value("打了一半的问题")
        further = page.locator(".further .example")
        expect(further.first).to_be_visible()
        further.filter(has_text="官道").click()
        expect(page.locator(".exchange").nth(1).locator(".lead")).to_contain_text("三百二十里")
        remove(page, "驿站.md")


@pytest.mark.slow
def test_what_is_pasted_is_added_and_can_be_put_away(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url, locale="en-US") as page:
        give(page, "paste", {"ferry.txt": "The ferry to Penrow carries 240 passengers."})
        expect(page.locator("#asking .results li")).to_contain_text("Added")
        page.locator("#asking").get_by_role("button", name="Close").click()
        expect(page.locator("#asking .results")).to_have_count(0)
        remove(page, "ferry.txt")
