"""Chooses the reader by name. No other module knows which one is in use."""

from functools import cache
from pathlib import Path

from index.console import say
from index.embedders.e5_pack import is_installed
from index.embedders.embedding import Embedder
from rag.reader.reading import Reader
from rag.reader.similarity_reader import SimilarityReader
from rag.settings import SHIPPED_READER, SIMILARITY_READER, RagSettings


def load_reader(settings: RagSettings, cache_dir: Path, embedder: Embedder) -> Reader:
    """Return the reader of the settings; the shipped one is loaded once for all assistants.

    It needs the package of the embedded model: where that cannot be had, closeness decides.
    """
    if settings.reader == SHIPPED_READER and is_installed():
        return _shipped_reader(cache_dir)
    if settings.reader in (SHIPPED_READER, SIMILARITY_READER):
        return SimilarityReader(embedder)
    from rag.reader.model_reader import ModelReader

    return ModelReader(settings.reader)


@cache
def _shipped_reader(cache_dir: Path) -> Reader:
    from rag.reader.openvino_reader import OpenVinoReader

    return OpenVinoReader(cache_dir, say)
