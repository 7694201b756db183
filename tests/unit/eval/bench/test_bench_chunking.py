"""The measurement of cuts: texts whose cuts are known, judged without our splitter."""

import json

import pytest

from eval.bench.chunking import measure


def characters(texts):
    return [len(text) for text in texts]


def report_of(tmp_path, text, max_tokens):
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    return measure([path], count_tokens=characters, max_tokens=max_tokens)[1]


@pytest.mark.parametrize(
    ("text", "max_tokens", "inside", "forced"),
    [
        ("雨停了。街上很安静。" * 4, 20, 0, 0),
        ("她说：“雨停了。”" * 4, 20, 0, 0),
        ("路很远，山很高，水很长，人很少，天很黑。", 12, 1, 1),
        ("Der Regen ist vorbei. Die Straße ist still. Alle gehen heim.", 25, 0, 0),
        ("هل توقف المطر؟ نعم. الشارع هادئ.", 16, 0, 0),
    ],
)
def test_cuts_are_judged(tmp_path, text, max_tokens, inside, forced):
    report = report_of(tmp_path, text, max_tokens)
    assert report.cuts > 0
    assert (report.inside, report.forced) == (inside, forced)
    assert (report.verbatim, report.lost_characters) == (report.chunks, 0)
    assert report.max_tokens <= max_tokens


def test_a_cut_without_need_is_seen(tmp_path):
    # Our splitter keeps a title whole, the judge does not: the cut inside it has no excuse.
    report = report_of(tmp_path, "《雨停了吗？》是一本书，《天黑了吗？》也是。", 12)
    assert report.inside > report.forced
    assert report.examples


def test_squad_files_are_read_in_articles(tmp_path):
    paragraphs = [{"context": f"第{i}天。雨停了。"} for i in range(7)]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    lines, block = measure([path], count_tokens=characters, max_tokens=8)
    assert (lines.chunks, lines.cuts) == (7, 5)
    assert block.chunks == 7
    assert lines.name == "set.json, lines"
