"""What everything costs, in one table: once, and at several sizes of the index.

Each size, and what needs memory of its own, is measured in a process of its own. Milliseconds are
medians by the clock, and behind the stroke of the processor, of which the last column says how many
times that of the smallest size the largest takes.
"""

import argparse
import json
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from eval.bench.costs import ONCE, Costs, at_size
from eval.bench.growth import growth_svg
from eval.errors import EvaluationError
from index.console import say
from index.files import write

_SIZES = [1_000, 10_000, 100_000]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=_SIZES,
        metavar="N",
        help="chunks: 1000 10000 100000; of 1000000 the index takes hours and 20 GB",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="the same as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="cost against size")


def run(args: argparse.Namespace) -> int:
    """Print the table; return 0."""
    if args.plot and args.plot.suffix != ".svg":
        raise EvaluationError(f"The drawing is SVG. Name it {args.plot.with_suffix('.svg')}.")
    once: Costs = {}
    for measure in ONCE:
        say(f"{(measure.__doc__ or '').partition('.')[0]} …")
        some = _apart(measure)
        once |= some
        _print([f"{name:46}{cost!s:>18} {cost.unit}" for name, cost in some.items()])
    by_size: dict[int, Costs] = {}
    for size in sorted(set(args.sizes)):
        say(f"An index of {size:,} chunks …")
        by_size[size] = _apart(partial(at_size, size))
    _print(_lines(by_size))
    if args.json:
        write(args.json, json.dumps({"once": once, "by_size": by_size}, indent=1))
    if args.plot:
        write(args.plot, growth_svg(_curves(by_size), "chunks", "milliseconds of the processor"))
    return 0


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _lines(by_size: dict[int, Costs]) -> list[str]:
    sizes = list(by_size)
    first, last = by_size[sizes[0]], by_size[sizes[-1]]
    head = f"{'chunks':32}" + "".join(f"{size:>18,}" for size in sizes) + f"{'times':>8}"
    return [head] + [
        f"{f'{name}, {cost.unit}':32}"
        + "".join(f"{by_size[size][name]!s:>18}" for size in sizes)
        + f"{last[name].compared / max(cost.compared, 1e-9):8.1f}"
        for name, cost in first.items()
    ]


def _curves(by_size: dict[int, Costs]) -> dict[str, list[tuple[float, float]]]:
    some = next(iter(by_size.values()))
    return {
        name: [(size, max(costs[name].compared, 0.01)) for size, costs in by_size.items()]
        for name, cost in some.items()
        if cost.unit == "ms"
    }


def _apart(measure: Callable[[], Costs]) -> Costs:
    """Measure in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measure).result()
