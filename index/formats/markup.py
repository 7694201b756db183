"""HTML -> text that keeps headings, lists, tables and code as Markdown marks.

Links, pictures and bold type leave no mark: a quotation is what the reader of the page saw.
"""

from typing import Any

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
_MANY_BLANK_LINES = regex.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_LINE_BREAK = regex.compile(r"\\n")
_TRAILING_SPACE = regex.compile(r"[ \t\u00a0]+$", regex.MULTILINE)


def as_text(html: str | bytes, *, without: tuple[str, ...] = ()) -> str:
    r"""Return the text of a piece of HTML or XHTML, but for the elements named in `without`.

    Of elements nested hundreds deep, which no person writes, only the words are kept.

    >>> as_text("<h2>一</h2><p>甲<b>乙</b></p><ul><li>丙</li></ul>")
    '## 一\n\n甲乙\n\n- 丙'
    """
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(html, "html.parser" if is_too_deep(html) else "lxml")
    for element in soup.find_all((*_INVISIBLE, *without)):
        element.decompose()
    try:
        text = MarkdownConverter(**_OPTIONS).convert_soup(soup)
    except RecursionError:
        text = soup.get_text("\n", strip=True)
    return tidy(_LINE_BREAK.sub("\n", text))


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
