"""How long a question takes: in a process of its own, and in one that has answered before."""

import argparse
import resource
import statistics
import subprocess
import sys
import time

import index.settings
import rag.settings
from index.library import Library
from rag.load import load_assistant

QUESTIONS = (
    "福田区一共建成多少个5G基站？",
    "皇岗口岸的重建争取什么时候完工？",
    "量子研究院的核心人物是谁？",
    "“四个一”指的是哪四样？",
    "香蜜湖片区要做成什么？",
    "第一批授权事项有多少条？",
    "物业城市是怎么一回事？",
    "How many projects has the cooperation zone attracted?",
    "Which metro line reaches the new port?",
    "Wie viele Fachartikel hat das Institut veröffentlicht?",
    "新しい出入境施設ではどのような検査方式が採られますか。",
    "¿Quién dirige el instituto cuántico?",
)


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
    places = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    command = [sys.executable, "-m", "rag", "ask", QUESTIONS[0], *places]
    cold = [_seconds_of(command) for _ in range(args.cold)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(  # noqa: T201
        f"cold  {len(cold)} processes: median {statistics.median(cold):.2f} s, "
        f"fastest {min(cold):.2f} s, peak memory {peak:.0f} MB"
    )
    assistant = load_assistant(library, rag.settings.from_arguments(args))
    first = [assistant.ask(question).seconds.total for question in QUESTIONS]
    again = [
        assistant.ask(question).seconds.total for _ in range(args.rounds) for question in QUESTIONS
    ]
    print(f"warm  passages not read before: {_quantiles(first)}")  # noqa: T201
    print(f"warm  passages read before:     {_quantiles(again)}")  # noqa: T201
    library.close()
    return 0


def _seconds_of(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _quantiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"p50 {cuts[9] * 1e3:.0f} ms, p95 {cuts[18] * 1e3:.0f} ms ({len(seconds)} questions)"
