"""Bytes to text: what encoding they are in, what the user says, and what is mojibake."""

import codecs
import random

import pytest

from index.errors import CorpusError
from index.reading.encodings import decode
from index.reading.mojibake import mojibake

TEXTS = {
    "zh-hans": (
        "河湾镇的旧粮仓在二〇一八年改成了图书馆。馆内有三层书架和一间朝南的阅览室，周末常常坐满。"
        "附近学校的学生来这里写作业，老人们则坐在窗边看报纸。借书证免费办理，每人最多可以借六本。"
        "去年冬天，志愿者们给孩子讲了四十场故事，还修好了屋顶漏雨的地方。今年打算再添置一些电脑。"
        "门前的小广场上种着两棵银杏，秋天叶子落了一地。镇里的居民说，这是他们最喜欢的去处之一。"
    ),
    "zh-hant": (
        "河灣鎮的舊糧倉在二〇一八年改成了圖書館。館內有三層書架和一間朝南的閱覽室，週末常常坐滿。"
        "附近學校的學生來這裡寫作業，老人們則坐在窗邊看報紙。借書證免費辦理，每人最多可以借六本。"
        "去年冬天，志工們給孩子講了四十場故事，還修好了屋頂漏雨的地方。今年打算再添購一些電腦。"
        "門前的小廣場上種著兩棵銀杏，秋天葉子落了一地。鎮裡的居民說，這是他們最喜歡的去處之一。"
    ),
    "ja": (
        "川沿いの町では、古い米蔵が二〇一八年に図書館になりました。三階まで本棚が並び、南向き"
        "の閲覧室もあります。"
        "週末には近くの学校の生徒が宿題をしに来て、お年寄りは窓のそばで新聞を読みます。カード"
        "は無料で作れます。"
        "去年の冬、ボランティアが子どもたちに四十回もお話を聞かせ、雨漏りする屋根も直しました。"
        "入口の前には銀杏の木が二本あり、秋には葉が地面いっぱいに散ります。町の人がいちばん好"
        "きな場所です。"
    ),
    "ko": (
        "강가 마을의 오래된 곡식 창고가 이천십팔년에 도서관이 되었다. 삼 층까지 책장이 있고 남"
        "쪽을 보는 열람실도 있다. "
        "주말이면 가까운 학교의 학생들이 숙제를 하러 오고, 어르신들은 창가에서 신문을 읽는다. "
        "카드는 무료로 만들 수 있다. "
        "지난겨울에는 자원봉사자들이 아이들에게 마흔 번이나 이야기를 들려주었고, 비가 새던 지"
        "붕도 고쳤다. "
        "문 앞에는 은행나무 두 그루가 있어 가을이면 잎이 땅을 덮는다. 마을 사람들이 가장 좋아"
        "하는 곳이다. "
    ),
    "ru": (
        "В старом амбаре у реки в 2018 году открылась библиотека. Там три этажа книжных полок "
        "и читальный зал с окнами на юг. "
        "По выходным школьники делают здесь уроки, а пожилые люди читают газеты у окна. Билет "
        "выдают бесплатно. "
        "Прошлой зимой добровольцы сорок раз читали детям сказки и починили крышу. "
        "Перед входом растут два дерева гинкго, осенью их листья покрывают всю площадь. "
    ),
    "de": (
        "Der alte Kornspeicher am Fluß wurde 2018 zur Bücherei umgebaut. Über drei Stockwerke "
        "stehen Regale, der Lesesaal öffnet sich nach Süden. "
        "An den Wochenenden erledigen Schüler hier ihre Hausaufgaben, während ältere Leute am "
        "Fenster Zeitung lesen. Der Ausweis kostet nichts. "
        "Im vergangenen Winter wurde vierzigmal für Kinder vorgelesen, außerdem flickten Helfer "
        "das undichte Dach. "
        "Vor der Tür wachsen zwei Ginkgobäume, deren Blätter im Herbst den Platz völlig bedecken. "
    ),
}
ENCODINGS = {
    "zh-hans": ["gb18030", "gbk", "gb2312"],
    "zh-hant": ["big5", "cp950", "gb18030"],
    "ja": ["shift_jis", "cp932", "euc_jp", "iso2022_jp"],
    "ko": ["euc_kr", "cp949"],
    "ru": ["cp1251", "koi8_r"],
    "de": ["cp1252", "latin_1"],
}
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
SIZES = (40, 400, 4000)
SAMPLES = 5


def _samples(language: str, chars: int):
    """Yield texts of a length, each beginning elsewhere."""
    text = TEXTS[language] * (chars // len(TEXTS[language]) + 2)
    dice = random.Random(chars)
    for _ in range(SAMPLES):
        start = dice.randrange(len(TEXTS[language]))
        yield text[start : start + chars]


@pytest.mark.parametrize("chars", SIZES)
@pytest.mark.parametrize("language", TEXTS)
def test_encodings_are_found(language: str, chars: int) -> None:
    """All of 400 characters and more; of 40 characters, nine in ten of each encoding's family."""
    right = wrong = 0
    for encoding in ENCODINGS[language] + UNICODE:
        for text in _samples(language, chars):
            raw = text.encode(encoding, errors="ignore")
            expected = raw.decode(encoding).removeprefix("\ufeff")
            try:
                found = decode("a.txt", raw)
                matches = found.text == expected
                assert raw.decode(found.encoding).removeprefix("\ufeff") == found.text
            except CorpusError:
                matches = False
            right, wrong = right + matches, wrong + (not matches)
    if chars == 40:
        assert wrong <= 0.1 * (right + wrong), f"{wrong} of {right + wrong}"
    else:
        assert wrong == 0


@pytest.mark.parametrize(
    ("raw", "encoding", "expected"),
    [
        ("中文".encode("gb18030"), "gbk", ("中文", "GB18030")),
        ("臺灣".encode("big5"), "Big5", ("臺灣", "Big5")),
        ("€5，①".encode("cp932", "ignore"), "shift_jis", ("5，①", "Shift_JIS")),
        ("Größe".encode("cp1252"), "windows-1252", ("Größe", "windows-1252")),
        ("Größe".encode("cp1252"), "latin-1", ("Größe", "windows-1252")),
        # A mark at the beginning cannot lie.
        (codecs.BOM_UTF8 + "中文".encode(), "gbk", ("中文", "UTF-8")),
    ],
)
def test_the_users_encoding_wins(raw: bytes, encoding: str, expected: tuple[str, str]) -> None:
    found = decode("a.txt", raw, encoding=encoding)
    assert (found.text, found.encoding) == expected


@pytest.mark.parametrize(
    ("raw", "declared", "expected"),
    [
        ("短".encode("gb18030"), "gb2312", "短"),
        ("短".encode(), "gb2312", "短"),  # converted to UTF-8, the declaration forgotten
        ("한국어 문서입니다".encode("cp949"), "utf-8", "한국어 문서입니다"),
        ("한국어 문서입니다".encode("cp949"), "klingon", "한국어 문서입니다"),
    ],
)
def test_declared_encodings_are_believed_if_they_fit(raw, declared, expected) -> None:
    assert decode("a.html", raw, declared=declared).text == expected


@pytest.mark.parametrize(
    ("raw", "encoding", "code"),
    [
        ("中文字".encode("gb18030"), "utf-8", "encoding"),
        ("中文".encode(), "klingon", "unknown_encoding"),
        (b"abc", "base64", "unknown_encoding"),
        (b"abc", "rot13", "unknown_encoding"),
        (b"abc", "unicode_escape", "unknown_encoding"),
        (b"\xff\xfeabc", None, "encoding"),
        (bytes(range(256)) * 4, None, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), None, "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", None, "binary"),
    ],
)
def test_refusals(raw: bytes, encoding: str | None, code: str) -> None:
    with pytest.raises(CorpusError) as caught:
        decode("a.txt", raw, encoding=encoding)
    assert caught.value.code == code
    assert "a.txt" in str(caught.value) or encoding in str(caught.value)


def test_a_text_cut_within_a_character_says_what_was_lost() -> None:
    raw = TEXTS["zh-hans"].encode("gb18030") * 3 + "图".encode("gb18030")[:1]
    found = decode("a.txt", raw)
    assert found.text.startswith(TEXTS["zh-hans"])
    assert [(note.code, note.detail) for note in found.notes] == [("lost", "1")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_few_broken_characters_do_not_refuse_the_rest(encoding: str) -> None:
    """152 of 47 thousand: all the others are there, and as many are said to be lost."""
    line = TEXTS["zh-hans"][:47] + "\n"
    raw = bytearray((line * 1000).encode(encoding))
    dice = random.Random(7)
    for place in dice.sample(range(3, len(raw)), 152):
        raw[place] = 0xFF
    for said in (None, encoding):
        found = decode("a.txt", bytes(raw), encoding=said)
        whole = found.text.split("\n").count(line.strip())
        assert whole >= 1000 - 152
        ((code, detail),) = [(note.code, note.detail) for note in found.notes]
        assert code == "lost"
        assert int(detail) == found.text.count("\ufffd")
        assert 100 <= int(detail) <= 2.5 * 152


@pytest.mark.parametrize(
    ("language", "encoding", "label"),
    [
        ("zh-hans", "gb18030", "GB18030"),
        ("zh-hant", "big5", "Big5-HKSCS"),
        ("ja", "cp932", "Shift_JIS"),
        ("ko", "cp949", "EUC-KR"),
        ("ru", "cp1251", "windows-1251"),
        ("de", "cp1252", "windows-1252"),
    ],
)
def test_lines_in_another_encoding_are_read_in_theirs(language, encoding, label) -> None:
    lines = [TEXTS[language][i : i + 30].strip() for i in range(0, 150, 30)]
    raw = [line.encode() for line in lines * 4]
    for i in (3, 11):
        raw[i] = (lines * 4)[i].encode(encoding)
    found = decode("a.txt", b"\n".join(raw))
    assert found.text.split("\n") == lines * 4
    assert found.encoding == "UTF-8"
    strange = sum(not each.isascii() and i in (3, 11) for i, each in enumerate(lines * 4))
    assert [(n.code, n.detail) for n in found.notes] == [
        ("mixed_encodings", f"{strange} ({label})")
    ]


def test_lines_of_utf8_in_another_encoding_are_read_too() -> None:
    lines = [TEXTS["zh-hans"][i : i + 29] for i in range(0, 145, 29)]
    raw = [line.encode("gb18030") for line in lines]
    raw[2] = lines[2].encode()
    found = decode("a.txt", b"\n".join(raw))
    assert found.text.split("\n") == lines
    assert found.encoding == "GB18030"
    assert [(n.code, n.detail) for n in found.notes] == [("mixed_encodings", "1 (UTF-8)")]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("codec", ["cp1252", "latin_1", "gb18030", "cp1251", "cp932", "cp949"])
def test_utf8_that_was_read_wrongly_is_named(language: str, codec: str) -> None:
    """Also where some characters were lost on the way: the text was written down like this."""
    if (language, codec) == ("ru", "cp1251"):
        codec = "cp1252"
    wrong = TEXTS[language].encode().decode(codec, errors="replace")
    if language == "de" and not codec.startswith(("cp12", "latin")):
        return  # a few letters of many: no more than a note could be made of it
    with pytest.raises(CorpusError) as caught:
        decode("a.txt", wrong.encode())
    assert caught.value.code == "mojibake"
    assert "--encoding" in str(caught.value)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "ja", "ko", "ru"])
def test_other_encodings_read_as_latin_1_are_named(language: str) -> None:
    for encoding in ENCODINGS[language]:
        if encoding != "iso2022_jp":
            raw = TEXTS[language].encode(encoding, errors="ignore")
            assert mojibake(raw.decode("latin-1")), encoding


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS.values(),
        "Þessi reitur má ekki vera auður. Sláðu inn rétt notandanafn og lykilorð. Ætíð ðþæö.",
        "Tiếng Việt có nhiều dấu: ắ ằ ẵ ặ, được, người, nghĩa.",
        "القاهرة عاصمة مصر وأكبر مدنها 🎉 e\u0301 ＡＢＣ",
        "नमस्ते दुनिया, यह एक पुस्तकालय है।",
        "Ωραία πόλη δίπλα στο ποτάμι",
        "naïve café, 5 €, „Zitat“ – ‚so‘ …",
        "🎉🎊😀👩‍👩‍👧",
        "© 2020 ®",
        "",
    ],
)
def test_real_texts_are_no_mojibake(text: str) -> None:
    assert mojibake(text) == ""


def test_names_of_encodings() -> None:
    for name in ("GBK", "big5", "Shift-JIS", "UTF-16"):
        assert decode("a.txt", "文字，文字。".encode(name), encoding=name).text == "文字，文字。"
    for name in ("nope", "zip", "hex", "idna", "\0"):
        with pytest.raises(CorpusError) as caught:
            decode("a.txt", "文字，文字。".encode("gbk"), encoding=name)
        assert caught.value.code == "unknown_encoding"
