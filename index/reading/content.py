"""What every reader returns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import regex

from index.notes import Note
from index.places import Place, Places
from index.types import Page

MAX_TEXT_CHARS = 64 * 2**20
"""The longest text of one document: as long as the largest file that is taken."""

_BETWEEN = "\n\n"

# Controls except tab and newline, and lone surrogates, which no file of text can hold.
_UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Content:
    r"""The text of a file, with \n as its only line end, and what the file says of itself.

    `pages` are pages or slides in order, for formats that have them; `places` say where lines of
    the text stand in the file, for those that tell. `title` and the rest are as
    the file has them, dates as ISO 8601 (2020-10-14). `file_date` is when a program made the file,
    which says nothing of the text's own `date`. `edited` says that a person wrote them for
    readers (front matter, a web page's head); properties that a program filled in are less sure
    than what the text itself says.
    """

    text: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    file_date: str | None = None
    source: str | None = None
    edited: bool = False
    pages: tuple[Page, ...] = ()
    places: Places = Places()  # noqa: RUF009 (frozen)
    encoding: str | None = None
    notes: tuple[Note, ...] = ()


def with_newlines(text: str) -> str:
    r"""Return the text with \n as its only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def printable(text: str) -> str:
    r"""Return the text of a format that is no plain text: \n as line end, no control characters."""
    return _UNPRINTABLE.sub("", with_newlines(text))


def one_line(text: str | None, *, max_chars: int = 200) -> str | None:
    r"""Return a title or name on one line, None when nothing is left of it.

    >>> one_line(" 两行\n 题目 "), one_line(" \t ")
    ('两行 题目', None)
    """
    return " ".join(printable(text).split())[:max_chars].strip() or None if text else None


def joined(pages: Iterable[tuple[int, str]]) -> tuple[str, list[Page]]:
    r"""Return the pages' texts as one text, and where each page lies in it; empty ones have none.

    >>> joined([(1, "一"), (2, " "), (3, "三三")])
    ('一\n\n三三', [Page(number=1, start=0, end=1), Page(number=3, start=3, end=5)])
    """
    texts: list[str] = []
    places: list[Page] = []
    at = 0
    for number, page in pages:
        text = printable(page).strip("\n ")
        if text:
            texts.append(text)
            places.append(Page(number, at, at + len(text)))
            at += len(text) + len(_BETWEEN)
    return _BETWEEN.join(texts), places


def labelled(lines: Iterable[tuple[str, str]]) -> tuple[str, Places]:
    r"""Return lines as one text, and the places of those that have a label.

    >>> text, places = labelled([("标题", ""), ("", ""), ("- 一", "row 7")])
    >>> text, list(places)
    ('标题\n\n- 一', [Place(start=4, end=7, page=None, label='row 7', box=None)])
    """
    texts: list[str] = []

    def places() -> Iterator[Place]:
        at = 0
        for line, label in lines:
            text = printable(line)
            texts.append(text)
            if text and label:
                yield Place(at, at + len(text), label=label)
            at += len(text) + 1

    packed = Places.of(places())
    return "\n".join(texts), packed


def noted(*found: tuple[str, object]) -> Iterator[Note]:
    """Yield a note of each code that something was found for.

    >>> list(noted(("pictures", 2), ("hidden_text", 0), ("embedded", {"Excel": 1})))
    [Note(code='pictures', detail='2'), Note(code='embedded', detail='1 × Excel')]
    """
    for code, detail in found:
        if isinstance(detail, Mapping):
            detail = ", ".join(f"{count} × {kind}" for kind, count in detail.items())
        if detail:
            yield Note(code, str(detail))


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as people write them.

    >>> ranges([1, 2, 3, 5, 8, 9])
    '1–3, 5, 8–9'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
