"""A page of a PDF as an image, drawn in a process of its own that may take only so much.

What draws a page has the same reasons to be kept apart as what reads one: see
`index.reading.processes`. It is started for one page, and ends with it.
"""

import io
import json
import math
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from index.errors import CorpusError
from index.places import Box

_ROOT = str(Path(__file__).resolve().parents[3])
_PROGRAM = (
    f"import sys; sys.path.insert(0, {_ROOT!r}); "
    "from index.reading.pdf.page_image import main; main()"
)
_SECONDS: Final = 20
_CLOCK_SECONDS: Final = 60
_MEMORY_BYTES: Final = 2**30
_MAX_IMAGE_BYTES: Final = 32 * 2**20
_WIDTH, _MAX_PIXELS, _MAX_SCALE = 1400, 4_000_000, 4.0
_MARGIN, _FILL, _EDGE = 3, (255, 214, 64, 70), (196, 84, 0, 255)
_AT_ONCE = threading.BoundedSemaphore(2)


def page_image(raw: bytes, page: int, boxes: Sequence[Box] = (), quote: str = "") -> bytes:
    """Return a page of a PDF, counted from 1, as PNG, with a frame around what is quoted.

    That is where the page has the words of the quote, one after the other, or else the boxes of its
    lines, in points of the page as citations have them. Raises CorpusError (code "unreadable")
    where there is no such page, or it cannot be drawn within limits of time and memory.
    """
    request = json.dumps({"page": page, "boxes": boxes, "quote": quote}).encode()
    with _AT_ONCE:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-c", _PROGRAM],
                input=request + b"\n" + raw,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_CLOCK_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _no_image(page) from error
    if done.returncode != 0 or not 0 < len(done.stdout) <= _MAX_IMAGE_BYTES:
        raise _no_image(page)
    return done.stdout


def _no_image(page: int) -> CorpusError:
    return CorpusError(
        f"Page {page} cannot be drawn. Open the file in its program.", code="unreadable"
    )


def main() -> None:
    """Draw the page that standard input asks for, and write it to standard output."""
    _limit()
    answer = sys.stdout.buffer
    request = json.loads(sys.stdin.buffer.readline())
    answer.write(_drawn(sys.stdin.buffer.read(), **request))
    answer.flush()


def _limit() -> None:
    with suppress(ImportError):  # Windows
        import resource

        for kind, most in (
            (resource.RLIMIT_CPU, _SECONDS),
            (resource.RLIMIT_DATA, _MEMORY_BYTES),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, hard))


def _drawn(raw: bytes, page: int, boxes: Sequence[Box], quote: str) -> bytes:
    import pypdfium2
    from PIL import Image, ImageDraw

    leaf = pypdfium2.PdfDocument(raw)[page - 1]
    width, height = leaf.get_size()
    scale = min(_WIDTH / width, math.sqrt(_MAX_PIXELS / (width * height)), _MAX_SCALE)
    bitmap = leaf.render(scale=scale)
    place = bitmap.get_posconv(leaf)
    image = bitmap.to_pil().convert("RGBA")
    over = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(over)
    for left, bottom, right, top in _words_on(leaf, quote, boxes) or boxes:
        corners = place.to_bitmap(left, bottom), place.to_bitmap(right, top)
        (x1, x2), (y1, y2) = (sorted(both) for both in zip(*corners, strict=True))
        framed = (x1 - _MARGIN, y1 - _MARGIN, x2 + _MARGIN, y2 + _MARGIN)
        draw.rectangle(framed, fill=_FILL, outline=_EDGE, width=2)
    written = io.BytesIO()
    Image.alpha_composite(image, over).convert("RGB").save(written, "PNG")
    return written.getvalue()


def _words_on(leaf: Any, quote: str, boxes: Sequence[Box]) -> list[Box]:  # noqa: ANN401 (untyped)
    """Return the boxes of the quote's words, line by line; none where they are not found.

    Of several places that hold the same words, it is the one within the boxes of the lines.
    """
    from pypdfium2 import raw

    text = leaf.get_textpage()
    letters = [
        (chr(code), number)
        for number in range(text.count_chars())
        if (code := raw.FPDFText_GetUnicode(text, number)) and not chr(code).isspace()
    ]
    whole, sought = "".join(letter for letter, _ in letters), "".join(quote.split())
    at = whole.find(sought) if sought else -1
    while at >= 0:
        first, last = letters[at][1], letters[at + len(sought) - 1][1]
        found = [text.get_rect(i) for i in range(text.count_rects(first, last - first + 1))]
        if found and any(_overlap(found[0], box) for box in boxes):
            return found
        at = whole.find(sought, at + 1)
    return []


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
