"""The door of a page with users, attacked over sockets: guesses, log-out, removed users."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from tests.support.serving import Server, free_port
from webui.door import auth
from webui.door.accounts import FileAccounts
from webui.door.attempts import RULES
from webui.door.logins import Logins

ANNA = {"username": "anna", "password": "correct horse"}
LEI = {"username": "李雷", "password": "密码要够长才行🔑"}


@pytest.fixture(scope="module")
def door(guarded: Server, users: Path) -> Server:
    """The page over no documents, for anna and 李雷."""
    auth.add_user(users, LEI["username"], LEI["password"])
    return guarded


def reader(door: Server, address: str, **headers: str) -> httpx.Client:
    """Somebody at an address: the server believes what a proxy on its own computer says."""
    headers = {"x-forwarded-for": address, **headers}
    return httpx.Client(base_url=door.url, headers=headers, trust_env=False, timeout=60)


def guess(client: httpx.Client, name: str) -> httpx.Response:
    return client.post("/login", data={"username": name, "password": "wrong horse"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/assets/index.js"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("GET", "/gradio_api/queue/status"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/component_server"),
        ("GET", "/login/../config"),
        ("GET", "/favicon.ico/../config"),
    ],
)
def test_nothing_is_reached_without_logging_in(door: Server, method: str, path: str) -> None:
    with reader(door, "192.0.2.1") as stranger, stranger.stream(method, path) as answer:
        assert answer.status_code in (401, 404)  # as far as the door, or not even there


def test_the_front_doors_lead_to_the_log_in_page(door: Server) -> None:
    with reader(door, "192.0.2.1", **{"accept-language": "en"}) as stranger:
        for path in ("/", "/en"):
            answer = stranger.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"] == "./login"
        assert 'lang="en"' in stranger.get("/login").text
        assert 'lang="zh-CN"' in stranger.get("/login?language=zh").text
        assert 'lang="zh-CN"' in stranger.get("/login").text  # remembered
        assert 'lang="zh-CN"' in stranger.get("/login?language=../../x").text


def test_cookies_are_for_this_server_alone(door: Server) -> None:
    with reader(door, "192.0.2.2") as anna:
        cookies = anna.post("/login", data=ANNA).headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert str(door.port) in cookie.split("=")[0]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert "Secure" not in cookie
    with reader(door, "192.0.2.2", **{"x-forwarded-proto": "https"}) as anna:
        cookies = anna.post("/login", data=ANNA).headers.get_list("set-cookie")
        assert all("Secure" in cookie for cookie in cookies)


def test_logging_out_takes_a_post_and_the_token_is_dead(door: Server) -> None:
    with reader(door, "192.0.2.3") as lei:
        assert lei.post("/login", data=LEI).status_code == 303
        assert lei.get("/login").headers["location"] == "./"
        for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            for path in ("/logout", "/logout/", "/logout?all_session=true"):
                assert lei.request(method, path).status_code == 404
        assert lei.get("/config").status_code == 200

        kept = dict(lei.cookies)
        assert lei.post("/logout").headers["location"] == "./login"
        assert lei.get("/config").status_code == 401
    with reader(door, "192.0.2.3", cookie="; ".join(f"{k}={v}" for k, v in kept.items())) as thief:
        assert thief.get("/config").status_code == 401


def test_a_new_session_takes_the_place_of_the_old_one(door: Server) -> None:
    with reader(door, "192.0.2.4") as anna:
        anna.post("/login", data=ANNA)
        first = dict(anna.cookies)
        anna.post("/login", data=ANNA)
        assert anna.get("/config").status_code == 200
    with reader(door, "192.0.2.4", cookie="; ".join(f"{k}={v}" for k, v in first.items())) as old:
        assert old.get("/config").status_code == 401


@pytest.mark.parametrize("name", ["anna", "nobody@例子"])
def test_who_guesses_waits_longer_and_longer(door: Server, name: str) -> None:
    with reader(door, f"198.51.100.{len(name)}", **{"accept-language": "en"}) as guesser:
        answers = [guess(guesser, name) for _ in range(RULES["pair"].free + 1)]
        assert [answer.status_code for answer in answers] == [401] * RULES["pair"].free + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert 'role="alert">Too many attempts' in answers[-1].text
        assert f'value="{name}"' in answers[-1].text
        chinese = guesser.post(
            "/login", data={"username": name}, headers={"accept-language": "zh-CN"}
        )
        assert 'role="alert">尝试的次数太多' in chinese.text


@pytest.mark.slow
def test_one_address_guesses_at_all_names_together(door: Server) -> None:
    with reader(door, "2001:db8:1:2::1") as guesser:
        free = RULES["address"].free
        for number in range(free):
            # All of a network of IPv6 is one customer.
            there = {"x-forwarded-for": f"2001:db8:1:2:{number}:5:6:7"}
            data = {"username": f"name{number}", "password": "wrong horse"}
            assert guesser.post("/login", data=data, headers=there).status_code == 401
        assert guess(guesser, "one more").status_code == 429
    with reader(door, "2001:db8:1:3::1") as neighbour:
        assert guess(neighbour, "somebody").status_code == 401


@pytest.mark.slow  # the waits are seconds: on a busy machine they are over too soon
def test_a_stranger_does_not_lock_a_user_out(door: Server) -> None:
    with reader(door, "203.0.113.1") as lei, reader(door, "203.0.113.1") as stranger:
        lei.post("/login", data=LEI)
        lei.post("/logout")
        while guess(stranger, "李雷").status_code != 429:
            pass
        assert stranger.post("/login", data=LEI).status_code == 429  # right, but a stranger's
        assert lei.post("/login", data=LEI).status_code == 303  # from the browser he always uses
        forged = dict(lei.cookies)
        assert guess(stranger, "李雷").status_code == 429
        stranger.cookies = httpx.Cookies({name: value[:-1] + "0" for name, value in forged.items()})
        assert stranger.post("/login", data=LEI).status_code == 429
    with reader(door, "203.0.113.2") as elsewhere:
        assert elsewhere.post("/login", data=LEI).status_code == 303


def test_forms_are_read_within_bounds(door: Server) -> None:
    with reader(door, "192.0.2.5") as stranger:
        for form in (ANNA | {"password": "长" * 1025}, ANNA | {"username": "名" * 257}):
            answer = stranger.post("/login", data=form)
            assert answer.status_code == 400
            assert "1024" in answer.text
        assert stranger.post("/login", data={"username": "x" * 70_000}).status_code == 413
        pieces = (b"x" * 10_000 for _ in range(200))
        form_type = {"content-type": "application/x-www-form-urlencoded"}
        assert stranger.post("/login", content=pieces, headers=form_type).status_code == 413
        assert stranger.post("/login", content=b"\xff=\xfe", headers=form_type).status_code == 400
        assert stranger.post("/login", content=b"a&" * 999, headers=form_type).status_code == 400
        assert stranger.post("/login", json=ANNA).status_code == 415
        assert stranger.post("/login", content=b"", headers=form_type).status_code == 401
        assert stranger.delete("/login").status_code == 404


def test_what_was_typed_is_no_markup(door: Server) -> None:
    with reader(door, "192.0.2.6") as stranger:
        answer = guess(stranger, '"><script>alert(1)</script>{0}')
    assert "<script>alert" not in answer.text
    assert "{0}" in answer.text
    assert "script-src 'nonce-" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.slow
def test_readers_are_answered_while_others_guess(door: Server) -> None:
    """Every guess takes a fifth of a second of scrypt, and they stand in one line."""
    ended: list[float] = []

    def guess_once(number: int) -> int:
        with reader(door, f"100.64.0.{number}") as guesser:
            answer = guess(guesser, f"nobody{number}")
            ended.append(time.monotonic())
            return answer.status_code

    with reader(door, "192.0.2.7") as anna, ThreadPoolExecutor(8) as guessers:
        anna.post("/login", data=ANNA)
        guesses = [guessers.submit(guess_once, number) for number in range(7)]
        time.sleep(0.1)
        for _ in range(10):
            assert anna.get("/theme.css").status_code == 200
            assert anna.get("/config").status_code == 200
        answered = time.monotonic()
        assert [each.result() for each in guesses] == [401] * 7
    assert sum(end > answered for end in ended) >= 3


@pytest.mark.slow
def test_the_line_of_those_who_guess_is_short(door: Server) -> None:
    def guess_once(number: int) -> int:
        with reader(door, f"100.65.0.{number}") as guesser:
            return guess(guesser, f"nobody{number}").status_code

    with ThreadPoolExecutor(30) as guessers:
        answers = list(guessers.map(guess_once, range(30)))
    assert set(answers) == {401, 429}


def test_a_removed_user_is_out_at_once_and_a_changed_password_ends_sessions(
    door: Server, users: Path
) -> None:
    auth.add_user(users, "mei", "correct horse")
    mei = {"username": "mei", "password": "correct horse"}
    with reader(door, "192.0.2.8") as here, reader(door, "192.0.2.9") as anna:
        anna.post("/login", data=ANNA)
        assert here.post("/login", data=mei).status_code == 303
        assert here.get("/config").status_code == 200
        auth.add_user(users, "mei", "another horse")
        assert here.get("/config").status_code == 401
        assert here.post("/login", data=mei).status_code == 401
        here.post("/login", data=mei | {"password": "another horse"})
        assert here.get("/config").status_code == 200
        auth.remove_user(users, "mei")
        refused = here.post("/gradio_api/queue/join", json={})
        assert refused.status_code == 401
        assert "登录已经失效" in refused.json()["detail"]
        assert here.post("/login", data=mei | {"password": "another horse"}).status_code == 401
        assert anna.get("/config").status_code == 200


async def _ticking(request: Request) -> StreamingResponse:
    async def ticks() -> AsyncIterator[str]:
        while True:
            yield "tick\n"
            await asyncio.sleep(0.02)

    return StreamingResponse(ticks())


def test_what_is_being_sent_to_a_removed_user_ends(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    auth.add_user(path, "anna", "correct horse")
    app = Logins(Starlette(routes=[Route("/ticks", _ticking)]), accounts=FileAccounts(path))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as anna:
            anna.post("/login", data=ANNA)
            with anna.stream("GET", "/ticks") as answer:
                lines = answer.iter_lines()
                assert next(lines) == "tick"
                auth.remove_user(path, "anna")
                assert sum(1 for _ in lines) < 500  # it ends
    finally:
        server.should_exit = True
        thread.join()
