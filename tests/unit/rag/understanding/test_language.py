"""Languages of short questions, among the ten that answers are framed in."""

import pytest

from rag.texts import TEXTS
from rag.understanding.language import detect

ROWS = [
    ("zh", "福田"),
    ("zh", "5G基站有多少个？"),
    ("zh", "福田區有多少個基站"),
    ("zh", "Transformer模型的参数量一共是多少？"),
    ("en", "How many 5G stations?"),
    ("en", "What is “物业城市”?"),
    ("de", "Wie viele?"),
    ("de", "Wer leitet das Institut in 深圳?"),
    ("ja", "いつですか"),
    ("ja", "量子研究院の場所"),
    ("ko", "기지국은 몇 개입니까?"),
    ("fr", "Combien de stations y a-t-il dans le district ?"),
    ("es", "¿Cuántas estaciones hay en el distrito?"),
    ("ru", "Сколько станций?"),
    ("ar", "كم عدد المحطات؟"),
    ("vi", "Có bao nhiêu trạm?"),
    ("zh", "《实施方案》"),
    ("de", "„Wasserstraße“"),
    ("zh", "Larkspur Observatory是什么"),
    ("en", "12345 🎉"),
    ("en", "“”"),
    ("en", ""),
    ("en", "Hello"),
    ("en", "ok"),
    ("de", "Hallo"),
    ("es", "Hola"),
    ("fr", "Salut !"),
    ("de", "Preis?"),
]


@pytest.mark.parametrize(("language", "text"), ROWS)
def test_detect(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("message", ["Hi", "Hello", "ok", "OK!", "hey", "Transformer", "2021"])
def test_what_a_short_message_leaves_open_is_the_language_of_the_page(message: str) -> None:
    assert detect(message, likely="zh") == "zh"
    assert detect(message, likely="en") == detect(message) == "en"
    assert detect(message, "Wann öffnet das Museum?", likely="zh") in ("de", "zh")


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Hallo", "de"),
        ("你好", "zh"),
        ("Thank you", "en"),
        ("Öffnungszeiten", "de"),
        ("はい", "ja"),
    ],
)
def test_what_a_short_message_tells_outweighs_the_page(message: str, language: str) -> None:
    assert {detect(message, likely=one) for one in ("zh", "en", "fr")} == {language}


def test_where_it_is_not_sure_it_is_the_language_before() -> None:
    assert detect("Hi", "Wann öffnet das Museum?") == "de"
    assert (
        detect("Und in Hamburg?", "5260", "Wie viele Gäste hat das Museum in Eschenbach?") == "de"
    )
    assert detect("Why?", "Wann öffnet das Museum?") == "en"
    assert detect("福田？", "Wann öffnet das Museum?") == "zh"


def test_every_frame_recognises_itself() -> None:
    for language, texts in TEXTS.items():
        assert detect(texts.declined) == language
        assert "{language}" in texts.said_in
