"""Token codes against the exact cosines of the real model's token vectors."""

import numpy as np
import pytest

from index.embedders.embedding import Embedder
from index.embedders.model_input import unit_rows
from index.embedders.token_codes import (
    BITS,
    IN_TITLE,
    NO_CODES,
    TitledText,
    TokenCodec,
    TokenCodes,
    _orthogonal,
    compare,
    encode_passages,
    encode_questions,
)

PASSAGES = [
    "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。港务局局长林望舒说，三号码头将在春天启用。",
    "The Larkspur observatory opened in 1974 on a hill above the village of Penrow.",
    "Die Wassermühle mahlte bis 1958 Getreide; am 3. Oktober 1987 wurde sie ein Museum.",
    "東京タワーは１９５８年に完成した。👩‍👩‍👧 e\u0301te\u0301 …",
    "한국어로 쓴 짧은 글입니다.",
]
QUESTIONS = [
    "三号码头什么时候启用？",
    "When did the observatory open?",
    "Seit wann ist sie Museum?",
]


def untitled(texts: list[str]) -> list[TitledText]:
    return [TitledText("", text) for text in texts]


@pytest.fixture(scope="module")
def codec(embedder: Embedder) -> TokenCodec:
    return TokenCodec.for_embedder(embedder)


@pytest.fixture(scope="module")
def codes(embedder: Embedder, codec: TokenCodec) -> list[TokenCodes]:
    return [each.tokens for each in encode_passages(embedder, codec, untitled(PASSAGES))]


def test_a_token_takes_64_bytes_and_its_place(codes: list[TokenCodes]) -> None:
    for each in (*codes, NO_CODES):
        data = each.to_bytes()
        assert len(data) == len(each.spans) * (64 + 4)
        again = TokenCodes.from_bytes(data)
        np.testing.assert_array_equal(again.signs, each.signs)
        np.testing.assert_array_equal(again.spans, each.spans)


def test_signs_are_the_bits_in_order() -> None:
    packed = np.zeros((2, 64), np.uint8)
    packed[0, 0], packed[1, 63] = 0b10000001, 1
    each_bit = np.eye(BITS, dtype=np.float32)
    nothing, signs = compare(each_bit, [NO_CODES, TokenCodes(packed, packed[:, :2])])
    assert nothing.shape == (BITS, 0)
    assert [(row, int(bit)) for bit, row in zip(*np.nonzero(signs > 0), strict=True)] == [
        *((0, 0), (0, 7), (1, BITS - 1))
    ]
    assert set(np.unique(signs)) == {-1.0, 1.0}


@pytest.mark.parametrize("size", [1, 3, 64, 384, 768, 1000])
def test_the_turn_is_orthogonal_and_always_the_same(size: int) -> None:
    turn = _orthogonal(size)
    np.testing.assert_allclose(turn @ turn.T, np.eye(size), atol=1e-5)
    np.testing.assert_array_equal(turn, _orthogonal(size))


def test_codes_estimate_the_cosines(
    embedder: Embedder, codec: TokenCodec, codes: list[TokenCodes]
) -> None:
    exact, estimated = [], []
    plain = embedder.embed_tokens(PASSAGES, "passage")
    asked = zip(
        embedder.embed_tokens(QUESTIONS, "query"),
        encode_questions(embedder, codec, QUESTIONS),
        strict=True,
    )
    for whole, question in asked:
        rows = [whole.spans.index(span) for span in question.spans]
        left = centred(whole.vectors[rows], codec.means[0])
        for tokens, coded in zip(plain, codes, strict=True):
            kept = [tokens.spans.index(tuple(span)) for span in coded.spans.tolist()]
            exact.append((left @ centred(tokens.vectors[kept], codec.means[1]).T).ravel())
            estimated.append(compare(question.tokens, [coded])[0].ravel())
    exact, estimated = np.concatenate(exact), np.concatenate(estimated)
    assert len(exact) > 1000
    assert np.corrcoef(exact, estimated)[0, 1] > 0.9
    slope, bias = np.polyfit(exact, estimated, 1)
    assert slope == pytest.approx(1.0, abs=0.1)
    assert bias == pytest.approx(0.0, abs=0.02)


def centred(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Unit rows of all layers side by side, after the mean is taken away."""
    return unit_rows(vectors - mean).reshape(len(vectors), -1) / np.sqrt(mean.shape[0])


def test_random_vectors_are_estimated_without_bias() -> None:
    rng = np.random.default_rng(0)
    codec = TokenCodec(np.zeros((2, 1, 512), np.float32))
    left, right = (unit_rows(rng.standard_normal((300, 512)).astype(np.float32)) for _ in range(2))
    right = unit_rows(right + left)  # cosines of about 0.7 with the same row
    turned = left @ codec._turn * codec._scale
    estimate = turned @ np.where(right @ codec._turn > 0, 1.0, -1.0).T
    error = estimate - left @ right.T
    assert abs(error.mean()) < 0.001
    assert abs(np.diag(error).mean()) < 0.005
    assert error.std() < 0.06  # √((π/2 - 1) / 512) = 0.033 for vectors at right angles


def test_a_text_has_the_same_codes_alone_and_in_a_batch(
    embedder: Embedder, codec: TokenCodec, codes: list[TokenCodes]
) -> None:
    for text, together in zip(PASSAGES, codes, strict=True):
        (alone,) = (each.tokens for each in encode_passages(embedder, codec, untitled([text])))
        np.testing.assert_array_equal(alone.spans, together.spans)
        differing = np.unpackbits(alone.signs ^ together.signs)
        assert differing.mean() < 0.01  # coordinates at zero, up to rounding


def test_punctuation_is_left_out(
    embedder: Embedder, codec: TokenCodec, codes: list[TokenCodes]
) -> None:
    for text, coded in zip(PASSAGES, codes, strict=True):
        words = [text[start:end] for start, end in coded.spans.tolist()]
        assert not any(set(word) <= set("，。；、,.;…% \n") for word in words)
        said = {char for word in words for char in word}
        assert {char for char in text if char.isalnum()} <= said
    empty, marks = encode_passages(embedder, codec, untitled(["", "……！？——"]))
    assert len(empty.tokens.spans) == len(marks.tokens.spans) == 0
    (only_marks,) = encode_questions(embedder, codec, ["？！"])
    assert len(only_marks.spans) == len(only_marks.tokens) > 0


def test_the_title_counts_but_is_no_place_in_the_passage(
    embedder: Embedder, codec: TokenCodec
) -> None:
    title, text = "青石港年报", PASSAGES[0]
    (with_title,) = encode_passages(embedder, codec, [TitledText(title, text)])
    spans = with_title.tokens.spans
    inside = spans[:, 0] != IN_TITLE
    assert 0 < (~inside).sum() <= len(title)
    (alone,) = encode_passages(embedder, codec, untitled([text]))
    np.testing.assert_array_equal(spans[inside], alone.tokens.spans)
    (question,) = encode_questions(embedder, codec, ["年报"])
    best = compare(question.tokens, [with_title.tokens])[0].argmax(axis=1)
    assert not inside[best].all()


def test_an_embedder_without_token_vectors_has_no_codes(counting) -> None:
    (passage,) = encode_passages(counting, None, untitled(["问证"]))
    (question,) = encode_questions(counting, None, ["问证"])
    assert passage.tokens is None
    assert question.tokens.shape == (0, BITS)
    assert question.spans == ()
    np.testing.assert_array_equal(question.pooled, counting.embed(["问证"], "query")[0])
