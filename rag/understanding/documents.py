"""Which documents a message is about: those in its scope, and those that it names."""

from collections.abc import Sequence

import regex

from index.search.database import DocumentSummary
from index.search.scope import matcher
from index.text.folding import fold_words
from index.types import Scope
from rag.searching import Searcher
from rag.types import Query
from rag.understanding.messages import Message, classify

_ENOUGH_OVERLAP = 0.6
_NEAR_THE_BEST = 0.8
_TITLE_PARTS = regex.compile(r"[:：|｜—–]| - ")
_UNITS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]+|[^\s\p{Han}\p{Hiragana}\p{Katakana}]+")


def documents_in(scope: Scope, library: Searcher) -> list[DocumentSummary]:
    """Return the documents of a scope, by doc_id."""
    holds = matcher(scope)
    return [each for each in library.documents() if holds(each.doc_id, each.metadata.date)]


def spoken_of(message: Message, query: Query, library: Searcher) -> list[DocumentSummary]:
    """Return the documents of its scope that a message speaks of, none for most questions."""
    if message.kind not in ("metadata", "summary", "documents") and not message.asked:
        return []  # the list of many documents takes as long as the rest of an answer
    summaries = documents_in(query.scope, library)
    if message.kind == "metadata":
        return documents_meant(message, summaries)
    if message.kind == "summary":
        return named_documents(message.text, summaries)
    if message.kind == "documents":
        return summaries
    return telling(message, _it(query, summaries))


def named_documents(name: str, summaries: Sequence[DocumentSummary]) -> list[DocumentSummary]:
    """Return the documents that a name means, best first: all for an empty one, maybe none.

    A document is meant when its title or its doc_id holds the name or is held by it; where there is
    none of these, when most of the name's words (of Chinese and Japanese: pairs of characters) are
    in them.
    """
    wanted = fold_words(name)
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


def documents_meant(
    message: Message, summaries: Sequence[DocumentSummary]
) -> list[DocumentSummary]:
    """Return the documents whose metadata a message asks for: all where none is named, maybe none.

    One that is named by its title alone ("谁写了《红楼梦》") has that title, or the part of it in
    front of a colon or behind it: a study of the novel is not meant.
    """
    if not message.by_title:
        return named_documents(message.named, summaries)
    wanted = _joined(message.named)
    return [summary for summary in summaries if wanted in _titles(summary)]


def _it(query: Query, summaries: list[DocumentSummary]) -> list[DocumentSummary]:
    """Return the documents that "it" may be in "Who wrote it?": those spoken of before, or all.

    None where a question came before, for "it" may be what that asked about.
    """
    for turn in reversed(query.history):
        before = classify(turn.question)
        if before.by_title or (before.kind == "question" and not before.asked):
            return []
        if before.kind == "metadata":
            return documents_meant(before, summaries)
        if before.kind == "summary":
            return named_documents(before.text, summaries)
        if before.kind == "documents":
            break
    return summaries


def telling(message: Message, summaries: Sequence[DocumentSummary]) -> list[DocumentSummary]:
    """Return the documents whose metadata tell any of what a message asks for."""
    return [s for s in summaries if any(getattr(s.metadata, field) for field in message.asked)]


def _names(summary: DocumentSummary) -> list[str]:
    file_name = summary.doc_id.rpartition("/")[2]
    names = (summary.metadata.title, summary.doc_id, file_name, file_name.rpartition(".")[0])
    return [folded for name in names if (folded := fold_words(name))]


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


def _titles(summary: DocumentSummary) -> set[str]:
    """Return what a document is called, folded: title and parts of it, file."""
    parts = _TITLE_PARTS.split(summary.metadata.title)
    return {_joined(name) for name in (*_names(summary), *map(fold_words, parts))} - {""}


def _joined(folded: str) -> str:
    return folded.replace(" ", "")
