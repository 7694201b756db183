"""Which documents a question is asked of: patterns of their ids, a range of dates.

A pattern is a document, a folder ("reports" or "reports/": everything under it), or has wildcards:
`*` stands for any characters, "/" among them, `?` for one, `[ab]` for one of these. A document that
is dated by its year or month alone is in range when a part of that time is; one without a date is
in no range.
"""

import datetime
import fnmatch
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import regex

from index.errors import ChatbotError
from index.text.folding import normalize
from index.types import Scope

_PERIOD = regex.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", regex.ASCII)
_LATEST = "9999-99-99"
_SHORT = 255
WILDCARDS = frozenset("*?[")


def make_scope(
    patterns: Iterable[str] = (),
    *,
    since: str | None = None,
    until: str | None = None,
    doc_ids: Collection[str],
) -> Scope:
    """Return the scope that a user typed. `doc_ids` are the documents that there are.

    Dates are ISO 8601, or their first parts: "2020", "2020-10". Raises ChatbotError for a date that
    is none, for a range that ends before it begins, and for a pattern that matches no document.
    """
    for date in filter(None, (since, until)):
        check_date(date)
    scope = Scope(tuple(patterns), since or None, until or None)
    if since and until and since[: len(until)] > until:
        raise ChatbotError(
            f"No date is since {since} and until {until}. Exchange the two.", code="no_period"
        )
    for pattern in scope.patterns:
        holds = _pattern_matcher([pattern])
        if not any(map(holds, doc_ids)):
            raise ChatbotError(
                f"No document is called {pattern!r} or lies under it. See: python -m index list",
                code="no_match",
            )
    return scope


def matcher(scope: Scope) -> Callable[[str, str | None], bool]:
    """Return a function that tells of a doc_id and a date whether the scope holds the document.

    >>> holds = matcher(Scope(("reports",), since="2020-10", until="2021"))
    >>> holds("reports/a.md", "2021-12-31"), holds("reports/b.md", None), holds("c.md", "2021")
    (True, False, False)
    """
    matches = _pattern_matcher(scope.patterns) if scope.patterns else None
    has_range = scope.since is not None or scope.until is not None

    def holds(doc_id: str, date: str | None) -> bool:
        if has_range and not _in_range(scope, date):
            return False
        return matches is None or matches(doc_id)

    return holds


def _pattern_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    named = {_normal(pattern) for pattern in patterns}
    folders = {name.rstrip("/") for name in named}
    wild = [name for name in named if not WILDCARDS.isdisjoint(name)]
    globs = "|".join(_translated(glob) for name in wild for glob in (name, f"{name.rstrip('/')}/*"))
    compiled = re.compile(globs) if wild else None

    def matches(doc_id: str) -> bool:
        name = _normal(doc_id)
        return (
            name in named
            or ("/" in name and not folders.isdisjoint(_above(name)))
            or (compiled is not None and compiled.match(name) is not None)
        )

    return matches


def _above(name: str) -> Iterator[str]:
    """Yield the folders above a document."""
    end = name.find("/")
    while end >= 0:
        yield name[:end]
        end = name.find("/", end + 1)


def _translated(glob: str) -> str:
    """Return a glob as a regular expression.

    `fnmatch` looks for the end of a class behind each bracket; behind the last "]" there is none,
    and a bracket is itself. NUL, which is in no name, takes its place.
    """
    head, close, tail = glob.rpartition("]")
    tail = tail.replace("[", "\0")
    return fnmatch.translate(f"{head}{close}{tail}").replace("\0", r"\[")


def _normal(name: str) -> str:
    """Return a name in the one form that two systems' spellings of it share."""
    # Most names are in it already, which is told five times faster than it is made.
    if name.isascii() or (len(name) <= _SHORT and unicodedata.is_normalized("NFC", name)):
        return name
    return normalize("NFC", name)


def _in_range(scope: Scope, date: str | None) -> bool:
    if date is None or not _PERIOD.match(date):
        return False
    since, until = scope.since or "", scope.until or _LATEST
    return date >= since[: len(date)] and date[: len(until)] <= until


def check_date(date: str) -> None:
    """Raise ChatbotError when a text is no date, month or year as documents have them."""
    match = _PERIOD.fullmatch(date)
    try:
        if match is None:
            raise ValueError(date)
        year, month, day = match.groups("1")
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise ChatbotError(
            f"{date!r} is no date. Type it as 2020-10-14, 2020-10 or 2020.", code="bad_date"
        ) from None
