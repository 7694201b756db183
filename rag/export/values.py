"""What is exported: answers with their evidence as one value, whatever format it is drawn in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from index.types import EVERYTHING, Scope
from rag.types import Answer, Citation

Kind = Literal["conversation", "notebook", "answers"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and its answer as a reader saw them.

    `nearest`: what was found for a question that nothing answers. `asked`: when, as `time_of` says
    it, None where nobody noted it. `error`: why there is no answer. `remark`: what a reader wrote
    beside it. The answer's own `passages` are not exported.
    """

    answer: Answer
    nearest: tuple[Citation, ...] = ()
    asked: str | None = None
    stopped: bool = False
    error: str | None = None
    remark: str = ""
    scope: Scope = EVERYTHING

    @property
    def evidence(self) -> tuple[Citation, ...]:
        """What is shown below the answer: what it cites, or else the nearest passages."""
        return self.answer.citations or self.nearest


@dataclass(frozen=True, slots=True)
class Export:
    """Entries in the order in which they were shown. `exported`: when, as `time_of` says it."""

    kind: Kind
    title: str
    exported: str
    entries: tuple[Entry, ...] = ()


def time_of(ms: int) -> str:
    """Return a time in milliseconds since 1970 in ISO 8601, in UTC, by the second.

    >>> time_of(1_917_000_000_999)
    '2030-09-30T12:00:00Z'
    """
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
