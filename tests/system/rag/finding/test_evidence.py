"""Questions that stand in a document: never evidence, and what follows them is."""

from collections.abc import Iterator

import pytest

from index.embedders.embedding import Embedder
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from rag.assistant import Assistant
from rag.load import load_assistant
from rag.settings import RagSettings

FAQ = {
    "faq.txt": (
        "Q: How do I empty the dust box?\nA: Press the lever and turn it upside down.\n\n"
        "Q: Can it climb stairs?\nA: No, it stops at edges.\n\n"
        "Q: What does a new filter cost?\nA: It is free in the first year, then 12 euros.\n"
    ),
    "问答.md": (
        "# 常见问题\n\n### 借书证丢了怎么办？\n\n请到一楼服务台挂失。补办收工本费十元。\n\n"
        "### 一次能借几本书？\n\n成人六本，儿童四本。\n\n### 周一开门吗？\n\n闭馆整理。\n"
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("faq")
    (folder / "corpus").mkdir()
    library = Library(
        IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built"), embedder=embedder
    )
    library.add([Source(name, text.encode()) for name, text in FAQ.items()])
    yield load_assistant(library, RagSettings())
    library.close()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How do I empty the dust box?", "Press the lever"),
        ("how do I empty the dust box", "Press the lever"),
        ("Can it climb stairs?", "No, it stops at edges"),
        ("What does a new filter cost?", "12 euros"),
        ("借书证丢了怎么办？", "一楼服务台挂失"),
        ("一次能借几本书？", "成人六本"),
        ("周一开门吗？", "闭馆整理"),
    ],
)
def test_what_follows_the_question_answers_it(
    assistant: Assistant, question: str, answer: str
) -> None:
    found = assistant.ask(question)
    assert found.state == "answered"
    assert answer in found.citations[0].quote
    assert not any(citation.quote.endswith(("?", "？")) for citation in found.citations)


def test_titles_are_those_of_the_documents_that_are_there(assistant: Assistant) -> None:
    library = assistant.library
    every = {each.doc_id: each.metadata.title for each in library.documents()}
    assert library.titles([*every, "gone.txt"]) == every
    assert library.titles([]) == {}


def test_a_message_without_a_word_is_no_question(assistant: Assistant) -> None:
    assert assistant.ask("？？？").reason == "empty_question"
