"""The text of an answer: its short answer, its quotations, its sentences with their citations."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex
from markupsafe import Markup

from rag.types import Answer, Citation, Sentence, ShortAnswer
from webui.conversations import Exchange
from webui.drawing.citations import open_event, page, reference, short_mark, verbatim
from webui.drawing.lines import is_item, structured
from webui.drawing.markup import EMPTY, Mark, join, lang_of, marked
from webui.drawing.refusals import refused
from webui.drawing.tables import Paint, row_shown
from webui.texts import Texts

_REFERENCE = regex.compile(r"(?<!\s)\s*+[\[［【](\d{1,9}+(?:\s*+[,，、]\s*+\d{1,9}+)*+)[\]］】]")
_AGAIN = regex.compile(r" \(([^\n]{1,200})\)(?=\n|$)")
"""The figure of a short answer as the reader's language writes it (`rag/writing/restating.py`)."""
_FRAME = regex.compile(r"[:：]\s*$")


class _Quotation(NamedTuple):
    """A quotation that stands by itself in the answer's text: from `start` to `end`.

    Its words are characters `first` to `last`; `cited` says which citation it is.
    """

    start: int
    end: int
    first: int
    last: int
    cited: int


def lead(exchange: Exchange, texts: Texts) -> Markup:
    """Return the short answer by itself, to be read first and to be copied; nothing without one."""
    answer = exchange.answer
    short = verbatim(answer)
    if short is None:
        return EMPTY
    again = _again(answer, short)
    return Markup(
        '<div class="short" dir="auto" {}><span class="sr-only">{}</span>'
        '<strong class="lead">{}</strong>{}{}'
        '<button type="button" class="action" data-copy="{}" data-copied="{}">{}</button></div>'
    ).format(
        lang_of(short.text),
        texts.short_label,
        short.text,
        Markup(' <span class="again"><bdi>({})</bdi></span>').format(again[1]) if again else EMPTY,
        reference(exchange, _cited(answer, short), texts),
        short.text,
        texts.copied,
        texts.copy_short,
    )


def answer_text(exchange: Exchange, texts: Texts) -> Markup:
    """Return the answer's text: quotations by themselves, a button for every other citation.

    Unsupported sentences are marked. A short answer, which `lead` shows, is left out here and
    marked in its quotation; the quotations behind that one are folded. A number in brackets that
    cites nothing stays the text that it is.
    """
    answer, text = exchange.answer, exchange.answer.text
    if (said := refused(exchange)) != text:
        return structured(said, 0, len(said), _plain(said), texts=texts)
    begin = _begin(answer)
    quotations = list(_quotations(answer, begin))
    painted = _Painted(exchange, begin, quotations, texts)
    parts: list[Markup] = []
    folded: list[Markup] = []
    done = begin
    for number, quotation in enumerate(quotations):
        between = painted.lines(done, quotation.start)
        into = folded if number and _folds(answer) else parts
        # What stands before a quotation leads to it, or says more of the one before.
        leads = _FRAME.search(text, done, quotation.start) is not None
        (into if leads else parts).append(between)
        into.append(painted.quotation(quotation))
        done = quotation.end
    rest = painted.lines(done, len(text))
    return join([*parts, _more(folded, texts), rest])


def quoted(answer: Answer) -> set[int]:
    """Return which of the citations stand in the answer's text as quotations of their own."""
    return {quotation.cited for quotation in _quotations(answer, _begin(answer))}


# -- parts ----------------------------------------------------------------------------------------


def _plain(text: str) -> Paint:
    return lambda start, end: Markup("{}").format(text[start:end])


def _begin(answer: Answer) -> int:
    """Return where the text begins behind the short answer that `lead` shows."""
    short, text = verbatim(answer), answer.text
    if short is None or not text.startswith(short.cited):
        return 0
    again = _again(answer, short)
    end = again.end() if again else len(short.cited)
    return end + len(text[end:]) - len(text[end:].lstrip())


def _again(answer: Answer, short: ShortAnswer) -> "regex.Match[str] | None":
    starts = answer.text.startswith(short.cited)
    return _AGAIN.match(answer.text, len(short.cited)) if starts else None


def _quotations(answer: Answer, begin: int) -> Iterator[_Quotation]:
    """Yield the citations that are quoted word for word, each in lines of its own."""
    done, text = begin, answer.text
    for index, citation in enumerate(answer.citations):
        said = f"“{citation.quote}”[{citation.number}]"
        start = text.find(said, done)
        end = start + len(said)
        alone = text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")
        if start >= 0 and alone:
            yield _Quotation(start, end, start + 1, start + 1 + len(citation.quote), index)
            done = end


def _folds(answer: Answer) -> bool:
    """Whether one quotation is enough: there is a short answer, and none says otherwise."""
    return verbatim(answer) is not None and answer.notice is None


def _more(folded: Sequence[Markup], texts: Texts) -> Markup:
    count = sum('class="quotation"' in part for part in folded)
    if not count:
        return EMPTY
    label = texts.more_place if count == 1 else texts.more_places
    return Markup('<details class="more"><summary>{}</summary>{}</details>').format(
        label.format(count=count), join(folded)
    )


class _Painted:
    """Parts of an answer's text as HTML: lines with their citations, and quotations."""

    def __init__(
        self, exchange: Exchange, begin: int, quotations: Sequence[_Quotation], texts: Texts
    ) -> None:
        answer = exchange.answer
        self._exchange = exchange
        self._texts = texts
        self._text = answer.text
        self._short = verbatim(answer)
        self._marks = _marks(answer, self._short, begin, texts)
        self._sentences = deque(_places(answer, begin))
        self._lead_end = quotations[0].start if quotations else begin + 1
        self._flag = Markup('<span class="flag" title="{}">{}</span>').format(
            texts.unsupported_text, texts.unsupported
        )

    def lines(self, start: int, end: int) -> Markup:
        """Return what stands between quotations, its lists as lists."""
        said = self._text[start:end]
        start, end = start + len(said) - len(said.lstrip("\n")), start + len(said.rstrip("\n"))
        if start >= end:
            return EMPTY
        is_frame = _FRAME.search(self._text, start, end) and "\n" not in self._text[start:end]
        drawn = structured(self._text, start, end, self._paint, texts=self._texts)
        return Markup('<div class="frame">{}</div>').format(drawn) if is_frame else drawn

    def quotation(self, quotation: _Quotation) -> Markup:
        """Return a quotation with where it stands, which opens it there."""
        citation = self._exchange.answer.citations[quotation.cited]

        def paint(start: int, end: int) -> Markup:
            return marked(self._text, self._marks, start, end)

        place = quotation.first, quotation.last
        if "\n" in citation.quote or is_item(citation.quote):
            words = structured(self._text, *place, paint, texts=self._texts)
        else:
            row = row_shown(self._text, *place, paint)
            words = Markup("“{}”").format(paint(*place)) if row is None else row
        date = citation.metadata.date
        where = page(citation, self._texts)
        return Markup(
            '<figure class="quotation"><blockquote dir="auto" {}>{}</blockquote><figcaption>'
            '{}<button type="button" class="origin" dir="auto" {}>'
            '<span class="title">{}</span>{}{}</button></figcaption></figure>'
        ).format(
            lang_of(citation.quote),
            words,
            reference(self._exchange, quotation.cited, self._texts),
            open_event(self._exchange, "cited", quotation.cited),
            citation.metadata.title,
            Markup(' <span class="date">{}</span>').format(date) if date else EMPTY,
            Markup(' <span class="page">{}</span>').format(where) if where else EMPTY,
        )

    def _paint(self, start: int, end: int) -> Markup:
        """Return a stretch of lines, its sentences marked that need it; called in their order."""
        parts: list[Markup] = []
        done = start
        while self._sentences and self._sentences[0][1] < end:
            sentence, first, last = self._sentences[0]
            if last <= end:
                self._sentences.popleft()
            first, stop = max(first, done), min(last, end)
            if first >= stop:
                continue
            parts.append(self._with_buttons(done, first))
            said = self._with_buttons(first, stop)
            if not sentence.supported:
                flag = self._flag if stop == last else EMPTY
                said = Markup('<span class="unsupported">{}{}</span>').format(said, flag)
            elif first < self._lead_end and _is_lifted(sentence, self._exchange.answer.citations):
                said = Markup('<strong class="lead">{}</strong>').format(said)
            parts.append(said)
            done = stop
            if last > end:  # it goes on in the next line
                break
        return join([*parts, self._with_buttons(done, end)])

    def _with_buttons(self, start: int, end: int) -> Markup:
        """Return characters of the answer's text, marked, with its buttons."""
        answer = self._exchange.answer
        places = {citation.number: index for index, citation in enumerate(answer.citations)}
        parts: list[str] = []
        done = start
        for match in _REFERENCE.finditer(self._text, start, end):
            numbers = [int(digits) for digits in regex.findall(r"\d+", match[1])]
            if not all(number in places for number in numbers):
                continue
            parts.append(marked(self._text, self._marks, done, match.start()))
            parts += [reference(self._exchange, places[number], self._texts) for number in numbers]
            done = match.end()
        return join([*parts, marked(self._text, self._marks, done, end)])


def _places(answer: Answer, begin: int) -> Iterator[tuple[Sentence, int, int]]:
    """Yield the sentences that stand in the text, in order, each with its place."""
    done = begin
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, done) if sentence.text else -1
        if start >= 0:
            done = start + len(sentence.text)
            yield sentence, start, done


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
