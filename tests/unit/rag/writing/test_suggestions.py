"""What could be asked of a document, without asking it."""

from index.types import Document, Metadata, Span
from rag.writing.suggestions import headings, suggestions, topics

TEXT = """# 石门驿站志

## 一、规模

石门驿站养着二百四十匹马。其中一百匹是白马。驿卒有九十人。

## 2. 道路

石门驿站到京城的官道长三百二十里。
"""
DOCUMENT = Document("驿站.md", TEXT, Metadata("石门驿站志"))


def test_topics_are_headings_without_numbers() -> None:
    assert headings(DOCUMENT) == ["一、规模", "2. 道路"]
    assert topics(DOCUMENT) == ["规模", "道路"]
    plain = "钟楼纪事\n\n本报记者 李明\n\n2031-05-06\n\n修缮钟楼\n\n钟楼今年修缮，工匠来了很多人。"
    assert headings(Document("a.txt", plain, Metadata("钟楼纪事"))) == ["修缮钟楼"]


def test_a_marked_heading_may_have_a_label_and_a_line_with_one_is_none() -> None:
    text = (
        "# Mill\n\n## Chapter 1: Its history\n\nIt was built.\n\nAuthor: Jo Smith\n\nIt is old.\n"
    )
    assert headings(Document("a.md", text, Metadata("Mill"))) == ["Chapter 1: Its history"]


def test_without_headings_the_title_is_the_topic() -> None:
    assert topics(Document("a.txt", "这段文字没有标题，只有一句话。", Metadata("题目"))) == ["题目"]


def test_sentences_come_before_headings_and_each_says_where_its_answer_is() -> None:
    made = list(suggestions(DOCUMENT, "en"))
    assert [one.question for one in made] == [
        "石门驿站养着多少匹马？",
        "石门驿站到京城的官道长多少里？",
        "关于“规模”，文档里怎么说？",
        "关于“道路”，文档里怎么说？",
    ]
    answers = [TEXT[slice(*one.answer)] for one in made[:2]]
    assert answers == ["石门驿站养着二百四十匹马。", "石门驿站到京城的官道长三百二十里。"]


def test_what_is_near_a_place_comes_first() -> None:
    end = Span(len(TEXT) - 3, len(TEXT) - 1)
    made = suggestions(DOCUMENT, "zh", near=end)
    assert next(made).question == "石门驿站到京城的官道长多少里？"


def test_what_is_in_a_language_without_frames_is_asked_in_the_readers() -> None:
    text = "# Om byn\n\n## Kvarnen\n\nKvarnen byggdes av bönder och maler ännu säd.\n"
    swedish = Document("a.txt", text, Metadata("Om byn"))
    assert [one.question for one in suggestions(swedish, "en")] == [
        "What do the documents say about “Kvarnen”?"
    ]
    assert [one.question for one in suggestions(swedish, "zh")] == ["关于“Kvarnen”，文档里怎么说？"]


def test_without_headings_nothing_is_made_up() -> None:
    plain = Document("a.txt", "Kvarnen byggdes av bönder och maler ännu säd.", Metadata("Kvarnen"))
    assert list(suggestions(plain, "en")) == []


def test_a_heading_that_asks_is_the_question_and_one_that_counts_is_none() -> None:
    text = (
        "# 帮助\n\n## 退款多久到账？\n\n通常很快到账，请耐心等候。\n\n"
        "## 第二节 岗位职责\n\n仓库管理员负责清点货物。\n\n## Chapter Two\n\n洪水冲走了水车。\n"
    )
    made = suggestions(Document("a.md", text, Metadata("帮助")), "zh")
    assert [one.question for one in made] == ["退款多久到账？", "关于“岗位职责”，文档里怎么说？"]
