"""The title that a text bears: its first heading, or a first line that is no sentence."""

import regex

from index.cutting.paragraphs import LIST_ITEM, columns
from index.reading.text.markdown import code_and_text

_LINES = 200
_HEADING = regex.compile(r"#{1,3}\s")
_MOST_COLUMNS = 100
_LETTER = regex.compile(r"\p{L}")
# What introduces, greets or tells is no title; a question may be one.
_ENDS = regex.compile(r"[。．.｡।۔؛;；:：,，、،][\p{Pe}\p{Pf}\"']*$")
_WITHIN = regex.compile(r"[。！？｡।۔][^\p{Pe}\p{Pf}]|[.!?][\p{Pe}\p{Pf}\"']*\s+\p{Lu}\p{Ll}+\s")
_NO_TITLE = regex.compile(r"\s*+(?:\||(?:Q|A|问|答|問|Frage|Antwort)\s?\d*\s?[:：])|.*\S\t\S")
_MARKS = " #*_"


def title_in(text: str) -> str | None:
    r"""Return the title that stands in a text, None where it begins with a sentence.

    >>> title_in("福田的基站\n\n去年建成了5260个。"), title_in("intro.\n# Harbour **notes**\nbody")
    ('福田的基站', 'Harbour **notes')
    >>> title_in("去年建成了5260个基站。\n今年更多。"), title_in("只有一行")
    (None, None)
    """
    first = "\n".join(text.split("\n", _LINES)[:_LINES])
    parts = (part for is_code, part in code_and_text(first) if not is_code)
    lines = [line.strip() for part in parts for line in part.split("\n")]
    heading = next((line for line in lines if _HEADING.match(line)), None)
    if heading is not None and heading.strip(_MARKS):
        return heading.strip(_MARKS)
    written = [line for line in lines if _LETTER.search(line)]
    if len(written) < 2 or not _is_title(written[0]):
        return None
    return written[0].strip(_MARKS) or None


def _is_title(line: str) -> bool:
    short = line[: _MOST_COLUMNS + 1]
    marks = (_ENDS.search, _WITHIN.search, _NO_TITLE.match, LIST_ITEM.match)
    return columns(short) <= _MOST_COLUMNS and not any(found(short) for found in marks)
