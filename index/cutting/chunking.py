"""Documents cut into chunks: where the meaning allows it, capped in the embedder's own tokens.

A paragraph is a chunk wherever it fits. Beyond that:

- A list, a table or fenced code is kept together; too long, it is cut between its lines.
- A heading stays with what it heads. Only where headings and first sentence together exceed the
  cap do the headings stand alone.
- A paragraph over the cap is cut at sentence ends into parts of about equal size, a sentence over
  the cap at clause marks, a clause over the cap between words, and at last between graphemes.
- A chunk of few tokens is joined with a neighbour of the same section.

The text is first divided into atoms that fit, with one call of the counter for each kind of cut;
then atoms are packed by the sum of their tokens. As a sum only estimates what the whole will take,
finished chunks are counted too, and those over the cap are packed again.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise

import regex

from index.cutting.paragraphs import EXTENDING, Block, split_blocks, trimmed
from index.cutting.sentences import sentences_within
from index.types import Chunk, Document, Span

CountTokens = Callable[[Sequence[str]], list[int]]

CHUNKING_VERSION = 4
"""Count up whenever the same text is cut otherwise: indexes made before are then cut again."""

_SCRAP_TOKENS = 60
_MAX_CHARS_PER_TOKEN = 16
"""A text longer than the cap times this is over the cap without being counted."""

_CLAUSE_END = regex.compile(
    rf"""(?V1)(?:
        [[\p{{Terminal_Punctuation}}…⋯‥—–―⸺]--[,.:;!?]]
      | [,:;!?](?:(?=\s) | (?<=[^\x00-\x7f].))
    )(?!(?<=\d.)\d)[\p{{Terminal_Punctuation}}\p{{Pe}}\p{{Pf}}…—{EXTENDING}]*+""",
    regex.VERBOSE | regex.DOTALL,
)
_GRAPHEME = regex.compile(rf"\p{{RI}}{{2}}[{EXTENDING}]*+|\X")
"""Flags are spelt out: `\\X` alone takes quadratic time for a run of them."""
_WORD = r"[[\p{L}\p{M}\p{N}\p{Cf}_]--[\p{Han}\p{Hiragana}\p{Katakana}]]"
_INSIDE_WORD = regex.compile(
    rf"""(?V1)
      (?<={_WORD}){_WORD}
    | (?<=[\p{{L}}\p{{N}}][.,:'’/@%_-]){_WORD}
    | [\p{{Pe}}\p{{Pf}}\p{{Terminal_Punctuation}}%％‰℃]
    | (?<=[\p{{Ps}}\p{{Pi}}\p{{Sc}}]).
    """,
    regex.VERBOSE | regex.DOTALL,
)
"""Matches where a cut would part a word, a number, or a mark from what it belongs to."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """A span that fits into a chunk, and its tokens without prompt and special tokens.

    Headings at its front end at `body`. `path` numbers its section, block, line, sentence and so
    on: what begins alike belongs together.
    """

    span: Span
    body: int
    path: tuple[int, ...]
    tokens: int

    def parts(self, spans: Iterable[Span]) -> list["_Atom"]:
        """Return what this one is cut into, not counted yet; headings stay with the first."""
        return [
            _Atom(span, max(span.start, self.body), (*self.path, i), 0)
            for i, span in enumerate(spans)
        ]


_Piece = list[_Atom]
"""Atoms in a row that make up one chunk."""


def chunk_document(
    document: Document, *, count_tokens: CountTokens, max_tokens: int
) -> list[Chunk]:
    """Return the chunks of a document in order.

    They do not overlap, hold every character that is not white space, and neither begin nor end
    with white space. `count_tokens` counts whole texts, prompt and special tokens included; by its
    count no chunk exceeds `max_tokens`. Raises ValueError where a single character would.
    """
    text = document.text
    counter = _Counter(text, count_tokens, max_tokens)
    pieces = _pack_document(_atoms(text, split_blocks(text), counter), counter.room)
    spans = [_span(piece) for piece in _fitted(pieces, counter)]
    return [Chunk(document.doc_id, start, end, text[start:end]) for start, end in spans]


class _Counter:
    """Counts spans of a text in batches, each once. `room`: the cap less prompt and specials."""

    def __init__(self, text: str, count_tokens: CountTokens, max_tokens: int) -> None:
        self._text = text
        self._count_tokens = count_tokens
        self._overhead = count_tokens([""])[0]
        self._known: dict[Span, int] = {}
        self.room = max_tokens - self._overhead

    def count(self, spans: Sequence[Span]) -> list[int]:
        """Return the tokens of each span; of one far too long, a number over the room."""
        new = [span for span in dict.fromkeys(spans) if span not in self._known]
        longest = self.room * _MAX_CHARS_PER_TOKEN
        short = [span for span in new if span.end - span.start <= longest]
        self._known |= {span: (span.end - span.start) // _MAX_CHARS_PER_TOKEN + 1 for span in new}
        if short:
            counts = self._count_tokens([self._text[start:end] for start, end in short])
            counts = [count - self._overhead for count in counts]
            self._known |= dict(zip(short, counts, strict=True))
        return [self._known[span] for span in spans]


# From the top down: cut what does not fit


def _atoms(text: str, blocks: Iterable[Block], counter: _Counter) -> list[_Atom]:
    """Return the atoms of the blocks in order, each cut no finer than it must be to fit."""
    lines_of = {}
    atoms = []
    for i, block in enumerate(blocks):
        span = Span(block.lines[0].start, block.lines[-1].end)
        atoms.append(_Atom(span, block.body, (block.section, i), 0))
        lines_of[span] = block.lines
    cuts: list[Callable[[_Atom], Iterable[Span]]] = [
        lambda atom: lines_of[atom.span],
        lambda atom: _sentences(text, atom),
        lambda atom: _headings_and_body(text, atom),
        lambda atom: _clauses(text, atom.span),
    ]
    for cut in cuts:
        atoms = [part for atom in _counted(atoms, counter) for part in _cut(atom, counter, cut)]
    atoms = _counted(atoms, counter)
    while any(atom.tokens > counter.room for atom in atoms):
        atoms = [
            part
            for atom in atoms
            for part in _cut(atom, counter, lambda atom: _even_parts(text, atom, counter.room))
        ]
        atoms = _counted(atoms, counter)
    return atoms


def _counted(atoms: Sequence[_Atom], counter: _Counter) -> list[_Atom]:
    counts = counter.count([atom.span for atom in atoms])
    return [
        atom if atom.tokens == count else replace(atom, tokens=count)
        for atom, count in zip(atoms, counts, strict=True)
    ]


def _cut(atom: _Atom, counter: _Counter, cut: Callable[[_Atom], Iterable[Span]]) -> list[_Atom]:
    return [atom] if atom.tokens <= counter.room else atom.parts(cut(atom))


def _sentences(text: str, atom: _Atom) -> list[Span]:
    """Return the sentences of a line, the first one under the headings."""
    first, *others = sentences_within(text, Span(atom.body, atom.span.end))
    return [Span(atom.span.start, first.end), *others]


def _headings_and_body(text: str, atom: _Atom) -> list[Span]:
    start, end = atom.span
    parts = trimmed(text, Span(start, atom.body)), Span(atom.body, end)
    return [part for part in parts if part.start < part.end]


def _clauses(text: str, span: Span) -> list[Span]:
    ends = [match.end() for match in _CLAUSE_END.finditer(text, *span)]
    return _parts(text, span, ends)


def _even_parts(text: str, atom: _Atom, room: int) -> list[Span]:
    """Return parts of about equal length, cut between words, or else between graphemes."""
    start, end = atom.span
    if end - start == 1:
        raise ValueError(
            f"the cap leaves {room} tokens for text: {text[start]!r} takes {atom.tokens}"
        )
    count = min(max(2, -(-atom.tokens // max(room, 1))), end - start)
    length = (end - start) / count
    graphemes = array("q", (match.end() for match in _GRAPHEME.finditer(text, start, end)))
    places = (start + round(length * i) for i in range(1, count))
    return _parts(text, atom.span, [_cut_near(text, place, graphemes, length) for place in places])


def _cut_near(text: str, place: int, graphemes: "array[int]", reach: float) -> int:
    """Return the end of a grapheme nearest to a place, within reach not inside a word."""
    at = bisect_left(graphemes, place)
    outward = (i for far in range(int(reach) + 1) for i in (at + far, at - far - 1))
    nearby = (graphemes[i] for i in outward if 0 <= i < len(graphemes) - 1)
    nearest = next(nearby, None)
    if nearest is None:
        return place  # all one grapheme
    between = (end for end in chain([nearest], nearby) if not _INSIDE_WORD.match(text, end))
    return next(between, nearest)


def _parts(text: str, span: Span, cuts: Iterable[int]) -> list[Span]:
    """Return what is left of a span between the cuts, without white space at the ends."""
    ends = sorted({span.start, *cuts, span.end})
    parts = (trimmed(text, Span(start, end)) for start, end in pairwise(ends))
    return [part for part in parts if part.start < part.end]


# From the bottom up: pack what belongs together


def _pack_document(atoms: Sequence[_Atom], room: int) -> Iterator[_Piece]:
    """Yield the pieces in order: blocks that fit whole, others cut evenly, scraps joined."""
    for _, section in groupby(atoms, key=lambda atom: atom.path[:1]):
        pieces = [
            piece
            for _, block in groupby(section, key=lambda atom: atom.path[:2])
            for piece in _packed(list(block), 2, room)
        ]
        yield from _scraps_joined(pieces, room)


def _packed(atoms: _Piece, depth: int, room: int) -> list[_Piece]:
    """Return the atoms as few pieces of even size, cut as high up in their paths as can be."""
    if len(atoms) == 1 or _tokens(atoms) <= room:
        return [atoms]
    parts = [
        part
        for _, branch in groupby(atoms, key=lambda atom: atom.path[: depth + 1])
        for part in _packed(list(branch), depth + 1, room)
    ]
    return _balanced(parts, room)


def _balanced(parts: Sequence[_Piece], room: int) -> list[_Piece]:
    """Return the parts joined to as few pieces as the room allows, the longest of them shortest."""
    fewest = len(_filled(parts, room))
    limits = range(_tokens([atom for part in parts for atom in part]) // fewest, room)
    best = bisect_left(limits, True, key=lambda limit: len(_filled(parts, limit)) <= fewest)
    return _filled(parts, limits.start + best)


def _filled(parts: Iterable[_Piece], limit: int) -> list[_Piece]:
    """Return the parts joined from the left, each piece as long as the limit allows."""
    pieces: list[_Piece] = []
    filled = limit
    for part in parts:
        tokens = _tokens(part)
        if pieces and filled + tokens <= limit:
            pieces[-1] = pieces[-1] + part
            filled += tokens
        else:
            pieces.append(part)
            filled = tokens
    return pieces


def _scraps_joined(pieces: Iterable[_Piece], room: int) -> list[_Piece]:
    """Return the pieces, those of few tokens joined with the next one, or else the previous."""
    scrap = min(_SCRAP_TOKENS, room // 2)
    joined = _joined_where(pieces, room, lambda before, _: _tokens(before) < scrap)
    return _joined_where(joined, room, lambda _, piece: _tokens(piece) < scrap)


def _joined_where(
    pieces: Iterable[_Piece], room: int, small: Callable[[_Piece, _Piece], bool]
) -> list[_Piece]:
    joined: list[_Piece] = []
    for piece in pieces:
        fits = joined and _tokens(joined[-1]) + _tokens(piece) <= room
        if fits and small(joined[-1], piece):
            joined[-1] = joined[-1] + piece
        else:
            joined.append(piece)
    return joined


def _fitted(pieces: Iterable[_Piece], counter: _Counter) -> list[_Piece]:
    """Return the pieces, those that take more tokens than their atoms' sum cut until they fit."""
    fitted = list(pieces)
    while True:
        counts = counter.count([_span(piece) for piece in fitted])
        if max(counts, default=0) <= counter.room:
            return fitted
        fitted = [
            part
            for piece, count in zip(fitted, counts, strict=True)
            for part in (
                [piece]
                if count <= counter.room
                else _packed(piece, 0, _tokens(piece) * counter.room // count)
            )
        ]


def _tokens(piece: _Piece) -> int:
    return sum(atom.tokens for atom in piece)


def _span(piece: _Piece) -> Span:
    return Span(piece[0].span.start, piece[-1].span.end)
