"""A build that many processes fill at once, each with documents of its own, and none waits.

All that they write is of the first change, which is completed by one of them in the end. Rows have
keys that are made of what they hold, so a document may be written twice, by a worker that died and
the one that took over. Who begins again leaves out what is there.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from index.embedders.token_codes import PassageVectors
from index.milvus import rows, schema
from index.milvus.counts import count_rows, difference
from index.milvus.schema import Facts
from index.milvus.server import Row
from index.milvus.store import MilvusStore
from index.search.documents import Entry, FileState

FIRST: Final = 1
"""The change that all write."""

MEAN: Final = 256.0
"""How many terms a passage is taken to have: the scores of what is found are exact all the same."""

_DOCUMENTS_AT_ONCE: Final = 200
_OF_FIRST: Final = f"since == {FIRST}"


def put_beside(
    store: MilvusStore, entries: Sequence[Entry], vectors: Mapping[bytes, PassageVectors]
) -> None:
    """Write whole documents with the vectors of all of their chunks; nobody sees them yet."""
    numbers = [rows.number_of(entry) for entry in entries]
    _delete(store, numbers)  # what a worker that died has left of them
    store.put_vectors(vectors)
    found = [rows.terms_of(entry) for entry in entries]
    words: list[Row] = []
    for entry, terms in zip(entries, found, strict=True):
        changes = difference([(entry.document.metadata.title, terms, 1)])
        words += count_rows("words", changes, FIRST, rows.number_of(entry))
    store.server.insert(schema.table(store.build, "parts"), words)
    pooled = {key: each.pooled for key, each in vectors.items()}
    store.write_documents(entries, found, pooled, Facts(generation=FIRST, mean=MEAN))


def files_there(store: MilvusStore) -> dict[str, FileState]:
    """Return doc_id -> state of the file of each document that is written whole."""
    return {
        row["doc_id"]: FileState(
            row["file_sha256"], row["sidecar_sha256"], row["signature"], row["recipe"]
        )
        for row in _first(
            store,
            "documents",
            ["doc_id", "file_sha256", "sidecar_sha256", "signature", "recipe"],
        )
    }


def complete(store: MilvusStore, wanted: Mapping[str, Collection[str]]) -> None:
    """Make all that was written the first change of the build.

    `wanted` are the documents, each with the signatures that may be noted of its file; what else
    is there is deleted.
    """
    server, parts = store.server, schema.table(store.build, "parts")
    documents = _first(store, "documents", ["number", "doc_id", "signature", "shown"])
    there = [row for row in documents if row["signature"] in wanted.get(row["doc_id"], ())]
    stray = sorted({row["number"] for row in documents} - {row["number"] for row in there})
    _delete(store, stray)
    chunks: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    for row in server.rows(parts, f'kind == "words" and {_OF_FIRST}', ["data"], since=0):
        for term, (held, named) in rows.unpacked(row["data"]).items():
            chunks[term] += held
            titles[term] += named
    every = {term: (chunks[term], titles[term]) for term in chunks.keys() | titles.keys()}
    base = list(count_rows("base", every, FIRST))
    server.insert(parts, base, replacing=True)
    shown = [rows.shown_of(row) for row in there]
    store.complete(
        replace(
            store.facts,
            generation=FIRST,
            moment=store.now(),
            documents=len(there),
            chunks=sum(each["chunks"] for each in shown),
            with_terms=sum(each["with_terms"] for each in shown),
            terms=sum(each["terms"] for each in shown),
            mean=MEAN,
            words_from=FIRST,
            languages=dict(Counter(each["language"] for each in shown)),
        )
    )


def _delete(store: MilvusStore, numbers: Sequence[int]) -> None:
    """Delete all rows of documents."""
    for name in schema.SEARCHED:
        for start in range(0, len(numbers), _DOCUMENTS_AT_ONCE):
            some = f"document in {list(numbers[start : start + _DOCUMENTS_AT_ONCE])}"
            table = schema.table(store.build, name)
            store.server.delete_where(table, some, since=0)


def _first(store: MilvusStore, name: schema.Table, fields: Sequence[str]) -> list[Row]:
    return list(
        store.server.rows(schema.table(store.build, name), _OF_FIRST, list(fields), since=0)
    )
