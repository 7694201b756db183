"""What the reader learns from: places are right, what is held out stays out, numbers repeat."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from eval.errors import EvaluationError
from eval.training.claims import altered
from eval.training.examples import Examples
from eval.training.held_out import write_held_out
from eval.training.reading_sets import divided, read_set, read_sets
from eval.training.swaps import Swaps, replaced

FACTS = {
    "zh": (
        "{n}号仓库的主管是{who}。",
        "仓库建于{year}年，面积{area}平方米。",
        "这里存放茶叶和瓷器。",
        "谁是{n}号仓库的主管？",
    ),
    "en": (
        "The head of Depot {n} is {who}.",
        "It was built in {year} and measures {area} m².",
        "Tea and china are kept there.",
        "Who is the head of Depot {n}?",
    ),
}
PEOPLE = {
    "zh": ["林望舒", "赵明远", "陈一鸣", "周子涵"],
    "en": ["Ada Holm", "Ben Osei", "Cara Lund", "Dan Roe"],
}


def squad(language: str, articles: int, *, unanswerable: bool = False) -> dict:
    said, built, kept, ask = FACTS[language]
    made = []
    for n in range(articles):
        who = PEOPLE[language][n % 4]
        first = said.format(n=n, who=who)
        gap = "" if language == "zh" else " "
        text = gap.join([first, built.format(year=1900 + n, area=300 + 7 * n), kept] * 2)
        asked = [
            {
                "id": f"{n}",
                "question": ask.format(n=n),
                "answers": [{"text": who, "answer_start": text.index(who)}],
            },
        ]
        if unanswerable:
            asked.append(
                {
                    "id": f"{n}-x",
                    "question": ask.format(n=n + 1),
                    "answers": [],
                    "is_impossible": True,
                }
            )
        made.append(
            {
                "title": f"Depot {n}",
                "paragraphs": [{"context": text, "qas": asked}, {"context": kept, "qas": []}],
            }
        )
    return {"data": made}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "depots.zh.json.gz", "wt", encoding="utf-8") as file:
        json.dump(squad("zh", 120), file)
    (tmp_path / "depots.en.json").write_text(json.dumps(squad("en", 120)), "utf-8")
    (tmp_path / "tricky.zh.json").write_text(
        json.dumps(squad("zh", 120, unanswerable=True)), "utf-8"
    )
    return tmp_path


def test_answers_stand_where_examples_say(folder: Path):
    examples = Examples(read_sets(folder), "7")
    kinds = set()
    for number in range(1000):
        answered, not_answered = examples[number]
        kinds |= {answered.kind, not_answered.kind}
        assert answered.answers
        assert not not_answered.answers
        assert not_answered.answer is None
        assert answered.window.strip()
        assert not_answered.window.strip()
        assert (answered.answer is None) == (answered.kind == "claim")
        if answered.answer is not None:
            words = answered.window[answered.answer.start : answered.answer.end]
            assert words
            if answered.kind != "table":
                assert words in PEOPLE["zh"] + PEOPLE["en"]
                if not_answered.kind in ("answer_cut", "other_window", "neighbour", "faq_cut"):
                    assert words not in not_answered.window
    assert kinds >= {
        "answer",
        "answer_cut",
        "both_swapped",
        "claim",
        "claim_altered",
        "passage_swapped",
        "question_swapped",
        "table",
        "table_lacking",
        "unanswerable",
    }


def test_pairs_are_alike(folder: Path):
    examples = Examples(read_sets(folder), "7")
    for number in range(1000):
        answered, not_answered = examples[number]
        same_window = answered.window == not_answered.window
        same_question = answered.question == not_answered.question
        of_one_window = ("claim_altered", "table_lacking", "unanswerable")
        swapped = (answered.kind, not_answered.kind) == ("answer", "question_swapped")
        if swapped or not_answered.kind in of_one_window:
            assert same_window
            assert not same_question
        elif (answered.kind, not_answered.kind) == ("answer", "passage_swapped"):
            assert same_question
            assert not same_window


def test_an_example_is_the_same_however_it_is_reached(folder: Path):
    sets = read_sets(folder)
    one, other, third = (Examples(sets, seed) for seed in "778")
    assert [one[n] for n in range(50)] == [other[n] for n in reversed(range(50))][::-1]
    assert [third[n] for n in range(50)] != [one[n] for n in range(50)]


def test_no_article_is_on_both_sides_and_languages_agree(folder: Path):
    learned, held_out = divided(read_sets(folder))
    for one, other in zip(learned, held_out, strict=True):
        assert other.articles
        assert not {a.title for a in one.articles} & {a.title for a in other.articles}
        assert {a.title for a in other.articles} == {a.title for a in held_out[0].articles}


def test_what_is_held_out_can_be_read_again(folder: Path, tmp_path: Path):
    _, held_out = divided(read_sets(folder))
    for path, source in zip(write_held_out(held_out, tmp_path / "out", 9), held_out, strict=True):
        again = read_set(path)
        assert [a.title for a in again.articles] == [a.title for a in source.articles]
        for article, before in zip(again.articles, source.articles, strict=True):
            texts = [p.text for p in article.paragraphs]
            whole = source.name == "tricky"  # people wrote what it does not answer
            assert texts == [p.text for p in before.paragraphs[:: 1 if whole else 2]]
            left_out = {q.id for p in before.paragraphs[1::2] for q in p.questions}
            for paragraph in article.paragraphs:
                for question in paragraph.questions:
                    assert question.answer is None or question.id not in left_out


@pytest.mark.parametrize("content", ["", "[]", '{"data": [{}]}', '{"data": 3}'])
def test_other_files_are_refused(tmp_path: Path, content: str):
    (tmp_path / "a.json").write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match="SQuAD"):
        read_sets(tmp_path)
    with pytest.raises(EvaluationError, match="holds no file"):
        read_sets(tmp_path / "none")


def test_what_is_swapped_is_of_its_kind():
    passages = [
        f"{place}区在{year}年建成。"
        for place, year in (("南山", 2001), ("宝安", 2002), ("罗湖", 2003))
    ]
    swaps = Swaps(passages, ["南山区何时建成？", "宝安区何时建成？"])
    random = Random(1)
    assert "2001" in swaps.shared("2001年建成的是哪里？", passages[0])
    for part in ("1998", "37", "3.5"):
        other = swaps.other(part, "", random)
        assert other is not None
        assert other != part
        assert len(other) == len(part)
    assert replaced("2001年、12001个", "2001", "2005") == "2005年、12001个"


def test_altered_claims_say_something_else():
    swaps = Swaps(["2001年有30个，2002年有45个。"], ["多少？"])
    window = "2001年有30个，2002年有45个。"
    for number in range(40):
        changed = altered("2001年有30个。", window, swaps, Random(number))
        assert changed is not None
        assert changed != "2001年有30个。"
        assert changed not in window
