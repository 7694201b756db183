"""Reports of an import -> the same, with a note on each document that is nearly another one.

A document can be nearly another without sharing one chunk: a few changed words in every paragraph.
So documents are compared by the sequences of characters that both hold (Broder 1997, "On the
resemblance and containment of documents"). Of each text, the smallest hashes of its sequences stand
for all. Sequences of characters need no words, so Chinese is compared as English is; spaces,
punctuation and case do not count.

Not every pair is compared. Each document is stored with 32 marks, each made of four sequences that
chance has drawn: documents that are nearly the same share some marks, others hardly any (Leskovec,
Rajaraman & Ullman 2014, "Mining of Massive Datasets", chapter 3).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from index.notes import Note
from index.reports import Report
from index.search.storing import DocumentStore

NEARLY: Final = 0.7
"""The resemblance from which on a document is nearly another: one character in 35 is changed."""

_SEQUENCE_CHARS = 6
_HASHES = 1000
_BLOCK_CHARS = 2**20
# Of pairs that are just nearly the same, one in 600 shares fewer than two marks; of pairs of which
# a fifth is the same, one in 800 shares two.
_MARKS, _DRAWN_EACH = 32, 4
_MIN_SHARED = 2
_COMPARED = 5
_MIN_LENGTH_RATIO = 0.5
_PASSED_OVER = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SEEDS = np.arange(1, _MARKS * _DRAWN_EACH + 1, dtype=np.uint64) * _FACTOR

Sketch = NDArray[np.uint64]


def noted(reports: Sequence[Report], store: DocumentStore) -> list[Report]:
    """Return the reports; a document that is nearly another has a note that names the nearest.

    Of two that came together, the second has the note.
    """
    unseen = {r.doc_id for r in reports if r.doc_id and r.outcome in ("added", "replaced")}
    found: list[Report] = []
    for report in reports:
        if report.doc_id in unseen:
            unseen.remove(report.doc_id)
            if nearest := _nearest(report.doc_id, unseen, store):
                report = replace(report, notes=(*report.notes, Note("near_duplicate", nearest)))
        found.append(report)
    return found


def _nearest(doc_id: str, unseen: Collection[str], store: DocumentStore) -> str | None:
    """Return the document that this one is nearly, None where there is none among those seen."""
    shared = store.sharing_marks(doc_id, _MIN_SHARED)
    others = sorted(shared.keys() - unseen, key=lambda other: (-shared[other], other))[:_COMPARED]
    if not others:
        return None
    text = store.document(doc_id).text
    texts = {other: store.document(other).text for other in others}
    own = sketch(text)
    alike = {
        other: resemblance(own, sketch(its))
        for other, its in texts.items()
        if min(len(text), len(its)) >= _MIN_LENGTH_RATIO * max(len(text), len(its))
    }
    nearest = max(alike, key=lambda other: alike[other], default=None)
    return nearest if nearest and alike[nearest] >= NEARLY else None


def marks(text: str) -> set[int]:
    """Return the numbers, of 64 bits with a sign, that texts nearly the same share some of.

    A text of fewer than six letters and digits has none.
    """
    drawn = np.full(len(_SEEDS), ~np.uint64(0))
    blocks = [hashes for hashes in _hashes(text) if len(hashes)]
    for hashes in blocks:
        drawn = np.minimum(drawn, [((hashes ^ seed) * _FACTOR).min() for seed in _SEEDS])
    found = np.arange(_MARKS, dtype=np.uint64)
    for row in drawn.reshape(_DRAWN_EACH, _MARKS):
        found = (found ^ (found >> np.uint64(29))) * _FACTOR + row
    return set(found.view(np.int64).tolist()) if blocks else set()


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
            mixed = mixed * _FACTOR + codes[place : place + count]
        # The finish of MurmurHash3: the low bits reach the high ones.
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        yield mixed ^ (mixed >> np.uint64(33))
