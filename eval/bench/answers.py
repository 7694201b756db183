"""How long a question takes: in a process of its own, and in one that has answered before."""

import argparse
import resource
import statistics
import subprocess
import sys
import time

import index.settings
import rag.settings
from eval.questions.sets import read_set, sample
from index.keeping.library import Library
from rag.load import load_assistant

_SET, _ASKED = "futian", 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench answers`."""
    parser.add_argument("--cold", type=int, default=5, metavar="N", help="processes (%(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=10, metavar="N", help="times each question (%(default)s)"
    )
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print seconds and memory of `python -m rag ask`, and milliseconds of a warm assistant."""
    settings = index.settings.from_arguments(args)
    library = Library(settings)
    library.update()
    questions = known_questions(library, _ASKED)
    places = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    command = [sys.executable, "-m", "rag", "ask", questions[0], *places]
    cold = [_seconds_of(command) for _ in range(args.cold)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(  # noqa: T201
        f"cold  {len(cold)} processes: median {statistics.median(cold):.2f} s, "
        f"fastest {min(cold):.2f} s, peak memory {peak:.0f} MB"
    )
    assistant = load_assistant(library, rag.settings.from_arguments(args))
    first = [assistant.ask(question).seconds.total for question in questions]
    again = [
        assistant.ask(question).seconds.total for _ in range(args.rounds) for question in questions
    ]
    print(f"warm  passages not read before: {_quantiles(first)}")  # noqa: T201
    print(f"warm  passages read before:     {_quantiles(again)}")  # noqa: T201
    library.close()
    return 0


def known_questions(library: Library, size: int) -> list[str]:
    """Return questions of our own set that the library's documents answer by themselves."""
    known = {document.doc_id for document in library.documents()}
    cases = [
        case
        for case in read_set(_SET, corpus_dir=library.settings.corpus_dir).half("test")
        if case.answerable
        and not case.history
        and {quote.doc for quotes in case.gold for quote in quotes} <= known
    ]
    return [case.question for case in sample(cases, size)]


def _seconds_of(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _quantiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"p50 {cuts[9] * 1e3:.0f} ms, p95 {cuts[18] * 1e3:.0f} ms ({len(seconds)} questions)"
