"""Questions that are offered: each is answered, from the sentence that it was made of."""

from collections.abc import Iterator

import pytest

from index.embedders.embedding import Embedder
from index.errors import CorpusError
from index.keeping.library import Library
from index.settings import IndexSettings
from index.types import Scope
from rag import offering
from rag.assistant import Assistant
from rag.load import load_assistant
from rag.offering import further, overview
from rag.settings import RagSettings
from rag.types import Turn
from tests.support.serving import DOCUMENTS, write_corpus

# A language in which nothing is framed, and whose words are in no table.
SWEDISH = (
    "# Kvarnen i Eskebo\n\n## Museet\n\n"
    "Museet har öppet på lördagar och visar gamla kvarnstenar.\n\n"
    "## Resvägen\n\nTill kvarnen går buss nummer fyra från torget varje timme.\n"
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("offering")
    corpus = write_corpus(folder / "corpus", {**DOCUMENTS, "kvarnen.md": SWEDISH})
    library = Library(
        IndexSettings(corpus_dir=corpus, index_dir=folder / "built"), embedder=embedder
    )
    library.update()
    yield load_assistant(library, RagSettings())
    library.close()


def test_what_is_offered_of_a_document_is_answered_from_it(assistant: Assistant) -> None:
    known = overview(assistant, "青石港年报.md", "zh")
    assert (known.title, known.date) == ("青石港二〇三一年年报", None)
    assert known.headings == ("集装箱吞吐量", "三号码头", "观景步道")
    assert "青石港在2031年共装卸集装箱多少箱？" in known.questions
    for question in known.questions:
        answer = assistant.ask(question)
        assert not answer.declined
        assert {one.doc_id for one in answer.citations[:1]} == {"青石港年报.md"}


@pytest.mark.parametrize(
    ("doc_id", "question"),
    [("observatory.txt", "When did the Larkspur observatory open"), ("kvarnen.md", "What do the")],
)
def test_questions_are_in_the_language_of_the_document_or_else_of_the_reader(
    assistant: Assistant, doc_id: str, question: str
) -> None:
    known = overview(assistant, doc_id, "en")
    assert any(one.startswith(question) for one in known.questions)
    assert not any(assistant.ask(one).declined for one in known.questions)


def test_after_an_answer_comes_what_stands_near_and_was_not_asked(assistant: Assistant) -> None:
    first = "青石港在2031年共装卸集装箱多少箱？"
    answer = assistant.ask(first)
    offered = further(assistant, answer, [Turn(first, answer.text)], "zh")
    assert 0 < len(offered) <= offering.QUESTIONS
    assert first not in offered
    assert not any(assistant.ask(one, [Turn(first, answer.text)]).declined for one in offered)
    asked = iter([True, False])
    some = further(assistant, answer, [Turn(first, answer.text)], "zh", go_on=lambda: next(asked))
    assert some == offered[: len(some)]
    assert len(some) <= 1


def test_after_a_refusal_nothing_is_offered(assistant: Assistant) -> None:
    answer = assistant.ask("今年的黄金价格是多少？")
    assert answer.declined
    assert further(assistant, answer, [], "zh") == []


def test_nothing_is_offered_from_outside_of_the_scope(assistant: Assistant) -> None:
    answer = assistant.ask("青石港2031年装卸了多少集装箱？")
    assert further(assistant, answer, [], "zh", scope=Scope(patterns=("muehle.txt",))) == []


def test_what_is_removed_offers_nothing(assistant: Assistant) -> None:
    with pytest.raises(CorpusError):
        overview(assistant, "nowhere.txt", "en")


def test_the_time_is_kept(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "BUDGET_SECONDS", 0.0)
    assert len(overview(assistant, "青石港年报.md", "zh").questions) <= 1
