"""A statement in English -> the questions that it answers: an auxiliary goes in front."""

from collections.abc import Iterator

import regex

from index.text.figures import figures
from index.text.numbers import Number
from rag.writing.stated import is_name, is_year

_AUX = r"was|were|is|are|has been|have been|will be|will|can be|had been"
_SUBJECT = r"(?P<subject>(?:The|An?|[A-Z])[^,;:()“”\"]{1,60}?)"
_LEANS = regex.compile(
    r"\b(?:it|they|them|he|his|him|she|her|this|these|those|we|our|us|I|my|you|your|here|such"
    r"|former|latter|also|another|other|however)\b"
    r"|^\W*(?:Its|Their|There|That|Which)\b",
    regex.IGNORECASE,
)
"""What refers to a sentence before; within a sentence, "its" is the subject's."""
_ENDS = regex.compile(r"[;:]\s|,\s(?:and|but|which|who|where|while|so)\s")
_JOINING = frozenset(("of", "and", "the", "for", "in", "de", "von", "&"))
_FRONT = regex.compile(r"^(?P<by>In|On|Since|Until)\s(?P<when>[^,]{3,24}),\s(?P<rest>\w.+)$")
_STATED = regex.compile(rf"^{_SUBJECT}\s(?P<aux>{_AUX})\s(?P<rest>.+)$")
_WHEN = regex.compile(r"\s*\b(?P<by>in|on|since|until)\s(?:the\syear\s)?$", regex.IGNORECASE)
_ASKS = {"in": "When", "on": "When", "since": "Since when", "until": "Until when"}
_HAS = regex.compile(rf"^{_SUBJECT}\s(?P<aux>has|have)$")
_PAST = dict(
    pair.split(":")
    for pair in regex.split(
        r"\s+",
        "opened:open closed:close began:begin started:start ended:end founded:found built:build"
        " moved:move won:win became:become took:take reached:reach received:receive sold:sell"
        " launched:launch introduced:introduce joined:join published:publish created:create"
        " signed:sign died:die left:leave returned:return adopted:adopt approved:approve"
        " completed:complete lost:lose established:establish acquired:acquire bought:buy led:lead"
        " held:hold rose:rise fell:fall grew:grow declared:declare arrived:arrive settled:settle"
        " handled:handle produced:produce employed:employ carried:carry served:serve"
        " planted:plant installed:install discovered:discover invented:invent developed:develop"
        " captured:capture visited:visit",
    )
)
"""Past forms of verbs, regular or not, and their infinitives."""
_ACTED = regex.compile(rf"^{_SUBJECT}\s(?P<verb>{'|'.join(_PAST)})(?P<rest>(?:\s.+)?)$")
_NOW = {
    f"{verb}s": verb
    for verb in regex.split(
        r"\s",
        "cover contain include employ produce hold serve span measure cost weigh operate own host"
        " reach offer comprise house receive export generate consume occupy",
    )
}
_WHERE = regex.compile(
    rf"^{_SUBJECT}\s(?P<aux>is|was|are|were)\s(?P<verb>located|situated|based|born|held|buried)"
    r"\s(?:in|at|on|near)\s.+$"
)
_DOES = regex.compile(rf"^{_SUBJECT}\s(?P<verb>{'|'.join(_NOW)})$")
_TIMES = r"^[\d.,]*\s?(?:hundred|thousand|million|billion|trillion)?"
_ABOUT = regex.compile(
    r"\b(?:about|around|some|nearly|almost|roughly|over|approximately|more than|at least|up to|only"
    r"|a total of|exactly)\s+$",
    regex.IGNORECASE,
)
_NOUN = regex.compile(
    r"^\s?(?P<noun>(?:[a-z-]+\s){0,2}?(?!was|is|has|does)[a-z-]{3,}s|people)\b(?P<rest>.*)$"
)
_HOW = regex.compile(
    r"^\s*(?:metres?|meters?|kilometres?|kilometers?|feet|years)\s(?P<how>high|tall|long|wide|deep|old)$"
)
_DEFINED = regex.compile(rf"^{_SUBJECT}\sis\s(?:an?|the)\s.{{8,}}$")


def asked(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence answers."""
    said = _ENDS.split(_with_front_behind(sentence.rstrip(".")))[0]
    if _LEANS.search(said) or said.count(",") > 1:
        return
    found = figures(said)
    yield from filter(None, (_figure(said, number) for number in found.numbers))
    years = [number.span for number in found.numbers if is_year(number)]
    for span in sorted([*(date.span for date in found.dates), *years]):
        yield from filter(None, [_when(said[: span.start], said[span.end :].strip(" ,"))])
    if (where := _WHERE.match(said)) and _is_subject(where["subject"]):
        yield f"Where {where['aux']} {_inside(where['subject'])} {where['verb']}?"
    if (defined := _DEFINED.match(said)) and is_name(defined["subject"], "The", "A", "An"):
        yield f"What is {_inside(defined['subject'])}?"


def _with_front_behind(said: str) -> str:
    """Return a sentence with the year at its end that stood in front of it."""
    front = _FRONT.match(said)
    if front is None or not regex.search(r"\d{4}$", front["when"]):
        return said
    rest = front["rest"]
    return f"{rest[0].upper()}{rest[1:]} {front['by'].lower()} {front['when']}"


def _when(before: str, behind: str) -> str | None:
    """Return the question for what stands between two parts of a sentence: a date."""
    when = _WHEN.search(before)
    if when is None:
        return None
    said, asks = f"{before[: when.start()]} {behind}".strip(), _ASKS[when["by"].lower()]
    if (stated := _STATED.match(said)) and _is_subject(stated["subject"]):
        first, *more = stated["aux"].split()
        return " ".join([asks, first, _inside(stated["subject"]), *more, f"{stated['rest']}?"])
    if (acted := _ACTED.match(said)) and _is_subject(acted["subject"]):
        return f"{asks} did {_acted(acted)}?"
    return None


def _figure(said: str, number: Number) -> str | None:
    """Return the question for a number of things, or for a size."""
    start, end = number.span
    if (
        is_year(number)
        or max(number.values) < 2
        or regex.search(r"[\p{L}\d.,$€£–-]$", said[:start])
    ):
        return None
    unit = regex.sub(_TIMES, "", said[start:end]) if said[start].isdigit() else ""
    behind = unit + said[end:]
    before = _ABOUT.sub("", said[:start]).rstrip()
    is_so = regex.match(rf"^{_SUBJECT}\s(is|are|was|were)$", before)
    if (how := _HOW.match(behind)) and is_so and _is_subject(is_so["subject"]):
        return f"How {how['how']} {is_so[2]} {_inside(is_so['subject'])}?"
    noun = None if "(" in behind else _NOUN.match(behind)  # in another unit, mostly
    return None if noun is None else _how_many(before, noun["noun"], noun["rest"].rstrip())


def _how_many(before: str, noun: str, rest: str) -> str | None:
    if not before:
        is_said = regex.match(rf"\s(?:{_AUX}|[a-z]+(?:ed|s))\s", rest)
        return f"How many {noun}{rest}?" if is_said else None
    if (has := _HAS.match(before)) and _is_subject(has["subject"]):
        does = "does" if has["aux"] == "has" else "do"
        return f"How many {noun} {does} {_inside(has['subject'])} have{rest}?"
    if (does_so := _DOES.match(before)) and _is_subject(does_so["subject"]):
        verb = _NOW[does_so["verb"]]
        return f"How many {noun} does {_inside(does_so['subject'])} {verb}{rest}?"
    if (acted := _ACTED.match(before)) and not acted["rest"] and _is_subject(acted["subject"]):
        return f"How many {noun} did {_acted(acted)}{rest}?"
    return None


def _acted(acted: "regex.Match[str]") -> str:
    return f"{_inside(acted['subject'])} {_PAST[acted['verb']]}{acted['rest']}"


def _inside(subject: str) -> str:
    """Return a subject as it stands within a sentence."""
    return regex.sub(r"^(?:The|An?)\s", lambda match: match[0].lower(), subject)


def _is_subject(subject: str) -> bool:
    """Return whether a subject can stand within a sentence: it begins with an article or a name."""
    first, *others = subject.split()
    is_named = all(word[0].isupper() or word in _JOINING for word in others)
    return len(others) <= 8 and (first in ("The", "A", "An") or is_named)
