"""Files in SQuAD's format become sets that can be read and say what the file says."""

import json
from pathlib import Path

import pytest

from eval.errors import EvaluationError
from eval.questions.sets import read_set
from eval.questions.squad import import_squad

MILL = "Die Mühle mahlte bis 1958. Dr. Vogt machte sie 1987 zum Museum. Sie mahlte gern."
PORT = "\ufeff青石港有418个泊位。\r\n三号码头🚢将在2033年启用，泊位增加到430个。青石港有渔市。"
TOWER = "بُني البرج عام ١٩٠٤. يبلغ ارتفاعه ٤٢ مترًا."


def question(number, context, said, *, at=None, text=None):
    start = context.index(said) if at is None else at
    answers = [{"text": said, "answer_start": start}]
    return {"id": number, "question": text or f"Frage {number}?", "answers": answers}


def squad(*articles):
    return {
        "data": [
            {"title": title, "paragraphs": [{"context": context, "qas": qas}]}
            for title, context, qas in articles
        ]
    }


ARTICLES = (
    ("Mill/Mühle", MILL, [question("m1", MILL, "Dr. Vogt"), question("m2", MILL, "1958")]),
    (
        "青石港",
        PORT,
        [question("p1", PORT, "泊位", at=PORT.rindex("泊位")), question("p2", PORT, "。三", at=3)],
    ),
    (
        "برج",
        TOWER,
        [
            question("t1", TOWER, "٤٢"),
            {"id": "t2", "question": "من بناه؟", "answers": [], "is_impossible": True},
        ],
    ),
)


@pytest.fixture
def squad_file(tmp_path):
    def write(value, name="small.json"):
        file = tmp_path / name
        file.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
        return file

    return write


def read(tmp_path, name):
    return read_set(str(tmp_path / "sets" / name), corpus_dir=tmp_path)


def test_gold_is_the_sentence_around_the_answer(squad_file, tmp_path):
    made = import_squad(squad_file(squad(*ARTICLES)), name="x", sets_dir=tmp_path / "sets")
    assert (made.documents, made.cases, made.unanswerable, made.skipped) == (3, 5, 1, 1)
    found = read(tmp_path, "x")
    gold = {case.id: case.gold[0][0].text for case in found.cases if case.answerable}
    assert gold == {
        "m1": "Dr. Vogt machte sie 1987 zum Museum.",
        "m2": "Die Mühle mahlte bis 1958.",
        "p1": "三号码头🚢将在2033年启用，泊位增加到430个。",
        "t1": "يبلغ ارتفاعه ٤٢ مترًا.",
    }
    assert {case.kind for case in found.cases if not case.answerable} == {"near_miss"}
    assert "small.json" in (tmp_path / "sets" / "x" / "README.md").read_text("utf-8")


def test_held_out_articles_have_no_document_and_no_answer(squad_file, tmp_path):
    file = squad_file(squad(*ARTICLES))
    made = import_squad(file, name="x", hold_out=3, sets_dir=tmp_path / "sets")
    assert (made.documents, made.unanswerable) == (2, 2)
    cases = {case.id: case for case in read(tmp_path, "x").cases}
    assert cases["t1"].kind == "off_topic"
    assert not cases["t1"].gold


def test_questions_from_a_parallel_file(squad_file, tmp_path):
    file = squad_file(squad(*ARTICLES))
    german = "Wer hat die alte Wassermühle in dem Dorf zu einem Museum gemacht?"
    other = squad_file(
        squad(("x", "…", [{"id": "t1", "question": german, "answers": []}])), "other.json"
    )
    import_squad(file, name="x", questions=other, sets_dir=tmp_path / "sets")
    (case,) = read(tmp_path, "x").cases
    assert (case.id, case.question, case.language) == ("t1", german, "de")
    assert case.answers == ("٤٢",)


def test_the_language_is_told_from_the_questions(squad_file, tmp_path):
    asked = [question("t1", TOWER, "٤٢", text="كم يبلغ ارتفاع البرج القديم في المدينة؟")]
    import_squad(squad_file(squad(("x", TOWER, asked))), name="x", sets_dir=tmp_path / "sets")
    assert read(tmp_path, "x").cases[0].language == "ar"


def test_an_imported_set_is_replaced_and_no_other(squad_file, tmp_path):
    sets_dir = tmp_path / "sets"
    import_squad(squad_file(squad(*ARTICLES)), name="x", sets_dir=sets_dir)
    import_squad(squad_file(squad(ARTICLES[0])), name="x", sets_dir=sets_dir)
    assert len(read(tmp_path, "x").files) == 1
    assert [path.name for path in sets_dir.iterdir()] == ["x"]
    (sets_dir / "x" / "README.md").write_text("Mein eigener.", "utf-8")
    with pytest.raises(EvaluationError, match="was not imported"):
        import_squad(squad_file(squad(ARTICLES[0])), name="x", sets_dir=sets_dir)


def test_a_paragraph_that_occurs_twice_is_one_document(squad_file, tmp_path):
    again = ("again", MILL, [question("m3", MILL, "1987")])
    made = import_squad(squad_file(squad(ARTICLES[0], again)), name="x", sets_dir=tmp_path / "sets")
    assert (made.documents, made.cases) == (1, 3)


@pytest.mark.parametrize("broken", ["{", "[]", '{"data": [{"paragraphs": [{}]}]}', '{"data": [1]}'])
def test_another_format_is_refused(squad_file, tmp_path, broken):
    with pytest.raises(EvaluationError, match=r"not in the format of SQuAD .*Expected: "):
        import_squad(squad_file(broken), name="x", sets_dir=tmp_path)


def test_files_that_are_not_there_and_names_that_lead_away(squad_file, tmp_path):
    with pytest.raises(EvaluationError, match="Cannot read"):
        import_squad(Path("nowhere.json"), name="x", sets_dir=tmp_path)
    with pytest.raises(EvaluationError, match="Choose another --name"):
        import_squad(squad_file(squad(*ARTICLES)), name="../x", sets_dir=tmp_path)
