"""Chunking: what must hold for any text and any counter, then what a reader would expect."""

from functools import partial
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from index.cutting.chunking import chunk_document
from index.embedders.load import load_embedder
from index.settings import IndexSettings
from index.types import Document, Metadata

PIECES = st.sampled_from(
    [
        *'天雨。！？；，、：“”「」《》あア،؟।,.!?:"() \t\u3000５\u0301\u200d\u200b🏽',
        *["……", "——", "مطر", "बारिश", "한국", "street", "Straße", "Ämter", "3.14", "1,000", "ＡＢ"],
        *["\n", "\n\n", "\r\n", "👨‍👩‍👧", "🇨🇳", "e\u0301"],
        *["\n# ", "\n- ", "\n| ", "\n```\n", "\n一、", "\n1. "],
    ]
)
TEXTS = st.lists(PIECES, max_size=120).map("".join) | st.text(
    st.characters(codec="utf-8"), max_size=120
)
CAPS = st.integers(min_value=1, max_value=60)


def document_of(text):
    return Document("test.txt", text, Metadata("test"))


def characters(texts):
    return [len(text) for text in texts]


def bytes_and_prompt(texts):
    return [len(text.encode()) + 7 for text in texts]


def words_and_marks(texts):
    """Count like a model's tokenizer: not additive, and blind to white space."""
    return [2 + len(regex.findall(r"\p{L}{1,4}|[^\p{L}\s]", text)) for text in texts]


def chunks_of(text, count_tokens=characters, max_tokens=100):
    return chunk_document(document_of(text), count_tokens=count_tokens, max_tokens=max_tokens)


def texts_of(text, **options):
    return [chunk.text for chunk in chunks_of(text, **options)]


def check_chunks(text, chunks, count_tokens, max_tokens):
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(left.end <= right.start for left, right in pairwise(chunks))
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())
    assert all(chunk.text and chunk.text == chunk.text.strip() for chunk in chunks)
    assert max(count_tokens([chunk.text for chunk in chunks]), default=0) <= max_tokens


@pytest.mark.parametrize(
    ("count_tokens", "least"), [(characters, 0), (bytes_and_prompt, 10), (words_and_marks, 2)]
)
@given(text=TEXTS, cap=CAPS)
def test_nothing_lost_in_order_and_under_the_cap(count_tokens, least, text, cap):
    chunks = chunks_of(text, count_tokens, cap + least)
    check_chunks(text, chunks, count_tokens, cap + least)
    assert chunks == chunks_of(text, count_tokens, cap + least)


@given(text=TEXTS)
def test_no_grapheme_is_cut_where_each_fits(text):
    starts = {match.start() for match in regex.finditer(r"\X", text)}
    longest = max((len(match[0]) for match in regex.finditer(r"\X", text)), default=1)
    for chunk in chunks_of(text, max_tokens=longest + 1)[1:]:
        assert chunk.start in starts or text[chunk.start - 1].isspace()


def test_real_tokenizer():
    embedder = load_embedder(IndexSettings())
    count_tokens = partial(embedder.count_tokens, kind="passage")
    text = "\n".join(
        [
            "# 口岸重建",
            "新口岸预计在2025年建成，旅客可以一次通关。" * 30,
            "Der neue Bahnhof öffnet am 3. Oktober, d. h. in zwei Jahren. " * 20,
            "المحطة الجديدة تفتح بعد عامين، أليس كذلك؟ " * 20,
            "新しい駅は「三年後」に開きます。" * 30,
            "नया स्टेशन दो साल में खुलेगा। " * 20,
            "👨‍👩‍👧🇨🇳e\u0301ＡＢ" * 50,
            "山水之间" * 200,
        ]
    )
    for cap in (24, 96, 384):
        chunks = chunks_of(text, count_tokens, cap)
        check_chunks(text, chunks, count_tokens, cap)
    assert max(count_tokens([chunk.text for chunk in chunks])) > 384 * 0.8


def test_a_paragraph_that_fits_is_a_chunk():
    paragraphs = ["雨停了，街上很安静。" * 7, "他推开门走了出去。" * 8, "没有人知道他去哪里。" * 7]
    assert texts_of("\n".join(paragraphs)) == paragraphs


def test_a_long_paragraph_is_cut_at_sentence_ends_into_even_parts():
    sentence = "他说：“雨停了，我们走吧。”"
    parts = texts_of(sentence * 11)
    assert all(part.endswith("。”") for part in parts)
    assert sorted(characters(parts)) == [len(sentence) * 5, len(sentence) * 6]


def test_a_long_sentence_is_cut_at_clause_marks():
    parts = texts_of("山很高，水很长，路很远，" * 20 + "人很少。", max_tokens=50)
    assert all(part.endswith("，") for part in parts[:-1])


def test_other_sentences_stay_whole_beside_a_long_one():
    text = "雨停了。" + "路很远，" * 30 + "人很少。" + "天黑了。门关了。"
    parts = texts_of(text, max_tokens=40)
    assert parts[0].startswith("雨停了。")
    assert parts[-1].endswith("天黑了。门关了。")


def test_words_and_numbers_stay_whole():
    text = "Donaudampfschiff 1.234.567 Haus 3,14 Apfelbaum " * 20
    words = set(text.split())
    assert all(set(part.split()) <= words for part in texts_of(text, max_tokens=30))


@pytest.mark.parametrize(
    "heading",
    ["# 口岸", "## The port\n### Its lines", "一、口岸", "（二）口岸", "第三章 口岸", "1.2 Lines",
     "口岸重建", "The new port", "标题\n记者 某某\n2024-01-02 08:00", "安排如下："],
)  # fmt: skip
@pytest.mark.parametrize("times", [8, 40])
def test_a_heading_stays_with_what_it_heads(heading, times):
    before, after = "他推开门走了出去。" * 9, "雨停了，街上很安静。" * times
    parts = texts_of(f"{before}\n\n{heading}\n\n{after}", max_tokens=120)
    assert parts[0] == before
    assert parts[1].startswith(f"{heading}\n\n雨停了，街上很安静。")


def test_a_heading_at_the_end_is_kept():
    assert texts_of("雨停了，街上很安静。" * 9 + "\n\n# 完")[-1].endswith("# 完")


def test_scraps_join_their_section_and_no_other():
    long = "雨停了，街上很安静。" * 9
    parts = texts_of(f"好。\n是吗？\n{long}\n\n# 二\n\n{long}\n完。", max_tokens=110)
    assert parts == [f"好。\n是吗？\n{long}", f"# 二\n\n{long}\n完。"]


@pytest.mark.parametrize(
    "line", ["- 一个苹果，两个梨。还有桃", "| 苹果 | 3.5 | 好。坏 |", "3. 打开门。关上灯"]
)
def test_lists_and_tables_are_cut_between_lines(line):
    lines = [line] * 20
    parts = texts_of("\n".join(lines), max_tokens=90)
    assert len(parts) > 1
    assert [part_line for part in parts for part_line in part.split("\n")] == lines


def test_a_short_list_stays_whole():
    text = "- 苹果\n- 梨\n- 桃"
    long = "雨停了，街上很安静。" * 9
    assert text in "".join(texts_of(f"{long}\n{text}\n{long}"))


def test_code_is_cut_between_lines_only():
    code = "```\n" + "if x: print('a. B? C')\n" * 12 + "```"
    parts = texts_of(code)
    assert [line for part in parts for line in part.split("\n")] == code.split("\n")


def test_blank_text_has_no_chunks():
    assert chunks_of("") == chunks_of(" \n\u3000\n") == []


def test_a_cap_below_one_character_is_refused():
    with pytest.raises(ValueError, match="'雨' takes 3"):
        chunks_of("雨停了。", bytes_and_prompt, 9)


@pytest.mark.parametrize(
    "unit", ["字", "a", "雨停了。", "- 苹果\n", "# 标题\n", "🇨🇳", "\u0301", "，"]
)
def test_a_long_text_needs_few_calls_of_the_counter(unit):
    calls = []

    def counting(texts):
        calls.append(sum(map(len, texts)))
        return words_and_marks(texts)

    text = unit * (30_000 // len(unit))
    check_chunks(text, chunks_of(text, counting, 128), words_and_marks, 128)
    assert len(calls) <= 12
    assert sum(calls) <= 6 * len(text)
