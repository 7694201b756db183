"""What every reader returns, and the notes to the user about what was lost on the way."""

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from index.types import Page

MAX_TEXT_CHARS = 64 * 2**20
"""The longest text of one document: as long as the largest file that is taken."""

_MESSAGES = {
    "scanned": "No text on page {}: scanned. To read it: pip install -r requirements-ocr.txt",
    "ocr": "Page {} was read from its image; the text may hold errors.",
    "unreadable_page": "Page {} is damaged and was left out.",
    "pages_cut": "Only the first {} pages were read.",
    "lost": "{} characters could not be decoded.",
    "boilerplate": "{} characters of menus, notices and the like were left out.",
    "table_cut": "Only a part of the table was read: {}.",
    "near_duplicate": "Nearly the same as {}. Keep both, or remove one.",
    "chapter_skipped": "Left out, because it cannot be read: {}.",
}
# Controls except tab and newline, and lone surrogates, which no file of text can hold.
_UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know of how a document was read; `detail` is what it is about."""

    code: str
    detail: str

    @property
    def message(self) -> str:
        """Return the note as an English sentence.

        >>> Note("lost", "3").message
        '3 characters could not be decoded.'
        """
        return _MESSAGES[self.code].format(self.detail)


NOTE_CODES = frozenset(_MESSAGES)


@dataclass(frozen=True, slots=True)
class Content:
    r"""The text of a file, with \n as its only line end, and what the file says of itself.

    `pages` are pages or slides in order, for formats that have them. `title` and the rest are as
    the file has them, dates as ISO 8601 (2020-10-14). `edited` says that a person wrote them for
    readers (front matter, a web page's head); properties that a program filled in are less sure
    than what the text itself says.
    """

    text: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    source: str | None = None
    edited: bool = False
    pages: tuple[Page, ...] = ()
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


def joined(pages: Iterable[tuple[int, str]], *, between: str = "\n\n") -> tuple[str, list[Page]]:
    r"""Return the pages' texts as one text, and where each page lies in it; empty ones have none.

    >>> joined([(1, "一"), (2, " "), (3, "三三")], between="\n")
    ('一\n三三', [Page(number=1, start=0, end=1), Page(number=3, start=2, end=4)])
    """
    texts: list[str] = []
    places: list[Page] = []
    at = 0
    for number, page in pages:
        text = printable(page).strip("\n ")
        if text:
            texts.append(text)
            places.append(Page(number, at, at + len(text)))
            at += len(text) + len(between)
    return between.join(texts), places


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
