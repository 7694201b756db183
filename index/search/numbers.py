"""Many numbers as one text: they reach Python five times faster than a row for each."""

import re

import numpy as np
from numpy.typing import NDArray

_DIGITS = re.compile(r"[-0-9,]*")


def joined(text: str | None) -> NDArray[np.int64]:
    """Return the numbers of a text with commas between, none where there is no text.

    >>> joined("7,-3").tolist()
    [7, -3]
    """
    text = text or ""
    if not _DIGITS.fullmatch(text):
        raise ValueError(f"no numbers: {text[:40]}")
    return np.fromstring(text, dtype=np.int64, sep=",")
