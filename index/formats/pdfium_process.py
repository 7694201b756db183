"""PDFium in a process of its own: a script that `index.formats.pdf` starts and talks to.

A small file can make PDFium take all memory and abort, or run for hours. Here only this process
ends. It takes requests as JSON lines, a PDF's bytes after the first, and answers each with a JSON
line, an image's pixels after it. It ends with its standard input.
"""

import json
import sys
from itertools import groupby
from typing import Any

import pypdfium2
from pypdfium2 import raw

MAX_MEMORY_BYTES = 2**30
"""Of addresses, on Linux; macOS and Windows set no such limit."""

_LINE_ENDS = frozenset({10, 13})
_BLANK = frozenset({0, 9, 32, 0xA0, 0x3000, *_LINE_ENDS})
_BGR = raw.FPDFBitmap_BGR


def main() -> None:
    """Answer requests until there are no more."""
    _limit_memory()
    document: Any = None
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        pixels = b""
        try:
            if request["do"] == "open":
                if document is not None:
                    document.close()
                    document = None
                document = pypdfium2.PdfDocument(sys.stdin.buffer.read(request["size"]))
                answer = {"pages": len(document), "properties": document.get_metadata_dict()}
            elif request["do"] == "lines":
                answer = _lines(document, request["page"])
            else:
                answer, pixels = _image(document, request["page"], request["dpi"], request["side"])
        except pypdfium2.PdfiumError as error:
            answer = {"error": error.err_code or 1}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pixels)
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _lines(document: Any, number: int) -> dict[str, object]:  # noqa: ANN401 (untyped)
    """Return the visual lines of a page as text, left, right, top, bottom; and if it is blank."""
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        codes = [raw.FPDFText_GetUnicode(textpage, i) for i in range(textpage.count_chars())]
        lines = []
        for ends, group in groupby(enumerate(codes), lambda pair: pair[1] in _LINE_ENDS):
            places = [] if ends else [(i, code) for i, code in group if code]
            shown = [i for i, code in places if code not in _BLANK]
            if shown:
                text = "".join(chr(code) for _, code in places).strip()
                first, last = (textpage.get_charbox(i, loose=True) for i in (shown[0], shown[-1]))
                top, bottom = max(first[3], last[3]), min(first[1], last[1])
                lines.append((text, first[0], last[2], top, bottom))
        blank = next(page.get_objects(max_depth=2), None) is None
    finally:
        textpage.close()
        page.close()
    return {"lines": lines, "blank": blank}


def _image(document: Any, number: int, dpi: int, side: int) -> tuple[dict[str, object], bytes]:  # noqa: ANN401
    page = document[number - 1]
    scale = min(dpi / 72, side / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, force_bitmap_format=_BGR)
    shape = bitmap.height, bitmap.stride, bitmap.width
    pixels = bytes(bitmap.buffer)
    bitmap.close()
    page.close()
    return {"shape": shape, "size": len(pixels)}, pixels


if __name__ == "__main__":
    main()
