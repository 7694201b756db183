"""The JSON form of an export: each entry is the JSON form of its answer, with more fields.

It is the one form that is read again: by `python -m rag verify`, and to be drawn into another.
"""

import json
from dataclasses import asdict
from typing import Any, Literal

from index.types import EVERYTHING
from rag.export.values import Entry, Export
from rag.serialisation import citation_to_dict, to_dict

Format = Literal["wenzheng-export"]
Version = Literal[1]
FORMAT: Format = "wenzheng-export"
VERSION: Version = 1


def drawn(export: Export) -> bytes:
    """Return the export as JSON in UTF-8, a field a line."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "kind": export.kind,
        "title": export.title,
        "exported": export.exported,
        "answers": [_entry(entry) for entry in export.entries],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        **to_dict(entry.answer),
        "passages": [],
        "nearest": [citation_to_dict(citation) for citation in entry.nearest],
        "asked": entry.asked,
        "stopped": entry.stopped,
        "error": entry.error,
        "remark": entry.remark,
        "scope": None if entry.scope == EVERYTHING else asdict(entry.scope),
    }
