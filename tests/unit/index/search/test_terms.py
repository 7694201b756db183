"""Terms: what each script gives, that only writing is folded, and that no text breaks them."""

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.terms import _TOKEN, _terms, term_spans, terms
from index.text.folding import fold
from index.types import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Scripts without spaces, and Hangul: pairs, a lone character by itself.
        ("问证会回答", ["问证", "证会", "会回", "回答"]),
        ("我，你", ["我", "你"]),
        ("第𠮷野家店", ["第𠮷", "𠮷野", "野家", "家店"]),
        ("東京タワーへ", ["东京", "京タ", "タワ", "ワー", "ーへ"]),
        ("ｶﾞｷﾞ", ["ガギ"]),
        ("カ\u3099ギ", ["ガギ"]),
        ("한국어를 배워요", ["한국", "국어", "어를", "배워", "워요"]),
        ("\u1112\u1161\u11ab국", ["한국"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("ลังลัง", ["ลัง", "งลั", "ลัง"]),  # a character keeps its marks
        # Words, without what is written or left out at will.
        ("اللُّغَةُ العَرَبِيّـــة", ["اللغة", "العربية"]),
        ("שָׁלוֹם", ["שלום"]),
        ("Straßen in ZÜRICH", ["strassen", "in", "zurich"]),
        ("e\u0301te\u0301 ÉTÉ été", ["ete", "ete", "ete"]),
        ("Ёлка елка", ["елка", "елка"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁnance ＡＢＣ", ["finance", "abc"]),
        ("co\u00adoperate zero\u200bwidth", ["cooperate", "zerowidth"]),
        ("👩‍👩‍👧 hello 🇨🇳👍🏽", ["hello"]),
        ("state-of-the-art, O’Neill", ["state", "of", "the", "art", "o", "neill"]),
        ("机场機場", ["机场", "场机", "机场"]),
        # Figures.
        ("1,400 1400 1.400 1’400 １４００", ["1400"] * 5),
        ("1,234,567.89 1.234.567,89", ["1234567.89", "1234567.89"]),
        ("12,5 12.5 0,400", ["12.5", "12.5", "0.400"]),
        ("第1,400号，100万平方米", ["第", "1400", "号", "100", "万平", "平方", "方米"]),
        ("2020-10-14", ["2020", "10", "14"]),
        ("192.168.0.1", ["192", "168", "0", "1"]),
        ("12,34,567 1,400.", ["12", "34", "567", "1400"]),
        ("١٢٣ १२३ 123", ["123", "123", "123"]),
        ("٣٫١٤", ["3.14"]),
        # Names with digits and marks.
        ("5G基站和IPv6", ["5g", "基站", "站和", "ipv6"]),
        ("GPT-4 GPT4", ["gpt4", "gpt", "4", "gpt4"]),
        ("GPT‐4.1", ["gpt4.1", "gpt", "4.1"]),
        ("C++ C# F# C", ["c++", "c#", "f#", "c"]),
        ("v1.2.3 H2O x²", ["v1.2.3", "h2o", "x2"]),
        # Nothing.
        ("", []),
        (" \t\n\0—“”…！？", []),
        ("\ud800", []),
    ],
)
def test_terms_of(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


CHARACTERS = (
    "问证福田區机場的一二東京タワーがｶﾞ゛ー한국어\u1112\u1161\u11abภาษไทยกำลั"
    "abcGPTIVvßÜéﬁ́̈̃ااَُّلعةـשׁדĀёЁµॐहिन्"
    "0123456789١２½①²Ⅷ.,'’‘\"“-‐−+#%/ \t\n\0👩👍🏽🇨🇳\u200d\u200b\u00ad\u3099\ud800"
)
mixed = st.text(st.sampled_from(CHARACTERS), max_size=40)
anything = st.one_of(mixed, st.text(st.characters(exclude_categories=()), max_size=40))


@settings(max_examples=200, deadline=None)
@given(anything)
def test_a_term_can_be_stored_beside_others(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(char.isspace() or char in '"/\0“”„«»' for char in term), term
        assert term == term.casefold()
        term.encode()


@settings(max_examples=200, deadline=None)
@given(anything)
def test_canonically_equal_texts_have_the_same_terms(text: str) -> None:
    expected = terms(text)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert terms(unicodedata.normalize(form, text)) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("问证福田ÄöüßaBcXyz019.,-+#' "), max_size=40))
def test_width_and_case_make_no_difference(text: str) -> None:
    full_width = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    assert terms(text) == terms(text.upper()) == terms(text.lower())
    assert terms(text.translate(full_width)) == terms(text)


@settings(max_examples=200, deadline=None)
@given(mixed)
def test_every_term_has_its_place(text: str) -> None:
    found = terms(text)
    for term in set(found):
        spans = term_spans(text, {term})
        assert spans
        for start, end in spans:
            assert 0 <= start < end <= len(text)
        assert all(before.end < after.start for before, after in pairwise(spans))
    assert term_spans(text, ()) == []
    rest = list(text)
    for start, end in term_spans(text, set(found)):
        rest[start:end] = " " * (end - start)
    assert terms("".join(rest)) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6), st.sampled_from(["", " ", "\u3000", "\n\x1c"]))
def test_words_looked_at_one_by_one_give_the_terms_of_the_whole(texts: list[str], by: str) -> None:
    text = by.join([*texts, "v1.2, 1,400 GPT-4.5 C++ 3", *texts])
    every = [term for match in _TOKEN.finditer(fold(text)) for term in _terms(match)]
    assert terms(text) == every == terms(text)


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("在福田區设站", {"福田", "田区"}, ["福田區"]),
        ("Ｇｒｏßｅ Maße, MASSE", {"masse"}, ["Maße", "MASSE"]),
        ("die ﬁnanzen", {"finanzen"}, ["ﬁnanzen"]),
        ("e\u0301te\u0301 und été", {"ete"}, ["e\u0301te\u0301", "été"]),
        ("1,400 or １４００ or 14", {"1400"}, ["1,400", "１４００"]),
        ("GPT-4 and GPT", {"gpt"}, ["GPT", "GPT"]),
        ("GPT-4 and 4", {"gpt4"}, ["GPT-4"]),
        ("👩‍👩‍👧问证👍🏽", {"问证"}, ["问证"]),
        ("ᄒ\u1161\u11ab국 ᄒ\u1161\u11ab국", {"한국"}, ["한국", "한국"]),
        ("แปลกำลัง", {"ลัง"}, ["ลัง"]),
        ("nothing", {"some"}, []),
    ],
)
def test_what_is_marked(text: str, wanted: set[str], marked: list[str]) -> None:
    spans = term_spans(text, wanted)
    found = [unicodedata.normalize("NFC", text[start:end]) for start, end in spans]
    assert found == [unicodedata.normalize("NFC", text) for text in marked]
    assert all(isinstance(span, Span) for span in spans)


@pytest.mark.parametrize(
    "unit",
    [
        *("1,", "1.", "1,000,", "1'", "9", "1a", "a", "a-", "a-1.", "a1.", "a+", "+#"),
        *("问", "ก\u0e31", "\u0301", "a\u0301", "👩\u200d"),
    ],
)
def test_a_long_hostile_text_is_no_trouble(unit: str) -> None:
    text = unit * (2**17 // len(unit))
    found = terms(text)
    assert sum(map(len, found)) <= 3 * len(text)


def test_every_character_gives_terms_by_itself_or_none() -> None:
    for code in range(0, sys.maxunicode + 1, 7):
        for term in terms(chr(code)):
            assert term.split() == [term]
