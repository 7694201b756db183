r"""Markdown -> what a reader of the page sees: tables as statements, HTML as text and line ends.

Code keeps its tags, and only elements that HTML knows are taken for such: `List<String>`,
`<your name>` and `<https://example.org>` are text.
"""

import html
from collections.abc import Iterator

import regex

from index.reading.tables.markdown_tables import with_statements
from index.reading.text.markup import as_text

_LINES = (  # those that begin a line of their own
    "p|div|center|section|article|header|footer|main|aside|nav|details|summary|blockquote|figure"
    "|figcaption|ul|ol|dl|dt|dd|tr|hr|pre|form|fieldset|address"
)
_INLINE = (
    "a|abbr|audio|b|big|button|cite|code|del|dfn|em|font|i|iframe|img|input|ins|kbd|label|mark"
    "|picture|q|rp|rt|ruby|s|samp|small|source|span|strike|strong|sub|sup|tt|u|var|video|wbr"
)
_ATTRIBUTES = r"(?:\s[^<>]{0,4000}+)?+/?"
_BREAK = regex.compile(rf"[ \t]*+<br{_ATTRIBUTES}>[ \t]*+", regex.I)
_BLOCK = regex.compile(rf"</?(?:{_LINES}){_ATTRIBUTES}>", regex.I)
_HEADING = regex.compile(rf"<(?P<end>/)?h(?P<level>[1-6]){_ATTRIBUTES}>", regex.I)
_ITEM = regex.compile(rf"<(?P<end>/)?li{_ATTRIBUTES}>", regex.I)
_MARK = regex.compile(rf"</?(?:{_INLINE}){_ATTRIBUTES}>", regex.I)
_RAISED = regex.compile(rf"<sup{_ATTRIBUTES}>\s?(\d{{1,3}})\s?</sup>", regex.I)
_ENTITY = regex.compile(r"&(?:[a-zA-Z][a-zA-Z\d]{1,30}|#\d{1,7}|#[xX][\da-fA-F]{1,6});")
_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROW = regex.compile(r"[ \t]*+\|")
_CODE_SPAN = regex.compile(r"(`{1,3}+)(?:[^`\n]{1,500}+)\1")
_HAS_HTML = regex.compile(r"<[a-zA-Z!/]|&[a-zA-Z#]")
_FENCE = regex.compile(r"\s*+(?:(`{3,}+)[^`]*+$|(~{3,}+))")
_WHOLE = (  # what is read or left out as one: begin, end, whether it is read
    (r"(?:^|(?<=>))[ \t]*+<table(?=[\s>])", r"</table\s*+>", True),
    (r"<!--", r"-->", False),
    (r"<script", r"</script>", False),
    (r"<style", r"</style>", False),
)
_PATTERNS = [
    (regex.compile(begin, regex.I | regex.M), regex.compile(end, regex.I), is_read)
    for begin, end, is_read in _WHOLE
]


def shown(text: str) -> str:
    r"""Return Markdown as it is read: tables are statements, tags are gone, entities characters.

    >>> shown('## 一<br/>\n<a name="x"></a>\n甲<font size="2">乙</font><br>丙&nbsp;&lt; 5')
    '## 一\n甲乙\n丙 < 5'
    >>> shown("`<b>` 和 List<String> 和 <https://e.org>")
    '`<b>` 和 List<String> 和 <https://e.org>'
    """
    return "\n".join(part if is_code else _shown(part) for is_code, part in code_and_text(text))


def code_and_text(text: str) -> Iterator[tuple[bool, str]]:
    """Yield runs of lines, and whether they are fenced code."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        marks = _FENCE.match(line)
        opens = marks is not None and not fence
        if opens and lines:
            yield False, "\n".join(lines)
            lines = []
        lines.append(line)
        if marks and opens:
            fence = marks[1] or marks[2]
        elif fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            yield True, "\n".join(lines)
            lines, fence = [], ""
    if lines:
        yield bool(fence), "\n".join(lines)


def _shown(text: str) -> str:
    has_html = _HAS_HTML.search(text) is not None
    for begin, end, is_read in _PATTERNS if has_html else ():
        text = "".join(_replaced(text, begin, end, is_read))
    text = with_statements(text)
    lines = (_line(line) if _HAS_HTML.search(line) else line for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _replaced(
    text: str, begin: "regex.Pattern[str]", end: "regex.Pattern[str]", is_read: bool
) -> Iterator[str]:
    """Yield the text with each element from `begin` to `end` read, or left out; else as it is."""
    at = 0
    while (first := begin.search(text, at)) and (last := end.search(text, first.end())):
        yield text[at : first.start()]
        if is_read and (made := as_text(text[first.start() : last.end()])):
            yield ("\n" if text[first.start() - 1 : first.start()].strip("\n") else "") + made
            yield "\n" if text[last.end() : last.end() + 1].strip("\n") else ""
        at = last.end()
    yield text[at:]


def _line(line: str) -> str | None:
    """Return a line without tags, None where nothing else was in it."""
    pieces: list[str] = []
    at = 0
    for span in _CODE_SPAN.finditer(line):
        pieces += [_without_tags(line[at : span.start()], line), span[0]]
        at = span.end()
    pieces.append(_without_tags(line[at:], line))
    shown = "".join(pieces)
    if shown == line:
        return line
    lines = [part.rstrip() for part in shown.split("\n") if part.strip()]
    return "\n".join(lines) if lines else None


def _without_tags(text: str, line: str) -> str:
    end = " " if _ROW.match(line) else "\n"
    text = _RAISED.sub(lambda found: found[1].translate(_RAISED_DIGITS), text)
    text = _BLOCK.sub(end, _BREAK.sub(end, text))
    text = _HEADING.sub(lambda tag: end if tag["end"] else f"{end}{'#' * int(tag['level'])} ", text)
    text = _ITEM.sub(lambda tag: end if tag["end"] else f"{end}- ", text)
    return _ENTITY.sub(_character, _MARK.sub("", text))


def _character(entity: "regex.Match[str]") -> str:
    character = html.unescape(entity[0])
    return " " if character.isspace() else character
