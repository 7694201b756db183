"""A figure of a part is no answer to a question for the whole, and the part's own questions are."""

from pathlib import Path

import pytest

from index.embedders.embedding import Embedder
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from rag.assistant import Assistant
from rag.finding.wider import tells_of_a_part
from rag.load import load_assistant
from rag.settings import RagSettings
from rag.types import Turn

WEST_LAKE = (
    "记者从杭州市西湖区获悉，当地公园建设提速。\n\n西湖区建成并开放的公园有312个，全部免费。"
)
MITTE = (
    "Das Gartenamt in Berlin-Mitte hat gezählt.\n\n"
    "Mitte hat 187 öffentliche Spielplätze, die meisten davon im Norden des Bezirks."
)
WARSAW = (
    "The survey was made in Praga, Warsaw, in the spring.\n\n"
    "Praga has 94 public wells, most of them near the river."
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("places")
    (folder / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built")
    library = Library(settings, embedder=embedder)
    texts = {"公园.md": WEST_LAKE, "spielplaetze.md": MITTE, "wells.md": WARSAW}
    library.add(Source(name, text.encode()) for name, text in texts.items())
    return load_assistant(library, RagSettings())


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("西湖区有多少个公园？", "312"),
        ("杭州西湖区有多少公园？", "312"),
        ("西湖区的公园有多少个？", "312"),
        ("Wie viele Spielplätze hat Mitte?", "187"),
        ("How many wells does Praga have?", "94"),
    ],
)
def test_what_is_asked_of_the_part_is_answered(
    assistant: Assistant, question: str, figure: str
) -> None:
    answer = assistant.ask(question)
    assert not answer.declined
    assert any(figure in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "杭州有多少个公园？",
        "杭州市有多少公园？",
        "杭州全市建成了多少个公园？",
        "2031年杭州有多少公园？",
        "全市有多少个公园？",
        "全国有多少个公园？",
        "全球建成了多少公园？",
        "Wie viele Spielplätze hat Berlin?",
        "How many public wells does Warsaw have?",
    ],
)
def test_what_is_asked_of_the_whole_is_not(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.declined
    assert not answer.citations
    assert answer.passages  # what is nearest is shown


@pytest.mark.parametrize("question", ["那杭州全市呢？", "全市呢？", "那全国呢？"])
def test_a_follow_up_for_the_whole_is_not(assistant: Assistant, question: str) -> None:
    before = Turn("西湖区有多少个公园？", "312个")
    assert assistant.ask(question, [before]).declined


def test_a_date_ahead_is_no_figure() -> None:
    quote = "截至2031年5月，西湖区有公园312个。"
    assert tells_of_a_part(quote, "全市有多少个公园？", "")


@pytest.mark.parametrize(
    ("quote", "question"),
    [
        ("西湖区的公园有312个。", "杭州园区有多少个公园？"),  # not the whole itself
        ("西湖区的公园有312个。", "杭州最大的区有多少个公园？"),
        ("西湖区是哪年设立的？1949年。", "杭州是什么时候设区的？"),  # no figure of a whole
        ("据杭州市统计，西湖区的公园有312个。", "杭州有多少个公园？"),  # a reader sees the whole
        ("西湖区的公园有312个。", "全区有多少个公园？"),  # that is it
        ("西湖区的公园有312个。", "西湖区有多少个全国重点公园？"),
        ("西湖区的公园有312个，全市有4000个。", "全市有多少个公园？"),
        ("灵隐街道有公园12个。", "灵隐街道有多少个全市闻名的公园？"),
        ("西湖区的摊位有312个。", "食品安全市场有多少个摊位？"),
        ("西湖区的机器有312台。", "完全国产的机器有多少台？"),
        ("杭州有4000个，西湖区有312个。", "全市有多少个公园？"),
        ("各区的公园共有4000个。", "全市有多少个公园？"),
        ("智慧社区建成312个。", "全市有多少个智慧社区？"),
        ("我国的公园有4000个。", "全国有多少个公园？"),
        ("公园共有4000个，其中在市区偏西的地方，西湖区有312个。", "杭州有多少个公园？"),
    ],
)
def test_what_may_answer_is_left(quote: str, question: str) -> None:
    assert not tells_of_a_part(quote, question, WEST_LAKE)
