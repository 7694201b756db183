"""Calibration: folds by topic, figures of what was not seen, and the command on a small set."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from eval.__main__ import main
from eval.errors import EvaluationError
from eval.runs.calibrate import Observations, _folds, _logistic, _sure, _threshold, fit
from rag.finding.gate import FEATURES, OTHER_LANGUAGE, read_calibration
from tests.conftest import TEXTS

CASES = [
    ("a1", "青石港2031年装卸了多少万箱？", "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。"),
    ("a2", "三号码头什么时候启用？", "港务局局长林望舒说，新建的三号码头将在2033年春天启用。"),
    ("a3", "谁是港务局局长？", "港务局局长林望舒说，新建的三号码头将在2033年春天启用。"),
    ("b1", "红烧肉要炖多久？", None),
    ("b2", "秘鲁的首都在哪里？", None),
    ("b3", "明天会下雨吗？", None),
]
MODELS = ("an embedder", "a reader")


def observations(cases: int = 400, *, informative: bool = True, name: str = "made") -> Observations:
    rng = np.random.default_rng(11)
    answered = rng.integers(0, 2, cases).astype(np.float64)
    x = rng.standard_normal((cases, len(FEATURES)))
    if informative:
        x[:, 0] += 2 * answered
    topics = tuple(f"t{i % 40}" for i in range(cases))
    return Observations(name, "0" * 64, x, answered, topics)


def test_a_topic_is_in_one_fold() -> None:
    topics = [f"t{i % 7}" for i in range(100)]
    tested = []
    for train, test in _folds(topics):
        assert not {topics[i] for i in train} & {topics[i] for i in test}
        tested += test.tolist()
    assert sorted(tested) == list(range(100))


def test_what_can_be_learnt_is_learnt_and_what_cannot_is_not() -> None:
    told = fit([observations()], MODELS).figures["made"]["auroc"]
    # Two normal distributions two deviations apart: Φ(√2).
    assert told.value == pytest.approx(0.921, abs=0.03)
    guessed = fit([observations(informative=False)], MODELS).figures["made"]["auroc"]
    assert guessed.low < 0.5 < guessed.high + 0.05


def test_where_it_is_less_often_right_across_languages_more_is_asked() -> None:
    seen = observations(4000)
    rng = np.random.default_rng(5)
    across = rng.random(len(seen.x)) < 0.5
    seen.x[:, OTHER_LANGUAGE] = across
    answered = np.where(across & (rng.random(len(seen.x)) < 0.05), 0.0, seen.answered)
    made = fit([Observations("m", "0" * 64, seen.x, answered, seen.topics)], MODELS).calibration
    told = np.array([made.model(row) for row in seen.x.tolist()])
    for side, limits, sure in ((~across, made.within, 0.8), (across, made.across, 0.9)):
        let_through = side & (told >= limits.sure)
        assert answered[let_through].mean() == pytest.approx(sure, abs=0.03)
    assert made.across.sure > made.within.sure + 0.1


def test_a_sign_against_sense_is_not_learnt() -> None:
    seen = observations()
    reversed_x = seen.x * -1
    made = fit([Observations("r", "0" * 64, reversed_x, seen.answered, seen.topics)], MODELS)
    signs = list(FEATURES.values())
    assert all(s * c >= 0 for s, c in zip(signs, made.calibration.model.coefficients, strict=True))
    assert made.calibration.model.coefficients[0] == 0.0


def test_without_bounds_the_fit_is_that_of_scikit_learn() -> None:
    seen = observations(2000)
    ours = _logistic(seen.x, seen.answered, np.ones(len(seen.x)))
    # The same penalty on standardised features: C = 1 / (2 n ridge).
    scaled = (seen.x - seen.x.mean(0)) / seen.x.std(0)
    theirs = LogisticRegression(C=1 / (2 * len(seen.x) * 1e-3)).fit(scaled, seen.answered)
    free = [n for n, sign in enumerate(FEATURES.values()) if sign == 0 or ours.coefficients[n]]
    assert ours.coefficients[0] * seen.x[:, 0].std() == pytest.approx(theirs.coef_[0][0], rel=0.02)
    assert 0 in free


def test_sure_is_where_eight_of_ten_are_right() -> None:
    rng = np.random.default_rng(2)
    confidences = rng.random(5000)
    answered = (rng.random(5000) < confidences).astype(np.float64)
    sure = _sure(confidences, answered, np.ones(5000), 0.8)
    assert answered[confidences >= sure].mean() == pytest.approx(0.8, abs=0.005)
    assert sure == pytest.approx(0.6, abs=0.05)  # the mean from there to 1 is 0.8


def test_each_set_counts_alike_and_has_its_figures() -> None:
    both = fit([observations(600), observations(60, name="small")], MODELS)
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
            2 * weights[declined & (answered == 1)].sum() / weights[answered == 1].sum()
            + weights[~declined & (answered == 0)].sum() / weights[answered == 0].sum()
        )

    found = _threshold(confidences, answered, weights)
    every = np.linspace(0, 1.01, 5000)
    least = min(map(lost, every))
    assert lost(found) <= least + 0.04 + 1e-9
    # None that is nearly as good is lower, but for the gap to the next confidence.
    below = confidences[confidences < found].max()
    assert all(lost(t) > least + 0.04 for t in every if t <= below)


def test_one_kind_of_case_teaches_nothing() -> None:
    seen = observations()
    alike = Observations(seen.name, seen.sha256, seen.x, np.ones(len(seen.x)), seen.topics)
    with pytest.raises(EvaluationError, match="nothing to learn"):
        fit([alike], MODELS)


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
    assert made.features == tuple(FEATURES)
    assert made.sets[0][0] == "small"
    told = capsys.readouterr().out
    assert "auroc" in told
    assert "sure from" in told


def test_a_set_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "nowhere"]) == 1
    assert "no evaluation set nowhere" in capsys.readouterr().err
