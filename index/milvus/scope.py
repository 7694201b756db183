"""Which documents a question is asked of, as an expression that Milvus holds rows against.

It means what `index/search/scope.py` means. A document or a folder that is named, and dates, are
looked at by Milvus; names with wildcards, which its expressions know only in part, are looked up
here in the list of documents first.
"""

from collections.abc import Callable, Collection
from typing import Final

from index.milvus.schema import NO_TEXT
from index.milvus.server import literal
from index.search.scope import WILDCARDS
from index.text.folding import normalize
from index.types import Scope

_LATEST: Final = "9999-99-99"


def normal(name: str) -> str:
    """Return a name in the one form that two systems' spellings of it share."""
    return normalize("NFC", name)


def dated(date: str | None) -> tuple[str, str]:
    """Return the first and the last day that a date may stand for; both NO_TEXT where it is none.

    >>> dated("2020-10"), dated(None)
    (('2020-10', '2020-10-99'), ('-', '-'))
    """
    if not date or not date[:4].isdigit():
        return NO_TEXT, NO_TEXT  # which comes before all digits
    return date, date + _LATEST[len(date) :]


def expression(scope: Scope, matching: Callable[[Scope], Collection[str]]) -> str:
    """Return the expression that holds for rows of the documents of a scope; empty for all.

    `matching` returns the ids of the documents that a scope of patterns with wildcards holds.
    """
    parts = [_patterns(scope, matching)] if scope.patterns else []
    if scope.since:
        parts.append(f"latest >= {literal(scope.since)}")
    if scope.until:
        last = scope.until + _LATEST[len(scope.until) :]
        parts.append(f"earliest <= {literal(last)} and earliest > {literal(NO_TEXT)}")
    return " and ".join(parts)


def _patterns(scope: Scope, matching: Callable[[Scope], Collection[str]]) -> str:
    """Return the expression of names and folders; what is in a folder comes between two names."""
    names = sorted({normal(pattern) for pattern in scope.patterns})
    either = [f"name in {literal(names)}"]
    for folder in sorted({name.rstrip("/") for name in names}):
        either.append(f"(name > {literal(folder + '/')} and name < {literal(folder + '0')})")
    wild = tuple(p for p in scope.patterns if not WILDCARDS.isdisjoint(p))
    if wild:
        either.append(f"doc_id in {literal(sorted(matching(Scope(wild))))}")
    return f"({' or '.join(either)})"
