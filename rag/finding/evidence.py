"""Passages -> the sentences in them that answer the question, best first, as the reader reads them.

A sentence's probability is that of its window answering at all, times the share of the answer that
the reader places in the sentence. What retrieval thinks of the passage settles what is close.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from index.search.terms import terms
from index.text.figures import figures, missing
from index.types import Document, Span
from rag.finding.encoding import EncodedQuestion
from rag.finding.table_rows import CLEARLY, FULLY, LEAST, TableRow
from rag.reader.reading import Reader, Reading
from rag.reader.windows import PassageWindow, windows
from rag.types import Passage
from rag.understanding.question_kinds import is_list_question, is_procedure_question

_MOST_WINDOWS = 8
"""More of them find little more, and take longer than whoever asks waits for."""
_ROUNDS = (2, 4, _MOST_WINDOWS)
"""So many windows have been read after each round, unless the one before it was enough."""
_ENOUGH, _AHEAD = 0.5, 1.0
"""What is so probable, and whose score no window ahead can come so near, ends the reading."""
_PER_ODDS, _PER_SHARE, _PER_PASSAGE_SCORE = 0.6, 0.3, 10.0
_LEAST_SHARE = 1e-4
# A further sentence is quoted when it is at least so probable as a share of the first.
_ALSO = 0.25
_ALIKE = 0.7
_ASKS = regex.compile(r"[?？؟][\p{Pe}\p{Pf}\"'*_]*$")
_PER_ROW, _MOST_GAIN = 6.0, 20.0
"""How much likelier (the logarithm) a row is that the question names than one it does not.

So many times at most: a row that the question names and that answers nothing is no reason to take
another's cell.
"""
_NOT_ASKED = 12.0
"""What the cells of a row that is not asked about lose of their log odds."""
_THE_SAME, _ANSWERED_THERE = 0.6, 4.0
"""What follows a question that is so much the one asked answers it, with these log odds."""
_HEADING = regex.compile(
    r"#{1,6}\s+(?:[\d.]+\s+|[（(]?[\d一二三四五六七八九十]{1,3}[)）、.．]\s*)?(.{2,80}?)[\s#]*"
)
_ABOUT = frozenset(
    terms(
        "关于，文档里怎么说？文件里说了什么？有什么内容？介绍一下。请介绍。讲讲。说说。是什么情况？"
        " What do the documents say about? What does the document say? What is said about this?"
        " Tell me about it. Explain. Was sagen die Dokumente über? Was steht in den Dokumenten zu?"
    )
)
"""What a question says that asks for nothing but what stands under a heading."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document, verbatim at its offsets.

    `log_odds` are those of its window answering the question, `share` the probability that the
    answer is in this sentence if it is in the window, `score` puts sentences in order. `words` is
    the reader's answer within the sentence, `short` what is shown of it, both in characters of the
    document. `about` is the part of the question that it answers, "" for all of it; `more` counts
    the items of a list that are not quoted.
    """

    passage: Passage
    start: int
    end: int
    quote: str
    score: float
    log_odds: float
    share: float
    words: Span | None
    short: Span | None = None
    about: str = ""
    more: int = 0

    @property
    def probability(self) -> float:
        """The reader's probability that the sentence answers, not calibrated."""
        return self.share / (1 + math.exp(-self.log_odds))


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is to answer a question from: passages and evidence, best first.

    `documents` holds the passages' documents by doc_id.
    """

    question: EncodedQuestion
    passages: list[Passage]
    evidence: list[Evidence]
    documents: Mapping[str, Document]

    @property
    def title(self) -> str:
        """The title of the best sentence's document. There must be evidence."""
        return self.documents[self.evidence[0].passage.chunk.doc_id].metadata.title


def find(
    reader: Reader,
    asked: Sequence[tuple[EncodedQuestion, Sequence[Passage]]],
    titles: Mapping[str, str],
) -> list[list[Evidence]]:
    """Return, for each question, the sentences of its passages, best first.

    The windows that fit best are read first, of all questions in one pass, and no more where these
    are enough. `titles` are the documents', by doc_id.
    """
    searches = [_Search(question, _windows(passages, titles)) for question, passages in asked]
    for until in _ROUNDS:
        open_ones = [search for search in searches if not search.is_over]
        if not open_ones:
            break
        pairs = [pair for search in open_ones for pair in search.unread(until)]
        readings = iter(reader.read([text for text, _ in pairs], [w.window for _, w in pairs]))
        for search in open_ones:
            search.take(until, readings)
    return [search.evidence for search in searches]


class _Search:
    """What was found for a question in the windows read so far."""

    def __init__(self, question: EncodedQuestion, windows: Sequence[PassageWindow]) -> None:
        self.evidence: list[Evidence] = []
        self._question = question
        self._windows = windows
        self._read: list[tuple[PassageWindow, Reading]] = []
        # A follow-up is read as it was completed, and by itself.
        self._texts = [question.text, question.asked] if question.asked_from else [question.text]
        self._wants_all = is_list_question(question.text) or is_procedure_question(question.text)

    def unread(self, until: int) -> list[tuple[str, PassageWindow]]:
        """Return what is read in a round: windows up to this number, each with a question."""
        done = len(self._read) // len(self._texts)
        return [(text, window) for window in self._windows[done:until] for text in self._texts]

    def take(self, until: int, readings: Iterator[Reading]) -> None:
        """Take the round's readings from those of all searches."""
        self._read += [(window, next(readings)) for _, window in self.unread(until)]
        self.evidence = _best_first(self._question, self._read)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to read, or nothing that could come first or near it.

        No sentence has a higher score than what its passage gives it, so that the best one, and
        with it what the gate says, is the same as if all were read (Fagin et al. 2003).
        """
        rest = self._windows[len(self._read) // len(self._texts) :]
        if not rest:
            return True
        if not self.evidence or self._wants_all or self.evidence[0].probability < _ENOUGH:
            return False
        most = _PER_PASSAGE_SCORE * max(window.passage.score for window in rest)
        return self.evidence[0].score >= most + _AHEAD


def _windows(passages: Sequence[Passage], titles: Mapping[str, str]) -> list[PassageWindow]:
    """Return the windows that are read: those whose passage and best sentence fit best."""
    every = [
        window
        for passage in passages
        for window in windows(passage, titles.get(passage.chunk.doc_id, ""))
    ]
    return sorted(every, key=lambda window: -_fit(window))[:_MOST_WINDOWS]


def _fit(window: PassageWindow) -> float:
    start, end = window.start, window.start + len(window.window.text)
    inside = (fit for span, fit in window.passage.signals.fits if start <= span.start < end)
    return window.passage.score + max(inside, default=0.0)


def _best_first(
    question: EncodedQuestion, read: Sequence[tuple[PassageWindow, Reading]]
) -> list[Evidence]:
    found: dict[tuple[str, int, int], Evidence] = {}
    for window, reading in read:
        for evidence in _sentences(question, window, reading):
            place = (evidence.passage.chunk.doc_id, evidence.start, evidence.end)
            if place not in found or found[place].score < evidence.score:
                found[place] = evidence
    return sorted(found.values(), key=lambda evidence: -evidence.score)


def _sentences(
    question: EncodedQuestion, window: PassageWindow, reading: Reading
) -> Iterator[Evidence]:
    """Yield the sentences of a window. A question answers nothing: what follows it does.

    Where it is the very question that is asked, what follows is the answer.
    """
    chunk, text = window.passage.chunk, window.window.text
    start = chunk.start + window.start
    above = chunk.text[: window.start].rstrip().rpartition("\n")[2]
    asked = _is_the_same(question.asked, above) or _is_about(question.asked, above)
    carried = 0.0
    terms_asked = set(question.terms)
    rows = [TableRow(text, span, terms_asked) for span in window.sentences]
    named = max((row.fit for row in rows), default=0.0)
    head = max((row.head_fit for row in rows), default=0.0)
    shares = _by_row([reading.share(span) for span in window.sentences], rows, named)
    for span, row, own in zip(window.sentences, rows, shares, strict=True):
        quote = text[span.start : span.end]
        share = own + carried
        if _ASKS.search(quote):
            asked, carried = _is_the_same(question.asked, quote), share
            continue
        odds = max(reading.log_odds, _ANSWERED_THERE) if asked else reading.log_odds
        # Another row's cell is no answer, nor another head's; lines of one cell may be any list.
        if len(row.cells) > 1 and named >= FULLY:
            odds -= _NOT_ASKED * (named - row.fit)
            odds -= _NOT_ASKED * (head >= LEAST and row.head_fit <= head - CLEARLY)
        share = 1.0 if asked else min(share, 1.0)
        asked, carried = False, 0.0
        best = reading.best_span(row.asked_cell() or span)
        yield Evidence(
            passage=window.passage,
            start=start + span.start,
            end=start + span.end,
            quote=quote,
            score=_PER_ODDS * _log_sigmoid(odds)
            + _PER_SHARE * math.log(max(share, _LEAST_SHARE))
            + _PER_PASSAGE_SCORE * window.passage.score,
            log_odds=odds,
            share=share,
            words=Span(start + best[0].start, start + best[0].end) if best else None,
        )


def _by_row(shares: Sequence[float], rows: Sequence[TableRow], named: float) -> Sequence[float]:
    """Return the shares of the answer, those of rows divided anew by which of them is named.

    `named` is how well the best row fits.
    """
    if not named:
        return shares
    both = list(zip(shares, rows, strict=True))
    weighted = [
        share * math.exp(_PER_ROW * (row.fit - named)) if row.cells else 0.0 for share, row in both
    ]
    of_rows = sum(share for share, row in both if row.cells)
    scale = min(of_rows / max(sum(weighted), _LEAST_SHARE), _MOST_GAIN)
    return [
        new * scale if row.cells else share
        for (share, row), new in zip(both, weighted, strict=True)
    ]


def _is_the_same(question: str, line: str) -> bool:
    """Return whether a line of a document asks the question, nearly in its words (Jaccard)."""
    if not _ASKS.search(line):
        return False
    asked, there = set(terms(question)), set(terms(line))
    return len(asked & there) >= _THE_SAME * max(len(asked | there), 1)


def _is_about(question: str, line: str) -> bool:
    """Return whether a question asks what is said of a heading, and for nothing else.

    >>> _is_about("关于“三号码头”，文档里怎么说？", "## 2. 三号码头")
    True
    >>> _is_about("三号码头何时启用？", "## 三号码头")
    False
    """
    heading = _HEADING.fullmatch(line)
    if heading is None or heading[1] not in question:
        return False
    return set(terms(question.replace(heading[1], " "))) <= _ABOUT


def _log_sigmoid(odds: float) -> float:
    return -math.log1p(math.exp(-odds)) if odds > 0 else odds - math.log1p(math.exp(odds))


def select(evidence: Sequence[Evidence], max_quotes: int) -> list[Evidence]:
    """Return what is quoted: the sentence that answers best, and those nearly as probable.

    Of sentences that say the same, only the first.
    """
    chosen: list[Evidence] = []
    for each in evidence:
        if len(chosen) == max_quotes:
            break
        near = not chosen or each.probability >= _ALSO * chosen[0].probability
        if near and not any(_same(each.quote, other.quote) for other in chosen):
            chosen.append(each)
    return chosen


def disagree(shown: Sequence[tuple[str, str]]) -> bool:
    """Return whether documents give different figures: pairs of doc_id and short answer.

    Of two that agree, one may say more: "2020" and "2020-10-14".
    """
    given = [(doc_id, figures(words, every=True)) for doc_id, words in shown]
    told = [(doc_id, said) for doc_id, said in given if said.numbers or said.dates]
    return any(
        one != other and bool(missing(said, known)) and bool(missing(known, said))
        for (one, said), (other, known) in itertools.combinations(told, 2)
    )


def _same(quote: str, other: str) -> bool:
    """Return whether two quotes give the same figures in nearly the same words.

    Nearly: they share most of their pairs of characters (Jaccard).
    """
    if _figures(quote) != _figures(other):
        return False
    pairs, others = ({q[i : i + 2] for i in range(len(q) - 1)} for q in (quote, other))
    return len(pairs & others) >= _ALIKE * len(pairs | others)


def _figures(quote: str) -> set[str]:
    return {term for term in terms(quote) if term[0].isdigit()}
