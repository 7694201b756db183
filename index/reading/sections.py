"""The sections of a document: its pages, chapters, sheets, slides. A bad one costs itself alone.

A section that raises is left out. One over which the reading process ends, out of time or memory,
is left out as well: the document is read again without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from index.notes import Note
from index.reading.content import printable

_NAMED = 10
"""How many of the sections that are left out are named."""

_T = TypeVar("_T")


@dataclass(slots=True)
class Sections:
    """Reads a document section by section.

    `without` names those to leave out, `until` the one where to stop. `entered` is told of each by
    name before it is read, and gets "" after it; `granted` is told where one needs more time than
    others. `error` is the first reason why something was left out.
    """

    without: frozenset[str] = frozenset()
    until: str = ""
    entered: Callable[[str], None] = lambda name: None
    granted: Callable[[], None] = lambda: None
    error: Exception | None = None
    _lost: dict[str, None] = field(default_factory=dict)
    _over: bool = False

    def read(self, name: str, reading: Callable[[], _T]) -> _T | None:
        """Return what `reading` returns, None for a section that is left out."""
        self._over = self._over or (name == self.until != "")
        if self._over or name in self.without:
            self.leave_out(name)
            return None
        self.entered(name)
        try:
            return reading()
        except Exception as error:  # noqa: BLE001 (the libraries' own, of every kind)
            self.leave_out(name, error)
            return None
        finally:
            self.entered("")

    def leave_out(self, name: str, error: Exception | None = None) -> None:
        """Note that a section is left out."""
        self._lost[name] = None
        self.error = self.error or error

    @property
    def lost(self) -> list[str]:
        """Names of what was left out, each once."""
        return list(self._lost)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the user should know of what was left out."""
        if not self._lost:
            return ()
        return (Note("chapter_skipped", ", ".join(map(printable, self.lost[:_NAMED]))),)
