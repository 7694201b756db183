"""Behind a proxy that serves the page under a path of its own, everything is found there."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing import WAIT_MS, ask, log_in, open_documents, question_box
from tests.support.prefix_proxy import proxied
from tests.support.serving import DOCUMENTS, Server
from webui.door import auth

QUESTION = "三号码头什么时候启用？"


@pytest.fixture(scope="module")
def address(
    serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The address of the page under the path, and a token."""
    users = tmp_path_factory.mktemp("path") / "users.json"
    auth.add_user(users, "anna", "correct horse")
    token = auth.add_token(users, "anna")
    server = serve(DOCUMENTS, options=["--auth", str(users), "--root-path", "/wenzheng", "--mcp"])
    with proxied(server.url, "/wenzheng") as url:
        yield url, token


def test_a_reader_asks_adds_and_leaves(address: tuple[str, str], browser: Browser) -> None:
    url, _ = address
    with browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        strayed: list[str] = []
        page.on("request", lambda one: one.url.startswith(url) or strayed.append(one.url))
        log_in(page, f"{url}/")
        question_box(page).wait_for()
        assert {one["path"] for one in context.cookies() if one["httpOnly"]} == {"/wenzheng/"}
        exchange = ask(page, QUESTION)
        expect(exchange.locator(".text")).to_contain_text("2033年春天")
        expect(page.locator(".conversations li")).to_have_count(1)
        exchange.locator(".cite").first.click()
        original = page.locator(".panel a[href*=original]").first
        had = "async (link) => [(await fetch(link.href)).status, link.href]"
        status, link = original.evaluate(had)
        assert (status, link.startswith(url)) == (200, True)

        open_documents(page)
        file = {"name": "码头.txt", "mimeType": "text/plain", "buffer": "渡轮有77艘。".encode()}
        page.locator("#files input[type=file]").set_input_files(file)
        page.locator(".results li", has_text="码头").wait_for()
        page.get_by_role("link", name="English").click()
        page.wait_for_url(f"{url}/en")
        expect(page.locator(".conversations li")).to_have_count(1)
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url(f"{url}/login")
        assert [one for one in strayed if not one.startswith(("data:", "blob:"))] == []


def test_programs_ask_there(address: tuple[str, str]) -> None:
    url, token = address
    said = {"messages": [{"role": "user", "content": QUESTION}], "model": "wenzheng"}
    headers = {"authorization": f"Bearer {token}", "accept": "application/json, text/event-stream"}
    with httpx.Client(headers=headers, trust_env=False, timeout=60) as program:
        completed = program.post(f"{url}/v1/chat/completions", json=said)
        assert "2033年春天" in completed.json()["choices"][0]["message"]["content"]
        asked = program.post(f"{url}/gradio_api/call/v2/ask", json={"question": QUESTION})
        answer = program.get(f"{url}/gradio_api/call/ask/{asked.json()['event_id']}")
        assert json.dumps("2033年春天").strip('"') in answer.text
        begin = {
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                       "clientInfo": {"name": "x", "version": "1"}},
        }  # fmt: skip
        assert "wenzheng" in program.post(f"{url}/mcp", json=begin).text.lower()
        assert program.get(f"{url}/health").status_code == 200
