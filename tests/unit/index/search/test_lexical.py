"""BM25 against the formula, and the full-text table after any history against one made anew."""

import itertools
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.search.lexical
import index.search.occurrences
import index.search.schema
from index.embedders.token_codes import PassageVectors
from index.search.database import Entry, FileState, Store
from index.search.document_rows import DocumentRows
from index.search.lexical import LexicalIndex
from index.search.scope import matcher
from index.search.terms import terms
from index.types import EVERYTHING, Chunk, Document, LexicalHit, Metadata, Scope

DATABASE = "store.sqlite3"
K1, B = 1.2, 0.75


class NoEmbedder:
    fingerprint = "none"
    dim = 1


@contextmanager
def new_store() -> Iterator[tuple[Store, Path]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE
        store = Store(path, create_for=NoEmbedder())
        try:
            yield store, path
        finally:
            store.close()


def entry(doc_id: str, texts: Sequence[str], title: str = "", date: str | None = None) -> Entry:
    chunks, text = [], ""
    for piece in texts:
        chunks.append(Chunk(doc_id, len(text), len(text) + len(piece), piece))
        text += piece + "\n"
    document = Document(doc_id, text, Metadata(title, date=date))
    file = FileState("", "", "", "")
    return Entry(document, None, None, "zh", (), file, (), chunks, [b"key"] * len(chunks))


def made_anew(store: Store) -> LexicalIndex:
    return LexicalIndex(store.generation, store.chunk_rows())


def put(store: Store, *entries: Entry) -> None:
    store.put(entries, {b"key": PassageVectors(np.zeros(1, np.float32), None)})


def search(store: Store, question: str, top_k: int, scope: Scope = EVERYTHING) -> list[LexicalHit]:
    rows = store.chunk_rows().rows
    inside = None if scope == EVERYTHING else DocumentRows().of_now(store).in_scope(rows, scope)
    return made_anew(store).search(store, terms(question), top_k, inside)


def bm25(chunks: Sequence[list[str]], question: Iterable[str]) -> list[float]:
    """The formula as it is printed, for the chunks that have any terms."""
    filled = [Counter(chunk) for chunk in chunks if chunk]
    mean = sum(chunk.total() for chunk in filled) / max(len(filled), 1)

    def score(chunk: Counter[str]) -> float:
        total = 0.0
        for term in set(question):
            holders = sum(term in other for other in filled)
            idf = math.log(1 + (len(filled) - holders + 0.5) / (holders + 0.5))
            length = K1 * (1 - B + B * chunk.total() / mean)
            total += idf * chunk[term] * (K1 + 1) / (chunk[term] + length)
        return total

    return [score(Counter(chunk)) if chunk else 0.0 for chunk in chunks]


words = st.sampled_from(
    ["问证", "福田区的", "5G", "1,400", "GPT-4", "C++", "Straße", "été", "東京", "한국어", "👍🏽"]
)
sentences = st.lists(words, max_size=12).map(" ".join)
corpora = st.lists(st.lists(sentences, min_size=1, max_size=3), max_size=8)


@settings(max_examples=60, deadline=None)
@given(corpora, sentences, st.integers(1, 30))
def test_a_search_gives_what_the_formula_gives(
    corpus: list[list[str]], question: str, top_k: int
) -> None:
    with new_store() as (store, _):
        put(store, *(entry(f"{n}.txt", texts, "福田") for n, texts in enumerate(corpus)))
        hits = search(store, question, top_k)
    held = {
        (f"{n}.txt", chunk.start): terms("福田") + terms(chunk.text)
        for n, texts in enumerate(corpus)
        for chunk in entry(f"{n}.txt", texts).chunks
    }
    scores = dict(zip(held, bm25(list(held.values()), terms(question)), strict=True))
    best = sorted((score for score in scores.values() if score), reverse=True)[:top_k]
    np.testing.assert_allclose([hit.score for hit in hits], best, rtol=1e-5)
    assert len({hit.chunk.chunk_id for hit in hits}) == len(hits)
    for hit in hits:
        place = (hit.chunk.doc_id, hit.chunk.start)
        assert hit.score == pytest.approx(scores[place], rel=1e-5)
        assert hit.terms == tuple(t for t in dict.fromkeys(terms(question)) if t in held[place])
        assert 0 < hit.share < 1


def test_of_equal_chunks_the_first_stored_comes_first() -> None:
    with new_store() as (store, _):
        put(store, *(entry(f"{name}.txt", ["问证", "问证"]) for name in "cab"))
        found = [(hit.chunk.doc_id, hit.chunk.start) for hit in search(store, "问证", 5)]
    assert found == [("c.txt", 0), ("c.txt", 3), ("a.txt", 0), ("a.txt", 3), ("b.txt", 0)]


def test_the_share_tells_a_full_match_from_a_common_word() -> None:
    with new_store() as (store, _):
        texts = [f"the report number {n}" for n in range(50)]
        put(store, entry("reports.txt", texts), entry("axolotl.txt", ["axolotl " * 30]))
        (full,) = search(store, "axolotl", 5)
        common = search(store, "who fed the xolotls", 5)
        assert search(store, "谁", 5) == search(store, "", 5) == []
    assert full.share > 0.8
    assert len(common) == 5
    assert max(hit.share for hit in common) < 0.05


def test_a_length_belongs_to_its_own_chunk() -> None:
    with new_store() as (store, _):
        # By their ids, which are hashes, the chunks come in another order than by their rows.
        texts = ["问证" + " 长" * n for n in range(20)]
        put(store, *(entry(f"{n}.txt", [text]) for n, text in enumerate(texts)))
        found = [hit.chunk.doc_id for hit in search(store, "问证", 20)]
    assert found == [f"{n}.txt" for n in range(20)]


def test_the_title_counts_for_each_chunk() -> None:
    with new_store() as (store, _):
        put(store, entry("a.txt", ["甲乙。", "丙丁。"], title="青石港"))
        assert len(search(store, "青石", 5)) == 2


documents = st.sampled_from(["a.txt", "b.md", "目录/c.txt"])
histories = st.lists(
    st.one_of(
        st.tuples(documents, st.lists(sentences, min_size=1, max_size=3), sentences),
        st.tuples(documents, st.none(), st.none()),
    ),
    max_size=12,
)


def occurrences(path: Path) -> dict[int, dict[str, int]]:
    """How often each chunk holds each term, read as the table has it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO lexical (lexical) VALUES ('integrity-check')")
        ids = dict(connection.execute("SELECT row, chunk_id FROM chunks"))
        counts = dict(connection.execute("SELECT chunk_id, terms FROM chunks"))
        held: dict[int, dict[str, int]] = {chunk_id: {} for chunk_id in ids.values()}
        for name, row in connection.execute("SELECT term, doc FROM occurrences"):
            term, _, count = name.partition("/")
            assert term not in held[ids[row]]
            held[ids[row]][term] = int(count or "1")
    assert counts == {chunk_id: sum(terms.values()) for chunk_id, terms in held.items()}
    return held


def play(store: Store, history: Sequence[tuple[str, list[str] | None, str | None]]) -> None:
    for doc_id, texts, title in history:
        if texts is None:
            store.delete([doc_id])
        else:
            put(store, entry(doc_id, texts, title))


@settings(max_examples=20, deadline=None)
@given(histories, sentences)
def test_any_history_leaves_what_a_new_index_holds(
    history: list[tuple[str, list[str] | None, str | None]], question: str
) -> None:
    last = {doc_id: (texts, title) for doc_id, texts, title in history}
    with new_store() as (store, path), new_store() as (other, other_path):
        play(store, history)
        there = [entry(d, texts, title) for d, (texts, title) in last.items() if texts is not None]
        put(other, *there)
        held = occurrences(path)
        assert held == occurrences(other_path)
        for each in there:
            for chunk in each.chunks:
                expected = Counter(terms(each.document.metadata.title) + terms(chunk.text))
                assert held[chunk.chunk_id] == expected
        found, anew = (
            {hit.chunk.chunk_id: hit for hit in search(each, question, 100)}
            for each in (store, other)
        )
        assert found == anew
        store.purge()
        assert occurrences(path) == held


@pytest.mark.parametrize("change", ["refresh", "put", "delete"])
def test_terms_made_by_another_rule_are_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str
) -> None:
    entries = [entry(f"{n}.txt", ["福田區 的 5G", "ÉTÉ 1,400"], "Größe") for n in range(3)]
    path = tmp_path / DATABASE
    with monkeypatch.context() as before:
        before.setattr(
            index.search.occurrences, "terms", lambda text: [word[0] for word in text.split()]
        )
        before.setattr(index.search.occurrences, "TERMS_VERSION", "0")
        before.setattr(index.search.schema, "TERMS_VERSION", "0")
        store = Store(path, create_for=NoEmbedder())
        put(store, *entries)
    assert {"福": 1, "的": 1, "5": 1, "g": 1} in occurrences(path).values()
    generation = store.generation
    if change == "refresh":
        store.refresh_terms()
        store.refresh_terms()
    elif change == "put":
        entries.append(entry("new.txt", ["问证"]))
        put(store, entries[-1])
    else:
        store.delete([entries.pop(1).document.doc_id])
    assert store.generation == generation + 1
    store.close()
    with new_store() as (other, other_path):
        put(other, *entries)
        assert occurrences(path) == occurrences(other_path)


def test_what_cannot_be_written_to_is_not_damaged_for_that() -> None:
    with new_store() as (store, path):
        put(store, entry("a.txt", ["青石港的船"]))
        store.close()
        with closing(Store(path)) as frozen:
            assert frozen._freeze()
            assert frozen.terms_faults() == []


def test_common_terms_in_memory_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.search.lexical, "COMMON", 3)
    monkeypatch.setattr(index.search.lexical, "_KEPT", 8)  # two or so of these terms at a time
    names = ["福田", "问证", "港口", "地铁", "5G"]
    texts = [" ".join(each) for n in (1, 2, 3) for each in itertools.permutations(names, n)]
    questions = [" ".join(each) for n in (1, 2) for each in itertools.permutations(names, n)]
    with new_store() as (store, _):
        put(store, *(entry(f"{n}.txt", [text]) for n, text in enumerate(texts)))
        kept = made_anew(store)
        for question in questions * 2:
            assert kept.search(store, terms(question), 9) == search(store, question, 9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.booleans())
def test_what_is_passed_over_is_none_of_the_best(seed: int, top_k: int, is_inside: bool) -> None:
    """The same hits, bit for bit, as adding up all terms of all chunks in the question's order."""
    rng = np.random.default_rng(seed)
    names = [f"word{number}" for number in range(40)]
    shares = 1 / np.arange(1, 41) ** 1.5
    texts = [
        " ".join(rng.choice(names, size=rng.integers(1, 12), p=shares / shares.sum()))
        for _ in range(300)
    ]
    asked = list(dict.fromkeys(rng.choice(names, size=6).tolist()))
    with new_store() as (store, _):
        put(store, entry("a.txt", texts[:150]), entry("b.txt", texts[150:]))
        index = made_anew(store)
        inside = np.arange(300) >= 150 if is_inside else None
        hits = index.search(store, asked, top_k, inside)
        scores = np.zeros(300, np.float32)
        for term in asked:
            found = index._terms(store, [term])[term]
            scores[found.places] += found.scores
        scores[:150] *= not is_inside
        best = np.argsort(-scores, kind="stable")[:top_k]
        expected = [(float(scores[place]), texts[place]) for place in best if scores[place]]
    assert [(hit.score, hit.chunk.text) for hit in hits] == expected
    for hit in hits:
        assert hit.terms == tuple(term for term in asked if term in hit.chunk.text.split())


dates = st.sampled_from([None, "2020", "2020-10", "2020-10-14", "2031-01-01"])
scopes = st.builds(
    Scope,
    patterns=st.sampled_from(
        [(), ("a.txt",), ("目录",), ("目录/*", "b.md"), ("*.txt",), ("none",)]
    ),
    since=st.sampled_from([None, "2020-10", "2021"]),
    until=st.sampled_from([None, "2020-10", "2020"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(documents, dates, sentences), max_size=8), scopes, sentences)
def test_a_scope_gives_what_the_whole_ranking_holds_of_it(
    stored: list[tuple[str, str | None, str]], scope: Scope, question: str
) -> None:
    with new_store() as (store, _):
        for n, (doc_id, date, text) in enumerate(stored):
            put(store, entry(f"{doc_id}/{n}.txt", [text, question], date=date))
        holds = matcher(scope)
        dated = {summary.doc_id: summary.metadata.date for summary in store.summaries()}
        every = search(store, question, 100)
        inside = [hit for hit in every if holds(hit.chunk.doc_id, dated[hit.chunk.doc_id])]
        for top_k in (1, 3, 100):
            assert search(store, question, top_k, scope) == inside[:top_k]
