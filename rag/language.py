"""Which language a text is in: the answer is framed in the question's."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.texts import FALLBACK, TEXTS


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, one of those that answers are framed in.

    >>> detect("福田区有多少个5G基站？"), detect("Wie viele Basisstationen gibt es?")
    ('zh', 'de')
    >>> detect("5260")
    'en'
    """
    if not any(character.isalpha() for character in text):
        return FALLBACK
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(TEXTS))
    return identifier
