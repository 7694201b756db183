"""Web pages: the main text without menus and notices, and what the page's head says of it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import regex

from index.errors import CorpusError
from index.notes import Note
from index.reading.content import Content, one_line, printable
from index.reading.dates import iso_date
from index.reading.encodings import decode
from index.reading.sections import Sections
from index.reading.tables.html_tables import rewrite_tables
from index.reading.text.markup import (
    KEEPING_LINES,
    XML_DECLARATION,
    as_text,
    bounded,
    flowing,
    is_too_deep,
    tidy,
)

_MAX_BYTES = 16 * 2**20
"""Parsers take some ten times as much memory, and seconds for each megabyte."""

# Before the encoding is known, the head is read as ASCII: WHATWG, "prescan a byte stream".
_PRESCANNED_BYTES = 4096
_DECLARED = regex.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})
       | <meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    regex.VERBOSE | regex.IGNORECASE,
)
_INVISIBLE = ("head", "script", "style", "template", "noscript")
_BOILERPLATE = ("nav", "footer", "aside", "form", "button")
_ESCAPED = regex.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_LETTERS = regex.compile(r"[\p{L}\p{N}]")

# In order of trust. Names are compared in lower case.
_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "title")
_AUTHORS = ("author", "article:author", "og:article:author", "citation_author", "dc.creator", "byl")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate"),
    *("publish-date", "citation_publication_date", "citation_date", "dc.date", "dcterms.created"),
    *("date", "og:release_date", "parsely-pub-date", "sailthru.date", "apub:time"),
)
_ARTICLE_TYPES = ("article", "posting", "report", "webpage")


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the main text of a page, and title, author, date and address from its head.

    Raises CorpusError when the page is too large for its parsers or of no encoding that can be
    told.
    """
    from lxml import html as lxml_html

    if len(raw) > _MAX_BYTES:
        raise CorpusError(
            f"{name} is larger than {_MAX_BYTES // 2**20} MB, the most for a web page. Split it, "
            "then add the parts.",
            code="too_large",
        )
    decoded = decode(name, raw, encoding=encoding, declared=declared_encoding(raw))
    html = bounded(XML_DECLARATION.sub("", printable(decoded.text), count=1))
    if not html.strip():
        return Content("")
    tree = lxml_html.document_fromstring(html)
    title, author, date, source = _head(tree)
    text, dropped = _main_text(html, tree)
    notes = (Note("boilerplate", str(dropped)),) if dropped else ()
    return Content(
        text,
        title=title,
        author=author,
        date=date,
        source=source,
        edited=True,
        encoding=decoded.encoding,
        notes=decoded.notes + notes,
    )


def declared_encoding(raw: bytes) -> str | None:
    """Return the encoding that a page or XML file names in its first bytes.

    >>> declared_encoding(b'<html><head><meta charset="gb2312">')
    'gb2312'
    """
    found = _DECLARED.search(raw[:_PRESCANNED_BYTES])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _main_text(html: str, tree: Any) -> tuple[str, int]:  # noqa: ANN401 (lxml is untyped)
    """Return the main text, and how many letters of the page were left out of it.

    `tree` is the page, and changed.
    """
    from lxml import etree

    etree.strip_elements(tree, etree.Comment, *_INVISIBLE, with_tail=False)
    deep = is_too_deep(html)
    if not deep:
        rewrite_tables(tree)
    whole = _letters(" ".join(tree.itertext()))
    main = "" if deep else _extracted(tree)
    main = main or as_text(html, without=_BOILERPLATE) or as_text(html)
    return main, max(0, whole - _letters(main))


def _extracted(tree: Any) -> str:  # noqa: ANN401 (lxml is untyped)
    # What it cannot make sense of it logs; what is left out is said in a note.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    import trafilatura
    from lxml import etree

    # Its Markdown would put marks around bold words, and a quotation has none.
    etree.strip_tags(tree, "b", "strong", "i", "em", "u", "font", "sub", "sup")
    _show_line_ends(tree)
    main = trafilatura.extract(
        tree,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        include_links=False,
        include_images=False,
        favor_recall=True,
    )
    return tidy(_unescaped(printable(main))) if main else ""


def _show_line_ends(tree: Any) -> None:  # noqa: ANN401
    """Make spaces of the line ends that a browser shows as such; none in Chinese."""
    kept = {None}
    for element in tree.iter():
        outer = element.getparent()
        if outer not in kept and element.tail:
            element.tail = flowing(element.tail)
        if element.tag in KEEPING_LINES or (outer is not None and outer in kept):
            kept.add(element)
        elif element.text:
            element.text = flowing(element.text)


def _unescaped(markdown: str) -> str:
    """Return Markdown without the backslashes before marks that are meant as they are."""
    parts = markdown.split("```")
    # Every second part is code, which has no escapes.
    return "```".join(p if i % 2 else _ESCAPED.sub(r"\1", p) for i, p in enumerate(parts))


def _letters(text: str) -> int:
    return len(_LETTERS.findall(text))


# The head


def _head(tree: Any) -> tuple[str | None, str | None, str | None, str | None]:  # noqa: ANN401
    """Return title, author, date and address as meta elements, JSON-LD or the page states them."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if (value := one_line(element.get("content"))) is not None:
            meta.setdefault(key.lower(), value)
    linked = next(iter(_linked_data(tree)), {})
    title = (
        _first(meta, _TITLES)
        or _text(linked.get("headline"))
        or one_line(tree.findtext(".//title"))
    )
    author = _text(linked.get("author")) or _first(meta, _AUTHORS)
    date = iso_date(_text(linked.get("datePublished"))) or _first_date(meta, tree)
    links = [
        e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical"
    ]
    addresses = [*links, meta.get("og:url"), _text(linked.get("url"))]
    source = next((a for a in addresses if a and a.startswith(("http://", "https://"))), None)
    return title, _person(author), date, one_line(source, max_chars=2000)


def _first(meta: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((meta[key] for key in keys if key in meta), None)


def _first_date(meta: dict[str, str], tree: Any) -> str | None:  # noqa: ANN401 (lxml is untyped)
    stated = (iso_date(meta[key]) for key in _DATES if key in meta)
    times = (iso_date(e.get("datetime")) for e in tree.iter("time") if e.get("pubdate") is not None)
    return next((date for date in (*stated, *times) if date), None)


def _person(author: str | None) -> str | None:
    # Facebook's article:author is the address of a profile.
    return None if author and author.startswith(("http://", "https://")) else author


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (lxml is untyped)
    """Yield what JSON-LD says of articles."""
    for element in tree.iter("script"):
        if (element.get("type") or "").lower() == "application/ld+json":
            try:
                stated = json.loads(element.text or "")
            except (ValueError, RecursionError):
                continue
            nested = stated.get("@graph") if isinstance(stated, dict) else None
            for item in _listed(nested or stated):
                kind = str(item.get("@type")).lower() if isinstance(item, dict) else ""
                if any(word in kind for word in _ARTICLE_TYPES):
                    yield item


def _text(value: object) -> str | None:
    """Return a JSON-LD value as text: the value itself, or the names of what it lists."""
    words = [item.get("name") if isinstance(item, dict) else item for item in _listed(value)]
    return one_line(", ".join(word for word in words[:10] if isinstance(word, str)))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
