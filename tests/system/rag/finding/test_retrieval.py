"""Retrieval with the real model: against brute force, and where one side is blind."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from index.embedders.embedding import Embedder
from index.embedders.token_codes import BITS, TokenCodes, compare
from index.keeping.library import Library, Source
from index.search.matching import by_sentence, sentences
from index.settings import IndexSettings
from index.types import Scope
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.retrieval import RETRIEVERS, dense, fused, late
from tests.conftest import TEXTS

NOTES = {
    "pump.md": "# 水泵\n\n型号QX-7731的水泵装在二楼，每小时抽水40立方米。\n",
    "boiler.md": "# 锅炉\n\n型号QX-7713的锅炉装在一楼，去年刚刚大修过。\n",
}


@pytest.fixture(scope="module")
def real(tmp_path_factory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("retrieval")
    (folder / "corpus").mkdir()
    library = Library(
        IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built"), embedder=embedder
    )
    library.add([Source(name, text.encode()) for name, text in (TEXTS | NOTES).items()])
    yield library
    library.close()


def asked(library: Library, question: str) -> EncodedQuestion:
    return encode(library, [question])[0]


def test_compare_equals_brute_force() -> None:
    rng = np.random.default_rng(7)
    question = rng.standard_normal((4, BITS)).astype(np.float32)
    codes = [
        TokenCodes(
            rng.integers(0, 256, (tokens, BITS // 8), dtype=np.uint8),
            np.zeros((tokens, 2), np.uint16),
        )
        for tokens in (3, 0, 5)
    ]
    found = compare(question, codes)
    assert [each.shape for each in found] == [(4, 3), (4, 0), (4, 5)]
    for each, similar in zip(codes, found, strict=True):
        for column, packed in enumerate(each.signs):
            bits = [int(bit) for byte in packed for bit in f"{byte:08b}"]
            signs = np.array([1.0 if bit else -1.0 for bit in bits])
            np.testing.assert_allclose(similar[:, column], question @ signs, rtol=1e-4, atol=1e-3)


def test_sentences_are_verbatim_without_headings() -> None:
    text = "# 港口\n\n第一句。第二句！\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    found = [text[span.start : span.end] for span in sentences(text)]
    assert found[:2] == ["第一句。", "第二句！"]
    assert not any(quote.startswith("#") for quote in found)


def test_the_best_match_of_a_passage_is_in_a_sentence_or_above_it(real: Library) -> None:
    question = asked(real, "三号码头哪一年启用？")
    (passage,) = late(real, question, 1)
    (codes,) = real.token_codes([passage.chunk])
    assert codes is not None
    (similar,) = compare(question.vectors.tokens, [codes])
    found = by_sentence(passage.chunk, codes, similar)
    together = np.vstack([found.best, found.heading]).max(axis=0)
    np.testing.assert_allclose(together, passage.signals.matches, atol=1e-5)


@pytest.mark.parametrize(
    "question", ["How many containers in 2031?", "Когда открыли обсерваторию?"]
)
def test_without_a_term_in_common_meaning_alone_decides(real: Library, question: str) -> None:
    encoded = asked(real, question)
    by_meaning = dense(real, encoded, 5)
    by_both = fused(real, encoded, 5)
    shared = {p.chunk for p in by_both if p.signals.lexical_rank}
    assert len(shared) < len(by_both)
    assert [p.chunk for p in by_both if p.chunk not in shared] == [
        p.chunk for p in by_meaning if p.chunk not in shared
    ]


@pytest.mark.parametrize(("question", "doc_id"), [("QX-7731", "pump.md"), ("QX-7713", "boiler.md")])
def test_one_rare_exact_match_decides(real: Library, question: str, doc_id: str) -> None:
    for name in ("lexical", "fused", "late"):
        (best, *_) = RETRIEVERS[name](real, asked(real, question), 2)
        assert best.chunk.doc_id == doc_id, name


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("When did the observatory open?", "observatory.txt"),
        ("天文台的主镜有多大？", "observatory.txt"),
        ("How many containers did Qingshi harbour handle in 2031?", "harbour.md"),
        ("磨坊什么时候成为博物馆？", "muehle.txt"),
        ("مدير المرصد", "observatory.txt"),
    ],
)
def test_the_passage_is_found_across_languages(real: Library, question: str, doc_id: str) -> None:
    (best,) = late(real, asked(real, question), 1)
    assert best.chunk.doc_id == doc_id


@pytest.mark.parametrize("name", RETRIEVERS)
def test_a_scope_is_kept_and_hides_nothing_inside(real: Library, name: str) -> None:
    inside = {"pump.md", "muehle.txt"}
    found = RETRIEVERS[name](
        real, asked(real, "青石港2031年装卸了多少万箱水泵？Wassermühle"), 10, Scope(tuple(inside))
    )
    assert {passage.chunk.doc_id for passage in found} == inside


def test_signals_say_what_each_side_saw(real: Library) -> None:
    (best, *_) = late(real, asked(real, "三号码头哪一年启用？"), 5)
    seen = best.signals
    assert seen.dense_rank == seen.fused_rank == 1
    assert {"三号", "号码", "码头"} <= set(seen.matched_terms)
    assert any(pair == "号码 → 号码" for pair in seen.matched_tokens)
    assert seen.token_score == pytest.approx(np.mean(seen.matches))
    assert seen.sentence_score == pytest.approx(max(fit for _, fit in seen.fits))


@pytest.mark.parametrize(
    ("name", "looked"),
    [
        ("dense", (True, False, False)),
        ("lexical", (False, True, False)),
        ("fused", (True, True, False)),
        ("late", (True, True, True)),
    ],
)
def test_a_side_that_did_not_look_says_so(
    real: Library, name: str, looked: tuple[bool, bool, bool]
) -> None:
    for passage in RETRIEVERS[name](real, asked(real, "青石港2031年的三号码头？"), 10):
        seen = passage.signals
        sides = (seen.dense_score, seen.lexical_share, seen.token_score)
        assert tuple(each is not None for each in sides) == looked


def test_why_is_the_signals_in_order_rounded_and_without_what_says_nothing(real: Library) -> None:
    passages = late(real, asked(real, "三号码头哪一年启用？"), 10)
    best, *_, last = passages
    assert list(best.why) == [
        *("dense_rank", "dense_score", "lexical_rank", "lexical_score", "lexical_share"),
        *("matched_terms", "fused_rank", "token_score", "sentence_score", "matched_tokens"),
    ]
    assert json.loads(json.dumps(best.why)) == best.why
    for passage in passages:
        for name, shown in passage.why.items():
            if isinstance(shown, float):
                assert shown == round(getattr(passage.signals, name), 4)
    assert last.signals.lexical_share == 0.0
    assert not {"lexical_rank", "lexical_score", "lexical_share"} & set(last.why)
