"""The XML parts of zipped formats, read safely: no entities, no external files."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def part(archive: zipfile.ZipFile, path: str) -> "Element | None":
    """Return the root element of an XML part, None when there is none.

    Raises defusedxml's errors when it defines entities, ElementTree's when it is not well-formed.
    """
    from defusedxml.ElementTree import fromstring

    try:
        raw = archive.read(path)
    except KeyError:
        return None
    root: Element = fromstring(raw)
    return root


def local_name(element: "Element") -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: "Element | None", name: str) -> "Element | None":
    """Return the first child of that local name, None where there is none."""
    return next(children(element, name), None)


def children(element: "Element | None", name: str) -> "Iterator[Element]":
    """Yield the children of that local name."""
    return (e for e in (() if element is None else element) if local_name(e) == name)


def descendants(element: "Element | None", *names: str) -> "Iterator[Element]":
    """Yield the element itself and all below it that have one of these local names."""
    return (e for e in (() if element is None else element.iter()) if local_name(e) in names)


def words_in(element: "Element | None") -> str:
    """Return the text of all runs in an element."""
    return "".join(e.text or "" for e in descendants(element, "t"))


def value(element: "Element | None", name: str = "val") -> str | None:
    """Return an attribute by its local name, whether in the element's namespace or in none."""
    if element is None:
        return None
    space = str(element.tag).rpartition("}")[0]
    return element.get(f"{space}}}{name}" if space else name, element.get(name))


def targets(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Return what a part of an Office file refers to: id -> last word of the kind, and path.

    Raises what `part` does.
    """
    folder, name = posixpath.split(path)
    root = part(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        e.get("Id", ""): (
            e.get("Type", "").rpartition("/")[2],
            _within(folder, e.get("Target", "")),
        )
        for e in (() if root is None else root.iter(_RELATIONSHIP))
        if e.get("TargetMode") != "External"
    }


def _within(folder: str, target: str) -> str:
    joined = posixpath.join("/", folder, target)
    return posixpath.normpath(joined).lstrip("/")


def core_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the core properties of an Office file (ECMA-376, part 2): title, creator, created."""
    root = part(archive, "docProps/core.xml")
    return {} if root is None else {local_name(e): e.text for e in root if e.text}
