"""Beside the peers: time to index, time a question, memory and R@1; one model, the same texts.

Each program has a process of its own. A peer and ours take turns, at indexing and at each question,
so that a machine which is slow for a while is slow for both: what compares is how many times as
long it takes as ours did meanwhile. R@1 is the share of questions whose first passage is of the
right document and holds the answer.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from tqdm import tqdm

from eval.bench.mixed_documents import asked_documents
from eval.bench.peer_programs import OWN, PEERS, Texts
from eval.errors import EvaluationError
from eval.questions.sets import Case, read_set, sample
from index import corpus
from index.console import bar_stream, say
from index.embedders.e5_pack import model_folder
from index.files import write
from index.reading.processes import READERS
from index.settings import IndexSettings

_ROOT = Path(__file__).resolve().parents[2]
_VENV = ".venv-peers"
_PROGRAMS = Path(__file__).with_name("peer_programs.py")
_HOW = ("defaults", "best")
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the name of the document that answers it, and texts one of which answers."""

    question: str
    name: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What every program gets: documents by name, and questions to them."""

    documents: Texts
    questions: Sequence[Asked]


@dataclass(slots=True)
class Spent:
    """Seconds by the clock, and of the processor, each time that something was done."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, reply: dict[str, Any]) -> None:
        """Take what one reply says."""
        self.clock.append(reply["seconds"])
        self.processor.append(reply["processor"])


@dataclass(slots=True)
class Measured:
    """What one program took, and how often its first passage was right."""

    passages: int = 0
    index: Spent = field(default_factory=Spent)
    ask: Spent = field(default_factory=Spent)
    right: list[bool] = field(default_factory=list)
    load_seconds: float = 0.0
    megabytes: float = 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench peers`."""
    parser.add_argument("set", nargs="?", metavar="SET", help="a set; by default made documents")
    parser.add_argument("--documents", type=int, default=240, metavar="N", help="at most so many")
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="at most so many")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="times to index")
    parser.add_argument("--only", nargs="+", choices=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument(
        "--python", type=Path, default=_ROOT / _VENV / "bin" / "python", help="of the peers"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="all that was measured")


def run(args: argparse.Namespace) -> int:
    """Print a line for each peer at its defaults and at its best, after ours; return 0."""
    if not args.python.is_file():
        raise EvaluationError(
            f"The peers have a virtual environment of their own, and there is no {args.python}. "
            f"Type `python3 -m venv {_VENV} && {_VENV}/bin/pip install -r requirements-peers.txt`, "
            "or name its Python with --python."
        )
    model = model_folder(IndexSettings.from_env().cache_dir, say)
    make = partial(_of_set, args.set) if args.set else _made
    task = make(args.documents, args.questions)
    print(f"{len(task.documents)} documents, {len(task.questions)} questions\n{_HEAD}", flush=True)  # noqa: T201
    found: list[dict[str, Any]] = []
    with running([sys.executable, "-m", "eval.bench.peer_programs", OWN, str(model), ""]) as own:
        own.reply()
        for name, how in product(args.only or PEERS, _HOW):
            command = [str(args.python), "-P", str(_PROGRAMS), name, str(model), how]
            try:
                ours, theirs = _side_by_side(own, command, task, args.rounds)
            except EvaluationError as error:
                say(f"{name}, {how}: not measured. {error}")
                continue
            if not found:
                print(_line(OWN, "as it is", ours, ours), flush=True)  # noqa: T201
            print(_line(name, how, theirs, ours), flush=True)  # noqa: T201
            found.append({"peer": name, "how": how, "ours": asdict(ours), "theirs": asdict(theirs)})
    if args.json:
        write(args.json, json.dumps(found, indent=1))
    return 0


def _of_set(name: str, most_documents: int, most_questions: int) -> Task:
    """Return a set's documents under names that say nothing, and questions with one answer."""
    evaluation_set = read_set(name, corpus_dir=IndexSettings.from_env().corpus_dir)
    files = evaluation_set.files
    names = {doc: f"{place:05}" for place, doc in enumerate(sorted(files)[:most_documents])}
    documents = [
        (name, READERS.extract(doc, corpus.read(files[doc])).text) for doc, name in names.items()
    ]
    cases = [case for case in evaluation_set.cases if _can_be_judged(case, names)]
    asked = [
        Asked(case.question, names[case.gold[0][0].doc], case.answers)
        for case in sample(cases, most_questions)
    ]
    return Task(documents, asked)


def _can_be_judged(case: Case, documents: Container[str]) -> bool:
    """Return whether one of the documents, alone, answers in words that are known."""
    docs = {quote.doc for quotes in case.gold for quote in quotes}
    return bool(case.answers) and not case.history and len(docs) == 1 and min(docs) in documents


def _made(most_documents: int, most_questions: int) -> Task:
    made = asked_documents(most_documents)
    return Task(
        [(each.name, each.text) for each in made],
        [Asked(each.question, each.name, (each.answer,)) for each in made[:most_questions]],
    )


def _side_by_side(
    own: "_Program", command: list[str], task: Task, rounds: int
) -> tuple[Measured, Measured]:
    """Return what ours and the peer took in turns."""
    ours, theirs = Measured(), Measured()
    with running(command) as peer:
        theirs.load_seconds = peer.reply()["seconds"]
        both = ((own, ours), (peer, theirs))
        for _ in range(rounds):
            for program, measured in both:
                reply = program.ask(index=task.documents)
                measured.passages = reply["passages"]
                measured.index.add(reply)
        for asked in tqdm(task.questions, unit="question", leave=False, file=bar_stream()):
            for program, measured in both:
                reply = program.ask(ask=asked.question)
                measured.ask.add(reply)
                measured.right.append(is_right(reply["found"], asked))
        for program, measured in both:
            measured.megabytes = program.ask(memory=True)["megabytes"]
    return ours, theirs


def is_right(found: Texts, asked: Asked) -> bool:
    """Return whether the first passage is of the right document and holds an answer."""
    if not found:
        return False
    name, text = found[0]
    return name == asked.name and any(_bare(each) in _bare(text) for each in asked.answers)


def _bare(text: str) -> str:
    return "".join(text.split())


class _Program:
    """A process that answers lines of JSON with lines of JSON."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process, self._errors = process, errors

    def ask(self, **request: object) -> dict[str, Any]:
        """Return the reply. Raises EvaluationError where the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said last is told below
        return self.reply()

    def reply(self) -> dict[str, Any]:
        """Return the next reply. Raises EvaluationError where the process has ended."""
        assert self._process.stdout is not None
        if not (line := self._process.stdout.readline()):
            said = self._errors.read_text("utf-8", errors="replace").strip().splitlines()
            raise EvaluationError(f"Its process has ended: {said[-1] if said else 'no word'}")
        reply: dict[str, Any] = json.loads(line)
        return reply


@contextmanager
def running(command: list[str]) -> Iterator[_Program]:
    """Start a program, with as many threads as there are cores; it is stopped at the end."""
    threads = {"OMP_NUM_THREADS": str(len(os.sched_getaffinity(0)))}
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder, "errors")
        with errors.open("w") as stream:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                encoding="utf-8",
                cwd=_ROOT,
                env={**os.environ, **_QUIET, **threads},
            )
            with process:
                try:
                    yield _Program(process, errors)
                finally:
                    process.kill()


_HEAD = (
    f"{'':12}{'':10}{'passages':>9}{'index s':>9}{'x ours':>8}{'of cpu':>8}"
    f"{'ms/question':>13}{'x ours':>8}{'of cpu':>8}{'R@1':>7}{'MB':>7}"
)


def _line(name: str, how: str, theirs: Measured, ours: Measured) -> str:
    """Return a row: what it took, and how many times that of ours, by the clock and of the cpu.

    Of indexing the least counts, of the questions the median.
    """
    index, ask = min(theirs.index.clock), median(theirs.ask.clock)
    return (
        f"{name:12}{how:10}{theirs.passages:9}{index:9.1f}"
        f"{index / min(ours.index.clock):8.2f}"
        f"{min(theirs.index.processor) / min(ours.index.processor):8.2f}"
        f"{ask * 1000:13.1f}{ask / median(ours.ask.clock):8.2f}"
        f"{sum(theirs.ask.processor) / sum(ours.ask.processor):8.2f}"
        f"{sum(theirs.right) / len(theirs.right):7.3f}{theirs.megabytes:7.0f}"
    )
