"""The held-out articles of the reading sets as files of their own: to calibrate with, and to judge.

The reader has not learned from them. Every second paragraph of an article is left out, and its
questions are asked all the same: of the paragraphs around it, which do not answer them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.training.reading_sets import Article, Paragraph, Question, ReadingSet


def write_held_out(sets: Sequence[ReadingSet], out: Path, most: int) -> list[Path]:
    """Write a file a set, in SQuAD's format, with about `most` questions; return the paths."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in sets:
        if each.articles:
            path = out / f"{each.name}.{each.language}.json"
            data = {"data": _entries(each, most)}
            path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
            paths.append(path)
    return paths


def _entries(source: ReadingSet, most: int) -> list[dict[str, Any]]:
    """Return the articles with questions from all over them, and paragraphs that nobody asks for.

    Where people wrote questions without an answer, no paragraph needs to be left out.
    """
    every = [q for article in source.articles for p in article.paragraphs for q in p.questions]
    chosen = {id(question) for question in every[:: max(1, -(-len(every) // most))]}
    tricky = any(question.answer is None for question in every)
    entries = []
    for article in source.articles:
        paragraphs: list[dict[str, Any]] = []
        for number, paragraph in enumerate(article.paragraphs):
            some = [question for question in paragraph.questions if id(question) in chosen]
            if number % 2 and not tricky and not _repeats(article, paragraph):
                paragraphs[-1]["qas"] += [_question(paragraph, q, answered=False) for q in some]
            else:
                asked = [_question(paragraph, q, answered=q.answer is not None) for q in some]
                paragraphs.append({"context": paragraph.text, "qas": asked})
        entries.append({"title": article.title, "paragraphs": paragraphs})
    return entries


def _repeats(article: Article, paragraph: Paragraph) -> bool:
    """Return whether the article has the paragraph's text more than once."""
    return sum(each.text == paragraph.text for each in article.paragraphs) > 1


def _question(paragraph: Paragraph, question: Question, *, answered: bool) -> dict[str, Any]:
    answer = question.answer if answered else None
    words = [
        {"text": paragraph.text[each.start : each.end], "answer_start": each.start}
        for each in (answer,)
        if each is not None
    ]
    return {
        "id": question.id,
        "question": question.text,
        "is_impossible": not answered,
        "answers": words,
    }
