"""What a user keeps, asked for by others: by hand, at the real server."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import ui
from tests.support.serving import Server
from webui.door import auth
from webui.sqlite_store import SqliteStore, beside

PASSWORD = "correct horse"
ENTRY = "wenzheng-conversation/c1/e1"
SECRET = "gAAAAsealed-of-nora"


class Door(NamedTuple):
    server: Server
    users: Path
    token: str


@pytest.fixture(scope="module")
def door(guarded: Server, users: Path) -> Iterator[Door]:
    """A page for nora and ben, editors, and rita, a reader; nora has a token and kept things."""
    for name in ("nora", "ben"):
        auth.add_user(users, name, PASSWORD)
    auth.add_user(users, "rita", PASSWORD, role="reader")
    made = Door(guarded, users, auth.add_token(users, "nora"))
    with logged_in(made, "nora") as nora:
        assert exchange(nora, {ENTRY: SECRET}).status_code == 200
    yield made
    for name in ("nora", "ben", "rita"):
        assert ui.main(["--auth", str(users), "--remove-user", name]) == 0


@contextmanager
def logged_in(door: Door, user: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=door.server.url, trust_env=False, timeout=60) as client:
        assert client.post("/login", data={"username": user, "password": PASSWORD}).is_redirect
        yield client


def exchange(client: httpx.Client, changes: dict[str, Any] | None = None, **said: Any) -> Any:
    headers = said.pop("headers", {})
    return client.post("/kept", json={"changes": changes or {}} | said, headers=headers)


def test_only_who_keeps_it_has_it(door: Door) -> None:
    with logged_in(door, "nora") as nora:
        told = exchange(nora)
        assert told.json()["entries"] == {ENTRY: SECRET}
        assert told.headers["cache-control"] == "no-store"
    for user in ("ben", "rita"):
        with logged_in(door, user) as other:
            for said in ({}, {"since": -1}, {"since": 1}, {"user": user}):
                reply = exchange(other, **said)
                assert reply.json()["entries"] == {}
                assert reply.json()["user"] == user
            assert exchange(other, user="nora").status_code == 409
            # An id of another's conversation is an own one: it reads and deletes nothing of hers.
            exchange(other, {ENTRY: "his", "wenzheng-pinned/c1": "1"}, since=1)
            exchange(other, {"wenzheng-deleted/c1": "1"})
            assert SECRET not in exchange(other).text
            assert exchange(other, {ENTRY: None}).status_code == 200
    with logged_in(door, "nora") as nora:
        assert exchange(nora).json()["entries"] == {ENTRY: SECRET}


def test_who_is_not_logged_in_has_nothing(door: Door) -> None:
    cookie = f"wenzheng-session-{door.server.port}"
    with logged_in(door, "nora") as nora:
        ended = nora.cookies[cookie]
        nora.post("/logout")
    with httpx.Client(base_url=door.server.url, trust_env=False) as stranger:
        for session in ("", "x" * 43, ended, "nora"):
            reply = exchange(stranger, {ENTRY: None}, headers={"cookie": f"{cookie}={session}"})
            assert reply.status_code == 401
            assert SECRET not in reply.text
        for token, status in ((door.token, 403), ("wz-wrong", 401)):
            said = {"authorization": f"Bearer {token}"}
            assert exchange(stranger, headers=said).status_code == status
    with logged_in(door, "nora") as nora:
        said = {"authorization": f"Bearer {door.token}"}
        assert exchange(nora, headers=said).status_code == 403
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            assert nora.request(method, "/kept").status_code == 404
        for site in ("https://evil.example", "null", "http://127.0.0.1:1"):
            reply = exchange(nora, {ENTRY: None}, headers={"origin": site})
            assert reply.status_code == 403
        assert exchange(nora).json()["entries"] == {ENTRY: SECRET}


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", '{"changes": []}', '{"changes": {"x": "y"}}', '{"since": "x"}',
     '{"changes": {"wenzheng-note/a": 5}}', '{"changes": {"wenzheng-note/a": "\\ud83d"}}'],
)  # fmt: skip
def test_what_no_page_sends_is_refused(door: Door, body: str) -> None:
    with logged_in(door, "ben") as ben:
        assert ben.post("/kept", content=body).status_code == 400
        large = {f"wenzheng-note/{n}": "x" * 5_000_000 for n in range(2)}
        assert exchange(ben, large).status_code == 413


def test_nobody_keeps_more_than_his_share(door: Door) -> None:
    with logged_in(door, "ben") as ben:
        statuses = [
            exchange(ben, {f"wenzheng-note/{n}": "x" * 6_000_000}).status_code for n in range(3)
        ]
        assert statuses == [200, 200, 413]
        assert len(exchange(ben).json()["keys"]) >= 2
        assert exchange(ben, {f"wenzheng-note/{n}": None for n in range(2)}).status_code == 200


def test_a_removed_user_leaves_nothing_and_a_new_one_of_the_name_is_told(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*options: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        return ui.main(["--auth", str(door.users), *options])

    def said() -> str:
        return capsys.readouterr().err

    assert run("--add-user", "dora") == 0
    assert "earlier user" not in said()
    with logged_in(door, "dora") as dora:
        exchange(dora, {ENTRY: "hers"})
        auth.remove_user(door.users, "dora")  # as by hand
        assert exchange(dora).status_code == 401
    assert run("--add-user", "dora") == 0
    assert "earlier user" in said()
    auth.remove_user(door.users, "dora")
    assert run("--remove-user", "dora") == 0
    assert run("--remove-user", "dora") == 1
    said()
    assert run("--add-user", "dora") == 0
    assert "earlier user" not in said()
    store = SqliteStore(beside(door.users))
    assert not store.holds("dora")
    assert store.holds("nora")
    store.close()
    assert run("--remove-user", "dora") == 0


def test_without_users_there_is_no_such_thing(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        assert exchange(client).status_code == 404
