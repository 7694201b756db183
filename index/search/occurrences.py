"""Which chunk holds which terms, and how often.

Terms are in a full-text table (FTS5) that keeps how often each chunk holds each term and no text,
and changes in the same transaction as the chunks. Where a chunk holds "福田" twice, it is given
"福田/2": places of each occurrence would make it twice as large and common terms slow to read.
The title of a document counts as text of each of its chunks. How many chunks hold a term, and how
many titles, is kept beside that: to count it would take a walk along all of them. A term that is
gone stays there with no chunk, so that who has read it sees that it has changed.
FTS5 finds what to delete by the terms themselves, so they are made from the stored text again, by
the rule that they were made by: where that rule has changed, all are made anew first.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.chunks import Chunks, vector_id
from index.search.connections import Connection
from index.search.documents import Entry
from index.search.numbers import joined
from index.search.terms import TERMS_VERSION, terms

_COUNT = (
    "INSERT INTO words VALUES (?1, ?2, ?3, ?4) ON CONFLICT (term) DO UPDATE SET"
    " chunks = chunks + ?2, titles = titles + ?3, since = ?4"
)
_NAMES_AT_MOST = 0.5  # of the titles hold a name


class Occurrences(Chunks):
    """The terms of the chunks."""

    def rows_with(
        self, term: str, *, after: int = 0, at_most: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the chunks that hold a term, in order, and how often each does.

        Of rows behind `after` alone. No more than `at_most` chunks hold it, if that is known.
        """
        # A match is three times faster than a walk along the terms.
        once = self._numbers(
            "SELECT group_concat(rowid) FROM lexical(?) WHERE rowid > ?", f'"{term}"', after
        )
        if len(once) == at_most:
            return np.sort(once), np.ones(len(once), np.int64)
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

    def word_counts(self, *, since: int = -1) -> dict[str, int]:
        """Return how many chunks hold each term, of those for which that changed since then.

        `since` is a generation. Terms that no chunk holds any more have 0.
        """
        return dict(self._rows("SELECT term, chunks FROM words WHERE since > ?", since))

    def chunks_with(self, asked: Collection[str]) -> dict[str, int]:
        """Return how many chunks hold each of these terms, of those that any has held."""
        return dict(
            self._rows(
                "SELECT term, chunks FROM words WHERE term IN (SELECT value FROM json_each(?))",
                json.dumps(list(asked)),
            )
        )

    def terms_held(self, at_least: int) -> list[str]:
        """Return the terms that so many chunks hold, or more."""
        return [
            term for (term,) in self._rows("SELECT term FROM words WHERE chunks >= ?", at_least)
        ]

    def names_among(self, asked: Collection[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""
        rows = self._rows(
            "SELECT term FROM words WHERE term IN (SELECT value FROM json_each(?))"
            f" AND titles BETWEEN 1 AND {_NAMES_AT_MOST} * (SELECT count(*) FROM documents)",
            json.dumps(list(asked)),
        )
        return frozenset(term for (term,) in rows)

    def _put_chunks(
        self, connection: Connection, entry: Entry, terms_of_chunks: Sequence[list[str]]
    ) -> None:
        """Store the chunks of a document, and which terms each holds."""
        connection.executemany(
            "INSERT INTO chunks (chunk_id, vector_id, doc_id, start, end, terms, vector_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(chunk.chunk_id, vector_id(chunk, key)),
                    *(chunk.doc_id, chunk.start, chunk.end, len(found), key),
                )
                for chunk, key, found in zip(entry.chunks, entry.keys, terms_of_chunks, strict=True)
            ),
        )
        ((last,),) = connection.execute("SELECT last_insert_rowid()")
        rows = range(last - len(terms_of_chunks) + 1, last + 1)  # one behind the other
        connection.executemany(
            "INSERT INTO lexical (rowid, terms) VALUES (?, ?)",
            zip(rows, map(counted, terms_of_chunks), strict=True),
        )

    def _forget_chunks(self, connection: Connection, doc_id: str) -> None:
        held = list(self._terms_of(doc_id))
        connection.executemany(
            "INSERT INTO lexical (lexical, rowid, terms) VALUES ('delete', ?, ?)",
            [(row, counted(found)) for row, found in held],
        )
        for title in self.titles_of([doc_id]).values():
            self._count(connection, [(title, [found for _, found in held])], -1)
        connection.execute(
            "INSERT OR IGNORE INTO loose SELECT vector_key FROM chunks WHERE doc_id = ?", (doc_id,)
        )
        connection.execute("DELETE FROM chunks WHERE doc_id = ?", (doc_id,))

    def _make_terms_anew(self, connection: Connection) -> None:
        connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
        connection.execute("DELETE FROM words")
        for doc_id in self.doc_ids():
            held = list(self._terms_of(doc_id))
            title = self.titles_of([doc_id])[doc_id]
            self._count(connection, [(title, [found for _, found in held])], 1)
            for row, found in held:
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
        for title in self.titles_of([doc_id]).values():
            text = self.text(doc_id)
            chunks = self._rows("SELECT row, start, end FROM chunks WHERE doc_id = ?", doc_id)
            for row, start, end in chunks:
                yield row, chunk_terms(title, text[start:end])

    def _count(
        self,
        connection: Connection,
        documents: Iterable[tuple[str, Sequence[Sequence[str]]]],
        by: int,
    ) -> None:
        """Count the terms of documents, given as title and terms by chunk: once more, or less."""
        of_chunks, of_titles = Counter[str](), Counter[str]()
        for title, chunks in documents:
            for found in chunks:
                of_chunks.update(set(found))
            of_titles.update(set(terms(title)))
        generation = self.generation + 1
        connection.executemany(
            _COUNT,
            [
                (term, by * of_chunks[term], by * of_titles[term], generation)
                for term in of_chunks.keys() | of_titles
            ],
        )


def chunk_terms(title: str, text: str) -> list[str]:
    """Return the terms of a chunk, each as often as it is there."""
    return terms(title) + terms(text)


def counted(found: Sequence[str]) -> str:
    """Return the terms as the full-text table gets them: each once, with how often if more."""
    return " ".join(
        term if count == 1 else f"{term}/{count}" for term, count in Counter(found).items()
    )
