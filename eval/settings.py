"""Where sets are found and runs are kept."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from index.knobs import Knob, add_flags, chosen

KNOBS = (
    Knob("eval_dir", "--eval-dir", "DIR", "folder with the evaluation's sets/, results/", Path),
)


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
    add_flags(parser, KNOBS)


def from_arguments(args: argparse.Namespace) -> EvaluationSettings:
    """Return the settings: flag before environment before default."""
    return chosen(EvaluationSettings, KNOBS, os.environ, args)
