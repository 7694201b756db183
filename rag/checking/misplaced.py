"""True figures in the wrong place: what does the reader find where the figure is asked for?

"Students pay 60 yuan" rests on "60 yuan for adults, 30 for students" figure by figure. Asked "how
many yuan do students pay", the reader finds 30 (a cloze question, as in Taylor 1953).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from index.text.dates import Date
from index.text.figures import Figures, figures, missing
from index.text.numbers import Number
from rag.reader.reading import Reader, Reading, Window

_ASKED: Mapping[str, tuple[str, str]] = {
    "zh": ("多少", "什么时候"),
    "ja": ("いくつ", "いつ"),
    "en": ("how many", "when"),
    "de": ("wie viele", "wann"),
    "fr": ("combien", "quand"),
    "es": ("cuántos", "cuándo"),
}
"""How a figure and a date are asked for; other languages are asked in English."""
_YEAR = regex.compile(r"(?:1\d|20)\d\d")
_LEAST = 0.03
"""A probability below this says nothing."""
_LIKELIER = 1.0
"""Natural logarithm: so much likelier is another figure where the claim's own is misplaced."""
_SURE = 0.5

_Figure = Number | Date


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure of a window, and the probability that it is the one that is asked for."""

    figure: _Figure
    probability: float


def misplaced(claim: str, language: str, windows: Sequence[Window], reader: Reader) -> list[str]:
    """Return the figures of a claim in whose place the windows say another one.

    Only figures of one kind are compared: dates with dates, shares with shares, and those with a
    unit with others of its kind.
    """
    stated = [each for each in _figures(claim) if _rivals(each, windows)]
    if not stated:
        return []
    clozes = [_cloze(claim, each, language) for each in stated]
    asked = [(cloze, window) for cloze in clozes for window in windows]
    readings = reader.read([cloze for cloze, _ in asked], [window for _, window in asked])
    found = []
    for row in range(len(stated)):
        own = readings[row * len(windows) : (row + 1) * len(windows)]
        best = int(np.argmax([reading.log_odds for reading in own]))
        found.append(list(_probable(own[best], windows[best])))
    sure = [figure for figure, row in zip(stated, found, strict=True) if _own(figure, row) > _SURE]
    return [
        figure.text
        for figure, row in zip(stated, found, strict=True)
        if _elsewhere(figure, row, sure)
    ]


def _elsewhere(figure: _Figure, found: Sequence[_Found], sure: Sequence[_Figure]) -> bool:
    """Return whether another figure, which the claim does not have elsewhere, is likelier."""
    others = [
        each.probability
        for each in found
        if _alike(figure, each.figure)
        and not _same(figure, each.figure)
        and not any(_same(other, each.figure) for other in sure)
    ]
    ratio = (max(others, default=0.0) + _LEAST) / (_own(figure, found) + _LEAST)
    return float(np.log(ratio)) > _LIKELIER


def _own(figure: _Figure, found: Sequence[_Found]) -> float:
    return max((each.probability for each in found if _same(figure, each.figure)), default=0.0)


def _rivals(figure: _Figure, windows: Sequence[Window]) -> bool:
    known = [each for window in windows for each in _figures(window.text, every=True)]
    return any(_alike(figure, each) and not _same(figure, each) for each in known)


def _figures(text: str, *, every: bool = False) -> list[_Figure]:
    found = figures(text, every=every)
    return [*found.numbers, *found.dates]


def _cloze(claim: str, figure: _Figure, language: str) -> str:
    many, when = _ASKED.get(language, _ASKED["en"])
    asked = when if _is_date(figure) else many
    return claim[: figure.span.start] + asked + claim[figure.span.end :]


def _probable(reading: Reading, window: Window) -> Iterator[_Found]:
    for figure in _figures(window.text, every=True):
        yield _Found(figure, reading.share(figure.span))


def _is_date(figure: _Figure) -> bool:
    return isinstance(figure, Date) or bool(_YEAR.fullmatch(figure.text))


def _alike(one: _Figure, other: _Figure) -> bool:
    if _is_date(one) or _is_date(other):
        return _is_date(one) and _is_date(other)
    assert isinstance(one, Number)
    assert isinstance(other, Number)
    one_measures, other_measures = one.unit and one.unit[0], other.unit and other.unit[0]
    if "share" in (one_measures, other_measures):
        return one_measures == other_measures
    return None in (one_measures, other_measures) or one_measures == other_measures


def _same(one: _Figure, other: _Figure) -> bool:
    return not missing(_as_figures(one), _as_figures(other))


def _as_figures(each: _Figure) -> Figures:
    return Figures((), (each,)) if isinstance(each, Date) else Figures((each,), ())
