"""Typing errors and pinyin, on a real library; what is right is left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedders.embedding import Embedder
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.assistant import Assistant
from rag.load import load_assistant
from rag.settings import RagSettings
from rag.types import Turn
from rag.understanding.spelling import corrected
from tests.conftest import TEXTS

STATIONS = (
    "# 深圳市福田区建设5G基站\n\n"
    "到2020年10月，福田区共建成5260个5G基站。基站由Huawei和运营商共同建设。\n\n"
    "基站的电费由运营商支付。福田区的基站多于罗湖区的基站。\n"
)
REPORT = (
    "Base stations of the region\n\n"
    "In 2021 the operators built 5260 base stations. Each station costs the same price. The town "
    "of Wexcombe has the most stations. Kelmarsh, Winterbourne and Ashcott follow.\n"
)
WORDS = sorted({word for text in (*TEXTS.values(), STATIONS, REPORT) for word in text.split()})


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """Documents in Chinese, English and German."""
    folder: Path = tmp_path_factory.mktemp("stations")
    (folder / "corpus").mkdir()
    for name, text in (TEXTS | {"stations.md": STATIONS, "report.txt": REPORT}).items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    library = Library(
        IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built"), embedder=embedder
    )
    library.update()
    yield library
    library.close()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("How many base staions were built?", "How many base stations were built?"),
        ("How many base statoins were built?", "How many base stations were built?"),
        ("When did the Oberservatory open?", "When did the observatory open?"),
        ("Who leads the Larkpsur observatory?", "Who leads the Larkspur observatory?"),
        ("How many stations has Wexcomeb?", "How many stations has Wexcombe?"),
        ("Wann wurde die Wasermühle ein Museum?", "Wann wurde die Wassermühle ein Museum?"),
        ("Wo steht die Wassermhüle?", "Wo steht die Wassermühle?"),
        ("futian 5G 基站多少", "福田 5G 基站多少"),
        ("Futian有多少基站？", "福田有多少基站？"),
        ("fu tian有多少基站？", "福田有多少基站？"),
        ("shenzhen futian jizhan", "深圳 福田 基站"),
        ("futianqu jizhan", "福田区 基站"),
        ("shenzhenshi", "深圳市"),
        ("Futain", "福田"),
        ("Futain有多少基站", "福田有多少基站"),
        ("How many base stations has Futian?", "How many base stations has 福田?"),
        ("What does qingshi harbour handle?", "What does 青石 harbour handle?"),
    ],
)
def test_what_is_meant_is_found(stations: Library, typed: str, meant: str) -> None:
    assert corrected(typed, stations.vocabulary()) == meant


ORDINARY = """
What is the prize for the winner?
How do the parties split the costs?
Which mountains are the highest in Spain?
Who was referred to the hospital?
Are there pandas in the zoo of Berlin?
What did the segments of the market yield?
Which texts were organized by the editors?
How long does the baking take in a convection oven?
When was the kindergarten renovated?
Who painted the ceiling of the chapel?
Which statins lower cholesterol best?
What statues stand in the square?
Did the observers publish their observations?
Is observance of the holidays required?
How many conservatories are in the city?
What is the price of rice per pound?
Do these stallions live in stables?
Which nations joined the federation first?
Are the ratios printed in the appendix?
Who operated the larger mirrors?
Did the villagers rebuild the mill?
What is an operetta?
Do fathers feature in the lyrics?
Where can I buy a jigsaw puzzle?
How many liters does the tank hold?
NASA, ESA and the UK signed what?
What do GPT-4, x86 and mp3 stand for?
Send it to larkspru@example.org or see www.larkspru.org/penrwo.html
Is women's football popular in Brazil?
Can we change the long list of songs?
Do bananas ripen after the harvest?
Wer hat den Preis gewonnen?
Welche Wassermühlen stehen noch?
Wie lange darf man im Wasser bleiben?
Wo liegen die höchsten Berge der Alpen?
Wann öffnet das Schwimmbad am Sonntag?
Wie viele Gäste besuchten das Museum im Sommer?
Was kostet eine Fahrkarte für Kinder?
Wer bezahlt die Gebühren für die Anmeldung?
Welche Gärten kann man besichtigen?
Wurde die Abstimmung verschoben?
Warum wurde der Vorgang eingestellt?
Ist die Abtreibung in Polen erlaubt?
Wie entstehen Gewitter?
Welche Getreidesorten wachsen in Bayern?
Hat der Verein einen Kassenwart?
Wo finde ich die Öffnungszeiten?
Wer leitete die Sternwarte?
Welche Stationen liegen auf dem Weg?
Was mahlen die Müller?
Wie heißt der Oberbürgermeister?
Sind Hunde auf dem Gelände verboten?
今年的预算是多少？
谁是这家公司的总经理？
WiFi密码是什么？
怎样申请退休金？
iPhone的价格是多少？
OpenAI在哪一年成立？
如何安装Python和PyTorch？
学校的电话号码是什么？
Excel表格怎么打印？
请问PDF文件在哪里下载？
CEO是谁？
women有多少基站？
""".strip().splitlines()


@pytest.mark.parametrize("question", ORDINARY)
def test_an_ordinary_question_is_left_alone(stations: Library, question: str) -> None:
    assert corrected(question, stations.vocabulary()) is None


@pytest.mark.parametrize(
    "question",
    [
        "Combien de stattions ont été construites dans la ville ?",
        "¿Cuántas estaciones y observattorios hay en la ciudad de Madrid?",
        "Có bao nhiêu trạm Wexcomeb trong thành phố này?",
        "Quante statzioni ci sono nella città di Roma?",
        "Ile stattions jest w tym mieście?",
    ],
)
def test_a_question_in_no_language_of_the_documents_is_left_alone(
    stations: Library, question: str
) -> None:
    assert corrected(question, stations.vocabulary()) is None


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_words_of_the_documents_are_never_changed(stations: Library, words: list[str]) -> None:
    assert corrected(" ".join(words), stations.vocabulary()) is None


def test_words_go_with_their_document(settings: IndexSettings, embedder: Embedder) -> None:
    library = Library(settings, embedder=embedder)
    library.update()
    (settings.corpus_dir / "stations.md").write_text(STATIONS, "utf-8")
    assert corrected("futian", library.vocabulary()) is None
    library.update()
    assert corrected("futian", library.vocabulary()) == "福田"
    before = library.vocabulary()
    assert before.words.latin["huawei"] == 1
    library.remove("stations.md")
    assert corrected("futian", before) is None
    after = library.vocabulary().words
    assert "huawei" not in after.latin
    assert "福田" not in "".join((*after.han, *after.headings))
    assert corrected("futian Larkpsur", library.vocabulary()) == "futian Larkspur"
    library.close()


@pytest.mark.parametrize("purge", [True, False])
def test_a_file_that_was_deleted_by_hand_gives_no_word(
    settings: IndexSettings, embedder: Embedder, purge: bool
) -> None:
    library = Library(settings, embedder=embedder)
    library.update()
    vocabulary = library.vocabulary()
    assert corrected("Larkpsur", vocabulary) == "Larkspur"
    if purge:
        library.remove("observatory.txt", purge=True)
    else:
        (settings.corpus_dir / "observatory.txt").unlink()
    assert corrected("Larkpsur", vocabulary) is None
    library.close()


def test_chunks_are_counted_as_the_texts_say(stations: Library) -> None:
    texts = [
        f"{document.metadata.title} {chunk.text}".casefold()
        for document in stations.documents()
        for chunk in stations.chunks(document.doc_id)
    ]
    words = stations.vocabulary().words
    for word in ("stations", "huawei", "the", "museum", "observatory"):
        assert words.latin[word] == sum(word in text for text in texts)
    assert words.languages == {"zh", "en", "de"}
    assert "深圳市福田区建设5G基站" in words.headings


@pytest.fixture(scope="module")
def assistant(stations: Library) -> Assistant:
    return load_assistant(stations, RagSettings())


def test_the_answer_says_what_was_searched_for(assistant: Assistant) -> None:
    begun, *_, answer = assistant.stream("When did the Larkpsur observatory open?")
    assert begun.completed_question == "When did the Larkspur observatory open?"
    assert answer.completed_question == begun.completed_question
    assert answer.question == "When did the Larkpsur observatory open?"
    assert "1974" in answer.citations[0].quote


def test_what_is_right_says_nothing(assistant: Assistant) -> None:
    assert assistant.ask("When did the Larkspur observatory open?").completed_question is None


def test_a_follow_up_and_what_it_refers_to_are_corrected(assistant: Assistant) -> None:
    history = [Turn("When did the Larkpsur observatory open?", "1974")]
    answer = assistant.ask("How large is its mirrro?", history)
    asked = "When did the Larkspur observatory open? How large is its mirror?"
    assert answer.completed_question == asked
