"""An export as the parts of a page, in order, for the formats that people read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

from index.types import EVERYTHING, Scope
from rag.export.values import Entry, Export
from rag.export.words import WORDS, Words
from rag.texts import texts
from rag.types import Answer, Citation

Kind = Literal[
    "title", "about", "question", "note", "short", "answer", "sources", "quote", "where", "remark"
]

# What XML cannot hold, and what HTML must not: it is shown as what it is, unreadable.
_UNREADABLE = regex.compile(
    r"[^\t\n\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page. `label` stands before the text: the number of a quotation, a heading."""

    kind: Kind
    text: str
    label: str = ""


def outline(export: Export, language: str) -> Iterator[Part]:
    r"""Yield the parts of an export, in the words of `language` ("zh" or "en").

    What answers and documents say stays in their own. Line ends are "\n"; control characters are
    U+FFFD.
    """
    words = WORDS[language]
    entries = words.entries[len(export.entries) != 1].format(count=len(export.entries))
    parts = [
        Part("title", export.title or words.untitled),
        Part("about", words.about.format(time=_told(export.exported), entries=entries)),
        *(part for entry in export.entries for part in _entry(entry, words, language)),
        Part("about", words.check),
    ]
    for part in parts:
        yield Part(part.kind, readable(part.text), part.label)


def readable(text: str) -> str:
    r"""Return the text as any format can hold it.

    >>> readable("a\r\nb\x1b")
    'a\nb\ufffd'
    """
    return _UNREADABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _entry(entry: Entry, words: Words, language: str) -> Iterator[Part]:
    answer = entry.answer
    yield Part("question", answer.question)
    yield from (Part("note", said) for said in _above(entry, words, language) if said)
    if answer.short and not answer.text.startswith(answer.short.cited):
        yield Part("short", words.short.format(text=answer.short.cited))
    if answer.text:
        yield Part("answer", answer.text)
    yield from (Part("note", said) for said in _below(answer, words, language) if said)
    if entry.remark:
        yield Part("remark", entry.remark, words.remark)
    if entry.evidence:
        yield Part("sources", words.sources if answer.citations else words.nearest)
    for citation in entry.evidence:
        yield Part("quote", citation.quote, f"[{citation.number}]")
        yield Part("where", _where(citation, words))


def _above(entry: Entry, words: Words, language: str) -> Iterator[str | None]:
    """Yield what is to be known before an answer is read, as far as there is anything."""
    answer = entry.answer
    yield entry.asked and words.asked.format(time=_told(entry.asked))
    yield (
        None if entry.scope == EVERYTHING else words.scope.format(scope=_scope(entry.scope, words))
    )
    whole = answer.completed_question
    yield whole and words.understood_as.format(question=whole)
    yield entry.error
    yield words.stopped if entry.stopped else None
    yield answer.notice
    yield texts(language).possible if answer.state == "possible" else None


def _below(answer: Answer, words: Words, language: str) -> Iterator[str]:
    """Yield what there is to say of an answer: what nothing supports, and what it was made with."""
    for sentence in answer.sentences:
        if not sentence.supported:
            yield f"{texts(language).unsupported} {sentence.text}"
    yield _made(answer, words)


def _told(time: str) -> str:
    """Return a time as people write it: 2031-02-03 04:05:06 UTC."""
    return time.replace("T", " ").replace("Z", " UTC")


def _scope(scope: Scope, words: Words) -> str:
    dated = scope.since is not None or scope.until is not None
    dates = [f"{scope.since or '…'} – {scope.until or '…'}"] if dated else []
    return words.separator.join([*scope.patterns, *dates])


def _made(answer: Answer, words: Words) -> str:
    """Return what the answer was made with, as far as it is known."""
    known = answer.fingerprint
    model = words.written_by.format(model=answer.model) if answer.model else ""
    made = ""
    if "index" in known and "embedder" in known:
        made = words.made_with.format(index=known["index"], embedder=known["embedder"])
    return words.separator.join(filter(None, (model, made)))


def _where(citation: Citation, words: Words) -> str:
    page = None if citation.page is None else words.page.format(page=citation.page)
    known = citation.metadata
    return words.separator.join(
        filter(
            None,
            (
                known.title,
                known.author,
                known.date,
                known.source,
                citation.doc_id if citation.doc_id != known.title else None,
                page or citation.place,
                words.characters.format(start=citation.start + 1, end=citation.end),
                f"SHA-256 {citation.doc_sha256}",
            ),
        )
    )
