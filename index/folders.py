"""Deleting what may be a file, or a folder in its place."""

import shutil
from pathlib import Path


def discard(path: Path) -> None:
    """Delete a file, or a folder with all that is in it. Raises OSError when it cannot be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
