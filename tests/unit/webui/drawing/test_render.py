"""What the page is made of, without a browser."""

import dataclasses
import html
import inspect
import itertools
import json
import re
import string
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from index.notes import NOTE_CODES, Note
from index.reports import Outcome, Report
from index.search.database import DocumentSummary
from index.types import Chunk, Document, Metadata, Page, Scope
from rag.models import openai_generator
from rag.texts import texts as answer_texts
from rag.types import (
    Answer,
    Citation,
    Passage,
    Seconds,
    Sentence,
    ShortAnswer,
    Signals,
    State,
    Turn,
)
from webui import conversations
from webui.conversations import Conversation, Exchange, Found
from webui.documents import listing
from webui.documents.listing import Order
from webui.door.edge import _STATUS
from webui.drawing import beside, citations, evidence, exchanges, replies
from webui.drawing.markup import Mark, is_web_address, lang_of, link, marked, whole_characters
from webui.listings import Listed, Listing, listing_from_json
from webui.sealing import Seal
from webui.texts import EN, TEXTS, ZH, Texts, preferred_language

TEXT = "# 青石港\n\n港务局局长<b>林望舒</b>说：“三号码头2033年启用。” مرحبا 🛳️ é ＡＢＣ\n"
DOCUMENT = Document(
    "港/年报.md", TEXT, Metadata("青石港 <年报>", author="甲&乙", date="2031-02-03")
)
QUOTE = "三号码头2033年启用。"
START = TEXT.index(QUOTE)
CITATION = Citation(
    1, DOCUMENT.doc_id, START, START + len(QUOTE), QUOTE, DOCUMENT.sha256, DOCUMENT.metadata
)
ANSWER = Answer(
    question="何时启用？",
    language="zh",
    text=f"文档中这样写：“{QUOTE}”[1]也有[2]。",
    citations=(CITATION,),
    sentences=(Sentence(f"“{QUOTE}”", (1,), supported=True),),
    seconds=Seconds(0.01, 0.02, 0.03),
)
WHY = {
    "dense_rank": 2,
    "dense_score": 0.81234,
    "fused_rank": 1,
    "matched_terms": ["三号", "<码头>"],
    "token_score": 0.5,
    "matched_tokens": ["启用 → opened"],
}
EXCHANGE = Exchange(ANSWER, (Found(CITATION, 0.5, WHY),))


class Reader(HTMLParser):
    """Reads HTML as a browser would: elements with attributes, and the text that is shown."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(markup))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, cls: str) -> list[dict[str, str | None]]:
        return [a for _, a in self.elements if cls in (a.get("class") or "").split()]


def drawn(exchange: Exchange, texts: Texts) -> str:
    """An exchange as the browser puts it together."""
    return "".join(exchanges.pieces(exchange, texts))


@given(st.text(), st.integers(0, 40), st.integers(0, 40))
def test_marked_text_is_the_text(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    marks = [Mark(start, end, Markup("<mark>"), Markup("</mark>"))]
    markup = str(marked(text, marks))
    assert html.unescape(re.sub(r"</?mark[^>]*>", "", markup)) == text
    assert markup.count("<") == 2 * (start < end)


def test_evidence_shows_the_whole_document_with_the_quote_marked() -> None:
    panel = evidence.evidence(CITATION, DOCUMENT, ZH, index=0, total=1, group="cited")
    (quoted,) = re.findall('<mark id="quote">(.*)</mark>', panel)
    assert html.unescape(quoted) == QUOTE
    assert Reader(panel[panel.index('<div class="document"') :]).text == TEXT
    assert "甲&amp;乙" in panel
    assert "2031-02-03" in panel
    assert f"第 {START + 1}–{START + len(QUOTE)} 字" in panel


@pytest.mark.parametrize("document", [None, dataclasses.replace(DOCUMENT, text=TEXT + "改")])
def test_evidence_of_a_changed_or_removed_document_shows_the_stored_quote(
    document: Document | None,
) -> None:
    panel = Reader(evidence.evidence(CITATION, document, EN, index=0, total=1, group="cited"))
    assert QUOTE in panel.text
    assert "林望舒" not in panel.text
    assert (EN.document_gone if document is None else EN.document_changed) in panel.text


def test_a_long_document_is_shown_around_the_quote() -> None:
    text = "前" * 200_000 + QUOTE + "后" * 200_000
    document = Document("a.txt", text, Metadata("长"))
    citation = dataclasses.replace(
        CITATION, start=200_000, end=200_000 + len(QUOTE), doc_sha256=document.sha256
    )
    panel = evidence.evidence(citation, document, ZH, index=0, total=1, group="cited")
    shown = Reader(panel).text
    assert f'<mark id="quote">{QUOTE}</mark>' in panel
    assert shown.count("后") - ZH.shortened.count("后") == evidence.WINDOW_CHARS
    assert ZH.shortened.format(limit=evidence.WINDOW_CHARS) in shown


def test_an_answer_has_a_button_for_what_it_cites_and_text_for_what_it_does_not() -> None:
    page = Reader(drawn(EXCHANGE, ZH))
    assert len(page.all("cite")) == 1
    assert page.all("cite")[0]["aria-label"] == "依据 1：青石港 <年报>"
    assert "也有[2]。" in page.text
    assert "青石港 <年报>" in page.text


@pytest.mark.parametrize(
    ("text", "buttons", "left"),
    [
        ("甲[1]乙", 1, "甲1乙"),
        ("甲【1】乙［1］", 2, "甲1乙1"),
        ("甲[1, 1]", 2, "甲11"),
        ("甲[1,9]", 0, "甲[1,9]"),
        ("甲[9]", 0, "甲[9]"),
        ("甲[٣]", 0, "甲[٣]"),
        ("甲[1", 0, "甲[1"),
    ],
)
def test_numbers_in_brackets(text: str, buttons: int, left: str) -> None:
    shown = Reader(
        replies.answer_text(Exchange(dataclasses.replace(ANSWER, text=text, sentences=())), ZH)
    )
    assert len(shown.all("cite")) == buttons
    assert shown.text == left


def test_a_figure_lifted_out_of_its_quote_stands_out_and_a_doubtful_sentence_is_flagged() -> None:
    answer = dataclasses.replace(
        ANSWER,
        text=f"2033年[1]\n\n“{QUOTE}”[1] 明年竣工。[1]",
        sentences=(
            Sentence("2033年", (1,), supported=True),
            Sentence(f"“{QUOTE}”", (1,), supported=True),
            Sentence("明年竣工。", (1,), supported=False),
        ),
    )
    markup = str(replies.answer_text(Exchange(answer), ZH))
    assert re.findall(r'<strong class="lead">(.*?)</strong>', markup) == ["2033年"]
    assert re.findall(r'<span class="unsupported">(.*?)<', markup) == ["明年竣工。"]
    assert Reader(markup).text == f"2033年1\n\n“{QUOTE}”1 明年竣工。{ZH.unsupported}1"


def marks(markup: str) -> list[str]:
    """Return what is marked as the short answer, as it is shown."""
    return [
        html.unescape(one) for one in re.findall(r'<mark class="words".*?>(.*?)</mark>', markup)
    ]


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_how_sure_an_answer_is_can_be_read(texts: Texts) -> None:
    said = answer_texts(texts.language).possible
    for state in get_args(State):
        exchange = Exchange(dataclasses.replace(ANSWER, state=state), EXCHANGE.found)
        page = Reader(drawn(exchange, texts))
        assert len(page.all(state)) == 1
        assert (said in page.text) is (state == "possible")
        assert (said in exchanges.copyable(exchange, texts)) is (state == "possible")
        assert bool(page.all("found")) is (state == "not_found")


NAMED = "<b>林望舒</b>"
SAID = f"港务局局长{NAMED}说：“三号码头2033年启用。”"
NAMING = dataclasses.replace(
    CITATION, start=TEXT.index(SAID), end=TEXT.index(SAID) + len(SAID), quote=SAID
)
SHORT = dataclasses.replace(
    ANSWER,
    text=f"文档中这样写：\n\n“{SAID}”[1]",
    short=ShortAnswer(NAMED, 1, TEXT.index(NAMED), TEXT.index(NAMED) + len(NAMED)),
    citations=(NAMING,),
    sentences=(Sentence(f"“{SAID}”", (1,), supported=True),),
)


def test_a_short_answer_leads_and_is_marked_where_it_stands() -> None:
    markup = drawn(Exchange(SHORT), ZH)
    page = Reader(markup)
    assert "b" not in {tag for tag, _ in page.elements}
    assert marks(markup) == [NAMED]
    assert f"{ZH.short_label}{NAMED}1{ZH.copy_short}文档中这样写：" in page.text
    assert page.all("action")[0]["data-copy"] == NAMED
    for button in page.all("cite") + page.all("source"):
        detail = json.loads(button["data-detail"])
        assert (detail["group"], detail["index"]) == ("cited", 0)
        assert TEXT not in button["data-detail"]
    start, end = citations.short_in(NAMING, citations.verbatim(SHORT))
    assert TEXT[start:end] == NAMED
    panel = evidence.evidence(
        NAMING, DOCUMENT, EN, index=0, total=1, group="cited", short=(start, end)
    )
    assert marks(panel) == [NAMED]
    assert Reader(panel).text.endswith(TEXT)
    gone = evidence.evidence(NAMING, None, EN, index=0, total=1, group="cited", short=(start, end))
    assert marks(gone) == [NAMED]
    assert f"{NAMED}[1]" in exchanges.copyable(Exchange(SHORT), ZH)


def test_a_short_answer_that_the_text_begins_with_is_said_once() -> None:
    lead = Sentence(NAMED, (1,), supported=True)
    answer = dataclasses.replace(
        SHORT, text=f"{NAMED}[1]\n\n{SHORT.text}", sentences=(lead, *SHORT.sentences)
    )
    one, other = (dataclasses.replace(EXCHANGE, answer=each) for each in (answer, SHORT))
    assert replies.answer_text(one, ZH) == replies.answer_text(other, ZH)
    assert exchanges.copyable(one, ZH) == exchanges.copyable(other, ZH)
    alone = dataclasses.replace(answer, text=f"{NAMED}[1]", sentences=(lead,))
    markup = drawn(Exchange(alone), ZH)
    assert marks(markup) == [NAMED]  # in the list of sources, since the text does not quote it
    assert not Reader(markup).all("text")


def test_in_a_long_quote_that_is_only_listed_the_short_answer_is_in_sight() -> None:
    quote = "前" * 300 + "正好" + "后" * 300
    citation = dataclasses.replace(CITATION, start=50, end=50 + len(quote), quote=quote)
    short = ShortAnswer("正好", 1, 350, 352)
    answer = dataclasses.replace(ANSWER, text="恰好。[1]", citations=(citation,), short=short)
    page = drawn(Exchange(answer), ZH)
    assert re.search(r"<q[^>]*>…前{16}<mark[^>]*>正好</mark>后+…</q>", page)


@pytest.mark.parametrize(
    "short",
    [
        ShortAnswer(NAMED, 2, SHORT.short.start, SHORT.short.end),
        ShortAnswer("林望舒", 1, SHORT.short.start, SHORT.short.end),
        ShortAnswer(TEXT[:3], 1, 0, 3),
        ShortAnswer("", 1, SHORT.short.start, SHORT.short.start),
    ],
    ids=["no such citation", "other words", "outside of the quote", "no words"],
)
def test_what_is_not_in_the_quote_is_no_short_answer(short: ShortAnswer) -> None:
    plain = Exchange(dataclasses.replace(SHORT, short=None))
    wrong = dataclasses.replace(plain, answer=dataclasses.replace(SHORT, short=short))
    pages = [drawn(one, ZH) for one in (plain, wrong)]
    assert pages[0] == pages[1]


CHARACTERS = ("甲", "e\u0301", "👩‍👩‍👧", "🇨🇳", "𠮷", "مرْ", "<", "&", "각", "\r\n", "Z̤͔ͧ̑̓", " ")


@given(st.lists(st.sampled_from(CHARACTERS), min_size=1), st.data())
def test_no_mark_splits_a_character(parts: list[str], data: st.DataObject) -> None:
    quote = "".join(parts)
    start = data.draw(st.integers(0, len(quote) - 1))
    end = data.draw(st.integers(start + 1, len(quote)))
    document = Document("a.txt", f"…{quote}…", Metadata("题"))
    citation = dataclasses.replace(
        CITATION, start=1, end=1 + len(quote), quote=quote, doc_sha256=document.sha256
    )
    short = ShortAnswer(quote[start:end], 1, 1 + start, 1 + end)
    answer = dataclasses.replace(
        ANSWER, text=f"“{quote}”[1]", short=short, citations=(citation,), sentences=()
    )
    panel = evidence.evidence(
        citation, document, ZH, index=0, total=1, group="cited", short=(1 + start, 1 + end)
    )
    edges = [0, *itertools.accumulate(len(one) for one in regex.findall(r"\X", quote))]
    first, last = max(e for e in edges if e <= start), min(e for e in edges if e >= end)
    for markup in (str(replies.answer_text(Exchange(answer), ZH)), panel):
        assert quote in html.unescape(re.sub("<[^>]*>", "", markup))
        parts = re.findall('<mark class="words".*?>(.*?)</mark>', markup, re.DOTALL)  # one a line
        assert html.unescape("".join(parts)) == quote[first:last]


def test_copied_text_holds_quote_title_date_place_and_hash() -> None:
    copied = exchanges.copyable(EXCHANGE, ZH)
    place = f"第 {START + 1}–{START + len(QUOTE)} 字"
    assert copied.splitlines()[-1] == (
        f"[1] “{QUOTE}” 《青石港 <年报>》，甲&乙，2031-02-03，港/年报.md，{place}，"
        f"SHA-256 {DOCUMENT.sha256}"
    )


def test_a_page_is_told_wherever_a_place_is() -> None:
    paged = dataclasses.replace(CITATION, page=3)
    exchange = Exchange(dataclasses.replace(ANSWER, citations=(paged,)))
    listed = Reader(drawn(exchange, EN))
    assert "p. 3" in listed.text
    assert "第 3 页，第 " in exchanges.copyable(exchange, ZH)
    panel = evidence.evidence(paged, DOCUMENT, ZH, index=0, total=1, group="cited")
    assert "第 3 页，第 " in panel
    assert "页" not in exchanges.copyable(EXCHANGE, ZH)


def test_why_names_what_each_side_saw() -> None:
    page = Reader(drawn(EXCHANGE, ZH))
    text = page.text[page.text.index(ZH.why) :]
    labels = dict(ZH.why_labels)
    shown = [label for label in labels.values() if label in text]
    assert shown == [label for name, label in labels.items() if name != "lexical"]
    assert "0.812 第 2 名" in text
    assert "<码头>" in text
    assert "启用 → opened" in text
    assert [tag for tag, _ in page.elements].count("li") >= 3


@pytest.mark.parametrize(
    ("reason", "judged"),
    [
        (None, True),
        ("not_in_documents", True),
        ("greeting", False),
        ("documents", False),
        ("summary", False),
        ("empty_scope", False),
    ],
)
def test_only_answers_to_questions_can_be_called_wrong(reason: str | None, judged: bool) -> None:
    exchange = Exchange(dataclasses.replace(ANSWER, reason=reason))
    page = drawn(exchange, ZH)
    assert (ZH.wrong in page) is judged


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(("报告/", "a*.md")), "报告/，a*.md"),
        (Scope((), "2020-10", "2021"), "2020-10 至 2021"),
        (Scope(("甲.txt",), "2020"), "甲.txt，2020 起"),
        (Scope((), None, "2021"), "2021 止"),
        (Scope(), ""),
    ],
)
def test_a_scope_is_said_beside_the_answer_that_used_it(scope: Scope, words: str) -> None:
    assert exchanges.scope_in_words(scope, ZH) == words
    exchange = dataclasses.replace(EXCHANGE, scope=scope)
    page = drawn(exchange, ZH)
    assert (ZH.scope_used.format(scope=words) in page) is bool(words)


SEAL = Seal("a secret of the server")


OTHER = Exchange(Answer("？", "zh"), stopped=True, scope=Scope(("港/",), "2031"))
FAILED = Exchange(Answer("坏？", "zh"), error="没有成功。")


def test_kept_conversations_come_back_as_they_were() -> None:
    conversation = Conversation(exchanges=(EXCHANGE, OTHER)).named_by("何时\n启用？")
    kept = conversations.to_json(conversation, conversation.exchanges, SEAL)
    assert "启用" not in json.dumps(kept, ensure_ascii=False)
    back = conversations.from_json(json.loads(json.dumps(kept)), SEAL)
    assert back == conversation
    assert [drawn(one, EN) for one in back.exchanges] == [drawn(EXCHANGE, EN), drawn(OTHER, EN)]
    assert back.title == back.named_by("另一个？").title == "何时 启用？"


def test_what_was_said_goes_with_a_question_and_errors_do_not() -> None:
    kept = conversations.to_json(Conversation(), [EXCHANGE, FAILED, OTHER], SEAL)["exchanges"]
    said = {"conversation_id": "c", "title": "", "named_ms": 0}
    turns = [one["turn"] for one in kept]
    back = conversations.from_json(said | {"turns": turns}, SEAL)
    assert back.exchanges == ()
    assert back.turns == (Turn("何时启用？", ANSWER.text), Turn("？", ""))
    before_turns = [one["sealed"] for one in kept]  # all that older exchanges have
    assert conversations.from_json(said | {"turns": before_turns}, SEAL).turns == back.turns


def test_a_growing_answer_changes_few_of_its_pieces() -> None:
    whole = dataclasses.replace(ANSWER, text="甲。" * 40, sentences=())
    less = dataclasses.replace(whole, text="甲。" * 39)
    before, after = (
        exchanges.pieces(dataclasses.replace(EXCHANGE, answer=one), ZH, growing=True)
        for one in (less, whole)
    )
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [tuple(Reader(one).text for one in pair) for pair in changed] == [
        ("甲。" * 39, "甲。" * 40)
    ]


@pytest.mark.parametrize(("declined", "state"), [(True, "not_found"), (False, "answered")])
def test_what_was_kept_before_there_were_states_comes_back(declined: bool, state: str) -> None:
    kept = conversations.to_json(Conversation(), [EXCHANGE], SEAL)
    (sealed,) = kept["exchanges"]
    old = SEAL.open(sealed["sealed"])
    del old["answer"]["state"], old["answer"]["short"]
    sealed["sealed"] = SEAL.seal(old | {"answer": old["answer"] | {"declined": declined}})
    (back,) = conversations.from_json(json.loads(json.dumps(kept)), SEAL).exchanges
    assert back == dataclasses.replace(EXCHANGE, answer=dataclasses.replace(ANSWER, state=state))


def test_an_exchange_that_is_answered_again_keeps_its_place() -> None:
    again = EXCHANGE.again()
    assert (again.exchange_id, again.asked_ms) == (EXCHANGE.exchange_id, EXCHANGE.asked_ms)
    assert again.changed_ms >= EXCHANGE.changed_ms
    assert again.answer.text == ""


@pytest.mark.parametrize(
    "kept", [None, 1, [], {"exchanges": 3}, {"exchanges": [{}]}, "x", {"conversation_id": "x" * 99}]
)
def test_what_is_no_conversation_is_a_new_one(kept: object) -> None:
    assert conversations.from_json(kept, SEAL).exchanges == ()
    assert listing_from_json(kept, SEAL) == Listing()


def test_what_another_secret_sealed_is_left_out() -> None:
    conversation = Conversation(title="港口", exchanges=(EXCHANGE,))
    kept = conversations.to_json(conversation, conversation.exchanges, SEAL)
    other = Seal("another secret")
    assert conversations.from_json(kept, other) == Conversation(conversation.conversation_id)
    sealed = {"a": SEAL.seal("甲 🗼"), "b": other.seal("乙"), "c": "丙\ud83d"}
    listed = [
        {"conversation_id": one, "title": title, "group": "today"} for one, title in sealed.items()
    ]
    known = listing_from_json({"conversations": listed}, SEAL)
    assert known.conversations == (Listed("a", "甲 🗼"),)


def test_the_list_says_nothing_false_before_it_is_known() -> None:
    for texts in (ZH, EN):
        assert texts.reading_conversations in beside.conversation_list(None, texts)
        assert texts.no_conversations not in beside.conversation_list(None, texts)
        assert texts.no_conversations in beside.conversation_list(Listing(), texts)
    full = beside.conversation_list(Listing((Listed("a", "<b>甲"),), "a", dropped=2, full=True), EN)
    assert "(2)" in full
    assert EN.not_kept in full
    assert "&lt;b&gt;甲" in full


def test_passages_are_kept_with_title_and_hash() -> None:
    chunk = Chunk(DOCUMENT.doc_id, 2, 9, TEXT[2:9])
    paged = dataclasses.replace(DOCUMENT, pages=(Page(4, 0, 5), Page(5, 5, len(TEXT))))
    passage = Passage(chunk, 0.7, Signals(dense_rank=1))
    (found,) = conversations.found([passage], lambda doc_id: paged)
    assert found.citation.page == 4
    assert found.citation.quote == TEXT[found.citation.start : found.citation.end]
    assert found.citation.doc_sha256 == DOCUMENT.sha256
    assert (found.score, found.why) == (0.7, {"dense_rank": 1})


def test_cells_and_rows_are_shown_where_a_page_is() -> None:
    cells = dataclasses.replace(CITATION, place="row 7!A2:B2 – row 7!A4:B4")
    assert [citations.page(cells, texts) for texts in TEXTS.values()] == [cells.place] * len(TEXTS)
    rows = dataclasses.replace(CITATION, place="row 12 – row 15")
    assert (citations.page(rows, EN), citations.page(rows, ZH)) == (
        rows.place,
        "第 12 行 – 第 15 行",
    )
    assert citations.place(rows, ZH).startswith("第 12 行")
    assert citations.page(dataclasses.replace(rows, page=3), EN) == EN.page.format(page=3)
    assert citations.page(CITATION, EN) == ""


def _summary(doc_id: str, title: str, characters: int) -> DocumentSummary:
    return DocumentSummary(
        doc_id,
        Metadata(title),
        imported=None,
        encoding=None,
        language="zh",
        characters=characters,
        chunks=1,
    )


def test_the_table_is_searched_by_every_word_and_sorted() -> None:
    summaries = [_summary("b.txt", "Ä Bericht", 3), _summary("a.txt", "青石港 Bericht", 2)]
    found = listing.matching(
        summaries, search="BERICHT 青石", order=Order("title", descending=False)
    )
    assert [one.doc_id for one in found] == ["a.txt"]
    for descending in (False, True):
        order = Order("characters", descending)
        found = listing.matching(summaries, search="", order=order)
        counts = [one.characters for one in found]
        assert counts == sorted(counts, reverse=descending)


def test_a_long_table_is_turned_page_by_page() -> None:
    summaries = [_summary(f"{number:04}.txt", "题", number) for number in range(1001)]
    seen = []
    for number in range(11):
        order = Order("characters", descending=False, page=number)
        table = Reader(listing.table(summaries, {}, ZH, search="", order=order))
        shown = re.findall(r"\d{4}\.txt", table.text)
        assert len(shown) <= listing.PAGE_ROWS
        seen += shown
    assert seen == [summary.doc_id for summary in summaries]
    last = Reader(listing.table(summaries, {}, ZH, search="", order=Order("added", False, 99)))
    assert "第 1001–1001 份" in last.text


def test_what_an_import_lost_is_said_before_what_went_well() -> None:
    reports = [
        Report("a.txt", "added", "a.txt", characters=1200, chunks=3, seconds=0.5, language="zh"),
        Report("../b.pdf", "added", "b.pdf", notes=(Note("scanned", "2–4"), Note("lost", "7"))),
        Report("c.exe", "refused", reason="no", code="type"),
        *(Report(f"{n}.txt", "unchanged", "a.txt") for n in range(listing.SHOWN_RESULTS)),
    ]
    shown = Reader(listing.results(reports, 2.0, EN, stopped=True))
    assert "1,200 characters, 3 chunks in 2.0 s, 1.5 chunks a second" in shown.text
    assert EN.import_stopped in shown.text
    assert EN.more_results.format(count=3) in shown.text
    order = [shown.text.index(name) for name in ("../b.pdf", "c.exe", "a.txt")]
    assert order == sorted(order)
    assert "kept as b.pdf" in shown.text
    assert "Page 2–4 is a scan" in shown.text
    assert "7 characters could not be decoded" in shown.text


def test_every_note_is_said_in_every_language() -> None:
    for texts in TEXTS.values():
        assert set(texts.notes) == NOTE_CODES
        assert {name for name, _ in texts.outcomes} == set(get_args(Outcome))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/a?b=c&d=<e>", True),
        ("http://例子.测试/路径", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" https://example.org", False),
        ("https://example.org\njavascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("http://[", False),
        ("读特客户端", False),
    ],
)
def test_only_web_addresses_become_links(address: str, expected: bool) -> None:
    assert is_web_address(address) is expected
    made = Reader(link(address))
    assert made.text == address
    assert [a["href"] for _, a in made.elements] == ([address] if expected else [])


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("三号码头", 'lang="zh-CN"'),
        ("岬の灯台", 'lang="ja"'),
        ("한국어", 'lang="ko"'),
        ("منارة", 'lang="ar"'),
        ("plain", ""),
    ],
)
def test_the_script_tells_the_language(text: str, attribute: str) -> None:
    assert str(lang_of(text)) == attribute


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Texts)])
def test_every_sentence_is_there_in_every_language(field: str) -> None:
    said = {language: getattr(texts, field) for language, texts in TEXTS.items()}
    assert all(said.values())
    if isinstance(said["zh"], str):
        names = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in said.values()
        ]
        assert all(one == names[0] for one in names)
    if field not in ("language", "html_lang", "why_labels", "quote", "list_separator"):
        assert len({str(one) for one in said.values()}) == len(said)
    if field != "other_language":
        assert not re.search(r"[\u4e00-\u9fff]", str(said["en"]))


def test_every_error_that_names_itself_is_said_in_every_language() -> None:
    root = Path(__file__).parents[4]
    sources = [path for name in ("index", "rag", "webui") for path in (root / name).rglob("*.py")]
    codes = set(re.findall(r'code="(\w+)"', "".join(path.read_text("utf-8") for path in sources)))
    codes |= set(re.findall(r'"(server_\w+)"', inspect.getsource(openai_generator)))
    codes |= _STATUS.keys()
    for texts in TEXTS.values():
        assert set(texts.errors) == codes - {"not_built"}  # which has a sentence of its own


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "en"),
        ("fr", "zh"),
        ("en;q=x", "en"),
        ("*", "zh"),
    ],
)
def test_the_language_that_the_browser_prefers(header: str, language: str) -> None:
    assert preferred_language(header) == language


@given(st.text("🇨🇳a哈\u0301\u200d👩\u0903\r\n\u0600", min_size=1, max_size=9), st.data())
def test_a_mark_is_widened_to_whole_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    borders = [0, *(found.end() for found in regex.finditer(r"\X", text))]
    widened = max(b for b in borders if b <= start), min(b for b in borders if b >= end)
    assert whole_characters(text, start, end) == widened
