"""`python -m eval train …`: the reader's weights, and the part of the sets that is held out."""

import argparse
from pathlib import Path

from tqdm import tqdm

import index.settings
from eval.training.examples import Examples
from eval.training.held_out import write_held_out
from eval.training.reading_sets import divided, read_sets
from index.console import bar_stream, say
from index.embedders.e5_pack import model_folder

_PAIRS, _CHECK_EVERY, _HELD_OUT_PAIRS = 75_000, 3_072, 400
_SEED = "1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `train reader`, `train mean` and `train held-out`."""
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    reader = commands.add_parser("reader", help="train the reader on sets in SQuAD's format")
    reader.add_argument("data", type=Path, metavar="DATA", help="folder of the sets")
    reader.add_argument("--out", type=Path, required=True, metavar="DIR", help="weights, log")
    reader.add_argument("--pairs", type=int, default=_PAIRS, metavar="N")
    reader.add_argument("--resume", action="store_true", help="go on; N may be another than before")
    reader.add_argument(
        "--from", dest="start", type=Path, metavar="FILE", help="begin with these weights"
    )
    index.settings.add_arguments(reader)
    reader.set_defaults(run=_reader)
    mean = commands.add_parser("mean", help="the mean of several readers' weights")
    mean.add_argument("weights", type=Path, nargs="+", metavar="FILE", help="trained weights")
    mean.add_argument("--out", type=Path, required=True, metavar="FILE")
    index.settings.add_arguments(mean)
    mean.set_defaults(run=_mean)
    held_out = commands.add_parser("held-out", help="write what the reader does not learn from")
    held_out.add_argument("data", type=Path, metavar="DATA", help="folder of the sets")
    held_out.add_argument("out", type=Path, metavar="DIR", help="where the files go")
    held_out.add_argument("--most", type=int, default=200, metavar="N", help="questions a set")
    held_out.set_defaults(run=_held_out)


def _reader(args: argparse.Namespace) -> int:
    from eval.training.train_reader import save, train

    settings = index.settings.from_arguments(args)
    learned, held_out = divided(read_sets(args.data))
    checked = Examples(held_out, "held out")
    with tqdm(total=args.pairs, unit="pair", file=bar_stream()) as bar:

        def progress(done: int, total: int) -> None:
            bar.update(done - bar.n)

        network = train(
            Examples(learned, _SEED),
            [checked[number] for number in range(_HELD_OUT_PAIRS)],
            model_folder(settings.cache_dir, say),
            args.out,
            total=args.pairs,
            resume=args.resume,
            start=args.start,
            check_every=_CHECK_EVERY,
            progress=progress,
        )
    path = args.out / "reader.safetensors"
    say(f"wrote {path}; its SHA-256 is {save(network.trained(), path)}")
    return 0


def _mean(args: argparse.Namespace) -> int:
    from eval.training.train_reader import mean, save

    settings = index.settings.from_arguments(args)
    digest = save(mean(args.weights, model_folder(settings.cache_dir, say)), args.out)
    say(f"wrote {args.out}; its SHA-256 is {digest}")
    return 0


def _held_out(args: argparse.Namespace) -> int:
    _, held_out = divided(read_sets(args.data))
    for path in write_held_out(held_out, args.out, args.most):
        print(path)  # noqa: T201
    return 0
