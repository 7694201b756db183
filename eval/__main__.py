"""The command line of the measurements: `python -m eval run | compare | calibrate | …`."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

import index.settings
import rag.settings
from eval.bench import adding as bench_adding
from eval.bench import answers as bench_answers
from eval.bench import chunking as bench_chunking
from eval.bench import embedders as bench_embedders
from eval.bench import engines as bench_engines
from eval.bench import generating as bench_generating
from eval.bench import load as bench_load
from eval.bench import local_models as bench_local_models
from eval.bench import many as bench_many
from eval.bench import peak as bench_peak
from eval.bench import peers as bench_peers
from eval.bench import profile as bench_profile
from eval.bench import reading as bench_reading
from eval.bench import scale as bench_scale
from eval.bench import start as bench_start
from eval.bench import support as bench_support
from eval.bench import table as bench_table
from eval.judging.summary import MEASURES, Summary, summarise
from eval.questions.sets import SPLITS, EvaluationSet, near_duplicates, read_set
from eval.questions.squad import import_squad
from eval.runs.calibrate import fit, observe
from eval.runs.compare import Comparison, compare, drops
from eval.runs.recording import record
from eval.runs.results import Run, default_path, read_run
from eval.runs.run import Task, prepare
from eval.training import commands as training
from index.console import bar_stream, say
from index.console import run as run_command
from index.embedders.load import load_embedder
from index.errors import ChatbotError
from index.files import write
from rag.finding.gate import own_path
from rag.finding.retrieval import RETRIEVERS
from rag.reader.load import load_reader

_BENCHMARKS = {
    "adding": bench_adding,
    "answers": bench_answers,
    "chunking": bench_chunking,
    "embedders": bench_embedders,
    "engines": bench_engines,
    "generating": bench_generating,
    "load": bench_load,
    "local-models": bench_local_models,
    "many": bench_many,
    "peak": bench_peak,
    "peers": bench_peers,
    "profile": bench_profile,
    "reading": bench_reading,
    "scale": bench_scale,
    "start": bench_start,
    "support": bench_support,
}
_EXAMPLES = 3
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when it is done, 1 when it could not be, 2 on wrong usage."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except ChatbotError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measure what users get.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="ask the questions of a set and judge the answers"))
    _add_compare(commands.add_parser("compare", help="say what changed between two runs"))
    importing = commands.add_parser("import", help="make a set from a file in a known format")
    formats = importing.add_subparsers(required=True, metavar="FORMAT")
    _add_squad(formats.add_parser("squad", help="SQuAD, XQuAD, CMRC2018, DRCD, KorQuAD, …"))
    _add_calibrate(
        commands.add_parser("calibrate", help="learn from sets when documents do not answer")
    )
    training.add_arguments(commands.add_parser("train", help="train the reader; takes hours"))
    bench = commands.add_parser(
        "bench", help="measure speed, memory and cuts: all in one table, or one thing by its name"
    )
    bench_table.add_arguments(bench)
    bench.set_defaults(run=bench_table.run)
    names = bench.add_subparsers(metavar="NAME")
    for name, module in _BENCHMARKS.items():
        summary = (module.__doc__ or "").partition("\n")[0]
        command = names.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("set", metavar="SET", help="name under eval/sets/, or a folder")
    run.add_argument("--json", type=Path, metavar="OUT", help="where the run goes: eval/results/")
    run.add_argument(
        "--split", choices=(*SPLITS, "all"), help="half of the set: test where there is one"
    )
    run.add_argument(
        "--sample", type=_count, metavar="N", help="ask only N of them, from all over the set"
    )
    run.add_argument("--retriever", metavar="NAME", help=f"one of: {', '.join(RETRIEVERS)}")
    run.add_argument("--live", action="store_true", help="ask your own corpus, not the set's")
    run.add_argument("--resume", action="store_true", help="go on where the run was stopped")
    rag.settings.add_arguments(run)
    index.settings.add_arguments(run)
    run.set_defaults(run=_run)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="A", help="JSON of a run")
    parser.add_argument("after", type=Path, metavar="B", help="JSON of another run of the set")
    parser.add_argument(
        "--fail-on-drop",
        type=_limit,
        action="append",
        default=[],
        metavar="MEASURE=MOST",
        help="exit with 1 when B is worse by more, for example right=0.01; may be repeated",
    )
    parser.set_defaults(run=_compare)


def _add_calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", nargs="+", metavar="SET", help="name under eval/sets/, or a folder")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where it goes: the user's cache, for this embedder",
    )
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)
    parser.set_defaults(run=_calibrate)


def _add_squad(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--name", required=True, help="name of the set under eval/sets/")
    parser.add_argument(
        "--questions", type=Path, metavar="OTHER", help="take the questions from a parallel file"
    )
    parser.add_argument(
        "--hold-out",
        type=int,
        default=0,
        metavar="N",
        help="leave the documents of every N-th article out: its questions have no answer then",
    )
    parser.set_defaults(run=_import_squad)


def _run(args: argparse.Namespace) -> int:
    settings = index.settings.from_arguments(args)
    answering = rag.settings.from_arguments(args)
    if args.retriever:
        answering = replace(answering, retriever=args.retriever)
    evaluation_set = read_set(args.set, corpus_dir=settings.corpus_dir)
    _name_duplicates(evaluation_set)
    split = args.split or evaluation_set.default_split
    with tqdm(unit="B", unit_scale=True, leave=False, desc="index", file=bar_stream()) as bar:

        def progress(name: str, done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        task = prepare(
            evaluation_set,
            settings,
            answering,
            split=split,
            size=args.sample,
            live=args.live,
            progress=progress,
        )
    try:
        return _answer(task, args)
    finally:
        task.library.close()


def _answer(task: Task, args: argparse.Namespace) -> int:
    """Ask what is left to ask, keep each record at once, and write the run when all are there."""
    if task.left_out:
        say(f"{task.left_out} cases are left out: their gold is not in this corpus.")
    path = args.json or default_path(task.fingerprint)
    with tqdm(total=len(task.cases), unit="case", leave=False, file=bar_stream()) as bar:

        def progress(done: int) -> None:
            if args.resume and not done:
                say("There is nothing to go on with; this is a new run.")
            bar.update(done - bar.n)

        try:
            run = record(task, path, resume=args.resume, progress=progress)
        except KeyboardInterrupt:
            done = f"{bar.n} of {len(task.cases)} cases"
            say(f"\nStopped after {done}; they are kept. The same command with --resume goes on.")
            return _INTERRUPTED
    summary = summarise(run.records)
    say(f"{path}: index {run.seconds['index']:.1f} s, answers {run.seconds['answers']:.1f} s")
    _print_totals(run, summary)
    return 0


def _compare(args: argparse.Namespace) -> int:
    comparison = compare(read_run(args.before), read_run(args.after))
    _print_comparison(comparison)
    worse = drops(comparison, dict(args.fail_on_drop))
    for each in worse:
        say(f"{each.name} is worse: {each.before:.4f} before, {each.after:.4f} now.")
    return 1 if worse else 0


def _calibrate(args: argparse.Namespace) -> int:
    settings = index.settings.from_arguments(args)
    answering = rag.settings.from_arguments(args)
    embedder = load_embedder(settings)
    observed = []
    for name in args.sets:
        say(f"{name} …")
        evaluation_set = read_set(name, corpus_dir=settings.corpus_dir)
        observed.append(observe(evaluation_set, settings, answering, embedder))
    models = embedder.fingerprint, load_reader(answering, settings.cache_dir, embedder).fingerprint
    found = fit(observed, models)
    for name, figures in found.figures.items():
        for measure, each in figures.items():
            interval = f"{each.low:.3f} – {each.high:.3f}"
            print(f"{name:20}{measure:26}{each.value:8.3f}   {interval}   {each.cases} cases")
    for side in ("within", "across"):
        limits = getattr(found.calibration, side)
        print(f"{side} languages: found from {limits.found:.3f}, sure from {limits.sure:.3f}")
    path = args.out or own_path(models, settings.cache_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, found.calibration.to_json())
    say(f"wrote {path}")
    return 0


def _import_squad(args: argparse.Namespace) -> int:
    made = import_squad(args.file, name=args.name, questions=args.questions, hold_out=args.hold_out)
    print(
        f"{made.documents} documents, {made.cases} cases, {made.unanswerable} of them unanswerable"
    )
    if made.skipped:
        say(f"{made.skipped} questions cannot be used and are left out.")
    say(f"Run it: python -m eval run {shlex.quote(args.name)}")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, not {text!r}")
    return int(text)


def _limit(text: str) -> tuple[str, float]:
    name, _, most = text.partition("=")
    if name not in MEASURES:
        raise argparse.ArgumentTypeError(f"no measure {name!r}; there are: {', '.join(MEASURES)}")
    try:
        return name, float(most)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected {name}=NUMBER, for example {name}=0.01"
        ) from None


def _name_duplicates(evaluation_set: EvaluationSet) -> None:
    pairs = near_duplicates(evaluation_set.cases)
    if pairs:
        named = ", ".join(f"{first.id} and {second.id}" for first, second in pairs[:_EXAMPLES])
        more = f" and {len(pairs) - _EXAMPLES} more" if len(pairs) > _EXAMPLES else ""
        say(f"Pairs of questions that are almost the same: {named}{more}.")


def _print_totals(run: Run, summary: Summary) -> None:
    print(f"{run.name}: {len(run.records)} cases, {summary.meta[0]} of them meta, judged apart")
    print(", ".join(f"{state}: {count}" for state, count in summary.states.items()))
    for name, found in summary.all.items():
        interval = f"{found.low:.3f} – {found.high:.3f}"
        says = MEASURES[name].says
        print(f"{name:22}{found.value:8.3f}   {interval}   {found.cases} cases   {says}")
    for title, groups in (("language", summary.by_language), ("kind", summary.by_kind)):
        right = ((name, totals["right"]) for name, totals in groups.items() if "right" in totals)
        each = ", ".join(f"{name} {found.value:.3f} ({found.cases})" for name, found in right)
        print(f"right by {title}: {each}")


def _print_comparison(comparison: Comparison) -> None:
    print(f"{comparison.before.name} -> {comparison.after.name}")
    for each in comparison.differences:
        change = f"{each.change.value:+.3f} ({each.change.low:+.3f} – {each.change.high:+.3f})"
        print(f"{each.name:22}{each.before:8.3f}{each.after:8.3f}   {change}")
    for title, pairs in (("won", comparison.won), ("lost", comparison.lost)):
        print(f"{title}: {len(pairs)} {' '.join(after.id for _, after in pairs)}".rstrip())
    if comparison.only_before or comparison.only_after:
        left_out = comparison.only_before + comparison.only_after
        say(f"{left_out} cases are in one of the runs only and left out.")


if __name__ == "__main__":
    run_command(main)
