"""Messages that are no questions, follow-ups, scopes and disagreeing documents, end to end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedders.embedding import Embedder
from index.keeping.library import Library, Source
from index.search.scope import make_scope
from index.settings import IndexSettings
from rag.assistant import Assistant
from rag.finding.evidence import disagree
from rag.load import load_assistant
from rag.settings import RagSettings
from rag.texts import TEXTS
from rag.types import Query, Turn
from tests.conftest import TEXTS as DOCUMENTS

YEARS = {
    "2029.md": ("青石港2029年年报", "2029-12-31", "青石港2029年接待邮轮旅客12万人次。"),
    "2030.md": ("青石港2030年年报", "2030-12-31", "青石港2030年接待邮轮旅客31万人次。"),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory, embedder: Embedder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("conversation")
    (folder / "corpus").mkdir()
    library = Library(
        IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built"), embedder=embedder
    )
    library.add([Source(name, text.encode()) for name, text in DOCUMENTS.items()])
    for name, (title, date, text) in YEARS.items():
        library.add([Source(name, f"# {title}\n\n{text}\n".encode())])
        library.edit(name, date=date)
    yield load_assistant(library, RagSettings())
    library.close()


@pytest.mark.parametrize(
    ("message", "kind", "language"),
    [
        ("你好！", "greeting", "zh"),
        ("Thanks a lot", "thanks", "en"),
        ("Was kannst du?", "capabilities", "de"),
    ],
)
def test_what_is_no_question_gets_a_friendly_answer(
    assistant: Assistant, message: str, kind: str, language: str
) -> None:
    answer = assistant.ask(message)
    assert (answer.reason, answer.declined, answer.citations) == (kind, False, ())
    assert answer.text == getattr(TEXTS[language], kind)


MASTS = "灯塔区建成了5260个5G基站和38个码头，耗资九千万元。"


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("灯塔区有多少个基站？", "那学校呢？"),
        ("灯塔区有多少个基站？", "那面积呢？"),
        ("灯塔区有多少个基站？", "医院呢？"),
        ("How many base stations are there in 灯塔区?", "And hospitals?"),
    ],
)
def test_an_answer_does_not_come_again_to_what_it_is_silent_of(
    tmp_path: Path, embedder: Embedder, question: str, added: str
) -> None:
    (tmp_path / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "built")
    library = Library(settings, embedder=embedder)
    library.add([Source("灯塔区.md", f"# 灯塔区\n\n{MASTS}\n".encode())])
    assistant = load_assistant(library, RagSettings())
    first = assistant.ask(question)
    assert first.citations[0].quote == MASTS
    before = [Turn(question, first.text)]
    assert assistant.ask(added, before).declined
    for held in ("那码头呢？", "那碼頭呢？", "那5G基站呢？", "那５ｇ基站呢？"):
        again = assistant.ask(held, before)
        assert not again.declined, held
        assert again.citations[0].quote == MASTS
    library.close()


def test_what_a_follow_up_adds_is_named_without_its_join(assistant: Assistant) -> None:
    before = [Turn("青石港有多少所医院？", "")]
    answer = assistant.ask("那南山呢？", before)
    assert answer.declined
    assert "“南山”" in answer.text
    assert "“那不勒斯”" in assistant.ask("那不勒斯呢？", before).text


def test_names_are_not_said_to_be_lacking_in_another_language(assistant: Assistant) -> None:
    """青石港 stands in the documents, under another name."""
    only = make_scope(["2029.md"], doc_ids=[s.doc_id for s in assistant.library.documents()])
    across = assistant.ask("How many hospitals does Greenstone Harbour have?", scope=only)
    assert across.text == TEXTS["en"].declined
    within = assistant.ask("格林港有多少所医院？", scope=only)
    assert "“格林”" in within.text


def test_the_documents_are_listed_within_the_scope(assistant: Assistant) -> None:
    titles = {s.metadata.title for s in assistant.library.documents()}
    whole = assistant.ask("有哪些文件？")
    assert all(title in whole.text for title in titles)
    ids = [s.doc_id for s in assistant.library.documents()]
    some = assistant.ask("有哪些文件？", scope=make_scope(["2030.md"], doc_ids=ids))
    assert YEARS["2030.md"][0] in some.text
    assert YEARS["2029.md"][0] not in some.text


def test_a_summary_is_verbatim_and_cited(assistant: Assistant) -> None:
    answer = assistant.ask("Summarise “The Larkspur observatory”")
    assert answer.reason == "summary"
    assert answer.citations
    text = assistant.library.document("observatory.txt").text
    for citation in answer.citations:
        assert citation.doc_id == "observatory.txt"
        assert text[citation.start : citation.end] == citation.quote
        assert f"“{citation.quote}”[{citation.number}]" in answer.text


def test_what_the_documents_are_about_is_a_line_each(assistant: Assistant) -> None:
    answer = assistant.ask("这些文件讲什么？")
    documents = assistant.library.documents()
    assert (answer.reason, answer.declined) == ("summary", False)
    lines = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(documents)
    assert "- 青石港2029年年报 (2029-12-31): “青石港2029年接待邮轮旅客12万人次。”[" in answer.text
    assert [citation.number for citation in answer.citations] == [
        sentence.citations[0] for sentence in answer.sentences
    ]
    for citation in answer.citations:
        text = assistant.library.document(citation.doc_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert f"“{citation.quote}”[{citation.number}]" in answer.text


def test_when_a_document_was_published_is_answered_from_its_metadata(assistant: Assistant) -> None:
    answer = assistant.ask("《青石港2029年年报》是什么时候发表的，作者是谁？")
    assert (answer.reason, answer.declined, answer.citations) == ("metadata", False, ())
    assert answer.text == "《青石港2029年年报》：日期：2029-12-31；没有注明作者"
    whole = assistant.ask("When were the documents published?")
    assert "- “青石港2030年年报”: date: 2030-12-31" in whole.text.splitlines()


AUTHORS = {"muehle.txt": "Erika Mahlow", "2029.md": "港务局"}


@pytest.fixture
def authors(assistant: Assistant) -> Iterator[None]:
    for doc_id, author in AUTHORS.items():
        assistant.library.edit(doc_id, author=author)
    yield
    for doc_id in AUTHORS:
        assistant.library.edit(doc_id, author="")


@pytest.mark.usefixtures("authors")
@pytest.mark.parametrize(
    "question", ["Who wrote it?", "谁写的？", "Wer hat es geschrieben?", "¿Quién lo escribió?"]
)
def test_who_wrote_it_is_told_by_metadata_in_any_language(
    assistant: Assistant, question: str
) -> None:
    alone = assistant.ask(question)
    assert (alone.reason, alone.declined) == ("metadata", False)
    assert all(author in alone.text for author in AUTHORS.values())
    summary = Turn("Fasse “Die Wassermühle von Eschenbach” zusammen", "…")
    of_one = assistant.ask(question, [summary])
    assert "Erika Mahlow" in of_one.text
    assert "港务局" not in of_one.text
    asked = Turn("Wann wurde die Wassermühle von Eschenbach ein Museum?", "1987")
    of_found = assistant.ask(question, [asked])
    assert (of_found.reason, "Erika Mahlow" in of_found.text) == ("metadata", True)


def test_what_no_metadata_tell_is_a_question(assistant: Assistant) -> None:
    assert assistant.ask("Who wrote it?").reason != "metadata"


def test_a_near_miss_is_not_answered_with_what_was_asked_before(assistant: Assistant) -> None:
    first = assistant.ask("青石港2029年接待了多少邮轮旅客？")
    assert "12万" in first.text
    answer = assistant.ask("那白河港呢？", [Turn(first.question, first.text)])
    assert answer.completed_question == "白河港2029年接待了多少邮轮旅客？"


def test_who_wrote_what_is_no_document_is_a_question(assistant: Assistant) -> None:
    asked = "谁写了《红楼梦》？"
    answer = assistant.ask(asked)
    assert answer.reason != "metadata"
    assert answer.passages
    followed = assistant.ask("它是什么时候写的？", [Turn(asked, "曹雪芹")])
    assert followed.completed_question is not None
    assert asked in followed.completed_question


def test_a_summary_of_what_is_no_document_is_a_question(assistant: Assistant) -> None:
    answer = assistant.ask("Summarise “The moons of Jupiter”")
    assert answer.reason in (None, "not_in_documents")
    assert answer.passages


def test_a_greeting_before_a_question_does_not_matter(assistant: Assistant) -> None:
    answer = assistant.ask("你好，青石港2031年装卸了多少万箱？")
    assert "418万箱" in answer.text
    assert answer.completed_question is None


def test_a_follow_up_is_completed_and_shown(assistant: Assistant) -> None:
    first = assistant.ask("When did the Larkspur observatory open?")
    assert "1974" in first.citations[0].quote
    turn = Turn(first.question, first.text)
    answer = assistant.ask("And who leads it?", [turn])
    assert answer.completed_question is not None
    assert "Larkspur" in answer.completed_question
    assert any("Amara Osei" in citation.quote for citation in answer.citations)
    alone = assistant.ask("Wann wurde die Mühle ein Museum?", [turn])
    assert alone.completed_question is None


def test_a_batch_gives_what_single_questions_give(assistant: Assistant) -> None:
    turn = Turn("青石港2029年接待了多少邮轮旅客？", "12万")
    queries = [
        Query("你好"),
        Query("那2030年呢？", (turn,)),
        Query("有哪些文件"),
        Query("谁是局长？"),
    ]
    for query, batched in zip(queries, assistant.ask_batch(queries), strict=True):
        alone = assistant.ask(query.question, query.history)
        assert (batched.text, batched.citations) == (alone.text, alone.citations)


@pytest.mark.parametrize(
    ("bounds", "doc_id"), [({"until": "2029"}, "2029.md"), ({"since": "2030-01"}, "2030.md")]
)
def test_a_scope_decides_which_year_answers(
    assistant: Assistant, bounds: dict[str, str], doc_id: str
) -> None:
    ids = [s.doc_id for s in assistant.library.documents()]
    scope = make_scope((), doc_ids=ids, **bounds)
    answer = assistant.ask("青石港接待了多少邮轮旅客？", scope=scope)
    assert {passage.chunk.doc_id for passage in answer.passages} == {doc_id}


def test_nothing_in_the_scope_is_said(assistant: Assistant) -> None:
    ids = [s.doc_id for s in assistant.library.documents()]
    scope = make_scope((), since="2040", doc_ids=ids)
    answer = assistant.ask("青石港接待了多少邮轮旅客？", scope=scope)
    assert (answer.declined, answer.reason) == (True, "empty_scope")
    assert answer.text == TEXTS["zh"].empty_scope


def test_documents_that_disagree_are_all_quoted_with_their_dates(assistant: Assistant) -> None:
    answer = assistant.ask("青石港接待了多少邮轮旅客？")
    cited = {citation.doc_id: citation for citation in answer.citations}
    assert {"2029.md", "2030.md"} <= set(cited)
    assert cited["2029.md"].metadata.date == "2029-12-31"
    assert answer.notice == TEXTS["zh"].disagree


def test_what_says_the_same_is_quoted_once(assistant: Assistant) -> None:
    library = assistant.library
    copy = DOCUMENTS["observatory.txt"].replace("village", "hamlet")
    library.add([Source("copy.txt", copy.encode())])
    try:
        answer = assistant.ask("When did the Larkspur observatory open?")
        assert sum("1974" in citation.quote for citation in answer.citations) == 1
    finally:
        library.remove("copy.txt")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("5260个", "5,260", False),
        ("2020年10月14日", "October 2020", False),
        ("160万余人", "160万人", False),
        ("160万人", "160亿人", True),
        ("7%", "9%", True),
        ("林望舒", "赵明远", False),
    ],
)
def test_figures_disagree_by_amount_not_by_unit(one: str, other: str, apart: bool) -> None:
    assert disagree([("a", one), ("b", other)]) is apart
    assert not disagree([("a", one), ("a", other)])
