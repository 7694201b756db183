"""A question for the figure of a whole, and a sentence that gives the figure of a part.

How many there are in a city is not told by what one of its districts has. That the one is a part of
the other is read in the documents themselves: "深圳市福田区", "Mitte, Berlin", "Berlin-Mitte"; or
it is plain from what kind of place each is: "全国", "全市", and a sentence of a district.
"""

from collections.abc import Iterator
from itertools import chain

import regex

_HOW_MANY = regex.compile(
    r"多少|几(?=\p{Han})|何(?=[人件個台箇か])|いくつ|\bhow (?:many|much)\b|\bwie ?viele?\b",
    regex.IGNORECASE,
)
_WITHIN_HAN = regex.compile(
    r"(?P<whole>\p{Han}{2,4})[省市州县縣](?P<part>\p{Han}{2,4}?)(?:新区|街道|[区區县縣镇鎮乡鄉])"
)
_NAME = r"\p{Lu}[\p{L}\p{M}'’]+"
_WITHIN_LATIN = (
    regex.compile(rf"(?P<part>{_NAME}(?:[ -]{_NAME}){{0,2}}), (?P<whole>{_NAME})"),
    regex.compile(rf"(?P<whole>{_NAME})-(?P<part>{_NAME})"),
)
# The whole itself is asked for: "深圳园区" and "深圳最大的区" are something else.
_ASKED_HAN = r"{}(?:[省市州县縣]|全[省市州县縣])*(?=$|[\s有共一总總现現目的已建全到在截今去\d])"
_ASKED_LATIN = (
    r"\b(?:do|does|did|has|have|had|hat|haben|hatte) (?:all of |the whole of |ganz )?{}\b(?![-’'])"
)
_LEVELS = ("球世界", "国國", "省", "市", "县縣区區", "镇鎮乡鄉街道")
_ALL_OF = regex.compile(  # neither 安全市场 nor 完全国产
    r"(?<![安完齐齊健保])全(?P<kind>球|世界|[国國省市县縣区區镇鎮乡鄉])(?![场場产產])"
)
_PLACE = regex.compile(
    r"(?:(?P<name>\p{Han})(?<![各全我本外两兩多])(?P<kind>[国國])|"
    # 社区, 园区, 城市, 城镇 and the like are no names, nor is 各区.
    r"(?P<name>\p{Han}{2,3}?)(?<![社小园園城都校景厂矿灾林牧特新税稅发發贸貿业業宅假能范範验驗片街专專分辖轄郊地市乡鄉村各])"
    r"(?P<kind>[省市县縣区區镇鎮乡鄉]|街道))"
)
_DATE_AHEAD = regex.compile(r"^(?:截至|截止|到|至|在|自)?\d+年(?:\d+月)?(?:\d+日)?[底末初]?[，,]?")
_HEAD = 12
"""In so many first characters a sentence in Han characters names what it tells a figure of."""
_HEAD_LATIN = 40


def tells_of_a_part(quote: str, question: str, text: str) -> bool:
    """Return whether a figure is asked for of a place, and a quotation gives that of a part of it.

    Only where the question does not name the part, nor the quotation the whole, but as where the
    part lies. `text` is that of the document which is quoted.

    >>> text = "杭州市西湖区和余杭区在变。西湖区有公园312个。"
    >>> tells_of_a_part("西湖区有公园312个。", "杭州有多少个公园？", text)
    True
    >>> tells_of_a_part("西湖区有公园312个。", "杭州的西湖区有多少个公园？", text)
    False
    """
    if not _HOW_MANY.search(question):
        return False
    alone = _WITHIN_HAN.sub("", quote)  # "杭州市西湖区" does not speak of 杭州
    return _is_of_less(quote, question, alone) or any(
        whole not in alone and part not in question and part in quote[:head]
        for whole, part, head in _asked_within(question, text)
    )


def _is_of_less(quote: str, question: str, alone: str) -> bool:
    """Return whether "全市" is asked for, and it is a district of which a quotation tells."""
    asked = _ALL_OF.search(question)
    if asked is None:
        return False
    level = _level(asked["kind"])
    if regex.search(rf"\p{{Han}}[{_LEVELS[level]}]", alone):
        return False
    head = regex.split(r"\d", _DATE_AHEAD.sub("", quote), maxsplit=1)[0][:_HEAD]
    return any(
        _level(place["kind"]) > level and place["name"][-2:] not in question
        for place in _PLACE.finditer(head)
    )


def _level(kind: str) -> int:
    return next(level for level, kinds in enumerate(_LEVELS) if kind in kinds)


def _asked_within(question: str, text: str) -> Iterator[tuple[str, str, int]]:
    """Yield each place of a text that is asked for, one of its parts, and where that is named."""
    # What stands before a name may be another word, and its last character be one that ends names.
    for found in _WITHIN_HAN.finditer(text, overlapped=True):
        name = found["whole"]
        for whole in (name[start:] for start in range(len(name) - 1)):
            if whole in question and regex.search(_ASKED_HAN.format(whole), question):
                yield whole, found["part"], _HEAD
    for found in chain.from_iterable(within.finditer(text) for within in _WITHIN_LATIN):
        whole = found["whole"]
        if whole in question and regex.search(_ASKED_LATIN.format(whole), question):
            yield whole, found["part"], _HEAD_LATIN
