"""What the tests do with a page, in the words of its users."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

WAIT_MS = 60_000

FILL = """(room) => {
  let chars = 6_000_000;
  for (localStorage.removeItem("filler"); chars > 0; chars -= 256) {
    try {
      localStorage.setItem("filler", "x".repeat(chars));
      break;
    } catch {
      // Still too much.
    }
  }
  localStorage.setItem("filler", "x".repeat(chars - room));
}"""
"""Leaves so many characters of the browser's store."""


@contextmanager
def visiting(
    browser: Browser, url: str, *, locale: str = "zh-CN", **options: Any
) -> Iterator[Page]:
    """A page in a browser of its own (nothing kept from another)."""
    options.setdefault("viewport", {"width": 1440, "height": 900})
    context = browser.new_context(locale=locale, **options)
    context.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    page = context.new_page()
    page.goto(url)
    question_box(page).wait_for()
    try:
        yield page
    finally:
        context.close()


def question_box(page: Page) -> Locator:
    return page.locator("#question textarea")


def log_in(page: Page, url: str, user: str = "anna") -> None:
    """Log in as a reader, by default the one of the `guarded` page."""
    page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    page.goto(url)
    page.get_by_label("用户名").fill(user)
    page.get_by_label("密码").fill("correct horse")
    page.keyboard.press("Enter")


def ask(page: Page, question: str) -> Locator:
    """Ask and return the exchange once it is answered."""
    before = page.locator(".exchange").count()
    question_box(page).fill(question)
    question_box(page).press("Enter")
    exchange = page.locator(".exchange").nth(before)
    exchange.locator(".actions").wait_for()
    return exchange


def open_documents(page: Page) -> None:
    page.get_by_role("tab").nth(2).click()
    page.locator("#search").wait_for()


def open_evaluation(page: Page) -> None:
    page.get_by_role("tab").nth(3).click()
    page.locator("#set").wait_for()


def open_notebook(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()
    page.locator(".notebook > *").first.wait_for()


def open_chat(page: Page) -> None:
    page.get_by_role("tab").nth(0).click()


def paste(page: Page, name: str, text: str, *, told: str | None = None) -> Locator:
    """Add a text by hand and return the result, which names it `told` (a safe file name)."""
    open_documents(page)
    page.locator("#paste-name").locator("input, textarea").fill(name)
    page.locator("#paste-text textarea").fill(text)
    page.locator("#add").click()
    result = page.locator(".results li", has_text=told or name)
    result.wait_for()
    return result


def confirm(page: Page) -> None:
    page.locator("dialog button.primary").click()


def remove(page: Page, name: str) -> None:
    open_documents(page)
    row = page.locator("table.documents tbody tr", has_text=name)
    row.locator("button.danger").click()
    confirm(page)
    row.wait_for(state="detached")


def is_inside(inner: Locator, outer: Locator) -> bool:
    """Whether the first element is within the visible part of the second."""
    a, b = inner.bounding_box(), outer.bounding_box()
    assert a is not None
    assert b is not None
    return b["y"] <= a["y"] and a["y"] + a["height"] <= b["y"] + b["height"]


def serious(page: Page) -> list[str]:
    """What axe-core finds, of whatever impact, light and dark, with the elements."""
    found = []
    also = ("label-content-name-mismatch", "target-size")  # off by default
    rules = {
        "light": {"rules": {name: {"enabled": True} for name in also}},
        "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},  # nothing else differs
    }
    for scheme in rules:
        page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        expect(page.locator("body")).to_have_class("dark" if scheme == "dark" else "")
        found += [
            f"{scheme}: {rule['id']}: {[node['html'][:160] for node in rule['nodes'][:4]]}"
            for rule in Axe().run(page, options=rules[scheme]).response["violations"]
        ]
    return found
