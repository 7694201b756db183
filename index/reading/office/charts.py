"""Charts and diagrams of Office files: the numbers and words that they are drawn from.

Charts: ECMA-376 part 1, 21.2, and [MS-ODRAWXML] for those since 2016. SmartArt: 21.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from index.reading.content import one_line
from index.reading.office.parts import child, children, descendants, local_name, value, words_in
from index.reading.sheets.number_formats import shown_number

_MOST_TABLES, _MOST_CELLS = 50, 200_000
_MOST_CHARS = 500


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as tables, the first row of each its head; "" where no title is given."""

    title: str
    tables: tuple[list[list[str]], ...]


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    categories: dict[int, str]
    values: dict[int, str]


def read_chart(root: Element) -> Chart:
    """Return what a chart part holds. Series over the same categories share a table.

    Raises ValueError for more cells than can be shown.
    """
    chart = child(root, "chart")
    plot = child(chart, "plotArea")
    series = [_series(e) for e in descendants(plot, "ser")] or list(_newer_series(root))
    axis = _words(child(_axis(plot), "title"))
    groups: list[list[_Series]] = []
    for one in series:
        if groups and groups[-1][0].categories == one.categories:
            groups[-1].append(one)
        else:
            groups.append([one])
    tables = (_table(axis, group) for group in groups[:_MOST_TABLES])
    return Chart(_words(child(chart, "title")), tuple(table for table in tables if len(table) > 1))


def _axis(plot: Element | None) -> Element | None:
    """Return the axis of the categories: of two axes of values, the one at the bottom."""
    axes = [e for e in (plot if plot is not None else ()) if local_name(e).endswith("Ax")]
    named = [e for e in axes if local_name(e) in ("catAx", "dateAx")]
    below = [e for e in axes if value(child(e, "axPos")) in ("b", "t")]
    return next(iter(named + below), None)


def _table(axis: str, group: list[_Series]) -> list[list[str]]:
    numbers = sorted({at for series in group for at in series.values})
    head = [axis, *(series.name for series in group)]
    if len(numbers) * len(head) > _MOST_CELLS:
        raise ValueError("it has more values than can be shown")
    categories = group[0].categories
    return [head] + [
        [categories.get(at, ""), *(series.values.get(at, "") for series in group)] for at in numbers
    ]


def _series(element: Element) -> _Series:
    name = child(element, "tx")
    across = next((e for e in element if local_name(e) in ("cat", "xVal")), None)
    up = next((e for e in element if local_name(e) in ("val", "yVal")), None)
    return _Series(_cached_words(name), _points(across), _points(up))


def _newer_series(root: Element) -> Iterator[_Series]:
    """Yield the series of a chart of a kind that came with Office 2016."""
    data = {value(e, "id"): e for e in descendants(child(root, "chartData"), "data")}
    for element in descendants(child(root, "chart"), "series"):
        held = data.get(value(child(element, "dataId")))
        words = _levels(child(held, "strDim"))
        numbers = _levels(child(held, "numDim"))
        name = next((e.text or "" for e in descendants(child(element, "tx"), "v")), "")
        yield _Series(name.strip(), words, numbers)


def _cached_words(element: Element | None) -> str:
    words = " ".join(e.text or "" for e in descendants(element, "v"))
    return one_line(words, max_chars=_MOST_CHARS) or ""


def _points(source: Element | None) -> dict[int, str]:
    """Return the cached values of a reference, or the literal ones, by their place."""
    if source is None:
        return {}
    levels = _levels(source)
    if levels:
        return levels
    stated = next((e.text or "" for e in descendants(source, "formatCode")), "") or "General"
    return {
        at: _number(words, value(point, "formatCode") or stated)
        for point in descendants(source, "pt")
        for at, words in _point(point)
    }


def _point(element: Element) -> Iterator[tuple[int, str]]:
    at = value(element, "idx") or ""
    held = child(element, "v")
    words = one_line(element.text if held is None else held.text, max_chars=_MOST_CHARS)
    if at.isdecimal() and len(at) < 8 and words:
        yield int(at), words


def _levels(source: Element | None) -> dict[int, str]:
    """Return categories of several levels as one, the outermost first."""
    levels = [
        dict(p for e in children(lvl, "pt") for p in _point(e))
        for lvl in descendants(source, "lvl")
    ]
    if not levels:
        return {}
    joined: dict[int, list[str]] = {at: [words] for at, words in levels[0].items()}
    for level in levels[1:5]:
        current = ""
        for at in sorted(joined.keys() | level.keys()):
            current = level.get(at, current)
            if at in joined and current:
                joined[at].insert(0, current)
    return {at: " · ".join(words) for at, words in joined.items()}


def _number(words: str, code: str) -> str:
    """Return a number as the chart shows it: rounded, with %, or as a date."""
    from openpyxl.utils.datetime import WINDOWS_EPOCH

    try:
        return shown_number(float(words), code, epoch=WINDOWS_EPOCH) or words
    except ValueError:
        return words


def read_diagram(root: Element) -> list[tuple[int, str]]:
    """Return the words of a SmartArt diagram's data part, each with its level, in order."""
    points = {value(e, "modelId"): e for e in descendants(child(root, "ptLst"), "pt")}
    below: dict[str | None, list[tuple[int, str | None]]] = {}
    for link in descendants(child(root, "cxnLst"), "cxn"):
        if value(link, "type") in (None, "parOf"):
            order = value(link, "srcOrd") or "0"
            place = int(order) if order.isdecimal() and len(order) < 8 else 0
            below.setdefault(value(link, "srcId"), []).append((place, value(link, "destId")))
    lines: list[tuple[int, str]] = []
    seen: set[str | None] = set()
    tops = (at for at, e in points.items() if value(e, "type") == "doc")
    for top in (*tops, *points):
        waiting = [(0, top)]
        while waiting:
            level, at = waiting.pop()
            point = points.get(at)
            if at in seen or point is None:
                continue
            seen.add(at)
            kind = value(point, "type") or "node"
            text = _words(child(point, "t")) if kind in ("node", "asst") else ""
            if text:
                lines.append((level, text))
            inner = sorted(below.get(at, ()), key=lambda link: link[0], reverse=True)
            waiting += [(level + bool(text), target) for _, target in inner]
    return lines


def _words(element: Element | None) -> str:
    """Return the text of a drawing's paragraphs on one line."""
    return " ".join(" ".join(map(words_in, descendants(element, "p"))).split())
