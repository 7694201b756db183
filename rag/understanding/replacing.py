"""What of a follow-up takes whose place in the question before it, and which item it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from rag.understanding.language import detect
from rag.understanding.references import PLACE_SUFFIXES, ordinals, unspaced
from rag.understanding.spelling import word_list

OUTER = " \t\n,，、.。!！?？:：;；¿¡؟…~～"
_OF_NAME = r"\p{Lu}(?:(?!['’]s\b)[\p{L}\p{M}'’-])*"
_INITIALS = r"\p{Lu}{2,}(?!\p{L})"
_NAME = rf"{_OF_NAME}(?: (?!{_INITIALS}){_OF_NAME}){{0,3}}"
_NOT_BEHIND = r"(?<!\b(?:der|die|das|den|dem|des|ein|kein|viel|wenig|\p{L}+e[nrms]?) )"
_NO_PLACE = (
    "城市|都市|园区|社区|小区|地区|城区|市区|全国|外国|国家|城镇|乡村|农村|[哪那这各每全本该]"
)
"""What begins like the name of a place of some kind, and is none."""
_UNSPACED = r"[\p{Han}\p{Katakana}ー\p{Hangul}]"
_IN_PLACE = rf"(?:(?!多少|[的有是几哪]){_UNSPACED})"
"""A letter of a place's name, and none of what is asked of it: 深圳市有多少个区."""
_BARE_SUFFIX = f"[{PLACE_SUFFIXES}](?![委长長场場民内际際家级級])"
_ALL_OF = "全(?:球|世界|[国國省市县縣区區镇鎮])"
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the documents: their titles, and whether a word stands in any of them."""

    titles: Sequence[str]
    stands: Callable[[str], bool]

    def may_name(self, word: str) -> bool:
        """Return whether a Chinese word may be a name: no noun that is always of something.

        Nor one that the documents hold, unless a title begins with it, or they say what kind of
        place it is.
        """
        zh = unspaced()["zh"]
        if not regex.fullmatch(r"\p{Han}{2,8}", word) or not zh.filler.sub("", word):
            return False
        if zh.others.match(word) or zh.refers.match(word):
            return False
        if any(title.startswith(word) for title in self.titles) or not self.stands(word):
            return True
        return any(self.stands(word + suffix) for suffix in PLACE_SUFFIXES)


def replaced(previous: str, added: str, known: Known) -> str | None:
    """Return the previous question about what is added now, None where that is not clear.

    >>> replaced("How high is the mast in Bremen?", "in Kiel", Known([], lambda _: False))
    'How high is the mast in Kiel?'
    >>> replaced("青石区有多少所学校？", "白河", Known([], lambda _: False))
    '白河有多少所学校？'
    """
    if regex.fullmatch(_ALL_OF, added):
        is_that = regex.search(_place(added[-1]), previous)  # 全区 behind 青石区
        return None if is_that else _substituted(previous, _place(_BARE_SUFFIX), added)
    for slot in (_same_figures, _same_suffix, _same_noun, same_preposition, _same_name):
        if (changed := slot(previous, added)) is not None:
            return changed
    if not known.may_name(added):
        return None
    return _substituted(previous, _place(_BARE_SUFFIX), added) or _in_titles(
        previous, added, known.titles
    )


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
    return _substituted(previous, _place(added[-1]), added)


def _place(suffix: str) -> str:
    """Return the pattern of a place's name with all in front of it: 深圳市福田区, 青石区."""
    name = rf"(?:{_IN_PLACE}{{1,8}}?(?:{suffix}))++"
    begins = rf"(?:(?<!{_UNSPACED})(?:请问|在|从(?![化江])|到|是)*|(?<=[在到于]))"  # 从化区, 从江县
    return rf"{begins}\K(?!{_NO_PLACE}){name}"


def _same_noun(previous: str, added: str) -> str | None:
    """Return it for Chinese nouns as long that end alike: 中学 for 小学."""
    if not regex.fullmatch(r"\p{Han}{2,4}", added):
        return None
    start = r"(?<=[个名家所座间项的有])"
    return _substituted(previous, rf"{start}\p{{Han}}{{{len(added) - 1}}}{added[-1]}", added)


def same_preposition(previous: str, added: str) -> str | None:
    """Return it for names behind the same preposition: in Bremen for in Hamburg."""
    found = regex.fullmatch(rf"(\p{{Ll}}{{1,6}}) ({_NAME}|\d{{4}})", added)
    if found is None:
        return None
    kind = r"\d{4}" if found[2].isdecimal() else _NAME
    return _substituted(previous, rf"(?<!\p{{L}}){found[1]} {kind}(?!\p{{L}})", added)


def _same_name(previous: str, added: str) -> str | None:
    """Return it for the one name of the question, told by its capital letter.

    German nouns have one too: there, a name is no common word, and has no article or adjective.
    """
    added = added.removesuffix("'s").removesuffix("’s")
    if regex.fullmatch(_NAME, added) is None:
        return None
    begins = r"(?<![\p{L}\p{N}-])"
    if detect(previous) == "de":
        if added.casefold() in word_list("de"):
            return None
        begins += _NOT_BEHIND
    first = regex.match(r"\W*\w+", previous)
    start = first.end() if first else 0
    # Initials take the place of initials, but for those that are the only name: GDP is no place.
    changed = (
        None
        if added.isupper()
        else _substituted(previous[start:], f"{begins}(?!{_INITIALS}){_NAME}", added)
    )
    changed = changed or _substituted(previous[start:], begins + _NAME, added)
    return None if changed is None else previous[:start] + changed


def _in_titles(previous: str, added: str, titles: Sequence[str]) -> str | None:
    """Return it for what a title and the question begin with: 青石 in "青石讨论改革的会"."""
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
