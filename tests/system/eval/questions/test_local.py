"""Cases that readers make, read back as any other set."""

import json
import threading

import pytest

from eval.errors import EvaluationError
from eval.questions.local import LOCAL_SET, add_case
from eval.questions.sets import Quote, known_sets, read_set
from eval.runs.run import evaluate, prepare
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.settings import RagSettings
from rag.types import Turn

PASSAGE = Quote("港/年报.md", "港口有三座码头🚢。\u2028三号码头将在２０３３年启用，é و\nعام ١٩٠٤.")


def read(folder):
    return read_set(str(folder / LOCAL_SET), corpus_dir=folder / "no corpus")


def test_what_is_added_is_read(tmp_path):
    history = [Turn("你好", "您好。"), Turn("停", "")]
    asked = [
        add_case(tmp_path, "三号码头\u2028何时启用？", language="zh", history=[], passage=PASSAGE),
        add_case(tmp_path, "Und die Mühle?", language="de", history=history, passage=None),
    ]
    found = read(tmp_path)
    assert list(found.cases) == asked
    assert found.live
    assert found.files == {}
    with_answer, without = found.cases
    assert (with_answer.answerable, with_answer.gold) == (True, ((PASSAGE,),))
    assert (without.answerable, without.gold, without.language) == (False, (), "de")
    assert without.history == (Turn("你好", "您好。"),)  # a stopped answer is no turn
    assert known_sets(tmp_path) == [LOCAL_SET]


def test_what_is_said_last_counts(tmp_path):
    turn = [Turn("甲", "乙")]
    add_case(tmp_path, "何时？", language="zh", history=[], passage=None)
    add_case(tmp_path, "何时？", language="zh", history=turn, passage=None)
    add_case(tmp_path, "何时？", language="zh", history=[], passage=PASSAGE)
    cases = read(tmp_path).cases
    assert [(case.history, case.answerable) for case in cases] == [(tuple(turn), False), ((), True)]


def test_what_is_no_case_is_refused_and_nothing_is_lost(tmp_path):
    add_case(tmp_path, "何时？", language="zh", history=[], passage=PASSAGE)
    file = tmp_path / LOCAL_SET / "cases.jsonl"
    before = file.read_bytes()
    for question, language in ((" ", "zh"), ("何地？", "Klingonisch")):
        with pytest.raises(EvaluationError, match=r"cases\.jsonl:2"):
            add_case(tmp_path, question, language=language, history=[], passage=None)
        assert file.read_bytes() == before
    file.write_bytes(before + b"{torn\n")
    with pytest.raises(EvaluationError, match=r"cases\.jsonl:2"):
        add_case(tmp_path, "何地？", language="zh", history=[], passage=None)
    assert file.read_bytes() == before + b"{torn\n"


def test_readers_do_not_wait_for_each_other_in_vain(tmp_path):
    def add(number):
        add_case(tmp_path, f"第{number}问？", language="zh", history=[], passage=PASSAGE)

    readers = [threading.Thread(target=add, args=[number]) for number in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    questions = {case.question for case in read(tmp_path).cases}
    assert questions == {f"第{number}问？" for number in range(12)}


@pytest.mark.parametrize("content", ['{"live": false}', '{"live"', '{"live": true, "files": {}}'])
def test_only_what_says_so_is_live(tmp_path, content):
    add_case(tmp_path, "何时？", language="zh", history=[], passage=None)
    (tmp_path / LOCAL_SET / "corpus.json").write_text(content)
    with pytest.raises(EvaluationError):
        read(tmp_path)


def test_it_asks_the_corpus_as_it_is(tmp_path, embedder):
    text = "青石港2031年装卸418万箱。\n\n三号码头将在2033年启用。\n"
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "port.txt").write_text(text, "utf-8")
    quotes = ("三号码头将在2033年启用。", "这句话已经不在了。")
    for number, quote in enumerate(quotes):
        question = f"三号码头何时启用？（{number}）"
        passage = Quote("port.txt", quote)
        add_case(tmp_path / "sets", question, language="zh", history=[], passage=passage)
    settings = IndexSettings(corpus_dir=corpus, index_dir=tmp_path / "built")
    library = Library(settings, embedder=embedder)
    library.update()
    library.close()
    found = read(tmp_path / "sets")
    task = prepare(found, settings, RagSettings(), split="all")
    try:
        assert (len(task.cases), task.left_out) == (1, 1)
        (record,) = evaluate(task.assistant, task.cases)
        assert record.ranks == ((1,),)
        assert json.dumps(task.fingerprint, default=str).count(str(corpus)) == 1
    finally:
        task.library.close()
