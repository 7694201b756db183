"""Quotations of an export held against the documents as they are now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from index.errors import CorpusError
from index.terminal import on_one_line
from index.types import Document
from rag.export.values import Entry, Export
from rag.types import Answer, Citation

Verdict = Literal["holds", "misplaced", "altered", "changed", "changed_lost", "gone"]

_SAID: dict[Verdict, str] = {
    "holds": "verbatim, and the document is the same",
    "misplaced": "the quotation is not at these characters; it stands at {place}",
    "altered": "the quotation does not stand in the document, which is the same",
    "changed": "the document has changed since; the quotation still stands in it, at {place}",
    "changed_lost": "the document has changed since; the quotation stands in it no longer",
    "gone": "document not there",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a quotation. `at`: from which character on it stands in the document now."""

    citation: Citation
    verdict: Verdict
    at: int | None = None

    @property
    def said(self) -> str:
        """The verdict in words."""
        end = None if self.at is None else self.at + len(self.citation.quote)
        return _SAID[self.verdict].format(place=f"{self.at}-{end}")


@dataclass(frozen=True, slots=True)
class Stored:
    """The text of a document as it is now, and its hash, made once for all that cite it."""

    text: str
    sha256: str

    @classmethod
    def of(cls, document: Document) -> "Stored":
        """Return it for a document."""
        return cls(document.text, document.sha256)


def check(citation: Citation, stored: Stored | None) -> Checked:
    """Return whether a quotation stands where it is said to, in a document that is the same.

    `stored` is the one of that name now, None where there is none. Where the quotation is
    elsewhere, `at` is the first such place.
    """
    if stored is None:
        return Checked(citation, "gone")
    start, quote = citation.start, citation.quote
    in_place = stored.text[start : citation.end] == quote
    at = start if in_place else stored.text.find(quote)
    found = None if at < 0 else at
    if stored.sha256 != citation.doc_sha256:
        return Checked(citation, "changed_lost" if found is None else "changed", found)
    if in_place:
        return Checked(citation, "holds", at)
    return Checked(citation, "altered" if found is None else "misplaced", found)


def short_holds(answer: Answer) -> bool:
    """Return whether the short answer, if any, stands in the quotation that it cites."""
    short = answer.short
    return short is None or any(
        one.start <= short.start
        and one.quote[short.start - one.start : short.end - one.start] == short.text
        for one in answer.citations
        if one.number == short.citation
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification comes to, in lines to be printed, and whether everything holds."""

    lines: tuple[str, ...]
    holds: bool


def verify(export: Export, document: Callable[[str], Document]) -> Report:
    """Hold every quotation, and every short answer, against the documents.

    `document` returns one by its doc_id, and raises CorpusError where there is none.
    """

    @cache
    def there(doc_id: str) -> Stored | None:
        try:
            return Stored.of(document(doc_id))
        except CorpusError as error:
            if error.code != "no_document":
                raise
            return None

    lines: list[str] = []
    held, quotations, shorts_hold = 0, 0, True
    for number, entry in enumerate(export.entries, 1):
        checked = [check(citation, there(citation.doc_id)) for citation in entry.evidence]
        held += sum(one.verdict == "holds" for one in checked)
        quotations += len(checked)
        shorts_hold &= short_holds(entry.answer)
        lines += [f"{number}. {on_one_line(entry.answer.question)}", *_lines(entry, checked)]
    holds = held == quotations and shorts_hold
    return Report((*lines, _sum(held, quotations)), holds)


def _lines(entry: Entry, checked: list[Checked]) -> Iterator[str]:
    for one in checked:
        citation, mark = one.citation, "✓" if one.verdict == "holds" else "✗"
        place = on_one_line(f"{citation.doc_id}:{citation.start}-{citation.end}")
        yield f"   {mark} [{citation.number}] {place}: {one.said}"
    if not short_holds(entry.answer):
        yield "   ✗ the short answer does not stand in the quotation that it cites"
    if not checked:
        yield "   – no quotation"


def _sum(held: int, quotations: int) -> str:
    if not quotations:
        return "There is no quotation to check."
    return f"{held} of {quotations} quotations hold."
