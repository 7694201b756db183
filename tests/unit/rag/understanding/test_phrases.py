"""Phrases are read as a backtracking pattern reads them, which takes exponential time."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from index.text.folding import fold_words
from rag.understanding.phrases import Phrases, Words

LETTER = r"[\p{Latin}\p{Cyrillic}\p{Arabic}]"
GAP = rf"(?:\ +|(?<!{LETTER})|(?!{LETTER}))"
WORD = st.sampled_from(["哈", "哈哈", "你好", "好", "a", "b", "ab", "что", "一下", "下", "5g"])
WORDS = st.lists(WORD, min_size=1, max_size=3)
CHOICES = WORDS | WORDS.map(lambda words: [*words, ""])
TEXT = st.lists(WORD | st.just(" "), max_size=7).map("".join).map(fold_words)


def alternatives(words: list[str]) -> str:
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    return "(?:" + "|".join(map(regex.escape, longest_first)) + ")"


def form(line: list[list[str] | None]) -> str:
    parts: list[str] = []
    for words in line:
        part = "(?P<name>.*?)" if words is None else alternatives(words)
        gap = GAP if parts else ""
        parts.append(f"(?:{gap}{part})?" if words and "" in words else f"{gap}{part}")
    return "".join(parts)


@st.composite
def lines(draw: st.DrawFn) -> list[list[str] | None]:
    line: list[list[str] | None] = list(draw(st.lists(CHOICES, min_size=1, max_size=3)))
    if draw(st.booleans()):
        line.insert(draw(st.integers(0, len(line))), None)
    return line


@given(st.lists(lines(), min_size=1, max_size=3), WORDS, TEXT)
def test_phrases(table: list[list[list[str] | None]], around: list[str], text: str) -> None:
    polite = alternatives(around)
    forms = "|".join(f"(?:{form(line)})" for line in table)
    found = regex.fullmatch(rf"(?:{polite}{GAP})*(?:{forms})(?:{GAP}{polite})*", text)
    phrases = Phrases(
        [[None if words is None else Words(words) for words in line] for line in table],
        around=Words(around),
    )
    named = None if found is None else (found.groupdict().get("name") or "")
    assert phrases.read(text) == named


@given(WORDS, TEXT)
def test_runs_of_words(words: list[str], text: str) -> None:
    word, own = alternatives(words), Words(words)
    begins = regex.match(rf"(?:{word}{GAP})+", text)
    assert own.run_end(text) == (begins.end() if begins else 0)
    ends = regex.search(rf"(?:{GAP}{word})+$", text)
    assert own.run_start(text) == (ends.start() if ends else len(text))
