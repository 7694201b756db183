"""Which language a document is in, for the report of an import."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# The beginning tells; more only takes longer.
_READ_CHARS = 3000


def document_language(text: str) -> str:
    """Return the ISO 639-1 code of the language that the beginning of a text is in.

    >>> document_language("福田区有多少个5G基站？"), document_language("Das Haus steht am Fluss.")
    ('zh', 'de')
    """
    return str(_identifier().classify(text[:_READ_CHARS])[0])


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    # Without what has no two-letter code: Wu, which Chinese is taken for, among them.
    identifier.set_languages([code for code in identifier.nb_classes if len(code) == 2])
    return identifier
