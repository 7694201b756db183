"""Reports of an import -> the same, with a note on each document that is nearly another one.

A document can be nearly another without sharing one chunk: a few changed words in every paragraph.
So the other documents are looked for among the nearest vectors of a few of its chunks, which costs
the same however much text there is, and then compared by the sequences of characters that both
hold (Broder 1997, "On the resemblance and containment of documents"). Of each text, the smallest
hashes of its sequences stand for all. Sequences of characters need no words, so Chinese is compared
as English is; spaces, punctuation and case do not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from index.dense import DenseIndex
from index.formats.content import Note
from index.store import Store
from index.update import Report

NEARLY: Final = 0.7
"""The resemblance from which on a document is nearly another: one character in 35 is changed."""

_SEQUENCE_CHARS = 6
_HASHES = 1000
_BLOCK_CHARS = 2**20
_CHUNKS_LOOKED_AT = 8
_NEAREST = 10
_MIN_LENGTH_RATIO = 0.5
_PASSED_OVER = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

Sketch = NDArray[np.uint64]


def noted(reports: Sequence[Report], store: Store, dense: DenseIndex) -> list[Report]:
    """Return the reports; a document that is nearly another has a note that names the nearest.

    Of two that came together, the second has the note.
    """
    comes = {r.doc_id: r for r in reports if r.doc_id and r.outcome in ("added", "replaced")}
    sketches: dict[str, Sketch] = {}

    def sketch_of(doc_id: str) -> Sketch:
        if doc_id not in sketches:
            sketches[doc_id] = sketch(store.document(doc_id).text)
        return sketches[doc_id]

    for doc_id in list(comes):
        report = comes.pop(doc_id)
        others = [other for other in _near(doc_id, store, dense) if other not in comes]
        alike = {other: resemblance(sketch_of(doc_id), sketch_of(other)) for other in others}
        nearest = max(alike, key=lambda other: alike[other], default="")
        if nearest and alike[nearest] >= NEARLY:
            note = Note("near_duplicate", nearest)
            reports = [replace(r, notes=(*r.notes, note)) if r is report else r for r in reports]
    return list(reports)


def sketch(text: str) -> Sketch:
    """Return the smallest hashes of all sequences of six letters and digits of a text, in order."""
    smallest = np.empty(0, np.uint64)
    for hashes in _hashes(text):
        smallest = np.unique(np.concatenate([smallest, hashes]))[:_HASHES]
    return smallest


def resemblance(one: Sketch, other: Sketch) -> float:
    """Return which share of the sequences that either text holds is in both, 0 to 1."""
    either = np.union1d(one, other)[:_HASHES]
    both = np.intersect1d(one, other, assume_unique=True)
    return float(np.isin(either, both).sum()) / max(len(either), 1)


def _hashes(text: str) -> Iterator[Sketch]:
    for start in range(0, len(text), _BLOCK_CHARS):
        letters = _PASSED_OVER.sub("", text[start : start + _BLOCK_CHARS].casefold())
        codes = np.frombuffer(letters.encode("utf-32-le"), np.uint32).astype(np.uint64)
        count = max(len(codes) - _SEQUENCE_CHARS + 1, 0)
        mixed = np.zeros(count, np.uint64)
        for place in range(_SEQUENCE_CHARS):
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + count]
        # The finish of MurmurHash3: the low bits reach the high ones.
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        yield mixed ^ (mixed >> np.uint64(33))


def _near(doc_id: str, store: Store, dense: DenseIndex) -> list[str]:
    """Return the documents of about the same length with chunks near to those of this one."""
    own_ids = store.vector_ids([doc_id])
    looked_at = own_ids[:: len(own_ids) // _CHUNKS_LOOKED_AT + 1]
    hits = {hit for vector in store.vectors(looked_at) for hit, _ in dense.search(vector, _NEAREST)}
    lengths = store.lengths([*hits, *looked_at.tolist()])
    own = lengths.pop(doc_id, 0)
    return [
        other
        for other, length in lengths.items()
        if min(own, length) >= _MIN_LENGTH_RATIO * max(own, length)
    ]
