"""Documents as rows of the collections, and back."""

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.embedders.token_codes import PassageVectors, TokenCodes
from index.milvus.schema import MAX_BYTES, NO_TEXT, NOTHING, PART_BYTES
from index.milvus.scope import dated, normal
from index.milvus.server import Row
from index.search.connections import damaged
from index.search.documents import DocumentSummary, Entry, han_headings
from index.search.lexical import K1, B
from index.search.occurrences import chunk_terms
from index.types import Chunk, FloatArray, Metadata

SHOWN: Final = ("doc_id", "shown")
"""The fields of a line of the list of documents."""

HEADINGS_BITS: Final = 80
"""The number of a heading: its change, and so many bits for its document and its place in it."""

_PLACE_BITS: Final = 16
_NUMBERS_KEPT: Final = 2**16
_NO_VECTOR: Final = [0.0, 1.0]
_PAIR: Final = np.dtype([("term", "<u4"), ("weight", "<f4")])  # as a sparse vector is sent
Numbers = NDArray[np.float64]
Terms = list[list[str]]
"""Of each chunk of a document, its terms."""


def number_of(entry: Entry) -> int:
    """Return the number of a document as it is now: the same for whoever reads it."""
    state = (entry.document.doc_id, entry.file.sha256, entry.file.sidecar_sha256, entry.file.recipe)
    return _hash63("\0".join(state))


def terms_of(entry: Entry) -> Terms:
    """Return the terms of each chunk of a document."""
    title = entry.document.metadata.title
    return [chunk_terms(title, chunk.text) for chunk in entry.chunks]


def document_row(entry: Entry, terms: Terms, since: int) -> Row:
    """Return the row of a document with these terms of its chunks."""
    document, metadata = entry.document, entry.document.metadata
    earliest, latest = dated(metadata.date)
    shown = {
        "metadata": asdict(metadata),
        **{"imported": entry.imported, "encoding": entry.encoding, "language": entry.language},
        **{"characters": len(document.text), "chunks": len(entry.chunks)},
        **{"with_terms": sum(map(bool, terms)), "terms": sum(map(len, terms))},
        "sha256": document.sha256,
    }
    return {
        **{"number": number_of(entry), "document": number_of(entry), "since": since},
        **{"doc_id": document.doc_id, "name": normal(document.doc_id)},
        **{"earliest": earliest, "latest": latest},
        **{"title": metadata.title, "shown": json.dumps(shown, ensure_ascii=False)},
        **{"signature": entry.file.signature, "recipe": entry.file.recipe},
        **{"file_sha256": entry.file.sha256, "sidecar_sha256": entry.file.sidecar_sha256},
        **{"marks": sorted(entry.marks), NOTHING: _NO_VECTOR},
    }


def shown_of(row: Row) -> dict[str, Any]:
    """Return what is known of a document beside what it is looked up by."""
    read: dict[str, Any] = json.loads(row["shown"])
    return read


def summary(row: Row) -> DocumentSummary:
    """Return a line of the list of documents."""
    shown = shown_of(row)
    return DocumentSummary(
        row["doc_id"],
        Metadata(**shown["metadata"]),
        *(shown["imported"], shown["encoding"], shown["language"]),
        *(shown["characters"], shown["chunks"]),
    )


def part_rows(entry: Entry, since: int) -> Iterator[Row]:
    """Yield the rows of a document's text, headings, pages and places of lines."""
    document, number = entry.document, number_of(entry)
    first = (since << HEADINGS_BITS) + (number << _PLACE_BITS)
    headings = list(enumerate(han_headings(document), first))
    long = {
        "text": document.text,
        "pages": json.dumps(document.pages),
        "places": encoded(document.places.packed),
        **({"headings": json.dumps(headings, ensure_ascii=False)} if headings else {}),
    }
    for kind, data in long.items():
        yield from pieces(kind, number, since, data)


def pieces(kind: str, number: int, since: int, data: str) -> Iterator[Row]:
    """Yield the rows of something long that belongs to a document, or to none: 0."""
    for part, piece in enumerate(_cut(data)):
        yield {
            **{"place": f"{kind}/{number or since}/{part}", "document": number, "since": since},
            **{"kind": kind, "part": part, "data": piece, NOTHING: _NO_VECTOR},
        }


def joined(rows: Sequence[Row]) -> str:
    """Return what was cut into these pieces."""
    return "".join(row["data"] for row in sorted(rows, key=lambda row: int(row["part"])))


def chunk_rows(
    entry: Entry, terms: Terms, vectors: Mapping[bytes, FloatArray], mean: float, since: int
) -> Iterator[Row]:
    """Yield the rows of a document's chunks, without weights where there is no `mean` length."""
    number, doc_id = number_of(entry), entry.document.doc_id
    earliest, latest = dated(entry.document.metadata.date)
    for chunk, key, found in zip(entry.chunks, entry.keys, terms, strict=True):
        row = {
            "row": _hash63(f"{number}/{chunk.start}"),
            **{"document": number, "since": since, "doc_id": doc_id, "name": normal(doc_id)},
            **{"earliest": earliest, "latest": latest, "chunk_id": chunk.chunk_id},
            **{"start": chunk.start, "end": chunk.end, "terms": len(found), "key": key.hex()},
            # What is longer, a run without any known word, is read from the document.
            "text": chunk.text if len(chunk.text.encode()) <= MAX_BYTES else NO_TEXT,
            "dense": vectors[key],
        }
        if mean:
            row["weights"] = weights(found, mean) or {0: 1e-6}  # none may be empty
        yield row


def chunk_of(row: Row, text: str | None = None) -> Chunk:
    """Return the chunk of a row. Raises IndexMismatchError when it is not what was stored."""
    chunk = Chunk(row["doc_id"], row["start"], row["end"], row["text"] if text is None else text)
    if chunk.chunk_id != row["chunk_id"]:
        raise damaged(f"a chunk of {chunk.doc_id} has changed")
    return chunk


def vector_row(key: bytes, vectors: PassageVectors) -> Row:
    """Return the row of what was embedded."""
    tokens = encoded(vectors.tokens.to_bytes()) if vectors.tokens else NO_TEXT
    return {
        **{"key": key.hex(), "pooled": encoded(vectors.pooled.astype(np.float32).tobytes())},
        **{"tokens": tokens, NOTHING: _NO_VECTOR},
    }


def pooled_of(row: Row) -> FloatArray:
    """Return the vector of a row."""
    return np.frombuffer(decoded(row["pooled"]), np.float32)


def codes_of(row: Row) -> TokenCodes | None:
    """Return the token codes of a row, None where it has none."""
    return None if row["tokens"] == NO_TEXT else TokenCodes.from_bytes(decoded(row["tokens"]))


def weights(found: Sequence[str], mean: float) -> dict[int, float]:
    """Return by the numbers of its terms what each adds to a chunk's BM25 score.

    But for how rare a term is, which a question weighs it by.
    """
    norm = K1 * (1 - B + B * len(found) / mean)
    return {
        term_number(term): count * (K1 + 1) / (count + norm)
        for term, count in Counter(found).items()
    }


def weights_of(
    hits: Any,  # noqa: ANN401 (pymilvus' own kind of list)
    asked: Sequence[str],
) -> Numbers:
    """Return the weights that what was found has of each of these terms: shape (terms, hits).

    When the hits are looked at, pymilvus takes sparse vectors apart number by number, which takes
    longer than everything else does: so they are taken out before, and looked through together.
    """
    numbers = [term_number(term) for term in asked]
    for field in hits.lazy_field_data:
        if field.field_name == "weights":
            hits.lazy_field_data.remove(field)
            sent = field.vectors.sparse_float_vector.contents
            return _weights_in(sent[hits.start : hits.start + len(hits)], numbers)
    every = [hit["entity"]["weights"] for hit in hits]
    return np.array([[weighed.get(number, 0.0) for weighed in every] for number in numbers])


def _weights_in(vectors: Sequence[bytes], numbers: Sequence[int]) -> Numbers:
    """Return likewise what is in sparse vectors as they are sent."""
    asked = np.array(numbers, np.uint32)
    pairs = np.frombuffer(b"".join(vectors), _PAIR)
    places = np.flatnonzero(np.isin(pairs["term"], asked))
    ends = np.cumsum([len(vector) // _PAIR.itemsize for vector in vectors])
    in_order = np.argsort(asked)
    rows = in_order[np.searchsorted(asked, pairs["term"][places], sorter=in_order)]
    found = np.zeros((len(asked), len(vectors)))
    found[rows, np.searchsorted(ends, places, side="right")] = pairs["weight"][places]
    return found


def counts_of(weighed: Numbers, lengths: Numbers, mean: float) -> Numbers:
    """Return how often chunks hold terms, from their weights: shape (terms, chunks).

    `lengths` says how many terms each chunk has, `mean` is that by which the weights were made.
    """
    norms = K1 * (1 - B + B * lengths / mean)
    counts: Numbers = np.rint(weighed * norms / (K1 + 1 - weighed))
    return counts


@lru_cache(maxsize=_NUMBERS_KEPT)
def term_number(term: str) -> int:
    """Return the number of a term among the dimensions of the sparse vectors.

    >>> term_number("福田") == term_number("福田"), term_number("a") < 2**32 - 1
    (True, True)
    """
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest()) % (2**32 - 2) + 1


def packed(values: Mapping[str, Any]) -> str:
    """Return values as one compressed text."""
    return encoded(zlib.compress(json.dumps(values, ensure_ascii=False).encode()))


def unpacked(data: str) -> dict[str, Any]:
    """Return what `packed` was called on."""
    read: dict[str, Any] = json.loads(zlib.decompress(decoded(data)))
    return read


def encoded(data: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """Return what `encoded` was called on."""
    return base64.b64decode(text)


def _cut(text: str) -> Iterator[str]:
    """Yield pieces of a text that fit into a field each; an empty text is one."""
    step = PART_BYTES // (1 if text.isascii() else 4)
    for start in range(0, len(text) or 1, step):
        yield text[start : start + step]


def _hash63(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
