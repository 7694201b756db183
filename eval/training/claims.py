"""Claims: a sentence of a document, in its own words or translated, or altered so that it is false.

A figure in another's place, a name of something else, a denial: each looks close to its source.
"""

from collections.abc import Sequence
from random import Random

import regex

from eval.training.swaps import Swaps, replaced

_FIGURE = regex.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*(?!\d)")
_DENIALS: Sequence[tuple[str, str]] = (
    (r"(?<![不没就还只总但可要若])是(?!否|不)", "不是"),
    (r"(?<!没)有(?!限|关|效|机|名|些|时|没)", "没有"),
    (r"可以|能够", "不能"),
    (r"已经?", "尚未"),
    (r"\b(is|was|are|were|has been|had been|can|could|will|would|must)\b(?! not)", r"\1 not"),
    (r"\b(ist|war|sind|waren|wird|wurde|wurden|kann|hat)\b(?! nicht)", r"\1 nicht"),
    (r"である", "ではない"),
    (r"した。", "しなかった。"),
)

_MISPLACED = 0.6
"""So often another figure of the window takes a figure's place, if it can: the hardest."""


def altered(claim: str, window: str, swaps: Swaps, random: Random) -> str | None:
    """Return the claim made false against the window, or None where nothing can be changed."""
    ways = [_refigured, _renamed, _denied]
    random.shuffle(ways)
    ways.insert(0 if random.random() < _MISPLACED else len(ways), _misplaced)
    for way in ways:
        if changed := way(claim, window, swaps, random):
            return changed
    return None


def _misplaced(claim: str, window: str, _: Swaps, random: Random) -> str | None:
    """Put another figure of the window in the place of one of the claim."""
    figures = list(_FIGURE.finditer(claim))
    if not figures:
        return None
    chosen = random.choice(figures)
    others = {m.group() for m in _FIGURE.finditer(window)} - {m.group() for m in figures}
    alike = sorted(o for o in others if (len(o) == 4) == (len(chosen.group()) == 4))
    if len(figures) > 1 and (not alike or random.random() < 0.5):
        one, other = random.sample(figures, 2)
        one, other = sorted((one, other), key=lambda m: m.start())
        if one.group() == other.group():
            return None
        between = claim[one.end() : other.start()]
        return claim[: one.start()] + other.group() + between + one.group() + claim[other.end() :]
    if not alike:
        return None
    return claim[: chosen.start()] + random.choice(alike) + claim[chosen.end() :]


def _refigured(claim: str, window: str, swaps: Swaps, random: Random) -> str | None:
    figures = [m.group() for m in _FIGURE.finditer(claim)]
    if not figures:
        return None
    chosen = random.choice(figures)
    other = swaps.other(chosen, claim + window, random)
    return replaced(claim, chosen, other) if other else None


def _renamed(claim: str, window: str, swaps: Swaps, random: Random) -> str | None:
    names = [part for part in swaps.shared(claim, claim) if not part[:1].isdigit()]
    if not names:
        return None
    chosen = random.choice(names[:4])
    other = swaps.other(chosen, claim + window, random)
    return replaced(claim, chosen, other) if other else None


def _denied(claim: str, _: str, __: Swaps, random: Random) -> str | None:
    for pattern, denial in random.sample(_DENIALS, len(_DENIALS)):
        changed = regex.sub(pattern, denial, claim, count=1)
        if changed != claim:
            return changed
    return None
