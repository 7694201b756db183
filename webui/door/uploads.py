"""Files on their way into the corpus: where they are, how many bytes, and when they go.

Each server has a folder of its own for them. It is removed at the end, or, where the server was
killed, at the start of the next one.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

QUOTA_BYTES = 2**30
"""The most that all files on their way may take, of all readers."""

_BLOCK_BYTES = 4096  # what the smallest file takes
_ABANDONED_SECONDS = 6 * 3600
_LEFT_EMPTY_SECONDS = 60


class Uploads:
    """The files that readers have uploaded and that are not yet added."""

    def __init__(self, parent: Path, *, quota_bytes: int = QUOTA_BYTES) -> None:
        """Make an empty folder in `parent`, and remove those of servers that run no more."""
        self._quota_bytes = quota_bytes
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(parent / "lock"):
            _remove_left(parent)
            self.folder = parent / secrets.token_hex(8)
            self.folder.mkdir(mode=0o700)
            self._lock = FileLock(_lock_of(self.folder))
            self._lock.acquire()
        self._waiting: set[Path] = set()
        self._changing = threading.Lock()
        os.environ["GRADIO_TEMP_DIR"] = str(self.folder)  # Gradio keeps uploads there

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()
        _lock_of(self.folder).unlink(missing_ok=True)

    @contextmanager
    def adding(self, paths: Sequence[Path]) -> Iterator[None]:
        """Keep the files while they are added, whatever their age; remove them at the end."""
        with self._changing:
            self._waiting.update(paths)
        try:
            yield
        finally:
            for path in paths:
                self._remove(path)
            with self._changing:
                self._waiting.difference_update(paths)

    def has_room(self, length: int) -> bool:
        """Return whether so many bytes more fit, after removing what nobody waits for."""
        return self._measure() + length <= self._quota_bytes

    def _measure(self) -> int:
        used = 0
        now = time.time()
        for path in self._files():
            with suppress(OSError):  # gone meanwhile
                about = path.stat()
                age = now - about.st_mtime
                # Gradio leaves an empty file beside each one that it hands over.
                empty = path.parent == self.folder and about.st_size == 0
                if age > (_LEFT_EMPTY_SECONDS if empty else _ABANDONED_SECONDS):
                    self._abandon(path)
                else:
                    used += max(about.st_size, _BLOCK_BYTES)
        return used

    def _files(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self.folder):
            for name in names:
                yield Path(folder, name)

    def _abandon(self, path: Path) -> None:
        with self._changing:
            if path not in self._waiting:
                self._remove(path)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
        if path.parent != self.folder:  # Gradio makes a folder for each file
            with suppress(OSError):  # there is another in it
                path.parent.rmdir()


def _remove_left(parent: Path) -> None:
    for folder in filter(Path.is_dir, list(parent.iterdir())):
        lock = FileLock(_lock_of(folder))
        with suppress(Timeout):
            with lock.acquire(blocking=False):
                shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")
