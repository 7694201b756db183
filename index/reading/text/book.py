"""E-books (epub): the chapters in reading order. EPUB 3.3 and 2.0.1 (W3C, IDPF)."""

import posixpath
import zipfile
from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from index.errors import CorpusError
from index.reading.content import Content, one_line, printable
from index.reading.dates import iso_date
from index.reading.office import properties
from index.reading.office.archive import whole_document
from index.reading.office.parts import descendants, local_name, part
from index.reading.sections import Sections
from index.reading.text.markup import as_text

# Scrambled fonts are no protection of the text (EPUB 3.3, 4.4).
_FONT_OBFUSCATION = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
)
_CHAPTER_TYPES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})


def read(name: str, raw: bytes, encoding: str | None, sections: Sections) -> Content:
    """Return the chapters of an e-book as one text, and its title, authors and date.

    Raises CorpusError when it is none or is protected. `encoding` does not matter.
    """
    with zipfile.ZipFile(whole_document(name, raw, sections)) as archive:
        if _is_protected(archive):
            raise CorpusError(
                f"{name} is protected against copying and cannot be read. Add a copy without "
                "protection.",
                code="encrypted",
            )
        path, package = _package(name, archive)

        def text(chapter: str) -> str:
            return printable(as_text(archive.read(chapter))).strip("\n")

        texts = [sections.read(c, partial(text, c)) for c in _chapters(path, package)]
    stated = _stated(package)
    return Content(
        "\n\n".join(text for text in texts if text),
        title=properties.title(", ".join(stated.get("title", [])[:1])),
        author=properties.author(", ".join(stated.get("creator", []))),
        date=iso_date(next(iter(stated.get("date", [])), None)),
        source=one_line(next(iter(stated.get("source", [])), None)),
        edited=True,
        notes=sections.notes,
    )


def _is_protected(archive: zipfile.ZipFile) -> bool:
    root = part(archive, "META-INF/encryption.xml")
    methods = descendants(root, "EncryptionMethod")
    return any(method.get("Algorithm") not in _FONT_OBFUSCATION for method in methods)


def _package(name: str, archive: zipfile.ZipFile) -> tuple[str, Element]:
    container = part(archive, "META-INF/container.xml")
    path = next((unquote(e.get("full-path", "")) for e in descendants(container, "rootfile")), "")
    package = part(archive, path)
    if package is None:
        raise CorpusError(
            f"{name} is damaged, or not what its name says: it holds no book. Get it again.",
            code="broken",
        )
    return path, package


def _chapters(path: str, package: Element) -> Iterator[str]:
    """Yield the paths of the chapters in reading order, each once."""
    items = {e.get("id"): e for e in descendants(package, "item")}
    seen = set()
    for reference in descendants(package, "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTER_TYPES:
            continue
        target = unquote(item.get("href", "")).partition("#")[0]
        chapter = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if chapter not in seen:
            seen.add(chapter)
            yield chapter


def _stated(package: Element) -> dict[str, list[str]]:
    """Return the Dublin Core elements by name."""
    stated: dict[str, list[str]] = {}
    for element in package.iter():
        text = one_line(element.text)
        if text and str(element.tag).startswith("{http://purl.org/dc/elements/1.1/}"):
            stated.setdefault(local_name(element), []).append(text)
    return stated
