"""How well the support check tells true sentences from altered ones, and how long it takes.

Recall is the share of the altered sentences of a kind that are found; precision the share of truly
altered ones among all that are found when true sentences and this kind are mixed one to one. The
share of true sentences that are found is the false alarms.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.settings import EvaluationSettings
from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.embedders.token_codes import TitledText, TokenCodec, encode_passages, encode_questions
from index.settings import IndexSettings
from rag.checking.support import Encoded, Source, SupportChecker
from rag.reader.load import load_reader
from rag.reader.reading import Reader
from rag.settings import RagSettings

DEFAULT = EvaluationSettings().sets_dir / "support" / "sentences.jsonl"
_TRUE = "true"


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence of the set with the passage that it cites."""

    language: str
    kind: str
    split: str
    sentence: str
    cited: str


@dataclass(frozen=True, slots=True)
class Found:
    """How many sentences of a kind were found unsupported."""

    kind: str
    rows: int
    found: int

    @property
    def share(self) -> float:
        """Recall of a kind of alteration; of true sentences, false alarms."""
        return self.found / max(self.rows, 1)

    def precision(self, false_alarms: float) -> float:
        """Return the precision where as many true sentences are checked as of this kind."""
        return self.share / max(self.share + false_alarms, 1e-9)


def read(path: Path, split: str) -> list[Row]:
    """Return the rows of a part of the set, or of every part (`all`)."""
    values = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [Row(v["language"], v["kind"], v["split"], v["sentence"], v["cited"]) for v in values]
    return [row for row in rows if split in ("all", row.split)]


def measure(rows: Sequence[Row], supported: Sequence[bool]) -> list[Found]:
    """Return what was found of each kind, true sentences first."""
    kinds = dict.fromkeys([_TRUE, *(row.kind for row in rows)])
    pairs = list(zip(rows, supported, strict=True))
    return [
        Found(
            kind,
            sum(row.kind == kind for row in rows),
            sum(row.kind == kind and not held for row, held in pairs),
        )
        for kind in kinds
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench support`."""
    parser.add_argument("--file", type=Path, default=DEFAULT, help="labelled sentences")
    parser.add_argument("--split", choices=("tune", "test", "heldout", "all"), default="test")


def run(args: argparse.Namespace) -> int:
    """Print precision and recall by kind for each language, and milliseconds a sentence."""
    rows = read(args.file, args.split)
    settings = IndexSettings()
    embedder = load_embedder(settings)
    reader = load_reader(RagSettings(), settings.cache_dir, embedder)
    supported, seconds = checked(rows, embedder, reader)
    for language in ("zh", "en", ""):
        pairs = [
            (row, held)
            for row, held in zip(rows, supported, strict=True)
            if language in ("", row.language)
        ]
        found = measure([row for row, _ in pairs], [held for _, held in pairs])
        false_alarms = found[0].share
        print(f"{language or 'all'}: {len(pairs)} sentences, false alarms {false_alarms:.3f}")  # noqa: T201
        for each in found[1:]:
            shares = f"recall {each.share:.3f}  precision {each.precision(false_alarms):.3f}"
            print(f"  {each.kind:10} {shares}  {each.rows} sentences")  # noqa: T201
    print(f"a sentence: embedding {seconds[0]:.1f} ms, check {seconds[1]:.1f} ms")  # noqa: T201
    return 0


def checked(
    rows: Sequence[Row], embedder: Embedder, reader: Reader
) -> tuple[list[bool], tuple[float, float]]:
    """Return whether each sentence is supported; milliseconds of embedding and check, a median."""
    codec = TokenCodec.for_embedder(embedder)
    passages = list(dict.fromkeys(row.cited for row in rows))
    kept = encode_passages(embedder, codec, [TitledText("", passage) for passage in passages])
    sources = {
        passage: Source(passage, "", vectors.tokens)
        for passage, vectors in zip(passages, kept, strict=True)
        if vectors.tokens is not None
    }
    supported, embedding, checking = [], [], []
    for row in rows:
        began = time.perf_counter()
        (vectors,) = encode_questions(embedder, codec, [row.sentence])
        encoded = time.perf_counter()
        checker = SupportChecker([sources[row.cited]], row.language, reader)
        supported.append(checker.check(Encoded(row.sentence, vectors), [1]).supported)
        embedding.append(encoded - began)
        checking.append(time.perf_counter() - encoded)
    return supported, (_median_ms(embedding), _median_ms(checking))


def _median_ms(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) // 2] * 1e3
