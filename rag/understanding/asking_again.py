"""A bare question word ("Et quand ?", "为什么？") takes the place of the question word before it.

"How many masts are there in Futian?", "Since when?" -> "Since when are there in Futian masts?":
what was counted moves behind, so that nothing asks for an amount any more. The order of words may
be unusual; what is asked is clear to whoever reads it, and to the models.
"""

from collections.abc import Sequence

import regex

from index.types import Span
from rag.understanding.references import Spaced, Unspaced
from rag.understanding.replacing import OUTER

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’.][\p{L}\p{N}]+)*")
_MOST_WORDS = 3
_LEAST_KNOWN = 2
"""So many words show that a question for yes or no is in the follow-up's language."""
_WITH_AND = regex.compile(r"^و(?=(?:ما|من|متى|أين|كم|كيف|لماذا)$)")
_PARTITIVES = {"de", "of"}
_ROUND = r"(?:那么?|请问|是|又|呢|啊|呀|的|では|ですか|でしょうか|か|그럼|요|입니까|인가요|예요)*+"
"""What may stand around a question word that is still bare."""
_COUNTED = r"(?:多少|几)(?:[个名家项条次层栋间人年天月座位篇份台所])?"
_COUNTER = r"(?:[个個名家项条次人年月日件回本社台座篇]|\s?(?:개|명|년|월|일|번|층)(?!\p{Hangul}))?"
_HAN = regex.compile(r"\p{Han}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


def asked_again(previous: str, bare: str, own: Spaced | Unspaced) -> str | None:
    """Return the previous question with another question word, None where that is not clear.

    `bare` is the follow-up without punctuation around it, `own` its language.
    """
    if isinstance(own, Unspaced):
        return _unspaced(previous, bare, own)
    return _spaced(previous, bare, own)


def _spaced(previous: str, bare: str, own: Spaced) -> str | None:
    asked = list(_WORD.finditer(bare))
    if asked and asked[0].group().casefold() in own.joins:
        asked = asked[1:]
    words = [word.group().casefold() for word in asked]
    found = list(_WORD.finditer(previous))
    lower = [word.group().casefold() for word in found]
    place = _run(lower, own) if _is_bare(words, own) else None
    if place is None:
        return None
    if lower[place.start : place.end] == words:
        return previous
    new = _WITH_AND.sub("", bare[asked[0].start() :])
    opening, rest = previous[: found[0].start()], _without(previous, found, lower, place, own)
    return f"{opening}{new[:1].upper()}{new[1:]} {rest.strip()}"


def _without(
    previous: str,
    found: "Sequence[regex.Match[str]]",
    lower: Sequence[str],
    place: Span,
    own: Spaced,
) -> str:
    """Return the question without the words that ask; what is counted ("how many") goes last."""
    start, end = found[0].start(), found[-1].end()
    behind = previous[found[place.end].start() :] if place.end < len(found) else previous[end:]
    if place.start:  # within: "Cảng có bao nhiêu bến tàu?"
        return previous[start : found[place.start].start()] + behind
    if not place.end:  # a question for yes or no
        return behind[:1].lower() + behind[1:]
    first = place.end
    while first < len(found) and lower[first] in _PARTITIVES:
        first += 1
    last = first if own.who.isdisjoint(lower[: place.end]) else len(found)
    while last < len(found) and lower[last] not in own.known:
        last += 1
    if last == len(found):
        return behind
    counted = previous[found[first].start() : found[last - 1].end()] if last > first else ""
    return f"{previous[found[last].start() : end]} {counted}".rstrip() + previous[end:]


def _is_bare(words: Sequence[str], own: Spaced) -> bool:
    """Return whether these are a question word, maybe behind a preposition, and nothing else."""
    if not 0 < len(words) <= _MOST_WORDS or words[-1] not in own.asks | own.degrees:
        return False
    allowed = (own.known - own.links - own.refers - own.owns - own.others) | own.asks
    return allowed.issuperset(words) and not own.asks.isdisjoint(words)


def _run(lower: Sequence[str], own: Spaced) -> Span | None:
    """Return which words ask, none of them in a question for yes or no; None where several do.

    A preposition at the beginning belongs to them: "Seit wann ist".
    """
    asks = [place for place, word in enumerate(lower) if word in own.asks]
    if not asks:
        of_own = sum(word in own.known for word in lower)
        return Span(0, 0) if of_own >= _LEAST_KNOWN else None
    first = behind = asks[0]
    while behind < len(lower) and lower[behind] in own.asks | own.degrees:
        behind += 1
    if all(word in own.known and word not in own.links for word in lower[:first]):
        first = 0
    return Span(first, behind) if asks[-1] < behind else None


def _unspaced(previous: str, bare: str, own: Unspaced) -> str | None:
    asks = f"(?:{own.asks.pattern})"
    bare_one = regex.fullmatch(rf"{_ROUND}(?P<asks>(?:在|从)?{asks}){_COUNTER}{_ROUND}", bare)
    if bare_one is None or own.refers.search(bare):
        return None
    new = bare_one["asks"]
    if _HAN.search(previous) and not _KANA.search(previous):
        return _chinese(previous, new, asks)
    places = list(regex.finditer(asks + _COUNTER, previous))
    if len(places) != 1:
        return None
    return previous[: places[0].start()] + new + previous[places[0].end() :]


def _chinese(previous: str, new: str, asks: str) -> str | None:
    places = list(regex.finditer(rf"{_COUNTED}|{asks}", previous))
    if len(places) != 1:
        return None
    before, behind = previous[: places[0].start()], previous[places[0].end() :]
    is_amount = regex.fullmatch(_COUNTED, places[0].group()) is not None
    if is_amount and regex.fullmatch(_COUNTED, new):
        return previous
    if not is_amount or not behind.strip(OUTER + "的"):
        return before + new + behind
    rest = behind.rstrip(OUTER)
    return f"{before}{rest}是{new}{behind[len(rest) :] or '？'}"
