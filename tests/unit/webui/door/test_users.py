"""The file of users: roles and tokens. Each password takes a fifth of a second of scrypt."""

import hashlib
import json
from pathlib import Path

import pytest

from webui.door import auth
from webui.door.auth import Users, UsersError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    auth.add_user(path, "rita", "correct horse", role="reader")
    return path


def test_roles_are_kept_until_another_is_given(path: Path) -> None:
    users = Users(path)
    assert (users.role("rita"), users.role("nobody")) == ("reader", "reader")
    auth.add_user(path, "rita", "another horse")
    assert users.role("rita") == "reader"
    auth.add_user(path, "rita", "another horse", role="editor")
    assert users.role("rita") == "editor"


def test_users_from_before_there_were_roles_are_editors(path: Path) -> None:
    known = json.loads(path.read_text("utf-8"))
    del known["rita"]["role"]
    path.write_text(json.dumps(known), "utf-8")
    assert Users(path).role("rita") == "editor"
    path.write_text(json.dumps({"rita": known["rita"] | {"role": "admin"}}), "utf-8")
    assert Users(path).role("rita") == "reader"


def test_tokens_are_kept_as_hashes_and_end_when_they_are_removed(path: Path) -> None:
    tokens = [auth.add_token(path, "rita") for _ in range(2)]
    users = Users(path)
    stored = path.read_text("utf-8")
    for token in tokens:
        assert users.bearer(token) == "rita"
        assert token not in stored
        assert hashlib.sha256(token.encode()).hexdigest() in stored
    for wrong in ("", "wz-", tokens[0][:-1], tokens[0] + "x", "令牌\ud83d"):
        assert users.bearer(wrong) is None
    assert auth.remove_tokens(path, "rita") == 2
    assert users.bearer(tokens[0]) is None


def test_a_token_ends_with_its_user_and_nobody_has_too_many(path: Path) -> None:
    token = auth.add_token(path, "rita")
    for _ in range(auth.MAX_TOKENS - 1):
        auth.add_token(path, "rita")
    with pytest.raises(UsersError, match="--remove-tokens rita"):
        auth.add_token(path, "rita")
    with pytest.raises(UsersError, match="no user"):
        auth.add_token(path, "nobody")
    users = Users(path)
    auth.remove_user(path, "rita")
    assert users.bearer(token) is None
