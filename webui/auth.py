"""Who may use a page that others can reach: names and scrypt hashes in a file of mode 0600."""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from index.errors import ChatbotError
from index.folders import discard

# 64 MiB and about 0.2 s a guess: OWASP's recommendation for scrypt with p = 2 (2^16, 8, 2).
_COST, _BLOCK, _PARALLEL = 2**16, 8, 2
_MAX_MEMORY = 128 * 1024 * 1024
MIN_PASSWORD_CHARS = 8
_SECRET = re.compile(rb"[\w-]{43}")


class UsersError(ChatbotError):
    """The file of users cannot be used."""


def add_user(path: Path, name: str, password: str) -> None:
    """Write a user into the file, in the place of an earlier one of the same name.

    Raises UsersError for a blank name or a password of fewer than 8 characters.
    """
    if not name.strip():
        raise UsersError("A user needs a name: python ui.py --add-user NAME")
    if len(password) < MIN_PASSWORD_CHARS:
        raise UsersError(f"The password needs at least {MIN_PASSWORD_CHARS} characters.")
    users = read_users(path) if path.exists() else {}
    salt = secrets.token_bytes(16)
    users[name] = {"salt": salt.hex(), "scrypt": _hash(password, salt).hex()}
    write_private(path, json.dumps(users, ensure_ascii=False, indent=2) + "\n")


def read_users(path: Path) -> dict[str, dict[str, str]]:
    """Return name -> salt and hash. Raises UsersError when the file holds no users."""
    advice = f"Make it: python ui.py --auth {path} --add-user NAME"
    try:
        users: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
        for user in users.values():
            bytes.fromhex(user["salt"]), bytes.fromhex(user["scrypt"])
    except OSError as error:
        raise UsersError(f"Cannot read the users in {path}: {error.strerror}. {advice}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsersError(f"{path} is no file of users. {advice}") from error
    if not users:
        raise UsersError(f"{path} holds no user. {advice}")
    return users


def checker(users: dict[str, dict[str, str]]) -> Callable[[str, str], bool]:
    """Return a function that says whether name and password fit.

    It takes as long for a name that does not exist as for one that does.
    """
    nobody = {"salt": secrets.token_hex(16), "scrypt": secrets.token_hex(32)}

    def fits(name: str, password: str) -> bool:
        user = users.get(name, nobody)
        computed = _hash(password, bytes.fromhex(user["salt"]))
        return hmac.compare_digest(computed, bytes.fromhex(user["scrypt"])) and name in users

    return fits


def browser_secret(cache_dir: Path) -> str:
    """Return the key under which browsers keep their conversations, made on first use.

    It outlives restarts of the server, or no conversation would. A damaged one is made anew.
    """
    path = cache_dir / "browser-secret"
    if not path.is_file() or not _SECRET.fullmatch(path.read_bytes()):
        if path.is_dir():
            discard(path)
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text("utf-8")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MAX_MEMORY, dklen=32
    )
