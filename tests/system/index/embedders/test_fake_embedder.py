"""The embedder without a model keeps what every embedder promises, and needs none."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from index.embedders.fake import FakeEmbedder
from index.embedders.load import known_fingerprint, load_embedder
from index.keeping.library import Library
from index.settings import IndexSettings

ROOT = Path(__file__).resolve().parents[4]
FAKE = FakeEmbedder()
CLOSE = [
    ("青石港在2031年共装卸集装箱418万箱。", "2031年青石港装卸了多少集装箱？"),
    ("The observatory opened in 1974 on a hill.", "When was the observatory opened?"),
    ("Die Wassermühle mahlte bis 1958 Getreide.", "Was mahlte die Wassermühle?"),
    ("افتُتِحت المكتبة الجديدة قرب النهر.", "متى افتُتِحت المكتبة الجديدة؟"),
    ("ห้องสมุดใหม่ริมแม่น้ำเปิดทุกวัน", "ห้องสมุดใหม่เปิดเมื่อไร"),
    ("🐦🐦 cafe\u0301 Ａ\u0301 ﻻ\u064e", "cafe\u0301 🐦"),
]
TEXTS = [text for pair in CLOSE for text in pair]


def test_what_shares_characters_is_closer_than_what_does_not() -> None:
    passages = FAKE.embed([passage for passage, _ in CLOSE], "passage")
    questions = FAKE.embed([question for _, question in CLOSE], "query")
    assert (passages @ questions.T).argmax(axis=0).tolist() == list(range(len(CLOSE)))


@examples(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=6))
def test_every_text_has_unit_rows_whatever_is_beside_it(texts: list[str]) -> None:
    rows = FAKE.embed(texts, "passage")
    assert rows.shape == (len(texts), FAKE.dim)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for text, row, tokens in zip(texts, rows, FAKE.embed_tokens(texts, "query"), strict=True):
        assert np.array_equal(row, FAKE.embed([text], "query")[0])
        assert np.array_equal(row, tokens.pooled)
        assert tokens.vectors.shape == (len(tokens.spans), 1, FAKE.dim)
        assert FAKE.count_tokens([text], "passage") == [len(tokens.spans) + 2]
        places = [place for span in tokens.spans for place in range(span.start, span.end)]
        assert places == sorted(set(places))
        # Only white space and marks that belong to nothing are in no token.
        left = {text[place] for place in set(range(len(text))) - set(places)}
        assert all(char.isspace() for char in left)


def test_long_texts_are_cut_and_counted_whole() -> None:
    (tokens,) = FAKE.embed_tokens(["青石港 " * 400], "passage")
    assert len(tokens.spans) + 2 == FAKE.max_tokens
    assert FAKE.count_tokens(["青石港 " * 400], "passage") == [1202]


_ELSEWHERE = """
import json, sys
from index.embedders.load import load_embedder
from index.settings import IndexSettings
rows = load_embedder(IndexSettings(embedder="fake")).embed(json.loads(sys.argv[1]), "query")
heavy = {"torch", "transformers", "openvino", "sentence_transformers"}
print(json.dumps([rows.tolist(), sorted(heavy & set(sys.modules))]))
"""


def test_it_is_chosen_by_name_is_the_same_elsewhere_and_loads_no_model() -> None:
    command = [sys.executable, "-c", _ELSEWHERE, json.dumps(TEXTS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows, heavy = json.loads(done.stdout)
    assert np.allclose(rows, FAKE.embed(TEXTS, "query"), atol=1e-6)
    assert not heavy
    fake = IndexSettings(embedder="fake")
    assert known_fingerprint(fake) == load_embedder(fake).fingerprint == FAKE.fingerprint


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("港务局局长是谁？", "harbour.md"),
        ("Who has led the observatory?", "observatory.txt"),
        ("Was mahlte die Wassermühle?", "muehle.txt"),
    ],
)
def test_documents_are_found_with_it(settings: IndexSettings, question: str, doc_id: str) -> None:
    library = Library(replace(settings, embedder="fake"))
    library.update()
    (encoded,) = library.encode_questions([question])
    found = library.search_dense(encoded.pooled, 3)
    assert found[0][0].doc_id == doc_id
    assert len(encoded.tokens) == len(encoded.spans) > 3
    codes = library.token_codes([chunk for chunk, _ in found])
    assert all(code is not None and len(code.spans) for code in codes)
    library.close()
