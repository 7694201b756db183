"""A question that refers back -> the question completed from the conversation before it.

Deterministic, and rather silent than wrong: a question is completed where it is visibly no whole
one, that is, where a pronoun has nothing before it in the question that it could mean, where it
opens like an addition ("And in 2019?", "那白河呢？"), or where no word says what it is about: there
is none but little words, nouns that are always of something ("the price"), or one verb. A question
that names its own subject is never touched.

Where it is clear what takes whose place, it is put there ("青石区有多少个学校？", "那白河区呢？" ->
"白河区有多少个学校？"); otherwise the question before stands in front.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from index.text.folding import fold, simplified
from rag.types import Turn
from rag.understanding.language import by_script
from rag.understanding.messages import classify
from rag.understanding.references import Spaced, Unspaced, spaced, unspaced
from rag.understanding.replacing import OUTER, Known, listed, ordinal, replaced, same_preposition
from rag.understanding.tables import any_pattern

TURNS = 12
"""So many turns back a chain of follow-ups is looked through."""
_LONGEST_QUESTION = 300
"""A longer one needs nothing in front of it; of a longer one before, the end is kept."""
_LONGEST_ADDITION = 6
"""Words of a question that opens with "and" and still is only an addition."""
_LONGEST_UNKNOWN = 2
"""Words of a question in a language that no file knows, and that says too little to be whole."""
_LONGEST_ASKED = 2
"""Words behind a question word that say only what kind of thing is asked for, or its verb."""
_LONGEST_VERB = 2
"""Characters of a verb where words are not parted by spaces."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’.][\p{L}\p{N}]+)*")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_CODE = regex.compile(r"\d|\p{Latin}")
_NAME_BEHIND_COMMA = regex.compile(r",.*\s\p{Lu}")
_JOIN_AND_REST = regex.compile(r"[\p{L}\p{M}]{1,4} (.+)")


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


def complete(
    question: str,
    history: Sequence[Turn],
    titles: Sequence[str] = (),
    stands: Callable[[str], bool] = lambda _: False,
) -> str | None:
    """Return the question completed from the conversation, None when it stands alone.

    The turns before hold questions as they were typed, so each is completed in turn. `titles` of
    documents, and whether a word `stands` in any of them, show what is a name.

    >>> complete("那白河区呢？", [Turn("青石区有多少个学校？", "12所")])
    '白河区有多少个学校？'
    >>> complete("When was it built?", [Turn("How high is the tower?", "90 m")])
    'How high is the tower? When was it built?'
    >>> complete("When did Penrow open its first school?", [Turn("How high is it?", "")]) is None
    True
    """
    asked = classify(question)
    if asked.kind != "question" or len(asked.text) > _LONGEST_QUESTION:
        return None
    known = Known(titles, stands)
    last: _Asked | None = None
    answer = ""
    for turn in history[-TURNS:]:
        message = classify(turn.question)
        if (message.kind == "question" or message.by_title) and message.text:
            text = message.text[-_LONGEST_QUESTION:]
            last = _understood(text, last, answer, known) or _Asked(text)
            answer = turn.answer
    understood = _understood(asked.text, last, answer, known)
    return understood.text if understood else None


def lacks_added(question: str, before: str, quote: str) -> bool:
    """Return whether a question only adds something to the one before, of which a quote is silent.

    Where it adds a noun that is always of something, "And the price?", the quote must be in the
    same script to be told silent: whether it tells that, only its words say.

    >>> lacks_added("那学校呢？", "福田区有多少个基站？", "福田区有5260个基站。")
    True
    >>> lacks_added("那学校呢？", "福田区有多少个基站？", "福田区有5260个基站、92所学校。")
    False
    >>> lacks_added("And the price?", "How high is the mast?", "桅杆高30米，耗资两万。")
    False
    """
    bare, held = _bare(question), fold(quote)
    if any_pattern("goes_on").fullmatch(bare) or ordinal(bare) is not None:
        return False
    own = _language(bare, before)
    found = _addition(bare, before, own)
    if found is None:
        return False
    if isinstance(own, Unspaced):
        named = own.filler.sub("", found)
        if not named and by_script(quote) == by_script(bare) and own.attributes.search(found):
            named = found
        return bool(named) and fold(named) not in held
    little = own.known | own.attributes if own else frozenset[str]()
    words = [word for word in _words(found) if word not in little]
    return bool(words) and not any(fold(word) in held for word in words)


def _bare(question: str) -> str:
    bare = question.strip(OUTER)
    return bare if _KANA.search(bare) else simplified(bare)


def _understood(question: str, last: _Asked | None, answer: str, known: Known) -> _Asked | None:
    """Return a follow-up with what it lacks; None for a whole question, or without one before."""
    bare = _bare(question)
    if last is None or not bare:
        return None
    if (place := ordinal(bare)) is not None:
        item = listed(answer, place)
        return replace(last.then(question), before=f"“{item}”") if item else last.then(question)
    own = _language(bare, last.text)
    if any_pattern("goes_on").fullmatch(bare):
        return last.then(question)
    if (added := _addition(bare, last.question, own)) is not None:
        return _with(added, last, known) or last.then(question)
    return last.then(question) if _refers_back(question, bare, last.text, own) else None


def _with(added: str, last: _Asked, known: Known) -> _Asked | None:
    """Return what was asked with what is added in the place of its kind, None without one."""
    if changed := replaced(last.question, added, known):
        return replace(last, question=changed)
    changed = replaced(last.topic, added, known) if last.topic else None
    return _Asked(changed) if changed else None


def _language(bare: str, before: str) -> Spaced | Unspaced | None:
    """Return the language whose little words these are; if of several, which the ones before."""
    if script := unspaced().get(by_script(bare) or ""):
        return script
    words, earlier = _words(bare), _words(before)

    def held(language: Spaced) -> float:
        known = language.known | language.attributes
        share = sum(word in known for word in words) / max(len(words), 1)
        return share and share + sum(word in known for word in earlier) / (4 * max(len(earlier), 1))

    best = max(spaced().values(), key=held)
    return best if held(best) else None


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


# -- is it an addition? -----------------------------------------------------------------------


def _addition(bare: str, before: str, own: Spaced | Unspaced | None) -> str | None:
    """Return what is added by "What about X", "And in X", "那X呢" and the like, else None."""
    if found := any_pattern("adds").fullmatch(bare):
        is_name = isinstance(own, Unspaced) and own.dummy.match(bare)  # 那不勒斯, no 那 in front
        added = (bare[: found.end("added")] if is_name else str(found["added"])).strip(OUTER)
        if len(_WORD.findall(added)) <= _LONGEST_ADDITION and not _asks(added, own):
            return added
    if isinstance(own, Unspaced) or (found := _JOIN_AND_REST.fullmatch(bare)) is None:
        return None
    added = found[1].strip(OUTER)
    if same_preposition(before, added) is not None:
        return added
    join, *rest = _words(bare)
    if own is None or join not in own.joins or not 1 <= len(rest) <= _LONGEST_ADDITION:
        return None
    return None if rest[0] in own.links | own.refers or _asks(added, own) else added


def _asks(added: str, own: Spaced | Unspaced | None) -> bool:
    """Return whether an addition is a question of its own: "And who built it"."""
    if isinstance(own, Unspaced):
        return own.asks.search(added) is not None
    return own is not None and not own.asks.isdisjoint(_words(added))


# -- does it refer back? ----------------------------------------------------------------------


def _refers_back(question: str, bare: str, before: str, own: Spaced | Unspaced | None) -> bool:
    if isinstance(own, Unspaced):
        return _refers_unspaced(bare, before, own)
    if own is not None:
        return _refers_spaced(bare, before, own)
    words = _WORD.findall(bare)
    is_asked = question.rstrip().endswith(("?", "؟", ";", "？"))
    plain = not any(word[0].isupper() or word.isdecimal() for word in words[1:])
    return is_asked and len(words) <= _LONGEST_UNKNOWN and plain


def _refers_unspaced(bare: str, before: str, own: Unspaced) -> bool:
    """Return whether a question in a language without (reliable) word boundaries refers back."""
    rest = own.filler.sub("", bare)
    if not rest or own.opens.match(bare):
        return True
    if own.how.match(bare) and len(rest) <= _LONGEST_VERB and not _CODE.search(rest):
        return True
    if other := own.others.match(bare):
        noun = regex.match(r"的?\s?(\p{Han}{1,2}|\p{Hangul}{1,2})", bare, pos=other.end())
        if noun and noun[1] in before:
            return True
    plain = own.dummy.sub("", bare)
    found = own.refers.search(plain)
    if found is None or plain[: found.start()].endswith("的"):
        return False
    ahead = own.filler.sub("", plain[: found.start()])
    longest = _LONGEST_VERB if found.group()[0] in own.persons else 0
    return len(ahead) <= longest and not _CODE.search(ahead)


def _refers_spaced(bare: str, before: str, own: Spaced) -> bool:
    """Return whether a pronoun has nothing before it to mean, or nothing is named at all."""
    words = _WORD.findall(own.dummy.sub(" ", bare))
    lower = [word.casefold().replace("’", "'") for word in words]
    content = [i for i, word in enumerate(lower) if word not in own.known]
    if not content:
        return not (own.asks | own.refers | own.owns).isdisjoint(lower)
    if all(lower[i] in own.attributes for i in content):
        return True
    if _only_a_verb(words, lower, content, own) or _is_other_one(lower, before, own):
        return True
    place = next((i for i, word in enumerate(lower) if word in own.refers | own.owns), None)
    if place is None or _named_before(lower, place, content, own):
        return False
    return not _named_later(bare, words, lower, place, own)


def _only_a_verb(
    words: Sequence[str], lower: Sequence[str], content: Sequence[int], own: Spaced
) -> bool:
    """Return whether "¿Cuándo abrió?", "And how many were lost?": one word behind the question."""
    start = 1 if lower[0] in own.joins else 0
    last = len(words) - 1
    if content != [last] or words[last][0].isupper() or last == start:
        return False
    if start and lower[start] in own.asks:
        return True
    between = lower[start + 1 : last]
    return lower[start] in own.how and all(each in own.links | own.degrees for each in between)


def _is_other_one(lower: Sequence[str], before: str, own: Spaced) -> bool:
    """Return whether it asks about other ones of what was spoken of: "the other goods"."""
    spoken = set(_words(before)) - own.known
    return any(one in own.others and noun in spoken for one, noun in pairwise(lower))


def _named_before(lower: Sequence[str], place: int, content: Sequence[int], own: Spaced) -> bool:
    """Return whether something stands before a pronoun that it could mean.

    What a question word asks for ("what colour is it", "how many live there", "who wrote it")
    cannot be meant, unless the pronoun is a possessive ("which company sold its shares").
    """
    named = {i for i in content if i < place}
    asked = next((i for i, word in enumerate(lower[:place]) if word in own.asks), None)
    if asked is None:
        return bool(named)
    end = asked + 1
    while end < place and lower[end] in own.degrees:
        end += 1
    while end < place and (end in content or lower[end] in own.asks):
        end += 1
    run = {i for i in named if asked < i < end}
    owns = run and lower[place] in own.owns and lower[asked] not in own.how | own.who
    if owns or len(run) > _LONGEST_ASKED or not own.joins.isdisjoint(lower[end:place]):
        return bool(named)
    return bool(named - run)


def _named_later(
    bare: str, words: Sequence[str], lower: Sequence[str], place: int, own: Spaced
) -> bool:
    """Return whether what a pronoun means comes behind it.

    "When it opened, how big was X?", "What part of their pay do scientists in X spend?"
    """
    if lower[0] in own.clauses and _NAME_BEHIND_COMMA.search(bare):
        return True
    return lower[place] in own.owns and any(word[0].isupper() for word in words[place + 1 :])


def _joined(context: str, question: str) -> str:
    if not context or not question:
        return context or question
    wide = regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", context) is not None
    if context[-1] not in "?？!！.。؟”":
        context += "？" if wide else "?"
    return context + ("" if wide else " ") + question
