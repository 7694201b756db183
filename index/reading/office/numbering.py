"""The numbers that Word makes itself: `第三条`, `1.2.3`, `(a)` (ECMA-376 part 1, 17.9).

The text of a paragraph does not hold them. They follow from the paragraphs before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import regex

from index.reading.office.number_styles import written
from index.reading.office.parts import child, children, local_name, value

_LEVELS = 9
_MOST_CHARS = 100
_LEVEL_NUMBERS = frozenset("012345678")
_PLACE = regex.compile(r"%([1-9])")
_MOST_HEADINGS = 6
_HEADING_NAME = regex.compile(
    r"(?:(?P<sub>sub)?title|标题|(?:heading|标题) ?(?P<level>[1-9]))", regex.I
)


@dataclass(frozen=True, slots=True)
class Style:
    """What a style of paragraphs or characters says that matters to the text."""

    based_on: str = ""
    numbering: Element | None = None
    level: int | None = None
    hidden: bool | None = None


class Styles:
    """The styles of a document, each with what it is based on."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {} if root is None else dict(_styles(root))

    def chain(self, style_id: str | None) -> Iterator[tuple[str, Style]]:
        """Yield a style and those that it is based on, the nearest first."""
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen and len(seen) < 50:
            seen.add(style_id)
            yield style_id, self._styles[style_id]
            style_id = self._styles[style_id].based_on

    def is_hidden(self, style_id: str | None) -> bool:
        """Whether text of this style is hidden."""
        return next((s.hidden for _, s in self.chain(style_id) if s.hidden is not None), False)

    def numbering(self, style_id: str | None) -> Element | None:
        """Return in which list paragraphs of this style are."""
        return next((s.numbering for _, s in self.chain(style_id) if s.numbering is not None), None)

    def heading_level(self, properties: Element | None) -> int | None:
        """Return the level of a heading, from 1, by a paragraph's properties; None for none."""
        chain = self.chain(value(child(properties, "pStyle")))
        levels = (_heading(child(properties, "outlineLvl")), *(s.level for _, s in chain))
        level = next((level for level in levels if level is not None), None)
        return level if level and level <= _MOST_HEADINGS else None


def _heading(outline: Element | None, name: str = "") -> int | None:
    """Return the level of a heading, from 1, by what a style or a paragraph says; None if nothing.

    Level 10 is the body of the text.
    """
    stated = value(outline) or ""
    if stated.isdecimal() and len(stated) == 1:
        return int(stated) + 1
    named = _HEADING_NAME.fullmatch(name)
    return (2 if named["sub"] else int(named["level"] or 1)) if named else None


def _styles(root: Element) -> Iterator[tuple[str, Style]]:
    for element in root:
        if local_name(element) != "style" or not (style_id := value(element, "styleId")):
            continue
        paragraph, run = child(element, "pPr"), child(element, "rPr")
        name = value(child(element, "name")) or ""
        yield (
            style_id,
            Style(
                based_on=value(child(element, "basedOn")) or "",
                numbering=child(paragraph, "numPr"),
                level=_heading(child(paragraph, "outlineLvl"), name),
                hidden=is_on(child(run, "vanish")),
            ),
        )


def is_on(switch: Element | None) -> bool | None:
    """Return whether an element switches something on or off, None where there is none."""
    return None if switch is None else value(switch) not in ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: `text` holds %1 for the number of the first level, and so on."""

    style: str = "decimal"
    text: str = ""
    start: int = 1
    restarts_after: int | None = None
    is_legal: bool = False
    follows: str = " "


@dataclass(frozen=True, slots=True)
class Number:
    """What Word writes before a paragraph; `text` is None for a number in an unknown style."""

    text: str | None
    follows: str = " "


@dataclass(frozen=True, slots=True)
class Bullet:
    """The place of a paragraph that has a bullet."""

    list_id: str
    level: int


@dataclass(slots=True)
class _Counters:
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)
    overridden: set[tuple[str, int]] = field(default_factory=set)


class Numbering:
    """The lists of a document. Paragraphs are told in their order: each number follows the last."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        elements: list[Element] = [] if root is None else list(root)
        self._styles = styles
        self._lists = {
            number_id: element
            for element in elements
            if local_name(element) == "num" and (number_id := value(element, "numId"))
        }
        self._abstract = {
            value(element, "abstractNumId"): element
            for element in elements
            if local_name(element) == "abstractNum"
        }
        self._linked = {
            (abstract_id, style_id): level
            for abstract_id, element in self._abstract.items()
            for lvl in children(element, "lvl")
            if (style_id := value(child(lvl, "pStyle")))
            and (level := _level_number(lvl)) is not None
        }
        self._levels: dict[str, dict[int, _Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str | None, _Counters] = {}

    def next(self, properties: Element | None) -> Number | Bullet | None:
        """Return what stands before the next paragraph, by its properties (w:pPr).

        None is for a paragraph of no list.
        """
        list_id, level_number = self._place(properties)
        level = self._list_levels(list_id).get(level_number) if list_id else None
        if level is None:
            return None
        if level.style == "bullet":
            return Bullet(list_id, level_number)
        counts = self._counted(list_id, level_number)
        return self._written(list_id, level, counts)

    def _place(self, properties: Element | None) -> tuple[str, int]:
        """Return which list a paragraph is of, "" for none, and on which level."""
        style_id = value(child(properties, "pStyle"))
        stated = child(properties, "numPr")
        list_id = value(child(stated, "numId"))
        level = value(child(stated, "ilvl"))
        if list_id is None:
            by_style = self._styles.numbering(style_id)
            list_id = value(child(by_style, "numId"))
            level = level or value(child(by_style, "ilvl"))
        if list_id is None or list_id not in self._lists:
            return "", 0
        if level is None or not level.isdecimal():
            abstract = self._abstract_id(list_id)
            candidates = (self._linked.get((abstract, s)) for s, _ in self._styles.chain(style_id))
            return list_id, next((c for c in candidates if c is not None), 0)
        return list_id, min(int(level[:2]), _LEVELS - 1)

    def _abstract_id(self, list_id: str) -> str | None:
        """Return which definition a list has: its own, or by way of a style of lists."""
        for _ in range(5):
            abstract_id = value(child(self._lists.get(list_id), "abstractNumId"))
            link = value(child(self._abstract.get(abstract_id), "numStyleLink"))
            if link is None:
                return abstract_id
            list_id = value(child(self._styles.numbering(link), "numId")) or ""
        return None

    def _list_levels(self, list_id: str) -> dict[int, _Level]:
        """Return the levels of a list, and keep at which numbers they begin anew."""
        if list_id not in self._levels:
            definition = self._abstract.get(self._abstract_id(list_id))
            levels, starts = dict(_defined(definition)), {}
            for override in children(self._lists[list_id], "lvlOverride"):
                number = _level_number(override)
                if number is None:
                    continue
                levels |= dict(_defined(override))
                if start := _integer(child(override, "startOverride")):
                    starts[number] = start
            self._levels[list_id], self._starts[list_id] = levels, starts
        return self._levels[list_id]

    def _counted(self, list_id: str, at: int) -> list[int | None]:
        """Return the numbers of all levels after one more paragraph; None where none was yet."""
        levels, starts = self._levels[list_id], self._starts[list_id]
        # Lists of one definition go on counting.
        counters = self._counters.setdefault(self._abstract_id(list_id), _Counters())
        counts, current = counters.counts, counters.counts[at]
        if at in starts and (list_id, at) not in counters.overridden:
            counters.overridden.add((list_id, at))
            counts[at] = starts[at]
        else:
            counts[at] = levels[at].start if current is None else current + 1
        for deeper in range(at + 1, _LEVELS):
            after = levels[deeper].restarts_after if deeper in levels else None
            if after is None or at < after:
                counts[deeper] = None
        return counts

    def _written(self, list_id: str, level: _Level, counts: list[int | None]) -> Number:
        levels = self._levels[list_id]
        pieces: dict[str, str | None] = {}
        for place in set(_PLACE.findall(level.text)):
            other = levels.get(int(place) - 1, _Level())
            count = counts[int(place) - 1]
            style = "decimal" if level.is_legal and other.style != "none" else other.style
            pieces[place] = _number(other.start if count is None else count, style)
        if None in pieces.values():
            return Number(None)
        text = _PLACE.sub(lambda found: pieces[found[1]] or "", level.text)
        return Number(text.strip(), level.follows)


def _number(count: int, style: str) -> str | None:
    if style.startswith("custom:"):  # as "001, 002, 003, ..."
        first = style.partition(":")[2].partition(",")[0].strip()
        return str(count).zfill(min(len(first), 10)) if first.isdecimal() else None
    return written(count, style)


def _defined(definition: Element | None) -> Iterator[tuple[int, _Level]]:
    for element in children(definition, "lvl"):
        number = _level_number(element)
        if number is None:
            continue
        form, restart = child(element, "numFmt"), _integer(child(element, "lvlRestart"))
        style = value(form) or "decimal"
        start = _integer(child(element, "start"))
        yield (
            number,
            _Level(
                style=f"custom:{value(form, 'format')}" if style == "custom" else style,
                text=(value(child(element, "lvlText")) or "")[:_MOST_CHARS],
                start=1 if start is None else start,
                restarts_after=restart,
                is_legal=bool(is_on(child(element, "isLgl"))),
                follows="" if value(child(element, "suff")) == "nothing" else " ",
            ),
        )


def _level_number(element: Element) -> int | None:
    number = value(element, "ilvl") or "0"
    return int(number) if number in _LEVEL_NUMBERS else None


def _integer(element: Element | None) -> int | None:
    number = value(element) or ""
    return int(number) if number.isdecimal() and len(number) < 8 else None
