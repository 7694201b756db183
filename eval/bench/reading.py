"""How well the reader reads: the sentence, the span, and whether a window answers.

For files in SQuAD's format, questions perhaps from a parallel file in another language:

- *first sentence*: all paragraphs are documents; the first sentence that is found, ungated, holds
  the answer.
- *span*: the words that the reader takes for the answer, given the question's own paragraph,
  against the gold ones: exact match and F1 (SQuAD: Rajpurkar et al. 2016).
- *answers or not*: AUROC of windows with the answer against all others of the same article.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

import index.settings
import rag.settings
from eval.judging import measures
from eval.questions.sets import read_set
from eval.questions.squad import import_squad
from eval.runs.run import scratch_library
from eval.training.reading_sets import Article, Paragraph, Question
from eval.training.reading_sets import read_set as read_articles
from index.console import bar_stream
from index.embedders.load import load_embedder
from index.types import Chunk
from rag.load import load_assistant
from rag.reader.load import load_reader
from rag.reader.reading import Reader, Reading
from rag.reader.windows import PassageWindow, windows
from rag.types import Passage, Query

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Read:
    """A window of an article as the reader read it, and whether it holds the answer."""

    window: PassageWindow
    reading: Reading
    holds: bool
    own: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench reading`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="paragraphs and answers")
    parser.add_argument("--questions", type=Path, metavar="OTHER", help="a parallel file")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="only questions of every N-th article"
    )
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the three figures with their 95 % intervals."""
    settings = index.settings.from_arguments(args)
    answering = rag.settings.from_arguments(args)
    embedder = load_embedder(settings)
    articles = read_articles(args.file).articles
    asked = questions_of(read_articles(args.questions or args.file).articles)
    chosen = [article for number, article in enumerate(articles) if number % args.every == 0]
    reader = load_reader(answering, settings.cache_dir, embedder)
    exact, f1, odds, holds = _spans(reader, chosen, asked)
    wanted = {q.id for article in chosen for p in article.paragraphs for q in p.questions}
    with tempfile.TemporaryDirectory() as folder:
        import_squad(args.file, name="reading", questions=args.questions, sets_dir=Path(folder))
        evaluation_set = read_set(str(Path(folder, "reading")), corpus_dir=settings.corpus_dir)
        library = scratch_library(evaluation_set, settings, embedder=embedder)
        assistant = load_assistant(library, answering)
        cases = [case for case in evaluation_set.cases if case.id in wanted]
        first = []
        for start in tqdm(range(0, len(cases), _BATCH), file=bar_stream(), leave=False):
            some = cases[start : start + _BATCH]
            for case, found in zip(
                some, assistant.find([Query(case.question) for case in some]), strict=True
            ):
                quotes = [quote.text for gold in case.gold for quote in gold]
                quote = found.evidence[0].quote if found.evidence else ""
                first.append(
                    float(any(gold in quote or quote in gold for gold in quotes) and bool(quote))
                )
        library.close()
    for name, column in (("first sentence", first), ("exact match", exact), ("F1", f1)):
        _print(name, measures.estimate(lambda c: np.asarray(c.mean(-1)), np.array(column)))
    _print(
        "answers or not, AUROC", measures.estimate(measures.auroc, np.array(odds), np.array(holds))
    )
    return 0


def _print(name: str, each: measures.Estimate) -> None:
    print(f"{name:24}{each.value:.3f}   {each.low:.3f} – {each.high:.3f}   {each.cases}")  # noqa: T201


def questions_of(articles: Sequence[Article]) -> dict[str, Question]:
    """Return the questions of all articles by id."""
    return {q.id: q for article in articles for p in article.paragraphs for q in p.questions}


def _spans(
    reader: Reader, articles: Sequence[Article], asked: dict[str, Question]
) -> tuple[list[float], list[float], list[float], list[float]]:
    exact, f1, odds, holds = [], [], [], []
    for article in tqdm(articles, file=bar_stream(), leave=False):
        for paragraph in article.paragraphs:
            for question in paragraph.questions:
                if question.answer is None or question.id not in asked:
                    continue
                gold = paragraph.text[question.answer.start : question.answer.end]
                read = list(_read(reader, article, paragraph, question, asked[question.id].text))
                words = _best_words([each for each in read if each.own])
                exact.append(measures.exact_match(words, [gold]))
                f1.append(measures.f1(words, [gold]))
                odds += [each.reading.log_odds for each in read]
                holds += [float(each.holds) for each in read]
    return exact, f1, odds, holds


def _read(
    reader: Reader, article: Article, own: Paragraph, question: Question, text: str
) -> Iterator[Read]:
    """Yield all windows of the article that either hold the answer or say nothing of its words."""
    answer = question.answer
    assert answer is not None
    gold = own.text[answer.start : answer.end]
    every = [
        (window, paragraph is own)
        for paragraph in article.paragraphs
        for window in windows(
            Passage(Chunk("", 0, len(paragraph.text), paragraph.text), 0.0), article.title
        )
    ]
    readings = reader.read([text] * len(every), [window.window for window, _ in every])
    for (window, is_own), reading in zip(every, readings, strict=True):
        end = window.start + len(window.window.text)
        holds = is_own and window.start <= answer.start and answer.end <= end
        if holds or is_own or gold not in window.window.text:
            yield Read(window, reading, holds, is_own)


def _best_words(read: Sequence[Read]) -> str:
    best = ("", -np.inf)
    for each in read:
        for sentence in each.window.sentences:
            found = each.reading.best_span(sentence)
            if found is None:
                continue
            score = found[1] - float(np.logaddexp(0, -each.reading.log_odds))
            if score > best[1]:
                best = (each.window.window.text[found[0].start : found[0].end], score)
    return best[0]
