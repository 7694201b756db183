"""Comparisons: differences against closed formulas, and the exit codes of the command."""

import dataclasses

import numpy as np
import pytest

from eval.__main__ import main
from eval.errors import EvaluationError
from eval.judging.summary import summarise
from eval.runs.compare import compare, drops
from eval.runs.results import write_run

BEFORE = {f"问{i}": i % 3 > 0 for i in range(60)}  # 40 of 60 are right
AFTER = {name: not ok if i < 6 else ok for i, (name, ok) in enumerate(BEFORE.items())}


@pytest.fixture
def runs(make_run):
    return make_run(BEFORE), make_run(AFTER, code="1")


def by_name(comparison):
    return {each.name: each for each in comparison.differences}


def test_differences_and_cases(runs):
    found = compare(*runs)
    right = by_name(found)["right"]
    assert (right.before, right.after) == (pytest.approx(40 / 60), pytest.approx(38 / 60))
    assert right.change.value == pytest.approx(-2 / 60)
    change = np.array([float(AFTER[name]) - BEFORE[name] for name in BEFORE])
    half = 1.96 * change.std() / np.sqrt(len(change))
    assert right.change.low == pytest.approx(-2 / 60 - half, abs=half / 4)
    assert right.change.high == pytest.approx(-2 / 60 + half, abs=half / 4)
    assert [after.id for _, after in found.won] == ["问0", "问3"]
    assert [before.id for before, _ in found.lost] == ["问1", "问2", "问4", "问5"]
    assert by_name(found)["false_refusal"].drop == pytest.approx(2 / 60)  # lower is better


def test_a_run_against_itself(runs):
    found = compare(runs[0], runs[0])
    assert {each.change.value for each in found.differences} == {0.0}
    assert {(each.change.low, each.change.high) for each in found.differences} == {(0.0, 0.0)}
    assert (found.won, found.lost) == ((), ())


def test_cases_of_one_run_alone_are_left_out(runs):
    before, after = runs
    short = dataclasses.replace(after, records=after.records[6:])
    found = compare(before, short)
    assert (found.only_before, found.only_after) == (6, 0)
    assert by_name(found)["right"].change.value == 0
    other = dataclasses.replace(after.records[0], question="别的问题？")
    with pytest.raises(EvaluationError, match="no case in common"):
        compare(before, dataclasses.replace(after, records=(other,)))


def test_drops(runs):
    found = compare(*runs)
    assert [each.name for each in drops(found, {"right": 0.03, "false_refusal": 0.04})] == ["right"]
    assert drops(found, {"right": 0.04}) == []
    with pytest.raises(EvaluationError, match=r"have no false_answer.*right"):
        drops(found, {"false_answer": 0.1})


def test_the_command_line(runs, tmp_path, capsys):
    paths = [str(tmp_path / name) for name in ("a.json", "b.json")]
    for run, path in zip(runs, paths, strict=True):
        write_run(run, summarise(run.records), tmp_path / path)
    assert main(["compare", *paths]) == 0
    printed = capsys.readouterr()
    assert "won: 2 问0 问3" in printed.out
    assert "-0.033" in printed.out
    assert main(["compare", *paths, "--fail-on-drop", "right=0.04"]) == 0
    assert main(["compare", *paths, "--fail-on-drop", "right=0.01"]) == 1
    assert "right is worse: 0.6667 before, 0.6333 now" in capsys.readouterr().err
    assert main(["compare", *reversed(paths), "--fail-on-drop", "right=0"]) == 0
    for wrong in ("luck=0.1", "right", "right=much"):
        with pytest.raises(SystemExit) as exit_code:
            main(["compare", *paths, "--fail-on-drop", wrong])
        assert exit_code.value.code == 2
