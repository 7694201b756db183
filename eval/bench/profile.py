"""Where the milliseconds of a question and of an index go: of the processor, by stage.

    python -m eval bench profile            # the documents and the questions of `futian`
    python -m eval bench profile xquad-zh   # of another set

What a stage spends is told without the stages inside it, of all threads, so that who waits spends
nothing. Of questions each stage's mean is told; of an index, its share.
"""

import argparse
import importlib
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import index.settings
from eval.questions.sets import EvaluationSet, read_set, sample
from eval.runs.run import scratch_library
from index.embedders.load import load_embedder
from index.keeping.library import Library
from rag.load import load_assistant
from rag.settings import RagSettings

_QUESTIONS, _WARM_UP = 60, 5
_PIECES, _NETWORK = "texts are cut into pieces", "the network"
_BOTH = {
    "index.embedders.pieces:PieceTokenizer.ids": _PIECES,
    "index.embedders.pieces:PieceTokenizer.pieces": _PIECES,
    # Its batches are run by threads, which are not looked into.
    "index.embedders.openvino_embedder:OpenVinoEmbedder.embed_tokens": _NETWORK,
    "rag.reader.openvino_reader:OpenVinoReader.read": _NETWORK,
}
_OF_A_QUESTION = {
    "rag.assistant:understand": "what the message is",
    "rag.assistant:encode_asked": "embedding",
    "index.keeping.library:Library.search_dense": "dense search",
    "index.keeping.library:Library.search_lexical": "lexical search",
    "index.keeping.library:Library.token_codes": "late interaction: codes are read",
    "rag.finding.finder:Finder.retrieve": "late interaction, and order",
    "rag.finding.finder:Finder.read": "reading",
    "rag.assistant:choose": "the gate, and what is quoted",
    **_BOTH,
}
_OF_AN_INDEX = {
    "index.keeping.update:chunk_document": "cutting into chunks",
    "index.keeping.update:encode_passages": "codes of tokens",
    "index.embedders.token_codes:TokenCodec.for_embedder": "where tokens lie is sampled",
    "index.search.database:Store.put": "storing",
    **_BOTH,
}


_INNER = {_PIECES, _NETWORK}
"""Stages of which it is told in which other they are."""


class _Stages:
    """What was spent in each stage, which is told by the names of those that it is in."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inside: list[str] = []
        self._since = 0.0

    def watched(self, do: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return a function that does the same as a stage of this name."""

        @wraps(do)
        def stage(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # whatever it is
            with self.inside(name):
                return do(*args, **kwargs)

        return stage

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Count what is spent as that stage's."""
        self._turn()
        self._inside.append(": ".join([*self._inside[-1:], name]) if name in _INNER else name)
        try:
            yield
        finally:
            self._turn()
            self._inside.pop()

    def _turn(self) -> None:
        now = time.process_time()
        if self._inside:
            self.spent[self._inside[-1]] += now - self._since
        self._since = now


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument("set", nargs="?", default="futian", metavar="SET", help="%(default)s")
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table of an index and one of questions; return 0."""
    settings = index.settings.from_arguments(args)
    asked = read_set(args.set, corpus_dir=settings.corpus_dir)
    embedder = load_embedder(settings)
    with tempfile.TemporaryDirectory() as scratch:
        library = scratch_library(asked, settings, embedder=embedder)
        made = replace(library.settings, index_dir=Path(scratch))
        library.close()
        again = Library(made, embedder=embedder)
        with _watching(_OF_AN_INDEX) as stages, stages.inside("the rest"):
            again.build()
        chunks = again.info().chunks
        whole = sum(stages.spent.values())
        _print(f"{chunks} chunks, {whole / chunks * 1000:.1f} ms each", stages, whole / 100, "%")
        _ask(again, asked)
        again.close()
    return 0


def _ask(library: Library, asked: EvaluationSet) -> None:
    assistant = load_assistant(library, RagSettings())
    cases = sample(asked.half("test"), _QUESTIONS + _WARM_UP)
    for case in cases[:_WARM_UP]:
        assistant.ask(case.question, case.history)
    with _watching(_OF_A_QUESTION) as stages:
        for case in cases[_WARM_UP:]:
            with stages.inside("writing, the rest"):
                assistant.ask(case.question, case.history)
    rest = len(cases) - _WARM_UP
    _print(f"{rest} questions", stages, rest / 1000, "ms")


@contextmanager
def _watching(functions: Mapping[str, str]) -> Iterator[_Stages]:
    """Watch functions by "module:name", or "module:class.name"."""
    stages = _Stages()
    with ExitStack() as stack:
        for place, name in functions.items():
            module, _, path = place.partition(":")
            holder: Any = importlib.import_module(module)
            *classes, last = path.split(".")
            for each in classes:
                holder = getattr(holder, each)
            watched = stages.watched(getattr(holder, last), name)
            stack.enter_context(patch.object(holder, last, watched))
        yield stages


def _print(title: str, stages: _Stages, per: float, unit: str) -> None:
    whole = sum(stages.spent.values())
    sys.stdout.write(f"{title}\n")
    for name, spent in sorted(stages.spent.items(), key=lambda each: -each[1]):
        sys.stdout.write(f"  {name:50}{spent / per:9.2f} {unit}\n")
    sys.stdout.write(f"  {'all':50}{whole / per:9.2f} {unit}\n")
