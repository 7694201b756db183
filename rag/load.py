"""Settings -> a ready assistant. The one place that chooses the parts by name."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from index.console import say
from index.errors import ChatbotError, GenerationError
from index.library import Library
from rag.assistant import Assistant
from rag.gate import load_gate
from rag.generation import ExtractiveGenerator, Generator
from rag.model_generation import ModelGenerator
from rag.retrieval import RETRIEVERS
from rag.settings import RagSettings, api_key

_T = TypeVar("_T")


def load_assistant(library: Library, settings: RagSettings) -> Assistant:
    """Return an assistant for an opened library. Raises ChatbotError for an unknown name."""
    retriever = _named("retriever", RETRIEVERS, settings.retriever)
    generator = _named("generator", GENERATORS, settings.generator)
    gate = load_gate(library.embedder.fingerprint, library.settings.cache_dir)
    return Assistant(library, retriever(library), gate, generator(library, settings), settings)


def _extractive(library: Library, settings: RagSettings) -> Generator:
    return ExtractiveGenerator()


def _transformers(library: Library, settings: RagSettings) -> Generator:
    from rag.transformers_generator import TransformersModel

    return ModelGenerator(TransformersModel.load(_model(settings), say), library)


def _openai(library: Library, settings: RagSettings) -> Generator:
    from rag.openai_generator import OpenAiModel

    return ModelGenerator(OpenAiModel(_model(settings), settings.base_url, api_key()), library)


def _model(settings: RagSettings) -> str:
    if settings.model is None:
        raise GenerationError(
            f"Name the language model for the generator {settings.generator} with `--model NAME`: "
            "what the server calls it, or for transformers a hub name, a folder or a GGUF file."
        )
    return settings.model


GENERATORS: dict[str, Callable[[Library, RagSettings], Generator]] = {
    "extractive": _extractive,
    "transformers": _transformers,
    "openai": _openai,
}


def _named(what: str, choices: Mapping[str, _T], name: str) -> _T:
    if name not in choices:
        raise ChatbotError(f"There is no {what} {name!r}. Choose one of: {', '.join(choices)}.")
    return choices[name]
