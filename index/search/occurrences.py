"""Which chunk holds which terms, and how often.

Terms are in a full-text table (FTS5) that keeps how often each chunk holds each term and no text,
and changes in the same transaction as the chunks. Where a chunk holds "福田" twice, it is given
"福田/2": places of each occurrence would make it twice as large and common terms slow to read.
The title of a document counts as text of each of its chunks.
FTS5 finds what to delete by the terms themselves, so they are made from the stored text again, by
the rule that they were made by: where that rule has changed, all are made anew first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import Chunks, vector_id
from index.search.connections import Connection
from index.search.documents import Entry
from index.search.numbers import joined
from index.search.terms import TERMS_VERSION, terms

_COUNTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_counts USING fts5vocab (main, lexical, row)"
)


class Occurrences(Chunks):
    """The terms of the chunks."""

    def rows_with(
        self, term: str, *, after: int = 0
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the chunks that hold a term, in order, and how often each does.

        Of rows behind `after` alone.
        """
        # A match is three times faster than a walk along the terms.
        once = self._numbers(
            "SELECT group_concat(rowid) FROM lexical(?) WHERE rowid > ?", f'"{term}"', after
        )
        more = self._rows(
            "SELECT term, group_concat(doc) FROM occurrences"
            " WHERE term >= ? AND term < ? AND doc > ? GROUP BY term",
            *(f"{term}/", f"{term}0", after),  # "0" comes after "/"
        )
        each = [(int(entry.rpartition("/")[2]), joined(rows)) for entry, rows in more]
        rows = np.concatenate([once, *(rows for _, rows in each)])
        sizes = [len(once), *(len(rows) for _, rows in each)]
        counts = np.repeat([1, *(count for count, _ in each)], sizes)
        order = np.argsort(rows, kind="stable")
        return rows[order], counts[order]

    def chunk_counts(self, first: str, behind: str, *, at_least: int) -> dict[str, int]:
        """Return the terms from `first` on and before `behind`, and how many chunks hold each.

        Entries of fewer than `at_least` chunks are left out; "福田" and "福田/2" are two entries.
        """
        with self.snapshot():
            # In no file: of this connection alone, which may be one that only reads.
            self._rows(_COUNTS)
            rows = self._rows(
                "SELECT term, doc FROM temp.chunk_counts WHERE term >= ? AND term < ? AND doc >= ?",
                *(first, behind, at_least),
            )
        counts: Counter[str] = Counter()
        for entry, chunks in rows:
            counts[entry.partition("/")[0]] += chunks
        return dict(counts)

    def _put_chunks(
        self, connection: Connection, entry: Entry, terms_of_chunks: Sequence[list[str]]
    ) -> None:
        for chunk, key, found in zip(entry.chunks, entry.keys, terms_of_chunks, strict=True):
            row = connection.execute(
                "INSERT INTO chunks (chunk_id, vector_id, doc_id, start, end, terms, vector_key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(chunk.chunk_id, vector_id(chunk, key)),
                    *(chunk.doc_id, chunk.start, chunk.end, len(found), key),
                ),
            ).lastrowid
            connection.execute(
                "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", (row, counted(found))
            )

    def _forget_chunks(self, connection: Connection, doc_id: str) -> None:
        connection.executemany(
            "INSERT INTO lexical (lexical, rowid, terms) VALUES ('delete', ?, ?)",
            [(row, counted(found)) for row, found in self._terms_of(doc_id)],
        )
        connection.execute(
            "INSERT OR IGNORE INTO loose SELECT vector_key FROM chunks WHERE doc_id = ?", (doc_id,)
        )
        connection.execute("DELETE FROM chunks WHERE doc_id = ?", (doc_id,))

    def _make_terms_anew(self, connection: Connection) -> None:
        connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
        for doc_id in self.doc_ids():
            for row, found in self._terms_of(doc_id):
                connection.execute("UPDATE chunks SET terms = ? WHERE row = ?", (len(found), row))
                connection.execute(
                    "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", (row, counted(found))
                )
        connection.execute("UPDATE facts SET value = ? WHERE name = 'terms'", (TERMS_VERSION,))
        connection.execute(
            "UPDATE facts SET value = 1 + (SELECT value FROM facts WHERE name = 'generation')"
            " WHERE name = 'terms_since'"
        )

    def _terms_of(self, doc_id: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the row and the terms of each chunk of a document, made from its stored text."""
        for title, text in self._rows(
            "SELECT title, text FROM documents JOIN texts USING (doc_id) WHERE doc_id = ?", doc_id
        ):
            chunks = self._rows("SELECT row, start, end FROM chunks WHERE doc_id = ?", doc_id)
            for row, start, end in chunks:
                yield row, chunk_terms(title, text[start:end])


def chunk_terms(title: str, text: str) -> list[str]:
    """Return the terms of a chunk, each as often as it is there."""
    return terms(title) + terms(text)


def counted(found: Sequence[str]) -> str:
    """Return the terms as the full-text table gets them: each once, with how often if more."""
    return " ".join(
        term if count == 1 else f"{term}/{count}" for term, count in Counter(found).items()
    )
