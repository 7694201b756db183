"""HTML -> text that keeps headings, lists, tables and code as Markdown marks.

Links, pictures and bold type leave no mark: a quotation is what the reader of the page saw.
"""

from typing import Any, AnyStr

import regex

_OPTIONS: dict[str, Any] = {
    "heading_style": "ATX",
    "bullets": "-",
    "strip": ["a", "b", "strong", "em", "i", "u", "img", "sub", "sup", "del", "s"],
    "escape_asterisks": False,
    "escape_underscores": False,
    "newline_style": "BACKSLASH",
    "table_infer_header": True,
}
_INVISIBLE = ("script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object")
_MANY_BLANK_LINES = regex.compile(r"\n{3,}+")
_LINE_BREAK = regex.compile(r"\\n")
# From the beginning of a run alone: tried from each place in it, a long one would take for ever.
_TRAILING_SPACE = regex.compile(r"(?<![ \t\u00a0])[ \t\u00a0]++$", regex.MULTILINE)
_LONG_SPACE = r"(?<![ \t\r\n\f])[ \t\r\n\f]{100,}+"
_LONG_SPACE_TEXT = regex.compile(_LONG_SPACE)
_LONG_SPACE_BYTES = regex.compile(_LONG_SPACE.encode())
_MAX_SPACE = 100
# No tag that a person needs is so long and has so many words; a picture in a tag is one word.
_LONG_TAG = r"<([a-zA-Z][^\s<>]{0,100}+)\s([^<>]{10000,}+)>"
_LONG_TAG_TEXT, _LONG_TAG_BYTES = regex.compile(_LONG_TAG), regex.compile(_LONG_TAG.encode())
_MAX_WORDS = 1000


def as_text(html: AnyStr, *, without: tuple[str, ...] = ()) -> str:
    r"""Return the text of a piece of HTML or XHTML, but for the elements named in `without`.

    Of elements nested hundreds deep, which no person writes, only the words are kept.

    >>> as_text("<h2>一</h2><p>甲<b>乙</b></p><ul><li>丙</li></ul>")
    '## 一\n\n甲乙\n\n- 丙'
    """
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    html = bounded(html)
    soup = BeautifulSoup(html, "html.parser" if is_too_deep(html) else "lxml")
    for element in soup.find_all((*_INVISIBLE, *without)):
        element.decompose()
    try:
        text = MarkdownConverter(**_OPTIONS).convert_soup(soup)
    except RecursionError:
        text = soup.get_text("\n", strip=True)
    return tidy(_LINE_BREAK.sub("\n", text))


def bounded(html: AnyStr) -> AnyStr:
    r"""Return HTML in which no element has thousands of attributes, and no space is as long.

    Parsers compare each attribute with all others of its element; converters try a run of space
    from each place in it.

    >>> bounded(f'<p class="a">甲</p><p {"b " * 9000}>乙</p>')
    '<p class="a">甲</p><p>乙</p>'
    """
    if isinstance(html, bytes):
        return _LONG_TAG_BYTES.sub(_shorter_tag, _LONG_SPACE_BYTES.sub(_shorter_space, html))
    return _LONG_TAG_TEXT.sub(_shorter_tag, _LONG_SPACE_TEXT.sub(_shorter_space, html))


def _shorter_space(found: "regex.Match[AnyStr]") -> AnyStr:
    return found[0][:_MAX_SPACE]


def _shorter_tag(found: "regex.Match[AnyStr]") -> AnyStr:
    whole = found[0]
    return whole if len(found[2].split()) < _MAX_WORDS else whole[:1] + found[1] + whole[-1:]


def is_too_deep(html: str | bytes) -> bool:
    """Whether elements are nested so deep that libxml2 would leave out the rest of the page.

    Pages that never close a `<font>` come to this.
    """
    from lxml import etree

    parser = etree.HTMLParser()
    try:
        etree.fromstring(html, parser)
    except etree.XMLSyntaxError:  # nothing but space and comments
        return False
    return any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def tidy(text: str) -> str:
    """Return the text without spaces at line ends and without more than one blank line in a row."""
    return _MANY_BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", text)).strip("\n")


def table(rows: list[list[str]]) -> str:
    r"""Return rows of cells as a Markdown table, the first row as its head; "" for none.

    >>> table([["年", "人口"], ["2020", "155 万"]])
    '| 年 | 人口 |\n| --- | --- |\n| 2020 | 155 万 |'
    """
    if not any(any(row) for row in rows):
        return ""
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)
