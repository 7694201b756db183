"""Marks of notes set apart from the word in front of them, which is then found as a word."""

from itertools import islice
from typing import Any

import regex

_MARK = regex.compile(r"\s*[\[(（]?\s*(\d{1,4}|[ivxlc]{1,6}|[a-z]|[*†‡§]{1,3})\s*[\])）]?\s*")
_BACK = regex.compile(r"\s*[↩↑⤴^\ufe0e\ufe0f]{1,3}\s*")
_MOST_INSIDE = 8
"""A mark holds fewer elements; what links hold in a link is not looked through once for each."""
_TYPES = frozenset({"noteref", "doc-noteref"})
# Behind fewer letters it is an exponent: m², km³, cos². Behind a mark of a sentence it is none.
_NOTE_MARK = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}]{4})([⁰¹²³⁴-⁹]{1,3}+|[①-⑳])(?!\w)")


def apart(text: str) -> str:
    """Return the text with a space in front of raised numbers that are no exponents.

    >>> apart("Das Teleskop¹ steht auf 12 km² Fläche.")
    'Das Teleskop ¹ steht auf 12 km² Fläche.'
    """
    return _NOTE_MARK.sub(r" \1", text)


def set_apart(soup: Any) -> None:  # noqa: ANN401 (Beautiful Soup's own)
    """Put the marks that lead to notes into brackets, and take out the arrows that lead back.

    >>> from bs4 import BeautifulSoup
    >>> soup = BeautifulSoup('<p>a mill<a href="#n1"><sup>1</sup></a></p>', "lxml")
    >>> set_apart(soup)
    >>> soup.get_text()
    'a mill[1]'
    """
    for link in soup.find_all("a", href=True):
        inside = list(islice(link.descendants, _MOST_INSIDE))
        if len(inside) == _MOST_INSIDE:
            continue
        text = "".join(piece for piece in inside if isinstance(piece, str))
        if _BACK.fullmatch(text):
            link.decompose()
        elif (mark := _MARK.fullmatch(text)) and _leads_to_note(link):
            link.string = f"[{mark[1]}]"


def _leads_to_note(link: Any) -> bool:  # noqa: ANN401
    """Whether a link to a place in a text is marked as one to a note, or is set high."""
    stated = {str(link.get("epub:type")), str(link.get("role"))}
    raised = link.find("sup") is not None or (link.parent is not None and link.parent.name == "sup")
    return bool(stated & _TYPES) or (raised and "#" in link["href"])
