"""Settings -> a ready assistant. The one place that chooses the parts by name."""

from collections.abc import Mapping
from typing import TypeVar

from index.errors import ChatbotError
from index.library import Library
from rag.assistant import Assistant
from rag.gate import load_gate
from rag.generation import GENERATORS
from rag.retrieval import RETRIEVERS
from rag.settings import RagSettings

_T = TypeVar("_T")


def load_assistant(library: Library, settings: RagSettings) -> Assistant:
    """Return an assistant for an opened library. Raises ChatbotError for an unknown name."""
    retriever = _named("retriever", RETRIEVERS, settings.retriever)
    generator = _named("generator", GENERATORS, settings.generator)
    gate = load_gate(library.embedder.fingerprint, library.settings.cache_dir)
    return Assistant(library, retriever(library), gate, generator(), settings)


def _named(what: str, choices: Mapping[str, _T], name: str) -> _T:
    if name not in choices:
        raise ChatbotError(f"There is no {what} {name!r}. Choose one of: {', '.join(choices)}.")
    return choices[name]
