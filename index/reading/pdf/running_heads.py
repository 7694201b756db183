"""What stands at the edges of many pages: running heads, feet, page numbers. Each is told once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import regex

from index.reading.pdf.layout import Line
from index.reading.pdf.visual_rows import Row, levels_of, middle

_EDGE_ROWS = 2
_MIN_REPEATS = 3
_MIN_SHARE = 0.3
"""Of the pages from the first to the last that has it: heads may change with the chapter."""
_MAX_CHARS = 100
_APART = 0.8
"""In heights of a line: what stands nearer to the text is a part of it, as the head of a table."""
_NUMBER = regex.compile(r"\d{1,6}")
_PAGE_NUMBER = regex.compile(
    r"[-–—\s·|/]*(?:第\s*)?(\d{1,4})(?:\s*[页頁])?(?:\s*(?:[/／,，]|共|of)\s*共?\s*\d{1,4}\s*[页頁]?)?[-–—\s·|/]*"
    r"|(?:Page|Seite|Página|Pagina|Страница|صفحة)\s(\d{1,4})(?:\s(?:of|von|de|di|из|من)\s\d{1,4})?",
    regex.IGNORECASE,
)


def without_running_heads(
    pages: Mapping[int, Sequence[Line]],
) -> tuple[dict[int, list[Line]], list[str]]:
    """Return the pages without running heads and page numbers, and how these first read."""
    edges = {number: _edges(lines) for number, lines in pages.items()}
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    numbers: Counter[int] = Counter()
    for number, rows in edges.items():
        for each in {shape for row in rows for shape in _shapes(row, number)}:
            found[each].append(number)
        numbers.update({n - number for row in rows if (n := _page_number(row)) is not None})
    repeated = {shape for shape, on in found.items() if _is_often(on)}
    kept = {}
    told: dict[tuple[str, int], str] = {}
    for number, lines in pages.items():
        left_out: set[int] = set()
        for row in edges[number]:
            shape = next((shape for shape in _shapes(row, number) if shape in repeated), None)
            page_number = _page_number(row)
            # A lone number is one where it counts as the pages do.
            counts = page_number is not None and (
                page_number == number or numbers[page_number - number] > 1
            )
            if shape or counts:
                left_out.update(map(id, row))
                told.setdefault(shape or ("", 0), _text(row))
        kept[number] = [line for line in lines if id(line) not in left_out]
    return kept, list(dict.fromkeys(told.values()))


def _edges(lines: Sequence[Line]) -> list[Row]:
    """Return the rows at the upper and lower edge, unless these are all that a page has."""
    rows = levels_of(lines)
    few = len(rows) <= 2 * _EDGE_ROWS
    most = 1 if few else _EDGE_ROWS
    edges = _apart(rows[: most + 1]) + _apart(rows[::-1][: most + 1])
    # On a page of few lines every one is at an edge, and may be all that the page says.
    return [row for row in edges if not few or _page_number(row) is not None]


def _apart(rows: Sequence[Row]) -> list[Row]:
    """Return the rows from the edge inwards, without the last, that stand apart from the text."""
    for count in range(len(rows) - 1, 0, -1):
        edge, text = rows[count - 1], rows[count]
        room = max(text[0].bottom - edge[0].top, edge[0].bottom - text[0].top)
        # Heads of two lines stand together.
        together = count == 1 or abs(middle(rows[0]) - middle(edge)) < 0.9 * abs(
            middle(edge) - middle(text)
        )
        if together and room > _APART * (edge[0].top - edge[0].bottom):
            return list(filter(_is_short, rows[:count]))
    return []


def _is_short(row: Row) -> bool:
    chars = sum(len(line.text) for line in row)
    return chars <= _MAX_CHARS and not any(line.rows for line in row)


def _text(row: Row) -> str:
    return " ".join(line.text for line in row)


def _shapes(row: Row, page: int) -> list[tuple[str, int]]:
    """Return what running heads of several pages share: the words, and the height on the page.

    Of the numbers in them one may be that of the page, the first or the last.
    """
    text, height = "".join(_text(row).split()), round(row[0].top)
    places = [match.span() for match in _NUMBER.finditer(text)]
    shapes = [text]
    for start, end in {places[0], places[-1]} if places else ():
        counted = int(text[start:end]) - page
        shapes.append(f"{text[:start]}\0{counted}\0{text[end:]}")
        # The words may change with the chapter, where the number at the end is the page's.
        if start == 0 or end == len(text):
            shapes.append(f"\0{start == 0}\0{counted}")
    return [(shape, height) for shape in shapes]


def _is_often(pages: Sequence[int]) -> bool:
    return len(pages) >= max(_MIN_REPEATS, _MIN_SHARE * (pages[-1] - pages[0] + 1))


def _page_number(row: Row) -> int | None:
    match = _PAGE_NUMBER.fullmatch(row[0].text) if len(row) == 1 else None
    return int(match[1] or match[2]) if match else None
