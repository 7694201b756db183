"""Settings -> a ready assistant. The one place that chooses the parts by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from index.console import say
from index.errors import ChatbotError, GenerationError
from index.keeping.library import Library
from rag.assistant import Assistant
from rag.finding.gate import load_gate
from rag.finding.retrieval import RETRIEVERS
from rag.models.language_model import LanguageModel
from rag.reader.load import load_reader
from rag.reader.reading import Reader
from rag.settings import RagSettings, api_key
from rag.writing.generation import ExtractiveGenerator, Generator

_T = TypeVar("_T")

Notify = Callable[[str], None]


def load_assistant(
    library: Library, settings: RagSettings, model: LanguageModel | None = None
) -> Assistant:
    """Return an assistant for an opened library. Raises ChatbotError for an unknown name.

    `model` is the language model of these settings where it is loaded already: assistants may
    share one. Otherwise they are those of the command line and the environment.
    """
    retriever = _named("retriever", RETRIEVERS, settings.retriever)
    model = model or load_model(settings, named=True)
    reader = load_reader(settings, library.settings.cache_dir, library.embedder)
    generator = _writing(model, library, reader) if model else ExtractiveGenerator()
    gate = load_gate((library.embedder.fingerprint, reader.fingerprint), library.settings.cache_dir)
    return Assistant(library, retriever, reader, gate, generator, settings)


def _writing(model: LanguageModel, library: Library, reader: Reader) -> Generator:
    from rag.writing.model_generation import ModelGenerator  # what quotes needs none of it

    return ModelGenerator(model, library, reader)


def load_model(settings: RagSettings, notify: Notify = say, *, named: bool) -> LanguageModel | None:
    """Return the language model that is to write, None where the documents are quoted.

    `notify` gets sentences about what takes long. `named`: the address of the server is that of
    the command line or the environment; to no other the environment's key is sent. Raises
    ChatbotError when it cannot be had.
    """
    return _named("generator", GENERATORS, settings.generator)(settings, notify, named)


def _extractive(settings: RagSettings, notify: Notify, named: bool) -> None:
    return None


def _transformers(settings: RagSettings, notify: Notify, named: bool) -> LanguageModel:
    limits = {
        "context_tokens": settings.context_tokens,
        "answer_tokens": settings.answer_tokens,
    }
    path = Path(_model(settings)).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        from rag.models.gguf_generator import ARCHITECTURES, GgufFile, GgufModel

        file = GgufFile.read(path)
        if file.architecture in ARCHITECTURES:
            return GgufModel.load(file, notify, **limits)
    from rag.models.transformers_generator import TransformersModel

    return TransformersModel.load(_model(settings), notify, **limits)


def _openai(settings: RagSettings, notify: Notify, named: bool) -> LanguageModel:
    from rag.models.openai_generator import NO_KEY, OpenAiModel

    key = (api_key() or NO_KEY) if named else None
    return OpenAiModel(
        _model(settings),
        settings.base_url,
        key,
        context_tokens=settings.context_tokens,
        answer_tokens=settings.answer_tokens,
    )


def _model(settings: RagSettings) -> str:
    if settings.model is None:
        raise GenerationError(
            f"Name the language model for the generator {settings.generator} with `--model NAME`: "
            "what the server calls it, or for transformers a hub name, a folder or a GGUF file.",
            code="no_model",
        )
    return settings.model


GENERATORS: dict[str, Callable[[RagSettings, Notify, bool], LanguageModel | None]] = {
    "extractive": _extractive,
    "transformers": _transformers,
    "openai": _openai,
}


def _named(what: str, choices: Mapping[str, _T], name: str) -> _T:
    if name not in choices:
        raise ChatbotError(f"There is no {what} {name!r}. Choose one of: {', '.join(choices)}.")
    return choices[name]
