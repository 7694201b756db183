"""What was asked before, found again: the list in groups, what is searched for, the notebook."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from index.types import Metadata
from rag.export.reading import read
from rag.types import Answer, Citation
from webui import conversations, exporting, notes
from webui.conversations import Conversation, Exchange, Found
from webui.drawing.beside import conversation_list
from webui.drawing.notes import notebook
from webui.listings import Listed, Listing, listing_from_json
from webui.notes import Note
from webui.sealing import Seal
from webui.texts import EN, TEXTS, ZH, Texts

SEAL = Seal("secret")
QUOTE = "三号码头2033年启用。"
CITED = Citation(1, "港/年报.md", 4, 4 + len(QUOTE), QUOTE, "0" * 64, Metadata("<年报>"))
EXCHANGE = Exchange(
    Answer("何时<b>启用？", "zh", f"“{QUOTE}”[1]", citations=(CITED,)), asked_ms=1_917_000_000_000
)
NOT_FOUND = Exchange(
    Answer("谁？", "zh", "没有找到。", state="not_found"), (Found(CITED, 0.5),), asked_ms=3
)


def kept(title: str, *questions: str, group: str = "today", seal: Seal = SEAL) -> dict[str, object]:
    turns = [seal.seal({"question": one, "answer": "…"}) for one in questions]
    return {"conversation_id": title, "title": seal.seal(title), "group": group, "turns": turns}


def found(search: str, *some: dict[str, object]) -> list[Listed]:
    return list(listing_from_json({"conversations": some, "search": search}, SEAL).conversations)


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("", ["青石港", "Larkspur Café", "岬の灯台"]),
        ("青石", ["青石港"]),
        ("石港 ４１８", ["青石港"]),  # full-width; one word in the title, one in a question
        ("larkspur CAFE\u0301", ["Larkspur Café"]),
        ("mirror", ["Larkspur Café"]),
        ("高さ", ["岬の灯台"]),
        ("mirror 高さ", []),
        ("%", []),
        (".*", []),
    ],
)
def test_words_are_searched_in_titles_and_questions(search: str, titles: list[str]) -> None:
    some = (
        kept("青石港", "装卸了多少？", "是418万箱吗？"),
        kept("Larkspur Café", "When did it open?", "How large is the MIRROR?"),
        kept("岬の灯台", "灯台の高さは？"),
    )
    assert [one.title for one in found(search, *some)] == titles


def test_the_question_that_holds_a_word_is_shown() -> None:
    some = kept("青石港", "装卸了多少？", "是418万箱<b>吗？")
    (listed,) = found("418", some)
    assert listed.question == "是418万箱<b>吗？"
    assert "是418万箱&lt;b&gt;吗？" in conversation_list(Listing((listed,), search="418"), ZH)
    assert found("青石", some)[0].question == ""
    assert found("418", kept("x", "418", seal=Seal("another"))) == []


@pytest.mark.parametrize("group", ["", "2031-13", "2031-2", "<b>", "2031-02\n", "tomorrow"])
def test_a_list_with_a_group_that_is_none_is_no_list(group: str) -> None:
    assert listing_from_json({"conversations": [kept("a", group=group)]}, SEAL) == Listing()


@pytest.mark.parametrize("damaged", [5, "x", None, {}, [], {"conversation_id": 1, "title": "t"}])
def test_what_is_damaged_takes_nothing_else_away(damaged: object) -> None:
    whole = kept("青石港", "装卸了多少？")
    sent = {"conversations": [damaged, whole], "open_id": "x"}
    assert [one.title for one in listing_from_json(sent, SEAL).conversations] == ["青石港"]
    turns = {**whole, "turns": [damaged, SEAL.seal({"question": "418", "answer": "…"})]}
    assert [one.title for one in found("418", turns)] == ["青石港"]
    assert len(notes.from_browser([damaged, note_of(EXCHANGE, "")], SEAL)) == 1
    (part,) = conversations.to_json(Conversation(), [EXCHANGE], SEAL)["exchanges"]
    sent = {"conversation_id": "c", "title": SEAL.seal("t"), "named_ms": 1}
    several = {"exchanges": [damaged, part], "turns": [damaged, part["turn"]]}
    whole_conversation = conversations.from_json(sent | several, SEAL)
    assert whole_conversation.exchanges == (EXCHANGE,)
    assert len(whole_conversation.turns) == 1


def test_the_list_is_divided_by_date() -> None:
    groups = ["pinned", "today", "today", "week", "2031-02", "2030-12", "earlier"]
    some = tuple(Listed(str(n), f"t{n}", group) for n, group in enumerate(groups))
    for texts, months in (
        (ZH, ["2031年2月", "2030年12月"]),
        (EN, ["February 2031", "December 2030"]),
    ):
        drawn = conversation_list(Listing(some, "4"), texts)
        named = [texts.periods[name] for name in ("pinned", "today", "week")]
        assert re.findall("<h2>(.*?)</h2>", drawn) == [*named, *months, texts.periods["earlier"]]
        assert drawn.count('aria-current="true"') == 1
        assert drawn.count('aria-pressed="true"') == 1
    assert EN.nothing_found in conversation_list(Listing(search="x"), EN)


def test_a_question_that_is_edited_takes_the_name_along() -> None:
    asked = Conversation().named_by("第一个\n问题？")
    anew = asked.named_anew("第一个\n问题？", "另一个？")
    assert anew.title == "另一个？"
    assert anew.named_ms > 0
    for own in (Conversation(title="我的港口"), asked):
        assert own.named_anew("别的？", "另一个？") == own
    again = EXCHANGE.again("另一个？")
    assert again.answer == Answer("另一个？", "zh")
    assert (again.exchange_id, again.asked_ms) == (EXCHANGE.exchange_id, EXCHANGE.asked_ms)


def note_of(exchange: Exchange, remark: str) -> dict[str, object]:
    (part,) = conversations.to_json(Conversation(), [exchange], SEAL)["exchanges"]
    return {"note_id": "n.1", "kept_ms": 1, "sealed": part["sealed"]} | {
        "remark": notes.remarked("n.1", remark, SEAL)["remark"]
    }


def test_a_note_comes_back_as_it_was() -> None:
    sent = json.loads(json.dumps([note_of(EXCHANGE, " 对 ✔\ud83d "), note_of(NOT_FOUND, " ")]))
    assert "启用" not in json.dumps(sent, ensure_ascii=False)
    first, second = notes.from_browser(sent, SEAL)
    assert first == Note("n.1", EXCHANGE, "对 ✔?")
    assert second == Note("n.1", NOT_FOUND)
    assert notes.from_browser(sent, Seal("another")) == []


@pytest.mark.parametrize("sent", [None, 1, {}, [1], [{}], [{"note_id": "x" * 99, "sealed": ""}]])
def test_what_is_no_notebook_is_empty(sent: object) -> None:
    assert notes.from_browser(sent, SEAL) == []


class Buttons(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.events: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.events += [value or "" for name, value in attrs if name == "data-event"]


@pytest.mark.parametrize("texts", TEXTS.values(), ids=lambda texts: texts.language)
def test_the_notebook_shows_answer_evidence_and_remark(texts: Texts) -> None:
    page = Buttons()
    drawn = notebook([Note("n.1", EXCHANGE, "</textarea><b>"), Note("n.2", NOT_FOUND)], texts)
    page.feed(drawn)
    assert page.events.count("export") == len(exporting.NAMES)
    assert page.events.count("evidence") == 3  # a number, its source, a passage
    assert page.events.count("remark") == page.events.count("note") == 2
    assert "b" not in page.tags
    assert texts.notebook_empty in notebook([], texts)


def test_an_export_of_the_page_can_be_read() -> None:
    entries = [exporting.entry(EXCHANGE, "对 ✔"), exporting.entry(NOT_FOUND)]
    for ending in exporting.NAMES:
        file = exporting.file("notebook", "笔记", entries, ending, "zh")
        assert file["name"].startswith("笔记-")
        assert file["name"].endswith(f".{ending}")
    import base64

    export = read(
        base64.b64decode(exporting.file("notebook", "笔记", entries, "json", "en")["base64"])
    )
    first, second = export.entries
    assert (first.remark, first.asked) == ("对 ✔", "2030-09-30T12:00:00Z")
    assert first.answer == dataclasses.replace(EXCHANGE.answer)
    assert first.nearest == ()
    assert (second.asked, second.nearest, second.evidence) == (None, (CITED,), (CITED,))
    assert exporting.file("notebook", "", [], "../exe", "zh")["name"].endswith(".json")
