"""Where sets are found and runs are kept."""

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """The folder that has `sets/` and `results/`."""

    eval_dir: Path = Path(__file__).resolve().parent

    @property
    def sets_dir(self) -> Path:
        """The folder of the sets."""
        return self.eval_dir / "sets"

    @property
    def results_dir(self) -> Path:
        """The folder of the runs."""
        return self.eval_dir / "results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flag that names the folder."""
    parser.add_argument(
        "--eval-dir", type=Path, metavar="DIR", help="folder with the evaluation's sets/, results/"
    )


def from_arguments(args: argparse.Namespace) -> EvaluationSettings:
    """Return the settings: flag before default."""
    return EvaluationSettings(args.eval_dir) if args.eval_dir else EvaluationSettings()
