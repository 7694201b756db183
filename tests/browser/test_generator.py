"""Choosing in the page what writes the answers, and seeing it."""

import threading
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import ask, log_in, question_box, serious, visiting
from tests.support.model_server import ModelServer, serving
from tests.support.serving import DOCUMENTS, Server

QUESTION = "青石港2031年装卸了多少集装箱？"


@pytest.fixture(scope="module")
def ready() -> threading.Event:
    """Cleared, the language model does not begin to write."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture(scope="module")
def model(ready: threading.Event) -> Iterator[ModelServer]:
    def write(messages):
        assert ready.wait(30)
        yield from ["青石港2031年共装卸集装箱418万箱[1]。", "比上一年增加9%[1]。"]

    with serving(write) as server:
        server.told["/v1/models"] = {"data": [{"id": "good"}, {"id": "thoughtful"}]}
        yield server


@pytest.fixture(scope="module")
def chosen(serve, model: ModelServer) -> Server:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WENZHENG_MODEL_PORTS", f"9,{model.server_port}")
        return serve(DOCUMENTS, options=["--allow-host", "wenzheng.example.org"])


def line(page: Page):
    return page.locator("#generator .label-wrap > span").first


def field(page: Page, name: str):
    return page.locator(f"#generator-{name}").locator("input, textarea")


def choose(page: Page, kind: str, **typed: str) -> None:
    if not page.locator("#generator-kind").is_visible():
        line(page).click()
    page.locator(f"#generator-kind input[value={kind}]").check()
    for name, text in typed.items():
        field(page, name.replace("_", "-")).fill(text)
    page.locator("#generator-use").click()


@pytest.mark.slow
def test_a_model_behind_a_server_is_chosen_and_named(
    chosen: Server, model: ModelServer, ready: threading.Event, browser: Browser
) -> None:
    with visiting(browser, chosen.url) as page, visiting(browser, chosen.url) as other:
        expect(line(page)).to_contain_text("回答：摘录文档原文")
        ready.clear()
        choose(page, "openai", model="good", base_url=model.url)
        expect(page.locator("#generator [role=status]")).to_contain_text("正在载入 good")
        expect(page.locator("#generator-use")).to_be_disabled()
        # The old one goes on answering, here and elsewhere; who looks sees what is going on.
        quoted = ask(other, QUESTION)
        expect(quoted.locator(".text")).to_contain_text("“青石港在2031年共装卸集装箱418万箱")
        expect(line(other)).to_contain_text("正在载入 good")
        ready.set()
        expect(line(page)).to_have_text("回答：good · openai")
        expect(line(other)).to_have_text("回答：good · openai")
        expect(page.locator("#generator .command code")).to_have_text(
            f"python ui.py --generator openai --model good --base-url {model.url}"
        )

        written = ask(page, QUESTION)
        expect(page.locator("#generator-kind")).to_be_hidden()  # folded when it was asked
        expect(written.locator(".timing")).to_contain_text("由 good 写成")
        expect(written.locator(".unsupported")).to_contain_text("比上一年增加9%")
        written.locator(".cite").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")

        page.reload()
        question_box(page).wait_for()
        expect(line(page)).to_have_text("回答：good · openai")
        expect(page.locator(".exchange .timing")).to_contain_text("由 good 写成")
        line(page).click()
        expect(field(page, "model")).to_have_value("good")
        expect(field(page, "base-url")).to_have_value(model.url)
        assert serious(page) == []


@pytest.mark.slow
def test_a_choice_that_fails_says_why_and_changes_nothing(
    chosen: Server, model: ModelServer, browser: Browser
) -> None:
    with visiting(browser, chosen.url, locale="en-US") as page:
        line(page).click()
        expect(page.locator("#generator-kind input[value=openai]")).to_be_checked()
        choose(page, "extractive")
        expect(line(page)).to_contain_text("Answers: Quotations from the documents")
        expect(field(page, "model")).to_be_hidden()

        choose(page, "openai", model="good", base_url="http://127.0.0.1:9/v1")
        wrong = page.locator("#generator [role=alert]")
        expect(wrong).to_contain_text("Not changed to good. The server cannot be reached.")
        expect(line(page)).to_contain_text("Answers: Quotations from the documents")
        choose(page, "openai", model="missing", base_url=model.url)
        expect(wrong).to_contain_text("does not have this model")
        choose(page, "transformers", model="/nowhere/<b>x</b>.gguf")
        expect(wrong).to_contain_text("no such folder")
        expect(wrong).to_contain_text("/nowhere/<b>x</b>.gguf")
        assert "written by" not in ask(page, QUESTION).locator(".timing").inner_text()


@pytest.mark.slow
def test_the_keyboard_alone_changes_it(
    chosen: Server, model: ModelServer, browser: Browser
) -> None:
    with visiting(browser, chosen.url) as page:
        expect(question_box(page)).to_be_focused()
        page.keyboard.press("Shift+Tab")  # to the button that attaches files
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.locator("#generator-kind").wait_for()
        expect(page.locator(".offers button")).to_have_count(2)
        for _ in range(2 + 3):  # past what is offered, to the third choice
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        field(page, "model").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.type("good")
        page.keyboard.press("Tab")
        page.keyboard.type(model.url)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_text("回答：good · openai")


@pytest.mark.slow
def test_readers_who_log_in_see_it_and_cannot_change_it(
    guarded: Server, chosen: Server, model: ModelServer, browser: Browser
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        log_in(page, guarded.url)
        expect(line(page)).to_contain_text("回答：摘录文档原文")
        line(page).click()
        expect(page.locator("#generator .hint")).to_contain_text("读者不能更改")
        expect(page.locator("#generator :is(input, button:not(.label-wrap))")).to_have_count(0)

    # Nor past the page: there is no event that takes the choice.
    with httpx.Client(base_url=guarded.url, trust_env=False) as anna:
        anna.post("/login", data={"username": "anna", "password": "correct horse"})
        config = anna.get("/config")
        assert "wenzheng.connect" in config.text
        assert "generator-kind" not in config.text
        with httpx.Client(base_url=chosen.url, trust_env=False) as other:
            change, asked = changing(other), model.requests
        call(anna, change, ["openai", "good", model.url])
    assert model.requests == asked


def test_a_page_of_another_site_cannot_change_it(chosen: Server, model: ModelServer) -> None:
    with httpx.Client(base_url=chosen.url, trust_env=False) as client:
        change = changing(client)
        before = model.requests
        said = call(client, change, ["openai", "good", model.url], host="wenzheng.example.org")
        assert "python ui.py --generator" in said
        assert model.requests == before
        call(client, change, ["openai", "good", model.url])
        assert model.requests > before


def test_a_model_on_this_computer_is_offered_and_what_it_thinks_is_folded(
    chosen: Server, browser: Browser
) -> None:
    with visiting(browser, chosen.url) as page:
        line(page).click()
        page.locator(".offers button", has_text="thoughtful").click()
        expect(line(page)).to_have_text("回答：thoughtful · openai")
        expect(field(page, "model")).to_have_value("thoughtful")
        assert serious(page) == []
        written = ask(page, QUESTION)
        expect(written.locator(".text")).to_contain_text("418万箱")
        expect(written.locator(".thought")).to_be_hidden()
        written.locator(".thoughts summary").click()
        expect(written.locator(".thought")).to_have_text("9999万箱？")
        for said in (".text", ".sources", ".actions [data-copy]"):
            assert "9999" not in written.locator(said).first.evaluate("e => e.outerHTML")


def test_only_who_sits_here_is_told_what_runs_here(chosen: Server, model: ModelServer) -> None:
    with httpx.Client(base_url=chosen.url, trust_env=False, timeout=60) as client:
        config = client.get("/config").json()
        opening, *_ = (  # one a language
            each["id"]
            for each in config["dependencies"]
            if [name for _, name in each["targets"]] == ["expand"]
        )
        job = {"data": [], "fn_index": opening, "session_hash": "o"}

        def opened(**headers: str) -> str:
            return client.post("/gradio_api/run/predict", json=job, headers=headers).text

        asked = len(model.headers)
        assert "thoughtful" not in opened(host="wenzheng.example.org")
        assert len(model.headers) == asked
        assert "thoughtful" in opened()


def changing(client: httpx.Client) -> int:
    """The event that takes the three fields of the choice."""
    config = client.get("/config").json()
    ids = {each["props"].get("elem_id"): each["id"] for each in config["components"]}
    taking = [ids[f"generator-{name}"] for name in ("kind", "model", "base-url")]
    (change,) = (each["id"] for each in config["dependencies"] if each["inputs"] == taking)
    return int(change)


def call(client: httpx.Client, event: int, data: list[str], **headers: str) -> str:
    """Call an event as the page's script does; return everything that comes of it."""
    job = {"data": data, "fn_index": event, "session_hash": f"s{event}{len(headers)}"}
    client.post("/gradio_api/queue/join", json=job, headers=headers).raise_for_status()
    address = f"/gradio_api/queue/data?session_hash={job['session_hash']}"
    with client.stream("GET", address, headers=headers, timeout=20) as stream:
        return "".join(stream.iter_text())
