"""Records of answers made by hand, against figures worked out by hand."""

import dataclasses

import pytest

from eval.judging.judge import judge
from eval.judging.summary import totals
from eval.questions.sets import Case, Quote
from index.errors import CorpusError
from index.types import Chunk, Document, Metadata
from rag.texts import texts
from rag.types import Answer, Citation, Passage, Seconds, Sentence

PORT = "青石港有418个泊位。三号码头🚢将在2033年启用。渔市每天清晨五点开门。"
TOWER = "يبلغ ارتفاع البرج ٤٢ مترًا. بُني عام ١٩٠٤."
SENTENCES = ("青石港有418个泊位。", "三号码头🚢将在2033年启用。", "渔市每天清晨五点开门。")
DOCUMENTS = {
    name: Document(name, text, Metadata(name)) for name, text in (("port", PORT), ("tower", TOWER))
}


def document(doc_id):
    if doc_id not in DOCUMENTS:
        raise CorpusError(f"no {doc_id}")
    return DOCUMENTS[doc_id]


def passage(doc, quote):
    start = DOCUMENTS[doc].text.index(quote)
    return Passage(Chunk(doc, start, start + len(quote), quote), 0.5)


def citation(number, doc, quote):
    source = DOCUMENTS[doc]
    start = source.text.index(quote)
    return Citation(number, doc, start, start + len(quote), quote, source.sha256, source.metadata)


def case(**changes):
    berths, pier = (Quote("port", sentence) for sentence in SENTENCES[:2])
    base = Case("c", "码头？", "zh", "multi", answerable=True, gold=((berths, pier),))
    return dataclasses.replace(base, **changes)


ANSWER = Answer(
    question="码头？",
    language="zh",
    text="文件中这样写：…",
    confidence=0.75,
    passages=(passage("tower", TOWER), passage("port", SENTENCES[1]), passage("port", PORT[:10])),
    citations=(citation(1, "port", SENTENCES[2]), citation(2, "port", SENTENCES[1])),
    sentences=tuple(
        Sentence(said, (n,), supported=True) for n, said in enumerate(SENTENCES[2:0:-1], 1)
    ),
    seconds=Seconds(total=0.5),
)


def test_two_quotes_are_needed():
    record = judge(case(answers=("2033年", "x")), ANSWER, document)
    assert record.ranks == ((3, 2),)
    found = record.measures
    assert found["recall@1"] == 0
    assert found["recall@3"] == 1
    assert found["mrr@10"] == 0.5
    assert found["citation_precision"] == 0.5
    assert found["citation_recall"] == 0.5
    assert found["gold_in_first_quote"] == 0
    assert found["gold_in_any_quote"] == 1
    assert found["right"] == 0
    assert found["answer_contains_gold"] == 1
    assert found["false_refusal"] == 0
    assert found["quotes_verbatim"] == 1
    assert (record.confidence, record.seconds) == (0.75, 0.5)


def test_the_best_alternative_counts():
    gold = ((Quote("tower", "بُني عام ١٩٠٤"),), (Quote("port", SENTENCES[1]),))
    record = judge(case(gold=gold), ANSWER, document)
    assert record.ranks == ((1,), (2,))
    assert record.measures["recall@1"] == 1
    assert record.measures["citation_recall"] == 1
    assert record.measures["right"] == 1
    assert "f1" not in record.measures  # no answer to compare with


def test_any_place_where_the_quote_stands_counts():
    twice = Document("twice", "泊位四百。别的话。别的话。泊位四百。", Metadata("twice"))
    answer = dataclasses.replace(
        ANSWER, passages=(Passage(Chunk("twice", 13, 18, "泊位四百。"), 1.0),), citations=()
    )
    record = judge(case(gold=((Quote("twice", "泊位四百。"),),)), answer, {"twice": twice}.get)
    assert record.ranks == ((1,),)


def test_a_declined_answer_to_what_can_be_answered():
    declined = dataclasses.replace(ANSWER, state="not_found", citations=(), sentences=())
    found = judge(case(answers=("418",)), declined, document).measures
    assert found["false_refusal"] == 1
    assert found["citation_precision"] == found["citation_recall"] == found["f1"] == 0
    assert found["right"] == 0
    assert found["recall@3"] == 1  # what was found is judged all the same
    assert "quotes_verbatim" not in found


@pytest.mark.parametrize("declined", [True, False])
def test_what_cannot_be_answered(declined):
    nothing = case(kind="near_miss", answerable=False, gold=())
    found = judge(
        nothing,
        dataclasses.replace(ANSWER, state="not_found" if declined else "answered"),
        document,
    ).measures
    assert found["right"] == declined
    assert found["false_answer"] == (not declined)
    assert not {"recall@1", "false_refusal", "citation_recall"} & set(found)


def test_meta_is_judged_apart():
    found = judge(case(kind="meta", answerable=False, gold=()), ANSWER, document).measures
    assert set(found) == {"quotes_verbatim"}


@pytest.mark.parametrize(
    "change", [{"quote": "渔市每天清晨六点开门。"}, {"start": 0}, {"doc_sha256": "00"}]
)
def test_a_quote_that_is_not_verbatim_is_seen(change):
    false = dataclasses.replace(ANSWER.citations[0], **change)
    answer = dataclasses.replace(ANSWER, citations=(ANSWER.citations[1], false))
    assert judge(case(), answer, document).measures["quotes_verbatim"] == 0


def written(*supported, **changes):
    """Return the answer as a model's: a sentence for each verdict."""
    sentences = tuple(
        Sentence(f"码头有{n}个。", (1,) if held else (), supported=held)
        for n, held in enumerate(supported, 1)
    )
    return dataclasses.replace(ANSWER, generator="transformers", sentences=sentences, **changes)


QUOTED = dataclasses.replace(ANSWER, notice=texts("zh").model_unsupported)
FAILED = dataclasses.replace(ANSWER, notice=texts("zh").model_failed.format(reason="…"))
DECLINED = dataclasses.replace(
    written(), state="not_found", reason="not_in_documents", citations=()
)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (written(True, True, False, True), {"fallback": 0, "supported_share": 0.75}),
        (QUOTED, {"fallback": 1, "supported_share": 0}),
        (FAILED, {"fallback": 1}),
        (DECLINED, {}),
        (dataclasses.replace(written(), reason="greeting"), {}),
    ],
)
def test_what_became_of_a_models_answer(answer, found):
    record = judge(case(), answer, document, generator="transformers")
    names = ("fallback", "supported_share")
    assert {name: record.measures[name] for name in names if name in record.measures} == found
    assert record.sentences == (answer.sentences if answer.generator != "extractive" else ())


def test_quotations_that_were_chosen_are_no_fallback():
    record = judge(case(), dataclasses.replace(ANSWER, notice="…"), document)
    assert not {"fallback", "supported_share"} & set(record.measures)
    assert record.sentences == ()


def test_totals_of_a_models_answers():
    answers = (written(True, False), written(True, True, False), QUOTED, FAILED, DECLINED)
    records = [judge(case(), each, document, generator="transformers") for each in answers]
    found = totals(records)
    assert (found["fallback"].value, found["fallback"].cases) == (2 / 4, 4)
    assert found["supported_share"].value == pytest.approx((1 / 2 + 2 / 3 + 0) / 3)
    assert found["supported_share"].cases == 3


def test_gold_in_a_models_answers_is_not_gold_in_quotations():
    gold = case(answers=("2个", "2033年"))
    answers = (written(True, True), written(True), QUOTED, FAILED, DECLINED)
    records = [judge(gold, each, document, generator="transformers") for each in answers]
    found = totals(records)
    assert (found["model_contains_gold"].value, found["model_contains_gold"].cases) == (1 / 2, 2)
    assert (found["answer_contains_gold"].value, found["answer_contains_gold"].cases) == (3 / 5, 5)


def test_gold_may_stand_in_a_sentence_that_is_not_supported():
    answer = written(True, False)
    found = judge(case(answers=("2个",)), answer, document, generator="transformers").measures
    assert found["answer_contains_gold"] == 1


def test_gold_of_a_document_that_is_not_indexed():
    with pytest.raises(CorpusError):
        judge(case(gold=((Quote("other", "x"),),)), ANSWER, document)
