"""Typing errors in a question's Latin words, and names that are typed in pinyin, told and mended.

Rather silent than wrong: a word is changed only where no document holds it, where neither the
embedder's tokenizer nor a list of words of its language knows it, and where one word of the
documents is clearly the nearest. What differs in its ending alone is another form of the word, not
an error: the vectors see that the two are close. A question in a language that no document is in is
left as it is, but for names in pinyin: "How many schools has Qingshi?" asks for 青石.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.search.terms import terms
from index.search.vocabulary import Vocabulary
from index.text.language import document_language
from rag.understanding.language import language_of

# Not within an address, a file's name, or what has digits.
_WORD = regex.compile(
    r"(?<![\p{Latin}\p{M}\p{N}@./_\\])[\p{Latin}\p{M}]++(?![\p{N}@_\\]|[./:]\w|://|-\p{N})"
)
_SYLLABLE = regex.compile(r"(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?(?:[aeiouvü]{1,4})(?:ng?|r)?")
_BETWEEN_SYLLABLES = regex.compile(r"[ '’-]")
_MOST_SYLLABLES = 6
_SHORT = 4
"""So short a word has too many neighbours: only exchanged letters are an error."""
_LONG = 8
"""From so many letters on, two errors are possible."""
_LONGEST = 40
_ENDING = 2
_ACRONYM = 5
_CLEARLY = 4
"""So many times as many chunks as any other near word must hold the one that is meant."""
_LISTED = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
"""Languages in Latin letters whose words are known: elsewhere, the vectors are left to it."""
_NOT_LATIN = frozenset({"ar", "ja", "ko", "ru", "zh"})
_TELLING = 2
"""From so many common words on, it can be told which language they are."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question, its one term, and whether it is a common word of some language."""

    start: int
    end: int
    written: str
    term: str
    is_common: bool

    @property
    def is_syllable(self) -> bool:
        return _SYLLABLE.fullmatch(self.term) is not None


def corrected(question: str, vocabulary: Vocabulary) -> str | None:
    """Return the question without typing errors and pinyin, None where there is nothing to change.

    What is put in is written as a document that is there writes it.
    """
    words = list(_words(question, vocabulary))
    common = [word for word in words if word.is_common and len(word.term) > 1]
    # Between English words, "long gang" is no name; between Chinese ones, or alone, it is.
    is_pinyin = all(word.is_syllable for word in common)
    if len(common) == len(words) and not (is_pinyin and len(words) > 1):
        return None
    changes: list[tuple[_Word, str]] = []
    passed = 0
    for place, word in enumerate(words):
        if place < passed:
            continue
        found = _name(question, words[place:], vocabulary, is_pinyin=is_pinyin)
        if found is None and (meant := _meant(word, question, common, vocabulary)):
            found = word, meant
        if found is not None:
            changes.append(found)
            while passed < len(words) and words[passed].end <= found[0].end:
                passed += 1
    return _changed(question, changes) if changes else None


def _words(question: str, vocabulary: Vocabulary) -> Iterator[_Word]:
    for match in _WORD.finditer(question):
        written = match.group()
        own = terms(written)
        if len(own) == 1 and len(written) <= _LONGEST:
            is_common = vocabulary.pieces(written.lower()) == 1
            yield _Word(*match.span(), written, own[0], is_common)


def _changed(question: str, changes: Sequence[tuple[_Word, str]]) -> str:
    text, end = "", 0
    for word, meant in changes:
        text += question[end : word.start] + meant
        end = word.end
    return text + question[end:]


# -- names in pinyin --------------------------------------------------------------------------


def _name(
    question: str, words: Sequence[_Word], vocabulary: Vocabulary, *, is_pinyin: bool
) -> tuple[_Word, str] | None:
    """Return the name that the first of these words spells, with those behind it if need be."""
    if not vocabulary.words.headings and not vocabulary.words.han:
        return None
    first = words[0]
    if is_pinyin:
        run = _syllables(question, words)
        for count in range(len(run), 1, -1):
            typed = "".join(word.term for word in run[:count])
            if name := _there(vocabulary.names.spelled(typed), vocabulary):
                end = run[count - 1].end
                return _Word(first.start, end, question[first.start : end], typed, False), name
    if first.is_common or len(first.term) < _SHORT or first.term in vocabulary.words.latin:
        return None
    name = vocabulary.names.spelled(first.term, titled_only=not is_pinyin)
    if name is None and is_pinyin:
        near = _nearest(first.term, vocabulary.names.near, vocabulary.names.chunks)
        name = vocabulary.names.titled(near) if near else None
    name = _there(name, vocabulary)
    return (first, name) if name else None


def _syllables(question: str, words: Sequence[_Word]) -> Sequence[_Word]:
    """Return the words that can be the syllables of one name."""
    count = 0
    for before, word in zip([None, *words], words[:_MOST_SYLLABLES], strict=False):
        if not word.is_syllable or (
            before and not _BETWEEN_SYLLABLES.fullmatch(question[before.end : word.start])
        ):
            break
        count += 1
    return words[:count]


def _there(name: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the name if documents that are there hold all of it."""
    return name if name and all(map(vocabulary.written, terms(name))) else None


# -- typing errors ----------------------------------------------------------------------------


def _meant(
    word: _Word, question: str, common: Sequence[_Word], vocabulary: Vocabulary
) -> str | None:
    """Return the word of the documents that is meant, None where this one is right or none is."""
    written = word.written
    if word.is_common or len(word.term) < _SHORT or word.term in vocabulary.words.latin:
        return None
    if (written.isupper() and len(written) <= _ACRONYM) or any(
        vocabulary.pieces(form) == 1 for form in (written, written.capitalize())
    ):
        return None
    near = _nearest(word.term, vocabulary.near, vocabulary.words.latin.get)
    if near is None:
        return None
    listed = _word_lists(question, common, vocabulary.words.languages)
    if not listed or any(written.lower() in word_list(language) for language in listed):
        return None
    meant = vocabulary.written(near)
    if meant is None or vocabulary.pieces(written) < vocabulary.pieces(meant):
        return None  # a typing error makes more pieces of a word
    if written.istitle() and meant.islower() and len(written) <= _LONG:
        return None  # a short name has words near it by chance
    return meant.lower() if meant.isupper() and not written.isupper() else meant


def _word_lists(
    question: str, common: Sequence[_Word], languages: frozenset[str]
) -> frozenset[str]:
    """Return the languages whose words this question may hold.

    None where it may be in a language that no document is in, or whose words are not known.
    """
    told = languages & (_LISTED | _NOT_LATIN)
    if len(common) >= _TELLING:
        language = document_language(question)
        told &= {language if language in languages else language_of(question)}
    return (languages & _LISTED) | {"en"} if told else frozenset()


@cache
def word_list(language: str) -> frozenset[str]:
    """Return the words of a language, in small letters. Read where one is in doubt: 20 to 60 MB."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language=language).word_frequency.dictionary)


def _nearest(
    term: str, near: Mapping[tuple[str, int], Sequence[str]], chunks: Callable[[str], int | None]
) -> str | None:
    """Return the one word that a term is clearly a misspelling of.

    `chunks` says how many chunks hold a word, None of one that is not to be considered.
    """
    exchanged = {other: held for other in _exchanges(term) if (held := chunks(other))}
    if exchanged:
        return _clearest(exchanged)
    if len(term) <= _SHORT:
        return None
    errors = 2 if len(term) >= _LONG else 1
    found: dict[str, int] = {}
    for length in range(len(term) - errors, len(term) + errors + 1):
        choices = near.get((term[0], length), ())
        for other, distance, _ in process.extract_iter(
            term, choices, scorer=OSA.distance, score_cutoff=errors
        ):
            if chunks(other):
                found[other] = distance
    if not found or any(_same_but_ending(term, other) for other in found):
        return None
    least = min(found.values())
    nearest = (other for other, distance in found.items() if distance == least)
    return _clearest({other: chunks(other) or 0 for other in nearest})


def _exchanges(term: str) -> Iterator[str]:
    """Yield the term with two neighbouring letters exchanged."""
    for place in range(len(term) - 1):
        if term[place] != term[place + 1]:
            yield term[:place] + term[place + 1] + term[place] + term[place + 2 :]


def _same_but_ending(term: str, other: str) -> bool:
    return term[:-_ENDING] == other[: len(term) - _ENDING] or term.startswith(other[:-_ENDING])


def _clearest(chunks: Mapping[str, int]) -> str | None:
    first, *rest = sorted(chunks, key=lambda other: -chunks[other])
    rivals = [other for other in rest if not _same_but_ending(other, first)]
    clear = all(chunks[first] >= _CLEARLY * chunks[other] for other in rivals)
    return first if clear else None
