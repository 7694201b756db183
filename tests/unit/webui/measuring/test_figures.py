"""Runs and comparisons as HTML, without a browser."""

import base64
import csv
import io
import re
from dataclasses import replace

import pytest

from eval.judging.judge import Cited, Record
from eval.judging.summary import MEASURES
from eval.questions.sets import KINDS, Case, Quote
from eval.runs.compare import compare
from eval.runs.results import Run
from tests.unit.webui.drawing.test_render import Reader
from webui.measuring import cases as case_lists
from webui.measuring import figures
from webui.texts import EN, TEXTS, ZH

EVIL = "<script>x</script>\"'{0}&<b>é🚢 مرحبا"


def make_run(count: int, *, right: float) -> Run:
    records = tuple(
        Record(
            id=str(number),
            question=f"{number} {EVIL}",
            language="zh",
            kind=KINDS[number % 9],
            answerable=True,
            answer=EVIL,
            declined=False,
            state="answered",
            reason=None,
            confidence=number / count,
            citations=(Cited(EVIL, 0, 1, EVIL),),
            ranks=((1, None), (2, 3)),
            measures={"right": right, "recall@5": right},
            seconds=0.1,
        )
        for number in range(count)
    )
    return Run({"set": EVIL, "split": "all", "code": "0"}, "", {}, records)


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_every_measure_and_kind_has_its_words(texts) -> None:
    assert set(dict(texts.measures)) == set(MEASURES)
    assert set(dict(texts.kinds)) == set(KINDS)


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_nothing_of_a_run_is_markup(texts) -> None:
    gold = ((Quote(EVIL, EVIL),),)
    cases = [Case(str(n), EVIL, "zh", "fact", answerable=True, gold=gold) for n in range(9)]
    runs = make_run(9, right=0.0), make_run(9, right=1.0)
    shown = figures.results(runs[0], cases, texts) + figures.comparison(compare(*runs), texts)
    read = Reader(shown)
    assert {tag for tag, _ in read.elements}.isdisjoint({"script", "b"})
    assert read.text.count(EVIL) >= 9 * (1 + 1 + 2 + 2)  # question, answer, gold, cited
    assert len(read.all("case")) == 9 + 9
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)


def test_a_long_list_of_failures_says_how_many_more() -> None:
    many = case_lists.SHOWN_CASES + 7
    read = Reader(figures.results(make_run(many, right=0.0), (), ZH))
    assert len(read.all("case")) == case_lists.SHOWN_CASES
    assert ZH.failed_cases.format(count=many) in read.text
    assert ZH.failed_more.format(count=7) in read.text
    assert ZH.no_failed_cases in Reader(figures.results(make_run(3, right=1.0), (), ZH)).text


def test_only_a_change_that_is_sure_is_called_better_or_worse() -> None:
    bad, good, half = make_run(20, right=0.0), make_run(20, right=1.0), make_run(20, right=0.0)
    mixed = [
        replace(r, measures=r.measures | {"right": float(i == 3)})
        for i, r in enumerate(half.records)
    ]
    half = replace(half, records=tuple(mixed))
    shown = {
        name: Reader(figures.comparison(compare(bad, after), EN))
        for name, after in (("good", good), ("same", bad), ("one", half))
    }
    assert len(shown["good"].all("better")) == 3  # right, recall@5, aurc
    assert shown["good"].all("worse") == []
    assert shown["same"].all("better") == shown["one"].all("better") == []
    assert "-0.000" not in shown["same"].text
    assert EN.won.format(count=1) in shown["one"].text


def test_six_measures_come_first_each_with_a_light_against_the_baseline() -> None:
    bad, good = make_run(20, right=0.0), make_run(20, right=1.0)
    shown = figures.results(good, (), EN, baseline=compare(bad, good))
    first, folded = shown.split("<details>", 1)
    assert re.findall(r'class="measure" dir="ltr">([^<]*)', first) == [
        *("right", "recall@5", "seconds_p50")  # what this run has of the six
    ]
    assert len(Reader(first).all("better")) == 2
    assert "aurc" in folded
    same = Reader(figures.results(good, (), EN, baseline=compare(good, good)))
    assert same.all("better") == same.all("worse") == []
    assert EN.against_baseline not in Reader(figures.results(good, (), EN)).text


def test_what_went_wrong_is_a_table_that_no_spreadsheet_computes() -> None:
    run = make_run(3, right=0.0)
    records = tuple(replace(r, answer='=1+1, "x"\n城') for r in run.records)
    gold = ((Quote("港.md", "-9"),),)
    cases = [Case("1", records[1].question, "zh", "fact", answerable=True, gold=gold)]
    shown = figures.results(replace(run, records=records), cases, ZH)
    (link,) = re.findall(r'href="data:text/csv;base64,([^"]*)"', shown)
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(link).decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    assert {row["answer"] for row in rows} == {'\'=1+1, "x"\n城'}
    assert [row["gold"] for row in rows] == ["", "港.md: -9", ""]
    assert rows[0]["question"] == records[0].question
    assert shown.count(ZH.gold_unknown) == 2
