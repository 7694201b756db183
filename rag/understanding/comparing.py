# ruff: noqa: E501 (a pattern of a table stays on its line)
"""A question that compares things, as one question for each: their list gives way to the thing.

"A5和A7哪个保修更长？" -> "A5保修更长吗？", and the same of A7: what is said of each stands in places
that look alike. A relation of two things ("between A and B") is one thing to find, and what
is not sure to be a comparison stays whole.
"""

import regex

_MOST_THINGS = 4
_LONGEST = 300
_THING = r"[^，,。？?；;：:、!！]{1,14}?"
_JOINS = r"(?:、|以及|还是|或者|(?<!共)和(?![国平谐睦解气])|(?<!参)与(?![会时否其])|跟(?![踪随进])|と|와 |과 )"
_HAN = regex.compile(
    rf"(?:请问)?(?:\d{{4}}年)?(?:\p{{Han}}{{2,4}}在)?(?P<list>{_THING}(?:、{_THING}){{0,2}}{_JOINS}{_THING})"
    r"(?:[的在](?![这那])[^的]{1,8})?[，,、]?(?:哪(?:一|两)?(?:[个款家种座所项台位条类]|边)|谁[更最]|各有?|分别|更|有什么[不区差]"
    r"|では|の[^は]{1,9}はそれぞれ| 중).*"
)
"""What is compared in scripts without capital letters stands in front of what asks for it."""
_WHICH = regex.compile(r"[，,]?(?:哪(?:一|两)?(?:[个款家种座所项台位条类]|边)|谁(?=[更最]))的?")
_CODE = r"[\p{Latin}\d]*\p{Latin}\d+"
_NAMED = regex.compile(
    rf"(?:请问)?(?P<list>{_CODE}(?:、{_CODE})*{_JOINS}{_CODE}|\p{{Han}}{{1,5}}(?P<kind>[区市省县])"
    rf"(?:、\p{{Han}}{{1,5}}(?P=kind))*{_JOINS}\p{{Han}}{{1,5}}(?P=kind))(?!{_JOINS})(?:的|有|要|卖|多|\p{{Han}}{{1,4}}哪).*"
)
_NAME = r"(?:(?:the|der|die|das|den|dem|tarif|le|la|el) )?(?-i:\p{Lu})[\p{L}\d-]*"
_SPACED = regex.compile(
    rf"(?<!\p{{L}})(?P<list>{_NAME}(?:, {_NAME}){{0,2}},? (?P<join>and|und|et|y|и|và) {_NAME}"
    rf"|{_NAME} (?P<join>or|oder|ou|o|или) {_NAME})(?!\p{{L}})",
    regex.IGNORECASE,
)
_EITHER = {"or", "oder", "ou", "o", "или"}
_CUES = regex.compile(
    r"\b(?:each|respectively|differ|compare|how (?:many|much|old|long|high|big|tall|heavy)|what (?:do|are the)|jeweils"
    r"|unterscheiden|vergleiche|kosten|wie (?:viele|alt|hoch|lang)|quels sont|cuáles son|cái nào)\b",
    regex.IGNORECASE,
)
_ONE = regex.compile(
    r"之间|关系|距离|联系|合作(?!区)|共同|一共|总|相[加距隔同]|边界|一起|协议|之比|比例|结婚|認識|认识"
    r"|\b(?:between|together|total|altogether|common|relation\w*|differences?|causes|effects|meet|met|marry|married|sign"
    r"|zwischen|zusammen|insgesamt|gemeinsam|folgen|ursachen|entre|между|giữa)\b|関係|距離|사이",
    regex.IGNORECASE,
)
"""What asks for one thing about all of them."""
_NO_THING = regex.compile(r"什么|谁|哪|多少|怎|为何|[它他]|^[这那]|不|没有|^是|吗")
_PARTED = regex.compile(
    rf"{_JOINS}|,? (?:and|or|und|oder|et|ou|y|o|и|или|và) |, ", regex.IGNORECASE
)
_ARTICLE = regex.compile(r"^(?:the|der|die|das|den|dem|le|la|el) ", regex.IGNORECASE)


def compared(question: str) -> list[tuple[str, str]]:
    """Return each thing that a question compares, and the question about it; none for any other.

    >>> compared("A5和A7哪个保修更长？")
    [('A5', 'A5保修更长吗？'), ('A7', 'A7保修更长吗？')]
    >>> compared("What is the distance between Bremen and Kiel?")
    []
    """
    if len(question) > _LONGEST or _ONE.search(question):
        return []
    found = _NAMED.match(question) or _HAN.match(question) or _SPACED.search(question)
    if found is None or not _is_comparison(found, question):
        return []
    things = [thing.strip() for thing in _PARTED.split(found["list"])]
    if not 1 < len(set(things)) == len(things) <= _MOST_THINGS or any(
        map(_NO_THING.search, things)
    ):
        return []
    before, behind = question[: found.start("list")], question[found.end("list") :]
    if _WHICH.search(behind):  # of one thing, it is asked whether
        behind = f"{_WHICH.sub('', behind, count=1).rstrip('？?')}吗？"
    return [(_ARTICLE.sub("", thing), before + thing + behind) for thing in things]


def _is_comparison(found: "regex.Match[str]", question: str) -> bool:
    """Return whether it is one in a language where any two names may be joined by "and"."""
    join = found.groupdict().get("join")
    if join is None:
        return True
    if join.casefold() in _EITHER:
        return question.rstrip().endswith("?")
    return _CUES.search(question) is not None
