"""Small matrices are multiplied by one thread: with two, a busy machine takes 100 times as long."""

import subprocess
import sys

import pytest

LOOK = """
import os, sys

class Looking:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy" and not seen:
            seen.append(os.environ.get("OPENBLAS_NUM_THREADS"))

seen = []
sys.meta_path.insert(0, Looking())
import {entry}
print(seen)
"""


@pytest.mark.parametrize("entry", ["index.__main__", "rag.__main__", "eval.__main__", "ui"])
def test_that_is_said_before_numpy_is_imported(entry: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(entry=entry)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout == "['1']\n"
