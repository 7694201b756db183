"""What could be asked of a document: questions made of its own sentences and headings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

import regex

from index.cutting.paragraphs import split_blocks
from index.text.language import document_language
from index.types import Document, Span
from rag.texts import TEXTS, texts
from rag.writing.summary import standing_sentences
from rag.writing.turning import questions

_HEADING = regex.compile(r"^#{2,6}\s+(.+?)\s*#*$", regex.MULTILINE)
_NUMBERING = regex.compile(r"^(?:[\d.]+\s+|[（(]?[\d一二三四五六七八九十]{1,3}[)）、.．]\s*)")
_TOPIC_CHARS = range(2, 31)
_MOST_HEADINGS = 6
_MOST_SECTIONS = 40
_MOST_EACH = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and where in the document its answer stands: None for one about a heading."""

    question: str
    doc_id: str
    answer: Span | None = None


def suggestions(document: Document, language: str, *, near: Span | None = None) -> Iterator[Suggestion]:
    """Yield what could be asked of a document, the best first.

    Questions from its sentences come first, one of each section in turn; where there is a place to
    be `near`, those closest to it. Questions about its headings follow. They are in the language of
    the document; where nothing is written in that, those about headings are in `language`.
    """
    own = document_language(document.text)
    sections = standing_sentences(document)
    made = [list(_of_section(document, section, own)) for section in sections[:_MOST_SECTIONS]]
    each = [one for one in chain.from_iterable(zip_longest(*made)) if one is not None]
    if near is not None:
        each.sort(key=lambda one: abs(one.answer.start - near.start) if one.answer else 0)
    yield from each
    about = texts(own if own in TEXTS else language).about
    for heading in topics(document.text):
        yield Suggestion(about.format(topic=heading), document.doc_id)


def topics(text: str) -> list[str]:
    r"""Return what a document says it is about: its headings without numbers, in order.

    >>> topics("# 年报\n\n## 一、5G基站\n…\n### 2.1 公园 ##\n…")
    ['5G基站', '公园']
    """
    headings = (_NUMBERING.sub("", heading) for heading in _HEADING.findall(text))
    return [heading for heading in headings if len(heading) in _TOPIC_CHARS]


def headings(document: Document) -> tuple[str, ...]:
    """Return the first headings of a document as it shows them, without the marks of Markdown."""
    text, found = document.text, []
    for block in split_blocks(text):
        head = text[block.lines[0].start : block.body].strip()
        found += [regex.sub(r"^#+\s*|\s*#+$", "", line).strip() for line in head.splitlines()]
        if len(found) > 2 * _MOST_HEADINGS:
            break
    title = document.metadata.title
    shown = [line for line in dict.fromkeys(found) if line and line != title]
    return tuple(line for line in shown if len(line) <= 2 * _TOPIC_CHARS.stop)[:_MOST_HEADINGS]


def _of_section(document: Document, section: tuple[Span, ...], language: str) -> Iterator[Suggestion]:
    number = 0
    for sentence in section:
        for question in questions(document.text[sentence.start : sentence.end], language):
            yield Suggestion(question, document.doc_id, sentence)
            number += 1
            if number >= _MOST_EACH:
                return
            break  # one of each sentence
