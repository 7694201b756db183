"""The four formats by name, and the name of a file."""

from collections.abc import Callable

from pathvalidate import sanitize_filename

from rag.export import docx, html, json_form, markdown
from rag.export.values import Export

FORMATS: dict[str, Callable[[Export, str], bytes]] = {
    "md": markdown.drawn,
    "html": html.drawn,
    "docx": docx.drawn,
    "json": lambda export, language: json_form.drawn(export),
}
"""Ending of a file's name -> what draws it, in the words of a language ("zh" or "en")."""

_NAME_CHARS = 60


def file_name(export: Export, ending: str) -> str:
    r"""Return a name for the file: title and day, safe on any system.

    >>> file_name(Export("notebook", "港/\n口?", "2031-02-03T04:05:06Z"), "md")
    '港 口-2031-02-03.md'
    """
    title = sanitize_filename(" ".join(export.title.replace("/", " ").split())[:_NAME_CHARS])
    return f"{title.strip(' .') or 'wenzheng'}-{export.exported[:10]}.{ending}"
