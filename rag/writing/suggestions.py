"""What could be asked of a document: questions made of its own sentences and headings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

import regex

from index.cutting.paragraphs import columns, split_blocks
from index.text.language import document_language
from index.types import Document, Span
from rag.texts import TEXTS, texts
from rag.writing.summary import is_imprint, standing_sentences
from rag.writing.turning import questions

_WORD = regex.compile(r"(?!年|月|日)[\p{Han}\p{Hangul}\p{Kana}]{2}|\p{L}{3}")
_NUMBERING = regex.compile(
    r"^(?:第[\d一二三四五六七八九十百]{1,4}[章节条篇部]\s*|\d{1,3}(?:\.\d+)*\.?\s+|[（(]?[\d一二三四五六七八九十]{1,3}[)）、.．]\s*)"
)
_NO_TOPIC = regex.compile(
    r"(?:chapter|section|part|appendix|kapitel|abschnitt|teil|anhang|sheet|tabelle|工作表)\s?\w{0,12}"
    r"|(?:speaker\s)?notes?|notizen|contents|inhalt|index|目录|目次|备注|演讲者备注|附件|附录",
    regex.IGNORECASE,
)
"""Headings that count or serve, and say nothing of what stands below."""
_TOPIC_COLUMNS = range(3, 61)
"""In which an East Asian character takes two."""
_ASKS = regex.compile(r"[?？]$")
_MOST_HEADINGS = 24
_MOST_SECTIONS = 40
_MOST_EACH = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and where in the document its answer stands."""

    question: str
    doc_id: str
    answer: Span


def suggestions(
    document: Document, language: str, *, near: Span | None = None
) -> Iterator[Suggestion]:
    """Yield what could be asked of a document, the best first.

    Questions from its sentences come first, one of each section in turn; where there is a place to
    be `near`, those closest to it. Questions about its headings follow. They are in the language of
    the document; where answers are not framed in that, those about headings are in `language`.
    """
    own = document_language(document.text)
    sections = standing_sentences(document)
    made = [list(_of_section(document, section, own)) for section in sections[:_MOST_SECTIONS]]
    each = [one for one in chain.from_iterable(zip_longest(*made)) if one is not None]
    if near is not None:
        each.sort(key=lambda one: abs(one.answer.start - near.start))
    yield from each
    about = texts(own if own in TEXTS else language).about
    for heading, section in _headed(document):
        topic = _NUMBERING.sub("", heading)
        if section.end > section.start and _is_topic(topic):
            asked = topic if _ASKS.search(topic) else about.format(topic=topic)
            yield Suggestion(asked, document.doc_id, section)


def topics(document: Document) -> list[str]:
    r"""Return what a document says it is about: its headings without numbers, or else its title.

    >>> from index.types import Metadata
    >>> text = "# 年报\n\n## 一、5G基站\n\n已建成。\n\n### 2.1 公园 ##\n\n还没有。"
    >>> topics(Document("a.md", text, Metadata("年报")))
    ['5G基站', '公园']
    """
    known = document.metadata.title
    found = (_NUMBERING.sub("", heading) for heading in headings(document))
    return [topic for topic in found if _is_topic(topic)] or [known]


def headings(document: Document) -> list[str]:
    """Return the first headings of a document as it shows them, without the marks of Markdown.

    Its title is none, nor are bylines and dates.
    """
    return list(dict.fromkeys(heading for heading, _ in _headed(document)))


def _headed(document: Document) -> list[tuple[str, Span]]:
    """Return the first headings, each with what stands below it up to the next one."""
    text, title = document.text, document.metadata.title
    found: list[tuple[str, Span]] = []
    for block in split_blocks(text):
        start, body = block.lines[0].start, block.body
        above = [line.strip() for line in text[start:body].splitlines()]
        lines = [line.strip("# \t") for line in above if _tells(line)]
        told = [line for line in lines if line != title]
        below = block.lines[-1].end
        if body > start and len(found) + len(told) > _MOST_HEADINGS:
            break
        if body == start and found:  # a further block of the section
            heading, section = found[-1]
            found[-1] = heading, Span(section.start, below)
        found += [(line, Span(body, body)) for line in told[:-1]]
        found += [(line, Span(body, below)) for line in told[-1:]]
    return found


def _is_topic(topic: str) -> bool:
    return columns(topic) in _TOPIC_COLUMNS and not _NO_TOPIC.fullmatch(topic)


def _tells(line: str) -> bool:
    """Return whether a line above a paragraph says what that is about; "#" marks a heading."""
    heading = line.strip("# \t")
    if heading.endswith((":", "：")):  # it leads to a list
        return False
    is_one = columns(heading) in _TOPIC_COLUMNS and _WORD.search(heading) is not None
    return is_one and (line.startswith("#") or not is_imprint(heading))


def _of_section(
    document: Document, section: tuple[Span, ...], language: str
) -> Iterator[Suggestion]:
    """Return a question for each sentence of a section that answers one."""
    made = (
        Suggestion(question, document.doc_id, sentence)
        for sentence in section
        for question in questions(document.text[slice(*sentence)], language)[:1]
    )
    return islice(made, _MOST_EACH)
