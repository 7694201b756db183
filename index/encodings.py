"""Bytes of a text file -> its text and the encoding they are in; wrong text is named, not returned.

In this order: a byte order mark, what the user says, strict UTF-8, what the file declares of
itself, and what chardet detects. UTF-8 comes before the declaration because text of another
encoding is hardly ever valid UTF-8, while pages converted to UTF-8 often keep their old one.
"""

import codecs
from dataclasses import dataclass

import regex

from index.errors import CorpusError
from index.formats.content import Note

# The longer mark first: UTF-16's is the beginning of UTF-32's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A file that says one of these is often in the larger set of characters (WHATWG Encoding Standard).
_SUPERSETS = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "cp950": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
    "iso8859-1": ("cp1252",),
    "ascii": ("utf-8", "cp1252"),
}
_NOT_OF_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})
_LABELS = {
    "big5hkscs": "Big5-HKSCS",
    "cp932": "Shift_JIS",
    "cp949": "EUC-KR",
    "cp950": "Big5",
    "utf-8-sig": "UTF-8",
}
_ASK = "Say which it is, for example: --encoding gb18030 (or big5, shift_jis, euc-kr, windows-1252)"

_JUDGED_CHARS = 16_000
"""How much of a text is looked at for mojibake: half at its beginning, half in its middle."""
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

_UTF16_JUDGED_BYTES = 8192
_COMMON = regex.compile(
    r"[\t\n\r\x20-\x7e\xa0-\u024f\u0370-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1eff\u2010-\u203b"
    r"\u3000-\u30ff\u3105-\u312f\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff65]"
)
_ASCII_BYTES = regex.compile(rb"[\0\t\n\r\x20-\x7e]")
_MIN_COMMON_SHARE = 0.9

_MAX_LOST_SHARE = 0.005
_MAX_NEVER_WRITTEN_SHARE = 0.05
_MAX_LATIN_1_SHARE = 0.4
"""Of all letters: Icelandic, the most accented of languages in Latin-1, has about 0.12."""
_MAX_MISREAD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding its bytes were in, and what the user should know of the decoding."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(
    name: str, raw: bytes, *, encoding: str | None = None, declared: str | None = None
) -> Decoded:
    """Return the text of a file. `encoding` is the user's word, `declared` is what the file says.

    Raises CorpusError when the user's encoding does not fit or is unknown, when none can be found,
    and when the text that comes out is mojibake.
    """
    decoded = (
        _decode_marked(name, raw)
        or (_decode_as_told(name, raw, encoding) if encoding else None)
        or _decode_utf8(raw)
        or (_decode_strictly(raw, declared) if declared else None)
        or _decode_detected(name, raw)
    )
    _refuse_mojibake(name, decoded)
    return decoded


def fits(raw: bytes, declared: str) -> bool:
    """Whether the bytes can be read in a declared encoding and do not say theirs themselves.

    >>> fits("资料".encode("gbk"), "gb2312"), fits("资料".encode(), "gb2312")
    (True, False)
    """
    marked = any(raw.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS)
    decoded = None if marked or _decode_utf8(raw) else _decode_strictly(raw, declared)
    return decoded is not None and not mojibake(_judged(decoded.text))


def is_known(encoding: str) -> bool:
    """Whether a name is that of an encoding of text.

    >>> is_known("GB18030"), is_known("klingon"), is_known("base64")
    (True, False, False)
    """
    return _codec(encoding) is not None


def _codec(encoding: str) -> str | None:
    """Return Python's name of an encoding, None where it is none of text."""
    try:
        known = codecs.lookup(encoding.strip())
        # Leaves out what is no encoding of text (base64, zip) and what decodes escapes.
        "".encode(known.name)
    except (LookupError, ValueError):
        return None
    return None if known.name in _NOT_OF_TEXT else known.name


def _decode_marked(name: str, raw: bytes) -> Decoded | None:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if raw.startswith(mark)), None)
    if encoding is None:
        return None
    try:
        return Decoded(raw.decode(encoding), _label(encoding))
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{name} begins like {_label(encoding)} but is not (byte {error.start}): it is "
            "damaged. Save it again as UTF-8.",
            code="encoding",
        ) from error


def _decode_as_told(name: str, raw: bytes, encoding: str) -> Decoded:
    codec = _codec(encoding)
    if codec is None:
        raise CorpusError(
            f"There is no encoding {encoding!r}. Known are, for example: utf-8, gb18030, big5, "
            "shift_jis, euc-kr, windows-1252.",
            code="unknown_encoding",
        )
    decoded = _decode_strictly(raw, codec)
    if decoded is None:
        raise CorpusError(f"{name} is not in {encoding}. {_ASK}", code="encoding")
    return decoded


def _decode_utf8(raw: bytes) -> Decoded | None:
    # NUL and ESC are valid UTF-8, but in texts they mean UTF-16 and ISO 2022.
    return None if b"\0" in raw or b"\x1b" in raw else _decode_strictly(raw, "utf-8")


def _decode_strictly(raw: bytes, encoding: str) -> Decoded | None:
    """Return the text, or None when the bytes are not in the encoding or its larger set."""
    codec = _codec(encoding)
    for candidate in _SUPERSETS.get(codec, (codec,)) if codec else ():
        try:
            return Decoded(raw.decode(candidate), _label(candidate))
        except UnicodeError:
            continue
    return None


def _decode_detected(name: str, raw: bytes) -> Decoded:
    import chardet

    # Only what the web is written in: the rest (DOS, mainframes) makes short texts ambiguous.
    verdict = chardet.detect(
        raw, encoding_era=chardet.EncodingEra.MODERN_WEB, prefer_superset=True, compat_names=False
    )
    detected = verdict["encoding"]
    if detected is None or detected.startswith("utf-16"):
        detected = _utf16(raw)
    if detected is None:
        raise CorpusError(
            f"{name} is no text, but {verdict['mime_type'] or 'binary data'}. "
            "Rename it to what it is, or convert it to text.",
            code="binary",
        )
    return _decode_strictly(raw, detected) or _decode_with_losses(name, raw, detected)


def _utf16(raw: bytes) -> str | None:
    """Return which UTF-16 without a mark the bytes are in; None when they look like neither.

    Read in the wrong order, or where they are no text, they give characters of every script, of
    which about half are written today.
    """
    nuls, shown = raw.count(0), len(_ASCII_BYTES.findall(raw[:_UTF16_JUDGED_BYTES]))
    if nuls < len(raw) // 4 and shown > 0.9 * len(raw[:_UTF16_JUDGED_BYTES]):
        return None  # pairs of ASCII letters are Chinese characters in UTF-16
    shares = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = raw[:_UTF16_JUDGED_BYTES].decode(encoding, errors="replace")
        shares[encoding] = len(_COMMON.findall(text)) / len(text)
    likelier = max(shares, key=lambda encoding: shares[encoding])
    return likelier if shares[likelier] >= _MIN_COMMON_SHARE and len(raw) % 2 == 0 else None


def _decode_with_losses(name: str, raw: bytes, detected: str) -> Decoded:
    codec = (_SUPERSETS.get(detected) or (detected,))[0]
    text = raw.decode(codec, errors="replace")
    lost = text.count("\ufffd")
    if lost > max(1, len(text) * _MAX_LOST_SHARE):
        raise CorpusError(f"The encoding of {name} cannot be told. {_ASK}", code="encoding")
    return Decoded(text, _label(codec), (Note("lost", str(lost)),))


def _label(codec: str) -> str:
    """Return the name of an encoding as users know it; Python knows it by that name too."""
    label = _LABELS.get(codec) or codec.upper()
    return label.replace("CP125", "windows-125")


# Mojibake


def _refuse_mojibake(name: str, decoded: Decoded) -> None:
    if reason := mojibake(_judged(decoded.text)):
        raise CorpusError(
            f"{name}, read as {decoded.encoding}, gives no meaningful text: {reason}. {_ASK}, "
            "or save it again from the program that made it.",
            code="mojibake",
        )


def _judged(text: str) -> str:
    half = _JUDGED_CHARS // 2
    middle = max(half, len(text) // 2)
    return text[:half] + text[middle : middle + half]


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


_AS_LATIN_1 = "index.encodings.as_latin_1"
codecs.register_error(_AS_LATIN_1, _as_latin_1)
