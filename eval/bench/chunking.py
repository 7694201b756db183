"""Measures where chunks are cut: are sentences whole, quotes verbatim, and is nothing lost.

The judge of a cut knows nothing of our own splitter: a cut is between sentences where a line ends,
or where the text before it, closing quotes and brackets aside, ends with a sentence mark and the
text after it does not go on with a small letter. A cut inside a sentence that is alone over the cap
cannot be helped and is counted apart.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from index.cutting.chunking import CountTokens, chunk_document
from index.embedders.load import load_embedder
from index.settings import IndexSettings
from index.types import Chunk, Document, Metadata

_SENTENCE_MARKS = frozenset("。！？｡．.!?…؟۔।॥։።།။៕")
_CLOSING = "”’』」）)】]》〉»›\"'“‘«"
_FOOTNOTE = re.compile(r"\[[^\[\]]{1,20}\]$")
_FULL_WIDTH_END = re.compile(r"[。！？][”’」』）]*$")
_PARAGRAPHS_PER_ARTICLE = 6


@dataclass(frozen=True, slots=True)
class ChunkingReport:
    """What was found, tokens counted by the embedder, prompt included.

    `inside` counts cuts inside a sentence, `forced` those in a sentence that alone exceeds the cap.
    """

    name: str
    chunks: int
    cuts: int
    inside: int
    forced: int
    verbatim: int
    lost_characters: int
    mean_tokens: float
    max_tokens: int
    examples: tuple[str, ...]

    def line(self) -> str:
        """Return the figures as one line of text."""
        share = 100 * self.inside / max(self.cuts, 1)
        verbatim = 100 * self.verbatim / max(self.chunks, 1)
        return (
            f"{self.name}: {self.chunks} chunks, {self.inside} of {self.cuts} cuts inside a"
            f" sentence ({share:.2f} %, {self.forced} forced), verbatim {verbatim:.1f} %,"
            f" {self.lost_characters} characters lost,"
            f" tokens mean {self.mean_tokens:.0f} max {self.max_tokens}"
        )


def measure(
    paths: Iterable[Path], *, count_tokens: CountTokens, max_tokens: int
) -> list[ChunkingReport]:
    """Return two reports a file: its paragraphs one a line, and as one block without line ends."""
    reports = []
    for path in paths:
        for layout, joined in (("lines", "\n".join), ("one block", _without_line_ends)):
            documents = [_document(path, joined(lines)) for lines in _articles(path)]
            report = _report(documents, count_tokens=count_tokens, max_tokens=max_tokens)
            reports.append(replace(report, name=f"{path.name}, {layout}"))
    return reports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument("paths", nargs="+", type=Path, help="text files, or SQuAD files (.json)")
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=IndexSettings().max_chunk_tokens,
        help="the cap of a chunk",
    )
    parser.add_argument("--json", action="store_true", help="print one object a report")


def run(args: argparse.Namespace) -> int:
    """Print a line for each report; return 0 where no sentence was cut without need, else 1."""
    embedder = load_embedder(IndexSettings.from_env())
    count_tokens = partial(embedder.count_tokens, kind="passage")
    reports = measure(args.paths, count_tokens=count_tokens, max_tokens=args.max_tokens)
    for report in reports:
        line = json.dumps(asdict(report), ensure_ascii=False) if args.json else report.line()
        sys.stdout.write(line + "\n")
        if not args.json:
            sys.stderr.writelines(f"  inside: {example}\n" for example in report.examples)
    return int(any(report.inside > report.forced for report in reports))


def _articles(path: Path) -> Iterator[list[str]]:
    """Yield the lines of each text of a file: of a SQuAD file six paragraphs, else all lines."""
    if path.suffix != ".json":
        yield path.read_text(encoding="utf-8").split("\n")
        return
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [p["context"].strip() for article in articles for p in article["paragraphs"]]
    for start in range(0, len(paragraphs), _PARAGRAPHS_PER_ARTICLE):
        yield paragraphs[start : start + _PARAGRAPHS_PER_ARTICLE]


def _without_line_ends(lines: Iterable[str]) -> str:
    """Return the lines as one: with a space between, but none behind a full-width mark."""
    filled = [line.strip() for line in lines if line.strip()]
    return "".join(line if _FULL_WIDTH_END.search(line) else line + " " for line in filled).strip()


def _document(path: Path, text: str) -> Document:
    return Document(path.name, text, Metadata(path.stem))


def _report(
    documents: Sequence[Document], *, count_tokens: CountTokens, max_tokens: int
) -> ChunkingReport:
    cuts = inside = forced = verbatim = lost = 0
    tokens: list[int] = []
    examples: list[str] = []
    for document in documents:
        text = document.text
        chunks = chunk_document(document, count_tokens=count_tokens, max_tokens=max_tokens)
        tokens += count_tokens([chunk.text for chunk in chunks])
        verbatim += sum(chunk.text in text for chunk in chunks)
        lost += _characters(text) - sum(_characters(chunk.text) for chunk in chunks)
        cuts += len(chunks) - 1
        broken = [pair for pair in pairwise(chunks) if _is_inside(text, *pair)]
        inside += len(broken)
        for left, right in broken:
            sentence = _sentence_around(text, left.end)
            too_long = count_tokens([sentence])[0] > max_tokens
            forced += too_long
            note = "forced" if too_long else "NOT FORCED"
            examples.append(f"{note}: …{left.text[-30:]} ‖ {right.text[:30]}…")
    mean = sum(tokens) / max(len(tokens), 1)
    return ChunkingReport(
        "",
        len(tokens),
        cuts,
        inside,
        forced,
        verbatim,
        lost,
        mean,
        max(tokens, default=0),
        tuple(examples),
    )


def _characters(text: str) -> int:
    return len("".join(text.split()))


def _is_inside(text: str, left: Chunk, right: Chunk) -> bool:
    return "\n" not in text[left.end : right.start] and not _ends_here(text, left.end)


def _ends_here(text: str, place: int) -> bool:
    before = _FOOTNOTE.sub("", text[max(0, place - 30) : place].rstrip()).rstrip(_CLOSING)
    after = text[place : place + 10].lstrip()
    return before[-1:] in _SENTENCE_MARKS and not after[:1].islower()


def _sentence_around(text: str, place: int) -> str:
    """Return the text between the nearest sentence ends on both sides, by the judge's own rule."""
    start, end = place, place
    while start > 0 and text[start - 1] != "\n" and not _is_gap(text, start):
        start -= 1
    while end < len(text) and text[end] != "\n" and not _is_gap(text, end):
        end += 1
    return text[start:end].strip()


def _is_gap(text: str, place: int) -> bool:
    """Return whether a sentence ends here for certain, and what closes it stands before the place.

    A period behind fewer than four letters may be that of an abbreviation.
    """
    here, before = (
        text[place : place + 1],
        text[max(0, place - 15) : place].rstrip().rstrip(_CLOSING),
    )
    if here in _CLOSING or here in _SENTENCE_MARKS or not _ends_here(text, place):
        return False
    return not before.endswith(".") or before[-5:-1].isalpha()
