"""The options of `ui.py` that change the file of users, and end there."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index.console import say
from webui.door import auth
from webui.door.auth import UsersError
from webui.door.roles import ROLES
from webui.user_store import UserStore, beside

_Told = TypeVar("_Told")
_NAMED = ("add_user", "remove_user", "add_token", "remove_tokens")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add them to the options of the page."""
    users = parser.add_argument_group("users; each of these changes the --auth file, and exits")
    users.add_argument("--add-user", metavar="NAME", help="add a user, or give him a new password")
    users.add_argument(
        "--role",
        choices=ROLES,
        help="of who is added: readers ask, editors also add, replace, remove and evaluate; "
        "by default as before, or editor",
    )
    users.add_argument(
        "--remove-user",
        metavar="NAME",
        help="remove a user, who is out at once, with tokens, conversations and notebook",
    )
    users.add_argument(
        "--add-token", metavar="NAME", help="print a new token for programs that ask for a user"
    )
    users.add_argument(
        "--remove-tokens", metavar="NAME", help="remove all tokens of a user; they are out at once"
    )


def run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> bool:
    """Do what the options say, and return whether they said anything of the kind."""
    chosen = [name for name in _NAMED if getattr(options, name) is not None]
    if not chosen:
        if options.role is not None:
            parser.error("--role is of who is added: --auth FILE --add-user NAME --role reader")
        return False
    flag = f"--{chosen[0].replace('_', '-')}"
    if options.auth is None:
        parser.error(f"name the file of users too: python ui.py --auth FILE {flag} NAME")
    if len(chosen) > 1:
        parser.error(f"one at a time: {flag} comes alone")
    _COMMANDS[chosen[0]](options.auth, options)
    return True


def _add_user(path: Path, options: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {options.add_user}: ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    is_new = auth.add_user(path, options.add_user, password, role=options.role)
    say(f"{options.add_user} may log in now.")
    if is_new and _kept_of(path, options.add_user.strip(), UserStore.holds):
        say(
            "What an earlier user of this name kept is there for this one. If that is somebody "
            "else, use --remove-user first, which deletes it, then --add-user again."
        )


def _remove_user(path: Path, options: argparse.Namespace) -> None:
    name = options.remove_user.strip()
    try:
        auth.remove_user(path, name)
    except UsersError:
        # Taken out of the file by hand, what was kept may still be there.
        if not _kept_of(path, name, UserStore.forget):
            raise
    else:
        _kept_of(path, name, UserStore.forget)
    say(f"{name} may not log in any more; conversations and notebook are deleted.")


def _add_token(path: Path, options: argparse.Namespace) -> None:
    token = auth.add_token(path, options.add_token)
    say(f"Keep it now, it is not shown again. Programs may ask for {options.add_token} by it:")
    sys.stdout.write(f"{token}\n")
    sys.stdout.flush()


def _remove_tokens(path: Path, options: argparse.Namespace) -> None:
    count = auth.remove_tokens(path, options.remove_tokens)
    say(f"{options.remove_tokens} had {count} tokens, and has none any more.")


def _kept_of(users: Path, name: str, ask: Callable[[UserStore, str], _Told]) -> _Told | None:
    """Return what the store says of a user; None where nobody has kept anything yet."""
    if not (path := beside(users)).exists():
        return None
    store = UserStore(path)
    try:
        return ask(store, name)
    finally:
        store.close()


_COMMANDS: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "add_user": _add_user,
    "remove_user": _remove_user,
    "add_token": _add_token,
    "remove_tokens": _remove_tokens,
}
