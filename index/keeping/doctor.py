"""The checks of `python -m index doctor` on what lies in the folders; the database has its own.

Whatever is derived from the corpus is mended by making it anew. What only the user can decide is
said with what to type.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index import corpus
from index.errors import CorpusError
from index.reports import Report
from index.search.database import Store
from index.search.storing import DocumentStore
from index.search.vectors import VectorIndex
from index.terminal import typed

_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: all well, something that is mended now, or something for the user."""

    check: str
    state: Literal["well", "mended", "needs you"]
    detail: str


def finding(check: str, faults: Sequence[str], *, well: str, remedy: str) -> Finding:
    """Return what was found of something derived: the faults, if any, are mended by the remedy."""
    if not faults:
        return Finding(check, "well", well)
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Finding(check, "mended", f"{faults[0]}{more}; {remedy}")


def leftovers(names: Sequence[str]) -> Finding:
    """Return what was found of what interrupted commands left, which is deleted."""
    names = [f"an interrupted command left {name}" for name in names]
    return finding("leftovers", names, well="none", remedy="deleted")


def changed_unseen(corpus_dir: Path, store: DocumentStore) -> list[str]:
    """Return the documents whose file has other bytes than the index says it has."""
    return [
        doc_id
        for doc_id, state in store.files().items()
        if corpus.exists(corpus_dir, doc_id) and _sha256(corpus_dir, doc_id) != state.sha256
    ]


def documents(reports: Sequence[Report], count: int) -> list[Finding]:
    """Return what an update has made of the differences between corpus and index."""
    refused = [report for report in reports if report.outcome == "refused"]
    mended = [f"{r.name} was not up to date" for r in reports if r.outcome != "refused"]
    held = f"{count} indexed, as they are in the corpus"
    return [
        finding("documents", mended, well=held, remedy="brought up to date"),
        *(Finding("documents", "needs you", f"{r.name}: {r.reason}") for r in refused),
    ]


def sidecars(corpus_dir: Path) -> list[Finding]:
    """Return what is wrong with the files that describe documents. Broken ones are refused."""
    beside = sorted(corpus_dir.rglob(f"*{corpus.META_SUFFIX}"))
    alone = [
        path
        for path in beside
        if not path.with_name(path.name.removesuffix(corpus.META_SUFFIX)).exists()
    ]
    return [
        Finding(
            "sidecars",
            "needs you",
            f"{path} describes no document. Delete it: rm {typed(str(path))}",
        )
        for path in alone
    ] or [Finding("sidecars", "well", f"{len(beside)}, each beside its document")]


def vector_faults(dense: VectorIndex, store: Store) -> list[str]:
    """Return how a file of vectors differs from the database."""
    with store.snapshot():
        if dense.generation != store.generation:
            return ["the file of vectors is missing, damaged or of another generation"]
        ids = dense.ids()
        if not np.array_equal(np.sort(ids), np.sort(store.vector_ids())):
            return ["the file of vectors holds other chunks than the database"]
        for start in range(0, len(ids), _AT_ONCE):
            part = np.arange(start, min(start + _AT_ONCE, len(ids)))
            if not np.array_equal(dense.vectors(part), store.vectors(ids[part])):
                return ["the file of vectors holds other vectors than the database"]
    return []


def _sha256(corpus_dir: Path, doc_id: str) -> str | None:
    try:
        return hashlib.sha256(corpus.read(corpus.locate(corpus_dir, doc_id))).hexdigest()
    except CorpusError:  # the update says why
        return None
