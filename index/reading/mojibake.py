"""Whether a text was decoded in a wrong encoding."""

import codecs

import regex

_NOT_ASCII = regex.compile(r"[^\x00-\x7f]+")
_LETTER = regex.compile(r"\p{L}")
_LATIN_1 = regex.compile(r"[\xa1-\xff]")
_NEVER_WRITTEN = regex.compile(r"[\x80-\x84\x86-\x9f\ufffd\p{Co}\p{Cn}]")
"""C1 controls (but NEL, which is a line end), U+FFFD, private use and unassigned characters."""
# Codec that UTF-8 was read in, and how many characters in a row make that plausible.
_MISREADINGS = {
    "cp1252": 2,
    "latin-1": 2,
    "cp1251": 2,
    "gb18030": 4,
    "cp932": 4,
    "cp949": 4,
    "cp950": 4,
}
_MAX_NEVER_WRITTEN_SHARE = 0.05
_MAX_LATIN_1_SHARE = 0.4
"""Of all letters: Icelandic, the most accented of languages in Latin-1, has about 0.12."""
_MAX_MISREAD_SHARE = 0.3


def mojibake(text: str) -> str:
    r"""Return why a text looks decoded in a wrong encoding, "" when it does not.

    >>> mojibake("ä¸\xadå›½ï¼Œäººå\x8f£")
    'it is UTF-8 that was read as cp1252'
    >>> mojibake("Die Bürgermeisterin eröffnete die Brücke."), mojibake("中国，人口。")
    ('', '')
    """
    runs = _NOT_ASCII.findall(text)
    written = sum(map(len, runs))
    if not written:
        return ""
    for codec, at_least in _MISREADINGS.items():
        long = (run for run in runs if len(run) >= at_least)
        misread = sum(len(run) for run in long if _is_misread_utf8(run, codec))
        if misread > written * _MAX_MISREAD_SHARE:
            return f"it is UTF-8 that was read as {codec}"
    letters = len(_LETTER.findall(text))
    latin_1 = sum(len(_LATIN_1.findall(run)) for run in runs)
    if latin_1 > max(3, letters * _MAX_LATIN_1_SHARE):
        return "most of its letters have accents"
    if sum(len(_NEVER_WRITTEN.findall(run)) for run in runs) > written * _MAX_NEVER_WRITTEN_SHARE:
        return "it holds many characters that nobody writes"
    return ""


def _is_misread_utf8(run: str, codec: str) -> bool:
    """Whether the bytes of a run in the codec are UTF-8, but for a few, such as those at its ends.

    Read one byte a character, UTF-8 becomes longer; in pairs of bytes it may not.
    """
    text = run.encode(codec, errors=_AS_LATIN_1).decode("utf-8", errors="replace")
    shorter = len(text) < len(run) or (_MISREADINGS[codec] > 2 and len(text) == len(run))
    lost = text.count("\ufffd") + text.count("?")  # the run itself has no question mark
    return shorter and lost <= len(text) // 8


def _as_latin_1(error: UnicodeError) -> tuple[bytes, int]:
    """Return the bytes that programs read as the C1 controls which a codec leaves undefined."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].encode("latin-1", errors="replace"), error.end


_AS_LATIN_1 = "index.reading.encodings.as_latin_1"
codecs.register_error(_AS_LATIN_1, _as_latin_1)
