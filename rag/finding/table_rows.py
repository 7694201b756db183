"""Which row of a table a question is about, and which cell of it: what the words alone can tell.

The rows of a table are alike but for their cells, and the cells of a row but for their heads: there
a word of the question says more than the reader, which has seen few tables.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from index.cutting.rows import Cell, cells_of
from index.search.terms import terms
from index.types import Span

CLEARLY = 0.25
"""A head is asked for when so much more of it stands in the question than of any other."""
LEAST = 0.5
"""And at least so much of it."""
FULLY = 0.99
"""A row is named where so much of one of its cells stands in the question."""


class TableRow:
    """A line of a text as a row, compared with a question; without cells it is none.

    `fit` is how much of the cell that is named best stands in the question, 0 to 1; where the row
    has one cell only, its head is its name. `head_fit` is the same of the heads of those cells that
    may answer: not those that the question holds already.
    """

    def __init__(self, text: str, line: Span, asked: AbstractSet[str]) -> None:
        """Take the line's place in the text, and the terms of the question."""
        self.cells: Sequence[Cell] = cells_of(text, line)
        named = [_share(text[slice(*cell.place)], asked) for cell in self.cells]
        self._heads = [
            (_share(cell.head, asked), cell.place)
            for cell, value in zip(self.cells, named, strict=True)
            if value < FULLY
        ]
        if len(self.cells) == 1:
            named = [_share(self.cells[0].head, asked)]
        self.fit = max(named, default=0.0)
        self.head_fit = max((share for share, _ in self._heads), default=0.0)

    def asked_cell(self) -> Span | None:
        """Return the place of the cell whose head the question names most clearly, if one is."""
        best = [place for share, place in self._heads if share > self.head_fit - CLEARLY]
        return best[0] if len(best) == 1 and self.head_fit >= LEAST else None


def _share(words: str, asked: AbstractSet[str]) -> float:
    own = set(terms(words))
    return len(own & asked) / len(own) if own else 0.0
