"""Bytes of a text file -> its text and the encoding they are in; wrong text is named, not returned.

In this order: a byte order mark, what the user says, strict UTF-8, what the file declares of
itself, UTF-8 with some lines that are not, and what chardet detects. UTF-8 comes before the
declaration because text of another encoding is hardly ever valid UTF-8, while pages converted to
UTF-8 often keep their old one.

A few bytes that nothing can read do not refuse the rest: they become U+FFFD, and are counted. Lines
that programs have written into a file of another encoding are read in theirs.
"""

import codecs
import math
from collections import Counter
from dataclasses import dataclass

import regex

from index.errors import CorpusError
from index.notes import Note
from index.reading.content import noted
from index.reading.mojibake import mojibake

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

_UTF16_JUDGED_BYTES = 8192
_COMMON = regex.compile(
    r"[\t\n\r\x20-\x7e\xa0-\u024f\u0370-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1eff\u2010-\u203b"
    r"\u3000-\u30ff\u3105-\u312f\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff65]"
)
_ASCII_BYTES = regex.compile(rb"[\0\t\n\r\x20-\x7e]")
_MIN_COMMON_SHARE = 0.9

_MAX_LOST_SHARE = 0.005
_MAX_LOST_SHARE_WHERE_SAID = 0.02
"""Of a text whose encoding the user or a byte order mark says."""
_MAX_LOST_SHARE_OF_UTF8 = 0.05
"""Looser: bytes that are UTF-8 can hardly be anything else."""
_LEAST_UTF8_BYTES = 4
_LEAST_UTF8_CHARS = 4
_LOST_CHARACTER = regex.compile("\ufffd{1,3}")
"""Of a character of three bytes, what is left of it can be as many that nothing reads."""
_OF_SEVERAL_BYTES = ("gb18030", "big5hkscs", "cp932", "cp949")
_NOT_ASCII_BYTES = regex.compile(rb"[\x80-\xff]")
_LEAST_CJK_SHARE = 0.3
_SCRIPTS = {
    "kana": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "hangul": regex.compile(r"\p{Hangul}"),
    "han": regex.compile(r"\p{Han}"),
    "cyrillic": regex.compile(r"\p{Cyrillic}"),
}
_CODECS_OF_SCRIPT = {
    "kana": ("cp932", "euc_jp"),
    "hangul": ("cp949",),
    "han": ("gb18030", "big5hkscs", "cp950"),
    "cyrillic": ("cp1251", "koi8-r"),
    "latin": ("cp1252",),
}
"""What lines in a text of UTF-8 are in: those of the script that is beside them."""


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
        or _decode_mostly_utf8(raw)
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
        is_utf8 = encoding == "utf-8-sig"
        mended = _decode_mostly_utf8(raw[3:]) if is_utf8 else _decode_nearly(raw, encoding)
        if mended:
            return mended
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
    decoded = _decode_strictly(raw, codec) or (
        _decode_mostly_utf8(raw) if codec == "utf-8" else _decode_nearly(raw, codec)
    )
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


def _decode_mostly_utf8(raw: bytes) -> Decoded | None:
    """Return a text most of which is UTF-8: other lines in their own encoding, or with losses.

    None where more of it is not. Text of another encoding is hardly ever UTF-8 by chance: of what
    is not ASCII, up to a third is in Chinese, none in Latin or Cyrillic.
    """
    if b"\0" in raw or b"\x1b" in raw:
        return None
    lines = raw.split(b"\n")
    texts = [line.decode("utf-8", errors="replace") for line in lines]
    strange = [i for i, text in enumerate(texts) if "\ufffd" in text]
    foreign = [i for i in strange if texts[i].count("\ufffd") > _written_bytes(texts[i]) / 2]
    invalid = sum(texts[i].count("\ufffd") for i in strange)
    if sum(map(_written_bytes, texts)) < 2 * invalid + _LEAST_UTF8_BYTES:
        return None
    notes: tuple[Note, ...] = ()
    if others := _decode_lines([lines[i] for i in foreign], "".join(texts)):
        for i, text in zip(foreign, others.text.split("\n"), strict=True):
            texts[i] = text
        notes = (_mixed(others.encoding, len(foreign)),)
    text = _LOST_CHARACTER.sub("\ufffd", "\n".join(texts))
    return _with_losses(text, "utf-8", len(text) * _MAX_LOST_SHARE_OF_UTF8, notes)


def _mixed(encoding: str, lines: int) -> Note:
    return Note("mixed_encodings", f"{lines} ({encoding})")


def _written_bytes(text: str) -> int:
    """Return how many bytes of a line are UTF-8 that is not ASCII."""
    return len("".join(_NOT_ASCII.findall(text)).replace("\ufffd", "").encode())


def _decode_lines(lines: list[bytes], beside: str) -> Decoded | None:
    """Return lines that stand in a text of UTF-8, `beside`, in an encoding of its script.

    What chardet says comes first. None where no encoding reads all of them as people write.
    """
    if not lines:
        return None
    raw = b"\n".join(lines)
    scripts = Counter({script: len(p.findall(beside)) for script, p in _SCRIPTS.items()})
    script = next((s for s, count in scripts.items() if count > len(beside) / 50), "latin")
    detected, _ = _detected(raw)
    for codec in sorted(_CODECS_OF_SCRIPT[script], key=lambda codec: codec != detected):
        decoded = _decode_strictly(raw, codec)
        if decoded and not mojibake(decoded.text) and _is_written(decoded.text):
            return decoded
    return None


def _is_written(text: str) -> bool:
    return len(_COMMON.findall(text)) >= len(text) * _MIN_COMMON_SHARE


def _detected(raw: bytes) -> tuple[str | None, str | None]:
    """Return what chardet takes bytes for: encoding, media type; None for none."""
    import chardet

    # Only what the web is written in: the rest (DOS, mainframes) makes short texts ambiguous.
    verdict = chardet.detect(
        raw, encoding_era=chardet.EncodingEra.MODERN_WEB, prefer_superset=True, compat_names=False
    )
    return verdict["encoding"], verdict["mime_type"]


def _decode_nearly(raw: bytes, codec: str) -> Decoded | None:
    text = raw.decode(codec, errors="replace")
    return _with_losses(text, codec, len(text) * _MAX_LOST_SHARE_WHERE_SAID)


def _with_losses(
    text: str, codec: str, most: float, notes: tuple[Note, ...] = ()
) -> Decoded | None:
    """Return a text with what was lost in it noted; None where that is more than `most`."""
    lost = text.count("\ufffd")
    return Decoded(text, _label(codec), (*notes, *noted(("lost", lost)))) if lost <= most else None


def _decode_detected(name: str, raw: bytes) -> Decoded:
    detected, media_type = _detected(raw)
    if detected is None or detected.startswith("utf-16"):
        detected = _utf16(raw)
    if detected is None:
        raise CorpusError(
            f"{name} is no text, but {media_type or 'binary data'}. "
            "Rename it to what it is, or convert it to text.",
            code="binary",
        )
    if detected not in _OF_SEVERAL_BYTES and (nearly := _decode_nearly_cjk(raw)):
        return nearly
    if decoded := _decode_strictly(raw, detected):
        return decoded
    codec = (_SUPERSETS.get(detected) or (detected,))[0]
    text = raw.decode(codec, errors="replace")
    decoded = _with_losses(text, codec, max(1, len(text) * _MAX_LOST_SHARE))
    if decoded is None:
        raise CorpusError(f"The encoding of {name} cannot be told. {_ASK}", code="encoding")
    return decoded


def _decode_nearly_cjk(raw: bytes) -> Decoded | None:
    """Return a text of two bytes a character with a few that are broken, or lines that are UTF-8.

    Single-byte encodings read any bytes, so that chardet takes broken Chinese for Russian. Without
    what is broken it tells.
    """
    if len(_NOT_ASCII_BYTES.findall(raw)) < len(raw) * _LEAST_CJK_SHARE:
        return None
    lines = raw.split(b"\n")
    utf8 = {i: text for i, line in enumerate(lines) if (text := _surely_utf8(line))}
    rest = b"\n".join(line for i, line in enumerate(lines) if i not in utf8)
    for codec in _OF_SEVERAL_BYTES:
        kept = rest.decode(codec, errors="ignore").encode(codec, errors="ignore")
        if len(kept) < len(rest) * (1 - _MAX_LOST_SHARE_OF_UTF8) or _detected(kept)[0] != codec:
            continue
        texts = [utf8.get(i) or line.decode(codec, "replace") for i, line in enumerate(lines)]
        notes = (_mixed("UTF-8", len(utf8)),) if utf8 else ()
        return _with_losses("\n".join(texts), codec, math.inf, notes)
    return None


def _surely_utf8(line: bytes) -> str | None:
    """Return a line of UTF-8 with several characters that are not ASCII, else None."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    wide = sum(character > "\u07ff" for character in text)
    return text if wide >= _LEAST_UTF8_CHARS and _is_written(text) else None


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


def _label(codec: str) -> str:
    """Return the name of an encoding as users know it; Python knows it by that name too."""
    label = _LABELS.get(codec) or codec.upper()
    return label.replace("CP125", "windows-125")


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
