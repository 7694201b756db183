"""Stop and Ctrl-C while a language model writes: the work ends, not only what is shown."""

import time
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import question_box, visiting
from tests.support.model_server import ModelServer, serving
from tests.support.serving import DOCUMENTS, Server
from tests.support.smollm2 import gguf
from tests.support.waiting import PATIENCE

QUESTION = "When did the Larkspur observatory open, and who leads it?"


@pytest.fixture
def writer() -> Iterator[ModelServer]:
    with serving() as server:
        yield server


def page_with(serve, writer: ModelServer, name: str) -> Server:
    return serve(
        DOCUMENTS, options=["--generator", "openai", "--model", name, "--base-url", writer.url]
    )


def begin(page: Page) -> Locator:
    """Ask, and return the exchange that is being answered."""
    question_box(page).fill(QUESTION)
    question_box(page).press("Enter")
    exchange = page.locator(".exchange[aria-busy=true]")
    exchange.wait_for()
    return exchange


@pytest.mark.slow
def test_stop_hangs_up_on_the_server(serve, writer: ModelServer, browser: Browser) -> None:
    with visiting(browser, page_with(serve, writer, "dawdling").url) as page:
        expect(begin(page).locator(".text")).to_contain_text("word9 ")
        page.locator("#stop").click()
        expect(page.locator(".exchange .notice")).to_have_text("已停止，回答不完整。")
        assert writer.hung_up.wait(PATIENCE)
        expect(page.locator(".exchange .text")).to_contain_text("word9 ")
        expect(page.locator("#send")).to_be_visible()


@pytest.mark.slow
def test_stop_and_ctrl_c_while_the_server_says_nothing(
    serve, writer: ModelServer, browser: Browser
) -> None:
    server = page_with(serve, writer, "silent")
    with visiting(browser, server.url) as page:
        begin(page)
        while not writer.requests:
            time.sleep(0.05)
        page.locator("#stop").click()
        expect(page.locator(".exchange .notice")).to_have_text("已停止，回答不完整。")
        assert writer.hung_up.wait(PATIENCE)
        writer.hung_up.clear()
        begin(page)
        while writer.requests < 2:
            time.sleep(0.05)
        end(server)
        assert writer.hung_up.wait(PATIENCE)
    server.start()


def end(server: Server) -> None:
    """Press Ctrl-C; the page ends at once, and in good order."""
    server.interrupt()
    server.wait()
    assert server.process is not None
    assert server.process.returncode == 0
    assert "terminate" not in server.log
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_the_processor_is_idle_afterwards(serve, browser: Browser) -> None:
    """With a real model in the page's process, while it writes and while it reads its prompt."""
    options = ["--generator", "transformers", "--model", str(gguf())]
    server = serve(DOCUMENTS, options=options)
    with visiting(browser, server.url) as page:
        for wait_for_text in (True, False):  # the first answer waits until the model is loaded, too
            exchange = begin(page)
            if wait_for_text:
                expect(exchange.locator(".text")).to_contain_text("e", timeout=240_000)
            page.locator("#stop").click()
            expect(page.locator(".exchange .notice").last).to_have_text("已停止，回答不完整。")
            expect(page.locator("#send")).to_be_visible()
            assert seconds_until_idle(server) < 8
        begin(page)
        end(server)
    server.start()


def seconds_until_idle(server: Server) -> float:
    """Wait until a process does next to nothing for a second, all of its threads together."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    began = time.monotonic()
    while time.monotonic() - began < 60:
        before, start = process.cpu_times(), time.monotonic()
        time.sleep(1)
        after = process.cpu_times()
        if after.user + after.system - before.user - before.system < 0.2:
            break
    return start - began
