"""A statement in Chinese -> the questions that it answers: Chinese asks where the answer stands."""

from collections.abc import Iterator

import regex

from index.text.dates import Date
from index.text.figures import figures
from index.text.numbers import Number

_SAID = regex.compile(r"^[^，。；：]{2,16}(?:说|表示|指出|介绍|称|透露|认为|提到|强调)[，：]“?")
_SOURCE = regex.compile(r"^据[^，,。]{1,12}[，,]")
_END = regex.compile(r"[，,；;。：:]|——")
_NO_SUBJECT = regex.compile(
    r"^(?:其|该|这|那|此|它|他|她|我|你|您|本|前者|后者|双方|两者|对|在|从|为|通过|根据|按照|截至|截止|目前|同时|今|去年|当|如|若|因|由于|随着"
    r"|并|还|也|又|则|将|已|共|有|是|以|与|和|把|被|可|要|会|能|应|第|另|而|且|但|每|各|全|建成|实现|完成|达到|增长|下降|包括|其中|以及|预计)"
)
_LEANS = regex.compile(
    r"[它他她]|这[些个种样]|[该此]|上述|以上|前者|后者|我们|[“”‘’][^“”‘’]*$|^[^“]*”"
)
_DIGITS = regex.compile(
    r"^[\d.,，０-９．〇零一二两三四五六七八九十百千万亿]+(?P<more>[多余来])?(?P<unit>.*)$"
)
_ABOUT = regex.compile(r"(?:大约|约|近|逾|将近|接近|超过|超|不到|至少|至多|多达|高达|达到|达)$")
_BEFORE_DATE = regex.compile(r"(?:在|于|到|从|自|是|至)$")
_PART_OF_DATE = regex.compile(
    r"^(?:[年]?(?:初|底|末|春天|夏天|秋天|冬天|上半年|下半年|上午|下午|中旬|上旬|下旬))"
)
_AROUND_DATE = regex.compile(r"^(?:[前后起至到—–-]|以[来前后]|之[前后]|间|期间|度|的|版|第)")
_LIES = regex.compile(r"^([“《]?[\p{Han}\w]{2,14}[”》]?)(位于|坐落于|地处)\p{Han}{2,}$")
_DEFINED = regex.compile(
    r"^(?:(?P<named>[“《]?[\p{Han}\w]{2,14}[”》]?)(?<!就|都|也|还|均|可以|可能|不仅)是一\p{Han}.{5,}"
    r"|(?P<named>[\p{Han}\w“”《》]{3,16}的\p{Han}{2,6})(?<!就|都|也|还|均|可以|可能|不仅)是(?!否|因|由|在|从|为).+)$"
)


def asked(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence answers."""
    said = _SAID.sub("", _SOURCE.sub("", sentence)).rstrip("。；”")
    if _NO_SUBJECT.match(said):
        return
    ends = [match.start() for match in _END.finditer(said)] + [len(said)]
    found = figures(said)
    for number in found.numbers:
        whole = said[: _first_after(ends, number.span.end)]
        if question := _figure(whole, number):
            yield question
    for date in found.dates:
        whole = said[: _first_after(ends, date.span.end)]
        if question := _date(whole, date):
            yield question
    first = said[: ends[0]]
    if (lies := _LIES.match(first)) and not _LEANS.search(first):
        yield f"{lies[1]}{lies[2]}哪里？"
    if (defined := _DEFINED.match(first)) and not _LEANS.search(first):
        yield f"{defined['named']}是什么？"


def _figure(whole: str, number: Number) -> str | None:
    start, end = number.span
    parts = _DIGITS.match(whole[start:end])
    before = whole[:start]
    if parts is None or _is_few(number) or not _whole(before) or len(before) < 4:
        return None
    if regex.search(r"不(?:得|能|应|可|宜)?(?:超过|少于|低于|高于|大于|小于)?$", before):  # a limit
        return None
    behind = parts["unit"] + whole[end:]
    if regex.search(r"[(（]", behind):  # it may say the same in another unit
        return None
    if regex.search(
        r"(?:第|数|几|上|好|[\p{Latin}\d.\-–~—至到比:：/])$", before
    ):  # an ordinal, a code, a range
        return None
    if not regex.match(r"\p{Han}|[%％]$|$", behind) or regex.match(
        r"[年月日号半]|[至到]\d|分之", behind
    ):
        return None
    if not behind or behind in "%％":
        behind = ""
    return f"{_ABOUT.sub('', before)}多少{behind}？"


def _is_few(number: Number) -> bool:
    """Return whether it is so small a number in words that nobody would ask for it."""
    return max(number.values) < (2 if regex.search(r"\d", number.text) else 10)


def _date(whole: str, date: Date) -> str | None:
    start, end = date.span
    before, behind = whole[:start], whole[end:]
    if part := _PART_OF_DATE.match(behind):
        behind = behind[part.end() :]
    if _AROUND_DATE.match(behind) or not behind or not _whole(before + behind):
        return None
    if not _BEFORE_DATE.search(before) or len(before) < 5:
        return None
    return f"{before}{'哪一年' if date.month is None else '什么时候'}{behind}？"


def _whole(text: str) -> bool:
    """Return whether a part of a sentence is understood by itself: two clauses at most."""
    return len(_END.findall(text)) <= 1 and "（" not in text and not _LEANS.search(text)


def _first_after(ends: list[int], place: int) -> int:
    return next(end for end in ends if end >= place)
