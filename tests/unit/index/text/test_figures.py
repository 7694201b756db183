"""Figures of two texts that say the same differently, or almost the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.figures import figures, missing


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("占地37万平方米", "The site covers 370,000 m²."),
        ("0.37 square kilometres", "面积为37万平方米"),
        ("80%以上", "八成以上曾在境外工作"),
        ("百分之八十", "80 per cent"),
        ("a third", "三分之一"),
        ("一半", "50 %"),
        ("12,500 visitors", "rund 12.500 Gäste"),
        ("1.2亿元", "1亿2000万元"),
        ("4.18 million containers", "集装箱418万箱"),
        ("October 14, 2020", "2020年10月14日"),
        ("on 14 October", "2020-10-14"),
        ("am 3. Oktober 1987", "October 3rd, 1987"),
        ("2009年通车", "It opened on 1 October 2009."),
        ("约120万人", "1,203,400 residents"),
        ("over 200 days", "212天"),
        ("十五年", "fifteen years"),
        ("三百二十个座位", "320 seats"),
        ("14 people", "vierzehn Personen"),
        ("36 months", "3年"),
        ("1621", "in the years 1620–21"),
        ("between 1038 and 1040", "1038-40"),
        ("30,000 to 50,000", "3到5万"),
        ("£30m", "3000万英镑"),
        ("٤٣ مترًا", "43 metres"),
        ("５２６０个", "5260"),
        ("𝟓𝟐𝟔𝟎", "5,260"),
        ("二〇三一年", "2031"),
        ("5G网络", "网络"),
        ("统一、十分、第一", "无"),
        ("第六届", "the sixth"),
        ("148\u202f000 habitants", "148,000"),
        ("12 500 visiteurs", "12,500 visitors"),
        ("1 250,00 €", "1.250,00 Euro"),
        ("１，２９９", "1,299"),
        ("一千二百", "1200"),
        ("兩萬五千元", "25,000 yuan"),
        ("2千3百个", "2,300"),
        ("1.2 million containers", "120万个集装箱"),
        ("1.2 Mio. Euro", "€1,200,000"),
        ("US$30 million", "3000万美元"),
        ("30 USD", "$30"),
        ("fu\u0308nf Tage", "5 days"),
        ("80 per\u00a0cent", "八成"),
        ("Dreißig Tage", "30天"),
        ("one hundred and twenty people", "120人"),
        ("two million three hundred and five thousand", "2,305,000"),
        ("half a million", "50万"),
        ("a hundred", "一百"),
        ("fünfundzwanzig Tage", "25 days"),
        ("35㎡", "35平方米"),
        ("1,5 millo\u0301n de euros", "150万欧元"),
        ("二〇二〇年十月十四日", "14.10.2020"),
        ("14 أكتوبر 2020", "October 14, 2020"),
        ("ngày 14 tháng 10 năm 2020", "2020-10-14."),
    ],
)
def test_the_same_figure_is_found(said, known):
    assert missing(figures(said), figures(known, every=True)) == []


@pytest.mark.parametrize(
    ("said", "known", "lost"),
    [
        ("占地37万平方米", "占地37万平方公里", ["37万平方米"]),
        ("9.6万元", "9.6亿元", ["9.6万元"]),
        ("5,260", "5,620 stations", ["5,260"]),
        ("81%", "八成", ["81%"]),
        ("2020年10月24日", "2020年10月14日", ["2020年10月24日"]),
        ("in May 2021", "3 June 2021", ["May 2021"]),
        ("about 8.5 million", "8.7 million", ["8.5 million"]),
        ("12 milliseconds", "12 seconds", ["12 milliseconds"]),
        ("第七届", "第六届", ["七"]),
        ("$24 million", "€24 million", ["$24 million"]),
        ("三条航线", "两条航线", ["三"]),
        ("1.2", "12", ["1.2"]),
        ("5 m", "5 km", ["5 m"]),
        ("1.2 million", "1.2", ["1.2 million"]),
        ("HK$5 million", "$3 million and 5 euros", ["5 million"]),
        ("between one million and two million", "3 million", ["one million", "two million"]),
        ("one hundred and twenty", "100 or 20", ["one hundred and twenty"]),
    ],
)
def test_another_figure_is_named(said, known, lost):
    assert missing(figures(said), figures(known, every=True)) == lost


@pytest.mark.parametrize("unit", ["1", "1.", "1,000,", "一", "百万", "1-", "12:", "$", "two "])
def test_long_runs_are_read(unit):
    assert figures(unit * 3000)


@given(
    st.text(
        alphabet="约1２,. 万三百成half one two hundred and$€%kmMay年月日２０é\u0301㎡ -",
        max_size=30,
    )
)
def test_figures_say_where_they_stand(text):
    found = figures(text, every=True)
    for each in (*found.numbers, *found.dates):
        assert text[each.span.start : each.span.end] == each.text != ""
    assert missing(figures(text), found) == []


@given(st.integers(0, 10**9))
def test_all_ways_to_write_a_number_are_read(number):
    ways = [
        *(str(number), f"{number:,}", f"{number:,}".replace(",", "\u202f")),
        *(f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "'")),
        str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        str(number).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ]
    for way in ways:
        (read,) = figures(f"共有{way}个").numbers
        assert number in read.values
