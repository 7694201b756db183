"""What statements in English and German have in common: years, and subjects that are names."""

import regex

from index.text.numbers import Number


def is_year(number: Number) -> bool:
    """Return whether a number is a year by itself."""
    return regex.fullmatch(r"1\d{3}|20\d{2}", number.text) is not None


def is_name(subject: str, *articles: str) -> bool:
    """Return whether a subject names one thing: a word without an article, or two to five.

    >>> is_name("Internet2", "The"), is_name("The reason", "The"), is_name("The old mill", "The")
    (True, False, True)
    """
    first, *others = subject.split() or [""]
    named = others if first in articles else [first, *others]
    return 2 <= len(named) <= 5 or (not others and len(first) > 2)
