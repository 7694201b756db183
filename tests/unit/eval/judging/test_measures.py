"""The measures against ir_measures, scikit-learn, brute force and closed formulas."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.judging import measures

# The other libraries are imported where they are asked: that takes seconds of who collects tests.

ranks_of_quotes = st.lists(st.one_of(st.none(), st.integers(1, 14)), min_size=1, max_size=5)
spans = st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda s: (s[0], s[0] + s[1]))
# Few different scores, so that there are ties.
scored = st.lists(
    st.tuples(st.integers(0, 8).map(lambda n: n / 8), st.booleans()), min_size=2, max_size=40
)


def columns(pairs):
    return tuple(np.array(column, dtype=float) for column in zip(*pairs, strict=True))


def as_trec(ranks):
    """A ranking of 14 passages, and what each is worth; the missing ones are x0, x1, x2."""
    import ir_measures

    gains = Counter(f"p{rank}" for rank in ranks if rank is not None)
    gains |= {f"x{i}": 1 for i, rank in enumerate(ranks) if rank is None}
    qrels = [ir_measures.Qrel("q", passage, gain) for passage, gain in gains.items()]
    run = [ir_measures.ScoredDoc("q", f"p{rank}", 100.0 - rank) for rank in range(1, 15)]
    return qrels, run


@given(ranks_of_quotes)
def test_ndcg_and_reciprocal_rank_are_those_of_trec_eval(ranks):
    import ir_measures

    expected = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.RR @ 10], *as_trec(ranks)
    )
    assert measures.ndcg(ranks, k=10) == pytest.approx(expected[ir_measures.nDCG @ 10])
    assert measures.reciprocal_rank(ranks, k=10) == pytest.approx(expected[ir_measures.RR @ 10])


@given(st.lists(st.integers(1, 14), min_size=1, max_size=5, unique=True), st.integers(1, 10))
def test_recall_is_that_of_trec_eval_where_each_quote_has_its_passage(found, k):
    ranks = [*found, None]
    import ir_measures

    expected = ir_measures.calc_aggregate([ir_measures.R @ k], *as_trec(ranks))
    assert measures.recall(ranks, k=k) == pytest.approx(expected[ir_measures.R @ k])


def test_retrieval_formulas():
    ranks = [3, 3, None]  # one passage with two of three quotes
    assert measures.recall(ranks, k=2) == 0
    assert measures.recall(ranks, k=3) == 2 / 3
    assert measures.reciprocal_rank(ranks, k=2) == 0
    assert measures.ndcg(ranks, k=10) == pytest.approx(
        (2 / math.log2(4)) / (2 / math.log2(2) + 1 / math.log2(3))
    )


@given(spans, spans)
def test_holds_counts_shared_characters(one, other):
    shared = len(set(range(*one)) & set(range(*other)))
    half = min(one[1] - one[0], other[1] - other[0]) / 2
    assert measures.holds(one, other) == (shared >= half)
    assert measures.holds(one, other) == measures.holds(other, one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("深圳有5260个基站。", [*"深圳有", "5260", *"个基站"]),
        ("５Ｇは2.4メートル", ["5", "g", "は", "2.4", *"メートル"]),
        ("한국어 12,5%", [*"한국어", "12,5"]),
        ("بلغ العدد ٤٢ برجًا", ["بلغ", "العدد", "٤٢", "برجًا"]),
        ("Die Straße, um 9:30 Uhr!", ["die", "strasse", "um", "9:30", "uhr"]),
        ("The cafe\u0301 of a king 👩‍🚀🎉", ["café", "of", "king"]),
        ("…—！", []),
    ],
)
def test_tokens(text, expected):
    assert measures.tokens(text) == expected


words = st.lists(
    st.sampled_from(["red", "green", "blue", "fish", "The", "a", "40", "1400"]), max_size=8
)


@given(words, st.lists(words, min_size=1, max_size=3))
def test_exact_match_and_f1_are_those_of_squad(said, answers):
    def normal(tokens):  # as the evaluation script of SQuAD: lower case, no articles, split
        return [token.lower() for token in tokens if token.lower() not in ("a", "an", "the")]

    def f1(answer):
        common = sum((Counter(normal(said)) & Counter(normal(answer))).values())
        if not common:
            return 0.0
        precision, recall = common / len(normal(said)), common / len(normal(answer))
        return 2 * precision * recall / (precision + recall)

    texts = [" ".join(answer) for answer in answers]
    assert measures.f1(" ".join(said), texts) == pytest.approx(max(map(f1, answers)))
    exact = any(normal(said) == normal(answer) for answer in answers)
    assert measures.exact_match(" ".join(said), texts) == exact


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("共有1400个", ["40"], 0),
        ("共有1400个", ["40", "1400"], 1),
        ("增长3.5%", ["5"], 0),
        ("皇岗口岸在二〇二二年完工", ["口岸"], 1),
        ("It was Łódź (Poland).", ["łódź"], 1),
        ("party", ["art"], 0),
        ("何か", ["？"], 0),
    ],
)
def test_contains(text, answers, expected):
    assert measures.contains(text, answers) == expected


@given(scored)
def test_auroc_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import roc_auc_score

    scores, positive = columns(pairs)
    found = measures.auroc(scores, positive)
    if len(set(positive)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(roc_auc_score(positive, scores))


@given(scored)
def test_risk_and_coverage_by_brute_force(pairs):
    expected = []
    for threshold in sorted({score for score, _ in pairs}, reverse=True):
        kept = [right for score, right in pairs if score >= threshold]
        expected.append((len(kept) / len(pairs), 1 - sum(kept) / len(kept)))
    curve = measures.risk_coverage(*columns(pairs))
    assert np.allclose(curve, expected)
    widths = np.diff([0, *(coverage for coverage, _ in expected)])
    area = sum(width * risk for width, (_, risk) in zip(widths, expected, strict=True))
    assert measures.area_under_risk_coverage(*columns(pairs)) == pytest.approx(area)


@given(scored)
def test_calibration_error_with_the_bins_of_scikit_learn(pairs):
    from sklearn.calibration import calibration_curve

    # scikit-learn puts a confidence on an edge into the bin below, we into the one above.
    confidences, right = columns((0.01 + 0.95 * score, ok) for score, ok in pairs)
    shares, means = calibration_curve(right, confidences, n_bins=10)
    counts, _ = np.histogram(confidences, bins=10, range=(0, 1))
    gaps = np.abs(shares - means) * counts[counts > 0]
    assert measures.calibration_error(confidences, right) == pytest.approx(gaps.sum() / len(right))


@pytest.mark.parametrize(
    "statistic",
    [measures.auroc, measures.area_under_risk_coverage, measures.calibration_error],
)
def test_rows_are_judged_apart(statistic):
    draw = np.random.default_rng(1)
    scores, right = draw.integers(0, 6, (5, 30)) / 6, draw.integers(0, 2, (5, 30)).astype(float)
    expected = [statistic(*row) for row in zip(scores, right, strict=True)]
    assert np.allclose(statistic(scores, right), expected)


def test_interval_of_a_mean_is_that_of_the_normal_distribution():
    values = np.random.default_rng(2).normal(0.4, 0.2, 600)
    found = measures.estimate(lambda column: column.mean(-1), values)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert found.value == values.mean()
    assert found.low == pytest.approx(values.mean() - half, abs=half / 10)
    assert found.high == pytest.approx(values.mean() + half, abs=half / 10)


def test_interval_of_a_difference_is_paired():
    before = np.random.default_rng(3).normal(0, 100, 200)
    found = measures.estimate(lambda a, b: b.mean(-1) - a.mean(-1), before, before + 0.25)
    assert (found.low, found.high) == (pytest.approx(0.25), pytest.approx(0.25))


def test_interval_passes_over_draws_without_a_value():
    found = measures.estimate(measures.auroc, np.array([0.1, 0.9]), np.array([0.0, 1.0]))
    assert (found.value, found.low, found.high, found.cases) == (1.0, 1.0, 1.0, 2)
    nothing = measures.estimate(measures.auroc, np.array([0.5]), np.array([1.0]))
    assert math.isnan(nothing.value)
