"""What answers say around the quotations, in every language."""

import dataclasses
import string

import pytest

from rag.texts import TEXTS, AnswerTexts, lacking_text


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(AnswerTexts)])
def test_every_sentence_is_there_in_every_language(field: str) -> None:
    said = {language: getattr(texts, field) for language, texts in TEXTS.items()}
    assert all(said.values())
    names = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in said.values()
    ]
    assert all(one == names[0] for one in names)


@pytest.mark.parametrize(
    ("language", "names", "sentence"),
    [
        ("zh", ["南山区"], "没有找到关于“南山区”的内容。"),
        ("zh", ["甲", "乙", "丙"], "没有找到关于“甲”、“乙”和“丙”的内容。"),
        ("en", ["Mars"], "The documents say nothing of “Mars”."),
        (
            "de",
            ["Mars", "{x}"],
            "In den Dokumenten habe ich nichts über „Mars“ oder „{x}“ gefunden.",
        ),
        ("es", ["A", "B", "C"], "No he encontrado nada sobre «A», «B» ni «C» en los documentos."),
        ("ar", ["مارس", "زحل"], "لم أجد في الوثائق شيئًا عن «مارس» أو «زحل»."),
        ("xx", ["Mars"], "The documents say nothing of “Mars”."),
    ],
)
def test_names_of_which_nothing_is_said(language: str, names: list[str], sentence: str) -> None:
    assert lacking_text(language, names) == sentence
