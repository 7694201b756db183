"""Which language a text is in: the answer is framed in the question's."""

from collections.abc import Sequence
from functools import cache

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from index.text.language import words_of
from rag.texts import FALLBACK, TEXTS
from rag.understanding.tables import tables

_QUOTED = regex.compile(r"[“「『《\"][^“”「」『』《》\"]*[”」』》\"]")
_LATIN_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}'’-]*")
_HAN = regex.compile(r"\p{Han}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_NO_QUOTES = dict.fromkeys(map(ord, '“”「」『』《》"'))
_LEAST_WORDS = 5
"""Of fewer, the statistics of a passage are chance."""
_FEW_WORDS = 4
"""Of no more than these, the words themselves tell more than statistics."""
_KEYS = ("asks", "little", "attributes", "greeting", "thanks", "agreed", "polite")
_SURE_OF_PASSAGE, _SURE_OF_QUESTION, _SURE_OF_FEW = 0.8, 0.6, 0.7
_READ_CHARS = 3000
_WITHOUT_LATIN = {"zh", "ja", "ko", "ar", "ru"}
# Scripts that stand for one language among those that answers are framed in.
_OWN_SCRIPT = {
    "ko": regex.compile(r"\p{Hangul}"),
    "ar": regex.compile(r"\p{Arabic}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
}


def detect(text: str, *before: str, likely: str | None = None) -> str:
    """Return the ISO 639-1 code of the text's language, one of those that answers are framed in.

    The script decides where it can; a foreign name or a quoted term inside does not change it.
    Languages in Latin script are told apart by the words that only one of them has, then by
    statistics, which take a noticeable time to load. Where they are not sure, or several languages
    have the words ("Hi"), it is the language of the texts before, the latest first, or the `likely`
    one, that of the page, or English.

    >>> detect("青石区有多少个学校？"), detect("駅はいつできますか"), detect("Сколько?")
    ('zh', 'ja', 'ru')
    >>> detect("Wie viele Schulen gibt es?"), detect("What does 物业城市 mean here?")
    ('de', 'en')
    >>> detect("5260"), detect("ERR_TIMEOUT 504"), detect("Hi", "Wann öffnet das Museum?")
    ('en', 'en', 'de')
    >>> detect("Hi", likely="zh"), detect("Hallo", likely="zh"), detect("5260", likely="zh")
    ('zh', 'de', 'zh')
    """
    own, *others = map(_detected, (text, *before))
    expected = [*(each[0] for each in others if len(each) == 1), *filter(None, (likely, FALLBACK))]
    return next((each for each in expected if not own or each in own), own[0] if own else FALLBACK)


def _detected(text: str) -> list[str]:
    """Return the languages that a text may be in, none where that cannot be told."""
    own = _QUOTED.sub(" ", text)
    if language := by_script(own):
        return [language]
    if words := _LATIN_WORD.findall(own):
        sure = _SURE_OF_FEW if len(words) <= _FEW_WORDS else _SURE_OF_QUESTION
        return _by_own_words(words) or [*filter(None, (_by_words(own, sure),))]
    return _detected(text.translate(_NO_QUOTES)) if own != text else []


def language_of(*texts: str) -> str | None:
    """Return the language of the first text that is long enough to tell, None where none is.

    Of a short quotation, give what it stands in too: its passage, its document.

    >>> language_of("- Name: A5; Price: 12"), language_of("- 街道：粤海；学校数：2100")
    (None, 'zh')
    >>> language_of("- Preis: 12 €", "Der Preis gilt für alle Geräte, die wir verkaufen.")
    'de'
    """
    for text in texts:
        beginning = text[:_READ_CHARS]
        if language := by_script(beginning):
            return language
        if len(words_of(beginning)) >= _LEAST_WORDS and (
            language := _by_words(beginning, _SURE_OF_PASSAGE)
        ):
            return language
    return None


def is_other_language(question: str, *texts: str) -> bool:
    """Whether a passage, given as to `language_of`, is in another language than a question.

    What is too short to tell is in the same, unless the other is in another script.

    >>> is_other_language("price A5", "- Preis: 12 €"), is_other_language("price A5", "价格是12元")
    (False, True)
    """
    asked, told = language_of(question), language_of(*texts)
    if asked is None or told is None:
        return (asked or told) in _WITHOUT_LATIN
    return asked != told


def by_script(text: str) -> str | None:
    """Return the language that the script of a text tells, None for Latin script."""
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    letters = {language: len(script.findall(text)) for language, script in _OWN_SCRIPT.items()}
    letters["ja" if kana * 10 >= max(han, 1) else "zh"] = kana + han
    language = max(letters, key=letters.__getitem__)
    return language if letters[language] > len(_LATIN_WORD.findall(text)) else None


def _by_own_words(written: Sequence[str]) -> list[str]:
    """Return the languages that have all words of a short text."""
    words = {word.casefold() for word in written}
    if len(words) > _FEW_WORDS:
        return []
    return [language for language, known in _own_words().items() if words <= known]


@cache
def _own_words() -> dict[str, frozenset[str]]:
    """Return the words of phrases and questions of each language, as far as in Latin script."""
    return {
        language: frozenset(word for key in _KEYS for word in regex.split(r"[\s/_]+", table[key]))
        for language, table in tables().items()
        if language in TEXTS
    }


def _by_words(text: str, sure: float) -> str | None:
    """Return the language of a text in Latin script, None where that is less than sure."""
    words = words_of(text) or _LATIN_WORD.findall(text)
    language, probability = _identifier().classify(" ".join(words))
    return str(language) if probability >= sure else None


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in TEXTS if language not in _WITHOUT_LATIN])
    return identifier
