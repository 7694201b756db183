"""Where users are in PostgreSQL: a page whose database goes and comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing import ask, log_in, question_box
from tests.support.postgres_server import PostgresServer
from tests.support.serving import DOCUMENTS, Server
from tests.support.user_engines import in_a_database
from webui.texts import TEXTS

QUESTION, OTHER = "青石港2031年装卸了多少集装箱？", "三号码头什么时候启用？"


@pytest.mark.slow
def test_it_is_said_in_both_languages_and_the_page_goes_on(
    postgres: PostgresServer,
    serve: Callable[..., Server],
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users = in_a_database(postgres)
    users.people("anna")
    users.close()
    monkeypatch.setenv("WENZHENG_AUTH", getattr(users.place, "url", ""))
    page_server = serve(DOCUMENTS)
    context, english = browser.new_context(locale="zh-CN"), browser.new_context(locale="en")
    page = context.new_page()
    log_in(page, page_server.url)
    question_box(page).wait_for()
    ask(page, QUESTION)
    expect(page.locator(".conversations li")).to_have_count(1)

    away = TEXTS["zh"].errors["users_away"]
    postgres.kill()
    try:
        expect(page.locator(".gone")).to_have_text(away)
        question_box(page).fill(OTHER)
        question_box(page).press("Enter")
        expect(page.locator(".toast-body")).to_contain_text(away[:20])
        expect(page.get_by_text("currently busy")).to_have_count(0)
        expect(question_box(page)).to_have_value(OTHER)
        stranger = english.new_page()
        stranger.goto(page_server.url)
        expect(stranger.get_by_role("alert")).to_have_text(TEXTS["en"].errors["users_away"])
    finally:
        postgres.start()
    expect(page.locator(".gone")).to_have_count(0)
    question_box(page).press("Enter")
    expect(page.locator(".exchange .actions")).to_have_count(2)
    page.reload()
    expect(page.locator(".exchange .actions")).to_have_count(2)  # both are kept
    stranger.reload()
    expect(stranger.get_by_role("alert")).to_have_count(0)
    for each in (context, english):
        each.close()
