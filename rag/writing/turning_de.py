"""A statement in German -> the questions that it answers: its verb stands second already."""

from collections.abc import Iterator

import regex

from index.text.figures import figures
from index.text.numbers import Number
from rag.writing.stated import is_name, is_year

_LEANS = regex.compile(
    r"\b(?:er|sie|es|ihm|ihnen|ihn|ihr|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|wir|uns|unser\w*|ich|mein\w*|du"
    r"|dort|hier|damit|dabei|dazu|davon|darin|daher|deren|dessen|welche\w*|auch|solche\w*|Sie|man)\b",
)
_AUX = r"wurde|wurden|wird|werden|ist|sind|war|waren|hat|haben|hatte|hatten"
_NO_SUBJECT = (
    r"(?:Seit|Da\p{Ll}+|In|Im|Am|An|Auf|Bei|Beim|Mit|Nach|Von|Vom|Vor|Zu|Zum|Zur|Für|Bis|Ab|Unter|Über"
    r"|Durch|Als|Wenn|Wie|Was|So|Nur|Heute|Jetzt|Hier|Dort|Gegen|Ohne|Neben|Zwischen|Während|Aus|Um"
    r"|Trotz|Wegen|Laut|Insgesamt|Rund|Etwa|Zwar|Doch|Aber|Und|Oder|Allerdings|Anfang|Ende|Mitte"
    r"|Innerhalb|Außerhalb|Obwohl|Nachdem|Bevor|Sobald|Solange|Hinter|Seitdem|Statt|Anstatt|Dank)\b"
)
_SUBJECT = rf"(?P<subject>(?!{_NO_SUBJECT})\p{{Lu}}[^,;:()„“]{{1,60}}?)"
_STATED = regex.compile(rf"^{_SUBJECT}\s(?P<aux>{_AUX})\s(?P<rest>.+)$")
_WHEN = regex.compile(
    r"\s*\b(?P<by>am|im|in|seit|ab|bis|seit\sdem|ab\sdem|bis\szum)\s(?:Jahre?\s)?$",
    regex.IGNORECASE,
)
_FINITE = regex.compile(r"\p{Ll}+(?:e|en|t|te|ten|d)?\s(?:der|die|das|ein|eine|\p{Lu})")
_ASKS = {"seit": "Seit wann", "ab": "Ab wann", "bis": "Bis wann"}
_ABOUT = regex.compile(
    r"\b(?:rund|etwa|über|fast|knapp|circa|ca\.|mehr als|mindestens|gut|nur|bis zu)\s+$",
    regex.IGNORECASE,
)
_FRONT = regex.compile(
    r"^\s(?P<noun>(?:\p{Ll}+e\s)?\p{Lu}[\p{L}-]+)\s(?P<rest>\p{Ll}+(?:en|t|ten|nd)\s.+|(?:sind|waren)\s.+)$"
)
_HAS = regex.compile(
    rf"^{_SUBJECT}\s(?P<verb>hat|haben|umfasst|zählt|besitzt|beschäftigt|bietet|betreibt)$"
)
_NOUN = regex.compile(r"^\s(?P<noun>(?:\p{Ll}+e\s)?\p{Lu}[\p{L}-]+)(?P<rest>(?:\s.*)?)$")
_LIES = regex.compile(
    rf"^{_SUBJECT}\s(?P<verb>liegt|befindet\ssich)\s(?:in|im|an|am|auf|bei|nahe)\s.+$"
)
_DEFINED = regex.compile(rf"^{_SUBJECT}\sist\s(?:eine?|der|die|das)\s.{{8,}}$")


def asked(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence answers."""
    said = regex.split(r"[;:,]\s|\sund\s(?=\p{Ll})", sentence.rstrip("."))[0]
    if _LEANS.search(said):
        return
    found = figures(said)
    yield from filter(None, (_figure(said, number) for number in found.numbers))
    years = [number.span for number in found.numbers if is_year(number)]
    for span in sorted([*(date.span for date in found.dates), *years]):
        yield from filter(None, [_when(said[: span.start], said[span.end :])])
    if (lies := _LIES.match(said)) and _is_subject(lies["subject"]):
        verb, *itself = lies["verb"].split()
        yield " ".join(["Wo", verb, *itself, f"{_inside(lies['subject'])}?"])
    name = defined["subject"] if (defined := _DEFINED.match(said)) else ""
    if name and _is_subject(name) and is_name(name, "Der", "Die", "Das", "Ein", "Eine"):
        yield f"Was ist {_inside(name)}?"


def _when(before: str, behind: str) -> str | None:
    """Return the question for what stands between two parts of a sentence: a date."""
    if behind[:1] not in ("", " "):  # the 1970er
        return None
    when, behind = _WHEN.search(before), behind.strip()
    by = when["by"].lower().split()[0] if when else ""
    front = (before if when is None else before[: when.start()]).strip()
    asks = _ASKS.get(by, "Wann")
    if not front:
        return f"{asks} {behind}?" if _FINITE.match(behind) else None
    if when is None and not regex.search(rf"\s(?:{_AUX})$", front):
        return None
    stated = _STATED.match(f"{front} {behind}".strip())
    if stated is None or not _is_subject(stated["subject"]):
        return None
    return f"{asks} {stated['aux']} {_inside(stated['subject'])} {stated['rest']}?"


def _figure(said: str, number: Number) -> str | None:
    if is_year(number) or max(number.values) < 2 or number.unit is not None:
        return None
    before = _ABOUT.sub("", said[: number.span.start]).strip()
    behind = said[number.span.end :]
    if not before:
        front = _FRONT.match(behind)
        return f"Wie viele {front['noun']} {front['rest']}?" if front else None
    has, noun = _HAS.match(before), _NOUN.match(behind)
    if has is None or noun is None or not _is_subject(has["subject"]):
        return None
    return f"Wie viele {noun['noun']} {has['verb']} {_inside(has['subject'])}{noun['rest']}?"


def _inside(subject: str) -> str:
    return regex.sub(r"^(?:Der|Die|Das|Eine?)\s", lambda match: match[0].lower(), subject)


def _is_subject(subject: str) -> bool:
    """Return whether a subject begins with an article, or with a name and not an adjective."""
    first, *others = subject.split()
    if first in ("Der", "Die", "Das", "Ein", "Eine"):
        return len(others) <= 8
    return len(others) <= 4 and not (others and regex.search(r"e[rnsm]?$", first))
