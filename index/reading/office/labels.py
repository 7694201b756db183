"""Headings that readers write over what stands beside a document's text, in Chinese or English."""

import regex

_CHINESE = regex.compile(r"\p{Han}")
_LETTER = regex.compile(r"\p{L}")
_KANA_OR_HANGUL = regex.compile(r"[\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LABELS = {
    "comments": ("Comments", "批注"),
    "page_heads": ("Page headers and footers", "页眉和页脚"),
    "speaker_notes": ("Speaker notes", "演讲者备注"),
}
_JUDGED_CHARS = 5000


LEVEL = 4
"""The level of these headings: too low to be taken for a document's title."""


def label(name: str, text: str) -> str:
    """Return a heading in the language of a text: Chinese for a Chinese one, else English.

    >>> label("comments", "合同第三条"), label("comments", "Clause 3")
    ('批注', 'Comments')
    """
    judged = text[:_JUDGED_CHARS]
    chinese = len(_CHINESE.findall(judged)) * 3 > len(_LETTER.findall(judged))
    return _LABELS[name][chinese and not _KANA_OR_HANGUL.search(judged)]
