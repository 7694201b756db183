"""Which language a document is in, where its text is long enough to tell."""

from functools import cache

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

# The beginning tells; more only takes longer.
_READ_CHARS = 3000
_LEAST_WORDS = 4
"""Of fewer, statistics make whatever comes: rows of a table and commands are no language."""
_LEAST_SPACELESS = 2
_SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_TOKEN = regex.compile(r"\S+")
_WORD = regex.compile(r"[\p{P}\p{S}]*+(\p{L}[\p{L}\p{M}]*+(?:['’-][\p{L}\p{M}]+)*+)[\p{P}\p{S}]*+")
_CODE = regex.compile(r"\p{Ll}\p{Lu}|\p{Lu}{3}|[_/\\=<>{}@#$|]|\w[.(:]\w")
"""Within a word: camelCase, ABBREVIATIONS, what stands in paths, addresses and programs."""


def document_language(text: str) -> str:
    """Return the ISO 639-1 code of the language that the beginning of a text is in, "" for none.

    >>> document_language("西湖区有多少个5G基站？"), document_language("Das Haus steht am Fluss.")
    ('zh', 'de')
    >>> document_language("- Name: A5; Price: 12"), document_language("kubectl apply -f x.yaml")
    ('', '')
    """
    beginning = text[:_READ_CHARS]
    words = words_of(beginning)
    spaceless = len(_SPACELESS.findall(beginning))
    if len(words) < _LEAST_WORDS and spaceless < _LEAST_SPACELESS:
        return ""
    told = beginning if spaceless > len(words) else " ".join(words)
    return str(_identifier().classify(told)[0])


def words_of(text: str) -> list[str]:
    """Return the words of a text that belong to a language: no code, figures, abbreviations.

    >>> words_of("Set maxTokens=5 in config.yaml, then restart the API.")
    ['Set', 'in', 'then', 'restart', 'the']
    """
    tokens = (token for token in _TOKEN.findall(text) if not _CODE.search(token))
    return [word[1] for token in tokens if (word := _WORD.fullmatch(token))]


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    # Without what has no two-letter code: Wu, which Chinese is taken for, among them.
    identifier.set_languages([code for code in identifier.nb_classes if len(code) == 2])
    return identifier
