"""A question that refers back -> the question completed from the conversation before it.

Deterministic, and rather silent than wrong: a question is completed where it is visibly no whole
one, that is, where a pronoun has nothing before it in the question that it could mean, where it
opens like an addition ("And in 2019?", "那南山呢？"), or where it has no word that says what it is
about. A question that names its own subject is never touched.

Where it is clear what takes whose place, it is put there ("福田区有多少个基站？", "那南山区呢？" ->
"南山区有多少个基站？"); otherwise the question before stands in front.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from rag.language import detect
from rag.messages import SIMPLIFIED, classify
from rag.reference_words import (
    ADDITIONS,
    ATTRIBUTES,
    BETWEEN,
    GENERAL,
    HAVING,
    HEADLESS,
    JOINS,
    ORDINALS,
    PLACE_SUFFIXES,
    SPACED,
    UNSPACED,
    Spaced,
    Unspaced,
)
from rag.types import Turn

_TURNS = 12
"""So many turns back a chain of follow-ups is looked through."""
_LONGEST_QUESTION = 300
"""A longer one needs nothing in front of it; of a longer one before, the end is kept."""
_LONGEST_ADDITION = 6
"""Words of a question that opens with "and" and still is only an addition."""
_LONGEST_ASKED = 2
"""Words behind a question word that say only what kind of thing is asked for, or its verb."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’.][\p{L}\p{N}]+)*")
_OUTER = " \t\n,，、.。!！?？:：;；¿¡؟…~～"
_NAME = r"\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*){0,3}"
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_QUOTE = regex.compile(r"“([^“”]+)”\[\d+\]")
_PART, _COMMA = r"[^、，。；：,;:“”]", r"[、,;；]"
_LIST = regex.compile(
    # A space behind a comma belongs to it or to what follows; both are tried behind the last alone.
    rf"(?:{_PART}{{1,30}}+{_COMMA}(?:\s(?!{_COMMA}))?+){{0,8}}{_PART}{{1,30}}+{_COMMA}\s?"
    rf"{_PART}{{1,30}}?(?:和|及|以及|、| and | und | et | y | и |,? and )"
    r"[^、，。；：,;:.“”]{1,30}"
)
_LIST_PARTS = regex.compile(r"[、,;；]\s?(?:and |und |et |y |и )?|和|以及| and | und | et | y | и ")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was understood.

    Where it is no whole one, `topic` is the whole question that the conversation began with, and
    `before` what was asked between the two. Of a longer chain only these are kept.
    """

    question: str
    topic: str = ""
    before: str = ""

    @property
    def text(self) -> str:
        return _joined(_joined(self.topic, self.before), self.question)

    def then(self, question: str) -> "_Asked":
        """Return a question that needs this one in front of it."""
        return _Asked(question, self.topic or self.question, self.question if self.topic else "")


def complete(question: str, history: Sequence[Turn], titles: Sequence[str] = ()) -> str | None:
    """Return the question completed from the conversation, None when it stands alone.

    The turns before hold questions as they were typed, so each is completed in turn. `titles` of
    documents, if given, show what is a name: where two of them begin with what was asked about and
    what is asked about now, one takes the other's place.

    >>> complete("那南山区呢？", [Turn("福田区有多少个基站？", "5260个")])
    '南山区有多少个基站？'
    >>> complete("When was it built?", [Turn("How high is the tower?", "90 m")])
    'How high is the tower? When was it built?'
    >>> complete("When did Futian open its first school?", [Turn("How high is it?", "")]) is None
    True
    """
    asked = classify(question)
    if asked.kind != "question" or len(asked.text) > _LONGEST_QUESTION:
        return None
    last: _Asked | None = None
    answer = ""
    for turn in history[-_TURNS:]:
        message = classify(turn.question)
        if message.kind == "question" and message.text:
            text = message.text[-_LONGEST_QUESTION:]
            last = _understood(text, last, answer, titles) or _Asked(text)
            answer = turn.answer
    understood = _understood(asked.text, last, answer, titles)
    return understood.text if understood else None


def _understood(
    question: str, last: _Asked | None, answer: str, titles: Sequence[str]
) -> _Asked | None:
    """Return a follow-up with what it lacks; None for a whole question, or without one before."""
    if last is None or not question.strip(_OUTER):
        return None
    bare = question.strip(_OUTER)
    if not _KANA.search(bare):
        bare = bare.translate(SIMPLIFIED)
    if (place := _ordinal(bare)) is not None:
        item = _listed(answer, place)
        return replace(last.then(question), before=f"“{item}”") if item else last.then(question)
    if (added := _addition(bare)) is not None:
        if replaced := _replaced(last.question, added, titles):
            return replace(last, question=replaced)
        if last.topic and (replaced := _replaced(last.topic, added, titles)):
            return _Asked(replaced)
        return last.then(question)
    return last.then(question) if _refers_back(bare) else None


# -- is it a follow-up? -----------------------------------------------------------------------


def _addition(bare: str) -> str | None:
    """Return what is added by "What about X", "And in X", "那X呢" and the like, else None."""
    for pattern in ADDITIONS:
        if found := pattern.fullmatch(bare):
            added = str(found["added"]).strip(_OUTER)
            if len(_WORD.findall(added)) <= _LONGEST_ADDITION and not _asks(added):
                return added
    return None


def _asks(added: str) -> bool:
    """Return whether an addition is a question of its own: "And who built it"."""
    words = {word.casefold() for word in _WORD.findall(added)}
    spaced = any(words & signals.asks for signals in SPACED.values())
    return spaced or any(signals.asks.search(added) for signals in UNSPACED.values())


def _refers_back(bare: str) -> bool:
    if any(pattern.search(bare) for pattern in HEADLESS):
        return True
    words = [word.casefold() for word in _WORD.findall(bare)]
    if words and all(word in GENERAL for word in words):
        return True
    language = _language(bare, set(words))
    if language in UNSPACED:
        return _refers_unspaced(bare, UNSPACED[language])
    return language in SPACED and _refers_spaced(bare, SPACED[language])


def _language(bare: str, words: set[str]) -> str:
    """Return the language whose little words these are; statistics err on three words."""
    hits = {name: len(words & (s.asks | s.function | s.refers)) for name, s in SPACED.items()}
    most = max(hits.values())
    best = [name for name, count in hits.items() if count == most]
    return best[0] if most and len(best) == 1 else detect(bare)


def _refers_unspaced(bare: str, signals: Unspaced) -> bool:
    """Return whether a question in a language without (reliable) word boundaries refers back."""
    if regex.search(r"[\p{Latin}\d]{2,}", bare) is None and not signals.filler.sub("", bare):
        return True
    plain = signals.dummy.sub("", bare)
    if signals.opens.match(bare) is not None:
        return True
    found = signals.refers.search(plain)
    if found is None:
        return False
    ahead = plain[: found.start()]
    if ahead.endswith("的"):
        return False
    before = signals.filler.sub("", ahead)
    longest = signals.verb_length if found.group()[0] in signals.persons else 0
    return len(before) <= longest and not regex.search(r"\d|\p{Latin}", before)


def _refers_spaced(bare: str, signals: Spaced) -> bool:
    """Return whether a pronoun has nothing before it to mean, or nothing is named at all."""
    words = _WORD.findall(signals.dummy.sub(" ", bare))
    lower = [word.casefold().replace("’", "'") for word in words]
    known = signals.function | signals.asks | signals.refers | signals.owns
    content = [i for i, word in enumerate(lower) if word not in known]
    if not content:
        return any(word in signals.asks | signals.refers | signals.owns for word in lower)
    if lower[0] in JOINS and signals.asks.issuperset(lower[1:2]) and len(content) == 1:
        return not words[content[0]][0].isupper()
    if signals.drops_subject and _only_a_verb(lower, content, words, signals):
        return True
    for i, word in enumerate(lower):
        if word in signals.refers or word in signals.owns:
            named = _named_before(lower, i, content, signals)
            return not named and not _named_later(bare, lower, i, content, signals)
    return False


def _only_a_verb(
    lower: Sequence[str], content: Sequence[int], words: Sequence[str], signals: Spaced
) -> bool:
    """Return whether "¿Cuándo abrió?": a question word and one verb, whose subject is left out."""
    if len(content) != 1 or lower[0] not in signals.asks_how or len(words) > 4:
        return False
    between = lower[1 : content[0]]
    return (
        content[0] == len(words) - 1
        and all(word in signals.links for word in between)
        and (not words[content[0]][0].isupper())
    )


def _named_before(
    lower: Sequence[str], place: int, content: Sequence[int], signals: Spaced
) -> bool:
    """Return whether something stands before a pronoun that it could mean.

    What a question word asks for ("what colour is it", "how many live there", "who wrote it")
    cannot be meant, unless the pronoun is a possessive ("which company sold its shares").
    """
    run: set[int] = set()
    asked = next((i for i, word in enumerate(lower[:place]) if word in signals.asks), None)
    if asked is not None:
        end = asked + 1
        while end < place and lower[end] in BETWEEN:
            end += 1
        most = 1 if lower[asked] in signals.asks_how and end == asked + 1 else _LONGEST_ASKED
        while end < place and (end in content or lower[end] in signals.asks):
            end += 1
        behind = set(content) & set(range(asked, end))
        possessive = lower[place] in signals.owns and lower[asked] not in signals.asks_how
        meant = possessive and (end == place or lower[place - 1] in HAVING)
        if len(behind) <= most and not meant and not JOINS & set(lower[end:place]):
            run = behind
    return any(i < place and i not in run for i in content)


def _named_later(
    bare: str, lower: Sequence[str], place: int, content: Sequence[int], signals: Spaced
) -> bool:
    """Return whether what a pronoun means comes behind it.

    "When it opened, how big was X?", "What part of their pay do scientists spend?"
    """
    _, comma, rest = bare.partition(",")
    if comma and lower[0] in signals.clauses and regex.search(r"\s\p{Lu}", rest):
        return True
    asked = [i for i, word in enumerate(lower) if i > place and word in ("do", "does", "did")]
    return lower[place] in signals.owns and any(i + 1 in content for i in asked)


# -- what takes whose place -------------------------------------------------------------------


def _replaced(previous: str, added: str, titles: Sequence[str]) -> str | None:
    """Return the previous question about what is added now, None where that is not clear."""
    for slot in (_same_figures, _same_suffix, _same_preposition, _same_name):
        if (changed := slot(previous, added)) is not None:
            return changed
    return _both_in_titles(previous, added, titles)


def _substituted(previous: str, pattern: str, added: str) -> str | None:
    """Return `previous` with `added` in the one place that matches, None when not just one does."""
    places = list(regex.finditer(pattern, previous))
    if len(places) != 1 or places[0].group() == added:
        return None
    return previous[: places[0].start()] + added + previous[places[0].end() :]


def _same_figures(previous: str, added: str) -> str | None:
    """Return it for figures of the same form: 2019 for 2020, 11月 for 10月, 4G for 5G."""
    if not regex.search(r"\d", added):
        return None
    form = regex.sub(r"\d+", lambda run: rf"\d{{{len(run.group())}}}", regex.escape(added))
    return _substituted(previous, rf"(?<!\d){form}(?!\d)", added)


def _same_suffix(previous: str, added: str) -> str | None:
    """Return it for names of the same kind of place: 南山区 for 福田区."""
    if len(added) < 2 or added[-1] not in PLACE_SUFFIXES or not regex.fullmatch(r"\p{L}+", added):
        return None
    start = r"(?<![\p{Han}\p{Katakana}\p{Hangul}])(?:请问|在|从|到|是)*\K"
    pattern = rf"{start}(?:\p{{Han}}|\p{{Katakana}}|ー|\p{{Hangul}}){{1,8}}?{added[-1]}"
    return _substituted(previous, pattern, added)


def _same_preposition(previous: str, added: str) -> str | None:
    """Return it for names behind the same preposition: in Bremen for in Hamburg."""
    found = regex.fullmatch(rf"(\p{{Ll}}{{1,6}}) ({_NAME}|\d{{4}})", added)
    if found is None:
        return None
    kind = r"\d{4}" if found[2].isdecimal() else _NAME
    return _substituted(previous, rf"(?<!\p{{L}}){found[1]} {kind}(?!\p{{L}})", added)


def _same_name(previous: str, added: str) -> str | None:
    """Return it for the one name of the question, where only names are written with a capital."""
    if regex.fullmatch(_NAME, added) is None or detect(previous) == "de":
        return None
    first = regex.match(r"\W*\w+", previous)
    start = first.end() if first else 0
    changed = _substituted(previous[start:], rf"(?<!\p{{L}}){_NAME}", added)
    return None if changed is None else previous[:start] + changed


def _both_in_titles(previous: str, added: str, titles: Sequence[str]) -> str | None:
    """Return it for what titles begin with: 罗湖 for 福田 in "福田讨论改革的会"."""
    if added in ATTRIBUTES or not regex.fullmatch(r"\p{Han}{2,8}", added):
        return None
    if not any(title.startswith(added) for title in titles):
        return None
    name = max((_common(previous, title) for title in titles), key=len, default="")
    return added + previous[len(name) :] if len(name) > 1 and name != added else None


def _common(question: str, title: str) -> str:
    """Return the Han characters that both begin with."""
    length = 0
    for ours, theirs in zip(question, title, strict=False):
        if ours != theirs or not regex.match(r"\p{Han}", ours):
            break
        length += 1
    return question[:length]


# -- the second one ---------------------------------------------------------------------------


def _ordinal(bare: str) -> int | None:
    """Return the place in a list that the whole question asks about: 0 for the first, -1, last."""
    for pattern, place in ORDINALS:
        if pattern.fullmatch(bare):
            return place
    return None


def _listed(answer: str, place: int) -> str | None:
    """Return the item at a place of what the answer lists: within its quotation, or its quotations.

    None when it lists nothing, or not so many.
    """
    quotes = _QUOTE.findall(answer) or [answer]
    found = max((m.group() for m in _LIST.finditer(quotes[0])), key=len, default="")
    items = [part.strip(_OUTER) for part in _LIST_PARTS.split(found)] if found else quotes
    if len(items) < 2 or place >= len(items):
        return None
    return items[place]


def _joined(context: str, question: str) -> str:
    if not context or not question:
        return context or question
    wide = regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", context) is not None
    if context[-1] not in "?？!！.。؟”":
        context += "？" if wide else "?"
    return context + ("" if wide else " ") + question
