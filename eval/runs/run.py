"""A set and an assistant -> one record a case. The whole flow of a run is here.

The documents of a set are indexed in a folder of their own under the cache, named by what they say
and how they are embedded: a second run, and another set with the same documents, find it ready.
"""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from eval.judging.judge import Record, judge
from eval.questions.sets import Case, EvaluationSet, sample
from eval.runs.fingerprint import fingerprint
from eval.runs.results import RETRIEVED
from index import corpus
from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.errors import CorpusError, IndexMismatchError
from index.keeping.library import Library
from index.reports import Progress, silent
from index.settings import IndexSettings
from rag.assistant import Assistant
from rag.load import load_assistant
from rag.models.language_model import LanguageModel
from rag.settings import RagSettings
from rag.types import EXTRACTIVE, Answer, Query

# Questions encoded together: full batches, and a first record after seconds.
_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Task:
    """A run that is ready to start. `left_out`: cases whose gold the live corpus does not hold.

    `fingerprint` is all that shapes its records, `generator` what was chosen to write the answers.
    Whoever runs it closes the `library`.
    """

    library: Library
    assistant: Assistant
    cases: tuple[Case, ...]
    fingerprint: dict[str, Any]
    left_out: int
    index_seconds: float
    generator: str


def prepare(
    evaluation_set: EvaluationSet,
    index_settings: IndexSettings,
    rag_settings: RagSettings,
    *,
    split: str,
    size: int | None = None,
    live: bool = False,
    progress: Progress = silent,
    model: LanguageModel | None = None,
) -> Task:
    """Index the set's documents, or with `live` take the user's corpus; return what is to be run.

    `size`: ask a sample of so many cases. A set without documents of its own is always asked of the
    user's corpus. `model` is the language model of the settings where it is loaded already.
    Raises EvaluationError when no case is left, ChatbotError for an unknown part.
    """
    started = time.perf_counter()
    live = live or evaluation_set.live
    if live:
        library = Library(index_settings)
        library.open(progress)
    else:
        embedder = load_embedder(index_settings)
        library = scratch_library(
            evaluation_set, index_settings, embedder=embedder, progress=progress
        )
    settings = replace(rag_settings, top_k=RETRIEVED)
    asked = evaluation_set.half(split)
    if size is not None:
        asked = sample(asked, size)
    cases = tuple(_judgeable(asked, library))
    if not cases:
        library.close()
        raise EvaluationError(
            f"{evaluation_set.name} has no case to ask: the half {split!r} has {len(asked)}, "
            "and the documents of none of them are there. Try --split all, or without --live."
        )
    assistant = load_assistant(library, settings, model)
    return Task(
        library=library,
        assistant=assistant,
        cases=cases,
        fingerprint={
            "set": evaluation_set.name,
            "set_sha256": evaluation_set.sha256,
            "split": split,
            "sample": size,
            "documents": _live_documents(library) if live else "the set's",
            **fingerprint(library, assistant, settings),
        },
        left_out=len(asked) - len(cases),
        index_seconds=time.perf_counter() - started,
        generator=settings.generator,
    )


def scratch_library(
    evaluation_set: EvaluationSet,
    settings: IndexSettings,
    *,
    embedder: Embedder,
    progress: Progress = silent,
) -> Library:
    """Return a library of the set's documents alone, indexed."""
    folder = settings.cache_dir / "eval" / _key(evaluation_set, embedder)
    if not folder.is_dir():
        _copy_documents(evaluation_set, folder)
    scratch = replace(settings, corpus_dir=folder / "corpus", index_dir=folder / "built")
    library = Library(scratch, embedder=embedder)
    try:
        library.update(progress)
    except IndexMismatchError:  # kept by another version
        library.build(progress)
    return library


def evaluate(
    assistant: Assistant, cases: Sequence[Case], *, generator: str = EXTRACTIVE
) -> Iterator[Record]:
    """Yield the record of each case, in order, as it is answered; stop by iterating no further.

    `generator` is what was chosen to write the answers.
    """
    document = cache(assistant.library.document)
    for case, answer in _answers(assistant, cases):
        yield judge(case, answer, document, generator=generator)


def _judgeable(cases: Sequence[Case], library: Library) -> list[Case]:
    """Return the cases whose gold stands in the library's documents: all, but for a live corpus."""
    document = cache(library.document)

    def says(doc: str, text: str) -> bool:
        try:
            return text in document(doc).text
        except CorpusError:
            return False

    return [
        case
        for case in cases
        if all(says(quote.doc, quote.text) for quotes in case.gold for quote in quotes)
    ]


def _live_documents(library: Library) -> str:
    return f"{library.settings.corpus_dir}, generation {library.info().generation}"


def _answers(assistant: Assistant, cases: Sequence[Case]) -> Iterator[tuple[Case, Answer]]:
    """Yield each case with its answer; questions are encoded in batches."""
    for start in range(0, len(cases), _BATCH_SIZE):
        batch = cases[start : start + _BATCH_SIZE]
        queries = [Query(case.question, case.history) for case in batch]
        yield from zip(batch, assistant.ask_batch(queries), strict=True)


def _key(evaluation_set: EvaluationSet, embedder: Embedder) -> str:
    digest = hashlib.sha256(embedder.fingerprint.encode())
    for doc, file in sorted(evaluation_set.files.items()):
        digest.update(f"\0{doc}\0".encode())
        for path in (file, _sidecar(file)):
            digest.update(hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest())
    return digest.hexdigest()[:16]


def _copy_documents(evaluation_set: EvaluationSet, folder: Path) -> None:
    """Put the set's documents under `folder`, which is there whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for doc, file in evaluation_set.files.items():
            copy = made / "corpus" / doc
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if _sidecar(file).is_file():
                shutil.copyfile(_sidecar(file), _sidecar(copy))
        made.rename(folder)
    except OSError:
        if not folder.is_dir():  # another process may have been faster
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sidecar(file: Path) -> Path:
    return file.with_name(file.name + corpus.META_SUFFIX)
