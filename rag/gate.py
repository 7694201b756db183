"""Do the passages answer the question? A plain threshold on how well the best passage fits.

The embedder's scores are lower across languages than within one, so each case has its own. The
thresholds were read off a few hundred answerable and unanswerable questions; near misses (the right
topic, another place or year) pass them. `confidence` is therefore a scale, not yet a probability.
"""

import math
from collections.abc import Sequence

from rag.evidence import Evidence
from rag.language import detect

_THRESHOLD_WITHIN_LANGUAGE = 0.81
_THRESHOLD_ACROSS_LANGUAGES = 0.735
_SCALE = 0.015


def confidence(language: str, evidence: Sequence[Evidence]) -> float:
    """Return a number from 0 to 1 that rises with how well the passage of the best sentence fits.

    `language` is the question's; `evidence` is best first.
    """
    if not evidence:
        return 0.0
    same = detect(evidence[0].quote) == language
    threshold = _THRESHOLD_WITHIN_LANGUAGE if same else _THRESHOLD_ACROSS_LANGUAGES
    return 1.0 / (1.0 + math.exp((threshold - evidence[0].passage_fit) / _SCALE))
