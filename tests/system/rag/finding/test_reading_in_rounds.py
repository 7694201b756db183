"""What fits best is read first, and no more where that is enough; the first sentence stays."""

from collections.abc import Iterator, Sequence

import pytest

from index.embedders.embedding import Embedder
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from rag.finding import evidence
from rag.finding.encoding import encode
from rag.finding.evidence import Evidence, find
from rag.finding.retrieval import RETRIEVERS
from rag.reader.load import load_reader
from rag.reader.reading import Reader, Reading, Window
from rag.settings import RagSettings
from rag.types import Passage

TEXTS = {
    "码头.md": "# 三号码头\n\n三号码头一九八七年建成，今年改成了市集。\n\n夜市晚上六点开始。\n",
    "图书馆.md": "# 图书馆\n\n新图书馆有五百个座位，周一闭馆。\n\n成人一次能借六本书。\n",
    "电车.md": "# 有轨电车\n\n有轨电车每五分钟一班，全长十二公里。\n\n末班车在夜里十一点半。\n",
    "mill.md": "# The mill\n\nThe mill was built in 1851 by Anna Berg.\n\nIt ground rye.\n",
    "pool.md": "# The pool\n\nThe pool is 25 metres long.\n\nIt opens at seven.\n",
    "brücke.md": "# Die Brücke\n\nDie Brücke ist 340 Meter lang.\n\nSie kostete viel Geld.\n",
    "茶.md": "# 春茶\n\n今年春茶减产两成，因为三月下了霜。\n\n茶农改种了早熟品种。\n",
    "museum.md": "# Museum\n\nThe museum shows ships and maps.\n\nTickets cost eight euros.\n",
}
CLEAR = (
    "新图书馆有多少个座位？",
    "Who built the mill?",
    "Wie lang ist die Brücke?",
    "春茶为什么减产？",
)
QUESTIONS = (
    *CLEAR,
    "几点开始？",
    "How long is it?",
    "末班车几点？",
    "What opens at seven?",
    "谁写的？",
)


class Counting:
    """A reader that counts what it is given to read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.fingerprint = reader.fingerprint
        self.windows = 0

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        self.windows += len(windows)
        return self._reader.read(questions, windows)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("rounds")
    (folder / "corpus").mkdir()
    settings = IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built")
    made = Library(settings, embedder=embedder)
    made.add([Source(name, text.encode()) for name, text in TEXTS.items()])
    yield made
    made.close()


@pytest.fixture
def reader(library: Library) -> Counting:
    return Counting(load_reader(RagSettings(), library.settings.cache_dir, library.embedder))


def found(library: Library, reader: Reader, questions: Sequence[str]) -> list[list[Evidence]]:
    asked = []
    for question in encode(library, questions):
        passages: Sequence[Passage] = RETRIEVERS["late"](library, question, 8)
        asked.append((question, passages))
    return find(reader, asked, {name: "" for name in TEXTS})


def place(sentences: Sequence[Evidence]) -> tuple[str, int, int, float]:
    first = sentences[0]
    return first.passage.chunk.doc_id, first.start, first.end, pytest.approx(first.score, abs=0.02)


def test_the_first_sentence_is_that_of_all_windows(
    library: Library, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_rounds = found(library, reader, QUESTIONS)
    some = reader.windows
    monkeypatch.setattr(evidence, "_ROUNDS", (evidence._MOST_WINDOWS,))
    at_once = found(library, reader, QUESTIONS)
    assert [place(each) for each in in_rounds] == [place(each) for each in at_once]
    assert some < reader.windows - some


@pytest.mark.parametrize("question", CLEAR)
def test_a_clear_answer_ends_the_reading(library: Library, reader: Counting, question: str) -> None:
    found(library, reader, [question])
    assert reader.windows < evidence._MOST_WINDOWS


def test_a_list_is_looked_for_everywhere(library: Library, reader: Counting) -> None:
    found(library, reader, ["新图书馆有哪些座位？"])
    assert reader.windows == evidence._MOST_WINDOWS
