"""An export as Markdown (CommonMark). Text of others is escaped: it formats nothing."""

import regex

from rag.export.outline import Part, outline
from rag.export.values import Export

# No more than what would format something: people read the source, too.
_ANYWHERE = regex.compile(r"[\\`*_\[\]<>|~]|&(?=[#\p{L}])")
_AT_THE_START = regex.compile(r"^(?:\d{1,9}(?=[.)])\K|(?=[#+\-=:]))")
_HEADINGS = {"title": "# ", "question": "## ", "sources": "### "}


def drawn(export: Export, language: str) -> bytes:
    """Return the export as Markdown in UTF-8."""
    return "\n".join(map(_part, outline(export, language))).encode()


def escaped(text: str) -> str:
    r"""Return text that a reader of Markdown shows as it is, line for line.

    >>> print(escaped("1. *a*-b\n- c"))
    1\. \*a\*-b\
    \- c
    """
    lines = [_line(line) for line in text.strip("\n").split("\n")]
    return "".join(
        line + _ending(line, after) for line, after in zip(lines, [*lines[1:], None], strict=True)
    )


def _ending(line: str, after: str | None) -> str:
    """Return a hard break, except at the ends of paragraphs."""
    if after is None:
        return ""
    return "\\\n" if line and after else "\n"


def _line(line: str) -> str:
    """Return a line, escaped; spaces that would be lost, or make code of it, do not break."""
    kept = line.strip()
    lead = len(line) - len(line.lstrip())
    return "&nbsp;" * min(lead, 8) * bool(kept) + _AT_THE_START.sub(
        r"\\", _ANYWHERE.sub(r"\\\g<0>", kept)
    )


def _part(part: Part) -> str:
    text = escaped(part.text)
    match part.kind:
        case "title" | "question" | "sources":
            return f"{_HEADINGS[part.kind]}{escaped(' '.join(part.text.split()))}\n"
        case "quote":
            return _quoted(f"**{escaped(part.label)}** {text}")
        case "remark":
            return f"**{escaped(part.label)}**\n\n{text}\n"
        case "short":
            return f"**{escaped(' '.join(part.text.split()))}**\n"
        case "about" | "note" | "where":
            return f"*{escaped(' '.join(part.text.split()))}*\n"
    return f"{text}\n"


def _quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))
