"""What a model writes, piece by piece -> clean text with citations in one form.

Models cite as `[1]`, `[1, 2]`, `[1-3]`, `【1】`, `［1］`, `[[1]]`. All become `[1]`, one mark
a number, numbered anew in the order in which they are first used; numbers that name no passage are
dropped, and so are the marks between which the model got the passages. Inside code (between
backticks) nothing is a citation. What may still become a mark is held back until it is decided, so
that a reader never sees half of one. However the text is cut into pieces, the result is the same,
and the time is linear.
"""

from collections.abc import Iterator

import regex

_NUMBER = r"[0-9０-９]{1,3}"
_SPACE = r"[^\S\r\n]?"
_NUMBERS = rf"{_SPACE}{_NUMBER}(?:{_SPACE}[,，、;；–—~～-]{_SPACE}{_NUMBER}){{0,15}}{_SPACE}"
_MARK = regex.compile(
    rf"[ ]{{0,2}}(?:\[\[({_NUMBERS})\]\]|\[({_NUMBERS})\]|【({_NUMBERS})】|［({_NUMBERS})］"
    r"|</?text-[0-9a-f]{10}[^>\n]{0,200}(?:>|(?=\n)))"
)
_RANGE = regex.compile(rf"({_NUMBER})\s?[–—~～-]\s?({_NUMBER})|({_NUMBER})")
_MAY_OPEN = frozenset(" [【［<")
_TEXT = regex.compile(r"[^ \[【［<`\n]+")
_CODE = regex.compile(r"[^`\n]+")
_FENCE = 3
"""So many backticks open code that goes on over the end of the line."""


class CitationParser:
    """Reads pieces of what a model writes from passages numbered 1 to `passages`.

    `cited` holds the passages' own numbers, in the order of the new ones; `marks` the place of each
    mark in the text so far and its new number.
    """

    def __init__(self, passages: int) -> None:
        """Begin a text."""
        self._passages = passages
        self._held = ""
        self._ticks = 0  # backticks in a row up to here
        self._code = 0  # backticks that opened the code we are in, or 0
        self._length = 0
        self.cited: list[int] = []
        self.marks: list[tuple[int, int]] = []

    def feed(self, piece: str) -> str:
        """Return what can be shown now."""
        return self._read(self._held + piece, complete=False)

    def finish(self) -> str:
        """Return what was held back: the text is at its end."""
        return self._read(self._held, complete=True)

    def number_of(self, passage: int) -> int:
        """Return the new number of a passage, which counts as cited from now on."""
        if passage not in self.cited:
            self.cited.append(passage)
        return self.cited.index(passage) + 1

    def _read(self, text: str, *, complete: bool) -> str:
        self._held = ""
        shown: list[str] = []
        place = 0
        while place < len(text):
            end = self._verbatim(text, place)
            if end > place:
                shown.append(text[place:end])
                self._length += end - place
            elif mark := _MARK.match(text, place):
                end = mark.end()
                shown.append(self._cite(mark))
            elif not complete and _MARK.match(text, place, partial=True):
                self._held = text[place:]
                break
            else:
                end = place + 1
                shown.append(text[place])
                self._length += 1
            place = end
        return "".join(shown)

    def _verbatim(self, text: str, place: int) -> int:
        """Return where the text that holds no mark ends; the same place where one may open."""
        if text[place] == "`":
            self._ticks += 1
            return place + 1
        if self._ticks:
            self._toggle_code()
        if text[place] == "\n":
            self._code = self._code if self._code >= _FENCE else 0
            return place + 1
        if self._code:
            code = _CODE.match(text, place)
            return code.end() if code else place
        if text[place] in _MAY_OPEN:
            return place
        plain = _TEXT.match(text, place)
        return plain.end() if plain else place

    def _toggle_code(self) -> None:
        if not self._code:
            self._code = self._ticks
        elif self._ticks == self._code or min(self._ticks, self._code) >= _FENCE:
            self._code = 0
        self._ticks = 0

    def _cite(self, mark: "regex.Match[str]") -> str:
        """Return the mark in our form, empty where it names no passage."""
        shown = ""
        numbers = next(filter(None, mark.groups()), "")
        for number in dict.fromkeys(_numbers(numbers, self._passages)):
            new = self.number_of(number)
            self.marks.append((self._length, new))
            shown += f"[{new}]"
            self._length += len(f"[{new}]")
        return shown


def _numbers(text: str, passages: int) -> Iterator[int]:
    """Yield the numbers of a mark that name a passage."""
    for first, last, single in _RANGE.findall(text):
        start, end = int(first or single), int(last or single)
        yield from range(max(start, 1), min(end, passages) + 1)
