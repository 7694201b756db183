"""Nothing that comes in runs, and the page asks no host but its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.embedders.embedding import Embedder
from tests.support.browsing import ask, open_chat, open_documents, paste, remove, visiting
from tests.support.pages import holding
from tests.support.serving import Server

PAYLOADS = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload=window.pwned=1>",
    "<a href='javascript:window.pwned=1'>link</a>",
    "[link](javascript:window.pwned=1)",
    "![image](http://attacker.invalid/x.png)",
    "<!-- --><iframe srcdoc='<script>parent.pwned=1</script>'></iframe><!--",
    '"><button onclick=window.pwned=1 autofocus onfocus=window.pwned=1>',
    "</textarea></script><script>window.pwned = 1</script>",
    "${window.pwned = 1} {{constructor.constructor('window.pwned=1')()}} `${window.pwned=1}`",
]
ALL = "\n".join(PAYLOADS)
POISONED = {
    "payloads.txt": (  # of Markdown, tags are left out
        f"# Zimtstern {PAYLOADS[1]}\n\nDer Zimtstern kostet 4711 Taler. {' '.join(PAYLOADS)}"
    ),
    "payloads.txt.meta.json": json.dumps(
        {
            "title": f"Zimtstern {PAYLOADS[0]}{PAYLOADS[1]}",
            "author": PAYLOADS[7],
            "date": PAYLOADS[2],
            "source": "javascript:window.pwned=1",
        }
    ),
}


@pytest.fixture(scope="module")
def poisoned(server: Server, embedder: Embedder) -> Iterator[Server]:
    with holding(server, POISONED, embedder):
        yield server


@pytest.fixture
def watched(poisoned: Server, browser: Browser) -> Iterator[Page]:
    """A page whose requests and errors are watched; at the end nothing has run or left."""
    with visiting(browser, poisoned.url) as page:
        asked: list[str] = []
        errors: list[str] = []
        own = (poisoned.url, "data:", "blob:")
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.reload()
        yield page
        page.wait_for_timeout(300)
        assert page.evaluate("window.pwned") is None
        assert [url for url in asked if not url.startswith(own)] == []
        assert errors == []
        assert page.locator("[onerror], [onload], [onclick], [onfocus], iframe").count() == 0
        assert page.locator("a[href^='javascript:'], img[src*='attacker']").count() == 0


def test_documents_run_nothing(watched: Page) -> None:
    exchange = ask(watched, "Was kostet der Zimtstern?")
    assert "4711" in exchange.locator(".text").inner_text()
    exchange.locator(".cite").first.click()
    panel = watched.locator(".panel")
    expect(panel.locator("#quote")).to_be_visible()
    text = panel.locator(".document").evaluate("element => element.textContent")
    assert text == POISONED["payloads.txt"]
    assert PAYLOADS[0] in panel.locator("h2").inner_text()
    assert "javascript:window.pwned=1" in panel.locator(".about").inner_text()
    assert panel.locator(".about a").count() == 0

    open_documents(watched)
    row = watched.locator("table.documents tbody tr", has_text="payloads.txt")
    row.get_by_role("button", name="查看").click()
    watched.locator(".panel .chunk-start").first.wait_for()
    row.locator("button.danger").click()
    expect(watched.locator("dialog")).to_contain_text(PAYLOADS[0])
    watched.keyboard.press("Escape")


@pytest.mark.slow
def test_questions_run_nothing(watched: Page) -> None:
    questions = [f"Zimtstern {payload}" for payload in PAYLOADS]
    for question in questions:
        assert ask(watched, question).locator(".said").inner_text() == question
    expect(watched.locator(".conversations li")).to_have_count(1)
    watched.reload()
    expect(watched.locator(".exchange .said")).to_have_text(questions)


def test_names_and_pasted_text_run_nothing(watched: Page, tmp_path: Path) -> None:
    paste(watched, "x'><img src=x onerror=pwned=1>", ALL, told="img src=x")
    open_documents(watched)
    file = tmp_path / "<img src=x onerror=pwned=1>.txt"
    file.write_text("<b>Nougat</b>\n\nEr kostet 12 Taler.", "utf-8")
    watched.locator("#files input[type=file]").set_input_files(file)
    expect(watched.locator(".results")).to_contain_text("已加入")
    watched.locator("#search").locator("input, textarea").fill("<script>window.pwned=1</script>")
    expect(watched.get_by_text("没有符合“<script>")).to_be_visible()
    watched.locator("#search").locator("input, textarea").fill("")
    remove(watched, "Nougat")
    remove(watched, "x'__img")
    open_chat(watched)


def test_the_page_forbids_what_it_does_not_need(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        answer = page.request.get(server.url)
        policy = dict(
            directive.split(" ", 1)
            for directive in answer.headers["content-security-policy"].split("; ")
        )
        assert "'unsafe-inline'" not in policy["script-src"]
        assert policy["default-src"] == policy["connect-src"] == "'self'"
        assert policy["script-src-attr"] == policy["object-src"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"

        # The policy is in force: a handler that got into the page anyway does not run.
        page.evaluate(
            """() => {
                const element = document.createElement("div");
                element.innerHTML = "<img src=x onerror='window.pwned = 1'>";
                document.body.append(element);
            }"""
        )
        page.wait_for_timeout(300)
        assert page.evaluate("window.pwned") is None


def test_only_its_own_host_is_asked(server: Server, browser: Browser) -> None:
    asked: list[str] = []
    with browser.new_context(locale="zh-CN") as context:
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        for path in ("/", "/en"):
            page.goto(server.url + path)
            page.locator("#question textarea").wait_for()
            ask(page, "三号码头什么时候启用？").locator(".cite").first.click()
            page.locator(".panel #quote").wait_for()
            open_documents(page)
            page.locator("table.documents").wait_for()
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
