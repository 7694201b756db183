"""Attacks by way of a reader's browser, and what the page says when it refuses something."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.attacked_page import STRANGER
from tests.support.attacking import Stranger, event_of
from tests.support.browsing import ask, open_documents, question_box, visiting
from tests.support.serving import DOCUMENTS, Server
from webui.texts import TEXTS


@pytest.fixture(scope="module")
def attacked(serve: Callable[..., Server]) -> Server:
    return serve(DOCUMENTS, command=("tests/support/attacked_page.py",))


@pytest.mark.slow  # tests/system/webui/test_attacks.py sees the same over a socket
@pytest.mark.parametrize("path", ["file=http://{}/x.png", "file/http://{}/x.png"])
def test_a_link_runs_no_script_of_a_stranger(attacked: Server, browser: Browser, path: str) -> None:
    content = "<title>A picture</title><script>window.taken = localStorage.length</script>"
    with Stranger(content).serving() as stranger, browser.new_context() as context:
        page = context.new_page()
        host = f"{STRANGER}:{stranger.port}"
        page.goto(f"{attacked.url}/gradio_api/{path.format(host)}")
        assert page.evaluate("window.taken") is None
        assert page.title() == ""
        assert stranger.asked == []


def test_a_page_at_another_port_does_nothing(server: Server, browser: Browser) -> None:
    events = {"paste": event_of(server, "add", "click")}
    attack = """async ([url, event]) => {
        const adding = JSON.stringify({
            fn_index: event, data: ["", "evil", "an evil text"], session_hash: "evil",
        });
        const json = {"Content-Type": "application/json"};
        const files = new FormData();
        files.append("files", new File(["evil"], "evil.txt"));
        const joining = url + "/gradio_api/queue/join";
        const tries = [
            () => fetch(url + "/config"),
            () => fetch(joining, {method: "POST", body: adding, headers: json}),
            () => fetch(joining, {method: "POST", body: adding}),
            () => fetch(url + "/gradio_api/upload", {method: "POST", body: files}),
        ];
        const outcomes = [];
        for (const attempt of tries) {
            try { outcomes.push((await attempt()).status); } catch { outcomes.push("refused"); }
        }
        await fetch(joining, {method: "POST", body: adding, headers: json, mode: "no-cors"})
            .catch(() => {});
        return outcomes;
    }"""
    before = set(server.corpus.rglob("*"))
    with Stranger("<title>elsewhere</title>").serving() as stranger, browser.new_page() as page:
        for name in ("127.0.0.1", "localhost"):
            page.goto(f"http://{name}:{stranger.port}/")
            outcomes = page.evaluate(attack, [server.url, events["paste"]])
            assert outcomes == ["refused"] * 4
        page.wait_for_timeout(1000)
        assert set(server.corpus.rglob("*")) == before


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh"), pytest.param("en-US", "en", marks=pytest.mark.slow)]
)
def test_a_long_question_is_refused_and_stays(
    server: Server, browser: Browser, locale: str, language: str
) -> None:
    long = "港务局🚢" * 1001
    with visiting(browser, server.url, locale=locale) as page:
        question_box(page).fill(long)
        question_box(page).press("Enter")
        said = TEXTS[language].errors["question_too_long"]
        expect(page.get_by_text(said)).to_be_visible()
        expect(question_box(page)).to_have_value(long)
        assert page.locator(".exchange").count() == 0
        ask(page, "三号码头什么时候启用？").locator(".cite").first.wait_for()


@pytest.mark.slow
def test_too_much_at_once_is_refused_with_a_sentence(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(5)]
    for file in files:
        with file.open("wb") as made:
            made.truncate(60 * 10**6)
    with visiting(browser, server.url) as page:
        open_documents(page)
        page.locator("#files input[type=file]").set_input_files(files)
        expect(page.get_by_text(TEXTS["zh"].errors["large_request"])).to_be_visible()
