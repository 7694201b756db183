"""The whole flow with the real model: retrieval, evidence, refusal, citations, streaming."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from index.embedders.embedding import Embedder
from index.errors import ChatbotError
from index.keeping.library import Library, Source
from index.places import Place, Places
from index.settings import IndexSettings
from index.types import Document, Metadata, Page, Span
from rag.__main__ import main
from rag.assistant import Assistant
from rag.finding import finder
from rag.load import load_assistant
from rag.serialisation import to_dict
from rag.settings import RagSettings
from rag.texts import TEXTS
from rag.types import MAX_QUESTION_CHARS, Answer, Query, Turn
from rag.writing.quoting import cite

QUESTIONS = [
    ("青石港2031年装卸了多少万箱？", "zh", "harbour.md", "418万箱"),
    ("三号码头哪一年启用？", "zh", "harbour.md", "2033年"),
    ("When did the Larkspur observatory open?", "en", "observatory.txt", "1974"),
    ("Who leads the observatory?", "en", "observatory.txt", "Amara Osei"),
    ("Wie viele Gäste hat die Mühle im Jahr?", "de", "muehle.txt", "12.500"),
    ("Wann wurde die Mühle ein Museum?", "de", "muehle.txt", "3. Oktober 1987"),
]


@pytest.fixture
def assistant(real_library: Library) -> Assistant:
    return load_assistant(real_library, RagSettings())


def assert_verbatim(assistant: Assistant, answer: Answer) -> None:
    for citation in answer.citations:
        document = assistant.library.document(citation.doc_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert document.sha256 == citation.doc_sha256
        assert citation.quote in answer.text
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for sentence in answer.sentences:
        assert sentence.text in answer.text
        quotes = [answer.citations[number - 1].quote for number in sentence.citations]
        assert any(sentence.text.strip("“”") in quote for quote in quotes)


@pytest.mark.parametrize(("question", "language", "doc_id", "gold"), QUESTIONS)
def test_answers_with_the_sentence_that_holds_it(
    assistant: Assistant, question: str, language: str, doc_id: str, gold: str
) -> None:
    answer = assistant.ask(question)
    assert not answer.declined
    assert answer.language == language
    assert answer.citations[0].doc_id == doc_id
    assert any(gold in citation.quote for citation in answer.citations)
    assert TEXTS[language].said in answer.text
    assert_verbatim(assistant, answer)


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("青石港的集装箱比上一年增加了吗？", "增加7%"),
        ("Did the Larkspur observatory open in 1974?", "opened in 1974"),
        ("Hat die Wassermühle bis 1958 Getreide gemahlen?", "bis 1958 Getreide"),
    ],
)
def test_to_yes_or_no_the_sentence_is_the_answer(
    assistant: Assistant, question: str, gold: str
) -> None:
    answer = assistant.ask(question)
    assert gold in answer.citations[0].quote
    assert answer.short is None


def test_words_that_name_nothing_are_not_said_to_be_lacking(assistant: Assistant) -> None:
    answer = assistant.ask("Can I rent a telescope at the Larkspur observatory in Zanzibar?")
    assert answer.declined
    assert "“Zanzibar”" in answer.text
    assert "“Can”" not in answer.text


def test_across_languages_the_quotation_stays_in_its_own(assistant: Assistant) -> None:
    answer = assistant.ask("How many containers did Qingshi harbour handle in 2031?")
    assert answer.language == "en"
    assert "418万箱" in answer.citations[0].quote
    assert "original in Chinese" in answer.text
    assert_verbatim(assistant, answer)


def test_the_frame_can_be_asked_for_in_another_language(assistant: Assistant) -> None:
    answer = assistant.ask("青石港2031年装卸了多少万箱？", language="fr")
    assert "Les documents disent (original : chinois) :" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "番茄炒蛋怎么做才好吃？",
        "What is the boiling point of mercury?",
        "Wer gewann die Fußball-WM 1954?",
    ],
)
def test_what_the_documents_do_not_hold_is_declined(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.declined
    assert answer.reason == "not_in_documents"
    assert answer.citations == ()
    assert answer.text.endswith(TEXTS[answer.language].declined)
    assert answer.passages
    assert answer.confidence < 0.5


@pytest.mark.parametrize("question", ["", "  \n ", "\u3000", "怎么？", "Why?"])
def test_a_blank_question_gets_a_sentence(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.declined, answer.reason) == (True, "empty_question")
    assert answer.text


STATIONS = (
    "Station,Opened,Platforms,Pump\nLarkspur,1974,3,K5\nEastmere,1981,,K7\nPenrow,1990,2,K9\n"
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many platforms does Penrow have?", "2"),
        ("When was Eastmere opened?", "1981"),
        ("When was Larkspur opened?", "1974"),
        ("How many platforms does Eastmere have?", None),  # its cell is empty, others' are not
        ("Which station has the pump K6?", None),
    ],
)
def test_of_a_table_the_row_and_the_cell_that_are_named(
    assistant: Assistant, question: str, words: str | None
) -> None:
    assistant.library.add([Source("stations.csv", STATIONS.encode())])
    answer = assistant.ask(question)
    assert answer.declined == (words is None)
    if words:
        assert answer.short
        assert answer.short.text == words
        assert_verbatim(assistant, answer)


def test_an_empty_corpus_says_so(settings: IndexSettings, embedder: Embedder) -> None:
    for path in settings.corpus_dir.iterdir():
        path.unlink()
    library = Library(settings, embedder=embedder)
    library.update()
    answer = load_assistant(library, RagSettings()).ask("有什么？")
    assert (answer.declined, answer.reason) == (True, "empty_corpus")
    library.close()


def test_what_is_abbreviated_is_read_as_the_document_writes_it(assistant: Assistant) -> None:
    text = "2031年青石区实现地区生产总值96.4亿元，比上年增长6.3%。\n"
    assistant.library.add([Source("statistics.txt", text.encode())])
    for question in ("青石区2031年的GDP是多少？", "What was the GDP of Qingshi district in 2031?"):
        answer = assistant.ask(question)
        assert answer.short.text == "96.4亿元"
        assert answer.question == question


def test_added_is_found_and_removed_never_answers_again(assistant: Assistant) -> None:
    question = "谁设计了云梯桥？"
    assert assistant.ask(question).state != "answered"
    assistant.library.add([Source("bridge.txt", "云梯桥由工程师沈若谷设计，全长810米。".encode())])
    answer = assistant.ask(question)
    assert "沈若谷" in answer.citations[0].quote
    assistant.library.remove("bridge.txt")
    after = assistant.ask(question)
    assert after.state != "answered"
    assert "沈若谷" not in after.text
    assert all(passage.chunk.doc_id != "bridge.txt" for passage in after.passages)


def test_what_changes_while_it_is_answered_is_not_quoted(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document replaced between search and answer: its old sentences are not cited."""
    library = assistant.library
    found = finder.find

    def replaced_meanwhile(*args):
        evidence = found(*args)
        library.add([Source("harbour.md", "全部换成别的内容，甲乙丙丁戊己庚辛壬癸。".encode())])
        return evidence

    monkeypatch.setattr(finder, "find", replaced_meanwhile)
    answer = assistant.ask("青石港2031年装卸了多少万箱？")
    assert answer.declined
    assert "418" not in answer.text
    assert answer.citations == ()


def test_text_without_words_for_the_model_does_no_harm(assistant: Assistant) -> None:
    javanese = "ꦲꦤ꧉ꦲꦤ꧉ꦕꦫ꧉"
    assistant.library.add([Source("javanese.txt", javanese.encode())])
    for question in (javanese, "\x01", "ꦲꦤ", "?" * 3000, "青石港2031年装卸了多少万箱？"):
        answer = assistant.ask(question)
        assert answer.text
        assert 0.0 <= answer.confidence <= 1.0


def test_many_threads_ask_at_once(assistant: Assistant) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda row: assistant.ask(row[0]), QUESTIONS * 4))
    for answer, row in zip(answers, QUESTIONS * 4, strict=True):
        assert answer.citations[0].doc_id == row[2]


def test_the_stream_grows_and_ends_in_the_answer(assistant: Assistant) -> None:
    question = "青石港2031年装卸了多少万箱？"
    answers = list(assistant.stream(question))
    for earlier, later in itertools.pairwise(answers):
        assert later.text.startswith(earlier.text)
        assert later.citations[: len(earlier.citations)] == earlier.citations
    final = replace(answers[-1], seconds=assistant.ask(question).seconds)
    assert replace(assistant.ask(question), seconds=final.seconds) == final


def test_a_batch_answers_as_one_by_one(assistant: Assistant) -> None:
    batch = list(assistant.ask_batch([Query(question) for question, *_ in QUESTIONS]))
    for answer, (question, *_) in zip(batch, QUESTIONS, strict=True):
        alone = assistant.ask(question)
        assert answer.text == alone.text
        assert answer.citations == alone.citations


def test_a_question_that_is_too_long_is_refused(assistant: Assistant) -> None:
    most = ("三号码头何时启用？" * MAX_QUESTION_CHARS)[:MAX_QUESTION_CHARS]
    long = f"{most}？"
    asking = [
        lambda: assistant.ask(long),
        lambda: assistant.ask("然后呢？", [Turn("几号码头？", "三号"), Turn(long, "")]),
        lambda: next(assistant.stream(long)),
        lambda: next(assistant.ask_batch([Query("三号码头何时启用？"), Query(long)])),
    ]
    for ask in asking:
        with pytest.raises(ChatbotError, match="4,000 characters") as refused:
            ask()
        assert refused.value.code == "question_too_long"
    assert assistant.ask(most, [Turn(most, long * 50)]).question == most


def test_without_token_vectors_whole_sentences_are_compared(library: Library) -> None:
    answer = load_assistant(library, RagSettings()).ask("Wasser mahlte bis 1958 Getreide")
    nearest = max(answer.passages, key=lambda passage: passage.score)
    assert nearest.chunk.doc_id == "muehle.txt"


def test_unknown_names_list_the_known_ones(library: Library) -> None:
    with pytest.raises(ChatbotError, match="extractive"):
        load_assistant(library, RagSettings(generator="magic"))
    with pytest.raises(ChatbotError, match="dense"):
        load_assistant(library, RagSettings(retriever="magic"))


def test_a_citation_names_page_and_cells_in_json_and_in_words(
    settings: IndexSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["Observatory;Opened;Director", "Larkspur;1974;Amara Osei", "Tern Point;1988;Ida Voss"]
    for path in settings.corpus_dir.iterdir():
        path.unlink()
    (settings.corpus_dir / "a.csv").write_text("\n".join(rows), "utf-8")
    folders = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    question = "Who is the director of the observatory Tern Point?"
    with closing(Library(settings)) as library:
        library.update()
    assert main(["ask", question, "--json", *folders]) == 0
    (citation, *_) = json.loads(capsys.readouterr().out)["citations"]
    assert "Ida Voss" in citation["quote"]
    assert (citation["page"], citation["place"], citation["boxes"]) == (None, "row 3", [])
    assert main(["ask", question, *folders]) == 0
    assert f"a.csv:{citation['start']}-{citation['end']} · row 3\n" in capsys.readouterr().out


def test_a_citation_has_the_boxes_of_its_lines_alone() -> None:
    text = "Erste Zeile.\nZweite Zeile.\nDritte Zeile."
    places = [
        Place(0, 12, 1, box=(60.5, 700, 300, 711)),
        Place(13, 26, 2, box=(60.5, 650, 300, 661)),
    ]
    pages = (Page(1, 0, 12), Page(2, 13, 40))
    document = Document("a.pdf", text, Metadata("a"), pages, Places.of(places))
    citation = cite(1, document, Span(13, 40))
    value = to_dict(Answer("?", "de", "", citations=(citation,)))["citations"][0]
    assert (value["page"], value["place"]) == (2, None)
    assert value["boxes"] == [{"page": 2, "box": (60.5, 650, 300, 661)}]
    assert len(cite(1, document, Span(5, 14)).boxes) == 2


def test_the_json_form_has_the_documented_fields(assistant: Assistant) -> None:
    value = to_dict(assistant.ask("Who leads the observatory?"), case_id="7")
    assert list(value) == [
        *("id", "question", "completed_question", "language", "answer", "declined", "reason"),
        *("confidence", "state", "short", "generator", "model", "notice"),
        *("citations", "passages", "sentences", "seconds", "fingerprint"),
    ]
    assert list(value["citations"][0]) == [
        *("number", "doc_id", "title", "author", "date", "source", "page", "place", "boxes"),
        *("start", "end", "quote", "doc_sha256"),
    ]
    assert list(value["passages"][0]) == ["doc_id", "start", "end", "text", "score", "why"]
    assert list(value["sentences"][0]) == ["text", "citations", "supported"]
    assert list(value["seconds"]) == ["retrieve", "answer", "total"]
    assert list(value["fingerprint"]) == ["index", "embedder", "reader", "calibration"]
    assert value["fingerprint"]["embedder"] == assistant.library.embedder.fingerprint
