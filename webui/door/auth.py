"""Who may use a page that others can reach, in a file of mode 0600.

It holds of each user the name, the scrypt hash of the password, the role, and the hashes of the
tokens by which programs ask for him.
"""

import hashlib
import hmac
import json
import re
import secrets
import shlex
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from index import files
from index.console import say
from index.errors import ChatbotError
from webui.door.roles import ROLES, Role

# 64 MiB and about 0.2 s a guess: OWASP's recommendation for scrypt with p = 2 (2^16, 8, 2).
_COST, _BLOCK, _PARALLEL = 2**16, 8, 2
_MAX_MEMORY = 128 * 1024 * 1024
MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 1024
MAX_NAME_CHARS = 256
MAX_TOKENS = 20
"""How many tokens a user may have."""
NEW_ROLE: Role = "editor"
"""What a new user may do where nothing else is said."""
_TOKEN_MARK = "wz-"
_SECRET = re.compile(rb"[\w-]{43}")

_NOBODY = {"salt": secrets.token_hex(16), "scrypt": secrets.token_hex(32)}


class UsersError(ChatbotError):
    """The file of users cannot be used."""


Known = dict[str, dict[str, Any]]
"""Name -> `salt`, `scrypt` (the hash), `role`, `tokens` (their hashes)."""


def add_user(path: Path, name: str, password: str, *, role: Role | None = None) -> bool:
    """Write a user into the file, in the place of an earlier one; return whether there was none.

    Without `role`, the earlier one's is kept; a new user is an editor. Tokens are kept. Raises
    UsersError for a name that is blank or too long, or a password of fewer than 8 or more than
    1,024 characters.
    """
    name = name.strip()
    check_new(name, password)
    users = read_file(path) if path.exists() else {}
    before = users.get(name, {})
    hashed = hashed_password(password)
    users[name] = before | hashed | {"role": role or before.get("role", NEW_ROLE)}
    _write(path, users)
    return not before


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file; a running page shuts him out. Raises UsersError if not there."""
    users = read_file(path)
    _user_of(path, users, name)
    del users[name.strip()]
    _write(path, users)


def add_token(path: Path, name: str) -> str:
    """Return a new token by which a program may ask for a user. The file keeps its hash alone.

    Raises UsersError for an unknown user, or one who has as many as he may.
    """
    users = read_file(path)
    known = _user_of(path, users, name).setdefault("tokens", [])
    check_tokens(path, name, len(known))
    token = new_token()
    known.append(token_hash(token))
    _write(path, users)
    return token


def remove_tokens(path: Path, name: str) -> int:
    """Take all tokens from a user, and return how many. Raises UsersError for an unknown one."""
    users = read_file(path)
    tokens = _user_of(path, users, name).pop("tokens", [])
    _write(path, users)
    return len(tokens)


def read_users(path: Path) -> Known:
    """Return name -> what is known. Raises UsersError when the file holds no users."""
    users = read_file(path)
    if not users:
        raise UsersError(f"{path} holds no user. {advice(path)}")
    return users


class Listed(ABC):
    """Who may log in, by a list that may change at any moment."""

    @abstractmethod
    def _now(self) -> Known:
        """Return the list as it is now. Quick."""

    def mark(self, name: str) -> str | None:
        """Return what changes with the user's password, and None for who is no user. Quick."""
        user = self._now().get(name)
        return str(user["scrypt"]) if user else None

    def role(self, name: str) -> Role:
        """Return what a user may do; least for who is no user."""
        user = self._now().get(name)
        for role in ROLES:
            if user is not None and user.get("role", NEW_ROLE) == role:
                return role
        return "reader"

    def bearer(self, token: str) -> str | None:
        """Return whose token it is, None for nobody's. All are compared, in constant time each.

        A token has 256 random bits: unlike a password, it needs no slow hash.
        """
        sent, found = token_hash(token), None
        for name, user in self._now().items():
            for known in user.get("tokens", ()):
                if hmac.compare_digest(sent, known):
                    found = name
        return found


def fits(user: dict[str, Any] | None, password: str) -> str | None:
    """Return the mark of a user whose password it is, and None otherwise.

    Takes about 0.2 s and 64 MiB, for a name that does not exist as for one that does.
    """
    hashed = user or _NOBODY
    same = hmac.compare_digest(
        _hash(password, bytes.fromhex(hashed["salt"])), bytes.fromhex(hashed["scrypt"])
    )
    return str(user["scrypt"]) if user and same else None


class Users(Listed):
    """The users of a file as it is now: a change of it counts from the next request on.

    While the file cannot be read, it holds nobody.
    """

    def __init__(self, path: Path) -> None:
        """Read the file. Raises UsersError when it holds no users."""
        self._path = path
        self._seen = self._stamp()
        self._users = read_users(path)

    def check(self, name: str, password: str) -> str | None:
        """Return the user's mark if name and password fit. Takes about 0.2 s: see `fits`."""
        return fits(self._users.get(name), password)

    def _now(self) -> Known:
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._users = read_file(self._path)
            except UsersError as error:
                self._users = {}
                say(f"{error} Until then nobody can use the page.")
        return self._users

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


def browser_secret(cache_dir: Path) -> str:
    """Return the key under which browsers keep their conversations, made on first use.

    It outlives restarts of the server, or no conversation would. A damaged one is made anew.
    """
    path = cache_dir / "browser-secret"
    if not path.is_file() or not _SECRET.fullmatch(path.read_bytes()):
        if path.is_dir():
            files.discard(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, secrets.token_urlsafe(32), private=True)
    return path.read_text("utf-8")


def _user_of(path: Path, users: Known, name: str) -> dict[str, Any]:
    """Return what is known of a user. Raises UsersError where there is none of that name."""
    if name.strip() not in users:
        raise no_user(path, name, users)
    return users[name.strip()]


def read_file(path: Path) -> Known:
    """Return name -> what is known, of nobody too. Raises UsersError for what is no such file."""
    try:
        users: Known = json.loads(path.read_text("utf-8"))
        for user in users.values():
            bytes.fromhex(user["salt"]), bytes.fromhex(user["scrypt"])
            for known in user.get("tokens", ()):
                bytes.fromhex(known)
    except OSError as error:
        raise UsersError(
            f"Cannot read the users in {path}: {error.strerror}. {advice(path)}"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsersError(f"{path} is no file of users. {advice(path)}") from error
    return users


def _write(path: Path, users: Known) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, json.dumps(users, ensure_ascii=False, indent=2) + "\n", private=True)


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def advice(place: object) -> str:
    """Return how the first user is added there."""
    return f"Make it: python ui.py --auth {shlex.quote(str(place))} --add-user NAME"


def check_new(name: str, password: str) -> None:
    """Raise UsersError for a blank or too long name, or a too short or too long password."""
    if not name or len(name) > MAX_NAME_CHARS:
        raise UsersError(
            f"A user needs a name of at most {MAX_NAME_CHARS} characters: "
            "python ui.py --auth FILE --add-user NAME"
        )
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise UsersError(
            f"The password needs at least {MIN_PASSWORD_CHARS} characters, and at most "
            f"{MAX_PASSWORD_CHARS:,}."
        )


def check_tokens(place: object, name: str, count: int) -> None:
    """Raise UsersError where a user who has so many tokens may have no more."""
    if count >= MAX_TOKENS:
        raise UsersError(
            f"{name} has {count} tokens, and may have no more. Remove them all: "
            f"python ui.py --auth {shlex.quote(str(place))} --remove-tokens {shlex.quote(name)}"
        )


def no_user(place: object, name: str, known: Iterable[str]) -> UsersError:
    """Return what is wrong where there is no user of that name."""
    return UsersError(f"{place} holds no user {name!r}. It holds: {', '.join(known) or 'nobody'}.")


def new_token() -> str:
    """Return a new token, of 256 random bits."""
    return _TOKEN_MARK + secrets.token_urlsafe(32)


def hashed_password(password: str) -> dict[str, str]:
    """Return the `salt` and `scrypt` of a new password."""
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), "scrypt": _hash(password, salt).hex()}


def _hash(password: str, salt: bytes) -> bytes:
    # "replace": what is no character (half a surrogate pair) can be in no password that was stored.
    return hashlib.scrypt(
        password.encode("utf-8", "replace"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_PARALLEL,
        maxmem=_MAX_MEMORY,
        dklen=32,
    )
