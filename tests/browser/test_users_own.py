"""Where readers log in, conversations and notebook of each are on the server, for nobody else."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import (
    WAIT_MS,
    ask,
    confirm,
    log_in,
    open_chat,
    open_notebook,
    question_box,
    serious,
    visiting,
)
from tests.support.serving import DOCUMENTS, Server
from webui.door import auth
from webui.door.roles import Role
from webui.sqlite_store import SqliteStore, beside

QUESTION = "青石港2031年装卸了多少集装箱？"
TERMINAL = "三号码头什么时候启用？"


class Team(NamedTuple):
    server: Server
    users: Path

    def newcomer(self, role: Role = "editor") -> str:
        """Return a user who has kept nothing yet."""
        user = f"user-{secrets.token_hex(4)}"
        auth.add_user(self.users, user, "correct horse", role=role)
        return user

    def kept(self, user: str) -> dict[str, str]:
        store = SqliteStore(beside(self.users))
        entries = dict(store.exchange(user, {}).entries)
        store.close()
        return entries


@pytest.fixture(scope="module")
def team(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Team:
    """A page for users whose password is the same."""
    users = tmp_path_factory.mktemp("team") / "users.json"
    auth.add_user(users, "somebody", "correct horse")
    return Team(serve(DOCUMENTS, options=["--auth", str(users)]), users)


@contextmanager
def visited(browser: Browser, team: Team, user: str) -> Iterator[Page]:
    """The page of a user in a browser of his own."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    try:
        yield enter(context, team, user)
    finally:
        context.close()


def enter(context: BrowserContext, team: Team, user: str) -> Page:
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    log_in(page, team.server.url, user)
    question_box(page).wait_for()
    expect(page.locator(".conversations .hint").last).not_to_have_text("正在读取对话…")
    return page


def listed(page: Page) -> list[str]:
    return page.locator(".conversations li .open .title").all_inner_texts()


@pytest.mark.slow
def test_they_are_found_in_another_browser_by_their_user_alone(
    team: Team, browser: Browser
) -> None:
    anna, rita = team.newcomer(), team.newcomer("reader")
    with visited(browser, team, anna) as page:
        exchange = ask(page, QUESTION)
        exchange.get_by_role("button", name="存入笔记").click()
        page.get_by_role("button", name=f"置顶: {QUESTION}").click()
        expect(page.locator(".conversations h2")).to_have_text(["置顶"])
        expect(page.locator(".conversations .hint")).to_have_text(
            "对话保存在服务器上，其他用户看不到。"
        )
        open_notebook(page)
        page.get_by_label("批注").fill("核对过 ✔")
        page.get_by_role("button", name="保存批注").click()
        expect(page.locator(".saved")).to_have_text("批注已保存。")
        kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        assert "sealed" not in kept
        assert "集装箱" not in kept
        before = exchange.inner_html()

    team.server.restart()  # everybody is logged out
    with visited(browser, team, rita) as page:
        assert listed(page) == []
        expect(page.locator(".exchange")).to_have_count(0)
        open_notebook(page)
        expect(page.locator(".notebook .empty")).to_be_visible()
        open_chat(page)
        ask(page, TERMINAL)
        expect(page.locator(".conversations li")).to_have_count(1)
    with visited(browser, team, anna) as page:
        expect(page.locator(".conversations li")).to_have_count(1)
        assert listed(page) == [QUESTION]
        page.locator(".conversations li .open").click()
        expect(page.locator(".exchange .actions")).to_have_count(1)
        assert page.locator(".exchange").inner_html() == before
        page.locator(".exchange .cite").first.click()
        expect(page.locator(".panel #quote")).to_contain_text("418万箱")
        open_notebook(page)
        expect(page.get_by_label("批注")).to_have_value("核对过 ✔")
        assert serious(page) == []
    assert {key.split("/")[0] for key in team.kept(rita)} == {"wenzheng-conversation"}


@pytest.mark.slow
def test_two_browsers_of_a_user_lose_nothing_of_each_other(team: Team, browser: Browser) -> None:
    ben = team.newcomer()
    with visited(browser, team, ben) as one, visited(browser, team, ben) as other:
        ask(one, QUESTION)
        expect(other.locator(".conversations li")).to_have_count(1)
        other.locator(".conversations li .open").click()
        expect(other.locator(".exchange")).to_have_count(1)
        for page, question in ((one, TERMINAL), (other, "岬の灯台の高さは？")):
            question_box(page).fill(question)
        for page in (one, other):
            question_box(page).press("Enter")
        for page in (one, other):
            expect(page.locator(".exchange .actions")).to_have_count(3)
        assert one.locator(".exchange .said").all_inner_texts() == (
            other.locator(".exchange .said").all_inner_texts()
        )
        # A second tab of the same browser goes on where the first is, and follows it at once.
        tab = one.context.new_page()
        tab.goto(team.server.url)
        expect(tab.locator(".exchange")).to_have_count(3)

        one.get_by_role("button", name=f"删除对话: {QUESTION}").click()
        confirm(one)
        for page in (one, other, tab):
            expect(page.locator(".conversations li")).to_have_count(0)
            expect(page.locator(".exchange")).to_have_count(0)
    assert {key.split("/")[0] for key in team.kept(ben)} == {"wenzheng-deleted"}


def test_the_next_user_of_a_browser_sees_nothing_of_the_one_before(
    team: Team, browser: Browser
) -> None:
    cleo, rita = team.newcomer(), team.newcomer("reader")
    with visited(browser, team, cleo) as page:
        ask(page, QUESTION)
        expect(page.locator(".conversations li")).to_have_count(1)
        question_box(page).fill("ein Entwurf")
        left = page.context.new_page()  # stays open while another logs in
        left.goto(team.server.url)
        expect(left.locator(".exchange")).to_have_count(1)
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("button", name="登录").wait_for()
        log_in(page, team.server.url, rita)
        question_box(page).wait_for()
        expect(page.locator(".exchange")).to_have_count(0)
        expect(question_box(page)).to_have_value("")
        assert QUESTION not in listed(page)
        # The tab that is of another user becomes one of who has logged in.
        expect(left.locator(".exchange")).to_have_count(0)
        assert QUESTION not in listed(left)
        before = team.kept(cleo)
        ask(left, TERMINAL)
        assert team.kept(cleo) == before
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("button", name="登录").wait_for()
        log_in(page, team.server.url, cleo)
        question_box(page).wait_for()
        expect(page.locator(".exchange")).to_have_count(1)
        expect(question_box(page)).to_have_value("ein Entwurf")


@pytest.mark.slow
def test_what_a_browser_kept_before_is_moved_when_its_reader_says_so(
    team: Team, server: Server, browser: Browser
) -> None:
    """Both servers have the same secret, as one has before and after it is given users."""
    with visiting(browser, server.url) as page:
        ask(page, "Who leads the observatory?").get_by_role("button", name="存入笔记").click()
        expect(page.locator(".conversations li")).to_have_count(1)
        ours = """Object.fromEntries(Object.entries(localStorage)
            .filter(([key]) => /conversation\\/|note/.test(key)))"""
        kept = page.evaluate(ours)
    dora = team.newcomer()
    with visited(browser, team, dora) as page:
        page.evaluate("kept => Object.assign(localStorage, kept)", kept)
        page.reload()
        expect(page.locator(".earlier .hint")).to_contain_text("2 个对话和笔记")
        assert listed(page) == []
        assert serious(page) == []
        page.get_by_role("button", name="移到服务器").click()
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".earlier")).to_have_count(0)
        assert page.evaluate(ours) == {}
        page.locator(".conversations li .open").click()
        expect(page.locator(".exchange .text")).to_contain_text("Amara Osei")
        open_notebook(page)
        expect(page.locator(".note")).to_have_count(1)
        open_chat(page)

        page.evaluate("kept => Object.assign(localStorage, kept)", kept)
        page.reload()
        page.locator(".earlier .danger").click()
        confirm(page)
        expect(page.locator(".earlier")).to_have_count(0)
        assert page.evaluate(ours) == {}
        expect(page.locator(".conversations li")).to_have_count(1)
    assert len(team.kept(dora)) == len(kept)


@pytest.mark.slow
def test_what_is_done_while_nobody_is_there_is_done_after(team: Team, browser: Browser) -> None:
    emil = team.newcomer()
    with visited(browser, team, emil) as page:
        ask(page, QUESTION)
        page.get_by_role("button", name="新对话").click()
        ask(page, TERMINAL)
        expect(page.locator(".conversations li")).to_have_count(2)
        team.server.interrupt()
        team.server.wait()
        page.get_by_role("button", name=f"置顶: {QUESTION}").click()
        page.get_by_role("button", name=f"删除对话: {TERMINAL}").click()
        confirm(page)
        team.server.start()
        log_in(page, team.server.url, emil)
        question_box(page).wait_for()
        expect(page.locator(".conversations li")).to_have_count(1)
        expect(page.locator(".conversations h2")).to_have_text(["置顶"])
        assert listed(page) == [QUESTION]


@pytest.mark.slow
def test_a_full_store_drops_the_oldest_with_a_word(team: Team, browser: Browser) -> None:
    fay = team.newcomer()
    with visited(browser, team, fay) as page:
        ask(page, QUESTION)
        expect(page.locator(".conversations li")).to_have_count(1)
        fill = """(n) => {
          for (let i = 0; i < n; i += 1) {
            const sealed = "x".repeat(1_900_000);
            store.set(`wenzheng-note/${i}`, JSON.stringify({ kept_ms: i, sealed, remark: "" }));
          }
          return store.settled();
        }"""
        assert page.evaluate(fill, 8)
        page.get_by_role("button", name="新对话").click()
        page.evaluate(
            """() => {
              const length = (some) => some.flat().reduce((sum, text) => sum + text.length, 0);
              const asked = store.entries().filter(([key]) => key.includes("conversation/"));
              const left = store.maxChars - length(store.entries()) - length(asked) / 2;
              store.set("wenzheng-note/rest", "x".repeat(left - 17));
            }"""
        )
        ask(page, TERMINAL)
        notice = page.locator(".conversations .notice")
        expect(notice.first).to_contain_text("你在服务器上的空间已满")
        assert sum(len(key) + len(text) for key, text in team.kept(fay).items()) <= 16_000_000
