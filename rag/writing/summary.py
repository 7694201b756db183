# ruff: noqa: E501 (a pattern of a table stays on its line)
"""What a document says in its own words: of each section the sentence that says what it is about."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex

from index.cutting.paragraphs import Block, split_blocks
from index.cutting.sentences import sentences_within
from index.search.database import DocumentSummary
from index.search.terms import terms
from index.types import Document, Span
from rag.texts import texts
from rag.types import Citation

LISTED_DOCUMENTS = 20
# A sentence has at least this many columns, in which an East Asian character takes two.
_SENTENCE_COLUMNS = 24
_BYLINE_COLUMNS = 60
_ENDS = regex.compile(r"[\p{STerm}…][\p{Pe}\p{Pf}\"'*_]*$")
_NO_TEXT = regex.compile(r"\s*+(?:\||```|~~~)")
_LEVEL = regex.compile(r"\s{0,3}(#{1,6})\s")
_LATER_COUNTS_LESS = 0.15
_LEANS = regex.compile(
    r"(?:此外|另外|同时|与此同时|其中|因此|所以|但(?!丁)|不过|然而|而且?|并(?!购|发)|这|该|[它他她]|对此|为此|接着|随后|后来|也(?!门)|还)"
    r"|(?i:also|however|moreover|but|and|this|these|those|that|it|they|he|she|its|their|therefore|thus|then|there"
    r"|auch|aber|doch|und|dies\w{0,2}|er|sie|es|dabei|damit|daher|deshalb|außerdem|dort|dann"
    r"|mais|et|il|elle|ils|elles|ce(?:la|tte|ci)?|ainsi|aussi|pero|y|además|esto|este|esta|también"
    r"|но|и|он|она|оно|они|это|также|кроме|поэтому)\b"
    r"|(?:しかし|また|そして|この|その|これ|それ|さらに|그러나|또한|이|그)[\s、,はにをの]"
)
"""How sentences begin that say little without the one before."""
_PLAIN_LEVEL = 7
"""A heading without a mark is below all that have one."""
_IMPRINT = regex.compile(
    r"""(?:[^\w\n]|_){0,8}(?:
      (?:\p{Han}{1,6}|[\p{Hangul}\p{Hiragana}\p{Katakana}]{1,6}|\p{L}{2,12}+\.?(?:\s\p{L}{2,12}+)?(?:\s\d{1,3})?)\s?[:：/／|｜丨]
      | 版权所有|版權所有|未经.{0,8}(?:授权|许可|允许)|转载请|扫码|扫描.{0,4}二维码|长按.{0,6}二维码
      | 点击(?:查看|阅读|下载|关注|链接|此处|这里|上方|下方)|关注(?:我们|公众号|微信)|更多精彩|©|\(c\)\s?\d
      | (?:photo|image|picture|reporting|edited|editing|written|posted|published|updated)\s(?:by|courtesy)\b
      | copyright\b|無断転載|무단\s?전재|저작권|bản\squyền|https?://|www\.
    )""",
    regex.VERBOSE | regex.IGNORECASE,
)
"""How lines begin that tell of the document and not of its matter: many with a label and a colon."""
_BYLINE = regex.compile(r"[^\p{P}\n]{0,24}(?:记者|記者|通讯员|编辑|客户端)[\s·|]", regex.IGNORECASE)
"""How a byline or dateline begins; "记者从福田区获悉" goes on without a space, and is none."""
_BOILERPLATE = regex.compile(
    r"本文.{0,80}(?:转述|转载|摘自|摘编|编译|原载|首发|原文刊于|原刊)"
    r"|\bthis (?:article|text|report|story) (?:was |is )?(?:originally|first|also|translated|adapted)\b"
    r"|\bdieser (?:artikel|text|beitrag) (?:erschien|ist zuerst|wurde zuerst)\b"
    r"|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados"
    r"|все права защищены|جميع الحقوق محفوظة|版权所有|未经授权|\.{5}|…{3}|·{5}"
    r"|\bcookies?\b.{0,80}\b(?:website|site|agree|accept|consent|browser|einverstanden|akzeptieren)\b"
    r"|\b(?:uses?|accept|verwende[nt]|nutz(?:t|en)|utilisons|utilise|utilizamos|используе[тм])\b.{0,30}\bcookies?\b"
    r"|(?:使用|接受|启用).{0,10}cookies?|cookies?を(?:使用|利用)",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, and the place of its paragraph."""

    span: Span
    paragraph: int


@dataclass(frozen=True, slots=True)
class _Section:
    """The sentences of a section, one at least, and what stands above it: title and headings."""

    above: str
    sentences: tuple[_Sentence, ...]


def summarise(document: Document, max_quotes: int) -> list[Span]:
    """Return the sentence that best says what each section is about, verbatim, in order.

    That is the one that shares most with the title and the headings above it; of equals, the first.
    A text with fewer sections than `max_quotes` gives the first sentences of further paragraphs,
    one with more gives sections spread evenly over it. Headings, bylines, imprints and lines that
    are no sentences are left out.
    """
    sections = list(_sections(document))
    if len(sections) >= max_quotes:
        sections = [sections[i * len(sections) // max_quotes] for i in range(max_quotes)]
    chosen = [_best(document.text, section) for section in sections]
    taken = {sentence.paragraph for sentence in chosen}
    others: list[Span] = []
    for section in sections:
        for sentence in section.sentences:
            if sentence.paragraph not in taken:
                taken.add(sentence.paragraph)
                others.append(sentence.span)
    return sorted([*(each.span for each in chosen), *others[: max_quotes - len(chosen)]])


def leading_sentence(document: Document) -> Span | None:
    """Return the sentence of the first section that best says what it is about, None without one."""
    first = next(_sections(document), None)
    return None if first is None else _best(document.text, first).span


def standing_sentences(document: Document) -> list[tuple[Span, ...]]:
    """Return by section, in order, the sentences that are understood without the one before."""
    return [
        tuple(e.span for e in section.sentences if not _LEANS.match(document.text, *e.span))
        for section in _sections(document)
    ]


def documents_answer(
    language: str, summaries: Sequence[DocumentSummary], citations: Sequence[Citation] = ()
) -> str:
    """Return the list of documents as text, their number in front; of many, the first ones.

    A document that one of the citations quotes has the quotation behind its title.
    """
    said = texts(language)
    if not summaries:
        return said.empty_corpus
    quoted = {each.doc_id: f": “{each.quote}”[{each.number}]" for each in citations}
    lines = [
        f"- {_line(summary)}{quoted.get(summary.doc_id, '')}"
        for summary in summaries[:LISTED_DOCUMENTS]
    ]
    if len(summaries) > LISTED_DOCUMENTS:
        lines.append(f"- {said.more_documents.format(count=len(summaries) - LISTED_DOCUMENTS)}")
    return "\n".join([said.documents.format(count=len(summaries)), "", *lines])


def _line(summary: DocumentSummary) -> str:
    title = " ".join(summary.metadata.title.split()) or summary.doc_id
    return f"{title} ({summary.metadata.date})" if summary.metadata.date else title


def _sections(document: Document) -> Iterator[_Section]:
    """Yield the sections that have sentences."""
    text = document.text
    headings: list[tuple[int, str]] = []  # those above, the level of each in front of it
    for _, group in groupby(split_blocks(text), key=lambda block: block.section):
        blocks = list(group)
        for line in text[blocks[0].lines[0].start : blocks[0].body].splitlines():
            mark = _LEVEL.match(line)
            level = len(mark[1]) if mark else _PLAIN_LEVEL
            if mark:
                headings = [above for above in headings if above[0] < level]
            headings.append((level, line))
        found = tuple(sentence for block in blocks for sentence in _sentences(text, block))
        if found:
            above = [line for _, line in headings if not is_imprint(line)]
            yield _Section("\n".join([document.metadata.title, *above]), found)
        headings = [above for above in headings if above[0] < _PLAIN_LEVEL]


def _sentences(text: str, block: Block) -> Iterator[_Sentence]:
    """Yield the sentences of a block that can stand in a summary."""
    body = Span(block.body, block.lines[-1].end)
    if _NO_TEXT.match(text, *body):
        return
    for sentence in sentences_within(text, Span(block.body, block.lines[0].end)):
        quote = text[sentence.start : sentence.end]
        long_enough = _columns(quote) >= _SENTENCE_COLUMNS
        if long_enough and _ENDS.search(quote) and not is_imprint(quote):
            yield _Sentence(sentence, block.body)


def is_imprint(line: str) -> bool:
    """Return whether a line tells of the document, not of its matter: who, copyright, cookies."""
    if _IMPRINT.match(line) or _BOILERPLATE.search(line):
        return True
    return _columns(line) <= _BYLINE_COLUMNS and _BYLINE.match(line) is not None


def _best(text: str, section: _Section) -> _Sentence:
    """Return the sentence that shares most with what stands above it.

    What is rare counts more. So does what comes early, and a sentence that leans on the one before
    ("此外", "This") is taken only where all do.
    """
    standing = [e for e in section.sentences if not _LEANS.match(text, *e.span)]
    sentences = standing or section.sentences
    # A year or "月" in a title is no matter of its own.
    above = {term for term in terms(section.above) if len(term) > 1 and not term.isdecimal()}
    shared = [
        above.intersection(terms(text[each.span.start : each.span.end])) for each in sentences
    ]
    holding = Counter(term for found in shared for term in found)
    weights = {term: math.log1p(len(shared) / count) for term, count in holding.items()}
    scores = [
        math.fsum(weights[term] for term in found) / (1 + place * _LATER_COUNTS_LESS)
        for place, found in enumerate(shared)
    ]
    return sentences[scores.index(max(scores))]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
