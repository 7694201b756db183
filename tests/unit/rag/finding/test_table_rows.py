"""The row and the cell that a question's words name."""

import pytest

from index.search.terms import terms
from index.types import Span
from rag.finding.table_rows import FULLY, LEAST, TableRow
from rag.writing.short_answer import short_answer

WATER = "- 用水类别：居民生活；2019年：2.67；2020年：2.80；2021年：2.95"
STATIONS = "- Station: Penrow; Opened: 1974; Platforms: 3; Lift: no"


def row(line: str, question: str) -> TableRow:
    return TableRow(line, Span(0, len(line)), set(terms(question)))


@pytest.mark.parametrize(
    ("line", "question", "cell"),
    [
        (WATER, "2020年居民生活用水价格是多少？", "2.80"),
        (WATER, "居民生活2021年的水价？", "2.95"),
        (STATIONS, "When was Penrow opened?", "1974"),
        (STATIONS, "How many platforms does Penrow have?", "3"),
        (STATIONS, "Tell me about Penrow", None),
        (STATIONS, "Wie viele Einwohner hat Penrow?", None),
        ("Penrow has three platforms; it opened in 1974.", "When was Penrow opened?", None),
    ],
)
def test_the_cell_whose_head_is_named(line: str, question: str, cell: str | None):
    place = row(line, question).asked_cell()
    assert (line[slice(*place)] if place else None) == cell


def test_a_row_is_named_by_its_cells_not_its_heads():
    question = "How many platforms does Larkspur have?"
    assert row(STATIONS, question).fit < LEAST
    assert row(STATIONS.replace("Penrow", "Larkspur"), question).fit >= FULLY
    assert row("- Phone: 771", "What is the phone number?").fit >= FULLY
    assert row("A sentence: with a colon.", question).fit == 0


def test_a_short_answer_stays_in_its_cell():
    start = WATER.index("2.80")
    found = short_answer("", WATER, Span(0, len(WATER)), Span(start, len(WATER)))
    assert found is not None
    assert WATER[slice(*found)] == "2.80"
