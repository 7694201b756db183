"""The gate: its model against scikit-learn, its files, and what it does without one."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from index.embedding import Embedder
from index.errors import ChatbotError
from index.library import Library, Source
from index.settings import IndexSettings
from rag.encoding import encode
from rag.gate import (
    FEATURES,
    SHIPPED,
    Calibration,
    Gate,
    Logistic,
    load_gate,
    own_path,
    read_calibration,
)
from rag.load import load_assistant
from rag.retrieval import LateRetriever
from rag.settings import RagSettings
from rag.texts import TEXTS


def test_a_logistic_model_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((200, len(FEATURES)))
    y = x[:, 0] + rng.standard_normal(200) > 0
    fitted = LogisticRegression().fit(x, y)
    ours = Logistic(float(fitted.intercept_[0]), tuple(fitted.coef_[0].tolist()))
    expected = fitted.predict_proba(x)[:, 1]
    np.testing.assert_allclose([ours(row) for row in x.tolist()], expected, rtol=1e-9)


def test_extreme_features_overflow_nothing() -> None:
    model = Logistic(0.0, (1e4,) * len(FEATURES))
    assert model([1.0] * len(FEATURES)) == 1.0
    assert model([-1.0] * len(FEATURES)) == 0.0


def test_the_shipped_calibration_is_for_the_embedded_model(embedder: Embedder) -> None:
    shipped = read_calibration(SHIPPED)
    assert shipped.embedder == embedder.fingerprint
    assert shipped.features == FEATURES
    assert 0 < shipped.threshold < 1
    assert [coverage for coverage, _ in shipped.curve] == sorted({c for c, _ in shipped.curve})
    assert {name for name, _ in shipped.sets} >= {"futian"}
    better = ("token_score", "dense_score")
    for name in better:  # what fits better answers more surely
        assert shipped.within.coefficients[FEATURES.index(name)] > 0, name


def test_a_calibration_survives_its_file(tmp_path: Path) -> None:
    shipped = read_calibration(SHIPPED)
    path = tmp_path / "again.json"
    path.write_text(shipped.to_json(), "utf-8")
    assert read_calibration(path) == shipped


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"embedder": 1}', "\udcff", '{"within": 3}'])
def test_a_broken_file_is_named_with_the_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ChatbotError, match=r"eval calibrate"):
        read_calibration(path)


def test_the_users_own_calibration_comes_first(tmp_path: Path, embedder: Embedder) -> None:
    own = own_path(embedder.fingerprint, tmp_path)
    own.parent.mkdir(parents=True)
    stricter = replace(read_calibration(SHIPPED), threshold=0.99)
    own.write_text(stricter.to_json(), "utf-8")
    assert load_gate(embedder.fingerprint, tmp_path)._calibration == stricter
    value = json.loads(own.read_text("utf-8"))
    own.write_text(json.dumps(value | {"features": ["other"]}), "utf-8")  # of another version
    assert load_gate(embedder.fingerprint, tmp_path)._calibration == read_calibration(SHIPPED)


def test_another_embedder_is_not_judged_and_that_is_said(library: Library) -> None:
    assistant = load_assistant(library, RagSettings())
    answer = assistant.ask("青石港2031年装卸了多少万箱？")
    assert not answer.declined
    assert answer.notice == TEXTS["zh"].uncalibrated
    assert answer.citations


def test_nothing_to_go_by_is_declined() -> None:
    calibration = Calibration(
        embedder="e",
        features=FEATURES,
        within=Logistic(9.0, (0.0,) * len(FEATURES)),
        across=Logistic(9.0, (0.0,) * len(FEATURES)),
        threshold=0.5,
        curve=(),
        sets=(),
    )
    verdict = Gate(calibration).judge(None, [], [])  # type: ignore[arg-type]
    assert verdict.declines
    assert verdict.confidence == 0.0


def test_a_passage_that_bm25_alone_found_is_not_declined_for_that(
    tmp_path: Path, embedder: Embedder
) -> None:
    """Sixty documents near in meaning, and one that only its number tells apart."""
    (tmp_path / "corpus").mkdir()
    library = Library(
        IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built"),
        embedder=embedder,
    )
    notes = [
        f"# 设备{n}\n\n编号ZK-{4000 + 7 * n}的水泵每小时抽水{30 + n}立方米，装在{n}号楼。\n"
        for n in range(1, 62)
    ]
    library.add([Source(f"{n}.md", text.encode()) for n, text in enumerate(notes)])
    encoded = encode(library, ["ZK-4287的水泵每小时抽水多少立方米？"])[0]
    passages = LateRetriever(library).retrieve(encoded, 5)
    assert passages[0].chunk.doc_id == "40.md"
    assert all("dense_score" in passage.why for passage in passages)
    answer = load_assistant(library, RagSettings()).ask("ZK-4287的水泵每小时抽水多少立方米？")
    assert not answer.declined
    assert answer.citations[0].doc_id == "40.md"
    library.close()
