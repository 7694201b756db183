"""What a document says in its own words: the sentences that its sections begin with."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

import regex

from index.paragraphs import split_blocks
from index.sentences import sentences_within
from index.store import DocumentSummary
from index.types import Document, Span
from rag.messages import fold
from rag.texts import texts

_LISTED_DOCUMENTS = 20
_ENOUGH_OVERLAP = 0.6
_NEAR_THE_BEST = 0.8
# A sentence has at least this many columns, in which an East Asian character takes two.
_SENTENCE_COLUMNS = 24
_ENDS = regex.compile(r"[\p{STerm}…][\p{Pe}\p{Pf}\"'*_]*$")
_UNITS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]+|[^\s\p{Han}\p{Hiragana}\p{Katakana}]+")


def summarise(document: Document, max_quotes: int) -> list[Span]:
    """Return the first sentence of the text and of each section, verbatim, in order.

    A text with fewer sections than `max_quotes` gives the first sentences of further paragraphs,
    one with more gives sections spread evenly over it. Headings, bylines and lines that are no
    sentences are left out.
    """
    text = document.text
    sections: list[list[Span]] = []
    for _, blocks in groupby(split_blocks(text), key=lambda block: block.section):
        bodies = (Span(block.body, block.lines[0].end) for block in blocks)
        leads = [lead for body in bodies if (lead := _lead(text, body)) is not None]
        if leads:
            sections.append(leads)
    firsts = [leads[0] for leads in sections]
    if len(firsts) >= max_quotes:
        return [firsts[i * len(firsts) // max_quotes] for i in range(max_quotes)]
    others = [lead for leads in sections for lead in leads[1:]]
    return sorted([*firsts, *others[: max_quotes - len(firsts)]])


def named_documents(name: str, summaries: Sequence[DocumentSummary]) -> list[DocumentSummary]:
    """Return the documents that a name means, best first: all for an empty one, maybe none.

    A document is meant when its title or its doc_id holds the name or is held by it; where there is
    none of these, when most of the name's words (of Chinese and Japanese: pairs of characters) are
    in them.
    """
    wanted = fold(name)
    if not wanted:
        return list(summaries)
    called = [(summary, _names(summary)) for summary in summaries]
    held = [s for s, names in called if any(_holds(each, wanted) for each in names)]
    if held:
        return held
    overlaps = [(_overlap(wanted, " ".join(names)), summary) for summary, names in called]
    least = max(_ENOUGH_OVERLAP, _NEAR_THE_BEST * max((share for share, _ in overlaps), default=0))
    ranked = sorted(overlaps, key=lambda pair: -pair[0])
    return [summary for share, summary in ranked if share >= least]


def documents_answer(language: str, summaries: Sequence[DocumentSummary]) -> str:
    """Return the list of documents as text, their number in front; of many, the first ones."""
    said = texts(language)
    if not summaries:
        return said.empty_corpus
    lines = [f"- {_line(summary)}" for summary in summaries[:_LISTED_DOCUMENTS]]
    if len(summaries) > _LISTED_DOCUMENTS:
        lines.append(f"- {said.more_documents.format(count=len(summaries) - _LISTED_DOCUMENTS)}")
    return "\n".join([said.documents.format(count=len(summaries)), "", *lines])


def _line(summary: DocumentSummary) -> str:
    title = " ".join(summary.metadata.title.split()) or summary.doc_id
    return f"{title} ({summary.metadata.date})" if summary.metadata.date else title


def _lead(text: str, body: Span) -> Span | None:
    """Return the first sentence of a paragraph; None where it is a scrap."""
    if regex.match(r"\s*(?:[|]|```|~~~)", text[body.start : body.end]):
        return None
    for sentence in sentences_within(text, body):
        quote = text[sentence.start : sentence.end]
        columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in quote)
        if _ENDS.search(quote) and columns >= _SENTENCE_COLUMNS:
            return sentence
    return None


def _names(summary: DocumentSummary) -> list[str]:
    file_name = summary.doc_id.rpartition("/")[2]
    names = (summary.metadata.title, summary.doc_id, file_name, file_name.rpartition(".")[0])
    return [folded for name in names if (folded := fold(name))]


def _holds(name: str, wanted: str) -> bool:
    """Return whether one is in the other, spaces aside; a name too short for that says nothing."""
    name, wanted = name.replace(" ", ""), wanted.replace(" ", "")
    return (len(wanted) > 1 and wanted in name) or (len(name) * 2 >= len(wanted) and name in wanted)


def _overlap(wanted: str, names: str) -> float:
    """Return the share of the wanted name's units that are among the names'."""
    units = _units(wanted)
    return len(units & _units(names)) / max(len(units), 1)


def _units(folded: str) -> set[str]:
    """Return the words of a folded text; what is written without spaces as pairs of characters."""
    units: set[str] = set()
    for run in _UNITS.findall(folded):
        if regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}]", run) and len(run) > 1:
            units.update(run[i : i + 2] for i in range(len(run) - 1))
        else:
            units.add(run)
    return units
