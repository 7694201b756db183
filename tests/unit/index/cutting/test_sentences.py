"""Sentences: a table over languages, then what must hold for any text."""

from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from index.cutting.sentences import split_sentences
from index.types import Span

# "|" marks the ends that are expected inside the text; white space around it is part of the text.
TABLE = {
    "chinese": "雨停了。|街上很安静！|有人吗？",
    "chinese one": "雨停了，街上很安静",
    "chinese marks in a row": "真的吗？！|当然。",
    "chinese quote ends": "她说：“明天见。”|大家都走了。",
    "chinese quote goes on": "“明天见。”，她说。|门关了。",
    "chinese quote of two": "“雨停了。|走吧。”|大家都走了。",
    "chinese corner quotes": "他喊：「快跑！」|没有人动。",
    "chinese nested quotes": "他答：“她说‘好。’”|天黑了。",
    "chinese bracket inside": "他（真的吗？）走了。|门开着。",
    "chinese bracket sentence": "（雨还在下。）|他走了。",
    "chinese title": "《你在哪里？》是一本书。|很厚。",
    "chinese ellipsis inside": "我……我忘了。|对不起。",
    "chinese ellipsis at the end": "他想了很久……\n|然后笑了。",
    "chinese ellipsis and stop": "他想了很久……。|然后笑了。",
    "chinese semicolon is a clause": "一是修路；二是种树。|完工了。",
    "chinese percent": "增长3.5%，比去年快。|很好。",
    "chinese ten thousands": "共有5.3万人。|其中2.1万人来自外地。",
    "chinese ascii marks": "真的?|是的!|好吧.|我走了",
    "chinese version": "系统用Python 3.11运行。|很稳定。",
    "chinese url": "见https://example.org/a.html?x=1!y。|谢谢。",
    "chinese and english": "他说OK。|Then he left.| 门关了。",
    "chinese straight quotes": '他说:"走吧。"|然后出门了。|"好。"',
    "chinese opening quote after": "天亮了。|“早上好。”",
    "chinese lines": "没有句号的标题\n|正文在这里。",
    "chinese enumeration": "1. 打开门\n|2. 关上灯",
    "chinese small letter after": "价格下调。|iPad也一样。",
    "full-width period": "第一句．|第二句",
    "full-width number": "约３．５万人。|完",
    "half-width period": "終わり｡|始まり｡",
    "japanese": "雨が止みました。|道は静かです。",
    "japanese quoted speech": "「行こう！」と彼は言った。|誰も動かない。",
    "japanese quote ends": "彼は黙った。|「そうか。」",
    "korean": "비가 그쳤습니다.| 거리가 조용해요.| 누구세요?",
    "arabic": "هل توقف المطر؟| نعم.| الشارع هادئ.",
    "arabic title": "وصل د. سامي اليوم.| ثم غادر.",
    "urdu": "بارش رک گئی۔| سڑک خالی ہے۔",
    "hindi": "बारिश रुक गई।| सड़क शांत है।| कौन है?",
    "sanskrit double danda": "एकम्॥| द्वे॥",
    "burmese": "မိုးတိတ်ပြီ။| လမ်းတိတ်ဆိတ်သည်။",
    "armenian": "Անձրևը դադարեց։| Փողոցը լուռ է։",
    "ethiopic": "ዝናቡ ቆመ።| መንገዱ ጸጥ አለ።",
    "khmer": "ភ្លៀងឈប់ហើយ។| ផ្លូវស្ងាត់។",
    "greek": "Η βροχή σταμάτησε.| Ο δρόμος είναι ήσυχος.",
    "russian": "Дождь кончился.| На улице тихо.",
    "russian abbreviations": "Он жил на ул. Новой, т. е. рядом.| Потом уехал.",
    "russian speech": "«Стой!» — крикнул он.| Все замерли.",
    "german": "Der Regen ist vorbei.| Die Straße ist still!",
    "german abbreviations": "Das gilt z. B. für Busse, d. h. für Nr. 5 usw. bis heute.| Gut.",
    "german abbreviations unspaced": "Das gilt z.B. Bussen, d.h. Linien.| Gut.",
    "german title": "Frau Dr. Weiß traf Prof. Öztürk.| Sie lachten.",
    "german ordinal": "Am 3. Oktober war die 2. Ausgabe fertig.| Das 19. Jahrhundert endete.",
    "german years": "Es war im 4. Jahrhundert v. Chr. am Meer.| Dann kam der Winter 1850.| Eis!",
    "german regnal number": "Unter Karl IV. Luxemburg wuchs die Stadt.| Danach nicht.",
    "german quotes": "„Kommst du?“, fragte sie.| „Nein!“| Er blieb.",
    "german guillemets": "»Kommst du?«| »Nein.«| Er blieb.",
    "german thousands": "Es kamen 1.000.000 Gäste zu 3,50 Euro.| Alle blieben.",
    "english": "The rain stopped.| Is anyone there?| No!",
    "english titles": "Mr. Hill met Dr. Wu at St. Ann's vs. Mrs. Lake.| They sang.",
    "english initials": "J. K. Small and T.S. Grey wrote it.| He read.",
    "english letters": "She left the U.S. Army at 5 p.m. sharp.| He lives in the U.S.| Why?",
    "english e.g.": "Use fruit, e.g. apples, i.e. Fuji, etc. for pies.| Bake.",
    "english no.": "See No. 1 and fig. 2.| He said no.| Then yes.",
    "english decimals": "It costs 3.14 dollars.| Not 2.",
    "english version and file": "Open notes.txt in v1.2.3 now.| Save it.",
    "english url and mail": "Write to me@example.org or see www.example.org/x.| Thanks.",
    "english quotes": 'He said, "Go."| She left.| "Why?" he asked.| “Because.”| Fine.',
    "english ellipsis": "Well... maybe.| Wait...| No!",
    "english brackets": "He came (why?) alone.| (Nobody knew.)| He left (at 5 p.m.) early.",
    "english footnote": "It is old.[12]| It is also big.[citation needed]| True.",
    "english named number": "They rode on Route 9.| Many people slept.",
    "english item numbers": "1. Open the box.| 2. Take it out.",
    "french": "« Tu viens ? »| M. Petit rit.| Oui !",
    "spanish": "¿Vienes?| ¡No!| El Sr. Ruiz llegó.",
    "emoji": "好的！|👨‍👩‍👧很好。| Great!| 🎉 Next one.",
    "combining": "Cafe\u0301 ouvert.| E\u0301te\u0301 court.",
    "blank line": "A heading\n\n|Some text here.",
    "list": "- first thing\n|- second thing\n|* third thing",
    "markdown": "# A title\n|Text.\n|## Next\n|More.",
    "table": "| a | b |\n¦| c | d |",
    "not wrapped": "苹果\n|香蕉\n|梨",
    "row of one cell": "- 备注：明天到。后天不到。\n|- Note: Late. Or not.",
    "item with a sentence before its colon": "- He came. |Then he said: no. |Nobody wondered.",
    "empty": "",
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name):
    parts = TABLE[name].split("¦" if "¦" in TABLE[name] else "|")
    text = "".join(parts)
    found = [text[start:end] for start, end in split_sentences(text)]
    assert found == [part.strip() for part in parts if part]


MARK = regex.compile(r"[\p{STerm}…⋯‥][\p{P}\p{M}\p{Cf}\p{Sk}\s]*(\[[^\[\]]*\][\p{P}\p{M}]*)*$")
"""How a sentence may end inside a line: a mark, then nothing but closing punctuation or a note."""

PIECES = st.sampled_from(
    [*"天雨水人。！？；，：、…“”‘’「」『』《》（）【】あア。ｱ｡", *"مطر؟،۔", *"बारिश।॥", *"한국",
     *"abcXYZßäé", *".!?,:;\"'()[]«»„", *"0123456789", *" \t\u3000\u00a0", "\n", "\n\n", "\r\n",
     "👨‍👩‍👧", "🇨🇳", "e\u0301", "Ａ", "．", "Dr.", "z. B.", "U.S.", "3. ", "- ", "# ", "| ", "```"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=80).map("".join) | st.text(max_size=80)


@given(TEXTS)
def test_every_character_in_one_sentence_in_order(text):
    spans = split_sentences(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(start < end for start, end in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@given(TEXTS)
def test_a_cut_is_behind_a_mark_or_at_a_line_end(text):
    for left, right in pairwise(split_sentences(text)):
        at_line_end = len(("." + text[left.end : right.start] + ".").splitlines()) > 1
        assert at_line_end or MARK.search(text[left.start : left.end])


@pytest.mark.parametrize(
    "unit", ["字", ".", '"', "。", '。"a', "a?) ", ". ", ".\n", "《？》", "\u0301"]
)
def test_a_long_line_is_covered(unit):
    text = unit * (40_000 // len(unit))
    spans = split_sentences(text)
    assert sum(len("".join(text[a:b].split())) for a, b in spans) == len("".join(text.split()))


def test_spans_are_spans():
    assert split_sentences("好。 Ja.") == [Span(0, 2), Span(3, 6)]
