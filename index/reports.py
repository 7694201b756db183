"""What long work tells while it goes on, and what became of each document of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from index.notes import Note

Notify = Callable[[str], None]
"""Called with a sentence for the user."""

Progress = Callable[[str, int, int], None]
"""Called with the document at hand, how many bytes of files are done, and how many there are.

That is 0 as long as it is not known. What it raises interrupts the work.
"""


def silent(name: str, done: int, total: int) -> None:
    """Show no progress."""


Outcome = Literal["added", "replaced", "unchanged", "refused", "removed"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one document.

    `reason` says why it was refused, or what it equals; `code` is the error's. `encoding` is what a
    file of text was read as, `language` what the text is in, `notes` say what was lost in reading.
    """

    name: str
    outcome: Outcome
    doc_id: str | None = None
    characters: int = 0
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    reason: str | None = None
    code: str = ""
    encoding: str | None = None
    language: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of all documents of one import: how many of each outcome, and sums."""

    outcomes: dict[Outcome, int]
    characters: int
    chunks: int
    embedded: int
    seconds: float

    @property
    def chunks_per_second(self) -> float:
        """The rate of the whole: reading, embedding and storing."""
        return self.chunks / self.seconds if self.seconds else 0.0


def total(reports: Sequence[Report], seconds: float) -> Totals:
    """Return the sums of the reports of an import that took so many seconds."""
    return Totals(
        outcomes=dict(Counter(report.outcome for report in reports)),
        characters=sum(report.characters for report in reports),
        chunks=sum(report.chunks for report in reports),
        embedded=sum(report.embedded for report in reports),
        seconds=seconds,
    )
