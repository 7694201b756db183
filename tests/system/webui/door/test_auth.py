"""Who may use the page, and from where."""

import hashlib
import io
import json
import stat
import time
from pathlib import Path

import httpx
import pytest

import ui
from tests.support.serving import Server
from webui.door import auth


def run(monkeypatch: pytest.MonkeyPatch, users: Path, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    return ui.main(["--auth", str(users), *arguments])


def test_a_user_is_added_by_the_command_and_may_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users.json"
    for name, password in ((" 李雷 ", "密码要够长才行🔑"), ("anna", "correct horse")):
        assert run(monkeypatch, users, "--add-user", name, typed=password) == 0
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    assert "correct horse" not in users.read_text("utf-8")

    known = auth.Users(users)
    assert known.check("李雷", "密码要够长才行🔑") == known.mark("李雷") is not None
    assert known.check("anna", "correct horse") == known.mark("anna") is not None
    assert known.check("anna", "密码要够长才行🔑") is None
    assert known.check("anna", "") is None
    assert known.check("nobody", "correct horse") is None


def test_a_user_is_removed_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    users = tmp_path / "users.json"
    for name in ("李雷", "anna"):
        auth.add_user(users, name, "correct horse")
    known = auth.Users(users)
    assert run(monkeypatch, users, "--remove-user", "李雷") == 0
    assert list(json.loads(users.read_text("utf-8"))) == ["anna"]
    assert known.mark("李雷") is None
    assert known.mark("anna") is not None
    assert run(monkeypatch, users, "--remove-user", "李雷") == 1
    assert "It holds: anna" in capsys.readouterr().err


def test_users_follow_their_file_and_a_damaged_one_lets_nobody_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = tmp_path / "users.json"
    auth.add_user(users, "anna", "correct horse")
    known = auth.Users(users)
    before = known.mark("anna")
    whole = users.read_text("utf-8")
    users.write_text(whole[:40], "utf-8")
    assert known.mark("anna") is None
    assert "no file of users" in capsys.readouterr().err
    users.unlink()
    assert known.mark("anna") is None
    users.write_text(whole, "utf-8")
    assert known.mark("anna") == before
    auth.add_user(users, "anna", "another horse")
    assert known.mark("anna") not in (None, before)


@pytest.mark.slow
def test_a_name_that_does_not_exist_takes_as_long(tmp_path: Path) -> None:
    auth.add_user(tmp_path / "users.json", "anna", "correct horse")
    known = auth.Users(tmp_path / "users.json")

    def seconds(name: str) -> float:
        begun = time.thread_time()  # of the processor: others may be using it
        known.check(name, "wrong horse")
        return time.thread_time() - begun

    assert 0.5 < min(seconds("anna"), seconds("anna")) / min(seconds("bob"), seconds("bob")) < 2


def test_the_hash_is_scrypt_with_a_salt_of_its_own(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    auth.add_user(users, "a", "the same password")
    auth.add_user(users, "b", "the same password")
    kept = json.loads(users.read_text("utf-8"))
    assert kept["a"]["salt"] != kept["b"]["salt"]
    assert kept["a"]["scrypt"] != kept["b"]["scrypt"]
    expected = hashlib.scrypt(
        b"the same password",
        salt=bytes.fromhex(kept["a"]["salt"]),
        n=65536,
        r=8,
        p=2,
        maxmem=2**27,
        dklen=32,
    )
    assert kept["a"]["scrypt"] == expected.hex()


@pytest.mark.parametrize(
    "options",
    [["--host", "0.0.0.0"], ["--share"], ["--host", "192.168.1.5", "--port", "9000"]],
)
def test_others_reach_the_page_only_with_users(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        ui.main(options)
    assert stopped.value.code == 2
    assert "--auth FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (None, "Make it: python ui.py"),
        ("{}", "holds no user"),
        ("[1]", "no file of users"),
        ("x", "no file"),
    ],
)
def test_a_file_without_users_is_refused(
    content: str | None, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.json"
    if content is not None:
        path.write_text(content, "utf-8")
    assert ui.main(["--auth", str(path)]) == 1
    assert advice in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", "long enough"),
        ("  ", "long enough"),
        ("名" * 257, "long enough"),
        ("a", "short"),
        ("a", "长" * 1025),
    ],
)
def test_a_blank_name_or_a_short_or_endless_password_is_refused(
    name: str, password: str, tmp_path: Path
) -> None:
    with pytest.raises(auth.UsersError):
        auth.add_user(tmp_path / "users.json", name, password)
    assert not (tmp_path / "users.json").exists()


@pytest.mark.parametrize("damage", [b"", b"\0" * 43, b"half-a-secret", b"\xff\xfe" * 20, None])
def test_a_damaged_browser_secret_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "browser-secret"
    if damage is None:
        path.mkdir()
    else:
        path.write_bytes(damage)
    secret = auth.browser_secret(tmp_path)
    assert len(secret) == 43
    assert auth.browser_secret(tmp_path) == path.read_text() == secret


def test_the_browser_secret_is_made_once_and_private(tmp_path: Path) -> None:
    secret = auth.browser_secret(tmp_path / "cache")
    assert len(secret) >= 32
    assert auth.browser_secret(tmp_path / "cache") == secret
    assert stat.S_IMODE((tmp_path / "cache" / "browser-secret").stat().st_mode) == 0o600
    assert auth.browser_secret(tmp_path / "other") != secret


def test_without_logging_in_nothing_is_served(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.url, trust_env=False, timeout=60) as stranger:
        assert stranger.get("/config").status_code == 401
        assert "wenzheng.connect" not in stranger.get("/").text
        wrong = stranger.post("/login", data={"username": "anna", "password": "wrong horse"})
        assert wrong.status_code == 401
        assert stranger.get("/config").status_code == 401

    with httpx.Client(base_url=guarded.url, trust_env=False, timeout=60) as anna:
        anna.post("/login", data={"username": "anna", "password": "correct horse"})
        assert "wenzheng.connect" in anna.get("/config").text


def test_a_busy_port_is_said_to_be_busy(
    guarded: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ui.main(["--port", str(guarded.port), *guarded.folders]) == 1
    assert f"--port {guarded.port + 1}" in capsys.readouterr().err
