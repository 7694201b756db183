"""A statement -> the question that it answers, by rules, in Chinese, English and German.

Only what the grammar of a language turns safely is turned. Chinese asks where the answer stands
("建成5260个基站" → "建成多少个基站"). English puts an auxiliary in front ("was built in 1892" →
"When was … built?"), German has the verb in second place already ("Am 3. Oktober wurde …" → "Wann
wurde …?"). Everything else gives no question: none is better than one that nobody would ask.
"""

from collections.abc import Callable, Iterator

import regex

from index.text.dates import Date
from index.text.figures import figures
from index.text.numbers import Number

_LONGEST = {"zh": 34, "en": 90, "de": 90}
"""Characters of a question; a longer one is not read."""
_MOST_READ = 300


def questions(sentence: str, language: str) -> list[str]:
    """Return the questions that a sentence answers, the most natural kind first.

    >>> questions("青石港在2031年共装卸集装箱418万箱，比上一年增加7%。", "zh")
    ['青石港在2031年共装卸集装箱多少箱？']
    >>> questions("The mill was built in 1892 by a baker.", "en")
    ['When was the mill built by a baker?']
    >>> questions("Am 3. Oktober 1987 wurde die Mühle ein Museum.", "de")
    ['Wann wurde die Mühle ein Museum?']
    """
    turn = _TURNS.get(language)
    if turn is None or len(sentence) > _MOST_READ or _UNFIT.search(sentence):
        return []
    made = (" ".join(question.split()) for question in turn(sentence.strip()))
    return [each for each in dict.fromkeys(made) if _is_whole(each) and len(each) <= _LONGEST[language]]


_PAIRS = ("()", "（）", "“”", "„“", "《》", "「」")


def _is_whole(question: str) -> bool:
    """Return whether every bracket and quotation mark has its other half."""
    return all(question.count(pair[0]) == question.count(pair[1]) for pair in _PAIRS)


_UNFIT = regex.compile(r"[?？!！|#*`<>\[\]{}=_\n\t]|https?:|\.{3}|…")
"""What no plain statement holds."""

# -- Chinese --------------------------------------------------------------------------------------

_ZH_SAID = regex.compile(r"^[^，。；：]{2,16}(?:说|表示|指出|介绍|称|透露|认为|提到|强调)[，：]“?")
_ZH_SOURCE = regex.compile(r"^据[^，,。]{1,12}[，,]")
_ZH_END = regex.compile(r"[，,；;。：:]|——")
_ZH_NO_SUBJECT = regex.compile(
    r"^(?:其|该|这|那|此|它|他|她|我|你|您|本|前者|后者|双方|两者|对|在|从|为|通过|根据|按照|截至|截止|目前|同时|今|去年|当|如|若|因|由于|随着"
    r"|并|还|也|又|则|将|已|共|有|是|以|与|和|把|被|可|要|会|能|应|第|另|而|且|但|每|各|全|建成|实现|完成|达到|增长|下降|包括|其中|以及|预计)"
)
_ZH_LEANS = regex.compile(r"[它他她]|这[些个种样]|[该此]|上述|以上|前者|后者|我们|[“”‘’][^“”‘’]*$|^[^“]*”")
_ZH_DIGITS = regex.compile(
    r"^[\d.,，０-９．〇零一二两三四五六七八九十百千万亿]+(?P<more>[多余来])?(?P<unit>.*)$"
)
_ZH_ABOUT = regex.compile(r"(?:大约|约|近|逾|将近|接近|超过|超|不到|至少|至多|多达|高达|达到|达)$")
_ZH_BEFORE_DATE = regex.compile(r"(?:在|于|到|从|自|是|至)$")
_ZH_PART_OF_DATE = regex.compile(r"^(?:[年]?(?:初|底|末|春天|夏天|秋天|冬天|上半年|下半年|上午|下午|中旬|上旬|下旬))")
_ZH_AROUND_DATE = regex.compile(r"^(?:[前后起至到—–-]|以[来前后]|之[前后]|间|期间|度|的|版|第)")
_ZH_DEFINED = regex.compile(r"^([“《]?[\p{Han}\w]{2,14}[”》]?)是(?!否|因|由|在|从|为了|要|什么|谁|怎|如何|不是)(.{6,})$")


def _zh(sentence: str) -> Iterator[str]:
    said = _ZH_SAID.sub("", _ZH_SOURCE.sub("", sentence)).rstrip("。；”")
    if _ZH_NO_SUBJECT.match(said):
        return
    ends = [match.start() for match in _ZH_END.finditer(said)] + [len(said)]
    found = figures(said)
    for number in found.numbers:
        whole = said[: _first_after(ends, number.span.end)]
        if asked := _zh_figure(whole, number):
            yield asked
    for date in found.dates:
        whole = said[: _first_after(ends, date.span.end)]
        if asked := _zh_date(whole, date):
            yield asked
    first = said[: ends[0]]
    if (defined := _ZH_DEFINED.match(first)) and not _ZH_LEANS.search(first):
        yield f"{defined[1]}是什么？"


def _zh_figure(whole: str, number: Number) -> str | None:
    start, end = number.span
    parts = _ZH_DIGITS.match(whole[start:end])
    before = whole[:start]
    if parts is None or _is_few(number) or not _zh_whole(before) or len(before) < 4:
        return None
    behind = parts["unit"] + whole[end:]
    if regex.search(r"(?:第|[\p{Latin}\d.\-–~—至到比:：/])$", before):  # an ordinal, a code, a range
        return None
    if not regex.match(r"\p{Han}|[%％]$|$", behind) or regex.match(r"[年月日号]|[至到]\d|分之", behind):
        return None
    if not behind or behind in "%％":
        behind = ""
    return f"{_ZH_ABOUT.sub('', before)}多少{behind}？"


def _is_few(number: Number) -> bool:
    """Return whether it is so small a number in words that nobody would ask for it."""
    return max(number.values) < (2 if regex.search(r"\d", number.text) else 10)


def _zh_date(whole: str, date: Date) -> str | None:
    start, end = date.span
    before, behind = whole[:start], whole[end:]
    if part := _ZH_PART_OF_DATE.match(behind):
        behind = behind[part.end() :]
    if _ZH_AROUND_DATE.match(behind) or not behind or not _zh_whole(before + behind):
        return None
    if not _ZH_BEFORE_DATE.search(before) or len(before) < 5:
        return None
    return f"{before}{'哪一年' if date.month is None else '什么时候'}{behind}？"


def _zh_whole(text: str) -> bool:
    """Return whether a part of a sentence is understood by itself: two clauses at most."""
    return len(_ZH_END.findall(text)) <= 1 and not _ZH_LEANS.search(text)


# -- English --------------------------------------------------------------------------------------

_EN_AUX = r"was|were|is|are|has been|have been|will be|will|can be|had been"
_EN_SUBJECT = r"(?P<subject>(?:The|An?|[A-Z])[^,;:()“”\"]{1,60}?)"
_EN_LEANS = regex.compile(
    r"\b(?:it|its|they|them|their|he|his|him|she|her|this|these|those|that|which|who|we|our|us|I|my"
    r"|you|your|there|here|such|said|former|latter|above|below|also|another|other)\b",
    regex.IGNORECASE,
)
_EN_STATED = regex.compile(rf"^{_EN_SUBJECT}\s(?P<aux>{_EN_AUX})\s(?P<rest>.+)$")
_EN_WHEN = regex.compile(r"\s*\b(?P<by>in|on|since|until|by)\s(?:the\syear\s)?$", regex.IGNORECASE)
_EN_ASKS = {"in": "When", "on": "When", "since": "Since when", "until": "Until when", "by": "By when"}
_EN_HAS = regex.compile(rf"^{_EN_SUBJECT}\s(?P<aux>has|have)\s(?P<rest>.+)$")
_EN_PAST = dict(
    pair.split(":")
    for pair in """
    opened:open closed:close began:begin started:start ended:end founded:found built:build
    moved:move won:win became:become took:take reached:reach received:receive launched:launch
    introduced:introduce joined:join published:publish created:create signed:sign died:die
    left:leave returned:return adopted:adopt approved:approve completed:complete lost:lose
    established:establish acquired:acquire bought:buy sold:sell led:lead held:hold rose:rise
    fell:fall grew:grow declared:declare arrived:arrive settled:settle handled:handle
    produced:produce employed:employ carried:carry served:serve planted:plant installed:install
    discovered:discover invented:invent developed:develop captured:capture visited:visit
    """.split()
)
"""Past forms of verbs, regular or not, and their infinitives."""
_EN_ACTED = regex.compile(rf"^{_EN_SUBJECT}\s(?P<verb>{'|'.join(_EN_PAST)})(?P<rest>(?:\s.+)?)$")
_EN_ABOUT = regex.compile(
    r"\b(?:about|around|some|nearly|almost|roughly|over|approximately|more than|at least|up to|only"
    r"|a total of|exactly)\s+$",
    regex.IGNORECASE,
)
_EN_NOUN = regex.compile(r"^\s?(?P<noun>(?:[a-z-]+\s){0,2}?(?!was|is|has|does)[a-z-]{3,}s|people)\b(?P<rest>.*)$")
_EN_HOW = regex.compile(r"^\s*(?:metres?|meters?|kilometres?|kilometers?|feet|years)\s(?P<how>high|tall|long|wide|deep|old)$")
_EN_DEFINED = regex.compile(rf"^{_EN_SUBJECT}\s(?P<aux>is|are)\s(?P<rest>an?\s.{{8,}}|the\s.{{8,}})$")


def _en(sentence: str) -> Iterator[str]:
    said = regex.split(r"[;:]\s|,\s(?:and|but|which|who|where|while|so)\s", sentence.rstrip("."))[0]
    if _EN_LEANS.search(said) or said.count(",") > 1:
        return
    found = figures(said)
    for number in found.numbers:
        if asked := _en_figure(said, number):
            yield asked
    years = [number.span for number in found.numbers if _is_year(number)]
    for span in sorted([*(date.span for date in found.dates), *years]):
        before, behind = said[: span.start], said[span.end :].strip(" ,")
        when = _EN_WHEN.search(before)
        stated = when and _EN_STATED.match(f"{before[: when.start()]} {behind}".strip())
        if when and stated and len(stated["subject"].split()) <= 9:
            yield f"{_EN_ASKS[when['by'].lower()]} {_en_asked(stated)}?"
        acted = when and _EN_ACTED.match(f"{before[: when.start()]} {behind}".strip())
        if when and acted and len(acted["subject"].split()) <= 9:
            yield f"{_EN_ASKS[when['by'].lower()]} did {_en_acted(acted)}?"
    if (defined := _EN_DEFINED.match(said)) and _is_name(defined, "The", "A", "An"):
        yield f"What {defined['aux']} {_en_inside(defined['subject'])}?"


def _en_figure(said: str, number: Number) -> str | None:
    if _is_year(number) or max(number.values) < 2:
        return None
    start, end = number.span
    behind = said[start:end].lstrip("0123456789.,") + said[end:]
    before = _EN_ABOUT.sub("", said[:start])
    if (how := _EN_HOW.match(behind)) and (is_so := regex.match(rf"^{_EN_SUBJECT}\s(is|are|was|were)$", before.rstrip())):
        return f"How {how['how']} {is_so[2]} {_en_inside(is_so['subject'])}?"
    noun = _EN_NOUN.match(said[end:])
    if noun is None or number.unit is not None:
        return None
    rest = noun["rest"].rstrip()
    if not before.strip() and regex.match(rf"\s(?:{_EN_AUX}|[a-z]+(?:ed|s)?)\s", rest):
        return f"How many {noun['noun']}{rest}?"
    if has := _EN_HAS.match(f"{before.rstrip()} x"):
        if has["rest"] == "x":
            does = "does" if has["aux"] == "has" else "do"
            return f"How many {noun['noun']} {does} {_en_inside(has['subject'])} have{rest}?"
    if (acted := _EN_ACTED.match(before.rstrip())) and not acted["rest"]:
        return f"How many {noun['noun']} did {_en_acted(acted)}{rest}?"
    return None


def _en_asked(stated: "regex.Match[str]") -> str:
    first, *more = stated["aux"].split()
    return " ".join([first, _en_inside(stated["subject"]), *more, stated["rest"]])


def _en_acted(acted: "regex.Match[str]") -> str:
    return f"{_en_inside(acted['subject'])} {_EN_PAST[acted['verb']]}{acted['rest']}"


def _en_inside(subject: str) -> str:
    """Return a subject as it stands within a sentence."""
    return regex.sub(r"^(?:The|An?)\s", lambda match: match[0].lower(), subject)


# -- German ---------------------------------------------------------------------------------------

_DE_LEANS = regex.compile(
    r"\b(?:er|sie|es|ihm|ihr|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|wir|uns|unser\w*|ich|mein\w*|du"
    r"|dort|hier|damit|dabei|dazu|davon|darin|daher|deren|dessen|welche\w*|auch|solche\w*|Sie|man)\b",
)
_DE_AUX = r"wurde|wurden|wird|werden|ist|sind|war|waren|hat|haben|hatte|hatten"
_DE_SUBJECT = r"(?P<subject>(?!(?:Seit|Da\p{Ll}+|In|Im|Am|An|Auf|Bei|Mit|Nach|Von|Vor|Zu|Zum|Zur|Für|Bis|Ab|Unter|Über|Durch|Als|Wenn|Wie|Was|So|Nur|Heute|Jetzt|Hier|Dort|Beim|Vom|Gegen|Ohne|Neben|Zwischen|Während|Aus|Um|Trotz|Wegen|Laut|Insgesamt|Rund|Etwa|Zwar|Doch|Aber|Und|Oder|Allerdings|Anfang|Ende|Mitte)\b)(?:Der|Die|Das|Ein|Eine|\p{Lu})[^,;:()„“]{1,60}?)"
_DE_STATED = regex.compile(rf"^{_DE_SUBJECT}\s(?P<aux>{_DE_AUX})\s(?P<rest>.+)$")
_DE_WHEN = regex.compile(r"\s*\b(?P<by>am|im|in|seit|ab|bis|seit\sdem|ab\sdem|bis\szum)\s(?:Jahre?\s)?$", regex.IGNORECASE)
_DE_ASKS = {"seit": "Seit wann", "ab": "Ab wann", "bis": "Bis wann"}
_DE_ABOUT = regex.compile(r"\b(?:rund|etwa|über|fast|knapp|circa|ca\.|mehr als|mindestens|gut|nur|bis zu)\s+$", regex.IGNORECASE)
_DE_FRONT = regex.compile(r"^\s(?P<noun>(?:\p{Ll}+e\s)?\p{Lu}[\p{L}-]+)\s(?P<rest>\p{Ll}+(?:en|t|ten|nd)\s.+|(?:sind|waren)\s.+)$")
_DE_HAS = regex.compile(rf"^{_DE_SUBJECT}\s(?P<verb>hat|haben|umfasst|zählt|besitzt|beschäftigt|bietet|betreibt)$")
_DE_NOUN = regex.compile(r"^\s(?P<noun>(?:\p{Ll}+e\s)?\p{Lu}[\p{L}-]+)(?P<rest>(?:\s.*)?)$")
_DE_DEFINED = regex.compile(rf"^{_DE_SUBJECT}\s(?P<aux>ist|sind)\s(?P<rest>(?:eine?|der|die|das)\s.{{8,}})$")


def _de(sentence: str) -> Iterator[str]:
    said = regex.split(r"[;:,]\s", sentence.rstrip("."))[0]
    if _DE_LEANS.search(said):
        return
    found = figures(said)
    for number in found.numbers:
        if asked := _de_figure(said, number):
            yield asked
    years = [number.span for number in found.numbers if _is_year(number)]
    for span in sorted([*(date.span for date in found.dates), *years]):
        before, behind = said[: span.start], said[span.end :].strip()
        when = _DE_WHEN.search(before)
        by = when["by"].lower().split()[0] if when else ""
        front = before if when is None else before[: when.start()]
        asks = _DE_ASKS.get(by, "Wann")
        if not front.strip() and regex.match(rf"\p{{Ll}}+(?:e|en|t|te|ten|d)?\s(?:der|die|das|ein|eine|\p{{Lu}})", behind):
            yield f"{asks} {behind}?"
        elif stated := _DE_STATED.match(f"{front.rstrip()} {behind}".strip()):
            yield f"{asks} {stated['aux']} {_de_inside(stated['subject'])} {stated['rest']}?"
    if (defined := _DE_DEFINED.match(said)) and _is_name(defined, "Der", "Die", "Das", "Ein", "Eine"):
        yield f"Was {defined['aux']} {_de_inside(defined['subject'])}?"


def _de_figure(said: str, number: Number) -> str | None:
    if _is_year(number) or max(number.values) < 2 or number.unit is not None:
        return None
    before = _DE_ABOUT.sub("", said[: number.span.start]).strip()
    behind = said[number.span.end :]
    if not before:
        front = _DE_FRONT.match(behind)
        return f"Wie viele {front['noun']} {front['rest']}?" if front else None
    has, noun = _DE_HAS.match(before), _DE_NOUN.match(behind)
    if has is None or noun is None:
        return None
    return f"Wie viele {noun['noun']} {has['verb']} {_de_inside(has['subject'])}{noun['rest']}?"


def _de_inside(subject: str) -> str:
    return regex.sub(r"^(?:Der|Die|Das|Eine?)\s", lambda match: match[0].lower(), subject)


def _is_year(number: Number) -> bool:
    return regex.fullmatch(r"1\d{3}|20\d{2}", number.text) is not None


def _is_name(defined: "regex.Match[str]", *articles: str) -> bool:
    """Return whether a subject names one thing: a word without an article, or two to five."""
    first, *others = defined["subject"].split()
    named = others if first in articles else [first, *others]
    single = defined["aux"] in ("is", "ist")
    return (2 <= len(named) <= 5 or (not others and len(first) > 2)) and single


def _first_after(ends: list[int], place: int) -> int:
    return next(end for end in ends if end >= place)


_TURNS: dict[str, Callable[[str], Iterator[str]]] = {"zh": _zh, "en": _en, "de": _de}
