"""Calibration: folds by topic, figures of what was not seen, and the command on a small set."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.calibrate import Observations, _folds, _threshold, fit
from eval.errors import EvaluationError
from rag.gate import FEATURES, read_calibration
from tests.conftest import TEXTS

CASES = [
    ("a1", "青石港2031年装卸了多少万箱？", "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。"),
    ("a2", "三号码头什么时候启用？", "港务局局长林望舒说，新建的三号码头将在2033年春天启用。"),
    ("a3", "谁是港务局局长？", "港务局局长林望舒说，新建的三号码头将在2033年春天启用。"),
    ("b1", "红烧肉要炖多久？", None),
    ("b2", "秘鲁的首都在哪里？", None),
    ("b3", "明天会下雨吗？", None),
]


def observations(cases: int = 400, *, informative: bool = True, name: str = "made") -> Observations:
    rng = np.random.default_rng(11)
    answered = rng.integers(0, 2, cases).astype(np.float64)
    x = rng.standard_normal((cases, len(FEATURES)))
    if informative:
        x[:, 0] += 2 * answered
    topics = tuple(f"t{i % 40}" for i in range(cases))
    return Observations(name, "0" * 64, x, answered, rng.random(cases) < 0.7, topics)


def test_a_topic_is_in_one_fold() -> None:
    topics = [f"t{i % 7}" for i in range(100)]
    tested = []
    for train, test in _folds(topics):
        assert not {topics[i] for i in train} & {topics[i] for i in test}
        tested += test.tolist()
    assert sorted(tested) == list(range(100))


def test_what_can_be_learnt_is_learnt_and_what_cannot_is_not() -> None:
    told = fit([observations()], "e").figures["made"]["auroc"]
    # Two normal distributions two deviations apart: Φ(√2).
    assert told.value == pytest.approx(0.921, abs=0.03)
    guessed = fit([observations(informative=False)], "e").figures["made"]["auroc"]
    assert guessed.low < 0.5 < guessed.high + 0.05


def test_each_set_counts_alike_and_has_its_figures() -> None:
    both = fit([observations(600), observations(60, name="small")], "e")
    assert set(both.figures) == {"made", "small"}
    assert both.calibration.sets == (("made", "0" * 64), ("small", "0" * 64))


def test_the_threshold_is_where_brute_force_finds_it() -> None:
    rng = np.random.default_rng(5)
    answered = rng.integers(0, 2, 60).astype(np.float64)
    confidences = rng.random(60) * 0.6 + 0.4 * answered
    weights = rng.random(60)

    def lost(threshold: float) -> float:
        declined = confidences < threshold
        return float(
            weights[declined & (answered == 1)].sum() / weights[answered == 1].sum()
            + weights[~declined & (answered == 0)].sum() / weights[answered == 0].sum()
        )

    found = _threshold(confidences, answered, weights)
    every = np.linspace(0, 1.01, 5000)
    least = min(map(lost, every))
    assert lost(found) <= least + 0.02 + 1e-9
    # None that is nearly as good is lower, but for the gap to the next confidence.
    below = confidences[confidences < found].max()
    assert all(lost(t) > least + 0.02 for t in every if t <= below)


def test_one_kind_of_case_teaches_nothing() -> None:
    seen = observations()
    alike = Observations(
        seen.name, seen.sha256, seen.x, np.ones(len(seen.x)), seen.within, seen.topics
    )
    with pytest.raises(EvaluationError, match="nothing to learn"):
        fit([alike], "e")


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "harbour.md").write_text(TEXTS["harbour.md"], "utf-8")
    lines = [
        json.dumps(
            {
                "id": name,
                "question": question,
                "language": "zh",
                "kind": "fact" if quote else "off_topic",
                "answerable": quote is not None,
                "gold": [[{"doc": "harbour.md", "quote": quote}]] if quote else [],
            },
            ensure_ascii=False,
        )
        for name, question, quote in CASES
    ]
    (folder / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_the_command_writes_what_answers_use(
    small_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "calibration.json"
    assert main(["calibrate", str(small_set), "--out", str(out)]) == 0
    made = read_calibration(out)
    assert made.features == FEATURES
    assert made.sets[0][0] == "small"
    told = capsys.readouterr().out
    assert "auroc" in told
    assert "threshold" in told


def test_a_set_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "nowhere"]) == 1
    assert "no evaluation set nowhere" in capsys.readouterr().err
