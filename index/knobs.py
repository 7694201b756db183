"""Settings that a flag or the environment may give: the one before the other before the default.

What is empty counts as not given. Imports nothing of this project.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Knob:
    """What gives the field `name` of a settings dataclass.

    A flag, where it has one, then `WENZHENG_NAME`, then `also`, another variable.
    """

    name: str
    flag: str = ""
    metavar: str = "NAME"
    help: str = ""
    convert: Callable[[str], Any] = str
    also: str = ""

    @property
    def variables(self) -> list[str]:
        """The variables of the environment, the one that counts first."""
        return [f"WENZHENG_{self.name.upper()}", *[self.also] * bool(self.also)]


def add_flags(parser: argparse._ActionsContainer, knobs: Sequence[Knob]) -> None:
    """Add the flags, each under the name of its field."""
    for each in knobs:
        if each.flag:
            parser.add_argument(each.flag, dest=each.name, metavar=each.metavar, help=each.help)


def chosen(
    settings: type[_T],
    knobs: Sequence[Knob],
    environ: Mapping[str, str],
    flags: argparse.Namespace | None = None,
) -> _T:
    """Return the settings that flags and environment make of the defaults."""
    given = {}
    for each in knobs:
        flag = getattr(flags, each.name, None)
        # Converted last: an empty path is a path, the folder at hand.
        if said := flag or next(filter(None, map(environ.get, each.variables)), None):
            given[each.name] = each.convert(said)
    return settings(**given)
