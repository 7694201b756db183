"""The options of `ui.py` that change the users, in their file or database, and end there."""

import argparse
import getpass
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from index.console import say
from webui.door.places import Place
from webui.door.roles import ROLES
from webui.user_places import Register, move, open_register

_NAMED = ("add_user", "remove_user", "add_token", "remove_tokens", "move_users")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add them to the options of the page."""
    users = parser.add_argument_group("users; each of these changes the users of --auth, and exits")
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
    moved = (
        "copy the users of a file, and what they keep, into the empty database that --auth names"
    )
    users.add_argument("--move-users", metavar="FILE", type=Path, help=moved)


def run(parser: argparse.ArgumentParser, options: argparse.Namespace, place: Place | None) -> bool:
    """Do what the options say, and return whether they said anything of the kind.

    `place`: where the users are, None where that was not said.
    """
    chosen = [name for name in _NAMED if getattr(options, name) is not None]
    if not chosen:
        if options.role is not None:
            parser.error("--role is of who is added: --auth FILE --add-user NAME --role reader")
        return False
    flag = f"--{chosen[0].replace('_', '-')}"
    if place is None:
        parser.error(f"name the file of users too: python ui.py --auth FILE {flag} NAME")
    if len(chosen) > 1:
        parser.error(f"one at a time: {flag} comes alone")
    if options.move_users is not None:
        _move_users(options.move_users, place)
        return True
    with closing(open_register(place)) as register:
        _COMMANDS[chosen[0]](register, options)
    return True


def _add_user(register: Register, options: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {options.add_user}: ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    is_new = register.add(options.add_user, password, options.role)
    say(f"{options.add_user} may log in now.")
    if is_new and register.keeps(options.add_user.strip()):
        say(
            "What an earlier user of this name kept is there for this one. If that is somebody "
            "else, use --remove-user first, which deletes it, then --add-user again."
        )


def _remove_user(register: Register, options: argparse.Namespace) -> None:
    name = options.remove_user.strip()
    register.remove(name)
    say(f"{name} may not log in any more; conversations and notebook are deleted.")


def _add_token(register: Register, options: argparse.Namespace) -> None:
    token = register.add_token(options.add_token.strip())
    say(f"Keep it now, it is not shown again. Programs may ask for {options.add_token} by it:")
    sys.stdout.write(f"{token}\n")
    sys.stdout.flush()


def _remove_tokens(register: Register, options: argparse.Namespace) -> None:
    count = register.remove_tokens(options.remove_tokens.strip())
    say(f"{options.remove_tokens} had {count} tokens, and has none any more.")


def _move_users(source: Path, place: Place) -> None:
    users, texts = move(source, place)
    say(
        f"{users} users and {texts} texts that they keep are in the database. {source} and what is "
        "beside it are as they were: delete them when you have seen that all is there."
    )


_COMMANDS: dict[str, Callable[[Register, argparse.Namespace], None]] = {
    "add_user": _add_user,
    "remove_user": _remove_user,
    "add_token": _add_token,
    "remove_tokens": _remove_tokens,
}
