"""Files and folders on the disk: written whole or not at all, deleted whatever they are."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

LEFT_BEHIND = r"\.new-\w{8}"
"""The names, as a regular expression, of what a killed writer leaves beside a file."""


@contextmanager
def replacing(
    path: Path, *, by_way_of: Path | None = None, private: bool = False
) -> Iterator[Path]:
    """Yield an empty file to fill, which takes the place of `path` once it is on the disk.

    Whatever happens, `path` is the old one or the new one. It is made in `by_way_of`, which must be
    on the same file system, or beside `path`. One that is private only its owner can read.
    """
    handle, name = tempfile.mkstemp(prefix=".new-", dir=by_way_of or path.parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        if not private:
            new.chmod(0o644)
        _sync(new)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def write(
    path: Path, content: bytes | str, *, by_way_of: Path | None = None, private: bool = False
) -> None:
    """Write a file as `replacing` does, a text in UTF-8. Raises OSError where that cannot be."""
    with replacing(path, by_way_of=by_way_of, private=private) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def make_once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make `folder` by `fill` unless it is there: whole or not at all, also between processes.

    `fill` writes into a folder beside it, which takes the name only when all is on the disk.
    Raises OSError where that cannot be.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if folder.is_dir():
            return
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        fill(partial)
        for path in (*partial.rglob("*"), partial):
            _sync(path)
        partial.rename(folder)
        _sync(folder.parent)


def unlink(path: Path, *others: Path) -> None:
    """Delete a file, durably, and others beside it that may be there. Raises OSError."""
    path.unlink()
    for other in others:
        other.unlink(missing_ok=True)
    _sync(path.parent)


def move(path: Path, to: Path) -> None:
    """Rename a file within a file system, durably. Raises OSError."""
    path.replace(to)
    _sync(to.parent)
    _sync(path.parent)


def discard(path: Path) -> None:
    """Delete a file, or a folder with all that is in it. Raises OSError when it cannot be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the disk hold what was written to a file, or which files are in a folder."""
    if path.is_dir() and os.name == "nt":  # Windows cannot open folders, and keeps renames itself
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
