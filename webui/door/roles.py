"""What a user may do: a reader asks, an editor also adds, replaces, removes and evaluates."""

from collections.abc import MutableMapping
from typing import Any, Literal, get_args

Role = Literal["reader", "editor"]
ROLES: tuple[Role, ...] = get_args(Role)

_ROLE, _USER = "wenzheng.role", "wenzheng.user"


def write_role(scope: MutableMapping[str, Any], user: str, role: Role) -> None:
    """Note on an ASGI request who sends it."""
    scope[_USER], scope[_ROLE] = user, role


def role_in(scope: MutableMapping[str, Any]) -> Role | None:
    """Return the role of who sends an ASGI request; None where nobody has logged in."""
    role: Role | None = scope.get(_ROLE)
    return role


def user_in(scope: MutableMapping[str, Any]) -> str | None:
    """Return who sends an ASGI request; None where nobody has logged in."""
    user: str | None = scope.get(_USER)
    return user
