"""HTML -> text that keeps headings, lists, tables and code as Markdown marks.

Links, pictures and bold type leave no mark: a quotation is what the reader of the page saw.
"""

from typing import Any, AnyStr

import regex

from index.cutting.paragraphs import CJK
from index.reading.text.note_marks import set_apart

_OPTIONS: dict[str, Any] = {
    "heading_style": "ATX",
    "bullets": "-",
    "strip": ["a", "b", "strong", "em", "i", "u", "img", "sub", "sup", "del", "s"],
    "escape_asterisks": False,
    "escape_underscores": False,
    "newline_style": "SPACES",
}
_INVISIBLE = ("script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object")
_SOLID_LINE_END = regex.compile(rf"(?<=[{CJK}])[ \t\r\f]*+\n[ \t\r\n\f]*+(?=[{CJK}])")
_SPACED_LINE_END = regex.compile(r"(?<![ \t\r\n\f])[ \t\r\f]*+\n[ \t\r\n\f]*+")
KEEPING_LINES = frozenset({"pre", "textarea"})
_MANY_BLANK_LINES = regex.compile(r"\n{3,}+")
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
XML_DECLARATION = regex.compile(r"\s*<\?xml[^>]*\?>")


def as_text(html: AnyStr, *, without: tuple[str, ...] = ()) -> str:
    r"""Return the text of a piece of HTML or XHTML, but for the elements named in `without`.

    Of elements nested hundreds deep, which no person writes, only the words are kept.

    >>> as_text(r"<h2>一</h2><p>甲<b>乙</b><br>C:\new</p><ul><li>丙</li></ul>")
    '## 一\n\n甲乙\nC:\\new\n\n- 丙'
    """
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    html = bounded(html)
    if is_too_deep(html):
        soup = BeautifulSoup(html, "html.parser")
        for cell in soup.find_all(
            ("table", "tr", "td", "th", "thead", "tbody", "tfoot", "caption")
        ):
            cell.name = "div"
    else:
        soup = BeautifulSoup(_with_lists(html), "lxml")
    for element in soup.find_all((*_INVISIBLE, *without)):
        element.decompose()
    set_apart(soup)
    _show_line_ends(soup)
    try:
        text = MarkdownConverter(**_OPTIONS).convert_soup(soup)
    except RecursionError:
        text = soup.get_text("\n", strip=True)
    return tidy(text)


def _show_line_ends(soup: Any) -> None:  # noqa: ANN401 (Beautiful Soup's own)
    from bs4.element import NavigableString

    kept: set[int] = set()
    for node in list(soup.descendants):
        if node.name in KEEPING_LINES or id(node.parent) in kept:
            kept.add(id(node))
        elif type(node) is NavigableString and "\n" in node:
            node.replace_with(flowing(node))


def flowing(text: str) -> str:
    r"""Return text of HTML without line ends: they are spaces, or nothing in Chinese.

    >>> flowing("one\n  two"), flowing("甲\n  乙")
    ('one two', '甲乙')
    """
    return _SPACED_LINE_END.sub(" ", _SOLID_LINE_END.sub("", text)) if "\n" in text else text


def _with_lists(html: str | bytes) -> str | bytes:
    """Return HTML with its tables as lists."""
    from bs4.dammit import UnicodeDammit
    from lxml import etree
    from lxml import html as lxml_html

    from index.reading.tables.html_tables import rewrite_tables

    text = html if isinstance(html, str) else UnicodeDammit(html, is_html=True).unicode_markup
    if text is None or "<table" not in text.lower():
        return html
    try:
        tree = lxml_html.document_fromstring(XML_DECLARATION.sub("", text, count=1))
    except etree.ParserError:  # nothing but comments
        return html
    rewrite_tables(tree)
    return str(lxml_html.tostring(tree, encoding="unicode"))


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
