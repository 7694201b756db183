"""Abbreviations in a question are written as the documents write them."""

import pytest

from rag.understanding.short_forms import written_out


@pytest.mark.parametrize(
    ("question", "source", "written"),
    [
        ("青石区GDP增长多少？", "地区生产总值增长5%", "青石区地区生产总值增长多少？"),
        ("What was the GDP?", "全区实现地区生产总值12亿元", "What was the 地区生产总值?"),
        ("Wie hoch war das BIP?", "The GDP rose to 3 million.", "Wie hoch war das GDP?"),
        ("What is the VAT?", "Die MEHRWERTSTEUER", "What is the Mehrwertsteuer?"),
        ("Is R&D paid?", "Forschung und Entwicklung", "Is Forschung und Entwicklung paid?"),
        # The source has it as it was asked, or no name at all.
        ("青石区GDP增长多少？", "GDP（地区生产总值）增长5%", "青石区GDP增长多少？"),
        ("青石区GDP增长多少？", "人口增长5%", "青石区GDP增长多少？"),
        # What only looks like one.
        ("Who led the harbour?", "World Health Organization", "Who led the harbour?"),
        ("J'ai un chien ?", "intelligence artificielle des Nations unies", "J'ai un chien ?"),
        ("What is the AIM of it?", "artificial intelligence", "What is the AIM of it?"),
        ("", "地区生产总值", ""),
    ],
)  # fmt: skip
def test_written_out(question: str, source: str, written: str) -> None:
    assert written_out(question, source) == written
