r"""Lines that a program or a typewriter has wrapped -> the paragraphs that were written.

Lines are joined only where they are as long as a wrap makes them: the first word of the next line
would not have fitted any more. Verse, lists, code, tables, headings, forms and drawings keep their
lines, as does text without any punctuation, where a line is all that tells sentences apart. What
is doubtful stays as it is: a line end too many is a smaller evil than two lines spliced.

Time is linear: each line is looked at alone and beside its neighbour.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median_high

import regex

from index.cutting.paragraphs import CJK, FENCE, HEADING, LIST_ITEM, columns

_WIDTHS = range(30, 131)
"""Columns of a wrapped line; East Asian characters take two."""
_FULL = 0.86
"""How full a line is at least with the next word: proportional type differs in characters."""
_ENOUGH_FULL = 0.7
"""Of the lines of a run that others follow: so many are full in one that is wrapped."""
_FEW = 3
"""In so few lines chance fills one: they are joined where the document has others like them."""
_VERSE_COLUMNS = 64
_MOST_CHARS = 2**23
"""A longer text is a dump or a log."""
_WORD_CHARS = 60
_NEAR = 0.12
"""How much the widths of two runs of one document differ, of the width."""

_PREFIX = regex.compile(r"(?:[ \t]{0,3}>)*+[ \t\u3000]*+")
_FIRST_WORD = regex.compile(rf"[{CJK}]|[^\s{CJK}]++")
_HARD_BREAK = regex.compile(r"(?: {2}|\\)$")
_TABLE_ROW = regex.compile(r"\s*+\||.*?(?:\s\|\s|\S\t|\S {3,}\S)")
_RULE = regex.compile(r"[-=*_~+#.\s]{3,}+$")
_LABEL = regex.compile(r"[\p{Lu}\p{Han}\p{Lo}][^\s:：]{0,24}(?: [^\s:：]{1,16}){0,2}+ ?(?::\s|：)")
"""`Telefon: …`, `问：…`: what begins a line of a form, of a mail's head or of questions."""
_TAG = regex.compile(r"</?[a-zA-Z!]")
_CODE_END = regex.compile(r"[;{}=<>\\|,(\[]$|\*/$")
_CODE_START = regex.compile(
    r"[$%#>@}\])]\S?|//|/\*|[\w.\[\]]++(?:\(| ?[-+*/|:]?=(?!=))"
    r"|(?:def|class|import|from|return|function|var|let|const|public|private|static|if|elif|else"
    r"|for|while|try|end|SELECT|INSERT|WHERE)\b.*[(){};:=]"
)
_WORDS = regex.compile(r"[\p{L}\p{M}]")
_ENDS_SENTENCE = regex.compile(r"(?V1)[\p{STerm}…:：][\p{Pe}\p{Pf}\"']*$")
_MARK_AT_END = regex.compile(r"(?V1)[\p{P}--\p{Pd}]$")
_PUNCTUATION = regex.compile(r"(?V1)[\p{STerm}\p{Terminal_Punctuation}]")
_CAPITAL = regex.compile(r"[\p{P}\p{S}\s]*+[\p{Lu}\p{Lt}]")
_SMALL = regex.compile(r"[\p{Ps}\p{Pi}\"']?\p{Ll}")
_SOLID = regex.compile(rf"[{CJK}]")
_HYPHENATED = regex.compile(r"([\p{L}\p{M}]+)[-‐\u00ad]$")
_REST = regex.compile(r"\p{Ll}[\p{L}\p{M}]*")
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:[-‐][\p{L}\p{M}]+)*")

_AND = "und oder bzw sowie and or to et ou y o e"
"""Behind a part whose other half comes later: Ein- und Ausgang, pre- and post-war."""
_FIRST_PARTS = """
    all co cross ex first full half high in long low mid multi near non off on open part pre re real
    second self semi short single so state third two three four five six ten up well year
"""
"""English words that more often begin a compound with a hyphen than a word that is divided."""
_AND_SET = frozenset(_AND.split())
_FIRST_PART_SET = frozenset(_FIRST_PARTS.split())

_SINGLE_LINES = 8
_SINGLE = regex.compile(rf"[{CJK}\p{{Hangul}}\p{{L}}\p{{N}}\p{{P}}\p{{S}}]\p{{M}}*")
_EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]")
_LEAST_SOLID = 0.6


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: what stands before its words (quotation marks of a mail, an indent), its words."""

    prefix: str
    words: str

    @property
    def quoted(self) -> int:
        """Return how many times a mail quotes the line."""
        return self.prefix.count(">")

    @property
    def width(self) -> int:
        return self.indent + columns(self.words.rstrip())

    @property
    def indent(self) -> int:
        return columns(self.prefix.expandtabs(4))


def unwrapped(text: str) -> str:
    r"""Return the text with wrapped lines joined: without a space in Chinese and Japanese.

    >>> unwrapped("Lines that are wrapped are about as\nlong as the width lets them be.")
    'Lines that are wrapped are about as long as the width lets them be.'
    >>> unwrapped("\n".join("每十分钟采样一次。")), unwrapped("一行诗\n又一行诗")
    ('每十分钟采样一次。', '一行诗\n又一行诗')
    """
    if len(text) > _MOST_CHARS:
        return text
    written = text.split("\n")
    runs = [
        (start + begin, [_parted(line) for line in written[start + begin : start + end]])
        for start, block in _blocks(written)
        for begin, end in _runs(block)
    ]
    width = _usual_width([run for _, run in runs])
    joined = {  # the lines that go on from the one above, by their numbers
        start + i: run[i].words for start, run in runs for i in _continued(run, width)
    }
    spelt = Counter(_WORD.findall(text)) if joined else Counter()
    out: list[list[str]] = []
    for i, line in enumerate(written):
        if i in joined:
            out[-1].append(joined[i])
        else:
            out.append([line])
    return "\n".join(_columns_of_characters([_whole(parts, spelt) for parts in out]))


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[_Line]]]:
    """Yield the lines between blank ones that may be wrapped, and the number of the first.

    Fenced code is one block, blank lines and all.
    """
    start = 0
    in_code = False
    for i, line in enumerate([*lines, ""]):
        if FENCE.match(line):
            in_code = not in_code
        if in_code or (line and not line.isspace()):
            continue
        block = lines[start:i]
        if len(block) > 1 and any(len(each) * 2 >= _WIDTHS.start for each in block):
            yield start, [_parted(each) for each in block]
        start = i + 1


def _parted(line: str) -> _Line:
    prefix = _PREFIX.match(line)
    length = prefix.end() if prefix else 0
    return _Line(line[:length], line[length:])


def _runs(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Yield where the lines lie that may be a paragraph: begin and end of each run of two or more.

    A list item begins a run, and its lines are one with it.
    """
    in_code = False
    start = 0
    for i, line in enumerate(lines):
        fence = FENCE.match(line.words) is not None
        if in_code or fence or _is_alone(line):
            if i - start > 1:
                yield start, i
            start = i + 1
        elif i > start and (_begins(line) or _is_apart(lines[i - 1], line)):
            if i - start > 1:
                yield start, i
            start = i
        in_code ^= fence
    if len(lines) - start > 1:
        yield start, len(lines)


def _is_alone(line: _Line) -> bool:
    """Whether a line is no part of a paragraph: blank, a heading, a table's row, a rule, a tag."""
    words = line.words
    return (
        not words.strip()
        or any(p.match(words) for p in (HEADING, _TABLE_ROW, _RULE, _TAG))
        or len(_WORDS.findall(words)) < len(words.replace(" ", "")) / 2
    )


def _begins(line: _Line) -> bool:
    return bool(LIST_ITEM.match(line.words) or _LABEL.match(line.words))


def _is_apart(above: _Line, line: _Line) -> bool:
    """Whether a line is quoted by other hands, or indented as the first of a paragraph is."""
    indented = line.indent > above.indent and not LIST_ITEM.match(above.words)
    return indented or line.quoted != above.quoted


def _usual_width(runs: Sequence[Sequence[_Line]]) -> int | None:
    """Return the columns at which the longer runs of a document are wrapped, None for none."""
    longer = [(_width(run), run) for run in runs if len(run) > _FEW]
    sure = [width for width, run in longer if _is_wrapped(run, width)]
    return median_high(sure) if sure else None


def _width(run: Sequence[_Line]) -> int:
    """Return the width of the longest line, or of the next one where that sticks out of many."""
    *others, second, first = sorted(line.width for line in run)
    return second if len(others) >= _FEW and first > second * (1 + _NEAR) else first


def _continued(run: Sequence[_Line], usual: int | None) -> list[int]:
    """Return which lines of a run go on from the one above."""
    width = _width(run)
    if usual is not None and abs(width - usual) <= usual * _NEAR:
        width = max(width, usual)
        wrapped = _is_wrapped(run, width) or (len(run) <= _FEW and _is_prose(run))
    elif usual is not None and width < usual:
        wrapped = False  # short lines among wrapped ones: an address, a signature
    else:
        wrapped = _is_wrapped(run, width) and (len(run) > _FEW or _goes_on(run))
    return [i for i, full in enumerate(_full(run, width), 1) if full] if wrapped else []


def _is_wrapped(run: Sequence[_Line], width: int) -> bool:
    """Whether a run is wrapped at a width: prose, whose lines but the last of a paragraph are full.

    Where all short lines begin with a capital it is verse, a list without marks, or German by
    chance.
    """
    full = _full(run, width)
    return (
        width in _WIDTHS
        and sum(full) >= len(full) * _ENOUGH_FULL
        and _is_prose(run)
        and (len(run) <= _FEW or not _is_verse(run))
    )


def _full(run: Sequence[_Line], width: int) -> list[bool]:
    """Return, of each line but the last, whether the next one's first word had no room in it."""
    return [_is_full(line, below, width) for line, below in pairwise(run)]


def _is_full(line: _Line, below: _Line, width: int) -> bool:
    if _HARD_BREAK.search(line.words):
        return False
    first = _FIRST_WORD.match(below.words)
    solid = bool(_SOLID.match(line.words.rstrip()[-1:]) and _SOLID.match(below.words))
    needed = line.width + (not solid) + columns(first[0] if first else "")
    # Chinese fills its lines but for a mark or two that may not begin the next one.
    return needed > (width - 5 if solid else width * _FULL)


def _is_prose(run: Sequence[_Line]) -> bool:
    """Whether a run is neither code, drawing nor text without any punctuation."""
    words = [line.words.strip() for line in run]
    code = sum(1 for w in words[:-1] if _CODE_END.search(w.rstrip(",")) or _CODE_START.match(w))
    indents = {line.indent for line in run[1:]}
    return (
        code <= len(run) * 0.2 and len(indents) == 1 and any(_PUNCTUATION.search(w) for w in words)
    )


def _is_verse(run: Sequence[_Line]) -> bool:
    """Whether lines end where their maker wanted: all with a mark, or each begun with a capital."""
    below = [line.words for line in run[1:]]
    marked = sum(1 for line in run if _MARK_AT_END.search(line.words.rstrip()))
    begun = _width(run) <= _VERSE_COLUMNS and all(map(_CAPITAL.match, below))
    return begun or marked > len(run) * 0.8


def _goes_on(run: Sequence[_Line]) -> bool:
    """Whether a run of few lines is one sentence beyond doubt: it goes on with small letters.

    In Chinese: two lines of the same width, one of which ends within a sentence.
    """
    if all(_SMALL.match(line.words) for line in run[1:]):
        return not _ENDS_SENTENCE.search(run[0].words.rstrip())
    solid = [line for line in run[:-1] if _SOLID.match(line.words.rstrip()[-1:])]
    ends = [not _MARK_AT_END.search(line.words.rstrip()) for line in solid]
    return len(solid) == len(run) - 1 > 1 and any(ends)


def _whole(parts: Sequence[str], spelt: "Counter[str]") -> str:
    """Return the lines of a paragraph as one, each added to the end of the one above alone."""
    pieces = [parts[0]]
    for part in parts[1:]:
        pieces[-1:] = _together(pieces[-1].rstrip(), part, spelt)
    return "".join(pieces)


def _together(above: str, below: str, spelt: "Counter[str]") -> tuple[str, str]:
    """Return the parts that make two lines one: a word that was divided is whole again."""
    divided, rest = _HYPHENATED.search(above[-_WORD_CHARS:]), _REST.match(below)
    if divided and rest:
        if rest[0] in _AND_SET:
            return f"{above} ", below
        keeps = "\u00ad" not in divided[0] and _keeps_hyphen(divided[1], rest[0], spelt)
        return (above if keeps else above[:-1]), below
    solid = _SOLID.match(above[-1:]) and _SOLID.match(below[:1])
    return (above if solid or divided else f"{above} "), below


def _keeps_hyphen(first: str, rest: str, spelt: "Counter[str]") -> bool:
    """Whether a word divided at a hyphen has it anyway: as it is spelt elsewhere in the text."""
    with_hyphen, without = spelt[f"{first}-{rest}"], spelt[first + rest]
    return with_hyphen > without or (with_hyphen == without and first.lower() in _FIRST_PART_SET)


def _columns_of_characters(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines, those of one East Asian character each joined where there are many in a row."""
    for single, group in groupby(lines, lambda line: _SINGLE.fullmatch(line.strip()) is not None):
        run = list(group)
        solid = sum(bool(_EAST_ASIAN.search(line)) for line in run) if single else 0
        many = len(run) >= _SINGLE_LINES and solid >= len(run) * _LEAST_SOLID
        yield from ["".join(map(str.strip, run))] if many else run
