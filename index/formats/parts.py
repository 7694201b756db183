"""The XML parts of zipped formats, read safely: no entities, no external files."""

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


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


def core_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the core properties of an Office file (ECMA-376, part 2): title, creator, created."""
    root = part(archive, "docProps/core.xml")
    return {} if root is None else {local_name(e): e.text for e in root if e.text}
