"""What a thread reads of a build, all of one moment."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from index.milvus import schema
from index.milvus.schema import Facts, Made, Table
from index.milvus.server import Row, Server

FRESH_SECONDS: Final = 0.3
"""For so long facts are taken to be true: a change by another process is seen after that."""


class Moments:
    """The rows of a build that count, at one moment after the other."""

    def __init__(self, server: Server, build: str, made: Made, facts: Facts) -> None:
        """Begin with facts that were just read."""
        self.server = server
        self.build = build
        self.made = made
        self._facts, self._read_at = facts, time.monotonic()
        self._of_thread = threading.local()

    @property
    def facts(self) -> Facts:
        """The facts of this moment; inside `snapshot`, always the same."""
        pinned: Facts | None = getattr(self._of_thread, "facts", None)
        if pinned is not None:
            return pinned
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self.refresh()
        return self._facts

    def take(self, facts: Facts) -> None:
        """Go on from facts that were just read or written."""
        self._read_at = time.monotonic()
        if facts.revision >= self._facts.revision:
            self._facts = facts

    def refresh(self) -> None:
        """Read the facts as they are now: for who begins to write."""
        self.take(schema.read(self.server, self._name("chunks"))[2])

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that this thread reads inside be of one moment, whatever others write."""
        if getattr(self._of_thread, "facts", None) is not None:
            yield
            return
        self._of_thread.facts = self.facts
        try:
            yield
        finally:
            self._of_thread.facts = None

    def _name(self, table: Table) -> str:
        return schema.table(self.build, table)

    def _rows(self, table: Table, where: str, fields: Sequence[str]) -> Iterator[Row]:
        """Yield the rows that count and for which an expression holds."""
        facts = self.facts
        also = f" and {where}" if where else ""
        return self.server.rows(self._name(table), facts.visible + also, fields, since=facts.moment)

    def _rows_with(
        self, table: Table, field: str, values: Sequence[object], fields: Sequence[str]
    ) -> Iterator[Row]:
        """Yield the rows that count and have one of these values in a field."""
        facts = self.facts
        return self.server.rows_with(
            *(self._name(table), field, values, fields),
            since=facts.moment,
            where="" if table == "vectors" else facts.visible,
        )
