"""Whatever a reader types is read in linear time, by every function that reads it.

A text of 4,000 characters may take so many times as long as one of 1,000 that the growth is linear
(or n log n), and no text may take long at all. Times are of the processor, the least of several, so
that a busy machine does not matter. The texts grow step by step: an exponential one shows early.
"""

import inspect
import itertools
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import terminal
from index.cutting import paragraphs, rows, sentences
from index.errors import ChatbotError
from index.search import matching, scope, terms
from index.search.database import DocumentSummary
from index.search.vocabulary import Vocabulary, Words
from index.text import dates, figures, folding, language, numbers, numerals, qualifiers, units
from index.types import Chunk, Document, Metadata, Scope, Span
from rag import texts as answer_texts
from rag.checking import names, support
from rag.export import html, markdown, outline, reading, verifying
from rag.export.values import Entry, Export
from rag.finding import evidence, wider
from rag.models import thoughts
from rag.types import MAX_QUESTION_CHARS, Answer, Citation, Passage, Sentence, ShortAnswer, Turn
from rag.understanding import (
    comparing,
    documents,
    followups,
    messages,
    parts,
    phrases,
    question_kinds,
    replacing,
    short_forms,
    spelling,
)
from rag.understanding import language as rag_language
from rag.understanding.tables import tables
from rag.writing import (
    citing,
    list_blocks,
    metadata,
    qualified_figures,
    restating,
    short_answer,
    stated,
    suggestions,
    summary,
    turning,
    turning_de,
    turning_en,
    turning_zh,
)
from webui import conversations, listings, notes
from webui.drawing import beside, citations, exchanges, lines, markup, refusals, replies
from webui.drawing import notes as drawn_notes
from webui.sealing import Seal
from webui.texts import TEXTS

MODULES = (
    *(
        messages,
        metadata,
        parts,
        phrases,
        followups,
        rag_language,
        names,
        numbers,
        numerals,
        figures,
        dates,
        qualifiers,
        units,
        citing,
        thoughts,
    ),
    *(
        support,
        spelling,
        matching,
        stated,
        suggestions,
        summary,
        turning,
        turning_de,
        turning_en,
        turning_zh,
        evidence,
        wider,
        answer_texts,
        language,
        folding,
        rows,
    ),
    *(terms, sentences, documents),
    *(paragraphs, scope, terminal, markup, conversations, listings, notes, drawn_notes),
    *(beside, citations, exchanges, lines, refusals, replies),
    *(html, markdown, outline, reading, verifying),
    *(
        comparing,
        replacing,
        question_kinds,
        short_forms,
        qualified_figures,
        short_answer,
        list_blocks,
        restating,
    ),
)
MOST_GROWTH = 10.0
"""Four times the text takes four times as long, and more than twice that on a busy machine; what is
quadratic takes sixteen."""
LONGEST_SECONDS = 2.0
TELLING_SECONDS = 0.004
"""Shorter times tell nothing of how they grow."""
STEPS = (8, 12, 16, 18, 20, 22, 24, 28, 40, 70, 280, 1000, MAX_QUESTION_CHARS)
FOURFOLD = ((70, 280), (1000, MAX_QUESTION_CHARS))
"""A message of more than 300 characters is no greeting, whatever it holds."""

Read = Callable[[str], object]
PAGE = next(iter(TEXTS.values()))
SEAL = Seal("secret")
KNOWN = figures.figures("在2020年有1,000米，5 %，about 12.5 million, May 2021", every=True)
SAID = figures.figures("3 May 2020, 5 %, 37万平方米, about 1000")
PHRASES = phrases.Phrases(
    [[phrases.Words(["哈", "a", ""]), None, phrases.Words(["哈哈", "a a", "1"])]] * 3,
    around=phrases.Words(["哈", "哈哈", "a", "的", "please"]),
)
HELD = Words(
    dict.fromkeys([f"{a}{b}{c}please"[:9] for a in "apsh" for b in "aeiou" for c in "rstn"], 3),
    {"哈哈": 9},
    ["哈哈的福田区基站", "啊吧呢呀"],
    frozenset({"en", "zh"}),
)
VOCABULARY = Vocabulary(1, lambda: HELD, len, lambda term: term)
WORDS = phrases.Words(["哈", "哈哈", "a", "a a", "的"])


def citation(number: int, quote: str = "quote") -> Citation:
    return Citation(number, "a.md", 0, len(quote), quote, "0" * 64, Metadata("title"))


def answer(text: str) -> Answer:
    parts = [text[start : start + 40] for start in range(0, len(text), 40)]
    said = tuple(
        Sentence(part, (1,), supported=number % 2 > 0) for number, part in enumerate(parts)
    )
    cited = (citation(1), citation(2))
    return Answer(text, "en", text, completed_question=text, citations=cited, sentences=said)


def shortly_answered(text: str) -> Answer:
    cited = (citation(1, text), citation(2))
    return replace(answer(text), citations=cited, short=ShortAnswer(text, 1, 0, len(text)))


def refused_exchange(text: str) -> conversations.Exchange:
    said = text + answer_texts.texts("en").declined
    refused = replace(answer(said), state="not_found", reason="not_in_documents")
    return conversations.Exchange(refused)


def exchange(text: str) -> conversations.Exchange:
    found = (conversations.Found(citation(1, text), 0.5),)
    return conversations.Exchange(answer(text), found, error=text, scope=Scope((text,)))


def conversation(text: str) -> conversations.Conversation:
    return conversations.Conversation("1", text, exchanges=(exchange(text),))


def kept(text: str) -> dict[str, object]:
    return {
        "conversation_id": "1",
        "title": text,
        "named_ms": 0,
        "exchanges": [{"sealed": SEAL.seal(text.replace("\ud800", ""))}],
        "turns": [SEAL.seal(text.replace("\ud800", ""))],
    }


def listed(text: str) -> dict[str, object]:
    title = SEAL.seal(text.replace("\ud800", ""))
    one = {"conversation_id": "1", "title": title, "group": "today", "turns": kept(text)["turns"]}
    return {"conversations": [one], "search": text[:200]}


def exported(text: str) -> Export:
    return Export("notebook", text, "", (Entry(shortly_answered(text), remark=text, error=text),))


def read_export(text: str) -> None:
    with suppress(ChatbotError):
        reading.read(text.encode(errors="replace"))


def titled(title: str) -> DocumentSummary:
    return DocumentSummary("港/a.md", Metadata(title), None, None, "zh", 9, 1)


def titled_message(name: str) -> messages.Message:
    return messages.Message("metadata", name, ("author",), folding.fold_words(name), by_title=True)


def document(text: str) -> Document:
    return Document("a.md", text, Metadata("t"))


def streamed(text: str, size: int) -> str:
    parser = citing.CitationParser(3)
    pieces = [parser.feed(text[start : start + size]) for start in range(0, len(text), size)]
    return "".join(pieces) + parser.finish()


def tokens(text: str) -> list[names.Token]:
    return [names.Token(place, place + 1, 0.0) for place in range(len(text))]


def evidence_of(text: str) -> evidence.Evidence:
    passage = Passage(Chunk("a.md", 0, len(text), text), 0.5)
    return evidence.Evidence(passage, 0, len(text), text, 0.5, 1.0, 0.9, Span(0, len(text)))


def other_document(text: str) -> evidence.Evidence:
    found = evidence_of(text)
    return replace(found, passage=replace(found.passage, chunk=Chunk("b.md", 0, 1, "x")))


def dated(text: str) -> None:
    with suppress(ChatbotError):
        scope.check_date(text)


def scoped(text: str) -> None:
    with suppress(ChatbotError):
        scope.make_scope([text], since=text, doc_ids=["a/b.md"])
    with suppress(ChatbotError):
        scope.make_scope([text], doc_ids=["a/b.md", "哈" * 80])


def facts(*names: str) -> replacing.Known:
    return replacing.Known(names, lambda _: False)


ASKED = Turn("福田区有多少个基站？", "5260个")
HIGH = Turn("How high is the tower in Hamburg?", "90 m")
READS: dict[str, list[Read]] = {
    "rag.understanding.messages.classify": [messages.classify],
    "rag.understanding.messages.is_small_talk": [messages.is_small_talk],
    "rag.understanding.documents.documents_meant": [
        lambda t: documents.documents_meant(titled_message(t), [titled("Harbour: notes 哈")]),
        lambda t: documents.documents_meant(titled_message("哈"), [titled(t)]),
    ],
    "rag.writing.metadata.metadata_answer": [
        lambda t: metadata.metadata_answer("zh", ["author", "date"], [titled(t)])
    ],
    "rag.understanding.parts.parts": [
        parts.parts,
        lambda t: parts.parts(t[:300]),
        lambda t: parts.parts(f"{t[:280]}哪个保修更长？"),
        lambda t: parts.parts(f"What are the {t[:250]} of A5 and A7?"),
        lambda t: parts.parts(f"When was it and {t[:250]}?"),
    ],
    "rag.finding.wider.tells_of_a_part": [
        lambda t: wider.tells_of_a_part("西湖区有312个。", "杭州有多少？", t),
        lambda t: wider.tells_of_a_part(
            "西湖区有312个。", "杭州有多少？", f"杭州市{t}区杭州市西湖区"
        ),
        lambda t: wider.tells_of_a_part(t, "杭州有多少？", "杭州市西湖区"),
        lambda t: wider.tells_of_a_part("西湖区有312个。", f"{t[:300]}多少", "杭州市西湖区"),
    ],
    "rag.understanding.phrases.Words.run_end": [WORDS.run_end],
    "rag.understanding.phrases.Words.run_start": [WORDS.run_start],
    "rag.understanding.phrases.Phrases.read": [PHRASES.read],
    "rag.understanding.followups.complete": [
        lambda t: followups.complete(t, [ASKED, HIGH], [t]),
        lambda t: followups.complete(t[:300], [ASKED, HIGH], [t]),
        lambda t: followups.complete("那南山区呢？", [Turn(t, t)], ["福田", t]),
        lambda t: followups.complete("And in Bremen?", [Turn(f"{t} in Hamburg", t)]),
        lambda t: followups.complete("第二个呢？", [ASKED, Turn(ASKED.question, t)]),
    ],
    "rag.understanding.followups.lacks_added": [
        lambda t: followups.lacks_added(t, ASKED.question, t),
        lambda t: followups.lacks_added("那南山区呢？", t, t),
        lambda t: followups.lacks_added(f"And {t[:300]}?", "How high is it?", t),
    ],
    "rag.understanding.replacing.replaced": [
        lambda t: replacing.replaced(t[:300], t[-300:], facts(t)),
        lambda t: replacing.replaced(t[:300], "in Bremen", facts("福田", t)),
        lambda t: replacing.replaced(ASKED.question, t[:300], facts("福田", t)),
    ],
    "rag.understanding.replacing.Known.may_name": [lambda t: facts(t).may_name(t)],
    "rag.understanding.comparing.compared": [
        comparing.compared,
        lambda t: comparing.compared(t[:300]),
        lambda t: comparing.compared(f"{t[:280]}哪个保修更长？"),
        lambda t: comparing.compared(f"What are the {t[:250]} of A5 and A7?"),
    ],
    "rag.understanding.replacing.same_preposition": [
        lambda t: replacing.same_preposition(t[:300], "in Bremen"),
        lambda t: replacing.same_preposition(HIGH.question, t[:300]),
    ],
    "rag.understanding.replacing.ordinal": [replacing.ordinal],
    "rag.understanding.replacing.listed": [lambda t: replacing.listed(t, 1)],
    "rag.understanding.spelling.word_list": [lambda t: spelling.word_list("de")],
    "rag.understanding.short_forms.written_out": [
        lambda t: short_forms.written_out(t, t),
        lambda t: short_forms.written_out(t.replace("哈", "GDP "), t),
        lambda t: short_forms.written_out("GDP", t),
    ],
    "rag.understanding.spelling.corrected": [
        lambda t: spelling.corrected(t, VOCABULARY),
        lambda t: spelling.corrected(t.replace("哈", "ha ").replace("的", "plaese "), VOCABULARY),
    ],
    "rag.understanding.language.detect": [rag_language.detect],
    "rag.understanding.language.by_script": [rag_language.by_script],
    "rag.understanding.language.language_of": [rag_language.language_of],
    "rag.understanding.language.is_other_language": [
        lambda text: rag_language.is_other_language(text, text)
    ],
    "index.text.language.document_language": [language.document_language],
    "index.text.language.words_of": [language.words_of],
    "index.cutting.rows.cells_of": [lambda text: rows.cells_of(text, Span(0, len(text)))],
    "index.cutting.rows.is_row": [
        lambda text: rows.is_row(text, Span(0, len(text))),
        lambda text: rows.is_row("- a: " + text, Span(0, len(text) + 5)),
        lambda text: rows.is_row("- 甲：" + text, Span(0, len(text) + 4)),
    ],
    "index.cutting.rows.separators": [rows.separators],
    "rag.checking.names.missing_quotes": [
        lambda t: list(names.missing_quotes(t, "source")),
        lambda t: list(names.missing_quotes("“ab”", t)),
    ],
    "rag.checking.names.missing_names": [
        lambda t: list(names.missing_names(t, "Source 罗宾汉", tokens(t))),
        lambda t: list(names.missing_names(t, "", tokens(t), nouns_are_capital=True)),
        lambda t: list(names.missing_names("Abc Def 罗宾汉", t, tokens("Abc Def 罗宾汉"))),
        lambda t: list(names.missing_names(t, t.swapcase(), ())),
    ],
    **{
        f"rag.understanding.question_kinds.{name}": [getattr(question_kinds, name)]
        for name in (
            *("asks_nothing", "is_list_question", "is_procedure_question", "is_yes_no_question"),
        )
    },
    "rag.writing.qualified_figures.with_figures": [
        lambda t: qualified_figures.with_figures(t, Span(0, len(t)), Span(0, len(t))),
        lambda t: qualified_figures.with_figures(t, Span(0, len(t)), Span(len(t) // 2, len(t))),
    ],
    "rag.writing.short_answer.short_answer": [
        lambda t: short_answer.short_answer("", t, Span(0, len(t)), Span(0, len(t))),
        lambda t: short_answer.short_answer(
            "", t, Span(0, len(t)), Span(len(t) // 2, len(t) // 2 + 1)
        ),
        lambda t: short_answer.short_answer(t, t, Span(0, len(t)), Span(len(t) // 2, len(t))),
    ],
    "rag.writing.short_answer.unit_in_head": [
        lambda t: short_answer.unit_in_head(f"- a：{t}；b（{t}）：1", Span(len(t), 2 * len(t) + 9)),
        lambda t: short_answer.unit_in_head("1" * len(t), Span(0, len(t))),
    ],
    "rag.writing.list_blocks.list_block": [
        lambda t: list_blocks.list_block("哪些", t, Span(0, 5)),
        lambda t: list_blocks.list_block("哪些", f"- {t}\n" + "- a\n" * (len(t) // 4), Span(0, 5)),
    ],
    "rag.writing.restating.restated": [
        lambda t: restating.restated(t, "en"),
        lambda t: (restating.restated(t[:80], "zh"), restating.restated(t[-80:], "fr")),
    ],
    "index.text.figures.figures": [
        figures.figures,
        lambda t: figures.figures(t, every=True),
    ],
    "index.text.numbers.numbers": [
        lambda t: list(numbers.numbers(t)),
        lambda t: list(numbers.numbers(t, every=True)),
    ],
    "index.text.qualifiers.qualified": [
        lambda t: qualifiers.qualified(t, Span(0, len(t)), Span(len(t) // 2, len(t) // 2 + 1)),
        lambda t: [
            qualifiers.qualified(t, Span(0, len(t)), Span(i, i)) for i in range(0, len(t), 100)
        ],
    ],
    "index.text.dates.dates": [lambda t: list(dates.dates(t))],
    "index.text.figures.missing": [
        lambda t: figures.missing(figures.figures(t), KNOWN),
        lambda t: figures.missing(SAID, figures.figures(t, every=True)),
        lambda t: figures.missing(figures.figures(t), figures.figures(t[::-1])),
    ],
    "rag.writing.citing.CitationParser.feed": [lambda t: streamed(t, 1), lambda t: streamed(t, 7)],
    "rag.writing.citing.CitationParser.finish": [lambda t: streamed(t, len(t))],
    "rag.models.thoughts.thoughts_apart": [
        lambda t: list(thoughts.thoughts_apart(t)),
        lambda t: list(thoughts.thoughts_apart(["<think>", *t, t])),
    ],
    "rag.models.thoughts.without_thoughts": [
        lambda t: list(thoughts.without_thoughts(t)),
        lambda t: list(thoughts.without_thoughts(["<think>", *t, t])),
    ],
    # The rest of `support` compares vectors; these patterns read the sentence itself.
    "rag.checking.support.SupportChecker.check": [lambda t: support._DENIES.search(t)],
    "index.search.matching.sentences": [matching.sentences.__wrapped__],
    "rag.understanding.documents.named_documents": [
        lambda t: documents.named_documents(t, [titled("福田讨论改革的会 in Hamburg")]),
        lambda t: documents.named_documents("hamburg report 福田", [titled(t)]),
    ],
    "rag.writing.stated.is_name": [lambda t: stated.is_name(t, "The")],
    "rag.writing.suggestions.suggestions": [
        lambda t: [*suggestions.suggestions(document(t), "en")],
        lambda t: [*suggestions.suggestions(document(f"## {t}"), "en", near=Span(0, 1))],
    ],
    "rag.writing.suggestions.topics": [
        lambda t: suggestions.topics(document(t)),
        lambda t: suggestions.topics(document(f"## {t}")),
    ],
    "rag.writing.suggestions.headings": [lambda t: suggestions.headings(document(t))],
    "rag.writing.turning.questions": [
        lambda t: turning.questions(t, "zh"),
        lambda t: turning.questions(t, "en"),
        lambda t: turning.questions(t, "de"),
    ],
    "rag.writing.summary.is_imprint": [summary.is_imprint],
    "rag.writing.summary.standing_sentences": [lambda t: summary.standing_sentences(document(t))],
    "rag.writing.summary.documents_answer": [lambda t: summary.documents_answer("zh", [titled(t)])],
    "rag.writing.summary.leading_sentence": [lambda t: summary.leading_sentence(document(t))],
    "rag.writing.summary.summarise": [lambda t: summary.summarise(document(t), 6)],
    "rag.finding.evidence.select": [
        lambda t: evidence.select([evidence_of(t), evidence_of(t[::-1])], 4)
    ],
    "rag.finding.evidence.disagree": [lambda t: evidence.disagree([("a", t), ("b", t[::-1])])],
    "rag.texts.texts": [answer_texts.texts],
    "rag.texts.lacking_text": [lambda t: answer_texts.lacking_text("zh", t.split() or [t])],
    "index.text.folding.fold": [folding.fold],
    "index.text.folding.fold_words": [folding.fold_words],
    "index.text.folding.plain": [folding.plain],
    "index.text.folding.fold_in_place": [folding.fold_in_place],
    "index.text.folding.simplified": [folding.simplified],
    "index.text.folding.normalize": [
        lambda t: [folding.normalize(form, t) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    ],
    "index.search.terms.terms": [terms.terms],
    "index.search.terms.term_spans": [lambda t: terms.term_spans(t, {"哈哈", "a", "1", "may"})],
    "index.cutting.sentences.split_sentences": [sentences.split_sentences],
    "index.cutting.sentences.sentences_within": [
        lambda t: sentences.sentences_within(t, Span(0, len(t)))
    ],
    "index.cutting.paragraphs.split_paragraphs": [paragraphs.split_paragraphs],
    "index.cutting.paragraphs.split_blocks": [lambda t: list(paragraphs.split_blocks(t))],
    "index.cutting.paragraphs.columns": [paragraphs.columns],
    "index.cutting.paragraphs.trimmed": [lambda t: paragraphs.trimmed(t, Span(0, len(t)))],
    "index.search.scope.make_scope": [scoped],
    "index.search.scope.matcher": [
        lambda t: scope.matcher(Scope((t, f"*{t}*")))("哈哈/b.md", None),
        lambda t: scope.matcher(Scope(("*a*b*c", "[ab]*x?", "哈/")))(t, None),
    ],
    "index.search.scope.check_date": [dated],
    "index.terminal.visible": [terminal.visible],
    "index.terminal.on_one_line": [terminal.on_one_line],
    "index.terminal.typed": [lambda t: terminal.typed(t.replace("\ud800", "x"))],
    "webui.drawing.markup.join": [lambda t: markup.join(list(t))],
    "webui.drawing.markup.marked": [lambda t: markup.marked(t, [])],
    "webui.drawing.markup.whole_characters": [
        lambda t: markup.whole_characters(t, len(t) // 2, len(t))
    ],
    "webui.drawing.markup.event": [lambda t: markup.event("ask", {"question": t})],
    "webui.drawing.markup.link": [lambda t: (markup.link(t), markup.link(f"http://{t}"))],
    "webui.drawing.markup.is_web_address": [markup.is_web_address],
    "webui.drawing.markup.lang_of": [markup.lang_of],
    "webui.drawing.exchanges.pieces": [lambda t: exchanges.pieces(exchange(t), PAGE)],
    "webui.drawing.exchanges.copyable": [lambda t: exchanges.copyable(exchange(t), PAGE)],
    "webui.drawing.exchanges.scope_in_words": [
        lambda t: exchanges.scope_in_words(Scope((t,)), PAGE)
    ],
    "webui.drawing.replies.answer_text": [
        lambda t: replies.answer_text(exchange(t), PAGE),
        lambda t: replies.answer_text(conversations.Exchange(shortly_answered(t)), PAGE),
    ],
    "webui.drawing.replies.quoted": [
        lambda t: replies.quoted(answer(t)),
        lambda t: replies.quoted(shortly_answered(t)),
    ],
    "webui.drawing.lines.is_item": [lines.is_item],
    "webui.drawing.lines.structured": [
        lambda t: lines.structured(t, 0, len(t), lambda _start, _end: markup.EMPTY, texts=PAGE)
    ],
    "webui.drawing.refusals.refused": [lambda t: refusals.refused(refused_exchange(t))],
    "webui.drawing.refusals.nearest": [lambda t: refusals.nearest(exchange(t), PAGE)],
    "webui.drawing.refusals.advice": [lambda t: refusals.advice(exchange(t), t, PAGE)],
    "webui.drawing.replies.lead": [
        lambda t: replies.lead(conversations.Exchange(shortly_answered(t)), PAGE)
    ],
    "webui.drawing.beside.welcome": [lambda t: beside.welcome(PAGE, examples=[t], documents=1)],
    "webui.drawing.beside.conversation_list": [
        lambda t: beside.conversation_list(
            listings.Listing((listings.Listed("1", t, "2031-02", t),), "2"), PAGE
        )
    ],
    "webui.drawing.exchanges.listed": [lambda t: exchanges.listed(exchange(t), PAGE)],
    "webui.drawing.exchanges.remarks": [lambda t: list(exchanges.remarks(exchange(t), PAGE))],
    "webui.drawing.notes.notebook": [
        lambda t: drawn_notes.notebook([notes.Note("1", exchange(t), t)], PAGE)
    ],
    "webui.notes.remarked": [lambda t: notes.remarked("1", t, SEAL)],
    "webui.notes.from_browser": [
        lambda t: notes.from_browser([{"note_id": t, "sealed": t, "remark": t}], SEAL)
    ],
    "rag.export.outline.outline": [lambda t: list(outline.outline(exported(t), "zh"))],
    "rag.export.outline.readable": [outline.readable],
    "rag.export.markdown.drawn": [lambda t: markdown.drawn(exported(t), "zh")],
    "rag.export.markdown.escaped": [markdown.escaped],
    "rag.export.html.drawn": [lambda t: html.drawn(exported(t), "zh")],
    "rag.export.reading.read": [read_export],
    "rag.export.verifying.check": [
        lambda t: verifying.check(citation(1, t), verifying.Stored(t[1:], "")),
        lambda t: verifying.check(citation(1, t[: len(t) // 2]), verifying.Stored(t, "")),
    ],
    "rag.export.verifying.verify": [  # no document holds half a pair
        lambda t: verifying.verify(exported(t), lambda _: document(t.replace("\ud800", "")))
    ],
    "webui.drawing.citations.copyable_citation": [
        lambda t: citations.copyable_citation(citation(1, t), PAGE)
    ],
    "webui.drawing.citations.evidence_list": [
        lambda t: citations.evidence_list(exchange(t), [0, 1], PAGE),
    ],
    "webui.drawing.citations.snippet": [
        lambda t: citations.snippet(citation(1, t), (0, len(t)), PAGE)
    ],
    "webui.drawing.citations.reference": [lambda t: citations.reference(exchange(t), 0, PAGE)],
    "webui.drawing.citations.verbatim": [lambda t: citations.verbatim(shortly_answered(t))],
    "webui.drawing.citations.short_mark": [lambda t: citations.short_mark(t, 0, len(t), PAGE)],
    "webui.conversations.Conversation.named_by": [
        lambda t: conversations.Conversation().named_by(t)
    ],
    "webui.conversations.to_json": [
        lambda t: conversations.to_json(
            known := conversation(t.replace("\ud800", "")), known.exchanges, SEAL
        )
    ],
    "webui.conversations.from_json": [lambda t: conversations.from_json(kept(t), SEAL)],
    "webui.conversations.turn_from_json": [conversations.turn_from_json],
    "webui.conversations.Conversation.named_anew": [
        lambda t: conversations.Conversation("1", t).named_anew(t, t)
    ],
    "webui.listings.listing_from_json": [lambda t: listings.listing_from_json(listed(t), SEAL)],
    "webui.conversations.renamed": [lambda t: conversations.renamed("1", t)],
}
NO_TEXT = {
    "rag.writing.stated.is_year": "takes what is one number",
    "rag.writing.turning_de.asked": "is `turning.questions`, which bounds the text",
    "rag.writing.turning_en.asked": "is `turning.questions`, which bounds the text",
    "rag.writing.turning_zh.asked": "is `turning.questions`, which bounds the text",
    "rag.writing.citing.CitationParser.number_of": "takes a number",
    "rag.checking.support.sources": "looks up vectors",
    "rag.checking.support.encode": "is the network's",
    "rag.checking.support.SupportChecker.attribute": "checks each passage",
    "rag.checking.support.Source.figures": "is `figures.figures`",
    "rag.checking.support.Source.language": "is `language.detect`",
    "rag.checking.support.Source.windows": "is `matching.sentences`",
    "rag.checking.support.Source.columns": "vectors",
    "index.text.numerals.readings": "takes what is one number",
    "index.text.numerals.whole": "takes what is one number",
    "index.text.qualifiers.halves": "takes a row of a table",
    "index.text.units.any_of": "makes a pattern of names",
    "index.search.matching.by_sentence": "vectors, and `matching.sentences`",
    "rag.understanding.phrases.Words.pattern": "makes a pattern of words",
    "rag.understanding.phrases.Words.any_of": "makes a set of words",
    "rag.understanding.documents.documents_in": "is `scope.matcher`",
    "rag.understanding.documents.spoken_of": "is `messages.classify` and `named_documents`",
    "rag.understanding.documents.telling": "takes no text",
    "rag.finding.evidence.find": "is the reader's network",
    "rag.texts.language_name": "takes codes of languages",
    "webui.drawing.exchanges.possible": "takes no text",
    "webui.drawing.exchanges.transcript": "takes no text",
    "webui.drawing.beside.still_answering": "takes no text",
    "webui.drawing.citations.place": "numbers",
    "webui.drawing.citations.page": "numbers",
    "webui.drawing.citations.short_in": "compares numbers",
    "webui.drawing.citations.open_event": "takes no text",
    "webui.conversations.Exchange.among": "takes no text",
    "webui.conversations.Exchange.again": "takes no text",
    "webui.conversations.Exchange.now_judged": "takes no text",
    "webui.conversations.found": "copies passages",
    "webui.drawing.beside.conversations_frame": "takes no text",
    "webui.drawing.notes.notebook_frame": "takes no text",
    "rag.export.verifying.short_holds": "compares",
}


def public(module: object) -> Iterator[str]:
    """Yield the public functions of a module, and the public methods of its public classes."""
    name = module.__name__
    for own, value in vars(module).items():
        if own.startswith("_") or getattr(value, "__module__", None) != name:
            continue
        if not inspect.isclass(value):
            yield from [f"{name}.{own}"] if callable(value) else []
            continue
        for method, found in vars(value).items():
            made = not method.startswith("_") and not inspect.isdatadescriptor(found)
            if made and (callable(found) or hasattr(found, "func")):
                yield f"{name}.{own}.{method}"


def test_every_public_function_is_in_the_table() -> None:
    assert {each for module in MODULES for each in public(module)} == READS.keys() | NO_TEXT.keys()
    assert not READS.keys() & NO_TEXT.keys()


TABLE_WORDS = sorted(
    word.replace("_", " ")
    for word in {
        word
        for table in tables().values()
        for key, text in table.items()
        if key not in ("adds", "opens", "goes_on", "dummy")
        for word in text.replace("/", " ").split()
    }
)
UNITS = [
    *(
        "哈",
        "啊吧呢呀哈嘛",
        "的",
        "a",
        "A",
        "please ",
        "哈哈 ",
        "那么",
        "它",
        "了多少",
        "还有",
        "请问",
    ),
    *(
        " ",
        "\t ",
        "\n",
        "\u3000",
        "哈 ",
        "a b ",
        "。",
        "...",
        "!",
        ",",
        "a, ",
        "甲、乙和",
        "a,, and ",
    ),
    *("(", "[", "{", "《", "“", "”", '"', "'", "„", "«", "`", "*", "?", "[!", "[a", "<", "|", "# "),
    *(
        '. "',
        "。）",
        "a. B ",
        "e.g.",
        "Dr. ",
        "1) ",
        "第一章\n",
        "- a\n",
        "| a |",
        "word " * 14 + "\n",
    ),
    *(
        "1",
        "1.",
        "1,000",
        "1-",
        "２",
        "٣",
        "2020年",
        "2020-10-14 ",
        "3 May ",
        "may ",
        "百分之",
        "一",
    ),
    *("三分之", "twenty-one ", "1 million ", "about 5% ", "$ ", "5G", "GPT-4", "C++", "1'000'"),
    *(
        "\u0301\u0316",
        "\u0f73",
        "\u094d\u093c",
        "か\u3099",
        "ﾊﾟ",
        "ﷺ",
        "ﬃ",
        "\u200d",
        "🇨",
        "👨\u200d",
    ),
    *(
        "한국",
        "\u1100",
        "كيف ",
        "что ",
        "区區",
        "これは",
        "bạn ",
        "a哈1ж한かم ",
        "\u202e",
        "a\ud800",
    ),
    *(
        "[1]",
        "[1, ",
        "[[1]",
        "【1】",
        "  [",
        "</text-0123456789",
        "“a”[1]",
        "[1-",
        "<think>",
        "<th",
    ),
    *(
        "is it how ",
        "it is the a ",
        "is there a ",
        "dazu dass ",
        "es a ",
        "not ",
        "n't",
        "Ab ",
        "Ab-",
    ),
    *(
        "summary of ",
        "what does ",
        "を要約",
        "について",
        "要約して",
        "把总结",
        "的总结",
        "good morning ",
    ),
    *(
        "hello. ",
        "你好,",
        "你好 ",
        "hi 请问",
        "http://a.b/",
        "*a",
        "?*",
        "a_",
        "/",
        "..",
        "John Smith & ",
    ),
]
HALVES = [("(", ")"), ("[", "]"), ("《", "》"), ("“", "”"), ("哈", "!"), ("a", "b"), ("你好", "。")]
TELLING = [
    *(
        "哈",
        "啊吧呢呀哈嘛",
        "please ",
        "的",
        " ",
        "a, ",
        "a\n\n",
        '"',
        "[",
        "[!a",
        "1",
        "三分之",
        "Ab' ",
    ),
    *("1 million ", "\u0301\u0316", "\u0f73", "🇨", "[1]"),
]
"""One of each kind that was slow."""


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def halves(first: str, second: str) -> Callable[[int], str]:
    return lambda size: (first * size)[: size // 2] + (second * size)[: size - size // 2]


def slow(read: Read, text_of: Callable[[int], str]) -> str:
    """Return what is wrong with the time that a function takes, nothing where it is linear."""
    taken = dict.fromkeys(STEPS, 0.0)
    for size in STEPS:
        taken[size] = seconds(read, text_of(size))
        if taken[size] > LONGEST_SECONDS:
            return f"{size} characters take {taken[size]:.1f} s"
    return next(filter(None, (grows(read, text_of, taken, *pair) for pair in FOURFOLD)), "")


def grows(
    read: Read, text_of: Callable[[int], str], taken: dict[int, float], less: int, most: int
) -> str:
    """Return how the time grows, nothing where it is linear."""
    for _ in range(6):
        if taken[most] <= MOST_GROWTH * max(taken[less], TELLING_SECONDS):
            return ""
        for size in (less, most):
            taken[size] = min(seconds(read, text_of(size)), taken[size])
    return f"{less} characters take {taken[less]:.4f} s, {most} take {taken[most]:.4f} s"


def seconds(read: Read, text: str) -> float:
    started = time.thread_time()
    read(text)
    return time.thread_time() - started


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load what is loaded at the first call."""
    for reads in READS.values():
        for read in reads:
            read("Is it 3 May here, 区 \u0301?")


def faults(name: str, adversaries: dict[str, Callable[[int], str]]) -> list[str]:
    return [
        f"{adversary!r}: {fault}"
        for adversary, text_of in adversaries.items()
        for read in READS[name]
        if (fault := slow(read, text_of))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", READS)
def test_time_is_linear(name: str) -> None:
    adversaries = {unit: repeated(unit) for unit in TELLING}
    assert not faults(name, adversaries | {"哈。": halves("哈", "。"), "[]": halves("[", "]")})


@pytest.mark.slow
@pytest.mark.parametrize("name", READS)
def test_time_is_linear_with_every_filler(name: str) -> None:
    """Each repeated, and brackets nested."""
    nested = {first + second: halves(first, second) for first, second in HALVES}
    assert not faults(name, {unit: repeated(unit) for unit in UNITS} | nested)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.sampled_from([*UNITS, *TABLE_WORDS]), min_size=1, max_size=4),
    st.sampled_from(["", "哈", "，x", "!", "“", "1"]),
)
def test_time_is_linear_whatever_is_repeated(units: list[str], end: str) -> None:
    text_of = repeated(" ".join(units))
    for name, reads in READS.items():
        for read in reads:
            assert slow(read, lambda size: text_of(size - len(end)) + end) == "", name


def test_hundreds_of_turns_are_read_as_fast() -> None:
    def read(text: str) -> object:
        turns = [Turn(text[:MAX_QUESTION_CHARS], text)] * (len(text) // 10)
        return followups.complete("那南山区呢？", turns)

    assert slow(read, repeated("甲、乙和丙，还有它 ")) == ""


def test_normal_forms_are_those_of_unicode() -> None:
    marks = "\u0301\u0316\u0f73\u0344\u094d\u093c\u3099\uff9e\u0345"
    for order in itertools.permutations(marks, 2):
        for before, after in itertools.product(("é", "ﬁ", "한", "ﾊ", ""), ("", "a", "\u0f81")):
            text = before + "".join(order) * 20 + after
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                assert folding.normalize(form, text) == unicodedata.normalize(form, text)
