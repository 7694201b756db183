"""Exports for the tests: of the scratch corpus, and of anything at all."""

from dataclasses import replace

from hypothesis import strategies as st

from index.types import Document, Metadata, Scope
from rag.export.values import Entry, Export
from rag.types import Answer, Citation, Sentence, ShortAnswer

WHEN = "2031-02-03T04:05:06Z"
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(2)) *a* _b_ `c` | # d\n- e\n    f & ¶ \x1b[31m"
)


def citation(document: Document, quote: str, number: int = 1) -> Citation:
    """The quotation of a document where it first stands."""
    start = document.text.index(quote)
    return Citation(
        number,
        document.doc_id,
        start,
        start + len(quote),
        quote,
        document.sha256,
        document.metadata,
        page=document.page_at(start),
    )


def export_of(*citations: Citation, words: str = "", **changes: object) -> Export:
    """One question that these citations answer; `words` of the first are the short answer."""
    first = citations[0]
    start = first.start + first.quote.find(words)
    answer = Answer(
        "青石港装卸了多少集装箱？🚢",
        "zh",
        f"文档中这样写：\n\n“{first.quote}”[{first.number}]",
        short=ShortAnswer(words, first.number, start, start + len(words)) if words else None,
        citations=citations,
        sentences=(Sentence(first.quote, (first.number,), supported=True),),
        fingerprint={"index": "b1/7", "embedder": "e5", "reader": "r", "calibration": "c"},
    )
    entry = replace(Entry(answer, asked=WHEN, remark="核对过 ✔"), **changes)
    return Export("conversation", "港口的数字", WHEN, (entry,))


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_QUOTE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
_OFFSET = st.integers(0, 10**12)
_CITATIONS = st.builds(
    Citation,
    st.integers(1, 10**9),
    _QUOTE,
    _OFFSET,
    _OFFSET,
    _QUOTE,
    _TEXT,
    st.builds(Metadata, _QUOTE, st.none() | _TEXT, st.none() | _TEXT, st.none() | _TEXT),
    st.none() | st.integers(1, 9),
    st.none() | _TEXT,
)
_ANSWERS = st.builds(
    Answer,
    _TEXT,
    _TEXT,
    _TEXT,
    st.sampled_from(["answered", "possible", "not_found"]),
    st.none() | st.builds(ShortAnswer, _QUOTE, st.integers(1, 9), _OFFSET, _OFFSET),
    st.none() | _TEXT,
    st.integers(0, 10**4).map(lambda number: number / 10**4),
    model=st.none() | _TEXT,
    notice=st.none() | _TEXT,
    completed_question=st.none() | _TEXT,
    citations=st.lists(_CITATIONS, max_size=2).map(tuple),
    sentences=st.lists(
        st.builds(Sentence, _TEXT, st.lists(st.integers(1, 9)).map(tuple), st.booleans()),
        max_size=2,
    ).map(tuple),
)
EXPORTS = st.builds(
    Export,
    st.sampled_from(["conversation", "notebook", "answers"]),
    _TEXT,
    _TEXT,
    st.lists(
        st.builds(
            Entry,
            _ANSWERS,
            st.lists(_CITATIONS, max_size=1).map(tuple),
            st.none() | _TEXT,
            st.booleans(),
            st.none() | _TEXT,
            _TEXT,
            st.builds(Scope, st.lists(_TEXT, max_size=2).map(tuple), st.none() | _TEXT),
        ),
        max_size=2,
    ).map(tuple),
)
"""Exports of any text, which need be true of no document."""
