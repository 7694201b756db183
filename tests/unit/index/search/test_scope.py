"""Scopes: what patterns and dates hold, what is refused, and that searches look inside only."""

import fnmatch
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ChatbotError
from index.keeping.library import Library
from index.search.scope import make_scope, matcher
from index.settings import IndexSettings
from index.types import EVERYTHING, Scope

DOC_IDS = (
    "harbour.md",
    "reports/2020/a.md",
    "reports/2020/[1].txt",
    "reports.md",
    "报告/年报.txt",
    "报告/草稿/年报.txt",
    unicodedata.normalize("NFD", "café/été.txt"),
    "👩‍👩‍👧.txt",
)


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("harbour.md", ["harbour.md"]),
        ("reports", ["reports/2020/a.md", "reports/2020/[1].txt"]),
        ("reports/", ["reports/2020/a.md", "reports/2020/[1].txt"]),
        ("reports/2020", ["reports/2020/a.md", "reports/2020/[1].txt"]),
        ("reports/2020/[1].txt", ["reports/2020/[1].txt"]),
        ("report", []),
        ("*.md", ["harbour.md", "reports/2020/a.md", "reports.md"]),
        ("reports*", ["reports/2020/a.md", "reports/2020/[1].txt", "reports.md"]),
        ("reports/20?0", ["reports/2020/a.md", "reports/2020/[1].txt"]),
        ("[a-h]*.md", ["harbour.md"]),
        ("报告", ["报告/年报.txt", "报告/草稿/年报.txt"]),
        ("报告/*/年报.txt", ["报告/草稿/年报.txt"]),
        ("*年报*", ["报告/年报.txt", "报告/草稿/年报.txt"]),
        ("café", [unicodedata.normalize("NFD", "café/été.txt")]),
        ("*é.txt", [unicodedata.normalize("NFD", "café/été.txt")]),
        ("*/été.???", [unicodedata.normalize("NFD", "café/été.txt")]),
        ("👩‍👩‍👧.txt", ["👩‍👩‍👧.txt"]),
        ("HARBOUR.md", []),
        ("*", list(DOC_IDS)),
        ("../harbour.md", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_a_pattern_holds(pattern: str, held: list[str], form: str) -> None:
    holds = matcher(Scope((unicodedata.normalize(form, pattern),)))
    assert [doc_id for doc_id in DOC_IDS if holds(doc_id, None)] == held


def test_several_patterns_hold_what_each_of_them_holds() -> None:
    holds = matcher(Scope(("harbour.md", "报告/")))
    assert [doc_id for doc_id in DOC_IDS if holds(doc_id, None)] == [
        *("harbour.md", "报告/年报.txt", "报告/草稿/年报.txt")
    ]


@settings(max_examples=150, deadline=None)
@given(st.text("ab/*?[]!-", max_size=8), st.text("ab/[]-", max_size=8))
def test_wildcards_are_those_of_the_shell(pattern: str, name: str) -> None:
    expected = (
        name == pattern
        or name.startswith(f"{pattern.rstrip('/')}/")
        or fnmatch.fnmatchcase(name, pattern)
        or fnmatch.fnmatchcase(name, f"{pattern.rstrip('/')}/*")
    )
    assert matcher(Scope((pattern,)))(name, None) == expected


@pytest.mark.parametrize(
    ("since", "until", "date", "inside"),
    [
        (None, None, None, True),
        ("2020", None, None, False),
        ("2020", None, "neulich", False),
        ("2020-10-14", None, "2020-10-14", True),
        ("2020-10-15", None, "2020-10-14", False),
        (None, "2020-10-14", "2020-10-14", True),
        (None, "2020-10-13", "2020-10-14", False),
        (None, "2020-10", "2020-10-31", True),
        (None, "2020-10", "2020-11-01", False),
        (None, "2020", "2020-12-31", True),
        (None, "2020", "2021", False),
        ("2020", "2020", "2020-06-30", True),
        ("2020-10", "2020-10", "2020-10-01", True),
        # A document of a month or year is inside when any day of it is.
        ("2020-10-14", None, "2020-10", True),
        ("2020-11-01", None, "2020-10", False),
        ("2020-10-14", None, "2020", True),
        ("2021-01-01", None, "2020", False),
        (None, "2020-10-14", "2020-10", True),
        (None, "2020-09-30", "2020-10", False),
        (None, "2020-01-01", "2020", True),
        ("2020-10-14", "2020-10-14", "2020-10-14T23:59:59", True),
        ("2020-10-13", "2020-10-13", "2020-10-14T00:00:00", False),
    ],
)
def test_what_a_range_of_dates_holds(
    since: str | None, until: str | None, date: str | None, inside: bool
) -> None:
    assert matcher(Scope((), since, until))("a.md", date) == inside


periods = st.one_of(
    st.just("2020"),
    st.integers(1, 12).map("2020-{:02}".format),
    st.tuples(st.integers(1, 12), st.integers(1, 28)).map(lambda d: "2020-{:02}-{:02}".format(*d)),
)


@settings(max_examples=150, deadline=None)
@given(periods, periods, periods)
def test_a_range_holds_what_it_shares_a_day_with(since: str, until: str, date: str) -> None:
    def days(period: str) -> set[str]:
        every = {f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32)}
        return {day for day in every if day.startswith(period)}

    first, last = min(days(since)), max(days(until))
    shared = any(first <= day <= last for day in days(date))
    if first <= last:
        scope = make_scope(since=since, until=until, doc_ids=DOC_IDS)
        assert matcher(scope)("a.md", date) == shared
    else:
        with pytest.raises(ChatbotError, match="Exchange the two"):
            make_scope(since=since, until=until, doc_ids=DOC_IDS)


@pytest.mark.parametrize(
    ("patterns", "since", "until", "code", "said"),
    [
        ([], "2020-13", None, "bad_date", "2020-10-14"),
        ([], None, "2020-02-30", "bad_date", "2020-02-30"),
        ([], "yesterday", None, "bad_date", "yesterday"),
        ([], "２０２０", None, "bad_date", "2020-10"),
        ([], "20", None, "bad_date", "2020"),
        ([], "2020-1-1", None, "bad_date", "2020-10-14"),
        ([], "2020-10-14T08:00", None, "bad_date", "2020-10-14"),
        ([], "0000", None, "bad_date", "0000"),
        ([], "2021", "2020", "no_period", "Exchange"),
        ([], "2020-10-15", "2020-10-14", "no_period", "Exchange"),
        (["harbour.md", "none.md"], None, None, "no_match", "none.md"),
        (["Reports"], None, None, "no_match", "python -m index list"),
        ([""], None, None, "no_match", "python -m index list"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    patterns: list[str], since: str | None, until: str | None, code: str, said: str
) -> None:
    with pytest.raises(ChatbotError, match=said) as refused:
        make_scope(patterns, since=since, until=until, doc_ids=DOC_IDS)
    assert refused.value.code == code


def test_a_scope_is_made_of_what_was_typed() -> None:
    made = make_scope(iter(["reports"]), since="2020", until="2020-10-14", doc_ids=DOC_IDS)
    assert made == Scope(("reports",), "2020", "2020-10-14")
    assert make_scope(doc_ids=()) == make_scope(since="", until="", doc_ids=()) == EVERYTHING


@pytest.fixture
def crowd(settings: IndexSettings, counting) -> Library:
    """A hundred documents, of which the best two for a question are not those in the scope."""
    folder: Path = settings.corpus_dir
    (folder / "报告").mkdir()
    for n in range(98):
        (folder / f"{n:02}.txt").write_text(f"港口货运吞吐量问题，第{n}次说明。", "utf-8")
    for name in ("一", "二"):
        file = folder / "报告" / f"{name}.md"
        file.write_text(f"这里讲别的事情，{name}，只顺便提到港口。\n", "utf-8")
        file.with_name(f"{file.name}.meta.json").write_text('{"date": "2031-05"}', "utf-8")
    library = Library(settings, embedder=counting)
    library.update()
    yield library
    library.close()


@pytest.mark.parametrize(
    "scope",
    [
        Scope(("报告",)),
        Scope(("报告/一.md", "*/二.md")),
        Scope((), since="2031-05-15", until="2031"),
        Scope(("*",), since="2031"),
    ],
)
def test_both_searches_look_in_the_scope_only(crowd: Library, scope: Scope) -> None:
    question = "港口货运吞吐量"
    vector = crowd.encode_questions([question])[0].pooled
    everywhere = crowd.search_dense(vector, 3)
    assert not any(chunk.doc_id.startswith("报告") for chunk, _ in everywhere)
    dense = crowd.search_dense(vector, 3, scope)
    lexical = crowd.search_lexical(["港口", "货运"], 3, scope)
    assert {chunk.doc_id for chunk, _ in dense} == {"报告/一.md", "报告/二.md"}
    assert {hit.chunk.doc_id for hit in lexical} == {"报告/一.md", "报告/二.md"}
    assert len(dense) == len(lexical) == 2
    assert crowd.search_dense(vector, 3, Scope(("none",))) == []
    assert crowd.search_lexical(["港口"], 3, Scope(("none",))) == []
