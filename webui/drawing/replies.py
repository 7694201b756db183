"""The text of an answer: its short answer, its sentences, a button for each citation."""

from collections.abc import Sequence

import regex
from markupsafe import Markup

from rag.types import Answer, Citation, Sentence, ShortAnswer
from webui.conversations import Exchange
from webui.drawing.citations import reference, short_mark, verbatim
from webui.drawing.markup import EMPTY, Mark, join, lang_of, marked
from webui.texts import Texts

_REFERENCE = regex.compile(r"(?<!\s)\s*+[\[［【](\d{1,9}+(?:\s*+[,，、]\s*+\d{1,9}+)*+)[\]］】]")


def lead(exchange: Exchange, texts: Texts) -> Markup:
    """Return the short answer by itself, to be read first and to be copied; nothing without one."""
    short = verbatim(exchange.answer)
    if short is None:
        return EMPTY
    return Markup(
        '<div class="short" dir="auto" {}><span class="sr-only">{}</span>'
        '<strong class="lead">{}</strong>{}'
        '<button type="button" class="action" data-copy="{}" data-copied="{}">{}</button></div>'
    ).format(
        lang_of(short.text),
        texts.short_label,
        short.text,
        reference(exchange, _cited(exchange.answer, short), texts),
        short.text,
        texts.copied,
        texts.copy_short,
    )


def answer_text(exchange: Exchange, texts: Texts) -> Markup:
    """Return the answer's text with a button for every citation and unsupported sentences marked.

    What was lifted out of a quotation, a figure or a name, stands out when the answer begins with
    it; a short answer, which `lead` shows, is left out here and marked in its quotation. A number
    in brackets that cites nothing stays the text that it is.
    """
    flag = Markup('<span class="flag" title="{}">{}</span>').format(
        texts.unsupported_text, texts.unsupported
    )
    answer = exchange.answer
    short, sentences, done = verbatim(answer), answer.sentences, 0
    if short and answer.text.startswith(short.cited):
        rest = answer.text[len(short.cited) :].lstrip()
        done = len(answer.text) - len(rest)
        if sentences and sentences[0].text == short.text:
            sentences = sentences[1:]
    marks = _marks(answer, short, done, texts)
    parts: list[str] = []
    for sentence in sentences:
        start = answer.text.find(sentence.text, done) if sentence.text else -1
        if start < 0:
            continue
        parts.append(_with_buttons(exchange, done, start, marks, texts))
        done = start + len(sentence.text)
        said = _with_buttons(exchange, start, done, marks, texts)
        if not sentence.supported:
            said = Markup('<span class="unsupported">{}{}</span>').format(said, flag)
        elif start == 0 and _is_lifted(sentence, answer.citations):
            said = Markup('<strong class="lead">{}</strong>').format(said)
        parts.append(said)
    parts.append(_with_buttons(exchange, done, len(answer.text), marks, texts))
    return join(parts)


def _marks(answer: Answer, short: ShortAnswer | None, begin: int, texts: Texts) -> list[Mark]:
    """Return the mark of the short answer in the quotation it stands in, from `begin` on."""
    if short is None:
        return []
    citation = answer.citations[_cited(answer, short)]
    at = answer.text.find(citation.quote, begin)
    if at < 0:
        return []
    start, end = (at + place - citation.start for place in (short.start, short.end))
    return [short_mark(answer.text, start, end, texts)]


def _cited(answer: Answer, short: ShortAnswer) -> int:
    """Return which of the citations it is that the short answer cites."""
    return [one.number for one in answer.citations].index(short.citation)


def _is_lifted(sentence: Sentence, citations: Sequence[Citation]) -> bool:
    quotes = [one.quote for one in citations if one.number in sentence.citations]
    return any(sentence.text in quote and sentence.text != quote for quote in quotes)


def _with_buttons(
    exchange: Exchange, start: int, end: int, marks: Sequence[Mark], texts: Texts
) -> Markup:
    """Return characters `start` to `end` of the answer's text, marked, with its buttons."""
    answer = exchange.answer
    places = {citation.number: index for index, citation in enumerate(answer.citations)}
    parts: list[str] = []
    done = start
    for match in _REFERENCE.finditer(answer.text[start:end]):
        numbers = [int(digits) for digits in regex.findall(r"\d+", match[1])]
        if not all(number in places for number in numbers):
            continue
        parts.append(marked(answer.text, marks, done, start + match.start()))
        parts += [reference(exchange, places[number], texts) for number in numbers]
        done = start + match.end()
    return join([*parts, marked(answer.text, marks, done, end)])
