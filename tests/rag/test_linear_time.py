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

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import language, normal_forms, paragraphs, scope, sentences, terminal, terms
from index.errors import ChatbotError
from index.store import DocumentSummary
from index.types import Chunk, Document, Metadata, Scope, Span
from rag import (
    citing,
    evidence,
    figures,
    followups,
    matching,
    messages,
    names,
    phrases,
    quantities,
    summary,
    support,
)
from rag import language as rag_language
from rag import texts as answer_texts
from rag.reference_words import SPACED
from rag.types import MAX_QUESTION_CHARS, Answer, Citation, Passage, Sentence, Turn
from webui import conversations, markup, render
from webui.sealing import Seal
from webui.texts import TEXTS

MODULES = (
    *(messages, phrases, followups, rag_language, figures, names, quantities, citing, support),
    *(matching, summary, evidence, answer_texts, language, normal_forms, terms, sentences),
    *(paragraphs, scope, terminal, markup, render, conversations),
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
KNOWN = quantities.figures("在2020年有1,000米，5 %，about 12.5 million, May 2021", every=True)
SAID = quantities.figures("3 May 2020, 5 %, 37万平方米, about 1000")
PHRASES = phrases.Phrases(
    [[phrases.Words(["哈", "a", ""]), None, phrases.Words(["哈哈", "a a", "1"])]] * 3,
    around=phrases.Words(["哈", "哈哈", "a", "的", "please"]),
)
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
    }


def titled(title: str) -> DocumentSummary:
    return DocumentSummary("港/a.md", Metadata(title), None, None, "zh", 9, 1)


def document(text: str) -> Document:
    return Document("a.md", text, Metadata("t"))


def streamed(text: str, size: int) -> str:
    parser = citing.CitationParser(3)
    pieces = [parser.feed(text[start : start + size]) for start in range(0, len(text), size)]
    return "".join(pieces) + parser.finish()


def tokens(text: str) -> list[names.Token]:
    return [names.Token(place, place + 1, 0.0) for place in range(len(text))]


def evidence_of(text: str) -> evidence.Evidence:
    one = np.ones(1, np.float32)
    figure = figures.asked_figure("多少", text)
    passage = Passage(Chunk("a.md", 0, len(text), text), 0.5)
    return evidence.Evidence(passage, 0, len(text), text, 0.5, figure, one, one)


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


ASKED = Turn("福田区有多少个基站？", "5260个")
HIGH = Turn("How high is the tower in Hamburg?", "90 m")
READS: dict[str, list[Read]] = {
    "rag.messages.classify": [messages.classify],
    "rag.messages.fold": [messages.fold],
    "rag.phrases.Words.ends": [lambda t: [list(WORDS.ends(t, i)) for i in range(len(t))]],
    "rag.phrases.Words.run_end": [WORDS.run_end],
    "rag.phrases.Words.run_start": [WORDS.run_start],
    "rag.phrases.Phrases.read": [PHRASES.read],
    "rag.followups.complete": [
        lambda t: followups.complete(t, [ASKED, HIGH], [t]),
        lambda t: followups.complete(t[:300], [ASKED, HIGH], [t]),
        lambda t: followups.complete("那南山区呢？", [Turn(t, t)], ["福田", t]),
        lambda t: followups.complete("And in Bremen?", [Turn(f"{t} in Hamburg", t)]),
        lambda t: followups.complete("第二个呢？", [ASKED, Turn(ASKED.question, t)]),
    ],
    "rag.language.detect": [rag_language.detect],
    "index.language.document_language": [language.document_language],
    "rag.figures.lacks_figure": [
        lambda t: figures.lacks_figure(t, "5"),
        lambda t: (figures.lacks_figure("多少", t), figures.lacks_figure("when", t)),
    ],
    "rag.figures.asked_figure": [
        lambda t: figures.asked_figure(t, "5260 in 2020"),
        lambda t: (figures.asked_figure("多少", t), figures.asked_figure("when", t)),
    ],
    "rag.names.folded": [names.folded],
    "rag.names.missing_quotes": [
        lambda t: list(names.missing_quotes(t, "source")),
        lambda t: list(names.missing_quotes("“ab”", t)),
    ],
    "rag.names.missing_names": [
        lambda t: list(names.missing_names(t, "Source 罗宾汉", tokens(t))),
        lambda t: list(names.missing_names(t, "", tokens(t), nouns_are_capital=True)),
        lambda t: list(names.missing_names("Abc Def 罗宾汉", t, tokens("Abc Def 罗宾汉"))),
        lambda t: list(names.missing_names(t, t.swapcase(), ())),
    ],
    "rag.quantities.figures": [quantities.figures, lambda t: quantities.figures(t, every=True)],
    "rag.quantities.missing": [
        lambda t: quantities.missing(quantities.figures(t), KNOWN),
        lambda t: quantities.missing(SAID, quantities.figures(t, every=True)),
        lambda t: quantities.missing(quantities.figures(t), quantities.figures(t[::-1])),
    ],
    "rag.citing.CitationParser.feed": [lambda t: streamed(t, 1), lambda t: streamed(t, 7)],
    "rag.citing.CitationParser.finish": [lambda t: streamed(t, len(t))],
    "rag.citing.without_thoughts": [
        lambda t: list(citing.without_thoughts(t)),
        lambda t: list(citing.without_thoughts(["<think>", *t, t])),
    ],
    # The rest of `support` compares vectors; these patterns read the sentence itself.
    "rag.support.SupportChecker.check": [
        lambda t: (support._DENIES.search(t), support._MAY_DENY.search(t))
    ],
    "rag.matching.sentences": [matching.sentences.__wrapped__],
    "rag.summary.named_documents": [
        lambda t: summary.named_documents(t, [titled("福田讨论改革的会 in Hamburg")]),
        lambda t: summary.named_documents("hamburg report 福田", [titled(t)]),
    ],
    "rag.summary.documents_answer": [lambda t: summary.documents_answer("zh", [titled(t)])],
    "rag.summary.summarise": [lambda t: summary.summarise(document(t), 6)],
    "rag.evidence.select": [lambda t: evidence.select([evidence_of(t), evidence_of(t[::-1])], 4)],
    "rag.evidence.disagree": [lambda t: evidence.disagree([evidence_of(t), other_document(t)])],
    "rag.texts.texts": [answer_texts.texts],
    "index.normal_forms.normalize": [
        lambda t: [normal_forms.normalize(form, t) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    ],
    "index.terms.terms": [terms.terms],
    "index.terms.term_spans": [lambda t: terms.term_spans(t, {"哈哈", "a", "1", "may"})],
    "index.sentences.split_sentences": [sentences.split_sentences],
    "index.sentences.sentences_within": [lambda t: sentences.sentences_within(t, Span(0, len(t)))],
    "index.paragraphs.split_paragraphs": [paragraphs.split_paragraphs],
    "index.paragraphs.split_blocks": [lambda t: list(paragraphs.split_blocks(t))],
    "index.paragraphs.trimmed": [lambda t: paragraphs.trimmed(t, Span(0, len(t)))],
    "index.scope.make_scope": [scoped],
    "index.scope.matcher": [
        lambda t: scope.matcher(Scope((t, f"*{t}*")))("哈哈/b.md", None),
        lambda t: scope.matcher(Scope(("*a*b*c", "[ab]*x?", "哈/")))(t, None),
    ],
    "index.scope.check_date": [dated],
    "index.terminal.visible": [terminal.visible],
    "index.terminal.on_one_line": [terminal.on_one_line],
    "index.terminal.typed": [lambda t: terminal.typed(t.replace("\ud800", "x"))],
    "webui.markup.join": [lambda t: markup.join(list(t))],
    "webui.markup.marked": [lambda t: markup.marked(t, [])],
    "webui.markup.event": [lambda t: markup.event("ask", {"question": t})],
    "webui.markup.link": [lambda t: (markup.link(t), markup.link(f"http://{t}"))],
    "webui.markup.is_web_address": [markup.is_web_address],
    "webui.markup.lang_of": [markup.lang_of],
    "webui.render.transcript": [lambda t: render.transcript(conversation(t), PAGE)],
    "webui.render.welcome": [lambda t: render.welcome(PAGE, examples=[t], documents=1)],
    "webui.render.conversation_list": [
        lambda t: render.conversation_list(conversations.Listing((("1", t),), "2"), PAGE)
    ],
    "webui.render.copyable": [lambda t: render.copyable(exchange(t), PAGE)],
    "webui.render.copyable_citation": [lambda t: render.copyable_citation(citation(1, t), PAGE)],
    "webui.render.scope_in_words": [lambda t: render.scope_in_words(Scope((t,)), PAGE)],
    "webui.render.answer_text": [lambda t: render.answer_text(answer(t), PAGE)],
    "webui.render.open_event": [lambda t: render.open_event(citation(1, t), [citation(1)], "x")],
    "webui.conversations.Conversation.with_exchange": [
        lambda t: conversations.Conversation().with_exchange(exchange(t))
    ],
    "webui.conversations.Conversation.history": [lambda t: conversation(t).history()],
    "webui.conversations.shorten": [lambda t: conversations.shorten(t, 40)],
    "webui.conversations.citation_to_json": [
        lambda t: conversations.citation_to_json(citation(1, t.replace("\ud800", "")))
    ],
    "webui.conversations.citation_from_json": [conversations.citation_from_json],
    "webui.conversations.to_json": [
        lambda t: conversations.to_json(
            known := conversation(t.replace("\ud800", "")), known.exchanges, SEAL
        )
    ],
    "webui.conversations.from_json": [lambda t: conversations.from_json(kept(t), SEAL)],
    "webui.conversations.listing_from_json": [
        lambda t: conversations.listing_from_json({"conversations": [["1", t]]}, SEAL)
    ],
    "webui.conversations.from_before": [lambda t: conversations.from_before(t, SEAL)],
    "webui.conversations.renamed": [lambda t: conversations.renamed("1", t)],
}
NO_TEXT = {
    "rag.citing.CitationParser.number_of": "takes a number",
    "rag.support.sources": "looks up vectors",
    "rag.support.encode": "is the network's",
    "rag.support.SupportChecker.attribute": "checks each passage",
    "rag.support.Source.figures": "is `quantities.figures`",
    "rag.support.Source.language": "is `language.detect`",
    "rag.support.Source.signs": "vectors",
    "rag.support.Source.columns": "vectors",
    "rag.matching.compare": "vectors",
    "rag.matching.by_sentence": "vectors, and `matching.sentences`",
    "rag.evidence.EvidenceFinder.find": "vectors, and `figures.asked_figure`",
    "webui.render.place": "numbers",
    "webui.render.page": "numbers",
    "webui.conversations.Conversation.without_last": "takes no text",
    "webui.conversations.Conversation.exchange": "compares ids",
    "webui.conversations.Exchange.again": "takes no text",
    "webui.conversations.Exchange.now_judged": "takes no text",
    "webui.conversations.found": "copies passages",
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


TABLES = (
    *(messages._GREETINGS, messages._POLITE, messages._CAPABILITIES, messages._DOCUMENTS),
    *(messages._SUMMARIES, messages._CONTENTS, messages._DOCUMENT_WORDS),
)
TABLE_WORDS = sorted(
    {word.replace("_", " ") for table in TABLES for word in table.replace("/", " ").split()}
    | {word for one in SPACED.values() for word in one.refers | one.asks}
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
                assert normal_forms.normalize(form, text) == unicodedata.normalize(form, text)
