"""Figures in the language of the reader: a table made by hand, and that the figures stay."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.figures import figures, missing
from rag.writing.restating import restated

ROWS = [
    ("5260个", "en", "5,260"),
    ("5260个", "de", "5.260"),
    ("280多个", "en", "more than 280"),
    ("280多个", "es", "más de 280"),
    ("2022年年底以前", "en", "before the end of 2022"),
    ("2022年年底以前", "de", "bis Ende 2022"),
    ("2022年年底以前", "ja", "2022年末までに"),
    ("争取在2022年年底以前", "en", "target: before the end of 2022"),
    ("37万平方米", "en", "370,000 m²"),
    ("37万平方米", "ja", "37万平方メートル"),
    ("1.5亿元", "en", "150 million yuan"),
    ("1.5亿元", "fr", "150 millions de yuans"),
    ("1.5亿元", "es", "150 millones de yuanes"),
    ("八成", "en", "80%"),
    ("八成半", "de", "85 %"),
    ("百分之八十", "en", "80%"),
    ("80%以上", "en", "at least 80%"),
    ("三百二十个", "en", "320"),
    ("将近60年", "en", "nearly 60 years"),
    ("不超过15天", "de", "höchstens 15 Tage"),
    ("1天", "en", "1 day"),
    ("2020年10月14日", "en", "14 October 2020"),
    ("2020年10月14日", "de", "14. Oktober 2020"),
    ("2020年10月14日", "fr", "14 octobre 2020"),
    ("2020年10月14日", "es", "14 de octubre de 2020"),
    ("二〇三一年", "en", "2031"),
    ("2022年", "en", "2022"),
    ("12年", "en", "12 years"),
    ("2033年4月", "en", "April 2033"),
    ("1月3日起", "fr", "à partir du 3 janvier"),
    ("more than 280", "zh", "280 多"),
    ("more than 3 km", "zh", "超过3公里"),
    ("October 14, 2020", "zh", "2020年10月14日"),
    ("by the end of 2022", "zh", "2022年年底以前"),
    ("1.2 billion", "zh", "12亿"),
    ("1.2 billion", "de", "1,2 Milliarden"),
    ("1.2 billion", "es", "1,2 mil millones"),
    ("up to 15 km", "zh", "不超过15公里"),
    ("at least 12,500", "de", "mindestens 12.500"),
    ("$5 million", "zh", "500万美元"),
    ("rund 12.500", "en", "about 12,500"),
    ("1,2 Milliarden Euro", "en", "1.2 billion euros"),
    ("3. Oktober 1987", "zh", "1987年10月3日"),
    ("vor dem 3. Oktober 1987", "en", "before 3 October 1987"),
    ("au moins 3 jours", "en", "at least 3 days"),
    ("148\u202f000 m²", "en", "148,000 m²"),
    ("14 de octubre de 2020", "en", "14 October 2020"),
    ("más de 1,5 millones", "zh", "超过150万"),
    ("約300人", "en", "about 300"),
    ("120億円", "en", "12 billion yen"),
    ("80%未満", "de", "weniger als 80 %"),
    ("1,234,567", "de", "1.234.567"),
]
NOT_RESTATED = [
    # It is in the reader's language already, or every reader's.
    ("5260个", "zh"),
    ("2020年10月14日", "ja"),
    ("5260", "de"),
    ("15 km", "en"),
    ("3 May 2020", "en"),
    # Either way: 5.26 or 5,260; 1.5 or 1,500.
    ("5,260", "de"),
    ("1,500 km", "zh"),
    ("近3年", "en"),
    ("3年前", "en"),
    # Not wholly understood.
    ("几百个", "en"),
    ("第3期", "en"),
    ("3个百分点", "en"),
    ("增长3倍", "en"),
    ("12.500 Gäste", "en"),
    ("计划投资3亿元", "en"),
    ("2020年13月14日", "en"),
    ("30 to 40", "zh"),
    ("1亿2000万元", "en"),
    ("£30m", "zh"),
    ("万一", "en"),
    ("约2020年", "en"),
    ("福田区", "en"),
    ("", "en"),
    # Not written in these languages.
    ("5260个", "ko"),
    ("5260个", "xx"),
]


@pytest.mark.parametrize(("words", "language", "written"), ROWS)
def test_restated(words, language, written):
    found = restated(words, language)
    assert found is not None
    assert found.replace("\u202f", " ").replace("\u00a0", " ") == written


@pytest.mark.parametrize(("words", "language"), NOT_RESTATED)
def test_not_restated(words, language):
    assert restated(words, language) is None


LANGUAGES = st.sampled_from(["zh", "en", "de", "ja", "fr", "es"])
NUMBERS = st.one_of(
    st.integers(0, 10**7).map(str),
    st.builds("{}.{}".format, st.integers(0, 9999), st.integers(1, 99)),
    st.builds("{}{}".format, st.integers(2, 9999), st.sampled_from("万亿")),
)
BEFORE = st.sampled_from(["", "约", "近", "超过", "至少", "不超过", "不到", "预计", "计划"])
UNITS = ["", "个", "平方米", "公里", "吨", "元", "天", "年", "小时", "%", "美元", "公顷"]
AFTER = st.sampled_from(["", "以上", "以内", "左右", "多"])
FIGURES = st.builds("{}{}{}{}".format, BEFORE, NUMBERS, st.sampled_from(UNITS), AFTER)
DATES = st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日")


def said(text: str) -> list[tuple[str | None, tuple[float, ...]]]:
    read = figures(text, every=True)
    found = [
        (one.unit and one.unit[0], tuple(v * (one.unit or ("", 1))[1] for v in one.values))
        for one in read.numbers
    ]
    return found + [("date", (d.year or 0, d.month or 0, d.day or 0)) for d in read.dates]


@given(st.one_of(FIGURES, DATES), LANGUAGES)
def test_the_figure_stays_the_same(words, language):
    written = restated(words, language)
    if written is None:
        return
    assert not missing(figures(words, every=True), figures(written, every=True))
    assert not missing(figures(written, every=True), figures(words, every=True))
    assert len(said(written)) == len(said(words)) == 1
    assert said(written)[0][0] == said(words)[0][0] or language in ("fr", "zh")


@given(st.integers(0, 10**6 - 1))
def test_whole_numbers_lose_no_digit(number):
    for language, group in (("en", ","), ("de", "."), ("es", "."), ("fr", "\u202f")):
        written = restated(f"{number}个", language)
        assert written is not None
        assert int(written.replace(group, "")) == number


@given(st.decimals(min_value=1, max_value=999, places=2))
def test_large_words_stand_for_their_number(number: Decimal):
    written = restated(f"{number} billion", "zh")
    assert written is not None
    value = Decimal(written[:-1]) if written[-1] in "万亿" else Decimal(written.replace(",", ""))
    assert value * {"万": 10**4, "亿": 10**8}.get(written[-1], 1) == number * 10**9


@given(st.text(max_size=40), LANGUAGES)
def test_any_text_is_taken(words, language):
    written = restated(words, language)
    assert written is None or written
