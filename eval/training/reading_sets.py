"""Files in the format of SQuAD -> articles with sentences, questions and the places of answers.

Files whose names differ in the language only (`xquad-train.en.json.gz`, `xquad-train.zh.json.gz`)
and that have the same questions by id are parallel: a question in one language can be asked of the
paragraph in another.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from index.cutting.sentences import split_sentences
from index.text.language import document_language
from index.types import Span

_FEW = 100
_HELD_OUT = frozenset(
    [
        "南加利佛尼亚州",
        "分组交换",
        "哈佛大学",
        "伊斯兰主义",
        "Southern California",
        "Packet switching",
        "Harvard University",
        "Islamism",
    ]
)
"""Articles of sets made from SQuAD's dev set, which are in more than one file."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a paragraph; `answer` is its place there, None where there is none."""

    id: str
    text: str
    answer: Span | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, the spans of its sentences, and the questions that were asked of it."""

    text: str
    sentences: tuple[Span, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a set."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class ReadingSet:
    """A file: its name without the language, the language (ISO 639-1), and its articles."""

    name: str
    language: str
    articles: tuple[Article, ...]


def read_sets(folder: Path) -> list[ReadingSet]:
    """Return the sets of a folder, `*.json` and `*.json.gz`, by name.

    Raises EvaluationError when there is none, or one is not in the format.
    """
    files = sorted(path for path in folder.glob("*.json*") if path.is_file())
    if not files:
        raise EvaluationError(f"{folder} holds no file *.json or *.json.gz in SQuAD's format.")
    return [read_set(path) for path in files]


def divided(sets: Sequence[ReadingSet]) -> tuple[list[ReadingSet], list[ReadingSet]]:
    """Return the sets' articles for training, and those held out to choose and to calibrate with.

    What is held out depends on the article alone, and is the same in each language.
    """
    kept: tuple[list[ReadingSet], list[ReadingSet]] = ([], [])
    for each in sets:
        for wanted, part in zip((False, True), kept, strict=True):
            chosen = tuple(article for article in each.articles if _is_out(article, each) == wanted)
            part.append(ReadingSet(each.name, each.language, chosen))
    return kept


def _is_out(article: Article, source: ReadingSet) -> bool:
    if len(source.articles) < _FEW:
        return article.title in _HELD_OUT
    named = article.title or article.paragraphs[0].text
    return zlib.crc32(named.encode()) % 14 == 7


def read_set(path: Path) -> ReadingSet:
    """Return the set of a file. Raises EvaluationError when it is not in the format."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            articles = [_article(entry) for entry in json.load(file)["data"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} is not in SQuAD's format ({type(error).__name__}: {error})."
        ) from error
    asked = [q.text for a in articles[:20] for p in a.paragraphs for q in p.questions]
    name = path.name.removesuffix(".gz").removesuffix(".json").partition(".")[0]
    return ReadingSet(name, document_language("\n".join(asked)), tuple(articles))


def _article(entry: dict[str, Any]) -> Article:
    title = str(entry.get("title", "")).replace("_", " ").strip()
    return Article(title, tuple(_paragraph(each) for each in entry["paragraphs"]))


def _paragraph(entry: dict[str, Any]) -> Paragraph:
    text = entry["context"]
    questions = []
    for asked in entry["qas"]:
        answers = asked["answers"]
        if asked.get("is_impossible") or not answers:
            answer = None
        else:
            start = answers[0]["answer_start"]
            answer = Span(start, start + len(answers[0]["text"]))
            if text[answer.start : answer.end] != answers[0]["text"] or not answers[0]["text"]:
                continue  # not where the file says
        questions.append(Question(str(asked["id"]), asked["question"].strip(" -"), answer))
    return Paragraph(text, tuple(split_sentences(text)), tuple(questions))
