"""Who may use the page, and from where."""

import hashlib
import io
import json
import stat
from pathlib import Path

import httpx
import pytest

import ui
from tests.ui.serving import Server
from webui import auth


def test_a_user_is_added_by_the_command_and_may_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users.json"
    for name, password in (("李雷", "密码要够长才行🔑"), ("anna", "correct horse")):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        assert ui.main(["--auth", str(users), "--add-user", name]) == 0
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    assert "correct horse" not in users.read_text("utf-8")

    fits = auth.checker(auth.read_users(users))
    assert fits("李雷", "密码要够长才行🔑")
    assert fits("anna", "correct horse")
    assert not fits("anna", "密码要够长才行🔑")
    assert not fits("anna", "")
    assert not fits("nobody", "correct horse")


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
    ("name", "password"), [("", "long enough"), ("  ", "long enough"), ("a", "short")]
)
def test_a_blank_name_or_a_short_password_is_refused(
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
    with httpx.Client(base_url=guarded.url, trust_env=False) as stranger:
        assert stranger.get("/config").status_code == 401
        assert "wenzheng-conversations" not in stranger.get("/").text
        wrong = stranger.post("/login", data={"username": "anna", "password": "wrong horse"})
        assert wrong.status_code == 400
        assert stranger.get("/config").status_code == 401

    with httpx.Client(base_url=guarded.url, trust_env=False) as anna:
        anna.post("/login", data={"username": "anna", "password": "correct horse"})
        assert "wenzheng-conversations" in anna.get("/config").text


def test_a_busy_port_is_said_to_be_busy(
    guarded: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ui.main(["--port", str(guarded.port), *guarded.folders]) == 1
    assert f"--port {guarded.port + 1}" in capsys.readouterr().err
