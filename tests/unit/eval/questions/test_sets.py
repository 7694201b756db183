"""Sets are read whole or refused with file, line and remedy."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import EvaluationError
from eval.questions.sets import Case, near_duplicates, read_set, relied_on, sample
from index.settings import IndexSettings

DOCUMENTS = {
    "port.txt": "青石港有418个泊位。\r\n三号码头将在2033年启用🚢。\r\n",
    "mühle.txt": "Die Mühle mahlte bis 1958 Getreide.\n",
    "برج.txt": "يبلغ ارتفاع البرج ٤٢ مترًا.\n",
}
GOOD = {
    "id": "a",
    "question": "有几个泊位？",
    "language": "zh",
    "kind": "figure",
    "history": [],
    "answerable": True,
    "answers": ["418"],
    "gold": [[{"doc": "port.txt", "quote": "青石港有418个泊位。\r\n三号码头将在2033年启用🚢。"}]],
}


@pytest.fixture
def write(tmp_path):
    def write(*cases, name="small"):
        folder = tmp_path / name
        (folder / "documents").mkdir(parents=True, exist_ok=True)
        for doc, text in DOCUMENTS.items():
            (folder / "documents" / doc).write_bytes(text.encode())
        lines = [case if isinstance(case, str) else json.dumps(case) for case in cases]
        (folder / "cases.jsonl").write_text("\n".join(lines), "utf-8")
        return str(folder)

    return write


def test_a_good_set(write, tmp_path):
    arabic = {
        **GOOD,
        "id": "b",
        "language": "ar",
        "question": "كم ارتفاع البرج؟",
        "gold": [[{"doc": "برج.txt", "quote": "٤٢ مترًا"}]],
        "history": [{"question": "أين البرج؟", "answer": "هنا."}],
        "split": "test",
        "topic": "x",
    }
    found = read_set(write(GOOD, "", arabic), corpus_dir=tmp_path)
    assert [case.id for case in found.cases] == ["a", "b"]
    assert found.cases[0].gold[0][0].text == "青石港有418个泊位。\n三号码头将在2033年启用🚢。"
    assert found.cases[1].history[0].answer == "هنا."
    assert set(found.files) == set(DOCUMENTS)
    assert [case.id for case in found.half("calibrate")] == ["a"]  # of no half: in both
    assert [case.id for case in found.half("test")] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "cn"}, "unknown language 'cn'. Use ISO 639-1"),
        ({"kind": "riddle"}, "unknown kind 'riddle'. Choose one of: fact,"),
        ({"split": "train"}, "unknown split 'train'. Choose one of: calibrate, test"),
        ({"answerable": False}, "set it to false"),
        ({"gold": [], "answerable": True}, "Add gold"),
        ({"gold": [[]]}, "an alternative of gold is empty"),
        ({"gold": [[{"doc": "no.txt", "quote": "x"}]]}, "no document 'no.txt'"),
        ({"gold": [[{"doc": "mühle.txt", "quote": "bis 1959"}]]}, "mühle.txt does not say"),
        ({"gold": [{"doc": "mühle.txt", "quote": "1958"}]}, "must be of type list"),
        ({"question": " "}, "question is empty"),
        ({"answers": [418]}, "an answer must be of type str, not int"),
        ({"answerable": "yes"}, "answerable must be of type bool, not str"),
        ({"history": [{"question": "?"}]}, "no field 'answer'"),
    ],
)
def test_faults_name_file_line_and_remedy(write, tmp_path, change, said):
    with pytest.raises(EvaluationError) as error:
        read_set(write(GOOD, {**GOOD, "id": "b", **change}), corpus_dir=tmp_path)
    assert "cases.jsonl:2: " in str(error.value)
    assert said in str(error.value)


def test_a_question_that_is_too_long_is_refused_by_the_reader(write, tmp_path):
    long = "泊" * 4001
    turn = {"question": long, "answer": "418"}
    name = write(
        GOOD, {**GOOD, "id": "b", "question": long}, {**GOOD, "id": "c", "history": [turn]}
    )
    with pytest.raises(EvaluationError, match="Shorten it") as error:
        read_set(name, corpus_dir=tmp_path)
    said = str(error.value).splitlines()
    assert [line.split(":")[1] for line in said] == ["2", "3"]
    assert all("4,001 characters" in line for line in said)


def test_all_faults_are_said_at_once(write, tmp_path):
    with pytest.raises(EvaluationError) as error:
        read_set(write(GOOD, "{no json", GOOD, {**GOOD, "kind": "x"}), corpus_dir=tmp_path)
    message = str(error.value)
    assert "cases.jsonl:2: not a case" in message
    assert "cases.jsonl:3: id 'a' is line 1's" in message
    assert "cases.jsonl:4: unknown kind" in message


def test_an_unknown_set_lists_the_known_ones(tmp_path):
    with pytest.raises(EvaluationError, match=r"no evaluation set nowhere.*futian"):
        read_set("nowhere", corpus_dir=tmp_path)


def test_an_empty_set(write, tmp_path):
    with pytest.raises(EvaluationError, match="has no case"):
        read_set(write(""), corpus_dir=tmp_path)


def test_borrowed_files_must_be_as_they_were(write, tmp_path):
    folder = Path(write(GOOD))
    corpus_dir = tmp_path / "corpus"
    corpus_dir.mkdir()
    (corpus_dir / "extra.md").write_text("# 别的", "utf-8")
    (folder / "corpus.json").write_text('{"files": {"extra.md": "00ff"}}', "utf-8")
    with pytest.raises(EvaluationError, match=r"needs extra\.md .*00ff.*--corpus DIR"):
        read_set(str(folder), corpus_dir=corpus_dir)
    (corpus_dir / "extra.md").unlink()
    with pytest.raises(EvaluationError, match="no such file"):
        read_set(str(folder), corpus_dir=corpus_dir)
    (folder / "corpus.json").write_text("[]", "utf-8")
    with pytest.raises(EvaluationError, match=r"corpus\.json: expected"):
        read_set(str(folder), corpus_dir=corpus_dir)


def test_the_hash_follows_cases_and_documents(write, tmp_path):
    folder = write(GOOD)
    first = read_set(folder, corpus_dir=tmp_path).sha256
    assert read_set(folder, corpus_dir=tmp_path).sha256 == first
    (Path(folder) / "documents" / "mühle.txt").write_text("Anders.", "utf-8")
    assert read_set(folder, corpus_dir=tmp_path).sha256 != first


def test_what_relies_on_the_corpus(tmp_path):
    def line(number, *docs):
        gold = [[{"doc": doc, "quote": "箱"} for doc in docs]] if docs else []
        fields = {"id": f"c{number}", "question": f"第{number}个问题？", "language": "zh"}
        return json.dumps(
            fields | {"kind": "fact", "answerable": bool(docs), "gold": gold}, ensure_ascii=False
        )

    def make(name, corpus_json, *lines):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "cases.jsonl").write_text("\n".join(lines), "utf-8")
        if corpus_json is not None:
            (folder / "corpus.json").write_text(json.dumps(corpus_json), "utf-8")

    make("live", {"live": True}, line(1, "港.md"), line(2, "港.md", "b.txt"), line(3))
    make("borrowing", {"files": {"b.txt": "0" * 64}}, line(1, "b.txt"), line(2, "own.txt"))
    make("own", None, line(1, "港.md"))
    make("broken", {"live": True}, "{")
    assert relied_on(tmp_path) == {"港.md": {"live": 2}, "b.txt": {"borrowing": 1, "live": 1}}
    assert relied_on(tmp_path / "none") == {}


def case(number, question):
    return Case(str(number), question, "zh", "fact", answerable=False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["福田有多少个5G基站，由谁建设？", "Wie viele Gäste kommen im Jahr?", "كم ارتفاع؟"]
            ),
            st.text("福é🚢 x", max_size=3),
        ),
        max_size=12,
    )
)
def test_near_duplicates_by_brute_force(parts):
    cases = [case(i, question + more) for i, (question, more) in enumerate(parts)]

    def bag(text):
        return {text[i : i + 2] for i in range(len(text) - 1)}

    expected = {
        (a.id, b.id)
        for i, a in enumerate(cases)
        for b in cases[i + 1 :]
        if len(bag(a.question) & bag(b.question)) >= 0.9 * len(bag(a.question) | bag(b.question))
    }
    assert {(a.id, b.id) for a, b in near_duplicates(cases)} == expected


@given(st.permutations([case(number, "？") for number in range(40)]), st.integers(0, 50))
def test_a_sample_does_not_depend_on_the_order(cases, size):
    drawn = sample(cases, size)
    assert drawn == sample(sorted(cases, key=lambda each: each.id), size)
    assert len({each.id for each in drawn}) == min(size, 40)
    assert drawn == sample(cases, 40)[:size]


def test_a_sample_is_from_all_over():
    """Of four quarters, each gives what chance would give it: 50 ± three deviations."""
    drawn = {each.id for each in sample([case(number, "？") for number in range(800)], 200)}
    for start in range(0, 800, 200):
        assert 32 <= len(drawn & {str(n) for n in range(start, start + 200)}) <= 68


def test_futian_is_what_it_should_be():
    cases = read_set("futian", corpus_dir=IndexSettings().corpus_dir).cases
    languages = [case.language for case in cases]
    assert languages.count("zh") >= 65
    assert languages.count("en") >= 25
    assert all(
        languages.count(each) >= 2 for each in ("ja", "ko", "de", "fr", "es", "ru", "ar", "vi")
    )
    unanswerable = [case for case in cases if not case.answerable and case.kind != "meta"]
    assert len(unanswerable) >= 60
    assert sum(case.kind == "near_miss" for case in unanswerable) >= 2 / 3 * len(unanswerable)
    assert sum(len(case.history) == 1 for case in cases) >= 12
    assert sum(case.kind == "meta" for case in cases) >= 15
    assert {case.split for case in cases} == {"calibrate", "test"}
    assert not near_duplicates(cases)
