"""All that shapes what is answered and how it is judged: two runs that share it are one run."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.cutting.chunking import CHUNKING_VERSION
from index.keeping.library import Library
from index.reading.extraction import EXTRACTOR_VERSION
from rag.assistant import Assistant
from rag.settings import RagSettings

_ROOT = Path(__file__).resolve().parents[2]
_NO_CODE = frozenset({"__pycache__", "built", "sets", "results"})
"""Folders of what is derived, or named in the fingerprint by itself."""


def fingerprint(library: Library, assistant: Assistant, settings: RagSettings) -> dict[str, Any]:
    """Return what shapes the answers to any question: models, calibration, settings and code."""
    chunk_tokens = library.settings.max_chunk_tokens
    return {
        "embedder": library.embedder.fingerprint,
        "index": f"extractor {EXTRACTOR_VERSION}, chunking {CHUNKING_VERSION}/{chunk_tokens}",
        **assistant.fingerprint,
        "answering": asdict(settings),
        "code": code_version(_ROOT),
    }


def code_version(root: Path) -> str:
    """Return a hash of what indexes, answers and judges: the code, and the data beside it."""
    digest = hashlib.sha256()
    for folder in ("index", "rag", "eval"):
        for path in _files(root / folder):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            yield path
        elif path.name not in _NO_CODE:
            yield from _files(path)
