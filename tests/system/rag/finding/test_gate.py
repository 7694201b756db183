"""The gate: its model against scikit-learn, its files, its states, and what it does without one."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from index.embedders.embedding import Embedder
from index.errors import ChatbotError
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from rag.finding.encoding import encode
from rag.finding.evidence import Finding
from rag.finding.gate import (
    FEATURES,
    SHIPPED,
    Calibration,
    Gate,
    Limits,
    Logistic,
    load_gate,
    own_path,
    read_calibration,
)
from rag.finding.retrieval import late
from rag.load import load_assistant
from rag.reader.load import load_reader
from rag.settings import RagSettings
from rag.texts import TEXTS
from rag.types import Query

MODELS = ("an embedder", "a reader")


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


def test_the_shipped_calibration_is_for_what_is_shipped(embedder: Embedder) -> None:
    shipped = read_calibration(SHIPPED)
    reader = load_reader(RagSettings(), IndexSettings().cache_dir, embedder)
    assert shipped.models == (embedder.fingerprint, reader.fingerprint)
    assert shipped.features == tuple(FEATURES)
    for limits in (shipped.within, shipped.across):
        assert 0 < limits.found < limits.sure < 1
    assert shipped.across.sure > shipped.within.sure
    assert {name for name, _ in shipped.sets} >= {"futian"}
    for sign, coefficient in zip(FEATURES.values(), shipped.model.coefficients, strict=True):
        assert sign == 0 or sign * coefficient >= 0


def test_a_calibration_survives_its_file(tmp_path: Path) -> None:
    shipped = read_calibration(SHIPPED)
    path = tmp_path / "again.json"
    path.write_text(shipped.to_json(), "utf-8")
    assert read_calibration(path) == shipped


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"models": 1}', "\udcff", '{"model": 3}'])
def test_a_broken_file_is_named_with_the_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ChatbotError, match=r"eval calibrate"):
        read_calibration(path)


def test_the_users_own_calibration_comes_first(tmp_path: Path) -> None:
    shipped = read_calibration(SHIPPED)
    own = own_path(shipped.models, tmp_path)
    own.parent.mkdir(parents=True)
    stricter = replace(shipped, within=Limits(0.99, 0.99))
    own.write_text(stricter.to_json(), "utf-8")
    assert load_gate(shipped.models, tmp_path)._calibration == stricter
    value = json.loads(own.read_text("utf-8"))
    own.write_text(json.dumps(value | {"features": ["other"]}), "utf-8")  # of another version
    assert load_gate(shipped.models, tmp_path)._calibration == shipped
    assert load_gate(MODELS, tmp_path)._calibration is None


def test_another_embedder_is_not_judged_and_that_is_said(library: Library) -> None:
    assistant = load_assistant(library, RagSettings())
    answer = assistant.ask("青石港2031年装卸了多少万箱？")
    assert answer.state == "possible"
    assert answer.notice == TEXTS["zh"].uncalibrated
    assert answer.citations


@pytest.mark.parametrize(
    ("retriever", "is_judged"),
    [("late", True), ("fused", False), ("dense", False), ("lexical", False)],
)
def test_a_retriever_without_what_is_weighed_is_not_judged_and_that_is_said(
    real_library: Library, retriever: str, is_judged: bool
) -> None:
    """The shipped calibration weighs how well the tokens fit; the embedder has it calibrated."""
    assistant = load_assistant(real_library, RagSettings(retriever=retriever))
    declined = assistant.ask("What is the boiling point of mercury in the observatory?")
    answer = assistant.ask("Who leads the observatory?")
    assert answer.citations
    if is_judged:
        assert declined.state == "not_found"
        assert answer.notice is None
    else:
        assert declined.state == answer.state == "possible"
        assert declined.notice == answer.notice == TEXTS["en"].uncalibrated


def test_what_a_calibration_does_not_weigh_may_be_lacking(real_library: Library) -> None:
    """One made with an embedder without token vectors has learned to do without them."""
    weights = (1.0,) + (0.0,) * (len(FEATURES) - 1)
    calibration = Calibration(
        MODELS, tuple(FEATURES), Logistic(0.0, weights), *[Limits(0.3, 0.7)] * 2, sets=()
    )
    assistant = load_assistant(real_library, RagSettings(retriever="dense"))
    (finding,) = assistant.find([Query("Who leads the observatory?")])
    assert Gate(calibration).judge(finding).is_judged
    weighing = replace(calibration, model=Logistic(0.0, (1.0,) * len(FEATURES)))
    assert not Gate(weighing).judge(finding).is_judged


@pytest.mark.parametrize(
    ("question", "intercept", "state"),
    [
        ("Who leads the observatory?", -3.0, "not_found"),
        ("Who leads the observatory?", 0.0, "possible"),
        ("Who leads the observatory?", 3.0, "answered"),
        ("谁领导天文台？", 0.0, "not_found"),
        ("谁领导天文台？", 3.0, "possible"),
    ],
)
def test_confidence_makes_three_states(
    real_library: Library, question: str, intercept: float, state: str
) -> None:
    model = Logistic(intercept, (0.0,) * len(FEATURES))
    limits = Limits(0.3, 0.7), Limits(0.6, 0.99)
    calibration = Calibration(MODELS, tuple(FEATURES), model, *limits, sets=())
    assistant = load_assistant(real_library, RagSettings())
    (finding,) = assistant.find([Query(question)])
    verdict = Gate(calibration).judge(finding)
    assert verdict.state == state
    assert verdict.confidence == pytest.approx(1 / (1 + np.exp(-intercept)))
    nothing = Finding(finding.question, finding.passages, [], finding.documents)
    assert Gate(calibration).judge(nothing).state == "not_found"
    assert Gate(calibration).judge(nothing).confidence == 0.0


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
    passages = late(library, encoded, 5)
    assert passages[0].chunk.doc_id == "40.md"
    assert all(passage.signals.dense_score is not None for passage in passages)
    answer = load_assistant(library, RagSettings()).ask("ZK-4287的水泵每小时抽水多少立方米？")
    assert not answer.declined
    assert answer.citations[0].doc_id == "40.md"
    library.close()
