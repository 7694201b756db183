"""Which language a text is in: the answer is framed in the question's."""

from functools import cache

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.texts import FALLBACK, TEXTS

_QUOTED = regex.compile(r"[“「『《\"][^“”「」『』《》\"]*[”」』》\"]")
_LATIN_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}'’-]*")
_HAN = regex.compile(r"\p{Han}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_NO_QUOTES = dict.fromkeys(map(ord, '“”「」『』《》"'))
_WITHOUT_LATIN = {"zh", "ja", "ko", "ar", "ru"}
# Scripts that stand for one language among those that answers are framed in.
_OWN_SCRIPT = {
    "ko": regex.compile(r"\p{Hangul}"),
    "ar": regex.compile(r"\p{Arabic}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
}


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, one of those that answers are framed in.

    The script decides where it can; a foreign name or a quoted term inside does not change it.
    Languages in Latin script are told apart by statistics, which take a noticeable time to load.

    >>> detect("福田区有多少个5G基站？"), detect("駅はいつできますか"), detect("Сколько?")
    ('zh', 'ja', 'ru')
    >>> detect("Wie viele Basisstationen gibt es?"), detect("What does 物业城市 mean here?")
    ('de', 'en')
    >>> detect("5260")
    'en'
    """
    own = _QUOTED.sub(" ", text)
    kana, han = len(_KANA.findall(own)), len(_HAN.findall(own))
    letters = {language: len(script.findall(own)) for language, script in _OWN_SCRIPT.items()}
    letters["ja" if kana * 10 >= max(han, 1) else "zh"] = kana + han
    language = max(letters, key=letters.__getitem__)
    words = _LATIN_WORD.findall(own)
    if letters[language] > len(words):
        return language
    if not words:
        return detect(text.translate(_NO_QUOTES)) if own != text else FALLBACK
    return str(_identifier().classify(" ".join(words))[0])


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([language for language in TEXTS if language not in _WITHOUT_LATIN])
    return identifier
