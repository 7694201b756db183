"""What of a follow-up takes whose place in the question before it, and which item it means."""

from collections.abc import Sequence
from functools import cache

import regex

from rag.understanding.language import detect
from rag.understanding.references import PLACE_SUFFIXES, attributes, ordinals

OUTER = " \t\n,，、.。!！?？:：;；¿¡؟…~～"
_NAME = r"\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*){0,3}"
_QUOTE = regex.compile(r"“([^“”]+)”\[\d+\]")
_PART, _COMMA = r"[^、，。；：,;:“”]", r"[、,;；]"
_LIST = regex.compile(
    # A space behind a comma belongs to it or to what follows; both are tried behind the last alone.
    rf"(?:{_PART}{{1,30}}+{_COMMA}(?:\s(?!{_COMMA}))?+){{0,8}}{_PART}{{1,30}}+{_COMMA}\s?"
    rf"{_PART}{{1,30}}?(?:和|及|以及|、| and | und | et | y | и |,? and )"
    r"[^、，。；：,;:.“”]{1,30}"
)
_LIST_PARTS = regex.compile(r"[、,;；]\s?(?:and |und |et |y |и )?|和|以及| and | und | et | y | и ")
_BEFORE_COUNT = (
    r"(?:那么?|and|und|et|y|а|и|what about|how about|was ist mit|còn|وماذا عن|ماذا عن|では)?[，, ]*"
    r"(?:第|the |der |die |das |le |la |el |cái thứ |thứ )?"
)
_AFTER_COUNT = (
    r"(?: ?(?:one|个|個|项|条|点|种|家|位|座|所|篇|番目|つ目|人|件))?"
    r"(?:又|是)?(?:呢|是什么|是谁|是哪个|は|はどう(?:ですか)?|thì sao)?"
)


# -- what takes whose place -------------------------------------------------------------------


def replaced(previous: str, added: str, titles: Sequence[str]) -> str | None:
    """Return the previous question about what is added now, None where that is not clear.

    >>> replaced("How high is the mast in Bremen?", "in Kiel", [])
    'How high is the mast in Kiel?'
    """
    for slot in (_same_figures, _same_suffix, same_preposition, _same_name):
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
    """Return it for names of the same kind of place: 白河区 for 青石区."""
    if len(added) < 2 or added[-1] not in PLACE_SUFFIXES or not regex.fullmatch(r"\p{L}+", added):
        return None
    start = r"(?<![\p{Han}\p{Katakana}\p{Hangul}])(?:请问|在|从|到|是)*\K"
    pattern = rf"{start}(?:\p{{Han}}|\p{{Katakana}}|ー|\p{{Hangul}}){{1,8}}?{added[-1]}"
    return _substituted(previous, pattern, added)


def same_preposition(previous: str, added: str) -> str | None:
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
    """Return it for what titles begin with: 白河 for 青石 in "青石讨论改革的会"."""
    if added in attributes("zh") or not regex.fullmatch(r"\p{Han}{2,8}", added):
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


def ordinal(bare: str) -> int | None:
    """Return the place in a list that a whole question asks about: 0 for the first, -1, last."""
    return next((place for pattern, place in _counts() if pattern.fullmatch(bare)), None)


@cache
def _counts() -> tuple[tuple["regex.Pattern[str]", int], ...]:
    return tuple(
        (regex.compile(f"{_BEFORE_COUNT}(?:{words}){_AFTER_COUNT}", regex.IGNORECASE), place)
        for place, words in ordinals().items()
    )


def listed(answer: str, place: int) -> str | None:
    """Return the item at a place of what the answer lists: within its quotation, or its quotations.

    None when it lists nothing, or not so many.
    """
    quotes = _QUOTE.findall(answer) or [answer]
    found = max((m.group() for m in _LIST.finditer(quotes[0])), key=len, default="")
    items = [part.strip(OUTER) for part in _LIST_PARTS.split(found)] if found else quotes
    if len(items) < 2 or place >= len(items):
        return None
    return items[place]
