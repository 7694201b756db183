"""Beside the peers: what counts as right, the documents that are made, and what is missing."""

from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench.mixed_documents import asked_documents
from eval.bench.peer_programs import PEERS, paragraphs
from eval.bench.peers import Asked, is_right


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ([("a", "它有 两千一百个\n座位。"), ("b", "x")], True),
        ([("b", "它有两千一百个座位。")], False),
        ([("b", "x"), ("a", "它有两千一百个座位。")], False),
        ([("a", "它有座位。")], False),
        ([], False),
    ],
)
def test_the_first_passage_is_of_the_document_and_holds_the_answer(
    found: list[tuple[str, str]], right: bool
) -> None:
    asked = Asked("有多少个座位？", "a", ("2,100", "两千一百个 座位"))
    assert is_right(found, asked) is right


def test_made_documents_are_the_same_each_time_and_answer_their_own_questions_alone() -> None:
    made = asked_documents(30)
    assert made == asked_documents(30)
    assert len({each.question for each in made}) == 30
    for each in made:
        assert [other.name for other in made if each.answer in other.text] == [each.name]
        assert len(paragraphs([(each.name, each.text)])) == 12


def test_without_the_peers_it_says_how_to_install_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["bench", "peers", "--python", str(tmp_path / "python")]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "python") in said
    assert "pip install -r requirements-peers.txt" in said


def test_every_peer_is_pinned() -> None:
    root = Path(__file__).resolve().parents[4]
    pinned = (root / "requirements-peers.txt").read_text("utf-8").replace("-", "").lower()
    assert all(name.lower() in pinned for name in PEERS)
