"""What is drawn, read by others: a Markdown parser, an HTML parser, mammoth, JSON."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import mammoth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from index.types import Document, Metadata, Scope
from rag.export.formats import FORMATS, file_name
from rag.export.markdown import escaped
from rag.export.outline import outline, readable
from rag.export.reading import read
from rag.export.values import Entry, Export
from rag.types import Answer
from tests.unit.rag.export.exported import EXPORTS, HOSTILE, WHEN, citation, export_of

TEXT = f"# 年报\n\n青石港装卸集装箱418万箱。\nDr. O'Neil, 12.500 Gäste (±7 %)\n{HOSTILE}\n"
DOCUMENT = Document("港/年报.md", TEXT, Metadata("青石港 <年报>", "甲&乙", "2031-02-03"))


def shown_by_markdown(drawn: bytes) -> str:
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(drawn.decode())
    return html.fromstring(page).text_content()


def shown_by_html(drawn: bytes) -> str:
    return html.fromstring(drawn, parser=html.HTMLParser(encoding="utf-8")).text_content()


def shown_by_mammoth(drawn: bytes) -> str:
    page = mammoth.convert_to_html(io.BytesIO(drawn)).value
    return html.fromstring(f"<div>{page.replace('<br />', ' ')}</div>").text_content()


SHOWN: dict[str, Callable[[bytes], str]] = {
    "md": shown_by_markdown,
    "html": shown_by_html,
    "docx": shown_by_mammoth,
}


def squeezed(text: str) -> str:
    return "".join(text.split())


def everything(hostile: str) -> Export:
    """An export with that text in all its fields."""
    evil = replace(
        citation(DOCUMENT, "418万箱"),
        doc_id=hostile,
        quote=hostile,
        metadata=Metadata(hostile, hostile, hostile, hostile),
        place=hostile,
    )
    answer = Answer(
        hostile, "en", hostile, citations=(evil,), notice=hostile, completed_question=hostile,
        model=hostile, state="possible",
    )  # fmt: skip
    whole = Entry(answer, (), WHEN, True, hostile, hostile, Scope((hostile,)))
    return Export("notebook", hostile, WHEN, (whole,))


@pytest.mark.parametrize("ending", SHOWN)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_quotations_are_shown_word_for_word(ending: str, language: str) -> None:
    quotes = [line for line in DOCUMENT.text.split("\n") if line]
    made = [citation(DOCUMENT, quote, number) for number, quote in enumerate(quotes, 1)]
    export = export_of(*made, words="年报")
    shown = squeezed(SHOWN[ending](FORMATS[ending](export, language)))
    for quote in [
        *quotes,
        "港口的数字",
        "青石港装卸了多少集装箱？🚢",
        "核对过 ✔",
        DOCUMENT.sha256,
        "年报[1]",
    ]:
        assert squeezed(readable(quote)) in shown


@pytest.mark.parametrize("ending", SHOWN)
def test_all_parts_are_shown_whatever_they_hold(ending: str) -> None:
    export = everything(HOSTILE)
    shown = squeezed(SHOWN[ending](FORMATS[ending](export, "en")))
    for part in outline(export, "en"):
        assert squeezed(part.text) in shown, part


class Elements(HTMLParser):
    """The elements and attributes that a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "dir", "class"}
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "b", "blockquote")
}


@settings(deadline=None)
@given(EXPORTS)
def test_html_holds_no_element_but_ours(export: Export) -> None:
    page = Elements()
    page.feed(FORMATS["html"](export, "zh").decode())
    assert page.names <= ELEMENTS
    assert page.attributes <= ATTRIBUTES


def test_html_holds_no_script_and_loads_nothing() -> None:
    drawn = FORMATS["html"](everything(HOSTILE), "en")
    page = Elements()
    page.feed(drawn.decode())
    assert page.names <= ELEMENTS
    assert b"default-src 'none'" in drawn
    assert b"url(" not in drawn
    assert b"@import" not in drawn


def test_markdown_of_others_formats_nothing() -> None:
    page = html.fromstring(
        MarkdownIt("commonmark").render(FORMATS["md"](everything(HOSTILE), "en").decode())
    )
    found = {element.tag for element in page.iter()}
    assert found <= {"div", "h1", "h2", "h3", "p", "em", "strong", "blockquote", "br"}


@settings(deadline=None)
@given(st.text("aé1. )#+-=:*_`~<>[]()|&;!\\ \n\tx港", max_size=40))
def test_a_markdown_reader_shows_any_text_as_it_is(text: str) -> None:
    assert squeezed(shown_by_markdown(f"{escaped(text)}\n\n。".encode())) == squeezed(f"{text}。")


@settings(max_examples=40, deadline=None)
@given(EXPORTS)
def test_any_text_can_be_drawn(export: Export) -> None:
    for draw in FORMATS.values():
        assert draw(export, "en")


def test_word_opens_what_is_drawn() -> None:
    import docx

    drawn = FORMATS["docx"](everything(HOSTILE), "zh")
    document = docx.Document(io.BytesIO(drawn))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Title"
    assert {"Heading 1", "Heading 2", "Quote", "Intense Quote"} <= set(styles)
    assert document.core_properties.author == "Wenzheng 问证"
    assert etree.fromstring(document.part.blob) is not None


@settings(deadline=None)
@given(EXPORTS)
def test_json_comes_back_as_it_was(export: Export) -> None:
    drawn = FORMATS["json"](export, "zh")
    assert read(drawn) == export
    assert FORMATS["json"](read(drawn), "zh") == drawn
    json.loads(drawn, parse_constant=pytest.fail)


def test_json_says_what_the_answer_was_made_of() -> None:
    export = export_of(citation(DOCUMENT, "418万箱"), words="418")
    value = json.loads(FORMATS["json"](export, "en"))
    assert (value["format"], value["version"], value["kind"]) == (
        *("wenzheng-export", 1, "conversation"),
    )
    (answer,) = value["answers"]
    assert answer["fingerprint"]["index"] == "b1/7"
    (cited,) = answer["citations"]
    assert DOCUMENT.text[cited["start"] : cited["end"]] == cited["quote"] == "418万箱"
    assert re.fullmatch("[0-9a-f]{64}", cited["doc_sha256"])


@pytest.mark.parametrize("title", ["", "..", "a/b\\c:d", "CON", "\n", "港口" * 200, "x\x00y", "🚢"])
def test_a_file_gets_a_name_that_any_system_takes(title: str) -> None:
    name = file_name(Export("notebook", title, WHEN), "docx")
    assert re.fullmatch(r"[^/\\:*?\"<>|\x00-\x1f]{1,100}-2031-02-03\.docx", name)
