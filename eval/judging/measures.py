"""What is measured, as arithmetic on plain numbers and texts. Imports nothing of this project.

Retrieval is judged by *ranks*: for each quote that an answer needs, the rank (from 1) of the first
retrieved passage that holds it, or None. A passage holds a quote when at least half of the shorter
of the two lies in the other, so that a cut in another place does not move the figures.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

Ranks = Sequence[int | None]
Floats = NDArray[np.floating[Any]]
Statistic = Callable[..., Floats]
"""Columns of shape (…, cases) -> figures of shape (…)."""

_RESAMPLES = 1000
_DRAWN_AT_ONCE = 1_000_000
_SEED = 20201014
_TOKEN = regex.compile(
    r"""\p{N}+(?:[.,:]\p{N}+)*
      | [\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]
      | [[\p{L}\p{M}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]]+""",
    regex.VERBOSE | regex.V1,
)
_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, from this many cases."""

    value: float
    low: float
    high: float
    cases: int


# Retrieval


def holds(passage: tuple[int, int], quote: tuple[int, int]) -> bool:
    """Whether two spans of one document share at least half of the shorter one's characters.

    >>> holds((0, 100), (95, 105)), holds((0, 100), (96, 106)), holds((20, 30), (0, 100))
    (True, False, True)
    """
    shared = min(passage[1], quote[1]) - max(passage[0], quote[0])
    shorter = min(passage[1] - passage[0], quote[1] - quote[0])
    return shared > 0 and 2 * shared >= shorter


def recall(ranks: Ranks, *, k: int) -> float:
    """Return the share of the needed quotes that the first `k` passages hold.

    >>> recall([1, 7, None, 3], k=5)
    0.5
    """
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Ranks, *, k: int) -> float:
    """Return 1 / rank of the first passage that holds a needed quote, 0 beyond rank `k`.

    Voorhees, The TREC-8 Question Answering Track Report, 1999.

    >>> reciprocal_rank([None, 4], k=10)
    0.25
    """
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)


def ndcg(ranks: Ranks, *, k: int) -> float:
    """Return the normalised discounted cumulative gain at `k`.

    Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002. A passage gains
    one for each quote that it is the first to hold; in the ideal order, passages that gain most
    come first, and each quote that was not found has a passage of its own.

    >>> round(ndcg([1, None], k=10), 3)
    0.613
    """
    found = Counter(rank for rank in ranks if rank is not None)
    ideal = sorted([*found.values(), *[1] * ranks.count(None)], reverse=True)[:k]
    best = sum(gain / np.log2(place + 1) for place, gain in enumerate(ideal, 1))
    gained = sum(gain / np.log2(rank + 1) for rank, gain in found.items() if rank <= k)
    return float(gained / best)


# Answers


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded; a number is one token, a CJK character is one.

    Punctuation and English articles are dropped, as in SQuAD (Rajpurkar et al. 2016).

    >>> tokens("The 5Ｇ网络: 12.5 Straßen")
    ['5', 'g', '网', '络', '12.5', 'strassen']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [token for token in _TOKEN.findall(folded) if token not in _ARTICLES]


def contains(text: str, answers: Sequence[str]) -> float:
    """Return 1 when a text contains one of the answers, token by token, else 0.

    >>> contains("共有1400个基站", ["40", "1400个"]), contains("共有1400个基站", ["40"])
    (1.0, 0.0)
    """
    said = tokens(text)
    wanted = [tokens(answer) for answer in answers]
    return float(
        any(
            said[start : start + len(want)] == want
            for want in wanted
            if want
            for start in range(len(said) - len(want) + 1)
        )
    )


def exact_match(text: str, answers: Sequence[str]) -> float:
    """Return 1 when a text is one of the answers but for punctuation, else 0 (SQuAD)."""
    return float(any(tokens(text) == tokens(answer) for answer in answers))


def f1(text: str, answers: Sequence[str]) -> float:
    """Return the F1 of the tokens that text and answer share, of the best answer (SQuAD).

    >>> f1("基站5260个", ["5260"])
    0.4
    """
    return max((_f1(Counter(tokens(text)), Counter(tokens(a))) for a in answers), default=0.0)


def _f1(said: Counter[str], wanted: Counter[str]) -> float:
    shared = (said & wanted).total()
    return 2 * shared / (said.total() + wanted.total()) if shared else 0.0


# Knowing when there is no answer: columns of shape (…, cases), a figure for each row


def auroc(scores: Floats, positive: Floats) -> Floats:
    """Return the chance that a positive scores higher than a negative, ties counting half.

    The Mann–Whitney statistic over the ranks of the positives (Hanley & McNeil 1982); NaN where
    all cases are positive, or none is.
    """
    order = np.argsort(scores, axis=-1)
    ordered = np.take_along_axis(scores, order, axis=-1)
    cases = scores.shape[-1]
    last = _last_of_ties(ordered)
    first = cases - 1 - _last_of_ties(ordered[..., ::-1])[..., ::-1]
    ranks = (first + last) / 2 + 1
    above = np.take_along_axis(positive, order, axis=-1)
    ups = above.sum(-1)
    pairs = ups * (cases - ups)
    won = (ranks * above).sum(-1) - ups * (ups + 1) / 2
    return np.where(pairs > 0, won / np.maximum(pairs, 1), np.nan)


def risk_coverage(scores: Floats, right: Floats) -> list[tuple[float, float]]:
    """Return (coverage, risk) for each threshold, from the strictest to none.

    Coverage is the share of cases at or above the threshold, risk the share of those that are
    wrong (El-Yaniv & Wiener, On the Foundations of Noise-free Selective Classification, 2010).
    """
    risk, last = _risk(scores, right)
    return [((i + 1) / len(scores), float(risk[i])) for i in np.unique(last).tolist()]


def area_under_risk_coverage(scores: Floats, right: Floats) -> Floats:
    """Return the mean risk over all coverages (AURC: Geifman et al. 2019); lower is better."""
    risk, last = _risk(scores, right)
    return np.asarray(np.take_along_axis(risk, last, axis=-1).mean(-1))


def calibration_error(confidences: Floats, right: Floats, *, bins: int = 10) -> Floats:
    """Return how far confidence is from the share of right ones, in bins of equal width.

    Expected calibration error: Naeini et al. 2015; Guo et al. 2017.
    """
    place = np.minimum((confidences * bins).astype(int), bins - 1)
    rows = place.reshape(-1, place.shape[-1])
    apart = rows + bins * np.arange(len(rows))[:, None]
    gaps = np.bincount(
        apart.ravel(), weights=(confidences - right).ravel(), minlength=bins * len(rows)
    )
    errors = np.abs(gaps.reshape(-1, bins)).sum(-1) / place.shape[-1]
    return np.asarray(errors.reshape(place.shape[:-1]))


def _risk(scores: Floats, right: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the risk among the best 1, 2, … cases, and where a threshold can really part them."""
    order = np.argsort(-scores, axis=-1, kind="stable")
    wrong = np.cumsum(1 - np.take_along_axis(right, order, axis=-1), axis=-1)
    risk = wrong / np.arange(1, scores.shape[-1] + 1)
    return risk, _last_of_ties(np.take_along_axis(scores, order, axis=-1))


def _last_of_ties(ordered: Floats) -> NDArray[np.int64]:
    """Return, for each place of sorted rows, the last place with the same value."""
    cases = ordered.shape[-1]
    ends = np.ones(ordered.shape, dtype=bool)
    ends[..., :-1] = ordered[..., 1:] != ordered[..., :-1]
    places = np.where(ends, np.arange(cases), cases)
    return np.minimum.accumulate(places[..., ::-1], axis=-1)[..., ::-1]


# Uncertainty


def estimate(statistic: Statistic, *columns: Floats) -> Estimate:
    """Return a statistic of the cases and its 95 % interval by the percentile bootstrap.

    Efron 1979. `columns` are as long as there are cases and are resampled together, so that the
    difference between two runs is paired. `statistic` takes columns of shape (…, cases) and gives
    shape (…). The draws are the same every time; those without a value are passed over.
    """
    cases = len(columns[0])
    value = float(statistic(*columns))
    resampled = np.concatenate(
        [statistic(*(column[chosen] for column in columns)) for chosen in _draws(cases)]
    )
    known = resampled[~np.isnan(resampled)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (value, value)
    return Estimate(value, float(low), float(high), cases)


def _draws(cases: int) -> Iterator[NDArray[np.int64]]:
    """Yield the resamples, shape (some, cases), in blocks that fit into memory."""
    draw = np.random.default_rng(_SEED)
    rows = max(1, min(_RESAMPLES, _DRAWN_AT_ONCE // cases))
    for start in range(0, _RESAMPLES, rows):
        yield draw.integers(cases, size=(min(rows, _RESAMPLES - start), cases))
