"""What needs no server: addresses, expressions, weights, counts of terms."""

import math
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ChatbotError
from index.milvus.counts import difference
from index.milvus.rows import (
    counts_of,
    joined,
    packed,
    pieces,
    term_number,
    unpacked,
    weights,
    weights_of,
)
from index.milvus.scope import dated, expression
from index.milvus.server import Server
from index.search.lexical import K1, B
from index.search.scope import matcher
from index.settings import IndexSettings, MilvusAddress
from index.types import Scope

WORDS = ["福田", "田区", "lighthouse", "5g", "ñandú", "🗼", "１２"]


@pytest.mark.parametrize(
    "text",
    [
        "milvus://",
        "milvus://host/name",
        "milvus://host:19530",
        "milvus://host:19530/a-b",
        "milvus://host:1/ä",
        "milvus://a b:1/c",
    ],
)
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(ChatbotError, match="milvus://HOST:19530/NAME"):
        _ = Server(IndexSettings(), MilvusAddress(text)).name


@pytest.mark.parametrize(
    "text",
    [
        "milvus://10.0.0.1:19530/a_1",
        "milvus+tls://x.example.org:443/Wenzheng",
        "milvus://[::1]:19530/c",
    ],
)
def test_an_address(text: str) -> None:
    assert Server(IndexSettings(), MilvusAddress(text)).name == text.rpartition("/")[2]


def test_settings_know_a_server_from_a_folder() -> None:
    made = IndexSettings.from_env(
        {"WENZHENG_INDEX_DIR": "milvus://h:1/c", "WENZHENG_MILVUS_TOKEN": "root:secret"}
    )
    assert made.index_dir == MilvusAddress("milvus://h:1/c")
    assert "secret" not in repr(made)


def test_without_pymilvus_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ChatbotError, match="pip install -r requirements-milvus.txt"):
        Server(IndexSettings(), MilvusAddress("milvus://127.0.0.1:1/a")).ask("list_collections")


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=400), st.floats(20, 800))
def test_weights_tell_how_often_a_chunk_holds_a_term(found: list[str], mean: float) -> None:
    kept = weights(found, mean)
    expected = Counter(found)
    weighed = np.array([[kept.get(term_number(word), 0.0)] for word in WORDS], np.float32)
    counted = counts_of(weighed.astype(np.float64), np.array([float(len(found))]), mean)
    assert dict(zip(WORDS, counted[:, 0].tolist(), strict=True)) == {w: expected[w] for w in WORDS}
    # The formula of BM25, written out once more.
    for term, count in expected.items():
        length = 1 - B + B * len(found) / mean
        assert math.isclose(kept[term_number(term)], count * (K1 + 1) / (count + K1 * length))


@given(
    st.lists(
        st.lists(st.sampled_from([*WORDS, "else", "other"]), max_size=9), min_size=1, max_size=9
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, unique=True),
    st.data(),
)
def test_weights_are_read_as_they_are_sent(
    chunks: list[list[str]], asked: list[str], data: st.DataObject
) -> None:
    """Those of the hits between two places, as pymilvus packs vectors and keeps an answer."""
    pytest.importorskip("pymilvus")
    from pymilvus.client.entity_helper import sparse_rows_to_proto
    from pymilvus.client.search_result import HybridHits
    from pymilvus.grpc_gen import schema_pb2

    sent = [weights(found, 9) or {0: 1e-6} for found in chunks]
    start = data.draw(st.integers(0, len(chunks) - 1))
    field = schema_pb2.FieldData(field_name="weights", type=schema_pb2.SparseFloatVector)
    field.vectors.sparse_float_vector.CopyFrom(sparse_rows_to_proto(sent))
    places = list(range(len(chunks)))
    hits = HybridHits(start, len(chunks), places, [0.0] * len(chunks), [field], [], [], "row")
    expected = [[each.get(term_number(term), 0.0) for each in sent[start:]] for term in asked]
    np.testing.assert_allclose(weights_of(hits, asked), expected, rtol=1e-6)


documents = st.lists(
    st.tuples(
        st.sampled_from(["福田区", "a b", ""]),
        st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=3),
    ),
    max_size=4,
)


@given(documents, documents)
def test_changes_add_up(before: list, added: list) -> None:
    """Counting all at once, or one change after the other and some taken back, is the same."""
    whole = difference([(title, chunks, 1) for title, chunks in before])
    steps: dict[str, tuple[int, int]] = {}
    for batch in ([*before], [*added]):
        for term, (chunks, titles) in difference([(t, c, 1) for t, c in batch]).items():
            old = steps.get(term, (0, 0))
            steps[term] = old[0] + chunks, old[1] + titles
    for term, (chunks, titles) in difference([(t, c, -1) for t, c in added]).items():
        steps[term] = steps[term][0] + chunks, steps[term][1] + titles
    assert {t: c for t, c in steps.items() if any(c)} == {t: c for t, c in whole.items() if any(c)}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300).map(lambda t: t * 700))
def test_what_is_long_is_cut_and_joined(text: str) -> None:
    rows = list(pieces("text", 7, 1, text))
    assert joined(rows[::-1]) == text
    assert all(len(row["data"].encode()) <= 65_535 for row in rows)
    assert len({row["place"] for row in rows}) == len(rows)


def test_counts_are_packed() -> None:
    assert unpacked(packed({"福田": (1, 0)})) == {"福田": [1, 0]}


DATES = [None, "2019", "2020", "2020-10", "2020-10-14", "2021-01-01"]
PERIODS = [None, "2020", "2020-10", "2020-10-14", "2021"]


@pytest.mark.parametrize("since", PERIODS)
@pytest.mark.parametrize("until", PERIODS)
@pytest.mark.parametrize("date", DATES)
def test_dates_mean_what_they_mean_in_files(
    date: str | None, since: str | None, until: str | None
) -> None:
    """The expression, read as Python, against the rule of the engine in files."""
    scope = Scope(since=since, until=until)
    earliest, latest = dated(date)
    said = expression(scope, lambda wild: [])
    holds = not said or eval(said, {"earliest": earliest, "latest": latest})
    assert holds == matcher(scope)("a", date)


NAMES = [
    "a.md",
    "notes/a.md",
    "notes/in/b.md",
    "notes2/c.md",
    "港口/灯塔.txt",
    "50%/x",
    "a_b/x",
    "axb/x",
    'say "hi"/x',
    "cafe\u0301/x",
]
PATTERNS = [
    "notes",
    "notes/",
    "a.md",
    "港口",
    "50%",
    "a_b",
    'say "hi"',
    "caf\u00e9",
    "n*/b*",
    "*.md",
    "nothing",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_names_mean_what_they_mean_in_files(pattern: str) -> None:
    from index.milvus.scope import normal

    def matching(wild: Scope) -> list[str]:
        return [name for name in NAMES if matcher(wild)(name, None)]

    said = expression(Scope((pattern,)), matching)
    for name in NAMES:
        held = eval(said, {"name": normal(name), "doc_id": name})
        assert held == matcher(Scope((pattern,)))(name, None)
