"""Normal forms of Unicode in n log n time.

`unicodedata.normalize` puts the marks behind a letter in order by insertion: four thousand of them
in a row take it as long as a book.
"""

import unicodedata
from itertools import groupby
from typing import Literal

import regex

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_MANY_MARKS = regex.compile(r"[\p{M}\uff9e\uff9f]{32,}")
"""The two voicing marks of half-width kana are no marks, but become some in NFKC and NFKD."""


def normalize(form: Form, text: str) -> str:
    """Return what `unicodedata.normalize` returns.

    >>> normalize("NFKD", "ﬁ") == "fi"
    True
    """
    apart: Form = "NFKD" if "K" in form else "NFD"
    in_order = _MANY_MARKS.sub(lambda run: _in_order(apart, run[0]), text)
    return unicodedata.normalize(form, in_order)


def _in_order(form: Form, marks: str) -> str:
    """Return the marks decomposed, and sorted between those that nothing may pass."""
    apart = "".join(unicodedata.normalize(form, mark) for mark in marks)
    parts = groupby(apart, key=lambda mark: unicodedata.combining(mark) > 0)
    return "".join(mark for _, part in parts for mark in sorted(part, key=unicodedata.combining))
